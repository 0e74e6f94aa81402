//! A service: its task, how it is reached, rolled out and scaled.

use super::classic_load_balancer::ClassicTarget;
use super::cluster::{CapacityProvider, StrategyItem};
use super::deployment::Deployment;
pub use super::scaling::{Measure, Metric, Scaling, TargetTracking};
pub use super::target::{
    Priority, ProtocolVersion, Rule, Shift, Stickiness, Target, TargetHealthCheck, TargetType,
    Traits,
};
pub use super::task::{
    AppProtocol, Container, CpuArchitecture, DependencyCondition, Device, DevicePermission,
    DockerScope, DockerVolume, EfsVolume, ExecutionRole, FsxWindowsVolume, HealthCheck, IpcMode,
    LaunchType, LinuxParameters, LogDriver, LogGroup, Logging, Mount, NetworkMode,
    OperatingSystemFamily, PidMode, PortMapping, PortRange, RestartPolicy, SecretId,
    SecretReference, Task, TaskRoleReference, Tmpfs, TransportProtocol, Ulimit, UlimitName, Volume,
};
pub use crate::model::documents::placement::{
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
};
pub use crate::model::documents::service::{PropagateTags, Scheduling};

/// A service; the physical name of its document is the name of the ECS service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// A cluster by name.
    pub cluster: String,
    pub capacity: Capacity,
    /// `LATEST` or a version; only Fargate has one.
    pub platform_version: Option<String>,
    pub scheduling: Scheduling,
    /// In the order in which they count.
    pub placement_strategy: Vec<PlacementStrategy>,
    pub placement_constraints: Vec<PlacementConstraint>,
    /// None for a daemon, of which each instance has one.
    pub desired_count: Option<u32>,
    /// The manifest does not say the count: after creation, the live one stays.
    pub keeps_count: bool,
    pub task: Task,
    pub network: ServiceNetwork,
    /// Those with target groups.
    pub load_balancers: Vec<Target>,
    /// In their place, one of the generation before.
    pub classic: Option<ClassicTarget>,
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub deployment: Deployment,
    /// Seconds; none when nothing outside the task checks its health.
    pub health_check_grace_period: Option<u32>,
    pub enable_execute_command: bool,
    pub propagate_tags: PropagateTags,
    pub availability_zone_rebalancing: bool,
    pub scaling: Option<Scaling>,
}

/// Where the tasks run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capacity {
    LaunchType(LaunchType),
    Strategy(Vec<StrategyItem>),
}

impl Capacity {
    /// What the tasks must be able to run on.
    pub fn launch_type(&self) -> LaunchType {
        let is_fargate = |item: &StrategyItem| match item.provider {
            CapacityProvider::Fargate | CapacityProvider::FargateSpot => true,
            CapacityProvider::Instances(_) => false,
        };
        match self {
            Self::LaunchType(launch_type) => *launch_type,
            Self::Strategy(items) if items.iter().any(is_fargate) => LaunchType::Fargate,
            Self::Strategy(_) => LaunchType::Ec2,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceNetwork {
    /// A network by name.
    pub network: String,
    /// In the network mode `awsvpc`, each task's own.
    pub interface: Option<Interface>,
}

/// The network interface of each task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub assign_public_ip: bool,
    /// Physical name of the service's own security group.
    pub security_group_name: String,
    /// Ids of further ones.
    pub security_groups: Vec<String>,
}
