//! How EFS file systems are read.

use std::collections::BTreeMap;

use aws_sdk_efs::types::{
    FileSystemDescription, LifecyclePolicy, Status, TransitionToArchiveRules, TransitionToIaRules,
    TransitionToPrimaryStorageClassRules,
};
use futures::future::{try_join, try_join_all};

use super::{FileSystem, FileSystemSpec, TO_ARCHIVE, TO_INFREQUENT_ACCESS, TO_PRIMARY, outputs};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::kind::{Depth, Kind as _, Live, Marks, Survey};
use crate::kinds::shared::efs::{is_going, tags};

pub(super) async fn rows(
    survey: &Survey<'_>,
    wanted: &[FileSystemSpec],
) -> Result<Vec<Live<FileSystemSpec>>, AwsError> {
    let request = survey.aws.efs.describe_file_systems().max_items(100);
    let pages = request.into_paginator().items().send().collect();
    let found: Vec<_> = survey.aws.read("elasticfilesystem:DescribeFileSystems", pages).await?;
    let is_wanted = |row: &Live<FileSystemSpec>| {
        wanted.iter().any(|spec| FileSystem::key(spec) == FileSystem::key(&row.spec))
    };
    let rows: Vec<_> = found
        .into_iter()
        .filter(|found| !is_going(&found.life_cycle_state))
        .map(|found| live(survey.aws, found))
        .filter(|row| survey.scope.owns(&row.marks) || is_wanted(row))
        .collect();
    if survey.is_deep { deepened(survey.aws, rows).await } else { Ok(rows) }
}

pub(super) async fn deepened(
    aws: &Aws,
    rows: Vec<Live<FileSystemSpec>>,
) -> Result<Vec<Live<FileSystemSpec>>, AwsError> {
    try_join_all(rows.into_iter().map(async |row| {
        let id = row.outputs.get("id").map_or("", String::as_str);
        let (lifecycle_policies, backup) = try_join(policies(aws, id), has_backup(aws, id)).await?;
        let spec = FileSystemSpec { lifecycle_policies, backup, ..row.spec };
        Ok(Live { spec, depth: Depth::Full, ..row })
    }))
    .await
}

pub(super) fn arn(aws: &Aws, id: &str) -> String {
    aws.arn("elasticfilesystem", &format!("file-system/{id}"))
}

fn live(aws: &Aws, found: FileSystemDescription) -> Live<FileSystemSpec> {
    let tags = tags(&found.tags);
    // A fraction of a MiB/s is nothing that a manifest can say: it shows as a difference.
    let whole = |throughput: f64| throughput.to_string().parse().ok();
    Live {
        outputs: outputs(&found.file_system_id, arn(aws, &found.file_system_id)),
        marks: Marks::of(&tags),
        spec: FileSystemSpec {
            creation_token: found.creation_token,
            encrypted: found.encrypted.unwrap_or(false),
            kms_key_id: found.kms_key_id,
            performance_mode: found.performance_mode.as_str().to_owned(),
            throughput_mode: found
                .throughput_mode
                .map_or_else(|| "bursting".to_owned(), |mode| mode.as_str().to_owned()),
            provisioned_throughput: found.provisioned_throughput_in_mibps.and_then(whole),
            lifecycle_policies: BTreeMap::new(),
            backup: false,
            tags,
        },
        depth: Depth::Shallow,
    }
}

async fn policies(aws: &Aws, id: &str) -> Result<BTreeMap<String, String>, AwsError> {
    let request = aws.efs.describe_lifecycle_configuration().file_system_id(id);
    let operation = "elasticfilesystem:DescribeLifecycleConfiguration";
    let reply = aws.read(operation, request.send()).await?;
    Ok(reply.lifecycle_policies.unwrap_or_default().iter().flat_map(transitions).collect())
}

fn transitions(policy: &LifecyclePolicy) -> impl Iterator<Item = (String, String)> {
    let rules = [
        (TO_INFREQUENT_ACCESS, policy.transition_to_ia.as_ref().map(TransitionToIaRules::as_str)),
        (TO_ARCHIVE, policy.transition_to_archive.as_ref().map(TransitionToArchiveRules::as_str)),
        (
            TO_PRIMARY,
            policy
                .transition_to_primary_storage_class
                .as_ref()
                .map(TransitionToPrimaryStorageClassRules::as_str),
        ),
    ];
    rules
        .into_iter()
        .filter_map(|(transition, rule)| Some((transition.to_owned(), rule?.to_owned())))
}

/// A file system that never had backups has no policy for them.
async fn has_backup(aws: &Aws, id: &str) -> Result<bool, AwsError> {
    let request = aws.efs.describe_backup_policy().file_system_id(id);
    match aws.read("elasticfilesystem:DescribeBackupPolicy", request.send()).await {
        Ok(reply) => Ok(reply
            .backup_policy
            .is_some_and(|policy| matches!(policy.status, Status::Enabled | Status::Enabling))),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
