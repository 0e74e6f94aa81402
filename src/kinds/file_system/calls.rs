//! What changes an EFS file system.

use std::fmt;
use std::time::Duration;

use aws_sdk_efs::types as sdk;
use serde::{Deserialize, Serialize};

use super::{FileSystemSpec, TO_ARCHIVE, TO_INFREQUENT_ACCESS, TO_PRIMARY, observe, outputs};
use crate::aws::{Aws, AwsError, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};
use crate::kinds::shared::efs::{self, Wait, not_found, sdk_tags};
use crate::value::Resolvable;

const DESCRIBE: &str = "elasticfilesystem:DescribeFileSystems";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: FileSystemSpec },
    AwaitAvailable { id: Resolvable, what: String },
    UpdateLifecycle { id: Resolvable, spec: FileSystemSpec },
    UpdateBackup { id: Resolvable, spec: FileSystemSpec },
    Update { id: Resolvable, spec: FileSystemSpec },
    Tag { id: Resolvable, spec: FileSystemSpec, tags: Tags },
    Untag { id: Resolvable, spec: FileSystemSpec, keys: Vec<String> },
    Delete { id: Resolvable, spec: FileSystemSpec },
    AwaitGone { id: Resolvable, what: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, spec) = match self {
            Self::AwaitAvailable { what, .. } => {
                return write!(f, "wait until {what} is available");
            }
            Self::AwaitGone { what, .. } => return write!(f, "wait until {what} is gone"),
            Self::Create { spec } => ("CreateFileSystem", spec),
            Self::UpdateLifecycle { spec, .. } => ("PutLifecycleConfiguration", spec),
            Self::UpdateBackup { spec, .. } => ("PutBackupPolicy", spec),
            Self::Update { spec, .. } => ("UpdateFileSystem", spec),
            Self::Tag { spec, .. } => ("TagResource", spec),
            Self::Untag { spec, .. } => ("UntagResource", spec),
            Self::Delete { spec, .. } => ("DeleteFileSystem", spec),
        };
        write!(f, "elasticfilesystem:{operation} {}", spec.display_name())
    }
}

pub(super) fn lower(change: &Change<'_, FileSystemSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => create(change.own("id"), spec),
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => {
            let (id, spec) = (id_of(live), live.spec.clone());
            let what = format!("file system {}", spec.display_name());
            vec![Call::Delete { id: id.clone(), spec }, Call::AwaitGone { id, what }]
        }
    }
}

/// Backups are a parameter of the creation; lifecycle policies are not, and begin empty.
fn create(id: Resolvable, spec: &FileSystemSpec) -> Vec<Call> {
    let spec = spec.clone();
    let what = format!("file system {}", spec.display_name());
    let mut calls =
        vec![Call::Create { spec: spec.clone() }, Call::AwaitAvailable { id: id.clone(), what }];
    if !spec.lifecycle_policies.is_empty() {
        calls.push(Call::UpdateLifecycle { id, spec });
    }
    calls
}

/// Tags come last: the digest among them vouches for the lifecycle policies and backups.
fn update(
    change: &Change<'_, FileSystemSpec>,
    spec: &FileSystemSpec,
    live: &Live<FileSystemSpec>,
) -> Vec<Call> {
    let (id, spec) = (|| id_of(live), || spec.clone());
    let mut calls = vec![];
    if change.touches("throughputMode") || change.touches("provisionedThroughput") {
        calls.push(Call::Update { id: id(), spec: spec() });
    }
    if change.touches("lifecyclePolicies") {
        calls.push(Call::UpdateLifecycle { id: id(), spec: spec() });
    }
    if change.touches("backup") {
        calls.push(Call::UpdateBackup { id: id(), spec: spec() });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec().tags);
    calls.extend(tags.calls(
        |tags| Call::Tag { id: id(), spec: spec(), tags },
        |keys| Call::Untag { id: id(), spec: spec(), keys },
    ));
    calls
}

fn id_of(live: &Live<FileSystemSpec>) -> Resolvable {
    live.outputs.get("id").cloned().unwrap_or_default().into()
}

pub(super) fn effect(call: &Call) -> Effect<FileSystemSpec> {
    match call {
        Call::Create { spec } => Effect::Create(FileSystemSpec {
            lifecycle_policies: std::collections::BTreeMap::new(),
            ..spec.clone()
        }),
        Call::UpdateLifecycle { spec, .. } => Effect::update(spec, &["lifecyclePolicies"]),
        Call::UpdateBackup { spec, .. } => Effect::update(spec, &["backup"]),
        Call::Update { spec, .. } => {
            Effect::update(spec, &["throughputMode", "provisionedThroughput"])
        }
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { spec, .. } => Effect::Delete(spec.creation_token.clone()),
        Call::AwaitAvailable { .. } | Call::AwaitGone { .. } => Effect::Wait(10),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return create_file_system(aws, spec).await,
        Call::AwaitAvailable { id, what } => {
            wait(aws, what).until_available(|| state(aws, id.text())).await?;
        }
        Call::UpdateLifecycle { id, spec } => {
            let request = aws
                .efs
                .put_lifecycle_configuration()
                .file_system_id(id.text())
                .set_lifecycle_policies(Some(sdk_policies(spec)));
            let operation = "elasticfilesystem:PutLifecycleConfiguration";
            aws.write(operation, || request.clone().send()).await?;
        }
        Call::UpdateBackup { id, spec } => {
            let request = aws
                .efs
                .put_backup_policy()
                .file_system_id(id.text())
                .backup_policy(backup_policy(spec.backup));
            aws.write("elasticfilesystem:PutBackupPolicy", || request.clone().send()).await?;
        }
        Call::Update { id, spec } => {
            let request = aws
                .efs
                .update_file_system()
                .file_system_id(id.text())
                .throughput_mode(spec.throughput_mode.as_str().into())
                .set_provisioned_throughput_in_mibps(spec.provisioned_throughput.map(f64::from));
            aws.write("elasticfilesystem:UpdateFileSystem", || request.clone().send()).await?;
        }
        Call::Tag { id, tags, .. } => efs::tag(aws, id.text(), tags).await?,
        Call::Untag { id, keys, .. } => efs::untag(aws, id.text(), keys).await?,
        Call::Delete { id, .. } => {
            let request = aws.efs.delete_file_system().file_system_id(id.text());
            let operation = "elasticfilesystem:DeleteFileSystem";
            gone(aws.write(operation, || request.clone().send()).await)?;
        }
        Call::AwaitGone { id, what } => {
            wait(aws, what).until_gone(|| state(aws, id.text())).await?;
        }
    }
    Ok(Outputs::new())
}

async fn create_file_system(aws: &Aws, spec: &FileSystemSpec) -> Result<Outputs, CallError> {
    let request = aws
        .efs
        .create_file_system()
        .creation_token(&spec.creation_token)
        .encrypted(spec.encrypted)
        .set_kms_key_id(spec.kms_key_id.clone())
        .performance_mode(spec.performance_mode.as_str().into())
        .throughput_mode(spec.throughput_mode.as_str().into())
        .set_provisioned_throughput_in_mibps(spec.provisioned_throughput.map(f64::from))
        .backup(spec.backup)
        .set_tags(Some(sdk_tags(&spec.tags)));
    let operation = "elasticfilesystem:CreateFileSystem";
    let made = aws.write(operation, || request.clone().send()).await?;
    Ok(outputs(&made.file_system_id, observe::arn(aws, &made.file_system_id)))
}

fn sdk_policies(spec: &FileSystemSpec) -> Vec<sdk::LifecyclePolicy> {
    let policy = |(transition, rule): (&String, &String)| {
        // AWS takes one transition in each policy.
        let policy = sdk::LifecyclePolicy::builder();
        let policy = match transition.as_str() {
            TO_INFREQUENT_ACCESS => policy.transition_to_ia(rule.as_str().into()),
            TO_ARCHIVE => policy.transition_to_archive(rule.as_str().into()),
            TO_PRIMARY => policy.transition_to_primary_storage_class(rule.as_str().into()),
            _ => policy,
        };
        policy.build()
    };
    spec.lifecycle_policies.iter().map(policy).collect()
}

fn backup_policy(is_on: bool) -> sdk::BackupPolicy {
    let status = if is_on { sdk::Status::Enabled } else { sdk::Status::Disabled };
    sdk::BackupPolicy::builder().status(status).build().expect("the status is set")
}

fn wait<'a>(aws: &'a Aws, what: &'a str) -> Wait<'a> {
    Wait { aws, operation: DESCRIBE, what, limit: Duration::from_mins(10) }
}

async fn state(aws: &Aws, id: &str) -> Result<sdk::LifeCycleState, AwsError> {
    let request = aws.efs.describe_file_systems().file_system_id(id);
    let reply = aws.read(DESCRIBE, request.send()).await?;
    let found = reply.file_systems.unwrap_or_default().into_iter().next();
    found.map(|found| found.life_cycle_state).ok_or_else(|| not_found(DESCRIBE, id))
}
