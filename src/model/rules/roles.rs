//! Task roles: either existing or described, with statements that IAM takes.

use std::collections::BTreeSet;

use super::table::Entry;
use super::{Bounds, Scope, within};
use crate::manifest::problem::Problem;
use crate::model::documents::task_role::{Effect, Statement, TaskRole};
use crate::model::manifests::Written;

const MOST_POLICIES: usize = 20;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "existing-role",
        rule: "An existing role is not changed, so its settings are left out",
        source: "",
        wrong: "{ kind: TaskRole, name: web, arn: 'arn:aws:iam::444455556666:role/web', description: x }",
        right: "{ kind: TaskRole, name: web, arn: 'arn:aws:iam::444455556666:role/web' }",
    },
    Entry {
        code: "out-of-range",
        rule: "`maxSessionDuration` is 1h to 12h",
        source: "IAM API Reference, CreateRole",
        wrong: "{ kind: TaskRole, name: web, maxSessionDuration: 30m }",
        right: "{ kind: TaskRole, name: web, maxSessionDuration: 12h }",
    },
    Entry {
        code: "iam-action",
        rule: "An action is a service and an operation, such as `s3:GetObject`",
        source: "IAM User Guide, JSON policy elements",
        wrong: "{ kind: TaskRole, name: web, statements: [{ actions: [GetObject], resources: ['*'] }] }",
        right: "{ kind: TaskRole, name: web, statements: [{ actions: ['s3:GetObject'], resources: ['*'] }] }",
    },
    Entry {
        code: "iam-resource",
        rule: "A resource is an ARN or `*`",
        source: "IAM User Guide, JSON policy elements",
        wrong: "{ kind: TaskRole, name: web, statements: [{ actions: ['s3:GetObject'], resources: [bucket] }] }",
        right: "{ kind: TaskRole, name: web, statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket'] }] }",
    },
    Entry {
        code: "iam-everything",
        rule: "No statement allows all actions on all resources",
        source: "IAM User Guide, security best practices",
        wrong: "{ kind: TaskRole, name: web, statements: [{ actions: ['*'], resources: ['*'] }] }",
        right: "{ kind: TaskRole, name: web, statements: [{ actions: ['*'], resources: ['arn:aws:s3:::bucket'] }] }",
    },
    Entry {
        code: "duplicate-name",
        rule: "Each `sid` is there once",
        source: "IAM User Guide, JSON policy elements",
        wrong: "{ kind: TaskRole, name: web, statements: [{ sid: A, actions: ['s3:*'], resources: ['*'] }, { sid: A, actions: ['s3:*'], resources: ['*'] }] }",
        right: "{ kind: TaskRole, name: web, statements: [{ sid: A, actions: ['s3:*'], resources: ['*'] }, { sid: B, actions: ['s3:*'], resources: ['*'] }] }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.manifests.task_roles.values().flat_map(role).collect()
}

fn role(written: &Written<TaskRole>) -> Vec<Problem> {
    let document = &written.document;
    if document.arn.is_some() {
        return existing(written);
    }
    let mut problems = vec![];
    let bounds = Bounds { field: "maxSessionDuration", least: 3600, most: 43200 };
    let duration = document.max_session_duration.map(|duration| duration.0);
    problems.extend(within(&bounds, duration, || written.value("/maxSessionDuration")));
    if document.managed_policies.len() > MOST_POLICIES {
        let message = format!(
            "a role has at most {MOST_POLICIES} managed policies, but this has {}",
            document.managed_policies.len()
        );
        problems.push(
            Problem::error("too-many-policies", message)
                .at(&written.key("/managedPolicies"), "too many"),
        );
    }
    let mut sids = BTreeSet::new();
    for (index, statement) in document.statements.iter().enumerate() {
        if let Some(sid) = statement.sid.as_ref().filter(|sid| !sids.insert(sid.as_str())) {
            let place = written.value(&format!("/statements/{index}/sid"));
            problems.push(
                Problem::error("duplicate-name", format!("a second statement `{sid}`"))
                    .at(&place, "again"),
            );
        }
        problems.extend(actions(written, index, statement));
        problems.extend(resources(written, index, statement));
    }
    problems
}

/// Of an existing role, nothing is changed.
fn existing(written: &Written<TaskRole>) -> Vec<Problem> {
    const FIELDS: [&str; 6] = [
        "awsName",
        "description",
        "statements",
        "managedPolicies",
        "permissionsBoundary",
        "maxSessionDuration",
    ];
    let stray = FIELDS.iter().filter(|field| written.node.get(field).is_some());
    let problem = |field: &&str| {
        Problem::error("existing-role", format!("`{field}` is not for an existing role"))
            .at(&written.key(&format!("/{field}")), "ecsctl does not change it")
            .at(&written.value("/arn"), "the role exists")
    };
    stray.map(problem).collect()
}

fn actions(written: &Written<TaskRole>, index: usize, statement: &Statement) -> Vec<Problem> {
    let wrong = statement.actions.iter().enumerate().filter(|(_, action)| !is_action(action));
    let problem = |(position, action): (usize, &String)| {
        Problem::error("iam-action", format!("`{action}` is not an IAM action")).at(
            &written.value(&format!("/statements/{index}/actions/{position}")),
            "expected one such as `s3:GetObject`",
        )
    };
    let mut problems: Vec<_> = wrong.map(problem).collect();
    let is_everything = statement.effect == Effect::Allow
        && statement.actions.iter().any(|action| action == "*")
        && statement.resources.iter().any(|resource| resource == "*");
    if is_everything {
        problems.push(
            Problem::warning("iam-everything", "this statement allows everything")
                .at(
                    &written.key(&format!("/statements/{index}/actions")),
                    "all actions on all resources",
                )
                .hint("list the actions that the containers need"),
        );
    }
    problems
}

fn is_action(action: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-*?".contains(c))
    };
    action == "*"
        || action.split_once(':').is_some_and(|(service, name)| is_word(service) && is_word(name))
}

fn resources(written: &Written<TaskRole>, index: usize, statement: &Statement) -> Vec<Problem> {
    let is_resource = |resource: &str| resource == "*" || resource.starts_with("arn:");
    let wrong =
        statement.resources.iter().enumerate().filter(|(_, resource)| !is_resource(resource));
    let problem = |(position, resource): (usize, &String)| {
        Problem::error("iam-resource", format!("`{resource}` is not an ARN")).at(
            &written.value(&format!("/statements/{index}/resources/{position}")),
            "expected an ARN, or `*`",
        )
    };
    wrong.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn roles_are_as_iam_takes_them() {
        let arn = "arn: 'arn:aws:iam::444455556666:role/web'";
        let statement = |actions: &str, resources: &str| {
            format!("statements: [{{ actions: [{actions}], resources: [{resources}] }}]")
        };
        let sids = |second: &str| {
            format!(
                "statements: [{{ sid: A, actions: ['s3:*'], resources: ['*'] }}, {{ sid: {second}, actions: ['s3:*'], resources: ['*'] }}]"
            )
        };
        let cases = [
            (format!("{arn}, description: x"), arn.to_owned()),
            ("maxSessionDuration: 30m".to_owned(), "maxSessionDuration: 12h".to_owned()),
            (statement("GetObject", "'*'"), statement("s3:GetObject", "'*'")),
            (
                statement("s3:GetObject", "bucket"),
                statement("s3:GetObject", "'arn:aws:s3:::bucket'"),
            ),
            (statement("'*'", "'*'"), statement("'*'", "'arn:aws:s3:::bucket'")),
            (sids("A"), sids("B")),
        ];
        let cases = cases.map(|(wrong, right)| {
            [wrong, right].map(|fields| format!("{{ kind: TaskRole, name: web, {fields} }}"))
        });
        let cases: Vec<_> =
            cases.iter().map(|[wrong, right]| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        existing-role: `description` is not for an existing role [description: ecsctl does not change it] ['arn:aws:iam::444455556666:role/web': the role exists]
        out-of-range: `maxSessionDuration` must be between 3600 and 43200, but is 1800 [30m: expected 3600 to 43200]
        iam-action: `GetObject` is not an IAM action [GetObject: expected one such as `s3:GetObject`]
        iam-resource: `bucket` is not an ARN [bucket: expected an ARN, or `*`]
        warning iam-everything: this statement allows everything [actions: all actions on all resources] -> list the actions that the containers need
        duplicate-name: a second statement `A` [A: again]
        "#);
    }
}
