//! `kind: Service`: a task that is kept running, how it is reached, rolled out and scaled.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster::CapacityProviderStrategyItem;
use super::common::{Lifecycle, Name, Tags, Text};
use super::container::{Container, HealthCheck, Mount, Port};
use super::deployment::Deployment;
use super::load_balancer::SecurityGroupId;
use super::logging::Logging;
use super::network::AssignPublicIp;
use super::placement::{PlacementConstraint, PlacementStrategy};
use super::platform::{
    IpcMode, LaunchType, NetworkMode, PidMode, PlacementExpression, RuntimePlatform,
};
use super::routing::ServiceLoadBalancer;
use super::scaling::Scaling;
use super::secret::SecretReference;
use super::units::{Cpu, Gibibytes, Mebibytes, Seconds};
use super::volume::Volume;

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
    /// CPU of a task: on Fargate 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768, by default 256; else 128 to 196608, by default without a limit.
    pub cpu: Option<Cpu>,
    /// Memory of a task: on Fargate a size that goes with `cpu`, by default the least; else as much as its containers ask for.
    pub memory: Option<Mebibytes>,
    /// How containers are reached. Default: `awsvpc` on Fargate, else `bridge`; Windows on EC2 has its own.
    pub network_mode: Option<NetworkMode>,
    /// Processor and operating system. Default: `X86_64` and `LINUX`.
    #[serde(default)]
    pub runtime_platform: RuntimePlatform,
    /// Whose processes the containers see. Default: their own alone. Linux only.
    pub pid_mode: Option<PidMode>,
    /// Whose shared memory the containers see. Default: as the instance's Docker says. EC2 and external, Linux only.
    pub ipc_mode: Option<IpcMode>,
    /// What instances must have for the task, in the cluster query language; EC2 and external only, at most 10.
    #[serde(default)]
    #[schemars(length(max = 10), extend("examples" = [["attribute:ecs.instance-type =~ g5.*"]]))]
    pub task_placement_constraints: Vec<PlacementExpression>,
    /// Permit requests for fault injection from the task's containers. Default: false.
    #[serde(default)]
    pub enable_fault_injection: bool,
    /// Disk space of a task, 21 to 200 GiB. Default: the 20 GiB that Fargate always gives.
    pub ephemeral_storage: Option<Gibibytes>,
    /// Whether there is a number of tasks or one on each instance. Default: `REPLICA`.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// Which instances tasks are rather put on, the most important strategy first; not on Fargate. At most 5.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub placement_strategy: Vec<PlacementStrategy>,
    /// Conditions that an instance must meet to run a task; not on Fargate. At most 10.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Number of tasks; `DAEMON` has none. Default: 1, or `scaling.min`.
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
    /// Keep tasks evenly spread over Availability Zones. Default: `ENABLED`, but `DISABLED` where ECS can't: with
    /// `deployment.maximumPercent: 100`, `scheduling: DAEMON`, `launchType: EXTERNAL`, placement by zone, or a first
    /// placement strategy that does not spread over zones.
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

/// Network, public address and further security groups of the tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ServiceNetwork {
    /// A Network by name. Default: the only one.
    pub name: Option<String>,
    /// Give each task a public IP address. Default: as the network says.
    pub assign_public_ip: Option<AssignPublicIp>,
    /// Ids of security groups besides the one that is made for the tasks. At most 4.
    pub security_groups: Vec<SecurityGroupId>,
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

/// How ECS decides on the number of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Scheduling {
    /// As many as `desiredCount` says.
    #[default]
    Replica,
    /// One on each instance that meets the placement constraints; not on Fargate.
    Daemon,
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
