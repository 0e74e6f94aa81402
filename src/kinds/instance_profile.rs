//! IAM instance profiles, through which instances have their role.

use std::collections::BTreeSet;
use std::fmt;

use aws_sdk_iam::types::{InstanceProfile as Described, Tag};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError, found, gone};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Marks, Origin, Outputs,
    Survey, Tags, TagsChange, read_tags,
};
use crate::model::instance_groups::instance_groups;
use crate::model::resolved::instances::Profile;
use crate::model::stack::Stack;
use crate::value::Resolvable;

#[derive(Debug)]
pub struct InstanceProfile;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceProfileSpec {
    pub name: String,
    pub path: String,
    /// ARN; a profile has one role, or, empty, none.
    pub role: Resolvable,
    pub tags: Tags,
}

impl InstanceProfileSpec {
    /// The profile as AWS makes it.
    fn bare(&self) -> Self {
        Self { role: "".into(), ..self.clone() }
    }
}

/// Each `spec` is the profile as it is after the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: InstanceProfileSpec },
    AddRole { spec: InstanceProfileSpec },
    RemoveRole { spec: InstanceProfileSpec, role: Resolvable },
    Tag { spec: InstanceProfileSpec, tags: Tags },
    Untag { spec: InstanceProfileSpec, keys: Vec<String> },
    Delete { name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "iam:CreateInstanceProfile {}", spec.name),
            Self::AddRole { spec } => write!(f, "iam:AddRoleToInstanceProfile {}", spec.name),
            Self::RemoveRole { spec, .. } => {
                write!(f, "iam:RemoveRoleFromInstanceProfile {}", spec.name)
            }
            Self::Tag { spec, .. } => write!(f, "iam:TagInstanceProfile {}", spec.name),
            Self::Untag { spec, .. } => write!(f, "iam:UntagInstanceProfile {}", spec.name),
            Self::Delete { name } => write!(f, "iam:DeleteInstanceProfile {name}"),
        }
    }
}

impl Kind for InstanceProfile {
    const NAME: &'static str = "instance-profile";
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("name", Policy::Replaces), ("path", Policy::Replaces)];

    type Spec = InstanceProfileSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<InstanceProfileSpec>> {
        let rows = instance_groups(stack).filter_map(|group| {
            let Profile::Managed { name: physical_name, path, .. } = &group.managed.profile else {
                return None;
            };
            let origin = Origin::of(stack, "cluster", group.cluster);
            let name = group.instances_address();
            let spec = InstanceProfileSpec {
                name: physical_name.clone(),
                path: path.clone(),
                role: Resolvable::reference("role", &name, "arn"),
                tags: origin.tags(Self::NAME, &name),
            };
            Some(origin.part(&name, spec))
        });
        rows.collect()
    }

    /// IAM keeps names as they were written, but refuses two that differ in case only.
    fn key(spec: &InstanceProfileSpec) -> String {
        spec.name.to_ascii_lowercase()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[InstanceProfileSpec],
    ) -> Result<Vec<Live<InstanceProfileSpec>>, AwsError> {
        // A profile's role is there before it and goes after it.
        if wanted.is_empty() && !survey.has("role", "instances-").await? {
            return Ok(vec![]);
        }
        let home = format!("/ecsctl/{}/{}/", survey.scope.app, survey.scope.environment);
        let owned = names_below(survey.aws, &home).await?;
        let names: BTreeSet<String> =
            wanted.iter().map(|spec| spec.name.clone()).chain(owned).collect();
        let profiles = names.iter().map(|name| profile(survey.aws, name));
        let profiles = try_join_all(profiles).await?.into_iter().flatten();
        Ok(profiles.map(live).collect())
    }

    fn lower(change: &Change<'_, InstanceProfileSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                vec![Call::Create { spec: spec.bare() }, Call::AddRole { spec: (*spec).clone() }]
            }
            Change::Update { spec, live, .. } => {
                let mut calls = vec![];
                if change.touches("role") {
                    calls.extend(remove_role(live));
                    calls.push(Call::AddRole { spec: (*spec).clone() });
                }
                let tags = TagsChange::between(&live.spec.tags, &spec.tags);
                calls.extend(tags.calls(
                    |tags| Call::Tag { spec: (*spec).clone(), tags },
                    |keys| Call::Untag { spec: (*spec).clone(), keys },
                ));
                calls
            }
            Change::Delete { live, .. } => {
                let delete = Call::Delete { name: live.spec.name.clone() };
                remove_role(live).into_iter().chain([delete]).collect()
            }
        }
    }

    fn effect(call: &Call) -> Effect<InstanceProfileSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::AddRole { spec } | Call::RemoveRole { spec, .. } => {
                Effect::update(spec, &["role"])
            }
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Delete { name } => Effect::Delete(name.to_ascii_lowercase()),
        }
    }

    fn outputs(spec: &InstanceProfileSpec, assigned: &Assigned<'_>) -> Outputs {
        let InstanceProfileSpec { name, path, .. } = spec;
        outputs(name, &format!("arn:aws:iam::{}:instance-profile{path}{name}", assigned.account))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } => {
                let request = aws
                    .iam
                    .create_instance_profile()
                    .instance_profile_name(&spec.name)
                    .path(&spec.path)
                    .set_tags(Some(sdk_tags(&spec.tags)));
                let operation = "iam:CreateInstanceProfile";
                let reply = aws.write(operation, || request.clone().send()).await?;
                let arn = reply.instance_profile.map(|profile| profile.arn).unwrap_or_default();
                return Ok(outputs(&spec.name, &arn));
            }
            Call::AddRole { spec } => {
                let request = aws
                    .iam
                    .add_role_to_instance_profile()
                    .instance_profile_name(&spec.name)
                    .role_name(name_in(&spec.role));
                let operation = "iam:AddRoleToInstanceProfile";
                aws.write(operation, || request.clone().send()).await?;
            }
            Call::RemoveRole { spec, role } => {
                let request = aws
                    .iam
                    .remove_role_from_instance_profile()
                    .instance_profile_name(&spec.name)
                    .role_name(name_in(role));
                let operation = "iam:RemoveRoleFromInstanceProfile";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
            Call::Tag { spec, tags } => {
                let request = aws
                    .iam
                    .tag_instance_profile()
                    .instance_profile_name(&spec.name)
                    .set_tags(Some(sdk_tags(tags)));
                aws.write("iam:TagInstanceProfile", || request.clone().send()).await?;
            }
            Call::Untag { spec, keys } => {
                let request = aws
                    .iam
                    .untag_instance_profile()
                    .instance_profile_name(&spec.name)
                    .set_tag_keys(Some(keys.clone()));
                aws.write("iam:UntagInstanceProfile", || request.clone().send()).await?;
            }
            Call::Delete { name } => {
                let request = aws.iam.delete_instance_profile().instance_profile_name(name);
                let operation = "iam:DeleteInstanceProfile";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<InstanceProfileSpec> {
        let base = InstanceProfileSpec {
            name: "shop-prod-main-general".to_owned(),
            path: "/ecsctl/shop/prod/".to_owned(),
            role: "arn:aws:iam::444455556666:role/ecsctl/shop/prod/shop-prod-main-general".into(),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        vec![
            base.clone(),
            InstanceProfileSpec {
                role: "arn:aws:iam::444455556666:role/other".into(),
                ..base.clone()
            },
            InstanceProfileSpec { tags: Tags::from([("owner".to_owned(), "web".into())]), ..base },
        ]
    }
}

/// A profile that had its role taken away by hand has none to remove.
fn remove_role(live: &Live<InstanceProfileSpec>) -> Option<Call> {
    let role = live.spec.role.clone();
    (!role.text().is_empty()).then(|| Call::RemoveRole { spec: live.spec.bare(), role })
}

async fn names_below(aws: &Aws, path: &str) -> Result<Vec<String>, AwsError> {
    let request = aws.iam.list_instance_profiles().path_prefix(path);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let profiles = aws.read("iam:ListInstanceProfiles", pages).await?.into_iter();
    // moto lists them all.
    let ours = profiles.filter(|profile| profile.path.starts_with(path));
    Ok(ours.map(|profile| profile.instance_profile_name).collect())
}

/// With its tags, which the listing lacks.
async fn profile(aws: &Aws, name: &str) -> Result<Option<Described>, AwsError> {
    let request = aws.iam.get_instance_profile().instance_profile_name(name);
    let reply = found(aws.read("iam:GetInstanceProfile", request.send()).await)?;
    Ok(reply.and_then(|reply| reply.instance_profile))
}

fn live(profile: Described) -> Live<InstanceProfileSpec> {
    let tags = profile.tags.unwrap_or_default().into_iter();
    let tags = read_tags(tags.map(|Tag { key, value, .. }| (key, value)));
    let role = profile.roles.into_iter().next().map(|role| role.arn).unwrap_or_default();
    Live {
        outputs: outputs(&profile.instance_profile_name, &profile.arn),
        marks: Marks::of(&tags),
        spec: InstanceProfileSpec {
            name: profile.instance_profile_name,
            path: profile.path,
            role: role.into(),
            tags,
        },
        depth: Depth::Full,
    }
}

/// The name at the end of a role's ARN.
fn name_in(role: &Resolvable) -> &str {
    role.text().rsplit('/').next().unwrap_or_default()
}

fn outputs(name: &str, arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned()), ("name".to_owned(), name.to_owned())])
}

fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value.text()).build());
    tags.collect::<Result<_, _>>().expect("both parts of every tag are set")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, xml};
    use crate::diff::{FieldChange, Path};
    use crate::kinds::samples;
    use crate::value::Address;

    const MADE: &str = "<CreateInstanceProfileResponse><CreateInstanceProfileResult><InstanceProfile><InstanceProfileId>A</InstanceProfileId><Roles/><InstanceProfileName>shop-prod-main-general</InstanceProfileName><Path>/ecsctl/shop/prod/</Path><Arn>arn:profile</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></InstanceProfile></CreateInstanceProfileResult></CreateInstanceProfileResponse>";

    async fn sent(calls: &[Call]) -> Vec<String> {
        let replay = Replay::new(calls.iter().map(|_| xml(200, MADE)));
        let aws = replay.aws();
        for call in calls {
            InstanceProfile::perform(&aws, call).await.unwrap();
        }
        let bodies = replay.bodies();
        bodies.iter().map(|body| body.replace("&Version=2010-05-08", "")).collect()
    }

    fn live(spec: InstanceProfileSpec) -> Live<InstanceProfileSpec> {
        let marks = Marks::default();
        Live { outputs: outputs(&spec.name, "arn:profile"), spec, marks, depth: Depth::Full }
    }

    #[tokio::test]
    async fn a_new_profile_gets_its_role_next() {
        let spec = InstanceProfile::examples().remove(0);
        let address = Address::new("instance-profile", "instances-main-general");
        let calls = InstanceProfile::lower(&Change::Create { address: &address, spec: &spec });
        assert_eq!(
            sent(&calls).await,
            [
                "Action=CreateInstanceProfile&InstanceProfileName=shop-prod-main-general&Path=%2Fecsctl%2Fshop%2Fprod%2F&Tags.member.1.Key=team&Tags.member.1.Value=web",
                "Action=AddRoleToInstanceProfile&InstanceProfileName=shop-prod-main-general&RoleName=shop-prod-main-general",
            ]
        );
    }

    #[tokio::test]
    async fn a_role_makes_room_for_another_and_goes_before_its_profile() {
        let [live, spec] = [0, 1].map(|index| InstanceProfile::examples().remove(index));
        let live = self::live(live);
        let spec =
            InstanceProfileSpec { tags: Tags::from([("owner".to_owned(), "me".into())]), ..spec };
        let fields =
            [FieldChange { path: Path::default().field("role"), before: None, after: None }];
        let address = Address::new("instance-profile", "instances-main-general");
        let change =
            Change::Update { address: &address, spec: &spec, live: &live, fields: &fields };
        let mut calls = InstanceProfile::lower(&change);
        calls.extend(InstanceProfile::lower(&Change::Delete { address: &address, live: &live }));
        let name = "InstanceProfileName=shop-prod-main-general";
        assert_eq!(
            sent(&calls).await,
            [
                format!(
                    "Action=RemoveRoleFromInstanceProfile&{name}&RoleName=shop-prod-main-general"
                ),
                format!("Action=AddRoleToInstanceProfile&{name}&RoleName=other"),
                format!(
                    "Action=TagInstanceProfile&{name}&Tags.member.1.Key=owner&Tags.member.1.Value=me"
                ),
                format!("Action=UntagInstanceProfile&{name}&TagKeys.member.1=team"),
                format!(
                    "Action=RemoveRoleFromInstanceProfile&{name}&RoleName=shop-prod-main-general"
                ),
                format!("Action=DeleteInstanceProfile&{name}"),
            ]
        );
        let without = self::live(InstanceProfile::examples()[0].bare());
        let calls = InstanceProfile::lower(&Change::Delete { address: &address, live: &without });
        assert_eq!(calls, [Call::Delete { name: "shop-prod-main-general".to_owned() }]);
    }

    #[tokio::test]
    async fn what_was_made_reads_back_the_same() {
        let listed = "<ListInstanceProfilesResponse><ListInstanceProfilesResult><IsTruncated>false</IsTruncated><InstanceProfiles>
            <member><InstanceProfileId>A</InstanceProfileId><Roles/><InstanceProfileName>of-others</InstanceProfileName><Path>/</Path><Arn>arn:others</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>
            </InstanceProfiles></ListInstanceProfilesResult></ListInstanceProfilesResponse>";
        let got = "<GetInstanceProfileResponse><GetInstanceProfileResult><InstanceProfile><InstanceProfileId>A</InstanceProfileId>
            <Roles><member><Path>/ecsctl/shop/prod/</Path><RoleName>shop-prod-main-general</RoleName><RoleId>B</RoleId><Arn>arn:aws:iam::444455556666:role/ecsctl/shop/prod/shop-prod-main-general</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Roles>
            <InstanceProfileName>shop-prod-main-general</InstanceProfileName><Path>/ecsctl/shop/prod/</Path><Arn>arn:profile</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
            <Tags><member><Key>team</Key><Value>web</Value></member><member><Key>aws:x</Key><Value>y</Value></member></Tags>
            </InstanceProfile></GetInstanceProfileResult></GetInstanceProfileResponse>";
        let replay = Replay::new([xml(200, listed), xml(200, got)]);
        let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
        let survey = samples::survey(&aws, &scope, &facts);
        let wanted = InstanceProfile::examples().remove(0);
        let rows = InstanceProfile::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].spec, wanted);
        assert_eq!(rows[0].outputs["arn"], "arn:profile");
    }
}
