//! What a task definition holds, as manifests spell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use crate::kind::Tags;
use crate::value::{Resolvable, Set};

/// The network mode of Windows containers without an interface of their own. It is registered by
/// saying nothing; `<default>` is what AWS's console and documents call it.
pub(super) const NAT: &str = "<default>";

/// One revision; all of it is written anew by every change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinitionSpec {
    pub family: String,
    /// CPU units.
    pub cpu: Option<u32>,
    /// MiB.
    pub memory: Option<u32>,
    /// AWS's word, or [`NAT`].
    pub network_mode: String,
    pub requires_compatibilities: Set<String>,
    pub runtime_platform: RuntimePlatform,
    pub pid_mode: Option<String>,
    pub ipc_mode: Option<String>,
    /// Expressions of the type `memberOf`, the only one that task definitions have.
    pub placement_constraints: Set<String>,
    pub enable_fault_injection: bool,
    /// GiB.
    pub ephemeral_storage: Option<u32>,
    /// ARN.
    pub task_role: Option<Resolvable>,
    /// ARN.
    pub execution_role: Option<Resolvable>,
    pub containers: BTreeMap<String, Container>,
    pub volumes: BTreeMap<String, Volume>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimePlatform {
    pub cpu_architecture: String,
    pub operating_system_family: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the switches that AWS has")]
pub struct Container {
    pub image: String,
    pub essential: bool,
    /// CPU units; 0 when it shares what is left.
    pub cpu: u32,
    /// MiB.
    pub memory: Option<u32>,
    /// MiB.
    pub memory_reservation: Option<u32>,
    pub command: Vec<String>,
    pub entry_point: Vec<String>,
    pub working_directory: Option<String>,
    pub user: Option<String>,
    /// By `8080/tcp`: a number and protocol are in use once per task.
    pub ports: BTreeMap<String, Port>,
    /// Such as `8000-8100/tcp`.
    pub port_ranges: Set<String>,
    pub environment: Environment,
    /// Name → what ECS reads the value from.
    pub secrets: BTreeMap<String, String>,
    /// ARNs in S3; the first to define a variable wins.
    pub environment_files: Vec<String>,
    pub health_check: Option<HealthCheck>,
    /// Container → `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
    pub depends_on: BTreeMap<String, String>,
    /// By path in the container.
    pub mounts: BTreeMap<String, Mount>,
    /// By container.
    pub volumes_from: BTreeMap<String, VolumesFrom>,
    pub readonly_root_filesystem: bool,
    /// Seconds.
    pub stop_timeout: Option<u32>,
    /// Seconds.
    pub start_timeout: Option<u32>,
    pub docker_labels: BTreeMap<String, String>,
    pub ulimits: BTreeMap<String, Ulimit>,
    pub linux_parameters: LinuxParameters,
    /// Name or ARN of a secret.
    pub repository_credentials: Option<String>,
    pub logging: Option<Logging>,
    pub restart_policy: Option<RestartPolicy>,
    /// `enabled` or `disabled`
    pub version_consistency: String,
    pub system_controls: BTreeMap<String, String>,
    pub interactive: bool,
    pub pseudo_terminal: bool,
    /// A number of them.
    pub gpu: Option<String>,
    pub privileged: bool,
    pub docker_security_options: Set<String>,
    pub hostname: Option<String>,
    /// Host name → address.
    pub extra_hosts: BTreeMap<String, String>,
    pub dns_servers: Vec<String>,
    pub dns_search_domains: Vec<String>,
    /// `container` or `container:alias`
    pub links: Set<String>,
    pub disable_networking: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinuxParameters {
    pub init_process_enabled: bool,
    pub capabilities: Capabilities,
    /// By path on the instance.
    pub devices: BTreeMap<String, Device>,
    /// MiB.
    pub max_swap: Option<u32>,
    pub swappiness: Option<u32>,
    /// MiB.
    pub shared_memory_size: Option<u32>,
    /// By path in the container.
    pub tmpfs: BTreeMap<String, Tmpfs>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    pub add: Set<String>,
    pub drop: Set<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    pub container_path: String,
    /// `read`, `write`, `mknod`
    pub permissions: Set<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tmpfs {
    /// MiB.
    pub size: u32,
    pub mount_options: Set<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestartPolicy {
    pub enabled: bool,
    pub ignored_exit_codes: Set<i32>,
    /// Seconds.
    pub restart_attempt_period: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumesFrom {
    pub read_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Port {
    /// 0 is one that Docker picks.
    pub host_port: u16,
    pub name: Option<String>,
    pub app_protocol: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// In order: begins with `CMD` or `CMD-SHELL`.
    pub command: Vec<String>,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub retries: u32,
    /// Seconds; 0 is off.
    pub start_period: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    pub volume: String,
    pub read_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ulimit {
    pub soft: u32,
    pub hard: u32,
}

/// Where a container's output goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logging {
    pub driver: String,
    /// `awslogs-group`
    pub group: Option<Resolvable>,
    /// Without those that have a field here.
    pub options: Environment,
    /// Option → what ECS reads the value from.
    pub secret_options: BTreeMap<String, String>,
}

/// Without anything it is empty space that the task's containers share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    pub efs: Option<EfsVolume>,
    pub host: Option<HostVolume>,
    pub docker: Option<DockerVolume>,
    pub fsx_windows: Option<FsxWindowsVolume>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostVolume {
    pub source_path: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockerVolume {
    /// `task` or `shared`
    pub scope: String,
    pub autoprovision: bool,
    pub driver: String,
    pub driver_opts: Environment,
    pub labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FsxWindowsVolume {
    pub file_system_id: String,
    pub root_directory: String,
    /// ARN of a secret or parameter.
    pub credentials: String,
    pub domain: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EfsVolume {
    /// Id.
    pub file_system: Resolvable,
    /// Id.
    pub access_point: Option<Resolvable>,
    pub root_directory: String,
    pub transit_encryption: bool,
    pub iam: bool,
}
