//! What a service's tasks run on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where tasks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LaunchType {
    /// On AWS Fargate: no instances to look after.
    #[default]
    Fargate,
    /// On EC2 instances that are registered in the cluster.
    Ec2,
    /// On machines of your own (ECS Anywhere).
    External,
}

/// How containers reach the network, and are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NetworkMode {
    /// Each task has a network interface and security groups of its own; all that Fargate knows.
    Awsvpc,
    /// Docker's bridge; ports are mapped to ports of the instance.
    Bridge,
    /// The network of the instance, with its ports.
    Host,
    /// No network.
    None,
}

/// Processor and operating system of the tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct RuntimePlatform {
    /// Processor. Default: `X86_64`.
    pub cpu_architecture: CpuArchitecture,
    /// Operating system. Default: `LINUX`.
    pub operating_system_family: OperatingSystemFamily,
}

/// Processor of the tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CpuArchitecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "X86_64")]
    X86,
    /// AWS Graviton: cheaper; Linux only.
    #[serde(rename = "ARM64")]
    Arm,
}

/// Operating system of the tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OperatingSystemFamily {
    /// Linux.
    #[default]
    #[serde(rename = "LINUX")]
    Linux,
    /// Windows Server 2016 Full; not on Fargate.
    #[serde(rename = "WINDOWS_SERVER_2016_FULL")]
    Windows2016Full,
    /// Windows Server, version 2004 Core; not on Fargate.
    #[serde(rename = "WINDOWS_SERVER_2004_CORE")]
    Windows2004Core,
    /// Windows Server, version 20H2 Core; not on Fargate.
    #[serde(rename = "WINDOWS_SERVER_20H2_CORE")]
    Windows20H2Core,
    /// Windows Server 2019 Full.
    #[serde(rename = "WINDOWS_SERVER_2019_FULL")]
    Windows2019Full,
    /// Windows Server 2019 Core.
    #[serde(rename = "WINDOWS_SERVER_2019_CORE")]
    Windows2019Core,
    /// Windows Server 2022 Full.
    #[serde(rename = "WINDOWS_SERVER_2022_FULL")]
    Windows2022Full,
    /// Windows Server 2022 Core.
    #[serde(rename = "WINDOWS_SERVER_2022_CORE")]
    Windows2022Core,
    /// Windows Server 2025 Full; not on Fargate.
    #[serde(rename = "WINDOWS_SERVER_2025_FULL")]
    Windows2025Full,
    /// Windows Server 2025 Core; not on Fargate.
    #[serde(rename = "WINDOWS_SERVER_2025_CORE")]
    Windows2025Core,
}

impl OperatingSystemFamily {
    pub fn is_windows(self) -> bool {
        self != Self::Linux
    }
}

/// Whose processes the containers of a task see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PidMode {
    /// Those of the instance. EC2 and external only.
    Host,
    /// Those of the task's other containers.
    Task,
}

/// Whose shared memory, semaphores and message queues the containers of a task see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IpcMode {
    /// Those of the instance.
    Host,
    /// Those of the task's other containers.
    Task,
    /// Their own alone.
    None,
}

/// An expression of the cluster query language that an instance must meet, such as
/// `attribute:ecs.instance-type =~ g5.*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("minLength" = 1, "maxLength" = 2000))]
pub struct PlacementExpression(pub String);
