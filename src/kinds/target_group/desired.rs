//! From a route of the stack to its target group.

use super::{HealthCheck, TargetGroup, TargetGroupSpec};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::kinds::shared::elb_attributes::Attributes;
use crate::kinds::shared::routing::Route;
use crate::model::resolved::service::{
    ProtocolVersion, Stickiness, Target, TargetHealthCheck, TargetType, Traits,
};
use crate::model::stack::Stack;
use crate::value::digest;

/// A target group's name has at most 32 characters: these, a hyphen and the hash.
const BASE_LENGTH: usize = 23;
const HASH_LENGTH: usize = 8;

/// The target group of a route with this name in its address, or the second one.
pub(super) fn desired(
    stack: &Stack,
    facts: &Facts,
    route: &Route<'_>,
    name: &str,
    base: &str,
) -> Desired<TargetGroupSpec> {
    let target = route.target;
    let origin = Origin::of(stack, "service", route.service);
    let network = &route.service.value.network.network;
    let network = facts.networks.get(network).expect("facts know every network of the stack");
    let mut spec = TargetGroupSpec {
        name: String::new(),
        vpc: network.vpc.clone(),
        port: target.container_port,
        protocol: target.protocol.word().to_owned(),
        protocol_version: route
            .has_rule()
            .then(|| protocol_version(target.protocol_version).to_owned()),
        target_type: match target.target_type {
            TargetType::Ip => "ip".to_owned(),
            TargetType::Instance => "instance".to_owned(),
        },
        health_check: health_check(&target.health_check),
        attributes: attributes(target),
        tags: origin.tags(TargetGroup::NAME, name),
    };
    spec.name = physical_name(base, &balancer(stack, facts, target), &spec);
    origin.part(name, spec)
}

/// What tells load balancers apart in AWS.
fn balancer(stack: &Stack, facts: &Facts, target: &Target) -> String {
    let made = stack.load_balancers.get(&target.load_balancer);
    let existing = facts.load_balancers.get(&target.load_balancer);
    let made = made.map(|balancer| balancer.physical_name.clone());
    made.or(existing.map(|balancer| balancer.arn.clone())).unwrap_or_default()
}

fn health_check(check: &TargetHealthCheck) -> HealthCheck {
    HealthCheck {
        protocol: check.protocol.word().to_owned(),
        path: check.path.clone(),
        port: check.port.map_or_else(|| "traffic-port".to_owned(), |port| port.to_string()),
        interval: check.interval,
        timeout: check.timeout,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
        matcher: check.matcher.clone(),
    }
}

/// The hash covers the whole of `base` too: what is cut off may be all that tells two names apart.
/// And it covers the load balancer: a group belongs to one, so a new load balancer, made before the
/// old one goes, needs a new group.
pub(super) fn physical_name(base: &str, balancer: &str, spec: &TargetGroupSpec) -> String {
    let TargetGroupSpec { vpc, port, protocol, protocol_version, target_type, .. } = spec;
    let version = protocol_version.as_deref().unwrap_or_default();
    let fixed = format!("{base} {balancer} {vpc} {port} {protocol} {version} {target_type}");
    let hash = &digest(fixed.as_bytes())[..HASH_LENGTH];
    let start: String = base.chars().take(BASE_LENGTH).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

fn protocol_version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::Http1 => "HTTP1",
        ProtocolVersion::Http2 => "HTTP2",
        ProtocolVersion::Grpc => "GRPC",
    }
}

fn attributes(target: &Target) -> Attributes {
    let mut attributes = target.attributes.clone();
    let mut set = |key: &str, value: String| {
        attributes.insert(key.to_owned(), value);
    };
    set("deregistration_delay.timeout_seconds", target.deregistration_delay.to_string());
    let cross_zone = target.cross_zone.map(|crosses| crosses.to_string());
    let inherited = || "use_load_balancer_configuration".to_owned();
    set("load_balancing.cross_zone.enabled", cross_zone.unwrap_or_else(inherited));
    stickiness(&target.stickiness, &mut set);
    traits(&target.traits, &mut set);
    attributes
}

fn stickiness(stickiness: &Stickiness, set: &mut impl FnMut(&str, String)) {
    let (stickiness_type, duration) = match stickiness {
        Stickiness::Off => return set("stickiness.enabled", false.to_string()),
        Stickiness::LoadBalancerCookie { duration } => ("lb_cookie", Some(duration)),
        Stickiness::ApplicationCookie { name, duration } => {
            set("stickiness.app_cookie.cookie_name", name.clone());
            ("app_cookie", Some(duration))
        }
        Stickiness::SourceIp => ("source_ip", None),
    };
    set("stickiness.enabled", true.to_string());
    set("stickiness.type", stickiness_type.to_owned());
    if let Some(seconds) = duration {
        set(&format!("stickiness.{stickiness_type}.duration_seconds"), seconds.to_string());
    }
}

fn traits(traits: &Traits, set: &mut impl FnMut(&str, String)) {
    match traits {
        Traits::Application { algorithm, slow_start } => {
            set("load_balancing.algorithm.type", algorithm.word().to_owned());
            set("slow_start.duration_seconds", slow_start.to_string());
        }
        Traits::Network { preserve_client_ip, proxy_protocol, connection_termination } => {
            set("preserve_client_ip.enabled", preserve_client_ip.to_string());
            set("proxy_protocol_v2.enabled", proxy_protocol.to_string());
            let terminates = connection_termination.to_string();
            set("deregistration_delay.connection_termination.enabled", terminates);
        }
    }
}
