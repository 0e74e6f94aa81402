//! The inline policy of a role is no longer than IAM takes.

use serde_json::{Map, Value, json};

use super::Scope;
use crate::manifest::problem::Problem;
use crate::model::resolved::task_role::{Effect, Statement, TaskRole};

/// Characters of a role's inline policies together, white space not counted.
/// Source: IAM User Guide, IAM and AWS STS quotas.
const MOST: usize = 10_240;

/// What ecsctl adds for volumes and ECS Exec is not counted: this is the least that the policy takes.
pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let problem = |(name, written): (&String, &super::Written<_>)| {
        let TaskRole::Managed(role) = &scope.stack.task_roles.get(name)?.value else { return None };
        let length = length(&role.statements);
        let message = format!(
            "the statements of role `{name}` take {length} characters of IAM's {MOST} for inline policies"
        );
        let problem = Problem::error("policy-size", message)
            .at(&written.key("/statements"), "too long")
            .hint("shorten them with wildcards, or move some to a managed policy");
        (length > MOST).then_some(problem)
    };
    scope.manifests.task_roles.iter().filter_map(problem).collect()
}

fn length(statements: &[Statement]) -> usize {
    let statements: Vec<Value> = statements.iter().map(document).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    policy.chars().filter(|c| !c.is_whitespace()).count()
}

fn document(statement: &Statement) -> Value {
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let mut document = Map::new();
    document.insert("Effect".to_owned(), json!(effect));
    document.insert("Action".to_owned(), json!(statement.actions));
    document.insert("Resource".to_owned(), json!(statement.resources));
    document.extend(statement.sid.iter().map(|sid| ("Sid".to_owned(), json!(sid))));
    if !statement.conditions.is_empty() {
        document.insert("Condition".to_owned(), json!(statement.conditions));
    }
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn a_policy_fits_in_iam() {
        let role = |resources: usize| {
            let resources: Vec<_> = (0..resources)
                .map(|number| format!("'arn:aws:s3:::bucket-{number:04}/*'"))
                .collect();
            format!(
                "{{ kind: TaskRole, name: web, statements: [{{ actions: ['s3:GetObject'], resources: [{}] }}] }}",
                resources.join(", ")
            )
        };
        insta::assert_snapshot!(report(&[(&role(360), &role(330))]), @r#"
        policy-size: the statements of role `web` take 10536 characters of IAM's 10240 for inline policies [statements: too long] -> shorten them with wildcards, or move some to a managed policy
        "#);
    }
}
