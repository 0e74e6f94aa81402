//! A launch template's content as AWS takes it and as it is compared.

use crate::aws::ec2::{
    BlockDeviceMapping, Ebs, InstanceProfile, LaunchTemplateData, MetadataOptions, Monitoring,
    TagSpecification,
};
use crate::kind::{Tags, read_tags};
use crate::value::{Resolvable, Set};

use super::{LaunchTemplateSpec, Metadata, Volume};

/// What AWS has where a template says nothing.
const DEFAULT_TOKENS: &str = "optional";

/// What moto adds to the first version: the tags of the template itself.
const TEMPLATE: &str = "launch-template";

pub(super) fn of(spec: &LaunchTemplateSpec) -> LaunchTemplateData {
    let specifications = spec.tag_specifications.iter();
    let volumes = spec.volumes.iter();
    LaunchTemplateData {
        image_id: Some(spec.image.clone()),
        instance_type: Some(spec.instance_type.clone()),
        key_name: spec.key_pair.clone(),
        user_data: (!spec.user_data.is_empty()).then(|| spec.user_data.join("\n") + "\n"),
        iam_instance_profile: profile(spec.instance_profile.text()),
        monitoring: Some(Monitoring { enabled: spec.detailed_monitoring }),
        metadata_options: Some(MetadataOptions {
            http_tokens: Some(spec.metadata.http_tokens.clone()),
            http_put_response_hop_limit: Some(spec.metadata.hop_limit),
        }),
        security_group_ids: spec
            .security_groups
            .0
            .iter()
            .map(|group| group.text().to_owned())
            .collect(),
        block_device_mappings: volumes
            .map(|(device, volume)| BlockDeviceMapping {
                device_name: device.clone(),
                ebs: Some(ebs(volume)),
            })
            .collect(),
        tag_specifications: specifications
            .map(|(resource_type, tags)| TagSpecification {
                resource_type: resource_type.clone(),
                tags: tags.iter().map(|(key, tag)| (key.clone(), tag.text().to_owned())).collect(),
            })
            .collect(),
        ..LaunchTemplateData::default()
    }
}

fn profile(text: &str) -> Option<InstanceProfile> {
    let text = Some(text).filter(|text| !text.is_empty())?.to_owned();
    Some(if text.starts_with("arn:") {
        InstanceProfile { arn: Some(text), name: None }
    } else {
        InstanceProfile { arn: None, name: Some(text) }
    })
}

fn ebs(volume: &Volume) -> Ebs {
    Ebs {
        volume_size: Some(volume.size),
        volume_type: Some(volume.volume_type.clone()),
        iops: volume.iops,
        throughput: volume.throughput,
        encrypted: Some(volume.encrypted),
        kms_key_id: volume.kms_key.clone(),
        delete_on_termination: Some(volume.delete_on_termination),
    }
}

pub(super) fn read(name: String, data: LaunchTemplateData, tags: Tags) -> LaunchTemplateSpec {
    let others = data.foreign().cloned().collect();
    let profile = data.iam_instance_profile.unwrap_or_default();
    let metadata = data.metadata_options.unwrap_or_default();
    let specifications = data.tag_specifications.into_iter();
    let disks = data.block_device_mappings.into_iter();
    let security_groups: Set<Resolvable> =
        data.security_group_ids.into_iter().map(Resolvable::from).collect();
    LaunchTemplateSpec {
        name,
        image: data.image_id.unwrap_or_default(),
        instance_type: data.instance_type.unwrap_or_default(),
        instance_profile: profile.arn.or(profile.name).unwrap_or_default().into(),
        key_pair: data.key_name,
        security_groups,
        user_data: data.user_data.iter().flat_map(|text| text.lines()).map(str::to_owned).collect(),
        metadata: Metadata {
            http_tokens: metadata.http_tokens.unwrap_or_else(|| DEFAULT_TOKENS.to_owned()),
            hop_limit: metadata.http_put_response_hop_limit.unwrap_or_default(),
        },
        detailed_monitoring: data.monitoring.is_some_and(|monitoring| monitoring.enabled),
        volumes: disks.filter_map(|disk| Some((disk.device_name, volume(disk.ebs?)))).collect(),
        tag_specifications: specifications
            .filter(|specification| specification.resource_type != TEMPLATE)
            .map(|specification| (specification.resource_type, read_tags(specification.tags)))
            .collect(),
        others,
        tags,
    }
}

fn volume(ebs: Ebs) -> Volume {
    Volume {
        size: ebs.volume_size.unwrap_or_default(),
        volume_type: ebs.volume_type.unwrap_or_default(),
        iops: ebs.iops,
        throughput: ebs.throughput,
        encrypted: ebs.encrypted.unwrap_or_default(),
        kms_key: ebs.kms_key_id,
        delete_on_termination: ebs.delete_on_termination.unwrap_or_default(),
    }
}
