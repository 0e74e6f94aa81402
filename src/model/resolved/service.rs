//! A service: its task, how it is reached, rolled out and scaled.

use std::collections::BTreeMap;

use super::cluster::StrategyItem;
pub use crate::model::documents::container::{
    AppProtocol, DependencyCondition, TransportProtocol, Ulimit, UlimitName,
};
pub use crate::model::documents::routing::ProtocolVersion;
pub use crate::model::documents::scaling::Metric;
pub use crate::model::documents::secret::{SecretId, SecretReference};
pub use crate::model::documents::service::{
    CircuitBreaker, CpuArchitecture, LaunchType, LogDriver, OperatingSystemFamily, PropagateTags,
};

/// A service; the physical name of its document is the name of the ECS service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// A cluster by name.
    pub cluster: String,
    pub capacity: Capacity,
    /// `LATEST` or a version.
    pub platform_version: String,
    pub desired_count: u32,
    pub task: Task,
    pub network: ServiceNetwork,
    pub load_balancers: Vec<Target>,
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub circuit_breaker: CircuitBreaker,
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

/// What the task definition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Physical name of the task definition.
    pub family: String,
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    pub cpu_architecture: CpuArchitecture,
    pub operating_system_family: OperatingSystemFamily,
    /// GiB; none is the 20 GiB that Fargate always gives.
    pub ephemeral_storage: Option<u32>,
    pub task_role: Option<TaskRoleReference>,
    pub execution_role: ExecutionRole,
    pub containers: Vec<Container>,
    pub volumes: BTreeMap<String, Volume>,
    pub logging: Logging,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskRoleReference {
    /// A task role of the stack by name.
    Name(String),
    Arn(String),
}

/// The role that ECS pulls images, reads secrets and writes logs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutionRole {
    /// One that ecsctl makes.
    Managed {
        /// Physical name.
        name: String,
        /// `/ecsctl/<app>/<environment>/`
        path: String,
    },
    Arn(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub essential: bool,
    /// CPU units; 0 when it shares what is left.
    pub cpu: u32,
    /// MiB.
    pub memory: Option<u32>,
    /// MiB.
    pub memory_reservation: Option<u32>,
    /// Empty: the image's.
    pub command: Vec<String>,
    /// Empty: the image's.
    pub entry_point: Vec<String>,
    pub working_directory: Option<String>,
    pub user: Option<String>,
    pub ports: Vec<PortMapping>,
    pub environment: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretReference>,
    /// ARNs of objects in S3, the first to define a variable wins.
    pub environment_files: Vec<String>,
    pub health_check: Option<HealthCheck>,
    pub depends_on: BTreeMap<String, DependencyCondition>,
    pub mounts: Vec<Mount>,
    pub readonly_root_filesystem: bool,
    /// Seconds; none is 30.
    pub stop_timeout: Option<u32>,
    /// Seconds.
    pub start_timeout: Option<u32>,
    pub docker_labels: BTreeMap<String, String>,
    pub ulimits: BTreeMap<UlimitName, Ulimit>,
    pub init_process_enabled: bool,
    pub repository_credentials: Option<SecretReference>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortMapping {
    pub container_port: u16,
    pub protocol: TransportProtocol,
    pub name: Option<String>,
    pub app_protocol: Option<AppProtocol>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Begins with `CMD` or `CMD-SHELL`.
    pub command: Vec<String>,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub retries: u32,
    /// Seconds; 0 is off.
    pub start_period: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// A volume of the task by name.
    pub volume: String,
    pub path: String,
    pub read_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Volume {
    /// Empty space that the task's containers share.
    Shared,
    Efs(EfsVolume),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfsVolume {
    /// A file system by name.
    pub file_system: String,
    /// An access point of it by name.
    pub access_point: Option<String>,
    /// `/` with an access point.
    pub root_directory: String,
    pub transit_encryption: bool,
    pub iam: bool,
}

/// Where the containers' output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logging {
    Disabled,
    CloudWatch {
        group: LogGroup,
        /// `awslogs-stream-prefix`
        stream_prefix: String,
        /// Further options of the driver.
        options: BTreeMap<String, String>,
        secret_options: BTreeMap<String, SecretReference>,
    },
    Driver {
        driver: LogDriver,
        options: BTreeMap<String, String>,
        secret_options: BTreeMap<String, SecretReference>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogGroup {
    /// One that is there already.
    Existing { name: String },
    /// One that ecsctl makes.
    Managed {
        name: String,
        /// Days.
        retention: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceNetwork {
    /// A network by name.
    pub network: String,
    pub assign_public_ip: bool,
    /// Physical name of the service's own security group.
    pub security_group_name: String,
    /// Ids of further ones.
    pub security_groups: Vec<String>,
}

/// A target group of the service and the listener rule that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Physical name of the target group.
    pub target_group_name: String,
    /// A load balancer by name.
    pub load_balancer: String,
    /// One of its listeners by name.
    pub listener: String,
    pub container: String,
    pub container_port: u16,
    pub rule: Rule,
    pub health_check: TargetHealthCheck,
    pub protocol_version: ProtocolVersion,
    /// Seconds.
    pub deregistration_delay: u32,
    /// Seconds that the cookie lasts; none is off.
    pub stickiness: Option<u32>,
    /// By AWS's own key, without those that have a field here.
    pub attributes: BTreeMap<String, String>,
}

/// Which requests a target group takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub priority: Priority,
    pub hosts: Vec<String>,
    /// `/*` when neither hosts nor paths are written, since a rule needs a condition.
    pub paths: Vec<String>,
}

/// The place of a rule among those of its listener: the lowest is tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// 1 to 50000, unique for the listener.
    Explicit(u32),
    /// The more specific hosts and paths first. Which number that is depends on the account too: a
    /// rule keeps the one that it has.
    Automatic,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealthCheck {
    pub path: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    /// HTTP statuses, or gRPC ones with `ProtocolVersion::Grpc`.
    pub matcher: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    pub min: u32,
    pub max: u32,
    pub target_tracking: Vec<TargetTracking>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTracking {
    /// Physical name of the policy.
    pub policy_name: String,
    pub metric: Metric,
    pub target: u32,
    /// Seconds.
    pub scale_in_cooldown: u32,
    /// Seconds.
    pub scale_out_cooldown: u32,
    pub disable_scale_in: bool,
}
