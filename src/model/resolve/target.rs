//! The target groups and rules of a service.

use super::load_balancer::IMPLICIT_LISTENER;
use super::{Context, texts};
use crate::model::documents::deployment::DeploymentStrategy;
use crate::model::documents::routing::{ProtocolVersion, ServiceLoadBalancer};
use crate::model::documents::service::Service;
use crate::model::manifests::Manifests;
use crate::model::resolved::service::{
    Container, Priority, Rule, Shift, Target, TargetHealthCheck,
};

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
    (service.deployment.strategy != DeploymentStrategy::Rolling).then(|| Shift {
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
        listener: listener(context.manifests, written),
        container: container_name.unwrap_or_else(|| service.name.clone()),
        container_port: written.port.or(first_port).unwrap_or_default(),
        rule: rule(written),
        shift: None,
        health_check: health_check(written),
        protocol_version: written.protocol_version,
        deregistration_delay: written
            .deregistration_delay
            .map_or(DEREGISTRATION_DELAY, |delay| delay.0),
        stickiness: written.stickiness.map(|time| time.0),
        attributes: texts(&written.attributes),
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
