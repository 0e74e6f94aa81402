//! The requests of Auto Scaling groups.

use aws_sdk_autoscaling::types::{
    InstancesDistribution, LaunchTemplate, LaunchTemplateOverrides, LaunchTemplateSpecification,
    MixedInstancesPolicy, RefreshPreferences, ScaleInProtectedInstances, Tag,
};

use super::{AutoScalingGroupSpec, MANAGED_TAG, observe, outputs};
use crate::aws::{Aws, AwsError};
use crate::kind::{Outputs, Tags};
use crate::kinds::shared::autoscaling::gone;

/// `SetInstanceProtection` takes at most 50.
const INSTANCES_PER_CALL: usize = 50;
const MINIMUM_HEALTHY_PERCENT: i32 = 90;

pub(super) async fn create(aws: &Aws, spec: &AutoScalingGroupSpec) -> Result<Outputs, AwsError> {
    let (template, policy) = instances(spec, None);
    let tags = spec.tags.iter().map(|(key, value)| sdk_tag(&spec.name, key, value.text()));
    let request = aws
        .autoscaling
        .create_auto_scaling_group()
        .auto_scaling_group_name(&spec.name)
        .set_launch_template(template)
        .set_mixed_instances_policy(policy)
        .min_size(int(spec.min))
        .max_size(int(spec.max))
        .vpc_zone_identifier(subnets(spec))
        .new_instances_protected_from_scale_in(spec.new_instances_protected_from_scale_in)
        .capacity_rebalance(spec.capacity_rebalance)
        .set_default_instance_warmup(spec.default_instance_warmup.map(int))
        .health_check_type(&spec.health_check_type)
        .health_check_grace_period(int(spec.health_check_grace_period))
        .set_tags(Some(tags.collect()));
    aws.write("autoscaling:CreateAutoScalingGroup", || request.clone().send()).await?;
    let found = observe::named(aws, vec![spec.name.clone()]).await?;
    let arn = found.into_iter().find_map(|group| group.auto_scaling_group_arn);
    Ok(outputs(&spec.name, arn.unwrap_or_default()))
}

pub(super) async fn update(aws: &Aws, spec: &AutoScalingGroupSpec) -> Result<(), AwsError> {
    // An empty price takes back one that was set.
    let (template, policy) = instances(spec, Some(""));
    let request = aws
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(&spec.name)
        .set_launch_template(template)
        .set_mixed_instances_policy(policy)
        .min_size(int(spec.min))
        .max_size(int(spec.max))
        .vpc_zone_identifier(subnets(spec))
        .new_instances_protected_from_scale_in(spec.new_instances_protected_from_scale_in)
        .capacity_rebalance(spec.capacity_rebalance)
        .set_default_instance_warmup(spec.default_instance_warmup.map(int))
        .health_check_type(&spec.health_check_type)
        .health_check_grace_period(int(spec.health_check_grace_period));
    aws.write("autoscaling:UpdateAutoScalingGroup", || request.clone().send()).await?;
    Ok(())
}

/// Lets go of all instances that are protected now.
pub(super) async fn unprotect(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let groups = observe::named(aws, vec![name.to_owned()]).await?;
    let instances = groups.into_iter().flat_map(|group| group.instances.unwrap_or_default());
    let protected = instances.filter(|instance| instance.protected_from_scale_in == Some(true));
    let ids: Vec<String> = protected.filter_map(|instance| instance.instance_id).collect();
    for ids in ids.chunks(INSTANCES_PER_CALL) {
        let request = aws
            .autoscaling
            .set_instance_protection()
            .auto_scaling_group_name(name)
            .set_instance_ids(Some(ids.to_vec()))
            .protected_from_scale_in(false);
        aws.write("autoscaling:SetInstanceProtection", || request.clone().send()).await?;
    }
    Ok(())
}

/// Begins to replace instances of older versions. One that is under way does the same.
pub(super) async fn refresh(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let preferences = RefreshPreferences::builder()
        .min_healthy_percentage(MINIMUM_HEALTHY_PERCENT)
        .skip_matching(true)
        // Those that run tasks are protected, and managed draining moves the tasks first.
        .scale_in_protected_instances(ScaleInProtectedInstances::Refresh)
        .build();
    let request = aws
        .autoscaling
        .start_instance_refresh()
        .auto_scaling_group_name(name)
        .preferences(preferences);
    match aws.write("autoscaling:StartInstanceRefresh", || request.clone().send()).await {
        Err(error) if error.is_code("InstanceRefreshInProgress") => Ok(()),
        other => other.map(drop),
    }
}

pub(super) async fn tag(aws: &Aws, name: &str, tags: &Tags) -> Result<(), AwsError> {
    let tags = tags.iter().map(|(key, value)| sdk_tag(name, key, value.text()));
    let request = aws.autoscaling.create_or_update_tags().set_tags(Some(tags.collect()));
    aws.write("autoscaling:CreateOrUpdateTags", || request.clone().send()).await?;
    Ok(())
}

pub(super) async fn untag(aws: &Aws, name: &str, keys: &[String]) -> Result<(), AwsError> {
    let tags = keys.iter().map(|key| {
        Tag::builder().resource_id(name).resource_type("auto-scaling-group").key(key).build()
    });
    let request = aws.autoscaling.delete_tags().set_tags(Some(tags.collect()));
    aws.write("autoscaling:DeleteTags", || request.clone().send()).await?;
    Ok(())
}

/// Deletes the group with its instances.
pub(super) async fn delete(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let request = aws
        .autoscaling
        .delete_auto_scaling_group()
        .auto_scaling_group_name(name)
        .force_delete(true);
    gone(aws.write("autoscaling:DeleteAutoScalingGroup", || request.clone().send()).await)
}

fn sdk_tag(group: &str, key: &str, value: &str) -> Tag {
    Tag::builder()
        .resource_id(group)
        .resource_type("auto-scaling-group")
        .key(key)
        .value(value)
        // What else instances bear, the launch template says.
        .propagate_at_launch(key == MANAGED_TAG)
        .build()
}

/// What instances are made from: the launch template alone, or with several types.
fn instances(
    spec: &AutoScalingGroupSpec,
    no_price: Option<&str>,
) -> (Option<LaunchTemplateSpecification>, Option<MixedInstancesPolicy>) {
    let template = LaunchTemplateSpecification::builder()
        .launch_template_id(spec.launch_template.id.text())
        .version(spec.launch_template.version.text())
        .build();
    if spec.instance_types.is_empty() {
        return (Some(template), None);
    }
    let overrides = spec.instance_types.iter().map(|instance_type| {
        LaunchTemplateOverrides::builder().instance_type(instance_type).build()
    });
    let template = LaunchTemplate::builder()
        .launch_template_specification(template)
        .set_overrides(Some(overrides.collect()))
        .build();
    let policy = MixedInstancesPolicy::builder()
        .launch_template(template)
        .instances_distribution(distribution(spec, no_price))
        .build();
    (None, Some(policy))
}

fn distribution(spec: &AutoScalingGroupSpec, no_price: Option<&str>) -> InstancesDistribution {
    let spot = &spec.spot;
    let price = Some(spot.max_price.as_str()).filter(|price| !price.is_empty()).or(no_price);
    InstancesDistribution::builder()
        .on_demand_allocation_strategy("prioritized")
        .on_demand_base_capacity(int(spot.on_demand_base))
        .on_demand_percentage_above_base_capacity(int(spot.on_demand_percentage))
        .spot_allocation_strategy(&spot.allocation)
        .set_spot_max_price(price.map(str::to_owned))
        .build()
}

fn subnets(spec: &AutoScalingGroupSpec) -> String {
    spec.subnets.0.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
