//! A `TaskRole` document to an IAM role.

use super::{Context, environment, words};
use crate::model::documents::common::OneOrMany;
use crate::model::documents::task_role as document;
use crate::model::resolved::task_role::{ManagedRole, Statement, TaskRole};

/// One hour, IAM's own default.
const MAX_SESSION_DURATION: u32 = 3600;

pub(super) fn resolve(context: &Context<'_>, role: &document::TaskRole) -> TaskRole {
    if let Some(arn) = &role.arn {
        return TaskRole::Existing { arn: arn.clone() };
    }
    let partition = partition(context);
    let mut managed_policies: Vec<_> =
        role.managed_policies.iter().map(|policy| policy_arn(partition, policy)).collect();
    managed_policies.sort_unstable();
    managed_policies.dedup();
    TaskRole::Managed(ManagedRole {
        path: context.names.role_path(),
        description: role.description.clone(),
        statements: role.statements.iter().map(statement).collect(),
        managed_policies,
        permissions_boundary: role.permissions_boundary.clone(),
        max_session_duration: role
            .max_session_duration
            .map_or(MAX_SESSION_DURATION, |duration| duration.0),
    })
}

fn statement(statement: &document::Statement) -> Statement {
    let values = |values: &OneOrMany| match values {
        OneOrMany::One(value) => vec![value.0.clone()],
        OneOrMany::Many(values) => words(values),
    };
    let conditions = statement.conditions.iter().map(|(operator, keys)| {
        (
            operator.clone(),
            keys.iter().map(|(key, written)| (key.clone(), values(written))).collect(),
        )
    });
    Statement {
        sid: statement.sid.clone(),
        effect: statement.effect,
        actions: statement.actions.clone(),
        resources: statement.resources.clone(),
        conditions: conditions.collect(),
    }
}

fn policy_arn(partition: &str, policy: &str) -> String {
    if policy.starts_with("arn:") {
        policy.to_owned()
    } else {
        format!("arn:{partition}:iam::aws:policy/{policy}")
    }
}

fn partition(context: &Context<'_>) -> &'static str {
    match environment::target(context.manifests, &context.environment).region {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        Some(_) | None => "aws",
    }
}
