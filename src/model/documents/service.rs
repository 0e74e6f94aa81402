//! `kind: Service`: a task that is kept running, how it is reached, rolled out and scaled.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster::CapacityProviderStrategyItem;
use super::common::{Lifecycle, Name, Tags, Text};
use super::container::{Container, HealthCheck, Mount, Port};
use super::load_balancer::SecurityGroupId;
use super::network::AssignPublicIp;
use super::routing::ServiceLoadBalancer;
use super::scaling::Scaling;
use super::secret::SecretReference;
use super::units::{Cpu, Days, Gibibytes, Mebibytes, Seconds};

/// A task that ECS keeps running. `name`, `image` and `port` are enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Service {
    /// Name of the service; with the shorthand also of its container.
    #[schemars(example = &"web")]
    #[schemars(with = "Name")]
    pub name: String,
    /// Physical name of the ECS service, when it must not be `<app>-<environment>-<name>`.
    pub aws_name: Option<String>,
    /// Cluster to run in. Default: the only one.
    pub cluster: Option<String>,
    /// Where tasks run; not together with `capacity`. Default: the cluster's strategy, else `FARGATE`.
    pub launch_type: Option<LaunchType>,
    /// Capacity providers and their shares of the tasks; not together with `launchType`.
    #[serde(default)]
    pub capacity: Vec<CapacityProviderStrategyItem>,
    /// Fargate platform version. Default: `LATEST`.
    #[schemars(regex(pattern = r"^(LATEST|[0-9]+\.[0-9]+\.[0-9]+)$"), example = &"LATEST", example = &"1.4.0")]
    #[schemars(extend("patternErrorMessage" = "expected `LATEST` or a version such as `1.4.0`"))]
    pub platform_version: Option<String>,
    /// CPU of a task: 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768. Default: 256.
    pub cpu: Option<Cpu>,
    /// Memory of a task; which sizes are possible depends on `cpu`. Default: the least that goes with `cpu`.
    pub memory: Option<Mebibytes>,
    /// Processor and operating system. Default: `X86_64` and `LINUX`.
    #[serde(default)]
    pub runtime_platform: RuntimePlatform,
    /// Disk space of a task, 21 to 200 GiB. Default: the 20 GiB that Fargate always gives.
    pub ephemeral_storage: Option<Gibibytes>,
    /// Number of tasks. Default: 1, or `scaling.min`.
    pub desired_count: Option<u32>,
    /// What the containers may do in AWS: a `TaskRole` by name, or the ARN of a role.
    pub task_role: Option<String>,
    /// ARN of the role that ECS pulls images, reads secrets and writes logs with. Default: one is made.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:iam::[0-9]{12}:role/.+$"))]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of an IAM role"))]
    pub execution_role: Option<String>,

    /// Image of the only container; in place of `containers`.
    #[schemars(length(min = 1), example = &"public.ecr.aws/nginx/nginx:1.27")]
    pub image: Option<String>,
    /// Port of the only container, 1 to 65535.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Ports of the only container.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Command of the only container, in place of the image's `CMD`.
    #[serde(default)]
    #[schemars(example = &["npm", "start"])]
    pub command: Vec<Text>,
    /// Entry point of the only container, in place of the image's `ENTRYPOINT`.
    #[serde(default)]
    pub entry_point: Vec<Text>,
    /// Environment variables of the only container.
    #[serde(default)]
    pub environment: BTreeMap<String, Text>,
    /// Environment variables of the only container whose values come from SSM or Secrets Manager.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretReference>,
    /// ARNs of files in S3 that end with `.env`, for the only container.
    #[serde(default)]
    pub environment_files: Vec<String>,
    /// Health check of the only container.
    pub health_check: Option<HealthCheck>,
    /// Volumes to mount in the only container.
    #[serde(default)]
    pub mounts: Vec<Mount>,
    /// The containers of the task, 1 to 10; in place of `image`.
    #[serde(default)]
    pub containers: Vec<Container>,

    /// Where the containers' output goes. Default: to a CloudWatch log group of the service.
    #[serde(default)]
    pub logging: Logging,
    /// Volumes of the task by name; `{}` is space that its containers share.
    #[serde(default)]
    pub volumes: BTreeMap<String, Volume>,
    /// Network, public address and further security groups of the tasks.
    #[serde(default)]
    pub network: ServiceNetwork,
    /// Load balancers that send requests to the tasks. At most 5.
    #[serde(default)]
    pub load_balancers: Vec<ServiceLoadBalancer>,
    /// How a new revision is rolled out.
    #[serde(default)]
    pub deployment: Deployment,
    /// Time after a task's start in which failing health checks of load balancers do not count. Default: 0s, or 60s with a load balancer.
    pub health_check_grace_period: Option<Seconds>,
    /// Permit `ecsctl exec`. Default: false.
    #[serde(default)]
    pub enable_execute_command: bool,
    /// Where tasks get their tags from. Default: `SERVICE`.
    #[serde(default)]
    pub propagate_tags: PropagateTags,
    /// Keep tasks evenly spread over Availability Zones. Default: `ENABLED`, unless `deployment.maximumPercent` is 100.
    pub availability_zone_rebalancing: Option<AvailabilityZoneRebalancing>,
    /// Change the number of tasks with the load.
    pub scaling: Option<Scaling>,
    /// Tags for the resources of the service.
    #[serde(default)]
    pub tags: Tags,
    /// How changes are treated.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

/// Where tasks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LaunchType {
    /// On AWS Fargate: no instances to look after.
    #[default]
    Fargate,
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
}

/// Where the containers' output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Logging {
    /// Keep no output at all. Default: false.
    pub disabled: bool,
    /// Log driver. Default: `awslogs`.
    pub driver: LogDriver,
    /// Days to keep the output in CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
    /// 1827, 2192, 2557, 2922, 3288 or 3653. Default: 30.
    pub retention: Option<Days>,
    /// Existing CloudWatch log group to write to. Default: one is made, `/ecsctl/<app>/<environment>/<name>`.
    pub group: Option<String>,
    /// Options of the driver by AWS's own key, such as `awslogs-multiline-pattern`.
    pub options: BTreeMap<String, Text>,
    /// Options of the driver whose values are secret, such as `splunk-token`.
    pub secret_options: BTreeMap<String, SecretReference>,
}

/// What takes the containers' output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogDriver {
    /// CloudWatch Logs.
    #[default]
    Awslogs,
    /// Splunk; needs `splunk-token` and `splunk-url`.
    Splunk,
}

/// A volume of the task: shared space, or a file system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Volume {
    /// An EFS file system. Without it, the volume is empty space that lives as long as the task.
    pub efs: Option<EfsVolume>,
}

/// An EFS file system as a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EfsVolume {
    /// A `FileSystem` by name.
    pub file_system: String,
    /// An access point of the file system by name.
    pub access_point: Option<String>,
    /// Directory to mount; not with an access point, which has its own. Default: `/`.
    pub root_directory: Option<String>,
    /// Encrypt the traffic. Default: `ENABLED`.
    #[serde(default)]
    pub transit_encryption: Toggle,
    /// Sign requests with the task role. Default: `DISABLED`.
    pub iam: Option<Toggle>,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Toggle {
    /// On.
    #[default]
    Enabled,
    /// Off.
    Disabled,
}

/// Network, public address and further security groups of the tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ServiceNetwork {
    /// A Network by name. Default: the only one.
    pub name: Option<String>,
    /// Give each task a public IP address. Default: as the network says.
    pub assign_public_ip: Option<AssignPublicIp>,
    /// Ids of security groups besides the service's own. At most 4.
    pub security_groups: Vec<SecurityGroupId>,
}

/// How a new revision is rolled out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Deployment {
    /// Tasks that must stay healthy during a rollout, in percent of `desiredCount`, rounded up. Default: 100.
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: u32,
    /// Tasks that may run during a rollout, in percent of `desiredCount`, rounded down. Default: 200.
    #[schemars(range(min = 100, max = 1000))]
    pub maximum_percent: u32,
    /// Give up a rollout whose tasks keep failing.
    pub circuit_breaker: CircuitBreaker,
}

impl Default for Deployment {
    fn default() -> Self {
        Self {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: CircuitBreaker::default(),
        }
    }
}

/// Gives up a rollout whose tasks keep failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CircuitBreaker {
    /// Give up. Default: true.
    pub enable: bool,
    /// Go back to the last revision that worked. Default: true.
    pub rollback: bool,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self { enable: true, rollback: true }
    }
}

/// Where tasks get their tags from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PropagateTags {
    /// From the service.
    #[default]
    Service,
    /// From the task definition.
    TaskDefinition,
    /// Tasks get no tags.
    None,
}

/// Whether ECS moves tasks to keep Availability Zones balanced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AvailabilityZoneRebalancing {
    /// It moves tasks.
    #[default]
    Enabled,
    /// It leaves tasks where they are.
    Disabled,
}
