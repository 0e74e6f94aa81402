//! The target groups of a service.

use super::{Context, classic_load_balancer, rule, texts};
use crate::model::documents::deployment::DeploymentStrategy;
use crate::model::documents::listener::ListenerProtocol;
use crate::model::documents::load_balancer::BalancerType;
use crate::model::documents::routing::{
    self as document, HealthCheckProtocol, ProtocolVersion, ServiceLoadBalancer, StickinessType,
};
use crate::model::documents::service::Service;
use crate::model::manifests::Manifests;
use crate::model::resolved::service::{
    Container, NetworkMode, Shift, Stickiness, Target, TargetHealthCheck, TargetType, Task, Traits,
};

/// AWS's default of 300s makes every rollout wait five minutes for idle connections.
const DEREGISTRATION_DELAY: u32 = 60;
/// Seconds; AWS's own default.
const COOKIE_DURATION: u32 = 86_400;

pub(super) fn resolve(context: &Context<'_>, service: &Service, task: &Task) -> Vec<Target> {
    let mut targets: Vec<Target> = vec![];
    let manifests = context.manifests;
    let mut written = service.load_balancers.iter();
    for written in written.by_ref().filter(|it| !classic_load_balancer::is_named(manifests, it)) {
        let mut target = target(context, service, task, written);
        let namesakes = targets.iter().filter(|other| identity(other) == identity(&target)).count();
        target.target_group_name = context
            .names
            .target_group(&service.name, &format!("{} {namesakes}", identity(&target)));
        target.shift = shift(context, service, written, &target, namesakes);
        targets.push(target);
    }
    targets
}

fn shift(
    context: &Context<'_>,
    service: &Service,
    written: &ServiceLoadBalancer,
    target: &Target,
    namesakes: usize,
) -> Option<Shift> {
    let identity = format!("{} {namesakes} alternate", identity(target));
    // A listener of a Network Load Balancer has no rule whose weights ECS could move.
    let shifts = service.deployment.strategy != DeploymentStrategy::Rolling;
    (shifts && target.protocol.is_http()).then(|| Shift {
        target_group_name: context.names.target_group(&service.name, &identity),
        test_listener: written.test_listener.clone(),
    })
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
    let listener = rule::listener_of_target(context.manifests, written);
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
        rule: rule::of_target(written).filter(|_| protocol.is_http()),
        shift: None,
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
