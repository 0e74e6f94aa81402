//! What changes a cluster.

use std::fmt;

use aws_sdk_ecs::types::{
    ClusterConfiguration, ClusterSetting, ClusterSettingName, ExecuteCommandConfiguration,
    ExecuteCommandLogConfiguration, ExecuteCommandLogging as Logging,
};
use serde::{Deserialize, Serialize};

use super::{ClusterSpec, ExecuteCommand, arn, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};
use crate::kinds::shared::ecs::{self, sdk_tags};
use crate::model::resolved::cluster::{ContainerInsights, ExecuteCommandLogging};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: ClusterSpec,
    },
    /// Writes those of `containerInsights` and `executeCommand` that are named.
    Update {
        spec: ClusterSpec,
        fields: Vec<String>,
    },
    AwaitActive {
        name: String,
    },
    Tag {
        spec: ClusterSpec,
        tags: Tags,
    },
    Untag {
        spec: ClusterSpec,
        keys: Vec<String>,
    },
    Delete {
        name: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "ecs:CreateCluster {}", spec.name),
            Self::Update { spec, .. } => write!(f, "ecs:UpdateCluster {}", spec.name),
            Self::AwaitActive { name } => write!(f, "wait until cluster {name} is active"),
            Self::Tag { spec, .. } => write!(f, "ecs:TagResource {}", spec.name),
            Self::Untag { spec, .. } => write!(f, "ecs:UntagResource {}", spec.name),
            Self::Delete { name } => write!(f, "ecs:DeleteCluster {name}"),
        }
    }
}

pub(super) fn lower(change: &Change<'_, ClusterSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => {
            let wait = Call::AwaitActive { name: spec.name.clone() };
            vec![Call::Create { spec: (*spec).clone() }, wait]
        }
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => vec![Call::Delete { name: live.spec.name.clone() }],
    }
}

fn update(
    change: &Change<'_, ClusterSpec>,
    spec: &ClusterSpec,
    live: &Live<ClusterSpec>,
) -> Vec<Call> {
    let spec = || spec.clone();
    let fields: Vec<String> = ["containerInsights", "executeCommand"]
        .into_iter()
        .filter(|field| change.touches(field))
        .map(str::to_owned)
        .collect();
    let mut calls = vec![];
    if !fields.is_empty() {
        calls.push(Call::Update { spec: spec(), fields });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec().tags);
    calls.extend(
        tags.calls(
            |tags| Call::Tag { spec: spec(), tags },
            |keys| Call::Untag { spec: spec(), keys },
        ),
    );
    calls
}

pub(super) fn effect(call: &Call) -> Effect<ClusterSpec> {
    match call {
        Call::Create { spec } => Effect::Create(spec.clone()),
        Call::Update { spec, fields } => {
            Effect::Update { spec: spec.clone(), fields: fields.clone() }
        }
        Call::AwaitActive { .. } => Effect::Wait(5),
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name } => Effect::Delete(name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return create(aws, spec).await,
        Call::Update { spec, fields } => {
            let writes = |field: &str| fields.iter().any(|it| it == field);
            let request = aws
                .ecs
                .update_cluster()
                .cluster(&spec.name)
                .set_settings(writes("containerInsights").then(|| settings(spec)))
                .set_configuration(writes("executeCommand").then(|| configuration(spec)));
            aws.write("ecs:UpdateCluster", || request.clone().send()).await?;
        }
        Call::AwaitActive { name } => ecs::until_active(aws, name).await?,
        Call::Tag { spec, tags } => return Ok(ecs::tag(aws, &arn(aws, &spec.name), tags).await?),
        Call::Untag { spec, keys } => {
            return Ok(ecs::untag(aws, &arn(aws, &spec.name), keys).await?);
        }
        Call::Delete { name } => {
            let request = aws.ecs.delete_cluster().cluster(name);
            gone(aws.write("ecs:DeleteCluster", || request.clone().send()).await)?;
        }
    }
    Ok(Outputs::new())
}

async fn create(aws: &Aws, spec: &ClusterSpec) -> Result<Outputs, CallError> {
    let is_default = spec.execute_command == ExecuteCommand::default();
    let request = aws
        .ecs
        .create_cluster()
        .cluster_name(&spec.name)
        .set_settings(Some(settings(spec)))
        .set_configuration((!is_default).then(|| configuration(spec)))
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply = aws.write("ecs:CreateCluster", || request.clone().send()).await?;
    let made = reply.cluster.and_then(|cluster| cluster.cluster_arn);
    Ok(outputs(&spec.name, made.unwrap_or_else(|| arn(aws, &spec.name))))
}

fn settings(spec: &ClusterSpec) -> Vec<ClusterSetting> {
    let value = match spec.container_insights {
        ContainerInsights::Disabled => "disabled",
        ContainerInsights::Enabled => "enabled",
        ContainerInsights::Enhanced => "enhanced",
    };
    vec![ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value(value).build()]
}

fn configuration(spec: &ClusterSpec) -> ClusterConfiguration {
    let ExecuteCommand { logging, kms_key, .. } = &spec.execute_command;
    let (logging, logs) = match logging {
        ExecuteCommandLogging::Default => (Logging::Default, None),
        ExecuteCommandLogging::None => (Logging::None, None),
        ExecuteCommandLogging::Override => (Logging::Override, Some(logs(&spec.execute_command))),
    };
    let sessions = ExecuteCommandConfiguration::builder()
        .logging(logging)
        .set_kms_key_id(some(kms_key))
        .set_log_configuration(logs)
        .build();
    ClusterConfiguration::builder().execute_command_configuration(sessions).build()
}

fn logs(sessions: &ExecuteCommand) -> ExecuteCommandLogConfiguration {
    ExecuteCommandLogConfiguration::builder()
        .set_cloud_watch_log_group_name(some(&sessions.log_group))
        .cloud_watch_encryption_enabled(sessions.log_encryption)
        .set_s3_bucket_name(some(&sessions.s3_bucket))
        .set_s3_key_prefix(some(&sessions.s3_key_prefix))
        .s3_encryption_enabled(sessions.s3_encryption)
        .build()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
