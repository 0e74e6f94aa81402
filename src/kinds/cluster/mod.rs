//! ECS clusters: settings, capacity providers, sessions of ECS Exec.

mod calls;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use calls::Call;

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
};
use crate::model::resolved::cluster as resolved;
use crate::model::resolved::cluster::{ContainerInsights, ExecuteCommandLogging};
use crate::model::stack::Stack;
use crate::value::Set;

#[derive(Debug)]
pub struct Cluster;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSpec {
    pub name: String,
    pub container_insights: ContainerInsights,
    pub capacity_providers: Set<String>,
    pub default_capacity_provider_strategy: BTreeMap<String, Share>,
    pub execute_command: ExecuteCommand,
    pub tags: Tags,
}

/// What of the tasks a capacity provider takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    pub weight: i32,
    pub base: i32,
}

/// How sessions are encrypted and logged; empty text is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecuteCommand {
    pub logging: ExecuteCommandLogging,
    pub kms_key: String,
    pub log_group: String,
    pub log_encryption: bool,
    pub s3_bucket: String,
    pub s3_key_prefix: String,
    pub s3_encryption: bool,
}

impl Kind for Cluster {
    const NAME: &'static str = "cluster";

    type Spec = ClusterSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ClusterSpec>> {
        let rows = stack.clusters.values().map(|cluster| {
            let origin = Origin::of(stack, "cluster", cluster);
            let tags = origin.main_tags(Self::NAME, &cluster.name);
            let spec = spec(&cluster.physical_name, &cluster.value, tags);
            origin.main(&cluster.name, spec)
        });
        rows.collect()
    }

    fn key(spec: &ClusterSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ClusterSpec],
    ) -> Result<Vec<Live<ClusterSpec>>, AwsError> {
        let owned = survey.owned().await?;
        let owned = owned.keys().filter_map(|arn| Some(arn.split_once(":cluster/")?.1.to_owned()));
        let names: BTreeSet<String> =
            wanted.iter().map(|spec| spec.name.clone()).chain(owned).collect();
        let names: Vec<String> = names.into_iter().collect();
        observe::observe(survey.aws, &names).await
    }

    fn lower(change: &Change<'_, ClusterSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<ClusterSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &ClusterSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(&spec.name, assigned.arn("ecs", &format!("cluster/{}", spec.name)))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<ClusterSpec> {
        let text = str::to_owned;
        let base = ClusterSpec {
            name: text("shop-prod-main"),
            container_insights: ContainerInsights::Disabled,
            capacity_providers: Set::from_iter([text("FARGATE"), text("FARGATE_SPOT")]),
            default_capacity_provider_strategy: BTreeMap::from([
                (text("FARGATE"), Share { weight: 0, base: 1 }),
                (text("FARGATE_SPOT"), Share { weight: 3, base: 0 }),
            ]),
            execute_command: ExecuteCommand {
                logging: ExecuteCommandLogging::Override,
                kms_key: text("alias/sessions"),
                log_group: text("/sessions"),
                log_encryption: true,
                s3_bucket: text("sessions"),
                s3_key_prefix: text("shop"),
                s3_encryption: true,
            },
            tags: Tags::from([(text("team"), "web".into())]),
        };
        vec![
            base.clone(),
            ClusterSpec {
                container_insights: ContainerInsights::Enhanced,
                execute_command: ExecuteCommand::default(),
                ..base.clone()
            },
            ClusterSpec {
                container_insights: ContainerInsights::Enabled,
                capacity_providers: Set::default(),
                default_capacity_provider_strategy: BTreeMap::new(),
                ..base.clone()
            },
            ClusterSpec { tags: Tags::from([(text("owner"), "web".into())]), ..base },
        ]
    }
}

fn spec(name: &str, cluster: &resolved::Cluster, tags: Tags) -> ClusterSpec {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let share = |item: &resolved::StrategyItem| Share {
        weight: i32::try_from(item.weight).unwrap_or(i32::MAX),
        base: i32::try_from(item.base).unwrap_or(i32::MAX),
    };
    let strategy = cluster.default_strategy.iter();
    let providers = cluster.capacity_providers.iter().map(|it| cluster.provider_name(it));
    let execute_command = cluster.execute_command.clone().unwrap_or_default();
    ClusterSpec {
        name: name.to_owned(),
        container_insights: cluster.container_insights,
        capacity_providers: providers.collect(),
        default_capacity_provider_strategy: strategy
            .map(|item| (cluster.provider_name(&item.provider), share(item)))
            .collect(),
        execute_command: ExecuteCommand {
            logging: execute_command.logging,
            kms_key: text(&execute_command.kms_key),
            log_group: text(&execute_command.log_group),
            log_encryption: execute_command.log_encryption,
            s3_bucket: text(&execute_command.s3_bucket),
            s3_key_prefix: text(&execute_command.s3_key_prefix),
            s3_encryption: execute_command.s3_encryption,
        },
        tags,
    }
}

fn arn(aws: &Aws, name: &str) -> String {
    aws.arn("ecs", &format!("cluster/{name}"))
}

fn outputs(name: &str, arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("name".to_owned(), name.to_owned())])
}
