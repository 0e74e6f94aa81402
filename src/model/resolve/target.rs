//! The target groups of a service.

use super::{Context, rule, texts};
use crate::model::documents::routing::{ProtocolVersion, ServiceLoadBalancer};
use crate::model::documents::service::Service;
use crate::model::resolved::service::{Container, Target, TargetHealthCheck};

/// AWS's default of 300s makes every rollout wait five minutes for idle connections.
const DEREGISTRATION_DELAY: u32 = 60;

pub(super) fn resolve(
    context: &Context<'_>,
    service: &Service,
    containers: &[Container],
) -> Vec<Target> {
    let mut targets: Vec<Target> = vec![];
    for written in &service.load_balancers {
        let mut target = target(context, service, containers, written);
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
    containers: &[Container],
    written: &ServiceLoadBalancer,
) -> Target {
    let container = written.container.as_ref().map_or_else(
        || containers.iter().find(|container| container.essential && !container.ports.is_empty()),
        |name| containers.iter().find(|container| container.name == *name),
    );
    let container_name =
        container.map(|container| container.name.clone()).or_else(|| written.container.clone());
    let first_port =
        container.and_then(|container| container.ports.first()).map(|port| port.container_port);
    Target {
        target_group_name: String::new(),
        load_balancer: written.load_balancer.clone(),
        listener: rule::listener_of_target(context.manifests, written),
        container: container_name.unwrap_or_else(|| service.name.clone()),
        container_port: written.port.or(first_port).unwrap_or_default(),
        rule: rule::of_target(written),
        health_check: health_check(written),
        protocol_version: written.protocol_version,
        deregistration_delay: written
            .deregistration_delay
            .map_or(DEREGISTRATION_DELAY, |delay| delay.0),
        stickiness: written.stickiness.map(|time| time.0),
        attributes: texts(&written.attributes),
    }
}

fn health_check(written: &ServiceLoadBalancer) -> TargetHealthCheck {
    let (path, matcher) = match written.protocol_version {
        ProtocolVersion::Http1 | ProtocolVersion::Http2 => ("/", "200"),
        ProtocolVersion::Grpc => ("/AWS.ALB/healthcheck", "12"),
    };
    let check = &written.health_check;
    TargetHealthCheck {
        path: check.path.clone().unwrap_or_else(|| path.to_owned()),
        interval: check.interval.0,
        timeout: check.timeout.0,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
        matcher: check.matcher.as_ref().map_or(matcher, |matcher| &matcher.0).to_owned(),
    }
}
