//! EC2 launch templates: what the instances of a cluster are made of. Each change of it is a new version.

mod calls;
mod data;
mod desired;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::calls::Call;
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags,
};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set, digest};

#[derive(Debug)]
pub struct LaunchTemplate;

/// The default version of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplateSpec {
    pub name: String,
    /// `ami-…`, or `resolve:ssm:` and a parameter, which EC2 reads at each launch.
    pub image: String,
    pub instance_type: String,
    /// ARN or name; empty: none.
    pub instance_profile: Resolvable,
    pub key_pair: Option<String>,
    pub security_groups: Set<Resolvable>,
    /// Lines of text.
    pub user_data: Vec<String>,
    pub metadata: Metadata,
    pub detailed_monitoring: bool,
    /// By device name.
    pub volumes: BTreeMap<String, Volume>,
    /// The tags of what comes from the template: `instance`, `volume`.
    pub tag_specifications: BTreeMap<String, Tags>,
    /// What ecsctl never writes, by AWS's name: gone with the next version.
    pub others: Set<String>,
    /// Of the template itself.
    pub tags: Tags,
}

/// The instance metadata service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// `required` is version 2 of the service, with sessions.
    pub http_tokens: String,
    pub hop_limit: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// GiB.
    pub size: u32,
    #[serde(rename = "type")]
    pub volume_type: String,
    pub iops: Option<u32>,
    /// MiB per second.
    pub throughput: Option<u32>,
    pub encrypted: bool,
    /// ARN, id or alias.
    pub kms_key: Option<String>,
    pub delete_on_termination: bool,
}

impl Kind for LaunchTemplate {
    const NAME: &'static str = "launch-template";
    /// By the same id: what refers to the version sees a new one.
    const REVISES: bool = true;
    const KEPT_OUTPUTS: &'static [&'static str] = &["id", "name"];

    type Spec = LaunchTemplateSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<LaunchTemplateSpec>> {
        desired::desired(stack)
    }

    fn key(spec: &LaunchTemplateSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[LaunchTemplateSpec],
    ) -> Result<Vec<Live<LaunchTemplateSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, LaunchTemplateSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<LaunchTemplateSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &LaunchTemplateSpec, assigned: &Assigned<'_>) -> Outputs {
        let identity = digest(format!("{} {}", assigned.account, spec.name).as_bytes());
        outputs(&format!("lt-{}", &identity[..17]), &spec.name, assigned.generation)
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<LaunchTemplateSpec> {
        let full = full_example();
        let bare = LaunchTemplateSpec {
            image: "ami-0123456789abcdef0".to_owned(),
            instance_profile: "".into(),
            key_pair: None,
            security_groups: Set::default(),
            user_data: vec![],
            volumes: BTreeMap::new(),
            tag_specifications: BTreeMap::new(),
            others: Set::from_iter(["networkInterfaceSet".to_owned()]),
            tags: Tags::from([("owner".to_owned(), "web".into())]),
            ..full.clone()
        };
        vec![full, bare]
    }
}

fn full_example() -> LaunchTemplateSpec {
    let text = str::to_owned;
    let team = Tags::from([(text("team"), "web".into())]);
    let root = Volume {
        size: 50,
        volume_type: text("gp3"),
        iops: Some(4000),
        throughput: Some(250),
        encrypted: true,
        kms_key: Some(text("alias/disks")),
        delete_on_termination: true,
    };
    let scratch = Volume { iops: None, throughput: None, kms_key: None, ..root.clone() };
    LaunchTemplateSpec {
        name: text("shop-prod-main-general"),
        image: text(
            "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        ),
        instance_type: text("m7i.large"),
        instance_profile: "arn:aws:iam::444455556666:instance-profile/general".into(),
        key_pair: Some(text("admin")),
        security_groups: Set::from_iter(["sg-1".into(), "sg-2".into()]),
        user_data: vec![
            text("#!/bin/bash"),
            text("echo ECS_CLUSTER=shop-prod-main >> /etc/ecs/ecs.config"),
        ],
        metadata: Metadata { http_tokens: text("required"), hop_limit: 2 },
        detailed_monitoring: true,
        volumes: BTreeMap::from([(text("/dev/xvda"), root), (text("/dev/xvdb"), scratch)]),
        tag_specifications: BTreeMap::from([
            (text("instance"), team.clone()),
            (text("volume"), team.clone()),
        ]),
        others: Set::default(),
        tags: team,
    }
}

fn outputs(id: &str, name: &str, version: u64) -> Outputs {
    let outputs =
        [("id", id.to_owned()), ("name", name.to_owned()), ("version", version.to_string())];
    outputs.into_iter().map(|(attribute, value)| (attribute.to_owned(), value)).collect()
}
