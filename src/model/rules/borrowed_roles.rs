//! Permissions that a task needs of a task role that is not ecsctl's to change.

use super::table::{Entry, service};
use super::{Scope, WorkloadView, escape};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::service::TaskRoleReference;
use crate::model::resolved::task_role::TaskRole;

pub(super) const TABLE: &[Entry] = &[Entry {
    code: "borrowed-role",
    rule: "A role that ecsctl did not make already allows what ECS Exec, or mounting with `iam: ENABLED`, needs",
    source: "Amazon ECS Developer Guide, ECS Exec",
    wrong: service!("enableExecuteCommand: true, taskRole: 'arn:aws:iam::444455556666:role/web'"),
    right: "{ kind: TaskRole, name: web, description: x }\n---\n{ kind: Service, name: web, image: x, enableExecuteCommand: true, taskRole: web }",
}];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        if !is_borrowed(scope, workload) {
            return vec![];
        }
        let role = workload.written.value("/taskRole");
        let warning = |need: Need| {
            Problem::warning(
                "borrowed-role",
                format!("ecsctl can't allow {} to a role that it did not make", need.what),
            )
            .at(&need.place, "acts as the task role")
            .at(&role, "an existing role")
            .hint(format!("make sure that it allows {}", need.actions))
        };
        needs(workload).into_iter().map(warning).collect()
    })
}

fn is_borrowed(scope: &Scope<'_>, workload: &WorkloadView<'_>) -> bool {
    match &workload.value.task.task_role {
        Some(TaskRoleReference::Arn(_)) => true,
        Some(TaskRoleReference::Name(name)) => scope
            .stack
            .task_roles
            .get(name)
            .is_some_and(|role| matches!(role.value, TaskRole::Existing { .. })),
        None => false,
    }
}

/// Something that takes permissions of the task role.
struct Need {
    what: String,
    place: Span,
    actions: &'static str,
}

fn needs(workload: &WorkloadView<'_>) -> Vec<Need> {
    let sessions = workload.value.enable_execute_command.then(|| Need {
        what: "ECS Exec".to_owned(),
        place: workload.written.key("/enableExecuteCommand"),
        actions: "`ssmmessages:CreateControlChannel`, `CreateDataChannel`, `OpenControlChannel` and `OpenDataChannel`",
    });
    let mounts = workload.value.task.volumes.iter().filter_map(|(name, volume)| {
        volume.efs().filter(|efs| efs.iam).map(|_| Need {
            what: format!("mounting `{name}`"),
            place: workload.written.value(&format!("/volumes/{}/efs/iam", escape(name))),
            actions: "`elasticfilesystem:ClientMount`, and `ClientWrite` to write",
        })
    });
    sessions.into_iter().chain(mounts).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn an_existing_role_must_allow_what_ecsctl_would() {
        let arn = "'arn:aws:iam::444455556666:role/web'";
        let stack = |role: &str, service: &str| {
            format!(
                "{{ kind: FileSystem, name: data }}\n---\n{{ kind: TaskRole, name: web, {role} }}\n---\n\
                 {{ kind: Service, name: web, image: x, {service} }}"
            )
        };
        let exec = |role: &str| format!("enableExecuteCommand: true, taskRole: {role}");
        let mount = |iam: &str| {
            format!(
                "taskRole: web, volumes: {{ data: {{ efs: {{ fileSystem: data, iam: {iam} }} }} }}"
            )
        };
        let (ours, existing) = ("description: x", format!("arn: {arn}"));
        insta::assert_snapshot!(report(&[
            (&stack(ours, &exec(arn)), &stack(ours, &exec("web"))),
            (&stack(&existing, &exec("web")), &stack(&existing, "taskRole: web")),
            (&stack(&existing, &mount("ENABLED")), &stack(&existing, &mount("DISABLED"))),
        ]), @r#"
        warning borrowed-role: ecsctl can't allow ECS Exec to a role that it did not make [enableExecuteCommand: acts as the task role] ['arn:aws:iam::444455556666:role/web': an existing role] -> make sure that it allows `ssmmessages:CreateControlChannel`, `CreateDataChannel`, `OpenControlChannel` and `OpenDataChannel`
        warning borrowed-role: ecsctl can't allow ECS Exec to a role that it did not make [enableExecuteCommand: acts as the task role] [web: an existing role] -> make sure that it allows `ssmmessages:CreateControlChannel`, `CreateDataChannel`, `OpenControlChannel` and `OpenDataChannel`
        warning borrowed-role: ecsctl can't allow mounting `data` to a role that it did not make [ENABLED: acts as the task role] [web: an existing role] -> make sure that it allows `elasticfilesystem:ClientMount`, and `ClientWrite` to write
        "#);
    }
}
