//! The calls that make, change and delete a role.

use std::fmt;

use aws_sdk_iam::types::Tag;
use serde::{Deserialize, Serialize};

use super::policy::document;
use super::{POLICY, RoleSpec, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Change, Effect, Outputs, Tags, TagsChange};

/// Each `spec` is the role as it is after the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: RoleSpec,
    },
    /// Description and longest session.
    Update {
        spec: RoleSpec,
    },
    UpdateTrust {
        spec: RoleSpec,
    },
    PutBoundary {
        spec: RoleSpec,
    },
    DeleteBoundary {
        spec: RoleSpec,
    },
    PutPolicy {
        spec: RoleSpec,
    },
    DeletePolicy {
        spec: RoleSpec,
        policy: String,
    },
    Attach {
        spec: RoleSpec,
        policy: String,
    },
    Detach {
        spec: RoleSpec,
        policy: String,
    },
    Tag {
        spec: RoleSpec,
        tags: Tags,
    },
    Untag {
        spec: RoleSpec,
        keys: Vec<String>,
    },
    Delete {
        name: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self {
            Self::Create { spec } => format!("iam:CreateRole {}", spec.name),
            Self::Update { spec } => format!("iam:UpdateRole {}", spec.name),
            Self::UpdateTrust { spec } => format!("iam:UpdateAssumeRolePolicy {}", spec.name),
            Self::PutBoundary { spec } => format!("iam:PutRolePermissionsBoundary {}", spec.name),
            Self::DeleteBoundary { spec } => {
                format!("iam:DeleteRolePermissionsBoundary {}", spec.name)
            }
            Self::PutPolicy { spec } => format!("iam:PutRolePolicy {} {POLICY}", spec.name),
            Self::DeletePolicy { spec, policy } => {
                format!("iam:DeleteRolePolicy {} {policy}", spec.name)
            }
            Self::Attach { spec, policy } => {
                format!("iam:AttachRolePolicy {} {}", spec.name, last(policy))
            }
            Self::Detach { spec, policy } => {
                format!("iam:DetachRolePolicy {} {}", spec.name, last(policy))
            }
            Self::Tag { spec, .. } => format!("iam:TagRole {}", spec.name),
            Self::Untag { spec, .. } => format!("iam:UntagRole {}", spec.name),
            Self::Delete { name } => format!("iam:DeleteRole {name}"),
        };
        f.write_str(&line)
    }
}

/// The name at the end of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

pub(super) fn lower(change: &Change<'_, RoleSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => {
            let new = spec.bare();
            let mut calls = policy_calls(&new, spec);
            calls.insert(0, Call::Create { spec: new });
            calls
        }
        Change::Update { spec, live, .. } => {
            let mut calls = field_calls(change, spec);
            calls.extend(policy_calls(&live.spec, spec));
            calls.extend(tag_calls(&live.spec.tags, spec));
            calls
        }
        Change::Delete { live, .. } => {
            let mut calls = policy_calls(&live.spec, &live.spec.bare());
            calls.push(Call::Delete { name: live.spec.name.clone() });
            calls
        }
    }
}

/// The boundary comes before the policies that it bounds.
fn field_calls(change: &Change<'_, RoleSpec>, spec: &RoleSpec) -> Vec<Call> {
    let spec = || spec.clone();
    let mut calls = vec![];
    if change.touches("description") || change.touches("maxSessionDuration") {
        calls.push(Call::Update { spec: spec() });
    }
    if change.touches("trust") {
        calls.push(Call::UpdateTrust { spec: spec() });
    }
    if change.touches("permissionsBoundary") {
        let is_bounded = !spec().permissions_boundary.is_empty();
        let put = Call::PutBoundary { spec: spec() };
        calls.push(if is_bounded { put } else { Call::DeleteBoundary { spec: spec() } });
    }
    calls
}

/// What is to be allowed comes before what no longer is: what both allow is never refused.
fn policy_calls(live: &RoleSpec, spec: &RoleSpec) -> Vec<Call> {
    let mut calls = vec![];
    let mut now = RoleSpec { managed_policies: live.managed_policies.clone(), ..spec.clone() };
    if !spec.statements.is_empty() && spec.statements != live.statements {
        calls.push(Call::PutPolicy { spec: now.clone() });
    }
    for policy in spec.managed_policies.0.difference(&live.managed_policies.0) {
        now.managed_policies.0.insert(policy.clone());
        calls.push(Call::Attach { spec: now.clone(), policy: policy.clone() });
    }
    for policy in live.managed_policies.0.difference(&spec.managed_policies.0) {
        now.managed_policies.0.remove(policy);
        calls.push(Call::Detach { spec: now.clone(), policy: policy.clone() });
    }
    let ours =
        (spec.statements.is_empty() && !live.statements.is_empty()).then(|| POLICY.to_owned());
    now.inline_policies = live.inline_policies.clone();
    for policy in ours.iter().chain(live.inline_policies.0.difference(&spec.inline_policies.0)) {
        now.inline_policies.0.remove(policy);
        calls.push(Call::DeletePolicy { spec: now.clone(), policy: policy.clone() });
    }
    calls
}

fn tag_calls(live: &Tags, spec: &RoleSpec) -> impl Iterator<Item = Call> {
    TagsChange::between(live, &spec.tags).calls(
        |tags| Call::Tag { spec: spec.clone(), tags },
        |keys| Call::Untag { spec: spec.clone(), keys },
    )
}

pub(super) fn effect(call: &Call) -> Effect<RoleSpec> {
    match call {
        Call::Create { spec } => Effect::Create(spec.clone()),
        Call::Update { spec } => Effect::update(spec, &["description", "maxSessionDuration"]),
        Call::UpdateTrust { spec } => Effect::update(spec, &["trust"]),
        Call::PutBoundary { spec } | Call::DeleteBoundary { spec } => {
            Effect::update(spec, &["permissionsBoundary"])
        }
        Call::PutPolicy { spec } => Effect::update(spec, &["statements"]),
        Call::DeletePolicy { spec, policy } if policy == POLICY => {
            Effect::update(spec, &["statements"])
        }
        Call::DeletePolicy { spec, .. } => Effect::update(spec, &["inlinePolicies"]),
        Call::Attach { spec, .. } | Call::Detach { spec, .. } => {
            Effect::update(spec, &["managedPolicies"])
        }
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name } => Effect::Delete(name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return create(aws, spec).await,
        Call::Update { spec } => {
            let request = aws
                .iam
                .update_role()
                .role_name(&spec.name)
                .description(&spec.description)
                .max_session_duration(seconds(spec));
            aws.write("iam:UpdateRole", || request.clone().send()).await?;
        }
        Call::UpdateTrust { spec } => {
            let request = aws
                .iam
                .update_assume_role_policy()
                .role_name(&spec.name)
                .policy_document(document(&spec.trust));
            aws.write("iam:UpdateAssumeRolePolicy", || request.clone().send()).await?;
        }
        Call::PutBoundary { spec } => {
            let request = aws
                .iam
                .put_role_permissions_boundary()
                .role_name(&spec.name)
                .permissions_boundary(&spec.permissions_boundary);
            aws.write("iam:PutRolePermissionsBoundary", || request.clone().send()).await?;
        }
        Call::DeleteBoundary { spec } => {
            let request = aws.iam.delete_role_permissions_boundary().role_name(&spec.name);
            let operation = "iam:DeleteRolePermissionsBoundary";
            gone(aws.write(operation, || request.clone().send()).await)?;
        }
        Call::PutPolicy { spec } => {
            let request = aws
                .iam
                .put_role_policy()
                .role_name(&spec.name)
                .policy_name(POLICY)
                .policy_document(document(&spec.statements));
            aws.write("iam:PutRolePolicy", || request.clone().send()).await?;
        }
        Call::DeletePolicy { spec, policy } => {
            let request = aws.iam.delete_role_policy().role_name(&spec.name).policy_name(policy);
            gone(aws.write("iam:DeleteRolePolicy", || request.clone().send()).await)?;
        }
        Call::Attach { spec, policy } => {
            let request = aws.iam.attach_role_policy().role_name(&spec.name).policy_arn(policy);
            aws.write("iam:AttachRolePolicy", || request.clone().send()).await?;
        }
        Call::Detach { spec, policy } => {
            let request = aws.iam.detach_role_policy().role_name(&spec.name).policy_arn(policy);
            gone(aws.write("iam:DetachRolePolicy", || request.clone().send()).await)?;
        }
        Call::Tag { spec, tags } => {
            let request = aws.iam.tag_role().role_name(&spec.name).set_tags(Some(sdk_tags(tags)));
            aws.write("iam:TagRole", || request.clone().send()).await?;
        }
        Call::Untag { spec, keys } => {
            let keys = Some(keys.clone());
            let request = aws.iam.untag_role().role_name(&spec.name).set_tag_keys(keys);
            aws.write("iam:UntagRole", || request.clone().send()).await?;
        }
        Call::Delete { name } => {
            let request = aws.iam.delete_role().role_name(name);
            gone(aws.write("iam:DeleteRole", || request.clone().send()).await)?;
        }
    }
    Ok(Outputs::new())
}

async fn create(aws: &Aws, spec: &RoleSpec) -> Result<Outputs, CallError> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let request = aws
        .iam
        .create_role()
        .role_name(&spec.name)
        .path(&spec.path)
        .assume_role_policy_document(document(&spec.trust))
        .set_description(some(&spec.description))
        .max_session_duration(seconds(spec))
        .set_permissions_boundary(some(&spec.permissions_boundary))
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply = aws.write("iam:CreateRole", || request.clone().send()).await?;
    let arn = reply.role.map(|role| role.arn).unwrap_or_default();
    Ok(outputs(&spec.name, &arn))
}

fn seconds(spec: &RoleSpec) -> i32 {
    i32::try_from(spec.max_session_duration).unwrap_or(i32::MAX)
}

fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value.text()).build());
    tags.collect::<Result<_, _>>().expect("both parts of every tag are set")
}
