//! A Service document to a service.

use super::{
    Context, classic_load_balancer, cluster, deployment, network, reference, scaling, target, task,
};
use crate::model::documents::network::AssignPublicIp;
use crate::model::documents::placement;
use crate::model::documents::service as document;
use crate::model::documents::service::{AvailabilityZoneRebalancing, Scheduling};
use crate::model::names;
use crate::model::resolved::service::{
    Capacity, Interface, LaunchType, NetworkMode, Service, ServiceNetwork, Task,
};

/// Seconds. With AWS's default of 0, a slow start is an endless loop of replaced tasks.
const GRACE_PERIOD: u32 = 60;

pub(super) fn resolve(context: &Context<'_>, service: &document::Service) -> Service {
    let capacity = capacity(context, service);
    let launch_type = capacity.launch_type();
    let task = task::resolve(context, service, launch_type);
    let grace_period = service.health_check_grace_period.map(|time| time.0);
    let default_grace_period = (!service.load_balancers.is_empty()).then_some(GRACE_PERIOD);
    let limits = rollout_limits(service);
    let load_balancers = target::resolve(context, service, &task);
    Service {
        cluster: reference(
            service.cluster.as_deref(),
            &context.manifests.clusters,
            cluster::IMPLICIT,
        ),
        platform_version: platform_version(service, launch_type),
        capacity,
        scheduling: service.scheduling,
        placement_strategy: service.placement_strategy.clone(),
        placement_constraints: service.placement_constraints.clone(),
        desired_count: desired_count(service),
        keeps_count: service.desired_count.is_none(),
        network: service_network(context, service, &task),
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

fn capacity(context: &Context<'_>, service: &document::Service) -> Capacity {
    if !service.capacity.is_empty() {
        return Capacity::Strategy(cluster::strategy(&service.capacity));
    }
    if let Some(launch_type) = service.launch_type {
        return Capacity::LaunchType(launch_type);
    }
    let name =
        reference(service.cluster.as_deref(), &context.manifests.clusters, cluster::IMPLICIT);
    let cluster = context.manifests.clusters.get(&name).map(|cluster| &cluster.document);
    match cluster.map_or(&[][..], |cluster| &cluster.default_capacity_provider_strategy) {
        [] => Capacity::LaunchType(LaunchType::Fargate),
        items => Capacity::Strategy(cluster::strategy(items)),
    }
}

/// Only Fargate has versions.
fn platform_version(service: &document::Service, launch_type: LaunchType) -> Option<String> {
    let latest = || (launch_type == LaunchType::Fargate).then(|| "LATEST".to_owned());
    service.platform_version.clone().or_else(latest)
}

fn service_network(
    context: &Context<'_>,
    service: &document::Service,
    task: &Task,
) -> ServiceNetwork {
    let name = context.network_name(service.network.name.as_deref());
    let network = context.manifests.networks.get(&name);
    let network = network
        .map_or_else(network::implicit, |network| network::resolve(context, &network.document));
    let written = service.network.assign_public_ip;
    // On instances, a task's interface has no public address.
    let default = network.assign_public_ip && task.launch_type == LaunchType::Fargate;
    let interface = || Interface {
        assign_public_ip: written.map_or(default, |assign| assign == AssignPublicIp::Enabled),
        security_group_name: context.names.physical(names::SECURITY_GROUP, &service.name),
        security_groups: service
            .network
            .security_groups
            .iter()
            .map(|group| group.0.clone())
            .collect(),
    };
    ServiceNetwork {
        network: name,
        interface: (task.network_mode == NetworkMode::Awsvpc).then(interface),
    }
}
