//! The EC2 instances of a Cluster document.

use std::collections::BTreeMap;

use super::Context;
use super::user_data::user_data;
use crate::model::documents::cluster::Cluster;
use crate::model::documents::instances as document;
use crate::model::documents::instances::{CapacityProviderChoice, Image};
use crate::model::names;
use crate::model::resolved::instances::{
    BlockDevice, CapacityProviderSettings, Group, Instances, Managed, Profile,
};

const MOST: u32 = 10;
/// Containers in bridge mode are one hop further away than the instance.
const METADATA_HOP_LIMIT: u32 = 2;
/// Seconds, AWS's default for managed scaling.
const WARMUP: u32 = 300;

pub(super) fn resolve(context: &Context<'_>, cluster: &Cluster) -> Vec<Instances> {
    cluster.instances.iter().map(|written| instances(context, cluster, written)).collect()
}

fn instances(context: &Context<'_>, cluster: &Cluster, written: &document::Instances) -> Instances {
    let existing = written.auto_scaling_group.as_deref();
    let name = context.names.capacity_provider(&cluster.name, &written.name, existing);
    let settings = match &written.capacity_provider {
        CapacityProviderChoice::Disabled => None,
        CapacityProviderChoice::Settings(choice) => Some(settings(choice, written)),
    };
    let group = match &written.auto_scaling_group {
        Some(existing) => Group::Existing(existing.clone()),
        None => Group::Managed(Box::new(managed(context, cluster, written, settings.as_ref()))),
    };
    Instances {
        name: written.name.clone(),
        group,
        capacity_provider: settings.map(|settings| (name, settings)),
    }
}

fn settings(
    written: &document::CapacityProviderSettings,
    instances: &document::Instances,
) -> CapacityProviderSettings {
    let is_own = instances.auto_scaling_group.is_none();
    CapacityProviderSettings {
        managed_scaling: written.managed_scaling,
        target_capacity: written.target_capacity,
        minimum_scaling_step_size: written.minimum_scaling_step_size,
        maximum_scaling_step_size: written.maximum_scaling_step_size,
        managed_termination_protection: written
            .managed_termination_protection
            .unwrap_or(is_own && written.managed_scaling),
        managed_draining: written.managed_draining,
    }
}

fn managed(
    context: &Context<'_>,
    cluster: &Cluster,
    written: &document::Instances,
    settings: Option<&CapacityProviderSettings>,
) -> Managed {
    let part = |limit| context.names.part(limit, &cluster.name, &written.name);
    // ECS adds the first instance when the first task waits for it; nothing else would.
    let scales_by_itself = settings.is_some_and(|settings| settings.managed_scaling);
    let min = written.min.unwrap_or(u32::from(!scales_by_itself));
    Managed {
        physical_name: part(names::LAUNCH_TEMPLATE),
        instance_types: instance_types(written),
        image: written.image.clone(),
        min,
        max: written.max.unwrap_or(MOST.max(min)),
        network: context.network_name(written.network.as_deref()),
        security_group_name: part(names::SECURITY_GROUP),
        security_groups: written.security_groups.iter().map(|group| group.0.clone()).collect(),
        key_pair: written.key_pair.clone(),
        profile: profile(context, written, part(names::ROLE)),
        user_data: user_data(&cluster_name(context, cluster), written),
        volumes: volumes(written),
        metadata_hop_limit: written.metadata_hop_limit.unwrap_or(METADATA_HOP_LIMIT),
        spot: written.spot.clone(),
        detailed_monitoring: written.detailed_monitoring,
        cpu_target: written.cpu_target,
        warmup: written.warmup.map_or(WARMUP, |time| time.0),
    }
}

/// The physical name of the cluster.
fn cluster_name(context: &Context<'_>, cluster: &Cluster) -> String {
    let derived = || context.names.physical(names::ECS, &cluster.name);
    cluster.aws_name.clone().unwrap_or_else(derived)
}

fn volumes(written: &document::Instances) -> BTreeMap<String, BlockDevice> {
    let volume = |written: &document::BlockDevice| BlockDevice {
        size: written.size.0,
        volume_type: written.volume_type,
        iops: written.iops,
        throughput: written.throughput,
        encrypted: written.encrypted.unwrap_or(true),
        kms_key: written.kms_key.clone(),
    };
    written.volumes.iter().map(|(device, written)| (device.clone(), volume(written))).collect()
}

fn instance_types(written: &document::Instances) -> Vec<String> {
    let default = match &written.image {
        Image::AmazonLinux2023Arm64 | Image::BottlerocketArm64 => "m7g.large",
        Image::AmazonLinux2023Gpu | Image::BottlerocketGpu => "g4dn.xlarge",
        Image::AmazonLinux2023
        | Image::Bottlerocket
        | Image::Windows2019Full
        | Image::Windows2019Core
        | Image::Windows2022Full
        | Image::Windows2022Core
        | Image::Fixed(_) => "m6i.large",
    };
    match &written.instance_types[..] {
        [] => vec![default.to_owned()],
        types => types.to_vec(),
    }
}

fn profile(context: &Context<'_>, written: &document::Instances, name: String) -> Profile {
    match &written.instance_profile {
        Some(existing) => Profile::Existing(existing.clone()),
        None => Profile::Managed {
            name,
            path: context.names.role_path(),
            managed_policies: written.managed_policies.clone(),
        },
    }
}
