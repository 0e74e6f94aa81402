//! The containers of a service's task.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Name, Text};
pub use super::linux::{LinuxParameters, Ulimit, UlimitName};
pub use super::port_range::PortRange;
use super::secret::SecretReference;
use super::units::{Cpu, Mebibytes, Seconds};

/// A container of the task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the switches that AWS has")]
pub struct Container {
    /// Name, unique in the task: 1 to 255 letters, digits, `-` and `_`.
    #[schemars(with = "Name")]
    pub name: String,
    /// Image with its tag or digest.
    #[schemars(length(min = 1), example = &"public.ecr.aws/nginx/nginx:1.27")]
    pub image: String,
    /// Stop the task when this container stops. At least one container must be essential. Default: true.
    pub essential: Option<bool>,
    /// CPU reserved for this container, out of the task's. Default: none.
    pub cpu: Option<Cpu>,
    /// Memory at which this container is killed. At least 6 MiB. Default: the task's.
    pub memory: Option<Mebibytes>,
    /// Memory reserved for this container; less than `memory`.
    pub memory_reservation: Option<Mebibytes>,
    /// Command to run as a list of words, in place of the image's `CMD`.
    #[serde(default)]
    #[schemars(example = &["npm", "start"])]
    pub command: Vec<Text>,
    /// Entry point to run as a list of words, in place of the image's `ENTRYPOINT`.
    #[serde(default)]
    pub entry_point: Vec<Text>,
    /// Directory to run in.
    #[schemars(extend("minLength" = 1))]
    pub working_directory: Option<String>,
    /// User to run as: `user`, `uid`, `user:group` or `uid:gid`.
    pub user: Option<Text>,
    /// Ports that the container listens on.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Ranges of ports that the container listens on, such as `8000-8100`. At most 100; not in the network mode `host`.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub port_ranges: Vec<PortRange>,
    /// Environment variables. Values are text: `DEBUG: False` is `False` in the container.
    #[serde(default)]
    pub environment: BTreeMap<String, Text>,
    /// Environment variables whose values come from SSM Parameter Store or Secrets Manager.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretReference>,
    /// ARNs of files in S3 that end with `.env`. At most 10; `environment` wins over them.
    #[serde(default)]
    pub environment_files: Vec<String>,
    /// Command that tells whether the container is healthy.
    pub health_check: Option<HealthCheck>,
    /// Containers to wait for before this one is started, and what to wait for.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "app": "HEALTHY" }]))]
    pub depends_on: BTreeMap<String, DependencyCondition>,
    /// Volumes of the task to mount in this container.
    #[serde(default)]
    pub mounts: Vec<Mount>,
    /// Containers whose mounts this one gets too, by name: `{ app: { readOnly: true } }`.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "app": { "readOnly": true } }]))]
    pub volumes_from: BTreeMap<String, VolumesFrom>,
    /// Make the root file system read-only. Default: false. ECS Exec does not work with it.
    #[serde(default)]
    pub readonly_root_filesystem: bool,
    /// Time between SIGTERM and SIGKILL; on Fargate 2s to 120s. Default: 30s, or as the instance's agent says.
    pub stop_timeout: Option<Seconds>,
    /// Longest wait for the containers of `dependsOn`; on Fargate 2s to 120s.
    pub start_timeout: Option<Seconds>,
    /// Docker labels.
    #[serde(default)]
    pub docker_labels: BTreeMap<String, Text>,
    /// Limits by name, such as `nofile: { soft: 65535, hard: 65535 }`.
    #[serde(default)]
    pub ulimits: BTreeMap<UlimitName, Ulimit>,
    /// Linux settings.
    #[serde(default)]
    pub linux_parameters: LinuxParameters,
    /// Name or ARN of the Secrets Manager secret with the credentials of a private registry.
    #[schemars(example = &"secretsmanager:registry")]
    #[schemars(extend("pattern" = "^(secretsmanager:[^ :]+|arn:[a-z-]+:secretsmanager:[^ :]*:[^ :]*:secret:[^ :]+)$", "patternErrorMessage" = "expected `secretsmanager:name`, or the ARN of a secret: ECS reads registry credentials from Secrets Manager only"))]
    pub repository_credentials: Option<SecretReference>,
    /// Start the container anew when it ends, without stopping the task. Default: the task stops if it is essential.
    pub restart_policy: Option<RestartPolicy>,
    /// Keep to the image that the tag named when the deployment began. Default: `enabled`.
    #[serde(default)]
    pub version_consistency: VersionConsistency,
    /// Kernel parameters of the container by name, such as `net.core.somaxconn: 1024`.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "net.core.somaxconn": 1024 }]))]
    pub system_controls: BTreeMap<String, Text>,
    /// Keep standard input open, as `docker run -i`. Default: false.
    #[serde(default)]
    pub interactive: bool,
    /// Give the container a terminal, as `docker run -t`. Default: false.
    #[serde(default)]
    pub pseudo_terminal: bool,
    /// GPUs of the instance that this container has for itself. EC2 only.
    #[schemars(range(min = 1))]
    pub gpu: Option<u32>,
    /// Give the container the rights of root on the instance. Default: false. EC2 and external, Linux only.
    #[serde(default)]
    pub privileged: bool,
    /// Settings of SELinux, AppArmor or Docker, such as `no-new-privileges`. EC2 and external only.
    #[serde(default)]
    #[schemars(extend("examples" = [["no-new-privileges"]]))]
    pub docker_security_options: Vec<String>,
    /// Name of the container's host. Default: the container's id. Not in the network mode `awsvpc`.
    pub hostname: Option<String>,
    /// Lines of `/etc/hosts`: addresses by host name. EC2 and external only, not in the network mode `awsvpc`.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "database": "10.0.0.5" }]))]
    pub extra_hosts: BTreeMap<String, String>,
    /// Addresses of DNS servers. EC2 and external only, not in the network mode `awsvpc`.
    #[serde(default)]
    pub dns_servers: Vec<String>,
    /// Domains that short names are looked up in. EC2 and external only, not in the network mode `awsvpc`.
    #[serde(default)]
    pub dns_search_domains: Vec<String>,
    /// Containers of the task to reach by name, as `name` or `name:alias`. In the network mode `bridge` only.
    #[serde(default)]
    #[schemars(extend("examples" = [["app", "app:api"]]))]
    pub links: Vec<String>,
    /// Give the container no network. Default: false. EC2 and external, Linux only.
    #[serde(default)]
    pub disable_networking: bool,
}

/// Another container's mounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct VolumesFrom {
    /// Forbid writing. Default: false.
    pub read_only: bool,
}

/// Whether, and when, a container that ended is started anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct RestartPolicy {
    /// Whether it is. Default: true.
    pub enabled: bool,
    /// Exit codes after which it is not. At most 50.
    #[schemars(length(max = 50))]
    pub ignored_exit_codes: Vec<u8>,
    /// Time that it must have run, or it is not; 60s to 1800s. Default: 300s.
    pub restart_attempt_period: Seconds,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self { enabled: true, ignored_exit_codes: vec![], restart_attempt_period: Seconds(300) }
    }
}

/// Whether all tasks of a deployment run the image that the tag named at its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VersionConsistency {
    /// They do.
    #[default]
    Enabled,
    /// Each task runs what the tag names when it starts.
    Disabled,
}

/// A port of a container: its number, or a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Port {
    /// The port number; protocol tcp.
    Number(#[schemars(range(min = 1, max = 65535))] u16),
    /// The port with its protocol and name.
    Mapping(PortMapping),
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = |text: String| {
            text.parse().map(Self::Number).map_err(|_| format!("`{text}` is not a port"))
        };
        super::either::deserialize_map(deserializer, number, Self::Mapping)
    }
}

/// A port of a container with its protocol and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PortMapping {
    /// Port in the container, 1 to 65535.
    #[schemars(range(min = 1, max = 65535))]
    pub container: u16,
    /// Port on the host: in the network mode `bridge` 0 is one that Docker picks, else the same as `container`. Default: 0.
    pub host: Option<u16>,
    /// `tcp` or `udp`. Default: `tcp`.
    #[serde(default)]
    pub protocol: TransportProtocol,
    /// Name of the port: lowercase letters, digits, `-` and `_`, at most 64.
    #[schemars(regex(pattern = "^[a-z0-9_][a-z0-9_-]{0,63}$"))]
    #[schemars(extend("patternErrorMessage" = "expected up to 64 lowercase letters, digits, `-` and `_`"))]
    pub name: Option<String>,
    /// What is spoken on the port; `http`, `http2` or `grpc`.
    pub app_protocol: Option<AppProtocol>,
}

/// Transport protocol of a port.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum TransportProtocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

/// Application protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AppProtocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
}

/// A command that tells whether the container is healthy; ECS replaces tasks whose essential containers are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HealthCheck {
    /// A line for the container's shell, or a list that begins with `CMD` or `CMD-SHELL`.
    #[schemars(example = &"curl -f http://localhost:8080/healthz")]
    pub command: CheckCommand,
    /// Time between two checks, 5s to 300s. Default: 30s.
    #[serde(default = "thirty_seconds")]
    pub interval: Seconds,
    /// Time until a check counts as failed, 2s to 60s. Default: 5s.
    #[serde(default = "five_seconds")]
    pub timeout: Seconds,
    /// Failures in a row until the container is unhealthy, 1 to 10. Default: 3.
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 10))]
    pub retries: u32,
    /// Time at the start in which failures do not count, 0s to 300s. Default: 0s.
    #[serde(default)]
    pub start_period: Seconds,
}

/// The command of a health check: exit code 0 is healthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum CheckCommand {
    /// A line for the container's shell.
    Shell(#[schemars(length(min = 1))] String),
    /// The words, the first of which is `CMD` or `CMD-SHELL`.
    Words(Vec<Text>),
}

impl<'de> Deserialize<'de> for CheckCommand {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::either::deserialize(deserializer, |line| Ok(Self::Shell(line)), Self::Words)
    }
}

fn thirty_seconds() -> Seconds {
    Seconds(30)
}

fn five_seconds() -> Seconds {
    Seconds(5)
}

fn three() -> u32 {
    3
}

/// What to wait for in another container.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DependencyCondition {
    /// Until it was started.
    Start,
    /// Until it ended, with any exit code. It must not be essential.
    Complete,
    /// Until it ended with exit code 0. It must not be essential.
    Success,
    /// Until its health check passes.
    Healthy,
}

/// A volume of the task, mounted in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Mount {
    /// Name of the volume in `volumes:`.
    pub volume: String,
    /// Absolute path in the container.
    #[schemars(example = &"/var/uploads")]
    pub path: String,
    /// Forbid writing. Default: false.
    #[serde(default)]
    pub read_only: bool,
}
