//! What runs a task, whatever decides when: a service or a job.

use std::collections::BTreeMap;

use super::job::Job;
use super::service::{
    Capacity, PlacementConstraint, PlacementStrategy, Service, ServiceNetwork, Task,
};
use crate::manifest::node::Span;
use crate::model::documents::Kind;
use crate::model::stack::{Lifecycle, Resource};

/// A service or a job of the stack, as far as both are alike.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'a> {
    /// `Service` or `Job`.
    pub kind: Kind,
    /// As in the manifest; no service has the name of a job.
    pub name: &'a str,
    /// Where the document is.
    pub origin: Option<&'a Span>,
    pub lifecycle: &'a Lifecycle,
    pub tags: &'a BTreeMap<String, String>,
    /// A cluster by name.
    pub cluster: &'a str,
    pub capacity: &'a Capacity,
    pub platform_version: Option<&'a str>,
    pub placement_strategy: &'a [PlacementStrategy],
    pub placement_constraints: &'a [PlacementConstraint],
    pub task: &'a Task,
    pub network: &'a ServiceNetwork,
    pub enable_execute_command: bool,
}

impl Workload<'_> {
    /// The name in the address of its security group.
    pub fn security_group(&self) -> String {
        format!("{}-{}", self.kind.noun(), self.name)
    }
}

macro_rules! from_resource {
    ($($value:ident),+) => {$(
        impl<'a> From<&'a Resource<$value>> for Workload<'a> {
            fn from(resource: &'a Resource<$value>) -> Self {
                let value = &resource.value;
                Self {
                    kind: Kind::$value,
                    name: &resource.name,
                    origin: resource.origin.as_ref(),
                    lifecycle: &resource.lifecycle,
                    tags: &resource.tags,
                    cluster: &value.cluster,
                    capacity: &value.capacity,
                    platform_version: value.platform_version.as_deref(),
                    placement_strategy: &value.placement_strategy,
                    placement_constraints: &value.placement_constraints,
                    task: &value.task,
                    network: &value.network,
                    enable_execute_command: value.enable_execute_command,
                }
            }
        }
    )+};
}

from_resource!(Service, Job);
