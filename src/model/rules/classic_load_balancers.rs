//! Classic Load Balancers: still to be had, for less than the other types can do.

use std::collections::BTreeMap;

use super::table::Entry;
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::deployment::DeploymentStrategy;
use crate::model::documents::load_balancer::{
    BalancerType, IpAddressType, Listener, ListenerProtocol, LoadBalancer,
};
use crate::model::documents::routing::{ProtocolVersion, ServiceLoadBalancer};
use crate::model::manifests::Written;
use crate::model::resolved::classic_load_balancer::ClassicTarget;
use crate::model::resolved::service::{LaunchType, NetworkMode};

const GUIDE: &str = "Amazon ECS Developer Guide, service load balancing";
const API: &str = "Elastic Load Balancing API Reference, version 2012-06-01";

/// A Classic Load Balancer with these fields, and a service on instances behind it.
macro_rules! classic {
    ($balancer:literal) => {
        classic!($balancer, "launchType: EC2, memory: 512", "")
    };
    ($balancer:literal, $service:literal, $entry:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: old, type: classic",
            $balancer,
            " }\n---\n{ kind: Service, name: web, ",
            $service,
            ", containers: [{ name: app, image: nginx, ports: [{ container: 80, host: 8080 }] }], loadBalancers: [{ loadBalancer: old",
            $entry,
            " }] }"
        )
    };
}

/// Manifests that break no rule are warned about all the same: these are right but for that.
const RIGHT: &str = "{ kind: LoadBalancer, name: public }\n---\n{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public }] }";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "classic-load-balancer",
        rule: "a Classic Load Balancer is of the generation before: an Application or Network Load Balancer does more",
        source: "Elastic Load Balancing User Guide, migrate your Classic Load Balancer",
        wrong: classic!(""),
        right: RIGHT,
    },
    Entry {
        code: "classic-network-mode",
        rule: "a Classic Load Balancer reaches instances, so not tasks on Fargate or with `networkMode: awsvpc`",
        source: GUIDE,
        wrong: classic!("", "launchType: EC2, memory: 512, networkMode: awsvpc", ""),
        right: RIGHT,
    },
    Entry {
        code: "classic-host-port",
        rule: "a Classic Load Balancer leads to one port of the instances, so the container's is mapped to a fixed one",
        source: GUIDE,
        wrong: "{ kind: LoadBalancer, name: old, type: classic }\n---\n{ kind: Service, name: web, launchType: EC2, memory: 512, image: nginx, port: 80, loadBalancers: [{ loadBalancer: old }] }",
        right: RIGHT,
    },
    Entry {
        code: "classic-alone",
        rule: "a service has one Classic Load Balancer and then no target groups, and a Classic Load Balancer one service",
        source: GUIDE,
        wrong: classic!("", "launchType: EC2, memory: 512", " }, { loadBalancer: old"),
        right: RIGHT,
    },
    Entry {
        code: "classic-unused",
        rule: "a Classic Load Balancer has its service: it is made when one names it",
        source: "",
        wrong: "{ kind: LoadBalancer, name: old, type: classic }",
        right: RIGHT,
    },
    Entry {
        code: "classic-field",
        rule: "a Classic Load Balancer has a name, `scheme`, `network`, `listeners`, `ingress`, `securityGroups`, `idleTimeout` and `crossZone`; a service behind it a container, its port and a health check",
        source: API,
        wrong: classic!("", "launchType: EC2, memory: 512", ", paths: [/api]"),
        right: RIGHT,
    },
    Entry {
        code: "classic-listener",
        rule: "a listener of a Classic Load Balancer speaks HTTP, HTTPS, TCP or TLS, the secure ones with one certificate, and only forwards",
        source: API,
        wrong: classic!(", listeners: [{ name: dns, protocol: UDP, port: 53 }]"),
        right: RIGHT,
    },
    Entry {
        code: "classic-strategy",
        rule: "with a Classic Load Balancer, services are rolled out by `ROLLING`: the other strategies need target groups",
        source: GUIDE,
        wrong: classic!(
            "",
            "launchType: EC2, memory: 512, deployment: { strategy: BLUE_GREEN }",
            ""
        ),
        right: RIGHT,
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let classic =
        |written: &&Written<LoadBalancer>| written.document.balancer_type == BalancerType::Classic;
    let balancers = scope.manifests.load_balancers.values().filter(classic);
    let mut problems: Vec<_> = balancers.flat_map(|it| load_balancer(scope, it)).collect();
    problems.extend(scope.each_service(|service| check_service(scope, service)));
    problems.extend(shared(scope));
    problems
}

fn load_balancer(scope: &Scope<'_>, written: &Written<LoadBalancer>) -> Vec<Problem> {
    let name = &written.document.name;
    let kind = written.value("/type");
    let mut problems = vec![
        Problem::warning(
            "classic-load-balancer",
            format!("`{name}` is of AWS's generation before"),
        )
        .at(&kind, "still works, and gets nothing new")
        .hint("`application` and `network` do more, for tasks on Fargate too"),
    ];
    let mut targets = scope.services().filter_map(|service| service.value.classic.as_ref());
    if !targets.any(|target| target.load_balancer == *name) {
        problems.push(
            Problem::error("classic-unused", format!("no service is behind `{name}`"))
                .at(&written.name_span(), "to which port would it lead?")
                .hint("name it in a service's `loadBalancers`, or remove it"),
        );
    }
    problems.extend(fields(written));
    let listeners = written.document.listeners.iter().enumerate();
    problems
        .extend(listeners.flat_map(|(index, listener)| check_listener(written, index, listener)));
    problems
}

fn fields(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let balancer = &written.document;
    let fields = [
        ("existing", balancer.existing.is_some()),
        ("ipAddressType", balancer.ip_address_type != IpAddressType::Ipv4),
        ("addresses", !balancer.addresses.is_empty()),
        ("rules", !balancer.rules.is_empty()),
        ("dropInvalidHeaders", balancer.drop_invalid_headers.is_some()),
        ("accessLogs", balancer.access_logs.is_some()),
        ("connectionLogs", balancer.connection_logs.is_some()),
        ("deletionProtection", balancer.deletion_protection),
        ("attributes", !balancer.attributes.is_empty()),
    ];
    let used = fields.into_iter().filter(|(_, is_used)| *is_used);
    used.map(|(field, _)| foreign(field, &written.key(&format!("/{field}")))).collect()
}

fn foreign(field: &str, place: &Span) -> Problem {
    Problem::error("classic-field", format!("a Classic Load Balancer knows no `{field}`"))
        .at(place, "not possible here")
        .hint(format!("remove `{field}`"))
}

fn check_listener(
    written: &Written<LoadBalancer>,
    index: usize,
    listener: &Listener,
) -> Vec<Problem> {
    let at = |field: &str| written.value(&format!("/listeners/{index}/{field}"));
    let error = |message: String| Problem::error("classic-listener", message);
    let name = &listener.name;
    let mut problems = vec![];
    let speaks = |protocol: ListenerProtocol| !protocol.transports().contains(&"udp");
    if !listener.protocol.is_some_and(speaks) {
        problems.push(
            error(format!("listener `{name}` needs a protocol of a Classic Load Balancer"))
                .at(&at("protocol"), "expected HTTP, HTTPS, TCP or TLS"),
        );
    }
    let is_secure = listener.protocol.is_some_and(ListenerProtocol::is_secure);
    if listener.certificates.len() != usize::from(is_secure) {
        let expected = if is_secure { "one certificate" } else { "no certificate" };
        problems.push(
            error(format!("listener `{name}` needs {expected}")).at(&at("name"), "this listener"),
        );
    }
    let fields = [
        ("redirect", listener.redirect.is_some()),
        ("fixedResponse", listener.fixed_response.is_some()),
        ("sslPolicy", listener.ssl_policy.is_some()),
        ("alpnPolicy", listener.alpn_policy.is_some()),
        ("mutualAuthentication", listener.mutual_authentication.is_some()),
        ("idleTimeout", listener.idle_timeout.is_some()),
    ];
    let used = fields.into_iter().filter(|(_, is_used)| *is_used);
    problems.extend(
        used.map(|(field, _)| foreign(field, &written.key(&format!("/listeners/{index}/{field}")))),
    );
    problems
}

fn check_service(scope: &Scope<'_>, service: &ServiceView<'_>) -> Vec<Problem> {
    let Some(target) = &service.value.classic else { return vec![] };
    let entries = service.document().load_balancers.iter();
    let mut problems: Vec<_> = foreign_fields(scope, service).collect();
    let place = service.written.value("/loadBalancers/0/loadBalancer");
    if entries.len() > 1 {
        problems.push(
            Problem::error("classic-alone", "a Classic Load Balancer is a service's only one")
                .at(&service.written.key("/loadBalancers"), "several")
                .hint("with target groups, a service can have five"),
        );
    }
    problems.extend(reached(service, target, &place));
    if service.document().deployment.strategy != DeploymentStrategy::Rolling {
        problems.push(
            Problem::error("classic-strategy", "this strategy needs target groups")
                .at(&service.written.value("/deployment/strategy"), "shifts requests between two")
                .at(&place, "a Classic Load Balancer has none"),
        );
    }
    problems
}

fn reached(service: &ServiceView<'_>, target: &ClassicTarget, place: &Span) -> Option<Problem> {
    let task = &service.value.task;
    if task.launch_type == LaunchType::Fargate || task.network_mode == NetworkMode::Awsvpc {
        let message =
            "a Classic Load Balancer reaches instances, not tasks with a network interface";
        return Some(
            Problem::error("classic-network-mode", message)
                .at(place, "this Classic Load Balancer")
                .hint(
                    "use an Application or Network Load Balancer, or `networkMode: bridge` on EC2",
                ),
        );
    }
    (target.host_port == 0).then(|| {
        let (container, port) = (&target.container, target.container_port);
        let message =
            format!("port {port} of container `{container}` has no fixed port on instances");
        Problem::error("classic-host-port", message)
            .at(place, "leads to one port of the instances")
            .hint(format!("write `ports: [{{ container: {port}, host: 8080 }}]`"))
    })
}

/// What an entry says that only target groups and rules have.
fn foreign_fields<'a>(
    scope: &'a Scope<'_>,
    service: &'a ServiceView<'_>,
) -> impl Iterator<Item = Problem> + 'a {
    let entries = service.document().load_balancers.iter().enumerate();
    let classic = entries.filter(|(_, entry)| {
        let balancer = scope.manifests.load_balancers.get(&entry.load_balancer);
        balancer.is_some_and(|it| it.document.balancer_type == BalancerType::Classic)
    });
    classic.flat_map(move |(index, entry)| {
        let used = entry_fields(entry).into_iter().filter(|(_, is_used)| *is_used);
        used.map(move |(field, _)| {
            foreign(field, &service.written.key(&format!("/loadBalancers/{index}/{field}")))
        })
    })
}

fn entry_fields(entry: &ServiceLoadBalancer) -> [(&'static str, bool); 19] {
    [
        ("listener", entry.listener.is_some()),
        ("hosts", !entry.hosts.is_empty()),
        ("paths", !entry.paths.is_empty()),
        ("headers", !entry.headers.is_empty()),
        ("methods", !entry.methods.is_empty()),
        ("query", !entry.query.is_empty()),
        ("sourceIps", !entry.source_ips.is_empty()),
        ("priority", entry.priority.is_some()),
        ("authenticate", entry.authenticate.is_some()),
        ("rule", entry.rule.is_some()),
        ("testListener", entry.test_listener.is_some()),
        ("stickiness", entry.stickiness.is_some()),
        ("slowStart", entry.slow_start.is_some()),
        ("algorithm", entry.algorithm.is_some()),
        ("crossZone", entry.cross_zone.is_some()),
        ("preserveClientIp", entry.preserve_client_ip.is_some()),
        ("proxyProtocol", entry.proxy_protocol.is_some()),
        ("protocolVersion", entry.protocol_version != ProtocolVersion::Http1),
        ("attributes", !entry.attributes.is_empty()),
    ]
}

/// All listeners lead to the same port of the instances.
fn shared(scope: &Scope<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = vec![];
    for service in scope.services() {
        let Some(target) = &service.value.classic else { continue };
        match first.get(target.load_balancer.as_str()) {
            None => {
                first.insert(&target.load_balancer, service.name);
            }
            Some(other) => problems.push(
                Problem::error(
                    "classic-alone",
                    format!("`{}` leads to service `{other}` already", target.load_balancer),
                )
                .at(&service.written.value("/loadBalancers/0/loadBalancer"), "a second service")
                .hint("give each service a load balancer of its own"),
            ),
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{render, resolved};

    /// What is reported, the warning about every Classic Load Balancer apart.
    fn report(text: &str) -> String {
        let mut problems =
            resolved(text).map_or_else(|problems| problems, |(_, warnings)| warnings);
        problems.retain(|problem| problem.code != "classic-load-balancer");
        render(text, &problems)
    }

    #[test]
    fn a_classic_load_balancer_reaches_a_fixed_port_of_instances() {
        assert_eq!(report(classic!("")), "");
        assert_eq!(
            report(classic!(
                ", idleTimeout: 30s, crossZone: false, listeners: [{ name: tcp, protocol: TCP, port: 5432 }]"
            )),
            ""
        );
        let texts = super::TABLE.iter().map(|entry| report(entry.wrong));
        let further = [
            classic!(", deletionProtection: true, attributes: { a: b }"),
            classic!(", listeners: [{ name: https, protocol: HTTPS }]"),
            classic!("", "memory: 512", ""),
        ];
        let texts: Vec<_> = texts.chain(further.into_iter().map(report)).collect();
        insta::assert_snapshot!(texts.join("\n"), @"
        host-port: the network mode `awsvpc` can't map port 80 to another one [8080: expected 80, or nothing]
        classic-network-mode: a Classic Load Balancer reaches instances, not tasks with a network interface [old: this Classic Load Balancer] -> use an Application or Network Load Balancer, or `networkMode: bridge` on EC2
        classic-host-port: port 80 of container `web` has no fixed port on instances [old: leads to one port of the instances] -> write `ports: [{ container: 80, host: 8080 }]`
        classic-alone: a Classic Load Balancer is a service's only one [loadBalancers: several] -> with target groups, a service can have five
        classic-unused: no service is behind `old` [old: to which port would it lead?] -> name it in a service's `loadBalancers`, or remove it
        classic-field: a Classic Load Balancer knows no `paths` [paths: not possible here] -> remove `paths`
        classic-listener: listener `dns` needs a protocol of a Classic Load Balancer [UDP: expected HTTP, HTTPS, TCP or TLS]
        classic-strategy: this strategy needs target groups [BLUE_GREEN: shifts requests between two] [old: a Classic Load Balancer has none]
        classic-field: a Classic Load Balancer knows no `deletionProtection` [deletionProtection: not possible here] -> remove `deletionProtection`
        classic-field: a Classic Load Balancer knows no `attributes` [attributes: not possible here] -> remove `attributes`
        classic-listener: listener `https` needs one certificate [https: this listener]
        host-port: Fargate can't map port 80 to another one [8080: expected 80, or nothing]
        classic-network-mode: a Classic Load Balancer reaches instances, not tasks with a network interface [old: this Classic Load Balancer] -> use an Application or Network Load Balancer, or `networkMode: bridge` on EC2
        ");
    }
}
