//! How load balancers reach services: targets that exist, priorities, health checks, attributes.

use std::collections::BTreeMap;

use super::listener_rules::RuleView;
use super::table::{Entry, balanced};
use super::{Bounds, Scope, ServiceView, within};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::load_balancer::ListenerProtocol;
use crate::model::resolved::service::{
    PortMapping, Priority, ProtocolVersion, Stickiness, Target, TransportProtocol,
};

/// Target groups of a service.
const MOST_TARGETS: usize = 5;
/// Security groups besides our own: five in all.
const MOST_GROUPS: usize = 4;
/// Attributes that have a field of their own.
const FIELDS: [(&str, &str); 12] = [
    ("deregistration_delay.timeout_seconds", "deregistrationDelay"),
    ("deregistration_delay.connection_termination.enabled", "connectionTermination"),
    ("stickiness.enabled", "stickiness"),
    ("stickiness.type", "stickiness"),
    ("stickiness.lb_cookie.duration_seconds", "stickiness"),
    ("stickiness.app_cookie.duration_seconds", "stickiness"),
    ("stickiness.app_cookie.cookie_name", "stickiness"),
    ("slow_start.duration_seconds", "slowStart"),
    ("load_balancing.algorithm.type", "algorithm"),
    ("load_balancing.cross_zone.enabled", "crossZone"),
    ("preserve_client_ip.enabled", "preserveClientIp"),
    ("proxy_protocol_v2.enabled", "proxyProtocol"),
];

/// A service behind a load balancer with an entry for each of these paths.
macro_rules! targets {
    ($($path:literal)*) => {
        concat!(
            "{ kind: LoadBalancer, name: public }\n---\n{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [",
            $("{ loadBalancer: public, paths: [/", $path, "] }, ",)*
            "] }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "unknown-port",
        rule: "the port that gets the requests is one of the container's",
        source: "Amazon ECS API Reference, LoadBalancer",
        wrong: balanced!("port: 81"),
        right: balanced!("port: 80"),
    },
    Entry {
        code: "dangling-reference",
        rule: "the container that gets the requests is one of the service",
        source: "Amazon ECS API Reference, LoadBalancer",
        wrong: balanced!("container: wep"),
        right: balanced!("container: web"),
    },
    Entry {
        code: "too-many-targets",
        rule: "a service has at most 5 target groups",
        source: "Amazon ECS Developer Guide, multiple target groups",
        wrong: targets!(1 2 3 4 5 6),
        right: targets!(1 2 3 4 5),
    },
    Entry {
        code: "too-many-security-groups",
        rule: "a service has at most 4 `securityGroups` besides its own",
        source: "Amazon ECS API Reference, AwsVpcConfiguration",
        wrong: "{ kind: Service, name: web, image: x, network: { securityGroups: [sg-12345670, sg-12345671, sg-12345672, sg-12345673, sg-12345674] } }",
        right: "{ kind: Service, name: web, image: x, network: { securityGroups: [sg-12345670, sg-12345671, sg-12345672, sg-12345673] } }",
    },
    Entry {
        code: "health-check-timeout",
        rule: "a health check ends before the next one begins",
        source: "Elastic Load Balancing API Reference, CreateTargetGroup",
        wrong: balanced!("healthCheck: { interval: 5s }"),
        right: balanced!("healthCheck: { interval: 6s }"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `interval` of a target's health check is 5s to 300s",
        source: "Elastic Load Balancing API Reference, CreateTargetGroup",
        wrong: balanced!("healthCheck: { interval: 301s }"),
        right: balanced!("healthCheck: { interval: 300s }"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `timeout` of a target's health check is 2s to 120s",
        source: "Elastic Load Balancing API Reference, CreateTargetGroup",
        wrong: balanced!("healthCheck: { timeout: 121s, interval: 5m }"),
        right: balanced!("healthCheck: { timeout: 120s, interval: 5m }"),
    },
    Entry {
        code: "health-check-matcher",
        rule: "statuses that count as healthy are 200 to 499 with an Application Load Balancer, 0 to 99 with gRPC, 200 to 599 with a Network Load Balancer",
        source: "Elastic Load Balancing API Reference, Matcher",
        wrong: balanced!("healthCheck: { matcher: 200-600 }"),
        right: balanced!("healthCheck: { matcher: '200,300-399' }"),
    },
    Entry {
        code: "grpc-listener",
        rule: "gRPC comes by an HTTPS listener",
        source: "Elastic Load Balancing, target groups for Application Load Balancers",
        wrong: balanced!("protocolVersion: GRPC"),
        right: balanced!("protocolVersion: HTTP2"),
    },
    Entry {
        code: "out-of-range",
        rule: "`deregistrationDelay` is 0s to 3600s",
        source: "Elastic Load Balancing API Reference, TargetGroupAttribute",
        wrong: balanced!("deregistrationDelay: 3601"),
        right: balanced!("deregistrationDelay: 1h"),
    },
    Entry {
        code: "attribute-has-field",
        rule: "an attribute of a target group that has a field is written there",
        source: "",
        wrong: balanced!("attributes: { stickiness.enabled: true }"),
        right: balanced!("stickiness: 1d"),
    },
    Entry {
        code: "duplicate-priority",
        rule: "the rules of a listener have priorities of their own",
        source: "Elastic Load Balancing API Reference, CreateRule",
        wrong: balanced!("priority: 5 }, { loadBalancer: public, paths: [/api], priority: 5"),
        right: balanced!("priority: 5 }, { loadBalancer: public, paths: [/api], priority: 6"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = scope.each_service(|service| {
        let targets = service.value.load_balancers.iter().enumerate();
        let views = targets.map(|(index, target)| TargetView { service, target, index });
        let mut problems: Vec<_> = views.flat_map(|view| view.check(scope)).collect();
        if service.value.load_balancers.len() > MOST_TARGETS {
            let message = format!(
                "a service has at most {MOST_TARGETS} target groups, but this has {}",
                service.value.load_balancers.len()
            );
            problems.push(
                Problem::error("too-many-targets", message)
                    .at(&service.written.key("/loadBalancers"), "too many"),
            );
        }
        problems
    });
    problems.extend(scope.each_workload(|workload| {
        let groups = workload.document().network.security_groups.len();
        let place = || workload.written.key("/network/securityGroups");
        too_many_groups(groups, place).into_iter().collect()
    }));
    problems.extend(priorities(scope));
    problems
}

pub(super) fn too_many_groups(count: usize, place: impl Fn() -> Span) -> Option<Problem> {
    let problem = || {
        let message = format!(
            "at most {MOST_GROUPS} further security groups are possible, but there are {count}"
        );
        Problem::error("too-many-security-groups", message)
            .at(&place(), "too many")
            .hint("AWS allows five, one of which ecsctl makes")
    };
    (count > MOST_GROUPS).then(problem)
}

/// Explicit priorities are unique for each listener.
fn priorities(scope: &Scope<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<(&str, &str, u32), Span> = BTreeMap::new();
    let mut problems = vec![];
    for view in RuleView::all(scope) {
        let Priority::Explicit(priority) = view.rule.priority else { continue };
        let place = view.value("priority");
        let key = (view.load_balancer, view.listener, priority);
        let Some(earlier) = first.get(&key) else {
            first.insert(key, place);
            continue;
        };
        let message = format!("two rules of listener `{}` have priority {priority}", view.listener);
        problems.push(
            Problem::error("duplicate-priority", message)
                .at(&place, "this one")
                .at(earlier, "the first one")
                .hint("change one, or leave both out: more specific rules then come first"),
        );
    }
    problems
}

/// A target and where it is written.
struct TargetView<'a> {
    service: &'a ServiceView<'a>,
    target: &'a Target,
    index: usize,
}

impl TargetView<'_> {
    fn value(&self, field: &str) -> Span {
        self.service.written.value(&format!("/loadBalancers/{}/{field}", self.index))
    }

    fn key(&self, field: &str) -> Span {
        self.service.written.key(&format!("/loadBalancers/{}/{field}", self.index))
    }

    fn check(&self, scope: &Scope<'_>) -> Vec<Problem> {
        let mut problems = vec![];
        problems.extend(self.container());
        problems.extend(self.health_check());
        problems.extend(self.grpc(scope));
        problems.extend(self.times());
        problems.extend(self.attributes());
        problems
    }

    fn container(&self) -> Option<Problem> {
        let Target { container: name, container_port: port, .. } = self.target;
        let Some(container) = self.service.containers().find(|view| view.container.name == *name)
        else {
            if self.service.value.task.containers.is_empty() {
                return None;
            }
            let names: Vec<_> =
                self.service.containers().map(|view| view.container.name.clone()).collect();
            return Some(
                Problem::error("dangling-reference", format!("no container `{name}`"))
                    .at(&self.value("container"), "no container of the service has this name")
                    .did_you_mean(name, names.iter().map(String::as_str)),
            );
        };
        let ports = |transport: &str| {
            let transport = transport.to_owned();
            let is_meant = move |port: &&PortMapping| word(port.protocol) == transport;
            container.container.ports.iter().filter(is_meant)
        };
        let transports = self.target.protocol.transports();
        let has_port =
            |transport: &str| ports(transport).any(|other| other.container_port == *port);
        let transport = transports.iter().find(|transport| !has_port(transport))?;
        let known: Vec<_> = ports(transport).map(|port| port.container_port.to_string()).collect();
        let message = match port {
            0 => format!("container `{name}` has no port for the load balancer"),
            port => format!("container `{name}` has no {transport} port {port}"),
        };
        let problem = Problem::error("unknown-port", message)
            .at(&self.value("port"), "no such port")
            .at(&container.name_span(), "this container");
        Some(if known.is_empty() {
            problem.hint(format!("add the port to the `ports` of `{name}`"))
        } else {
            problem.hint(format!("its ports are {}", known.join(", ")))
        })
    }

    fn health_check(&self) -> Vec<Problem> {
        let check = &self.target.health_check;
        let bounds = [
            (Bounds { field: "interval", least: 5, most: 300 }, check.interval),
            (Bounds { field: "timeout", least: 2, most: 120 }, check.timeout),
        ];
        let wrong = bounds.iter().filter_map(|(bounds, value)| {
            within(bounds, Some(*value), || self.value(&format!("healthCheck/{}", bounds.field)))
        });
        let mut problems: Vec<_> = wrong.collect();
        if check.timeout >= check.interval {
            let message = format!(
                "`timeout` ({}s) must be less than `interval` ({}s)",
                check.timeout, check.interval
            );
            problems.push(
                Problem::error("health-check-timeout", message)
                    .at(&self.value("healthCheck/timeout"), "too long")
                    .at(&self.value("healthCheck/interval"), "the time between two checks"),
            );
        }
        let most = match self.target.protocol_version {
            _ if !self.target.protocol.is_http() => 200..=599,
            ProtocolVersion::Grpc => 0..=99,
            ProtocolVersion::Http1 | ProtocolVersion::Http2 => 200..=499,
        };
        if let Some(matcher) = &check.matcher
            && !is_matcher(matcher, &most)
        {
            let message = format!("`{matcher}` is not a list of statuses");
            let label = format!(
                "expected statuses between {} and {}, such as `200`, `200,302` or `200-299`",
                most.start(),
                most.end()
            );
            problems.push(
                Problem::error("health-check-matcher", message)
                    .at(&self.value("healthCheck/matcher"), label),
            );
        }
        problems
    }

    fn grpc(&self, scope: &Scope<'_>) -> Option<Problem> {
        let balancer = &scope.stack.load_balancers.get(&self.target.load_balancer)?.value;
        let listener =
            balancer.listeners.iter().find(|listener| listener.name == self.target.listener)?;
        let is_wrong = listener.protocol == ListenerProtocol::Http
            && self.target.protocol_version == ProtocolVersion::Grpc;
        is_wrong.then(|| {
            Problem::error(
                "grpc-listener",
                format!("gRPC needs an HTTPS listener, but `{}` is HTTP", listener.name),
            )
            .at(&self.value("protocolVersion"), "not over HTTP")
        })
    }

    fn times(&self) -> Vec<Problem> {
        let cookie = match self.target.stickiness {
            Stickiness::LoadBalancerCookie { duration }
            | Stickiness::ApplicationCookie { duration, .. } => Some(duration),
            Stickiness::Off | Stickiness::SourceIp => None,
        };
        let delay = Some(self.target.deregistration_delay);
        let times = [
            (Bounds { field: "deregistrationDelay", least: 0, most: 3600 }, delay),
            (Bounds { field: "stickiness", least: 1, most: 604_800 }, cookie),
        ];
        let check = |(bounds, value): &(Bounds, Option<u32>)| {
            within(bounds, *value, || self.value(bounds.field))
        };
        times.iter().filter_map(check).collect()
    }

    fn attributes(&self) -> Vec<Problem> {
        let shadowed =
            FIELDS.into_iter().filter(|(key, _)| self.target.attributes.contains_key(*key));
        let problem = |(key, field): (&str, &str)| {
            Problem::error("attribute-has-field", format!("`{key}` has a field of its own"))
                .at(&self.key(&format!("attributes/{key}")), "would be set twice")
                .hint(format!("write `{field}` instead"))
        };
        shadowed.map(problem).collect()
    }
}

fn word(protocol: TransportProtocol) -> &'static str {
    match protocol {
        TransportProtocol::Tcp => "tcp",
        TransportProtocol::Udp => "udp",
    }
}

fn is_matcher(matcher: &str, allowed: &std::ops::RangeInclusive<u32>) -> bool {
    let is_status = |text: &str| text.parse().is_ok_and(|status| allowed.contains(&status));
    matcher.split(',').all(|part| match part.split_once('-') {
        Some((first, last)) => is_status(first) && is_status(last) && first <= last,
        None => is_status(part),
    })
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn targets_are_as_aws_takes_them() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        unknown-port: container `web` has no tcp port 81 [81: no such port] [web: this container] -> its ports are 80
        dangling-reference: no container `wep` [wep: no container of the service has this name] -> did you mean `web`?
        too-many-targets: a service has at most 5 target groups, but this has 6 [loadBalancers: too many]
        too-many-security-groups: at most 4 further security groups are possible, but there are 5 [securityGroups: too many] -> AWS allows five, one of which ecsctl makes
        health-check-timeout: `timeout` (5s) must be less than `interval` (5s) [healthCheck: too long] [5s: the time between two checks]
        out-of-range: `interval` must be between 5 and 300, but is 301 [301s: expected 5 to 300]
        out-of-range: `timeout` must be between 2 and 120, but is 121 [121s: expected 2 to 120]
        health-check-matcher: `200-600` is not a list of statuses [200-600: expected statuses between 200 and 499, such as `200`, `200,302` or `200-299`]
        grpc-listener: gRPC needs an HTTPS listener, but `http` is HTTP [GRPC: not over HTTP]
        out-of-range: `deregistrationDelay` must be between 0 and 3600, but is 3601 [3601: expected 0 to 3600]
        attribute-has-field: `stickiness.enabled` has a field of its own [stickiness.enabled: would be set twice] -> write `stickiness` instead
        duplicate-priority: two rules of listener `http` have priority 5 [5: this one] [5: the first one] -> change one, or leave both out: more specific rules then come first
        ");
    }
}
