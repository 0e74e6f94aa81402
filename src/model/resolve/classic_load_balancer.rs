//! A `LoadBalancer` document to a Classic Load Balancer, and a service's entry to what is behind it.

use super::{Context, load_balancer};
use crate::model::documents::load_balancer as document;
use crate::model::documents::load_balancer::BalancerType;
use crate::model::documents::routing::ServiceLoadBalancer;
use crate::model::documents::service::Service;
use crate::model::manifests::Manifests;
use crate::model::names;
use crate::model::resolved::classic_load_balancer::{
    ClassicLoadBalancer, ClassicTarget, HealthCheck, Listener, ListenerProtocol,
};
use crate::model::resolved::task::{Container, Task};

const IDLE_TIMEOUT: u32 = 60;
/// As for target groups.
const DRAINING: u32 = 60;

/// None for the other types.
pub(super) fn resolve(
    context: &Context<'_>,
    balancer: &document::LoadBalancer,
) -> Option<ClassicLoadBalancer> {
    let listener = |written: &document::Listener| Listener {
        name: written.name.clone(),
        protocol: load_balancer::protocol(written),
        port: load_balancer::port(written),
        certificate: written.certificates.first().cloned(),
    };
    let listeners = match &balancer.listeners[..] {
        [] => vec![implicit_listener()],
        listeners => listeners.iter().map(listener).collect(),
    };
    (balancer.balancer_type == BalancerType::Classic).then(|| ClassicLoadBalancer {
        scheme: balancer.scheme,
        network: context.network_name(balancer.network.as_deref()),
        security_group_name: context.names.part(names::SECURITY_GROUP, &balancer.name, "lb"),
        security_groups: balancer.security_groups.iter().map(|group| group.0.clone()).collect(),
        ingress: balancer.ingress.clone().unwrap_or_else(|| vec!["0.0.0.0/0".to_owned()]),
        listeners,
        idle_timeout: balancer.idle_timeout.map_or(IDLE_TIMEOUT, |timeout| timeout.0),
        cross_zone: balancer.cross_zone.unwrap_or(true),
    })
}

fn implicit_listener() -> Listener {
    Listener {
        name: load_balancer::IMPLICIT_LISTENER.to_owned(),
        protocol: ListenerProtocol::Http,
        port: 80,
        certificate: None,
    }
}

/// Whether an entry of a service names a Classic Load Balancer.
pub(super) fn is_named(manifests: &Manifests, written: &ServiceLoadBalancer) -> bool {
    let balancer = manifests.load_balancers.get(&written.load_balancer);
    balancer.is_some_and(|it| it.document.balancer_type == BalancerType::Classic)
}

/// The Classic Load Balancer of a service: AWS takes one.
pub(super) fn target(
    manifests: &Manifests,
    service: &Service,
    task: &Task,
) -> Option<ClassicTarget> {
    let written = service.load_balancers.iter().find(|written| is_named(manifests, written))?;
    let named = |container: &&Container| match &written.container {
        Some(name) => container.name == *name,
        None => container.essential && !container.ports.is_empty(),
    };
    let container = task.containers.iter().find(named);
    let ports = container.into_iter().flat_map(|container| &container.ports);
    let mut ports =
        ports.filter(|port| written.port.is_none_or(|number| number == port.container_port));
    let port = ports.next();
    let host_port = port.map_or(0, |port| port.host_port);
    Some(ClassicTarget {
        load_balancer: written.load_balancer.clone(),
        container: container.map_or_else(|| service.name.clone(), |it| it.name.clone()),
        container_port: port.map(|port| port.container_port).or(written.port).unwrap_or_default(),
        host_port,
        health_check: health_check(written, host_port),
        draining: written.deregistration_delay.map_or(DRAINING, |delay| delay.0),
    })
}

/// Without a path, a connection is enough.
fn health_check(written: &ServiceLoadBalancer, host_port: u16) -> HealthCheck {
    let check = &written.health_check;
    let port = check.port.unwrap_or(host_port);
    HealthCheck {
        target: match &check.path {
            Some(path) => format!("HTTP:{port}{path}"),
            None => format!("TCP:{port}"),
        },
        interval: check.interval.0,
        timeout: check.timeout.0,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
    }
}
