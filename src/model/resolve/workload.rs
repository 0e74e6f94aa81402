//! What Service and Job documents share: where their tasks run.

use super::{Context, cluster, network, reference};
use crate::model::documents::network::AssignPublicIp;
use crate::model::documents::workload::Workload;
use crate::model::resolved::service::{
    Capacity, Interface, LaunchType, NetworkMode, ServiceNetwork, Task,
};

/// The name of its cluster.
pub(super) fn cluster(context: &Context<'_>, workload: &Workload<'_>) -> String {
    reference(workload.cluster.as_deref(), &context.manifests.clusters, cluster::IMPLICIT)
}

pub(super) fn capacity(context: &Context<'_>, workload: &Workload<'_>) -> Capacity {
    if !workload.capacity.is_empty() {
        return Capacity::Strategy(cluster::strategy(workload.capacity));
    }
    if let Some(launch_type) = *workload.launch_type {
        return Capacity::LaunchType(launch_type);
    }
    let cluster = context.manifests.clusters.get(&cluster(context, workload));
    let cluster = cluster.map(|cluster| &cluster.document);
    match cluster.map_or(&[][..], |cluster| &cluster.default_capacity_provider_strategy) {
        [] => Capacity::LaunchType(LaunchType::Fargate),
        items => Capacity::Strategy(cluster::strategy(items)),
    }
}

/// Only Fargate has versions.
pub(super) fn platform_version(workload: &Workload<'_>, launch_type: LaunchType) -> Option<String> {
    let latest = || (launch_type == LaunchType::Fargate).then(|| "LATEST".to_owned());
    workload.platform_version.clone().or_else(latest)
}

pub(super) fn network(
    context: &Context<'_>,
    workload: &Workload<'_>,
    task: &Task,
    security_group_name: String,
) -> ServiceNetwork {
    let name = context.network_name(workload.network.name.as_deref());
    let network = context.manifests.networks.get(&name);
    let network = network
        .map_or_else(network::implicit, |network| network::resolve(context, &network.document));
    let written = workload.network.assign_public_ip;
    // On instances, a task's interface has no public address.
    let default = network.assign_public_ip && task.launch_type == LaunchType::Fargate;
    let interface = || Interface {
        assign_public_ip: written.map_or(default, |assign| assign == AssignPublicIp::Enabled),
        security_group_name,
        security_groups: workload
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
