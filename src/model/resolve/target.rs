//! The target groups and rules of a service.

use super::load_balancer::IMPLICIT_LISTENER;
use super::{Context, texts};
use crate::model::documents::listener::ListenerProtocol;
use crate::model::documents::load_balancer::BalancerType;
use crate::model::documents::routing::{
    self as document, HealthCheckProtocol, ProtocolVersion, ServiceLoadBalancer, StickinessType,
};
use crate::model::documents::service::Service;
use crate::model::manifests::Manifests;
use crate::model::resolved::service::{
    Container, NetworkMode, Priority, Rule, Stickiness, Target, TargetHealthCheck, TargetType,
    Task, Traits,
};

/// AWS's default of 300s makes every rollout wait five minutes for idle connections.
const DEREGISTRATION_DELAY: u32 = 60;
/// Seconds; AWS's own default.
const COOKIE_DURATION: u32 = 86_400;

pub(super) fn resolve(context: &Context<'_>, service: &Service, task: &Task) -> Vec<Target> {
    let mut targets: Vec<Target> = vec![];
    for written in &service.load_balancers {
        let mut target = target(context, service, task, written);
        let namesakes = targets.iter().filter(|other| identity(other) == identity(&target)).count();
        target.target_group_name = context
            .names
            .target_group(&service.name, &format!("{} {namesakes}", identity(&target)));
        targets.push(target);
    }
    targets
}

/// What tells the target groups of a service apart; hosts and paths may change without a new target group.
fn identity(target: &Target) -> String {
    format!(
        "{} {} {} {}",
        target.load_balancer, target.listener, target.container, target.container_port
    )
}

fn target(
    context: &Context<'_>,
    service: &Service,
    task: &Task,
    written: &ServiceLoadBalancer,
) -> Target {
    let container = container(&task.containers, written);
    let container_name =
        container.map(|container| container.name.clone()).or_else(|| written.container.clone());
    let first_port =
        container.and_then(|container| container.ports.first()).map(|port| port.container_port);
    let listener = listener(context.manifests, written);
    let protocol = protocol(context.manifests, written, &listener);
    let target_type = target_type(task.network_mode);
    Target {
        target_group_name: String::new(),
        load_balancer: written.load_balancer.clone(),
        listener,
        container: container_name.unwrap_or_else(|| service.name.clone()),
        container_port: written.port.or(first_port).unwrap_or_default(),
        protocol,
        target_type,
        rule: rule(written),
        health_check: health_check(written, protocol),
        protocol_version: written.protocol_version,
        deregistration_delay: written
            .deregistration_delay
            .map_or(DEREGISTRATION_DELAY, |delay| delay.0),
        stickiness: stickiness(written),
        cross_zone: written.cross_zone,
        traits: traits(written, protocol, target_type),
        attributes: texts(&written.attributes),
    }
}

fn container<'a>(
    containers: &'a [Container],
    written: &ServiceLoadBalancer,
) -> Option<&'a Container> {
    let mut containers = containers.iter();
    match &written.container {
        Some(name) => containers.find(|container| container.name == *name),
        None => containers.find(|container| container.essential && !container.ports.is_empty()),
    }
}

/// ECS takes no other: tasks without an address of their own are reached by that of their instance.
fn target_type(network_mode: NetworkMode) -> TargetType {
    match network_mode {
        NetworkMode::Awsvpc => TargetType::Ip,
        NetworkMode::Bridge | NetworkMode::Host | NetworkMode::None => TargetType::Instance,
    }
}

/// As written, or as the listener of a Network Load Balancer, without TLS.
fn protocol(
    manifests: &Manifests,
    written: &ServiceLoadBalancer,
    listener: &str,
) -> ListenerProtocol {
    let balancer = manifests.load_balancers.get(&written.load_balancer);
    let balancer = balancer.map(|balancer| &balancer.document);
    let listener = balancer
        .filter(|balancer| balancer.balancer_type == BalancerType::Network)
        .and_then(|balancer| balancer.listeners.iter().find(|other| other.name == listener))
        .and_then(|listener| listener.protocol);
    written.protocol.unwrap_or(match listener {
        None | Some(ListenerProtocol::Http | ListenerProtocol::Https) => ListenerProtocol::Http,
        Some(ListenerProtocol::Tcp | ListenerProtocol::Tls) => ListenerProtocol::Tcp,
        Some(ListenerProtocol::Udp) => ListenerProtocol::Udp,
        Some(ListenerProtocol::TcpUdp) => ListenerProtocol::TcpUdp,
    })
}

fn stickiness(written: &ServiceLoadBalancer) -> Stickiness {
    let by = match &written.stickiness {
        None => return Stickiness::Off,
        Some(document::Stickiness::For(time)) => {
            return Stickiness::LoadBalancerCookie { duration: time.0 };
        }
        Some(document::Stickiness::By(by)) => by,
    };
    let duration = by.duration.map_or(COOKIE_DURATION, |time| time.0);
    match by.stickiness_type {
        StickinessType::LbCookie => Stickiness::LoadBalancerCookie { duration },
        StickinessType::AppCookie => {
            let name = by.cookie.clone().unwrap_or_default();
            Stickiness::ApplicationCookie { name, duration }
        }
        StickinessType::SourceIp => Stickiness::SourceIp,
    }
}

fn traits(
    written: &ServiceLoadBalancer,
    protocol: ListenerProtocol,
    target_type: TargetType,
) -> Traits {
    if protocol.is_http() {
        return Traits::Application {
            algorithm: written.algorithm.unwrap_or_default(),
            slow_start: written.slow_start.map_or(0, |time| time.0),
        };
    }
    // AWS's own defaults.
    let preserves = match target_type {
        TargetType::Ip => protocol.transports().contains(&"udp"),
        TargetType::Instance => true,
    };
    Traits::Network {
        preserve_client_ip: written.preserve_client_ip.unwrap_or(preserves),
        proxy_protocol: written.proxy_protocol.unwrap_or_default(),
        connection_termination: written.connection_termination.unwrap_or_default(),
    }
}

/// The listener as written, or the only one, or the only one that does not redirect.
fn listener(manifests: &Manifests, written: &ServiceLoadBalancer) -> String {
    if let Some(listener) = &written.listener {
        return listener.clone();
    }
    let listeners = manifests.load_balancers.get(&written.load_balancer);
    let listeners = listeners.map_or(&[][..], |balancer| &balancer.document.listeners);
    let serving: Vec<_> = listeners.iter().filter(|listener| listener.redirect.is_none()).collect();
    match (listeners, &serving[..]) {
        ([only], _) => only.name.clone(),
        (_, [serving]) => serving.name.clone(),
        ([], _) => IMPLICIT_LISTENER.to_owned(),
        (_, _) => String::new(),
    }
}

fn rule(written: &ServiceLoadBalancer) -> Rule {
    let is_open = written.hosts.is_empty() && written.paths.is_empty();
    let paths = if is_open { vec!["/*".to_owned()] } else { written.paths.clone() };
    let priority = written.priority.map_or(Priority::Automatic, Priority::Explicit);
    Rule { priority, hosts: written.hosts.clone(), paths }
}

fn health_check(written: &ServiceLoadBalancer, protocol: ListenerProtocol) -> TargetHealthCheck {
    let is_grpc = protocol.is_http() && written.protocol_version == ProtocolVersion::Grpc;
    let (path, matcher) = if is_grpc { ("/AWS.ALB/healthcheck", "12") } else { ("/", "200") };
    let check = &written.health_check;
    let protocol = check.protocol.unwrap_or(match protocol {
        ListenerProtocol::Https => HealthCheckProtocol::Https,
        ListenerProtocol::Http => HealthCheckProtocol::Http,
        ListenerProtocol::Tcp
        | ListenerProtocol::Udp
        | ListenerProtocol::TcpUdp
        | ListenerProtocol::Tls => match check.path {
            Some(_) => HealthCheckProtocol::Http,
            None => HealthCheckProtocol::Tcp,
        },
    });
    let http = |written: Option<&str>, default: &str| {
        protocol.is_http().then(|| written.unwrap_or(default).to_owned())
    };
    TargetHealthCheck {
        protocol,
        port: check.port,
        path: http(check.path.as_deref(), path),
        interval: check.interval.0,
        timeout: check.timeout.0,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
        matcher: http(check.matcher.as_ref().map(|matcher| matcher.0.as_str()), matcher),
    }
}
