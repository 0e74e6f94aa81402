//! Settings of the Linux kernel for a container.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Mebibytes;

/// Linux settings of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct LinuxParameters {
    /// Run an init process that forwards signals and reaps children; recommended with ECS Exec. Default: false.
    pub init_process_enabled: bool,
    /// Capabilities besides Docker's defaults, or without some of them.
    pub capabilities: Capabilities,
    /// Devices of the instance by their path on it, such as `/dev/fuse: {}`. EC2 and external only.
    pub devices: BTreeMap<String, Device>,
    /// Swap memory that the container may use; 0 is none. EC2 and external only.
    pub max_swap: Option<Mebibytes>,
    /// How eagerly memory is swapped out, 0 to 100; needs `maxSwap`. Default: 60. EC2 and external only.
    #[schemars(range(max = 100))]
    pub swappiness: Option<u32>,
    /// Size of `/dev/shm`. Default: 64 MiB. EC2 and external only.
    pub shared_memory_size: Option<Mebibytes>,
    /// Memory that is mounted as a file system, by path in the container. EC2 and external only.
    pub tmpfs: BTreeMap<String, Tmpfs>,
}

/// Linux capabilities of a container, as in capabilities(7) without `CAP_`; `ALL` is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Capabilities {
    /// Besides Docker's defaults; on Fargate only `SYS_PTRACE`.
    #[schemars(extend("examples" = [["SYS_PTRACE"]]))]
    pub add: Vec<Capability>,
    /// Of Docker's defaults.
    #[schemars(extend("examples" = [["NET_RAW"]]))]
    pub drop: Vec<Capability>,
}

/// A Linux capability without `CAP_`, or `ALL`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend(
    "pattern" = "^(ALL|AUDIT_CONTROL|AUDIT_WRITE|BLOCK_SUSPEND|CHOWN|DAC_OVERRIDE|DAC_READ_SEARCH|FOWNER|FSETID|IPC_LOCK|IPC_OWNER|KILL|LEASE|LINUX_IMMUTABLE|MAC_ADMIN|MAC_OVERRIDE|MKNOD|NET_ADMIN|NET_BIND_SERVICE|NET_BROADCAST|NET_RAW|SETFCAP|SETGID|SETPCAP|SETUID|SYSLOG|SYS_ADMIN|SYS_BOOT|SYS_CHROOT|SYS_MODULE|SYS_NICE|SYS_PACCT|SYS_PTRACE|SYS_RAWIO|SYS_RESOURCE|SYS_TIME|SYS_TTY_CONFIG|WAKE_ALARM)$",
    "patternErrorMessage" = "expected a capability of Linux without `CAP_`, such as `SYS_PTRACE`"
))]
pub struct Capability(pub String);

/// How a device of the instance shows in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Device {
    /// Path in the container. Default: the same as on the instance.
    pub container_path: Option<String>,
    /// What the container may do with it. Default: all of it.
    pub permissions: Vec<DevicePermission>,
}

/// What a container may do with a device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DevicePermission {
    Read,
    Write,
    /// Make device files for it.
    Mknod,
}

/// Memory that is mounted as a file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tmpfs {
    /// Most memory that it takes.
    pub size: Mebibytes,
    /// Options as in mount(8), such as `noexec`.
    #[serde(default)]
    pub mount_options: Vec<String>,
}

/// A soft and a hard limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Ulimit {
    /// What applies; a process may raise it up to `hard`.
    pub soft: u32,
    /// What can't be passed.
    pub hard: u32,
}

/// Name of a limit, as in setrlimit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum UlimitName {
    Core,
    Cpu,
    Data,
    Fsize,
    Locks,
    Memlock,
    Msgqueue,
    Nice,
    Nofile,
    Nproc,
    Rss,
    Rtprio,
    Rttime,
    Sigpending,
    Stack,
}
