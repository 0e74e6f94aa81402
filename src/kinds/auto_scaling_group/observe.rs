//! Reads Auto Scaling groups: those with the scope's tags, and those that are wanted by name.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{
    AutoScalingGroup as Found, Filter, Instance, LaunchTemplateSpecification, LifecycleState,
    MixedInstancesPolicy, TagDescription,
};
use futures::future::try_join_all;

use super::{AutoScalingGroupSpec, LaunchTemplate, MANAGED_TAG, Spot, no_spot, outputs};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, LiveRow, Marks, Survey, Tags, read_tags};
use crate::value::{Address, Resolvable};

const OPERATION: &str = "autoscaling:DescribeAutoScalingGroups";
/// The largest page, which is also the most names.
const GROUPS_PER_CALL: i32 = 100;

/// The tagging API does not list groups: they are asked for by their tags, and one call finds all
/// that an unchanged stack wants.
pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[AutoScalingGroupSpec],
) -> Result<Vec<Live<AutoScalingGroupSpec>>, AwsError> {
    // Instances have a security group from before they are there until after they are gone.
    if wanted.is_empty() && !survey.has("security-group", "instances-").await? {
        return Ok(vec![]);
    }
    let mut groups = tagged(survey).await?;
    let found: BTreeSet<String> =
        groups.iter().filter_map(|group| group.auto_scaling_group_name.clone()).collect();
    let missing = wanted.iter().map(|spec| spec.name.clone()).filter(|name| !found.contains(name));
    groups.extend(named(survey.aws, missing.collect()).await?);
    let clusters = survey.rows("cluster").await?;
    let live = |group| live(group, &clusters, wanted);
    // A group that is being deleted tells so.
    Ok(groups.into_iter().filter(|group| group.status.is_none()).map(live).collect())
}

async fn tagged(survey: &Survey<'_>) -> Result<Vec<Found>, AwsError> {
    let filters = survey
        .scope
        .filters()
        .map(|(key, value)| Filter::builder().name(format!("tag:{key}")).values(value).build());
    let request = survey
        .aws
        .autoscaling
        .describe_auto_scaling_groups()
        .set_filters(Some(filters.to_vec()))
        .max_records(GROUPS_PER_CALL);
    let pages = request.into_paginator().items().send().collect();
    survey.aws.read::<Vec<_>, _>(OPERATION, pages).await
}

/// The groups of these names; a page holds as many as can be named.
pub(super) async fn named(aws: &Aws, names: Vec<String>) -> Result<Vec<Found>, AwsError> {
    let size = usize::try_from(GROUPS_PER_CALL).expect("a page has a size");
    let pages = names.chunks(size).map(|names| async {
        let request = aws
            .autoscaling
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(names.to_vec()))
            .max_records(GROUPS_PER_CALL);
        let reply = aws.read(OPERATION, request.send()).await?;
        Ok::<_, AwsError>(reply.auto_scaling_groups.unwrap_or_default())
    });
    Ok(try_join_all(pages).await?.into_iter().flatten().collect())
}

fn live(
    group: Found,
    clusters: &[LiveRow],
    wanted: &[AutoScalingGroupSpec],
) -> Live<AutoScalingGroupSpec> {
    let name = group.auto_scaling_group_name.unwrap_or_default();
    let tags = tags(group.tags);
    let marks = Marks::of(&tags);
    let wanted = wanted.iter().find(|spec| spec.name == name);
    let cluster = cluster(&marks, wanted, clusters);
    let (template, instance_types, spot) =
        made_from(group.launch_template, group.mixed_instances_policy);
    let instances: Vec<Instance> =
        group.instances.unwrap_or_default().into_iter().filter(stays).collect();
    let outdated: Vec<Option<String>> = instances
        .iter()
        .map(|instance| instance.launch_template.as_ref())
        .filter(|launched| !is_of(*launched, &template))
        .map(|launched| launched.and_then(|launched| launched.version.clone()))
        .collect();
    let subnets = group.vpc_zone_identifier.unwrap_or_default();
    let subnets = subnets.split(',').map(str::trim).filter(|id| !id.is_empty());
    Live {
        outputs: outputs(&name, group.auto_scaling_group_arn.unwrap_or_default()),
        marks,
        spec: AutoScalingGroupSpec {
            name,
            cluster,
            launch_template: template,
            instance_types,
            spot,
            min: number(group.min_size).unwrap_or(0),
            max: number(group.max_size).unwrap_or(0),
            subnets: subnets.map(str::to_owned).collect(),
            new_instances_protected_from_scale_in: group
                .new_instances_protected_from_scale_in
                .unwrap_or(false),
            capacity_rebalance: group.capacity_rebalance.unwrap_or(false),
            default_instance_warmup: number(group.default_instance_warmup),
            health_check_type: group.health_check_type.unwrap_or_default(),
            health_check_grace_period: number(group.health_check_grace_period).unwrap_or(0),
            instances: u32::try_from(instances.len()).ok(),
            outdated_instances: u32::try_from(outdated.len()).ok(),
            outdated_versions: Some(outdated.into_iter().flatten().collect()),
            tags,
        },
        depth: Depth::Full,
    }
}

/// The cluster that the group was made for: no field of a group tells, only whose it is.
fn cluster(
    marks: &Marks,
    wanted: Option<&AutoScalingGroupSpec>,
    clusters: &[LiveRow],
) -> Resolvable {
    let wanted = wanted.and_then(|spec| match &spec.cluster {
        Resolvable::Reference(reference) => Some(reference.address()),
        Resolvable::Known(_) | Resolvable::Digest(_) => None,
    });
    let address: Option<&Address> = marks.manifest.as_ref().or(wanted);
    let found = clusters.iter().find(|row| row.marks.resource.as_ref() == address);
    found.and_then(|row| row.outputs.get("id")).cloned().unwrap_or_default().into()
}

/// Whether an instance is there to stay: not on its way out, and in no warm pool.
fn stays(instance: &Instance) -> bool {
    match &instance.lifecycle_state {
        Some(
            LifecycleState::InService
            | LifecycleState::Pending
            | LifecycleState::PendingWait
            | LifecycleState::PendingProceed,
        ) => true,
        Some(_) | None => false,
    }
}

fn is_of(launched: Option<&LaunchTemplateSpecification>, template: &LaunchTemplate) -> bool {
    launched.is_some_and(|launched| {
        launched.launch_template_id.as_deref() == Some(template.id.text())
            && launched.version.as_deref() == Some(template.version.text())
    })
}

fn made_from(
    template: Option<LaunchTemplateSpecification>,
    policy: Option<MixedInstancesPolicy>,
) -> (LaunchTemplate, Vec<String>, Spot) {
    let Some(policy) = policy else { return (launch_template(template), vec![], no_spot()) };
    let (template, overrides) = policy
        .launch_template
        .map(|it| (it.launch_template_specification, it.overrides))
        .unwrap_or_default();
    let types = overrides.unwrap_or_default().into_iter().filter_map(|it| it.instance_type);
    let fallback = no_spot();
    let spot = policy.instances_distribution.map_or_else(no_spot, |it| Spot {
        on_demand_base: number(it.on_demand_base_capacity).unwrap_or(fallback.on_demand_base),
        on_demand_percentage: number(it.on_demand_percentage_above_base_capacity)
            .unwrap_or(fallback.on_demand_percentage),
        allocation: it.spot_allocation_strategy.unwrap_or(fallback.allocation),
        max_price: it.spot_max_price.unwrap_or_default(),
    });
    (launch_template(template), types.collect(), spot)
}

fn launch_template(found: Option<LaunchTemplateSpecification>) -> LaunchTemplate {
    let (id, version) =
        found.map(|found| (found.launch_template_id, found.version)).unwrap_or_default();
    LaunchTemplate {
        id: id.unwrap_or_default().into(),
        version: version.unwrap_or_default().into(),
    }
}

fn tags(found: Option<Vec<TagDescription>>) -> Tags {
    let found = found.unwrap_or_default().into_iter();
    let mut tags =
        read_tags(found.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))));
    if let Some(value) = tags.get_mut(MANAGED_TAG) {
        *value = "".into();
    }
    tags
}

/// Minus one stands for a value that is not set.
fn number(number: Option<i32>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}
