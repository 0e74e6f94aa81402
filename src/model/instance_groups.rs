//! The Auto Scaling groups that ecsctl makes for clusters, and what runs on them.

use super::resolved::cluster::{CapacityProvider, Cluster};
use super::resolved::instances::{Group, Managed};
use super::resolved::service::{Capacity, LaunchType};
use super::resolved::workload::Workload;
use super::stack::{Resource, Stack};

/// One entry of a cluster's `instances` that is no group of somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct InstanceGroup<'a> {
    pub cluster: &'a Resource<Cluster>,
    /// As in the manifest.
    pub name: &'a str,
    pub managed: &'a Managed,
}

impl InstanceGroup<'_> {
    /// The name in the addresses of its launch template and its Auto Scaling group.
    pub fn address(&self) -> String {
        format!("{}-{}", self.cluster.name, self.name)
    }

    /// The name in the addresses of what its instances have: role, instance profile, security group.
    pub fn instances_address(&self) -> String {
        format!("instances-{}", self.address())
    }
}

/// All of them, by cluster and then in the order of the manifest.
pub fn instance_groups(stack: &Stack) -> impl Iterator<Item = InstanceGroup<'_>> {
    stack.clusters.values().flat_map(|cluster| {
        cluster.value.instances.iter().filter_map(move |instances| match &instances.group {
            Group::Managed(managed) => {
                Some(InstanceGroup { cluster, name: &instances.name, managed })
            }
            Group::Existing(_) => None,
        })
    })
}

/// Those on which tasks of the workload may run: with the launch type `EC2` all of the cluster's.
pub fn instance_groups_of<'a>(
    stack: &'a Stack,
    workload: Workload<'a>,
) -> impl Iterator<Item = InstanceGroup<'a>> {
    instance_groups(stack).filter(move |group| {
        group.cluster.name == workload.cluster && runs_on(workload.capacity, group.name)
    })
}

fn runs_on(capacity: &Capacity, group: &str) -> bool {
    match capacity {
        Capacity::LaunchType(LaunchType::Ec2) => true,
        Capacity::LaunchType(LaunchType::Fargate | LaunchType::External) => false,
        Capacity::Strategy(items) => items.iter().any(|item| match &item.provider {
            CapacityProvider::Instances(name) => name == group,
            CapacityProvider::Fargate | CapacityProvider::FargateSpot => false,
        }),
    }
}
