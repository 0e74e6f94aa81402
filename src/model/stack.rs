//! The resolved stack: everything that the manifests say for one environment, with every default filled in.

use std::collections::{BTreeMap, BTreeSet};

use super::resolved::classic_load_balancer::ClassicLoadBalancer;
use super::resolved::cluster::Cluster;
use super::resolved::file_system::FileSystem;
use super::resolved::instances::Group;
use super::resolved::job::Job;
use super::resolved::load_balancer::{ExistingLoadBalancer, LoadBalancer};
use super::resolved::network::Network;
use super::resolved::service::Service;
use super::resolved::task_role::TaskRole;
use super::resolved::workload::Workload;
use crate::manifest::node::Span;

/// An application in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// `App.name`, or the name of the manifest directory.
    pub app: String,
    /// `default` for an application without environments.
    pub environment: String,
    pub target: Target,
    /// The tags of the application and the environment; each resource has them too.
    pub tags: BTreeMap<String, String>,
    pub networks: BTreeMap<String, Resource<Network>>,
    pub clusters: BTreeMap<String, Resource<Cluster>>,
    pub load_balancers: BTreeMap<String, Resource<LoadBalancer>>,
    /// Those that are there already.
    pub existing_load_balancers: BTreeMap<String, Resource<ExistingLoadBalancer>>,
    pub classic_load_balancers: BTreeMap<String, Resource<ClassicLoadBalancer>>,
    pub file_systems: BTreeMap<String, Resource<FileSystem>>,
    pub task_roles: BTreeMap<String, Resource<TaskRole>>,
    pub services: BTreeMap<String, Resource<Service>>,
    pub jobs: BTreeMap<String, Resource<Job>>,
    /// Not from the manifests: whoever runs ecsctl wants instances of older versions replaced.
    pub refresh_instances: bool,
}

impl Stack {
    /// Everything with a task: the services, then the jobs.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_>> {
        let services = self.services.values().map(Workload::from);
        services.chain(self.jobs.values().map(Workload::from))
    }

    /// The Auto Scaling groups that are there already, by name.
    pub fn auto_scaling_groups(&self) -> BTreeSet<&str> {
        let instances = self.clusters.values().flat_map(|cluster| &cluster.value.instances);
        let existing = instances.filter_map(|instances| match &instances.group {
            Group::Existing(name) => Some(name.as_str()),
            Group::Managed(_) => None,
        });
        existing.collect()
    }
}

/// The account that an environment is deployed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Twelve digits.
    pub account: Option<String>,
    pub region: Option<String>,
    pub profile: Option<String>,
    /// ARN of the role to assume.
    pub role: Option<String>,
    /// File with a mock account, as written: relative to the manifest directory.
    pub mock: Option<String>,
}

/// One document, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource<T> {
    /// As in the manifest.
    pub name: String,
    /// Where the document is; nowhere for one that is there by default, such as the cluster `main`.
    pub origin: Option<Span>,
    /// The name in AWS of what the document mainly stands for: `awsName`, or derived.
    pub physical_name: String,
    pub lifecycle: Lifecycle,
    /// The tags of the application, of the environment and of the document, without ecsctl's own.
    pub tags: BTreeMap<String, String>,
    pub value: T,
}

/// How changes to a document's resources are treated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    pub protect: bool,
    /// Fields of the manifest whose live value wins.
    pub ignore_changes: Vec<String>,
}
