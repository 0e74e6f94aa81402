//! A Service document to a service.

use super::{Context, cluster, network, reference, scaling, target, task};
use crate::model::documents::network::AssignPublicIp;
use crate::model::documents::service as document;
use crate::model::documents::service::AvailabilityZoneRebalancing;
use crate::model::names;
use crate::model::resolved::service::{
    Capacity, Interface, LaunchType, NetworkMode, Service, ServiceNetwork, Task,
};

/// Seconds. With AWS's default of 0, a slow start is an endless loop of replaced tasks.
const GRACE_PERIOD: u32 = 60;

pub(super) fn resolve(context: &Context<'_>, service: &document::Service) -> Service {
    let capacity = capacity(context, service);
    let task = task::resolve(context, service, capacity.launch_type());
    let grace_period = service.health_check_grace_period.map(|time| time.0);
    let default_grace_period = (!service.load_balancers.is_empty()).then_some(GRACE_PERIOD);
    let default_count = service.scaling.as_ref().map_or(1, |scaling| scaling.min);
    let deployment = &service.deployment;
    let load_balancers = target::resolve(context, service, &task.containers);
    Service {
        cluster: reference(
            service.cluster.as_deref(),
            &context.manifests.clusters,
            cluster::IMPLICIT,
        ),
        platform_version: platform_version(service, capacity.launch_type()),
        capacity,
        desired_count: service.desired_count.unwrap_or(default_count),
        keeps_count: service.desired_count.is_none(),
        network: service_network(context, service, &task),
        scaling: service
            .scaling
            .as_ref()
            .map(|scaling| scaling::resolve(context, service, scaling, &load_balancers)),
        load_balancers,
        task,
        minimum_healthy_percent: deployment.minimum_healthy_percent,
        maximum_percent: deployment.maximum_percent,
        circuit_breaker: deployment.circuit_breaker,
        health_check_grace_period: grace_period.or(default_grace_period),
        enable_execute_command: service.enable_execute_command,
        propagate_tags: service.propagate_tags,
        // ECS refuses to rebalance when it may not start an extra task.
        availability_zone_rebalancing: service
            .availability_zone_rebalancing
            .map_or(deployment.maximum_percent > 100, |choice| {
                choice == AvailabilityZoneRebalancing::Enabled
            }),
    }
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
