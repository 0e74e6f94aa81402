//! From a service of the stack to its ECS service.

use super::deployment::Deployment;
use super::load_balancer::LoadBalancer;
use super::placement::{PlacementConstraint, PlacementStrategy};
use super::spec::{Network, RolloutState, ServiceSpec, StrategyItem};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Live, Origin};
use crate::kinds::shared::routing::{Route, routes};
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::service::{self as model, Capacity, LaunchType, Volume};
use crate::model::stack::{Resource, Stack};
use crate::value::{Address, Resolvable, Set, Value};

/// Why the count is left alone where the manifest says none: scaling or a person chose it.
const COUNT_STAYS: &str = "not in the manifest";

/// A count of 0 does not stay: it may be what is left of a deletion that was interrupted. Nor does that
/// of a daemon, which has none: what takes its place begins with the manifest's.
pub(super) fn keep_counts(desired: &mut [Desired<ServiceSpec>], live: &[Live<ServiceSpec>]) {
    for row in desired {
        let address = Some(Address::new(super::Service::NAME, &row.name));
        let own = || live.iter().filter(|live| live.marks.resource == address);
        if own().any(|live| live.spec.desired_count == Some(0)) {
            row.ignore.retain(|(_, reason)| reason != COUNT_STAYS);
        }
        if own().any(|live| live.spec.is_daemon()) {
            row.ignore.retain(|(path, _)| path != "desiredCount");
        }
    }
}

pub(super) fn rows(stack: &Stack, facts: &Facts) -> Vec<Desired<ServiceSpec>> {
    let routes = routes(stack);
    let rows = stack.services.values().map(|service| {
        let routes: Vec<_> =
            routes.iter().filter(|route| route.service.name == service.name).collect();
        row(stack, facts, service, &routes)
    });
    rows.collect()
}

fn row(
    stack: &Stack,
    facts: &Facts,
    service: &Resource<model::Service>,
    routes: &[&Route<'_>],
) -> Desired<ServiceSpec> {
    let origin = Origin::of(stack, "service", service);
    let mut row = origin.main(&service.name, spec(&origin, stack, facts, service, routes));
    if service.value.scaling.is_some() {
        row = row.ignoring("desiredCount", "owned by scaling");
    } else if service.value.keeps_count {
        row = row.ignoring("desiredCount", COUNT_STAYS);
    }
    // ECS refuses a strategy with a provider that the cluster does not have.
    row = row.after("cluster-capacity-providers", &service.value.cluster);
    for group in groups(stack, &service.value) {
        row = row.after("auto-scaling-group", &group);
    }
    for route in routes {
        row.after.extend(route.ways_in());
    }
    for target in mount_targets(stack, facts, service) {
        row = row.after("mount-target", &target);
    }
    row
}

fn spec(
    origin: &Origin<'_>,
    stack: &Stack,
    facts: &Facts,
    service: &Resource<model::Service>,
    routes: &[&Route<'_>],
) -> ServiceSpec {
    let value = &service.value;
    let (launch_type, strategy) = capacity(stack, &value.cluster, &value.capacity);
    ServiceSpec {
        cluster: Resolvable::reference("cluster", &value.cluster, "arn"),
        service_name: service.physical_name.clone(),
        task_definition: Resolvable::reference("task-definition", &service.name, "arn"),
        desired_count: desired_count(value),
        launch_type,
        capacity_provider_strategy: strategy,
        returns_to: None,
        platform_version: value.platform_version.clone(),
        network: network(facts, &value.network, &format!("service-{}", service.name)),
        awsvpc: value.network.interface.is_none().then_some(false),
        placement_strategy: value.placement_strategy.iter().map(PlacementStrategy::of).collect(),
        placement_constraints: value
            .placement_constraints
            .iter()
            .map(PlacementConstraint::of)
            .collect(),
        load_balancers: routes
            .iter()
            .map(|route| LoadBalancer::of(route))
            .chain(value.classic.as_ref().map(LoadBalancer::classic))
            .collect(),
        deployment: Deployment::of(
            &value.deployment,
            value.minimum_healthy_percent,
            value.maximum_percent,
        ),
        health_check_grace_period_seconds: value.health_check_grace_period,
        enable_execute_command: value.enable_execute_command,
        enable_ecs_managed_tags: true,
        propagate_tags: spelled(&value.propagate_tags),
        availability_zone_rebalancing: Some(toggle(value.availability_zone_rebalancing)),
        scheduling_strategy: spelled(&value.scheduling),
        rollout: RolloutState::Completed,
        tags: origin.main_tags(super::Service::NAME, &service.name),
    }
}

/// The count to begin with: within what scaling allows, which would move it there at once.
fn desired_count(service: &model::Service) -> Option<u32> {
    let count = service.desired_count?;
    Some(match &service.scaling {
        Some(scaling) => count.min(scaling.max).max(scaling.min),
        None => count,
    })
}

/// The launch type, or the strategy by the names that AWS knows the providers by.
pub(super) fn capacity(
    stack: &Stack,
    cluster: &str,
    capacity: &Capacity,
) -> (Option<String>, Set<StrategyItem>) {
    let items = match capacity {
        Capacity::LaunchType(launch_type) => {
            return (Some(spelled(launch_type)), Set::default());
        }
        Capacity::Strategy(items) => items.iter(),
    };
    let cluster = stack.clusters.get(cluster);
    let strategy = items.map(|item| StrategyItem {
        provider: cluster.map_or_else(
            || item.provider.word().to_owned(),
            |cluster| cluster.value.provider_name(&item.provider),
        ),
        weight: item.weight,
        base: item.base,
    });
    (None, strategy.collect())
}

/// `group` is the name in the address of the security group.
pub(super) fn network(
    facts: &Facts,
    network: &model::ServiceNetwork,
    group: &str,
) -> Option<Network> {
    let interface = network.interface.as_ref()?;
    let subnets = facts.networks.get(&network.network).into_iter().flat_map(|facts| &facts.subnets);
    let own = Resolvable::reference("security-group", group, "id");
    let further = interface.security_groups.iter().map(|id| id.as_str().into());
    Some(Network {
        subnets: subnets.map(|subnet| subnet.id.clone()).collect(),
        security_groups: further.chain([own]).collect(),
        assign_public_ip: toggle(interface.assign_public_ip),
    })
}

/// The groups of instances that tasks go to without a capacity provider: one would start them itself.
fn groups(stack: &Stack, service: &model::Service) -> Vec<String> {
    let Capacity::LaunchType(LaunchType::Ec2) = &service.capacity else { return vec![] };
    let cluster = stack.clusters.get(&service.cluster).into_iter();
    let instances = cluster.flat_map(|cluster| &cluster.value.instances);
    instances.map(|instances| format!("{}-{}", service.cluster, instances.name)).collect()
}

/// Tasks resolve a file system's name to the mount target of their own zone, so all must be there.
fn mount_targets(stack: &Stack, facts: &Facts, service: &Resource<model::Service>) -> Vec<String> {
    let volumes = service.value.task.volumes.values();
    let volumes = volumes.filter_map(Volume::efs);
    let file_systems = volumes.filter_map(|efs| stack.file_systems.get_key_value(&efs.file_system));
    let targets = file_systems.flat_map(|(name, file_system)| {
        let network = match &file_system.value.source {
            FileSystemSource::Managed(managed) => facts.networks.get(&managed.network),
            FileSystemSource::Existing { .. } => None,
        };
        let subnets = network.into_iter().flat_map(|network| &network.subnets);
        subnets.map(move |subnet| format!("{name}-{}", subnet.availability_zone))
    });
    let mut targets: Vec<_> = targets.collect();
    targets.sort();
    targets.dedup();
    targets
}

fn toggle(flag: bool) -> String {
    if flag { "ENABLED" } else { "DISABLED" }.to_owned()
}

/// A word as manifests and AWS spell it.
fn spelled(word: &impl serde::Serialize) -> String {
    Value::of(word).to_string()
}
