//! The role with which ECS shifts requests between a service's target groups.

use super::desired::AN_HOUR;
use super::policy::{Policy, Statement};
use super::{Role, RoleSpec};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::model::resolved::service::Service;
use crate::model::stack::{Resource, Stack};
use crate::value::Set;

/// AWS's own policy for this: rules, listeners and target groups.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html>
const MANAGED_POLICY: &str = "AmazonECSInfrastructureRolePolicyForLoadBalancers";

pub(super) fn role(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<Service>,
) -> Option<Desired<RoleSpec>> {
    let role = resource.value.deployment.infrastructure_role.as_ref()?;
    let origin = Origin::of(stack, "service", resource);
    let name = format!("infrastructure-{}", resource.name);
    let policy = format!("arn:{}:iam::aws:policy/{MANAGED_POLICY}", facts.partition);
    let spec = RoleSpec {
        name: role.name.clone(),
        path: role.path.clone(),
        description: format!("Shifts requests to service {}", resource.name),
        trust: Policy::from([("Ecs".to_owned(), assumed_by_ecs())]),
        statements: Policy::new(),
        inline_policies: Set::default(),
        managed_policies: Set::from_iter([policy]),
        permissions_boundary: String::new(),
        max_session_duration: AN_HOUR,
        tags: origin.tags(Role::NAME, &name),
    };
    Some(origin.part(&name, spec))
}

fn assumed_by_ecs() -> Statement {
    let mut statement = Statement::allow(&["sts:AssumeRole"], [] as [&str; 0]);
    let ecs = Set::from_iter(["ecs.amazonaws.com".to_owned()]);
    statement.principals.insert("Service".to_owned(), ecs);
    statement
}
