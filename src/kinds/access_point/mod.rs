//! Access points of EFS file systems, managed ones and existing ones.

mod observe;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use aws_sdk_efs::types::{self as sdk, LifeCycleState};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::shared::efs::{self, Wait, not_found, sdk_tags};
use crate::aws::{Aws, AwsError, gone};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::resolved::file_system::{self, FileSystemSource};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set, digest_of};

#[derive(Debug)]
pub struct AccessPoint;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessPointSpec {
    pub file_system_id: Resolvable,
    /// Makes creation idempotent. It tells versions apart: what AWS cannot change is hashed into it.
    pub client_token: String,
    pub posix_user: PosixUser,
    pub root_directory: RootDirectory,
    pub tags: Tags,
}

/// Whom the file system takes its clients for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PosixUser {
    /// Who they are in their containers.
    Own,
    Fixed {
        uid: u32,
        gid: u32,
        secondary_gids: Set<u32>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RootDirectory {
    pub path: String,
    /// `None` for `/`, which is always there already.
    pub creation_info: Option<CreationInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationInfo {
    pub owner_uid: u32,
    pub owner_gid: u32,
    /// Four octal digits.
    pub permissions: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: AccessPointSpec },
    AwaitAvailable { id: Resolvable, what: String },
    Tag { id: Resolvable, spec: AccessPointSpec, tags: Tags },
    Untag { id: Resolvable, spec: AccessPointSpec, keys: Vec<String> },
    Delete { id: Resolvable, spec: AccessPointSpec },
    AwaitGone { id: Resolvable, what: String },
}

const DESCRIBE: &str = "elasticfilesystem:DescribeAccessPoints";
const NAME_TAG: &str = "Name";
const LONGEST_TOKEN: usize = 64;
const HASH_LENGTH: usize = 8;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, spec) = match self {
            Self::AwaitAvailable { what, .. } => {
                return write!(f, "wait until {what} is available");
            }
            Self::AwaitGone { what, .. } => return write!(f, "wait until {what} is gone"),
            Self::Create { spec } => ("CreateAccessPoint", spec),
            Self::Tag { spec, .. } => ("TagResource", spec),
            Self::Untag { spec, .. } => ("UntagResource", spec),
            Self::Delete { spec, .. } => ("DeleteAccessPoint", spec),
        };
        write!(f, "elasticfilesystem:{operation} {}", display_name(spec))
    }
}

impl Kind for AccessPoint {
    const NAME: &'static str = "access-point";
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("posixUser", Policy::Replaces), ("rootDirectory", Policy::Replaces)];
    /// Clients that have mounted it keep it until they unmount.
    const DELETED_IN_USE: bool = true;

    type Spec = AccessPointSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<AccessPointSpec>> {
        let mut rows = vec![];
        for file_system in stack.file_systems.values() {
            let origin = Origin::of(stack, "file-system", file_system);
            let id = match &file_system.value.source {
                FileSystemSource::Existing { file_system_id, .. } => file_system_id.as_str().into(),
                FileSystemSource::Managed(_) => {
                    Resolvable::reference("file-system", &file_system.name, "id")
                }
            };
            for (point, wanted) in &file_system.value.access_points {
                let name = format!("{}-{point}", file_system.name);
                let mut tags = origin.tags(Self::NAME, &name);
                tags.insert(NAME_TAG.to_owned(), wanted.physical_name.as_str().into());
                rows.push(origin.part(&name, spec(id.clone(), wanted, tags)));
            }
        }
        rows
    }

    fn key(spec: &AccessPointSpec) -> String {
        format!("{}/{}", spec.file_system_id, spec.client_token)
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[AccessPointSpec],
    ) -> Result<Vec<Live<AccessPointSpec>>, AwsError> {
        observe::rows(survey, wanted).await
    }

    fn lower(change: &Change<'_, AccessPointSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let (id, what) = (change.own("id"), what(spec));
                vec![Call::Create { spec: (*spec).clone() }, Call::AwaitAvailable { id, what }]
            }
            Change::Update { spec, live, .. } => tag(spec, live),
            Change::Delete { live, .. } => {
                let (id, spec) = (id_of(live), live.spec.clone());
                let what = what(&spec);
                vec![Call::Delete { id: id.clone(), spec }, Call::AwaitGone { id, what }]
            }
        }
    }

    fn effect(call: &Call) -> Effect<AccessPointSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Delete { spec, .. } => Effect::Delete(Self::key(spec)),
            Call::AwaitAvailable { .. } | Call::AwaitGone { .. } => Effect::Wait(5),
        }
    }

    fn outputs(_spec: &AccessPointSpec, assigned: &Assigned<'_>) -> Outputs {
        let id = format!("fsap-{}", assigned.id);
        outputs(&id, assigned.arn("elasticfilesystem", &format!("access-point/{id}")))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } => {
                let request = aws
                    .efs
                    .create_access_point()
                    .client_token(&spec.client_token)
                    .file_system_id(spec.file_system_id.text())
                    .set_posix_user(sdk_user(&spec.posix_user))
                    .root_directory(sdk_root(&spec.root_directory))
                    .set_tags(Some(sdk_tags(&spec.tags)));
                let operation = "elasticfilesystem:CreateAccessPoint";
                let made = aws.write(operation, || request.clone().send()).await?;
                let id = made.access_point_id.unwrap_or_default();
                return Ok(outputs(&id, made.access_point_arn.unwrap_or_default()));
            }
            Call::AwaitAvailable { id, what } => {
                wait(aws, what).until_available(|| state(aws, id.text())).await?;
            }
            Call::Tag { id, tags, .. } => efs::tag(aws, id.text(), tags).await?,
            Call::Untag { id, keys, .. } => efs::untag(aws, id.text(), keys).await?,
            Call::Delete { id, .. } => {
                let request = aws.efs.delete_access_point().access_point_id(id.text());
                let operation = "elasticfilesystem:DeleteAccessPoint";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
            Call::AwaitGone { id, what } => {
                wait(aws, what).until_gone(|| state(aws, id.text())).await?;
            }
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<AccessPointSpec> {
        let info = CreationInfo { owner_uid: 0, owner_gid: 0, permissions: "0755".to_owned() };
        let base = AccessPointSpec {
            file_system_id: "fs-1".into(),
            client_token: "shop-prod-uploads-web".to_owned(),
            posix_user: PosixUser::Own,
            root_directory: RootDirectory { path: "/web".to_owned(), creation_info: Some(info) },
            tags: Tags::from([(NAME_TAG.to_owned(), "shop-prod-uploads-web".into())]),
        };
        vec![
            base.clone(),
            AccessPointSpec {
                tags: Tags::from([("team".to_owned(), "web".into())]),
                ..base.clone()
            },
            AccessPointSpec {
                posix_user: PosixUser::Fixed {
                    uid: 1000,
                    gid: 1000,
                    secondary_gids: [1, 2].into_iter().collect(),
                },
                root_directory: RootDirectory { path: "/".to_owned(), creation_info: None },
                ..base
            },
        ]
    }
}

fn spec(
    file_system_id: Resolvable,
    wanted: &file_system::AccessPoint,
    tags: Tags,
) -> AccessPointSpec {
    let posix_user = match &wanted.posix_user {
        None => PosixUser::Own,
        Some(user) => PosixUser::Fixed {
            uid: user.uid,
            gid: user.gid,
            secondary_gids: user.secondary_gids.iter().copied().collect(),
        },
    };
    let creation_info = (wanted.path != "/").then(|| CreationInfo {
        owner_uid: wanted.owner_uid,
        owner_gid: wanted.owner_gid,
        permissions: four_digits(&wanted.permissions),
    });
    let root_directory = RootDirectory { path: wanted.path.clone(), creation_info };
    let client_token = versioned(&wanted.client_token, &posix_user, &root_directory);
    AccessPointSpec { file_system_id, client_token, posix_user, root_directory, tags }
}

/// The token of one version of an access point: a changed one is made beside the old one, which the
/// tasks that run keep until then.
fn versioned(token: &str, user: &PosixUser, root: &RootDirectory) -> String {
    let hash = &digest_of(&json!([token, user, root]))[..HASH_LENGTH];
    let kept: String = token.chars().take(LONGEST_TOKEN - HASH_LENGTH - 1).collect();
    format!("{kept}-{hash}")
}

fn four_digits(permissions: &str) -> String {
    format!("{permissions:0>4}")
}

fn tag(spec: &AccessPointSpec, live: &Live<AccessPointSpec>) -> Vec<Call> {
    let (id, spec) = (|| id_of(live), || spec.clone());
    let mut calls = vec![];
    let tags = TagsChange::between(&live.spec.tags, &spec().tags);
    calls.extend(tags.calls(
        |tags| Call::Tag { id: id(), spec: spec(), tags },
        |keys| Call::Untag { id: id(), spec: spec(), keys },
    ));
    calls
}

fn sdk_user(user: &PosixUser) -> Option<sdk::PosixUser> {
    let PosixUser::Fixed { uid, gid, secondary_gids } = user else { return None };
    let gids = secondary_gids.0.iter().map(|gid| i64::from(*gid)).collect::<Vec<_>>();
    let user = sdk::PosixUser::builder()
        .uid(i64::from(*uid))
        .gid(i64::from(*gid))
        .set_secondary_gids((!gids.is_empty()).then_some(gids));
    Some(user.build().expect("uid and gid are set"))
}

fn sdk_root(root: &RootDirectory) -> sdk::RootDirectory {
    let info = root.creation_info.as_ref().map(|info| {
        sdk::CreationInfo::builder()
            .owner_uid(i64::from(info.owner_uid))
            .owner_gid(i64::from(info.owner_gid))
            .permissions(&info.permissions)
            .build()
            .expect("owner and permissions are set")
    });
    sdk::RootDirectory::builder().path(&root.path).set_creation_info(info).build()
}

async fn state(aws: &Aws, id: &str) -> Result<LifeCycleState, AwsError> {
    let request = aws.efs.describe_access_points().access_point_id(id);
    let reply = aws.read(DESCRIBE, request.send()).await?;
    let found = reply.access_points.unwrap_or_default().into_iter().next();
    found.and_then(|found| found.life_cycle_state).ok_or_else(|| not_found(DESCRIBE, id))
}

fn wait<'a>(aws: &'a Aws, what: &'a str) -> Wait<'a> {
    Wait { aws, operation: DESCRIBE, what, limit: Duration::from_mins(10) }
}

fn what(spec: &AccessPointSpec) -> String {
    format!("access point {}", display_name(spec))
}

fn display_name(spec: &AccessPointSpec) -> &str {
    spec.tags.get(NAME_TAG).map_or(&spec.client_token, Resolvable::text)
}

fn id_of(live: &Live<AccessPointSpec>) -> Resolvable {
    live.outputs.get("id").cloned().unwrap_or_default().into()
}

fn outputs(id: &str, arn: String) -> Outputs {
    Outputs::from([("id".to_owned(), id.to_owned()), ("arn".to_owned(), arn)])
}
