//! Reads roles: all of the account with their policies in few pages, details one by one.

use aws_sdk_iam::types::{EntityType, RoleDetail, Tag};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{POLICY, Policy, Role, RoleSpec, outputs, policy};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Kind as _, Live, Marks, Survey, read_tags};

const ROLES_PER_PAGE: i32 = 1000;

/// IAM takes few requests per second of one account.
const GET_ROLE_AT_ONCE: usize = 8;

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[RoleSpec],
) -> Result<Vec<Live<RoleSpec>>, AwsError> {
    let pages = survey
        .aws
        .iam
        .get_account_authorization_details()
        .filter(EntityType::Role)
        .max_items(ROLES_PER_PAGE)
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>();
    let pages = survey.aws.read("iam:GetAccountAuthorizationDetails", pages).await?;
    let roles = pages.into_iter().flat_map(|page| page.role_detail_list.unwrap_or_default());
    let is_ours = |row: &Live<RoleSpec>| {
        let is_wanted = wanted.iter().any(|spec| Role::key(spec) == Role::key(&row.spec));
        is_wanted || survey.scope.owns(&row.marks)
    };
    Ok(roles.map(live).filter(is_ours).collect())
}

fn live(role: RoleDetail) -> Live<RoleSpec> {
    let name = role.role_name.unwrap_or_default();
    let tags = role.tags.unwrap_or_default().into_iter();
    let tags = read_tags(tags.map(|Tag { key, value, .. }| (key, value)));
    let inline = role.role_policy_list.unwrap_or_default();
    let statements = inline
        .iter()
        .find(|it| it.policy_name() == Some(POLICY))
        .map_or_else(Policy::new, |it| policy::read(it.policy_document().unwrap_or_default()));
    let inline = inline.into_iter().filter_map(|policy| policy.policy_name);
    let attached = role.attached_managed_policies.unwrap_or_default().into_iter();
    let boundary = role.permissions_boundary.and_then(|it| it.permissions_boundary_arn);
    Live {
        outputs: outputs(&name, &role.arn.unwrap_or_default()),
        marks: Marks::of(&tags),
        spec: RoleSpec {
            name,
            path: role.path.unwrap_or_default(),
            description: String::new(),
            trust: policy::read(&role.assume_role_policy_document.unwrap_or_default()),
            statements,
            inline_policies: inline.filter(|name| name != POLICY).collect(),
            managed_policies: attached.filter_map(|policy| policy.policy_arn).collect(),
            permissions_boundary: boundary.unwrap_or_default(),
            max_session_duration: 0,
            tags,
        },
        depth: Depth::Shallow,
    }
}

/// Adds what the listing lacks. A role that is gone by now is left out.
pub(super) async fn deepen(
    aws: &Aws,
    rows: Vec<Live<RoleSpec>>,
) -> Result<Vec<Live<RoleSpec>>, AwsError> {
    let rows = stream::iter(rows.into_iter().map(|row| deep(aws, row)));
    let rows: Vec<_> = rows.buffered(GET_ROLE_AT_ONCE).try_collect().await?;
    Ok(rows.into_iter().flatten().collect())
}

async fn deep(aws: &Aws, row: Live<RoleSpec>) -> Result<Option<Live<RoleSpec>>, AwsError> {
    let request = aws.iam.get_role().role_name(&row.spec.name);
    let reply = found(aws.read("iam:GetRole", request.send()).await)?;
    Ok(reply.and_then(|reply| reply.role).map(|role| {
        let seconds = role.max_session_duration.and_then(|seconds| u32::try_from(seconds).ok());
        let spec = RoleSpec {
            description: role.description.unwrap_or_default(),
            max_session_duration: seconds.unwrap_or_default(),
            ..row.spec
        };
        Live { spec, depth: Depth::Full, ..row }
    }))
}
