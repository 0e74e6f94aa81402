//! A `TaskRole` document to an IAM role.

use super::{Context, environment, words};
use crate::model::documents::common::OneOrMany;
use crate::model::documents::task_role as document;
use crate::model::resolved::task_role::{Effect, ManagedRole, Statement, TaskRole};

/// One hour, IAM's own default.
const MAX_SESSION_DURATION: u32 = 3600;

/// What the agent of ECS Exec does in the name of the task.
const EXEC_ACTIONS: [&str; 4] = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

pub(super) fn resolve(context: &Context<'_>, role: &document::TaskRole) -> TaskRole {
    if let Some(arn) = &role.arn {
        return TaskRole::Existing { arn: arn.clone() };
    }
    let partition = partition(context);
    let mut managed_policies: Vec<_> =
        role.managed_policies.iter().map(|policy| policy_arn(partition, policy)).collect();
    managed_policies.sort_unstable();
    managed_policies.dedup();
    let mut statements: Vec<_> = role.statements.iter().map(statement).collect();
    statements.extend(is_used_by_exec(context, &role.name).then(exec_statement));
    TaskRole::Managed(ManagedRole {
        path: context.names.role_path(),
        description: role.description.clone(),
        statements,
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

fn is_used_by_exec(context: &Context<'_>, role: &str) -> bool {
    let mut services = context.manifests.services.values().map(|service| &service.document);
    services
        .any(|service| service.enable_execute_command && service.task_role.as_deref() == Some(role))
}

fn exec_statement() -> Statement {
    Statement {
        sid: Some("EcsctlExecuteCommand".to_owned()),
        effect: Effect::Allow,
        actions: EXEC_ACTIONS.map(str::to_owned).into(),
        resources: vec!["*".to_owned()],
        conditions: std::collections::BTreeMap::new(),
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
