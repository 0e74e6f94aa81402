//! EFS file systems.

mod calls;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use calls::Call;

use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
};
use crate::model::resolved::file_system::{
    FileSystemSource, ManagedFileSystem, PerformanceMode, ThroughputMode,
};
use crate::model::stack::Stack;

#[derive(Debug)]
pub struct FileSystem;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSystemSpec {
    /// Unique in an account and Region: it makes creation idempotent.
    pub creation_token: String,
    pub encrypted: bool,
    /// AWS answers with an ARN whatever it was asked with; `None` is its own key, and not managed.
    pub kms_key_id: Option<String>,
    pub performance_mode: String,
    pub throughput_mode: String,
    /// MiB/s; with provisioned throughput only.
    pub provisioned_throughput: Option<u32>,
    /// The rule by the transition, both as AWS spells them: `transitionToIA: AFTER_30_DAYS`.
    pub lifecycle_policies: BTreeMap<String, String>,
    pub backup: bool,
    pub tags: Tags,
}

const NAME_TAG: &str = "Name";
const TO_INFREQUENT_ACCESS: &str = "transitionToIA";
const TO_ARCHIVE: &str = "transitionToArchive";
const TO_PRIMARY: &str = "transitionToPrimaryStorageClass";

impl FileSystemSpec {
    /// What people know the file system by.
    fn display_name(&self) -> &str {
        self.tags.get(NAME_TAG).map_or(&self.creation_token, |name| match name.text() {
            "" => &self.creation_token,
            name => name,
        })
    }
}

impl Kind for FileSystem {
    const NAME: &'static str = "file-system";
    const FIELDS: &'static [(&'static str, Policy)] = &[
        ("encrypted", Policy::Replaces),
        ("kmsKeyId", Policy::Replaces),
        ("performanceMode", Policy::Replaces),
    ];
    const DEEP_FIELDS: &'static [&'static str] = &["lifecyclePolicies", "backup"];
    const HOLDS_DATA: bool = true;
    // Source: `DeleteFileSystem`. Access points, policies and task definitions do not keep it.
    const HELD_BY: &'static [&'static str] = &["mount-target"];

    type Spec = FileSystemSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<FileSystemSpec>> {
        let rows = stack.file_systems.values().filter_map(|file_system| {
            let FileSystemSource::Managed(managed) = &file_system.value.source else {
                return None;
            };
            let origin = Origin::of(stack, "file-system", file_system);
            let mut tags = origin.main_tags(Self::NAME, &file_system.name);
            tags.insert(NAME_TAG.to_owned(), file_system.physical_name.as_str().into());
            Some(origin.main(&file_system.name, spec(managed, tags)))
        });
        rows.collect()
    }

    fn key(spec: &FileSystemSpec) -> String {
        spec.creation_token.clone()
    }

    fn settle(desired: &mut [Desired<FileSystemSpec>], live: &[Live<FileSystemSpec>]) {
        for row in desired {
            let found = live.iter().find(|live| Self::key(&live.spec) == Self::key(&row.spec));
            if let (Some(wanted), Some(found)) = (&mut row.spec.kms_key_id, found)
                && let Some(arn) = &found.spec.kms_key_id
                && may_be_key(wanted, arn)
            {
                wanted.clone_from(arn);
            }
        }
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[FileSystemSpec],
    ) -> Result<Vec<Live<FileSystemSpec>>, AwsError> {
        observe::rows(survey, wanted).await
    }

    async fn deepen(
        survey: &Survey<'_>,
        _wanted: &[FileSystemSpec],
        rows: Vec<Live<FileSystemSpec>>,
    ) -> Result<Vec<Live<FileSystemSpec>>, AwsError> {
        observe::deepened(survey.aws, rows).await
    }

    fn lower(change: &Change<'_, FileSystemSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<FileSystemSpec> {
        calls::effect(call)
    }

    fn outputs(_spec: &FileSystemSpec, assigned: &Assigned<'_>) -> Outputs {
        let id = format!("fs-{}", assigned.id);
        outputs(&id, assigned.arn("elasticfilesystem", &format!("file-system/{id}")))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<FileSystemSpec> {
        let policies = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let base = FileSystemSpec {
            creation_token: "shop-prod-uploads".to_owned(),
            encrypted: true,
            kms_key_id: Some("arn:aws:kms:eu-west-1:444455556666:key/1234".to_owned()),
            performance_mode: "generalPurpose".to_owned(),
            throughput_mode: "elastic".to_owned(),
            provisioned_throughput: None,
            lifecycle_policies: BTreeMap::new(),
            backup: true,
            tags: Tags::from([(NAME_TAG.to_owned(), "shop-prod-uploads".into())]),
        };
        vec![
            base.clone(),
            FileSystemSpec {
                throughput_mode: "provisioned".to_owned(),
                provisioned_throughput: Some(64),
                lifecycle_policies: policies(&[
                    (TO_INFREQUENT_ACCESS, "AFTER_30_DAYS"),
                    (TO_ARCHIVE, "AFTER_90_DAYS"),
                    (TO_PRIMARY, "AFTER_1_ACCESS"),
                ]),
                tags: Tags::from([("team".to_owned(), "web".into())]),
                ..base.clone()
            },
            FileSystemSpec {
                encrypted: false,
                kms_key_id: None,
                performance_mode: "maxIO".to_owned(),
                throughput_mode: "bursting".to_owned(),
                lifecycle_policies: policies(&[(TO_INFREQUENT_ACCESS, "AFTER_7_DAYS")]),
                backup: false,
                ..base
            },
        ]
    }
}

fn spec(managed: &ManagedFileSystem, tags: Tags) -> FileSystemSpec {
    let performance_mode = match managed.performance_mode {
        PerformanceMode::GeneralPurpose => "generalPurpose",
        PerformanceMode::MaxIo => "maxIO",
    };
    let throughput_mode = match managed.throughput_mode {
        ThroughputMode::Elastic => "elastic",
        ThroughputMode::Bursting => "bursting",
        ThroughputMode::Provisioned => "provisioned",
    };
    FileSystemSpec {
        creation_token: managed.creation_token.clone(),
        encrypted: managed.encrypted,
        kms_key_id: managed.kms_key.clone(),
        performance_mode: performance_mode.to_owned(),
        throughput_mode: throughput_mode.to_owned(),
        provisioned_throughput: managed.provisioned_throughput,
        lifecycle_policies: lifecycle_policies(managed),
        backup: managed.backup,
        tags,
    }
}

fn lifecycle_policies(managed: &ManagedFileSystem) -> BTreeMap<String, String> {
    let after = |days: u32| match days {
        1 => "AFTER_1_DAY".to_owned(),
        days => format!("AFTER_{days}_DAYS"),
    };
    let policies = [
        (TO_INFREQUENT_ACCESS, managed.to_infrequent_access.map(after)),
        (TO_ARCHIVE, managed.to_archive.map(after)),
        (TO_PRIMARY, managed.to_primary.then(|| "AFTER_1_ACCESS".to_owned())),
    ];
    let set = |(transition, rule): (&str, Option<String>)| Some((transition.to_owned(), rule?));
    policies.into_iter().filter_map(set).collect()
}

/// Whether a key that is written as an id, an ARN or an alias may be the one with this ARN. What an
/// alias stands for is not looked up: replacing a file system for a guess would lose its data.
fn may_be_key(wanted: &str, arn: &str) -> bool {
    wanted.contains("alias/") || arn.rsplit('/').next() == Some(wanted)
}

fn outputs(id: &str, arn: String) -> Outputs {
    Outputs::from([("id".to_owned(), id.to_owned()), ("arn".to_owned(), arn)])
}
