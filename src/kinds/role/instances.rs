//! The role of a cluster's instances: what the ECS agent and Session Manager need, and what the manifest adds.

use super::desired::{AN_HOUR, assumed_by};
use super::policy::Policy;
use super::{Role, RoleSpec};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::model::instance_groups::InstanceGroup;
use crate::model::resolved::instances::Profile;
use crate::model::stack::Stack;
use crate::value::Set;

/// Managed policies of AWS.
const NEEDED: [&str; 2] =
    ["service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore"];

pub(super) fn role(
    stack: &Stack,
    facts: &Facts,
    group: &InstanceGroup<'_>,
) -> Option<Desired<RoleSpec>> {
    let Profile::Managed { name: physical_name, path, managed_policies } = &group.managed.profile
    else {
        return None;
    };
    let origin = Origin::of(stack, "cluster", group.cluster);
    let name = group.instances_address();
    let policies = NEEDED.into_iter().chain(managed_policies.iter().map(String::as_str));
    let trust = assumed_by("ec2.amazonaws.com");
    let spec = RoleSpec {
        name: physical_name.clone(),
        path: path.clone(),
        description: format!("Instances {} of cluster {}", group.name, group.cluster.name),
        trust: Policy::from([("Instances".to_owned(), trust)]),
        statements: Policy::new(),
        inline_policies: Set::default(),
        managed_policies: policies.map(|policy| arn(facts, policy)).collect(),
        permissions_boundary: String::new(),
        max_session_duration: AN_HOUR,
        tags: origin.tags(Role::NAME, &name),
    };
    Some(origin.part(&name, spec))
}

fn arn(facts: &Facts, policy: &str) -> String {
    if policy.starts_with("arn:") {
        policy.to_owned()
    } else {
        format!("arn:{}:iam::aws:policy/{policy}", facts.partition)
    }
}
