//! From a load balancer of the stack, and the service behind it, to a Classic Load Balancer.

use super::{Attributes, ClassicLoadBalancer, ClassicLoadBalancerSpec, HealthCheck, Listener};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::model::resolved::classic_load_balancer::{
    self as model, ClassicTarget, ListenerProtocol,
};
use crate::model::stack::{Resource, Stack};
use crate::value::Resolvable;

/// None as long as no service says to which port its listeners lead.
pub(super) fn rows(stack: &Stack, facts: &Facts) -> Vec<Desired<ClassicLoadBalancerSpec>> {
    let rows = stack.classic_load_balancers.values().filter_map(|balancer| {
        let targets = stack.services.values().filter_map(|service| service.value.classic.as_ref());
        let mut targets = targets.filter(|target| target.load_balancer == balancer.name);
        Some(row(stack, facts, balancer, targets.next()?))
    });
    rows.collect()
}

fn row(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<model::ClassicLoadBalancer>,
    target: &ClassicTarget,
) -> Desired<ClassicLoadBalancerSpec> {
    let balancer = &resource.value;
    let origin = Origin::of(stack, "load-balancer", resource);
    let network =
        facts.networks.get(&balancer.network).expect("facts know every network of the stack");
    let own_group =
        Resolvable::reference("security-group", &format!("load-balancer-{}", resource.name), "id");
    let further_groups = balancer.security_groups.iter().map(|id| id.as_str().into());
    let listeners = balancer.listeners.iter();
    let spec = ClassicLoadBalancerSpec {
        name: resource.physical_name.clone(),
        scheme: balancer.scheme,
        vpc: network.vpc.clone(),
        subnets: network.load_balancer_subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        security_groups: [own_group].into_iter().chain(further_groups).collect(),
        listeners: listeners
            .map(|it| (it.port.to_string(), listener(it, target.host_port)))
            .collect(),
        health_check: Some(health_check(target)),
        attributes: Attributes {
            cross_zone: balancer.cross_zone,
            connection_draining: target.draining,
            idle_timeout: balancer.idle_timeout,
        },
        tags: origin.main_tags(ClassicLoadBalancer::NAME, &resource.name),
    };
    origin.main(&resource.name, spec)
}

/// TLS ends at the load balancer.
fn listener(listener: &model::Listener, host_port: u16) -> Listener {
    let (protocol, instance_protocol) = match listener.protocol {
        ListenerProtocol::Http => ("HTTP", "HTTP"),
        ListenerProtocol::Https => ("HTTPS", "HTTP"),
        ListenerProtocol::Tls => ("SSL", "TCP"),
        // The rules bar datagrams.
        ListenerProtocol::Tcp | ListenerProtocol::Udp | ListenerProtocol::TcpUdp => ("TCP", "TCP"),
    };
    Listener {
        protocol: protocol.to_owned(),
        instance_protocol: instance_protocol.to_owned(),
        instance_port: host_port,
        certificate: listener.certificate.clone().unwrap_or_default(),
    }
}

fn health_check(target: &ClassicTarget) -> HealthCheck {
    let check = target.health_check.clone();
    HealthCheck {
        target: check.target,
        interval: check.interval,
        timeout: check.timeout,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
    }
}
