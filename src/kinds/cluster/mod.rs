//! ECS clusters: settings, sessions of ECS Exec.

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
    pub execute_command: ExecuteCommand,
    /// As it is read: what is wanted of it is a row of `cluster-capacity-providers`, which exists
    /// after the providers do.
    pub capacity: Option<Capacity>,
    pub tags: Tags,
}

/// The capacity providers of a cluster, by their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    pub providers: Set<String>,
    pub default_strategy: BTreeMap<String, Share>,
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
            execute_command: ExecuteCommand {
                logging: ExecuteCommandLogging::Override,
                kms_key: text("alias/sessions"),
                log_group: text("/sessions"),
                log_encryption: true,
                s3_bucket: text("sessions"),
                s3_key_prefix: text("shop"),
                s3_encryption: true,
            },
            capacity: None,
            tags: Tags::from([(text("team"), "web".into())]),
        };
        vec![
            base.clone(),
            ClusterSpec {
                container_insights: ContainerInsights::Enhanced,
                execute_command: ExecuteCommand::default(),
                ..base.clone()
            },
            ClusterSpec { container_insights: ContainerInsights::Enabled, ..base.clone() },
            ClusterSpec { tags: Tags::from([(text("owner"), "web".into())]), ..base },
        ]
    }
}

fn spec(name: &str, cluster: &resolved::Cluster, tags: Tags) -> ClusterSpec {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let execute_command = cluster.execute_command.clone().unwrap_or_default();
    ClusterSpec {
        name: name.to_owned(),
        container_insights: cluster.container_insights,
        execute_command: ExecuteCommand {
            logging: execute_command.logging,
            kms_key: text(&execute_command.kms_key),
            log_group: text(&execute_command.log_group),
            log_encryption: execute_command.log_encryption,
            s3_bucket: text(&execute_command.s3_bucket),
            s3_key_prefix: text(&execute_command.s3_key_prefix),
            s3_encryption: execute_command.s3_encryption,
        },
        capacity: None,
        tags,
    }
}

fn arn(aws: &Aws, name: &str) -> String {
    aws.arn("ecs", &format!("cluster/{name}"))
}

/// Services point at a cluster by its ARN, and through it at its association with capacity providers;
/// groups of instances, which go after that association, point at it by its id.
fn outputs(name: &str, arn: String) -> Outputs {
    let text = str::to_owned;
    let id = format!("cluster/{name}");
    Outputs::from([(text("arn"), arn), (text("id"), id), (text("name"), text(name))])
}
