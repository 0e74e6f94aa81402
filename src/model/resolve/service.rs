//! A Service document to a service.

use super::{Context, classic_load_balancer, deployment, scaling, target, task, workload};
use crate::model::documents::placement;
use crate::model::documents::service as document;
use crate::model::documents::service::{AvailabilityZoneRebalancing, Scheduling};
use crate::model::documents::workload::Workload;
use crate::model::names;
use crate::model::resolved::service::{LaunchType, Service};

/// Seconds. With AWS's default of 0, a slow start is an endless loop of replaced tasks.
const GRACE_PERIOD: u32 = 60;

pub(super) fn resolve(context: &Context<'_>, service: &document::Service) -> Service {
    let shared = Workload::from(service);
    let capacity = workload::capacity(context, &shared);
    let launch_type = capacity.launch_type();
    let task = task::resolve(context, &shared, launch_type, context.family(&service.name));
    let grace_period = service.health_check_grace_period.map(|time| time.0);
    let default_grace_period = (!service.load_balancers.is_empty()).then_some(GRACE_PERIOD);
    let limits = rollout_limits(service);
    let security_group = context.names.physical(names::SECURITY_GROUP, &service.name);
    let load_balancers = target::resolve(context, service, &task);
    Service {
        cluster: workload::cluster(context, &shared),
        platform_version: workload::platform_version(&shared, launch_type),
        capacity,
        scheduling: service.scheduling,
        placement_strategy: service.placement_strategy.clone(),
        placement_constraints: service.placement_constraints.clone(),
        desired_count: desired_count(service),
        keeps_count: service.desired_count.is_none(),
        network: workload::network(context, &shared, &task, security_group),
        scaling: service
            .scaling
            .as_ref()
            .map(|scaling| scaling::resolve(context, service, scaling, &load_balancers)),
        load_balancers,
        classic: classic_load_balancer::target(context.manifests, service, &task),
        task,
        minimum_healthy_percent: limits.0,
        maximum_percent: limits.1,
        deployment: deployment::resolve(context, service),
        health_check_grace_period: grace_period.or(default_grace_period),
        enable_execute_command: service.enable_execute_command,
        propagate_tags: service.propagate_tags,
        availability_zone_rebalancing: service.availability_zone_rebalancing.map_or_else(
            || can_rebalance(context, service, launch_type),
            |choice| choice == AvailabilityZoneRebalancing::Enabled,
        ),
    }
}

fn desired_count(service: &document::Service) -> Option<u32> {
    let default = service.scaling.as_ref().map_or(1, |scaling| scaling.min);
    match service.scheduling {
        Scheduling::Replica => Some(service.desired_count.unwrap_or(default)),
        Scheduling::Daemon => None,
    }
}

/// The minimum healthy and the maximum percent: AWS's own defaults.
fn rollout_limits(service: &document::Service) -> (u32, u32) {
    let default = match service.scheduling {
        Scheduling::Replica => (100, 200),
        Scheduling::Daemon => (0, 100),
    };
    let deployment = &service.deployment;
    (
        deployment.minimum_healthy_percent.unwrap_or(default.0),
        deployment.maximum_percent.unwrap_or(default.1),
    )
}

/// Whether ECS takes a service that it is to rebalance; where not, it must be told not to.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html>
fn can_rebalance(
    context: &Context<'_>,
    service: &document::Service,
    launch_type: LaunchType,
) -> bool {
    let mut entries = service.load_balancers.iter();
    let is_classic = entries.any(|it| classic_load_balancer::is_named(context.manifests, it));
    let first = service.placement_strategy.first();
    service.scheduling == Scheduling::Replica
        && !is_classic
        && launch_type != LaunchType::External
        && rollout_limits(service).1 > 100
        && first.is_none_or(placement::spreads_over_zones)
        && !service.placement_constraints.iter().any(placement::names_zones)
}
