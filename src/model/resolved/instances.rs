//! The EC2 instances of a cluster.

use std::collections::BTreeMap;

pub use crate::model::documents::instances::{Image, Spot, SpotAllocation, VolumeType};

/// One sort of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instances {
    /// As in the manifest.
    pub name: String,
    pub group: Group,
    /// With its physical name; none where instances scale by themselves or not at all.
    pub capacity_provider: Option<(String, CapacityProviderSettings)>,
}

/// The Auto Scaling group of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// One that is there already, by its name.
    Existing(String),
    Managed(Box<Managed>),
}

impl CapacityProviderSettings {
    /// Whether instances with tasks are kept when the group shrinks. ECS does that only when it scales.
    pub fn protects_instances(&self) -> bool {
        self.managed_scaling && self.managed_termination_protection
    }
}

/// An Auto Scaling group that ecsctl makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// Physical name of the Auto Scaling group and of the launch template.
    pub physical_name: String,
    /// The preferred one first; never empty.
    pub instance_types: Vec<String>,
    pub image: Image,
    pub min: u32,
    pub max: u32,
    /// A network by name.
    pub network: String,
    /// Physical name of the instances' own security group.
    pub security_group_name: String,
    /// Ids of further ones.
    pub security_groups: Vec<String>,
    pub key_pair: Option<String>,
    pub profile: Profile,
    /// All of it, as text: what makes the instances join the cluster, and the manifest's own lines.
    pub user_data: String,
    /// By device name.
    pub volumes: BTreeMap<String, BlockDevice>,
    pub metadata_hop_limit: u32,
    pub spot: Option<Spot>,
    pub detailed_monitoring: bool,
    /// Percent; only without a capacity provider.
    pub cpu_target: Option<u32>,
    /// Seconds.
    pub warmup: u32,
}

/// A disk of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockDevice {
    /// GiB.
    pub size: u32,
    pub volume_type: VolumeType,
    pub iops: Option<u32>,
    /// MiB per second.
    pub throughput: Option<u32>,
    pub encrypted: bool,
    /// ARN, id or alias.
    pub kms_key: Option<String>,
}

/// How ECS scales the instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacityProviderSettings {
    pub managed_scaling: bool,
    /// Percent.
    pub target_capacity: u32,
    pub minimum_scaling_step_size: u32,
    pub maximum_scaling_step_size: u32,
    pub managed_termination_protection: bool,
    pub managed_draining: bool,
}

/// The instance profile, through which instances have their role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A name or an ARN.
    Existing(String),
    /// One that ecsctl makes, with its role.
    Managed {
        /// Physical name of the profile and of the role.
        name: String,
        /// `/ecsctl/<app>/<environment>/`
        path: String,
        /// ARNs or names.
        managed_policies: Vec<String>,
    },
}
