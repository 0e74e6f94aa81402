//! The roles that a stack needs: one per task role, one per service or job that brings none for ECS itself, one per
//! group of instances that brings no instance profile.

use super::policy::{Policy, Statement};
use super::{Role, RoleSpec, execution, infrastructure, instances, task};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::model::instance_groups::instance_groups;
use crate::model::resolved::service::ExecutionRole;
use crate::model::resolved::task_role::TaskRole;
use crate::model::resolved::workload::Workload;
use crate::model::stack::{Resource, Stack};
use crate::value::Set;

/// AWS's own default, in seconds.
pub(super) const AN_HOUR: u32 = 3600;

pub(super) fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<RoleSpec>> {
    let task_roles = stack.task_roles.values().filter_map(|it| task_role(stack, facts, it));
    let executing = stack.workloads().filter_map(|it| execution_role(stack, facts, it));
    let instances = instance_groups(stack).filter_map(|it| instances::role(stack, facts, &it));
    let shifting = stack.services.values();
    let infrastructure = shifting.filter_map(|it| infrastructure::role(stack, facts, it));
    task_roles.chain(executing).chain(instances).chain(infrastructure).collect()
}

fn task_role(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<TaskRole>,
) -> Option<Desired<RoleSpec>> {
    let TaskRole::Managed(role) = &resource.value else { return None };
    let origin = Origin::of(stack, "task-role", resource);
    let name = format!("task-{}", resource.name);
    let spec = RoleSpec {
        name: resource.physical_name.clone(),
        path: role.path.clone(),
        description: role.description.clone().unwrap_or_default(),
        trust: trust(assumed_by_tasks().when(
            "StringEquals",
            "aws:SourceAccount",
            facts.account.as_str(),
        )),
        statements: task::policy(stack, facts, &resource.name, role),
        inline_policies: Set::default(),
        managed_policies: role.managed_policies.iter().cloned().collect(),
        permissions_boundary: role.permissions_boundary.clone().unwrap_or_default(),
        max_session_duration: role.max_session_duration,
        tags: origin.main_tags(Role::NAME, &name),
    };
    Some(origin.main(&name, spec))
}

/// Its trust has no condition on the source account: AWS documents that for task roles only, and a
/// task whose execution role cannot be assumed never starts.
fn execution_role(
    stack: &Stack,
    facts: &Facts,
    workload: Workload<'_>,
) -> Option<Desired<RoleSpec>> {
    let ExecutionRole::Managed { name: physical_name, path } = &workload.task.execution_role else {
        return None;
    };
    let origin = Origin::of_workload(stack, workload);
    let name = format!("execution-{}", workload.name);
    let spec = RoleSpec {
        name: physical_name.clone(),
        path: path.clone(),
        description: format!("Starts the tasks of {} {}", workload.kind.noun(), workload.name),
        trust: trust(assumed_by_tasks()),
        statements: execution::policy(workload.task, facts),
        inline_policies: Set::default(),
        managed_policies: Set::default(),
        permissions_boundary: String::new(),
        max_session_duration: AN_HOUR,
        tags: origin.tags(Role::NAME, &name),
    };
    Some(origin.part(&name, spec))
}

fn trust(statement: Statement) -> Policy {
    Policy::from([("Tasks".to_owned(), statement)])
}

pub(super) fn assumed_by_tasks() -> Statement {
    assumed_by("ecs-tasks.amazonaws.com")
}

pub(super) fn assumed_by(service: &str) -> Statement {
    let mut statement = Statement::allow(&["sts:AssumeRole"], [] as [&str; 0]);
    let services = Set::from_iter([service.to_owned()]);
    statement.principals.insert("Service".to_owned(), services);
    statement
}
