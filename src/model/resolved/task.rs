//! The task of a service: what its task definition says.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::model::documents::container::{
    AppProtocol, DependencyCondition, PortRange, TransportProtocol, Ulimit, UlimitName,
};
pub use crate::model::documents::linux::DevicePermission;
pub use crate::model::documents::logging::LogDriver;
pub use crate::model::documents::platform::{
    CpuArchitecture, IpcMode, LaunchType, NetworkMode, OperatingSystemFamily, PidMode,
};
pub use crate::model::documents::secret::{SecretId, SecretReference};
pub use crate::model::documents::volume::DockerScope;

/// What the task definition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Physical name of the task definition.
    pub family: String,
    /// What it must be able to run on.
    pub launch_type: LaunchType,
    /// `Bridge` on Windows is its NAT, which works alike: AWS has no word for it and calls it `<default>`.
    pub network_mode: NetworkMode,
    /// CPU units; always there on Fargate.
    pub cpu: Option<u32>,
    /// MiB; always there on Fargate.
    pub memory: Option<u32>,
    pub cpu_architecture: CpuArchitecture,
    pub operating_system_family: OperatingSystemFamily,
    pub pid_mode: Option<PidMode>,
    pub ipc_mode: Option<IpcMode>,
    /// Expressions that an instance must all meet.
    pub placement_constraints: BTreeSet<String>,
    pub enable_fault_injection: bool,
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
#[expect(clippy::struct_excessive_bools, reason = "the switches that AWS has")]
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
    pub port_ranges: Vec<PortRange>,
    pub environment: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretReference>,
    /// ARNs of objects in S3, the first to define a variable wins.
    pub environment_files: Vec<String>,
    pub health_check: Option<HealthCheck>,
    pub depends_on: BTreeMap<String, DependencyCondition>,
    pub mounts: Vec<Mount>,
    /// Container → whether its mounts are read-only here.
    pub volumes_from: BTreeMap<String, bool>,
    pub readonly_root_filesystem: bool,
    /// Seconds; none is 30.
    pub stop_timeout: Option<u32>,
    /// Seconds.
    pub start_timeout: Option<u32>,
    pub docker_labels: BTreeMap<String, String>,
    pub ulimits: BTreeMap<UlimitName, Ulimit>,
    pub linux_parameters: LinuxParameters,
    pub repository_credentials: Option<SecretReference>,
    pub restart_policy: Option<RestartPolicy>,
    /// Whether all tasks of a deployment run the image that its tag named at the beginning.
    pub version_consistency: bool,
    pub system_controls: BTreeMap<String, String>,
    pub interactive: bool,
    pub pseudo_terminal: bool,
    pub gpu: Option<u32>,
    pub privileged: bool,
    pub docker_security_options: BTreeSet<String>,
    pub hostname: Option<String>,
    /// Host name → address.
    pub extra_hosts: BTreeMap<String, String>,
    /// The first to answer wins.
    pub dns_servers: Vec<String>,
    /// The first to answer wins.
    pub dns_search_domains: Vec<String>,
    /// `container` or `container:alias`
    pub links: BTreeSet<String>,
    pub disable_networking: bool,
}

/// None and empty are Docker's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinuxParameters {
    pub init_process_enabled: bool,
    pub added_capabilities: BTreeSet<String>,
    pub dropped_capabilities: BTreeSet<String>,
    /// By path on the instance.
    pub devices: BTreeMap<String, Device>,
    /// MiB.
    pub max_swap: Option<u32>,
    /// 0 to 100.
    pub swappiness: Option<u32>,
    /// MiB.
    pub shared_memory_size: Option<u32>,
    /// By path in the container.
    pub tmpfs: BTreeMap<String, Tmpfs>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub container_path: String,
    /// At least one.
    pub permissions: BTreeSet<DevicePermission>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tmpfs {
    /// MiB.
    pub size: u32,
    pub mount_options: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    pub enabled: bool,
    pub ignored_exit_codes: BTreeSet<u8>,
    /// Seconds.
    pub restart_attempt_period: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortMapping {
    pub container_port: u16,
    /// Port on the instance; 0 is one that Docker picks. In the modes `awsvpc` and `host` it is the container port.
    pub host_port: u16,
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
    /// A directory of the instance.
    Host {
        source_path: String,
    },
    Docker(DockerVolume),
    FsxWindows(FsxWindowsVolume),
}

impl Volume {
    /// The EFS file system behind it, if that is what it is.
    pub fn efs(&self) -> Option<&EfsVolume> {
        match self {
            Self::Efs(efs) => Some(efs),
            Self::Shared | Self::Host { .. } | Self::Docker(_) | Self::FsxWindows(_) => None,
        }
    }
}

/// A volume that Docker keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerVolume {
    pub scope: DockerScope,
    /// Only with the scope `Shared`.
    pub autoprovision: bool,
    pub driver: String,
    pub driver_opts: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
}

/// A file system of FSx for Windows File Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FsxWindowsVolume {
    pub file_system_id: String,
    pub root_directory: String,
    pub credentials: SecretReference,
    pub domain: String,
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
