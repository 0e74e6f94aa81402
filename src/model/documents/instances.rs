//! The EC2 instances of a cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Name, Text};
use super::load_balancer::SecurityGroupId;
use super::units::{Gibibytes, Seconds};

/// EC2 instances of one sort that run tasks: an Auto Scaling group and its capacity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Instances {
    /// Name by which services' `capacity` refers to them.
    #[schemars(with = "Name", example = &"general")]
    pub name: String,
    /// Use an Auto Scaling group that is there already, by its name; then all but `capacityProvider` is left out. Its
    /// instances must join the cluster by themselves, and its owner lets load balancers and file systems reach them.
    pub auto_scaling_group: Option<String>,
    /// Instance types, at most 40, the preferred one first: with several, AWS takes whichever it has. All have the
    /// processors of the image. Default: `m6i.large`, for arm64 images `m7g.large`, for GPU images `g4dn.xlarge`.
    #[serde(default)]
    #[schemars(example = &["m7g.large", "m6g.large"])]
    #[schemars(length(max = 40))]
    #[schemars(inner(regex(pattern = r"^[a-z0-9-]+\.[a-z0-9-]+$")))]
    pub instance_types: Vec<String>,
    /// What the instances boot from: an ECS-optimised image of a kind, or a fixed one as `ami-…`. Of a kind, EC2 takes
    /// the newest image at each launch: instances that run keep theirs, and plans stay empty. Default: `amazon-linux-2023`.
    #[serde(default)]
    pub image: Image,
    /// Fewest instances. Default: 0 with managed scaling, else 1.
    pub min: Option<u32>,
    /// Most instances; at least `min`. Default: 10.
    pub max: Option<u32>,
    /// Network to put them in. Default: the only one.
    pub network: Option<String>,
    /// Ids of security groups besides their own. At most 4.
    #[serde(default)]
    pub security_groups: Vec<SecurityGroupId>,
    /// Name of the EC2 key pair for SSH. Default: none; Session Manager works without one.
    pub key_pair: Option<String>,
    /// Name or ARN of an instance profile that is there already. Default: one is made, with a role that has what the ECS
    /// agent and Session Manager need.
    pub instance_profile: Option<String>,
    /// ARNs or names of AWS managed policies for that role besides what it has. At most 18.
    #[serde(default)]
    pub managed_policies: Vec<String>,
    /// Lines that run at each instance's first start, after those that make it join the cluster: shell for Linux,
    /// PowerShell for Windows, TOML settings for Bottlerocket, which continue the table `[settings.ecs]`. At most 16 KiB
    /// with those lines.
    pub user_data: Option<String>,
    /// Settings of the ECS agent by their variable, such as `ECS_IMAGE_PULL_BEHAVIOR: prefer-cached`. Not for
    /// Bottlerocket, where they are settings in `userData`.
    #[serde(default)]
    pub agent: BTreeMap<String, Text>,
    /// Disks by device name. Default: the image's own.
    #[serde(default)]
    pub volumes: BTreeMap<String, BlockDevice>,
    /// Hops that a reply of the instance metadata service may take, 1 to 64. Its version 2 is required in any case.
    /// Default: 2, which containers in bridge mode need.
    #[schemars(range(min = 1, max = 64))]
    pub metadata_hop_limit: Option<u32>,
    /// Which of the instances are Spot instances. The agent then moves tasks away when AWS takes one back. Default: none.
    pub spot: Option<Spot>,
    /// Detailed CloudWatch monitoring, each minute. Default: false.
    #[serde(default)]
    pub detailed_monitoring: bool,
    /// How ECS scales the instances with the tasks. `DISABLED` leaves the group without a capacity provider: services
    /// then use it by `launchType: EC2`. Default: a capacity provider with managed scaling.
    #[serde(default)]
    pub capacity_provider: CapacityProviderChoice,
    /// Scale by the instances' average CPU, in percent, 1 to 100; needs `capacityProvider: DISABLED`. Default: their
    /// number stays as it is.
    #[schemars(range(min = 1, max = 100))]
    pub cpu_target: Option<u32>,
    /// Time that a new instance needs until its metrics count, 0s to 10000s. Default: 300s.
    pub warmup: Option<Seconds>,
}

/// An image for instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Image {
    /// Amazon Linux 2023 on Intel and AMD.
    #[default]
    #[serde(rename = "amazon-linux-2023")]
    AmazonLinux2023,
    /// Amazon Linux 2023 on AWS Graviton.
    #[serde(rename = "amazon-linux-2023-arm64")]
    AmazonLinux2023Arm64,
    /// Amazon Linux 2023 with NVIDIA drivers.
    #[serde(rename = "amazon-linux-2023-gpu")]
    AmazonLinux2023Gpu,
    /// Bottlerocket on Intel and AMD.
    Bottlerocket,
    /// Bottlerocket on AWS Graviton.
    BottlerocketArm64,
    /// Bottlerocket with NVIDIA drivers.
    BottlerocketGpu,
    /// Windows Server 2019 Full.
    #[serde(rename = "windows-2019-full")]
    Windows2019Full,
    /// Windows Server 2019 Core.
    #[serde(rename = "windows-2019-core")]
    Windows2019Core,
    /// Windows Server 2022 Full.
    #[serde(rename = "windows-2022-full")]
    Windows2022Full,
    /// Windows Server 2022 Core.
    #[serde(rename = "windows-2022-core")]
    Windows2022Core,
    /// A fixed image by its id: an Amazon Linux with the ECS agent.
    #[serde(untagged)]
    Fixed(
        #[schemars(
            extend("pattern" = "^ami-[0-9a-f]{8,17}$", "patternErrorMessage" = "expected the id of an image such as `ami-0123456789abcdef0`, or a kind of image such as `amazon-linux-2023`, `amazon-linux-2023-arm64`, `amazon-linux-2023-gpu`, `bottlerocket` or `windows-2022-full`"),
            example = &"ami-0123456789abcdef0"
        )]
        String,
    ),
}

/// A disk of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BlockDevice {
    /// Size in GiB: 1 to 16384, for `io1` and `io2` from 4, for `st1` and `sc1` from 125; not below the image's.
    pub size: Gibibytes,
    /// Type of the EBS volume. Default: `gp3`.
    #[serde(default, rename = "type")]
    pub volume_type: VolumeType,
    /// I/O operations per second: for `gp3` 3000 to 16000, for `io1` 100 to 64000, for `io2` 100 to 256000; the last two
    /// need it. Default: 3000 with `gp3`.
    pub iops: Option<u32>,
    /// MiB per second, 125 to 1000, for `gp3`. Default: 125.
    pub throughput: Option<u32>,
    /// Encrypt it. Default: true.
    pub encrypted: Option<bool>,
    /// ARN, id or alias of the KMS key. Default: the account's for EBS.
    pub kms_key: Option<String>,
}

/// Type of an EBS volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VolumeType {
    /// General purpose SSD, with speed apart from size.
    #[default]
    Gp3,
    /// General purpose SSD of before.
    Gp2,
    /// Provisioned IOPS SSD.
    Io1,
    /// Provisioned IOPS SSD, more durable.
    Io2,
    /// Throughput optimised HDD; not to boot from.
    St1,
    /// Cold HDD; not to boot from.
    Sc1,
}

/// Which instances are Spot instances, which AWS may take back at two minutes' notice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Spot {
    /// On-demand instances before any Spot instance. Default: 0.
    pub on_demand_base: u32,
    /// Percent of on-demand instances beyond those, 0 to 100. Default: 0.
    #[schemars(range(max = 100))]
    pub on_demand_percentage: u32,
    /// How Spot instances are chosen. Default: `price-capacity-optimized`.
    pub allocation: SpotAllocation,
    /// Highest price per hour in US dollars. Default: the on-demand price.
    #[schemars(regex(pattern = r"^[0-9]+(\.[0-9]+)?$"))]
    pub max_price: Option<Text>,
}

/// How Spot instances are chosen among the instance types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpotAllocation {
    /// Unlikely to be interrupted, and cheap.
    #[default]
    PriceCapacityOptimized,
    /// Least likely to be interrupted.
    CapacityOptimized,
    /// As before, in the order of `instanceTypes` where it can.
    CapacityOptimizedPrioritized,
    /// Cheapest.
    LowestPrice,
}

/// Whether the instances have a capacity provider, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CapacityProviderChoice {
    /// No capacity provider.
    Disabled,
    /// A capacity provider with these settings.
    #[serde(untagged)]
    Settings(CapacityProviderSettings),
}

impl Default for CapacityProviderChoice {
    fn default() -> Self {
        Self::Settings(CapacityProviderSettings::default())
    }
}

/// Settings of a capacity provider of EC2 instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CapacityProviderSettings {
    /// Let ECS scale the instances with the tasks. Default: true.
    pub managed_scaling: bool,
    /// Percent of the instances that should be in use, 1 to 100; less keeps room for new tasks. Default: 100.
    #[schemars(range(min = 1, max = 100))]
    pub target_capacity: u32,
    /// Fewest instances to add at once, 1 to 10000. Default: 1.
    #[schemars(range(min = 1, max = 10_000))]
    pub minimum_scaling_step_size: u32,
    /// Most instances to add at once, 1 to 10000. Default: 10000.
    #[schemars(range(min = 1, max = 10_000))]
    pub maximum_scaling_step_size: u32,
    /// Keep instances with tasks from being ended when the group shrinks; needs managed scaling. Default: as
    /// `managedScaling`; with `autoScalingGroup` false, for that group must protect new instances itself.
    pub managed_termination_protection: Option<bool>,
    /// Move tasks away before an instance ends. Default: true.
    pub managed_draining: bool,
}

impl Default for CapacityProviderSettings {
    fn default() -> Self {
        Self {
            managed_scaling: true,
            target_capacity: 100,
            minimum_scaling_step_size: 1,
            maximum_scaling_step_size: 10_000,
            managed_termination_protection: None,
            managed_draining: true,
        }
    }
}
