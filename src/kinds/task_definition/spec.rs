//! What a task definition holds, as manifests spell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use crate::kind::Tags;
use crate::value::{Resolvable, Set};

/// One revision; all of it is written anew by every change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinitionSpec {
    pub family: String,
    /// CPU units.
    pub cpu: Option<u32>,
    /// MiB.
    pub memory: Option<u32>,
    pub network_mode: String,
    pub requires_compatibilities: Set<String>,
    pub runtime_platform: RuntimePlatform,
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
    pub readonly_root_filesystem: bool,
    /// Seconds.
    pub stop_timeout: Option<u32>,
    /// Seconds.
    pub start_timeout: Option<u32>,
    pub docker_labels: BTreeMap<String, String>,
    pub ulimits: BTreeMap<String, Ulimit>,
    pub init_process_enabled: bool,
    /// Name or ARN of a secret.
    pub repository_credentials: Option<String>,
    pub logging: Option<Logging>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Port {
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    pub efs: Option<EfsVolume>,
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
