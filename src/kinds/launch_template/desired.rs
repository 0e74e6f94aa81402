//! The launch templates of a stack: one per Auto Scaling group that ecsctl makes.

use std::collections::BTreeMap;

use super::{LaunchTemplate, LaunchTemplateSpec, Metadata, Volume};
use crate::kind::{Desired, Kind as _, Origin, Scope, Tags};
use crate::model::instance_groups::{InstanceGroup, instance_groups};
use crate::model::resolved::instances::{BlockDevice, Profile, VolumeType};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

const NAME_TAG: &str = "Name";

pub(super) fn desired(stack: &Stack) -> Vec<Desired<LaunchTemplateSpec>> {
    instance_groups(stack).map(|group| row(stack, &group)).collect()
}

/// The mix of Spot and on-demand instances is the Auto Scaling group's, as are all instance types
/// but the preferred one.
fn row(stack: &Stack, group: &InstanceGroup<'_>) -> Desired<LaunchTemplateSpec> {
    let managed = group.managed;
    let origin = Origin::of(stack, "cluster", group.cluster);
    let name = group.address();
    let inherited = instance_tags(stack, group);
    let spec = LaunchTemplateSpec {
        name: managed.physical_name.clone(),
        image: managed.image.id(),
        instance_type: managed.instance_types.first().cloned().unwrap_or_default(),
        instance_profile: profile(group),
        key_pair: managed.key_pair.clone(),
        security_groups: security_groups(group),
        user_data: managed.user_data.lines().map(str::to_owned).collect(),
        metadata: Metadata {
            http_tokens: "required".to_owned(),
            hop_limit: managed.metadata_hop_limit,
        },
        detailed_monitoring: managed.detailed_monitoring,
        volumes: managed
            .volumes
            .iter()
            .map(|(device, disk)| (device.clone(), volume(disk)))
            .collect(),
        tag_specifications: BTreeMap::from(
            ["instance", "volume"].map(|resource| (resource.to_owned(), inherited.clone())),
        ),
        others: Set::default(),
        tags: origin.tags(LaunchTemplate::NAME, &name),
    };
    origin.part(&name, spec)
}

fn profile(group: &InstanceGroup<'_>) -> Resolvable {
    match &group.managed.profile {
        Profile::Existing(profile) => profile.as_str().into(),
        Profile::Managed { .. } => {
            Resolvable::reference("instance-profile", &group.instances_address(), "arn")
        }
    }
}

fn security_groups(group: &InstanceGroup<'_>) -> Set<Resolvable> {
    let own = Resolvable::reference("security-group", &group.instances_address(), "id");
    let others = group.managed.security_groups.iter().map(|id| id.as_str().into());
    std::iter::once(own).chain(others).collect()
}

/// The cluster's tags, whose application it is, and a name for the console. Instances come and go
/// without us: they bear no address.
fn instance_tags(stack: &Stack, group: &InstanceGroup<'_>) -> Tags {
    let scope = Scope::of(stack);
    let name = [(NAME_TAG, group.managed.physical_name.as_str())];
    let tags = group.cluster.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let tags = name.into_iter().chain(tags).chain(scope.filters());
    tags.map(|(key, value)| (key.to_owned(), value.into())).collect()
}

fn volume(disk: &BlockDevice) -> Volume {
    let volume_type = match disk.volume_type {
        VolumeType::Gp3 => "gp3",
        VolumeType::Gp2 => "gp2",
        VolumeType::Io1 => "io1",
        VolumeType::Io2 => "io2",
        VolumeType::St1 => "st1",
        VolumeType::Sc1 => "sc1",
    };
    Volume {
        size: disk.size,
        volume_type: volume_type.to_owned(),
        iops: disk.iops,
        throughput: disk.throughput,
        encrypted: disk.encrypted,
        kms_key: disk.kms_key.clone(),
        delete_on_termination: true,
    }
}
