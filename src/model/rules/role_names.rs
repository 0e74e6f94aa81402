//! Roles have names of their own: IAM takes no two that differ in case only.

use std::collections::BTreeMap;

use super::Scope;
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::service::ExecutionRole;
use crate::model::resolved::task_role::TaskRole;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let mut problems = vec![];
    for (name, place) in task_roles(scope).chain(execution_roles(scope)) {
        let taken = first.get(&name.to_ascii_lowercase());
        if let Some((earlier, earlier_place)) = taken {
            problems.push(
                Problem::error("role-name", format!("a second IAM role `{name}`"))
                    .at(&place, "makes this role")
                    .at(earlier_place, format!("makes `{earlier}`"))
                    .hint("rename one of them; IAM does not tell upper from lower case"),
            );
        } else {
            first.insert(name.to_ascii_lowercase(), (name, place));
        }
    }
    problems
}

fn task_roles<'a>(scope: &Scope<'a>) -> impl Iterator<Item = (&'a str, Span)> + use<'a> {
    let stack = scope.stack;
    scope.manifests.task_roles.iter().filter_map(|(name, written)| {
        let role = stack.task_roles.get(name)?;
        match role.value {
            TaskRole::Managed(_) => Some((role.physical_name.as_str(), written.name_span())),
            TaskRole::Existing { .. } => None,
        }
    })
}

fn execution_roles<'a>(scope: &Scope<'a>) -> impl Iterator<Item = (&'a str, Span)> + use<'a> {
    scope.services().filter_map(|service| match &service.value.task.execution_role {
        ExecutionRole::Managed { name, .. } => Some((name.as_str(), service.written.name_span())),
        ExecutionRole::Arn(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn roles_differ_in_more_than_case() {
        let roles = |second: &str| {
            format!("{{ kind: TaskRole, name: web }}\n---\n{{ kind: TaskRole, name: {second} }}")
        };
        let services = |second: &str| {
            format!(
                "{{ kind: Service, name: api, image: x }}\n---\n{{ kind: Service, name: {second}, image: x }}"
            )
        };
        let mixed = |role: &str| {
            format!(
                "{{ kind: TaskRole, name: web, awsName: {role} }}\n---\n{{ kind: Service, name: web, image: x }}"
            )
        };
        insta::assert_snapshot!(report(&[
            (&roles("Web"), &roles("web2")),
            (&services("API"), &services("api2")),
            (&mixed("Shop-default-web-execution"), &mixed("shop-web")),
        ]), @r#"
        role-name: a second IAM role `shop-default-web` [web: makes this role] [Web: makes `shop-default-Web`] -> rename one of them; IAM does not tell upper from lower case
        role-name: a second IAM role `shop-default-api-execution` [api: makes this role] [API: makes `shop-default-API-execution`] -> rename one of them; IAM does not tell upper from lower case
        role-name: a second IAM role `shop-default-web-execution` [web: makes this role] [web: makes `Shop-default-web-execution`] -> rename one of them; IAM does not tell upper from lower case
        "#);
    }
}
