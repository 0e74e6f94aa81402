//! What Application and Network Load Balancers do not have in common.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::table::Entry;
use super::{Bounds, Scope, ServiceView, within};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::load_balancer::{
    BalancerType, IpAddressType, Listener, ListenerProtocol, LoadBalancer, Scheme,
};
use crate::model::manifests::Written;

const GUIDE: &str = "Elastic Load Balancing API Reference";
const IDLE_TIMEOUT: Bounds = Bounds { field: "idleTimeout", least: 60, most: 6000 };

/// A Network Load Balancer with these fields, and a service behind its listener.
macro_rules! edge {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: edge, type: network, ",
            $fields,
            " }\n---\n{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge, listener: tcp }] }"
        )
    };
}

/// A service behind a listener of a Network Load Balancer, with these fields of its target.
macro_rules! behind {
    ($target:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge, ",
            $target,
            " }] }"
        )
    };
}

/// An Application Load Balancer with these fields.
macro_rules! public {
    ($fields:literal) => {
        concat!("{ kind: LoadBalancer, name: public, ", $fields, " }")
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "listener-protocol",
        rule: "an Application Load Balancer listens to HTTP and HTTPS, a Network Load Balancer to TCP, UDP, TCP_UDP and TLS",
        source: GUIDE,
        wrong: edge!("listeners: [{ name: tcp, protocol: HTTP }]"),
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80 }]"),
    },
    Entry {
        code: "listener-protocol",
        rule: "a listener that ecsctl makes has a protocol",
        source: GUIDE,
        wrong: public!("listeners: [{ name: http }]"),
        right: public!("listeners: [{ name: http, protocol: HTTP }]"),
    },
    Entry {
        code: "listener-port",
        rule: "TCP, UDP and TCP_UDP have no port of their own: the listener names one",
        source: GUIDE,
        wrong: edge!("listeners: [{ name: tcp, protocol: TCP }]"),
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 5432 }]"),
    },
    Entry {
        code: "no-listeners",
        rule: "a Network Load Balancer has no listener by itself: it lists at least one",
        source: "",
        wrong: "{ kind: LoadBalancer, name: edge, type: network }",
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80 }]"),
    },
    Entry {
        code: "network-listener-action",
        rule: "a listener of a Network Load Balancer sends all to one service: it can't redirect or answer",
        source: GUIDE,
        wrong: edge!(
            "listeners: [{ name: tcp, protocol: TCP, port: 80, redirect: { port: 443 } }]"
        ),
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80 }]"),
    },
    Entry {
        code: "network-listener-rules",
        rule: "a listener of a Network Load Balancer has no rules, so its service has no `hosts`, `paths` and `priority`",
        source: GUIDE,
        wrong: behind!("paths: [/api]"),
        right: behind!("port: 80"),
    },
    Entry {
        code: "network-listener-shared",
        rule: "a listener of a Network Load Balancer belongs to one service",
        source: GUIDE,
        wrong: behind!("port: 80 }, { loadBalancer: edge"),
        right: behind!("port: 80"),
    },
    Entry {
        code: "network-listener-unused",
        rule: "each listener of a Network Load Balancer has its service: it is made when one names it",
        source: "",
        wrong: "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }",
        right: behind!("port: 80"),
    },
    Entry {
        code: "load-balancer-field",
        rule: "`idleTimeout`, `dropInvalidHeaders` and `connectionLogs` are fields of an Application Load Balancer",
        source: GUIDE,
        wrong: edge!("idleTimeout: 60s, listeners: [{ name: tcp, protocol: TCP, port: 80 }]"),
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80, idleTimeout: 60s }]"),
    },
    Entry {
        code: "load-balancer-field",
        rule: "`addresses` and `crossZone` are fields of a Network Load Balancer",
        source: GUIDE,
        wrong: public!("crossZone: true"),
        right: edge!("crossZone: true, listeners: [{ name: tcp, protocol: TCP, port: 80 }]"),
    },
    Entry {
        code: "listener-field",
        rule: "`idleTimeout` is a field of a TCP listener, `alpnPolicy` of a TLS listener",
        source: GUIDE,
        wrong: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80, alpnPolicy: HTTP2Only }]"),
        right: edge!(
            "listeners: [{ name: tcp, protocol: TLS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'], alpnPolicy: HTTP2Only }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "the idle timeout of a TCP listener is 60s to 6000s",
        source: GUIDE,
        wrong: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80, idleTimeout: 59s }]"),
        right: edge!("listeners: [{ name: tcp, protocol: TCP, port: 80, idleTimeout: 6000s }]"),
    },
    Entry {
        code: "load-balancer-address",
        rule: "a load balancer that the internet reaches has Elastic IPs, an internal one private IPv4 addresses",
        source: GUIDE,
        wrong: edge!(
            "addresses: { eu-west-1a: 10.0.0.10 }, listeners: [{ name: tcp, protocol: TCP, port: 80 }]"
        ),
        right: edge!(
            "scheme: internal, addresses: { eu-west-1a: 10.0.0.10 }, listeners: [{ name: tcp, protocol: TCP, port: 80 }]"
        ),
    },
    Entry {
        code: "ip-address-type",
        rule: "`dualstack-without-public-ipv4` is for an Application Load Balancer that the internet reaches",
        source: GUIDE,
        wrong: public!("scheme: internal, ipAddressType: dualstack-without-public-ipv4"),
        right: public!("ipAddressType: dualstack-without-public-ipv4"),
    },
    Entry {
        code: "internal-dualstack",
        rule: "AWS documents `ipv4` only for internal load balancers, though it takes others in some Regions",
        source: GUIDE,
        wrong: public!("scheme: internal, ipAddressType: dualstack"),
        right: public!("scheme: internal, ipAddressType: ipv4"),
    },
    Entry {
        code: "scaling-metric",
        rule: "`albRequests` counts requests of an Application Load Balancer",
        source: "Application Auto Scaling API Reference",
        wrong: "{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }\n---\n{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge }], scaling: { min: 1, max: 2, targetTracking: [{ metric: albRequests, target: 100 }] } }",
        right: "{ kind: LoadBalancer, name: public }\n---\n{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public }], scaling: { min: 1, max: 2, targetTracking: [{ metric: albRequests, target: 100 }] } }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let made = scope.manifests.load_balancers.values();
    let made = made.filter(|written| {
        let is_classic = written.document.balancer_type == BalancerType::Classic;
        written.document.existing.is_none() && !is_classic
    });
    let mut problems: Vec<_> = made.flat_map(load_balancer).collect();
    problems.extend(scope.each_service(|service| check_service(scope, service)));
    problems.extend(users(scope));
    problems
}

fn load_balancer(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let mut problems = foreign_fields(written);
    problems.extend(addresses(written));
    problems.extend(ip_address_type(written));
    problems.extend(no_listeners(written));
    for (index, listener) in written.document.listeners.iter().enumerate() {
        let view = ListenerView { written, listener, index };
        match view.protocol() {
            Some(problem) => problems.push(problem),
            None => problems.extend(view.check()),
        }
    }
    problems
}

fn is_network(balancer: &LoadBalancer) -> bool {
    match balancer.balancer_type {
        BalancerType::Application | BalancerType::Classic => false,
        BalancerType::Network => true,
    }
}

fn foreign_fields(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let balancer = &written.document;
    let (fields, whose) = if is_network(balancer) {
        let fields = vec![
            ("idleTimeout", balancer.idle_timeout.is_some()),
            ("dropInvalidHeaders", balancer.drop_invalid_headers.is_some()),
            ("connectionLogs", balancer.connection_logs.is_some()),
        ];
        (fields, "an Application Load Balancer")
    } else {
        let fields = vec![
            ("crossZone", balancer.cross_zone.is_some()),
            ("addresses", !balancer.addresses.is_empty()),
        ];
        (fields, "a Network Load Balancer")
    };
    let problem = |(field, _): (&str, bool)| {
        Problem::error("load-balancer-field", format!("`{field}` is a field of {whose}"))
            .at(&written.key(&format!("/{field}")), "not known here")
            .hint(match field {
                "idleTimeout" => "write it in the TCP listeners".to_owned(),
                field => format!("remove `{field}`"),
            })
    };
    fields.into_iter().filter(|(_, is_written)| *is_written).map(problem).collect()
}

fn addresses(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let expected = match written.document.scheme {
        Scheme::InternetFacing => "the allocation id of an Elastic IP",
        Scheme::Internal => "a private IPv4 address",
    };
    let is_possible = |address: &str| match written.document.scheme {
        Scheme::InternetFacing => address.starts_with("eipalloc-"),
        Scheme::Internal => address.parse::<Ipv4Addr>().is_ok(),
    };
    let wrong = written.document.addresses.iter().filter(|(_, address)| !is_possible(address));
    let problem = |(place, address): (&String, &String)| {
        let place = written.value(&format!("/addresses/{}", super::escape(place)));
        let message = format!("`{address}` can't be an address of this load balancer");
        Problem::error("load-balancer-address", message)
            .at(&place, format!("expected {expected}"))
            .hint("Elastic IPs are for `scheme: internet-facing`, private addresses for `internal`")
    };
    wrong.map(problem).collect()
}

fn ip_address_type(written: &Written<LoadBalancer>) -> Option<Problem> {
    let balancer = &written.document;
    let place = || written.value("/ipAddressType");
    match (balancer.ip_address_type, balancer.scheme) {
        (IpAddressType::Ipv4, _) | (IpAddressType::Dualstack, Scheme::InternetFacing) => None,
        (IpAddressType::Dualstack, Scheme::Internal) => Some(
            Problem::warning(
                "internal-dualstack",
                "AWS documents only `ipv4` for an internal load balancer",
            )
            .at(&place(), "may be refused")
            .hint("AWS takes it in some Regions; else remove `ipAddressType`"),
        ),
        (IpAddressType::DualstackWithoutPublicIpv4, Scheme::InternetFacing)
            if !is_network(balancer) =>
        {
            None
        }
        (IpAddressType::DualstackWithoutPublicIpv4, _) => Some(
            Problem::error(
                "ip-address-type",
                "only an Application Load Balancer that the internet reaches can be without public IPv4 addresses",
            )
            .at(&place(), "not possible here")
            .hint("write `dualstack` or `ipv4`"),
        ),
    }
}

fn no_listeners(written: &Written<LoadBalancer>) -> Option<Problem> {
    let is_idle = is_network(&written.document) && written.document.listeners.is_empty();
    is_idle.then(|| {
        let message = format!("load balancer `{}` listens to nothing", written.document.name);
        Problem::error("no-listeners", message)
            .at(&written.name_span(), "this load balancer")
            .hint("add `listeners: [{ name: tcp, protocol: TCP, port: 80 }]`")
    })
}

/// A listener and where it is written.
struct ListenerView<'a> {
    written: &'a Written<LoadBalancer>,
    listener: &'a Listener,
    index: usize,
}

impl ListenerView<'_> {
    fn value(&self, field: &str) -> Span {
        self.written.value(&format!("/listeners/{}/{field}", self.index))
    }

    fn key(&self, field: &str) -> Span {
        self.written.key(&format!("/listeners/{}/{field}", self.index))
    }

    fn protocol(&self) -> Option<Problem> {
        let is_network = is_network(&self.written.document);
        let expected = if is_network { "TCP, UDP, TCP_UDP or TLS" } else { "HTTP or HTTPS" };
        let name = &self.listener.name;
        let Some(protocol) = self.listener.protocol else {
            let message = format!("listener `{name}` has no protocol");
            return Some(
                Problem::error("listener-protocol", message)
                    .at(&self.value("name"), format!("expected {expected}"))
                    .hint("add `protocol:`"),
            );
        };
        (protocol.is_http() == is_network).then(|| {
            let message = format!("listener `{name}` can't speak {}", protocol.word());
            let problem = Problem::error("listener-protocol", message)
                .at(&self.value("protocol"), format!("expected {expected}"));
            problem.hint(if is_network {
                "a load balancer without `type: network` speaks HTTP and HTTPS"
            } else {
                "a load balancer with `type: network` speaks it"
            })
        })
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems: Vec<_> = self.port().into_iter().collect();
        problems.extend(self.foreign_fields());
        problems.extend(self.actions());
        let idle_timeout = self.listener.idle_timeout.map(|time| time.0);
        problems.extend(within(&IDLE_TIMEOUT, idle_timeout, || self.value("idleTimeout")));
        problems
    }

    fn port(&self) -> Option<Problem> {
        let protocol = self.listener.protocol?;
        let is_missing = self.listener.port.is_none() && protocol.default_port().is_none();
        is_missing.then(|| {
            let message = format!("listener `{}` has no port", self.listener.name);
            Problem::error("listener-port", message)
                .at(&self.value("protocol"), "spoken on any port")
                .hint("add `port:`")
        })
    }

    fn foreign_fields(&self) -> Vec<Problem> {
        let fields = [
            ("idleTimeout", self.listener.idle_timeout.is_some(), ListenerProtocol::Tcp),
            ("alpnPolicy", self.listener.alpn_policy.is_some(), ListenerProtocol::Tls),
        ];
        let foreign = fields.into_iter().filter(|(_, is_written, protocol)| {
            *is_written && self.listener.protocol != Some(*protocol)
        });
        let problem = |(field, _, protocol): (&str, bool, ListenerProtocol)| {
            let message = format!("`{field}` is a field of a {} listener", protocol.word());
            Problem::error("listener-field", message)
                .at(&self.key(field), "not known here")
                .at(&self.value("protocol"), "the protocol")
                .hint(format!("remove `{field}`"))
        };
        foreign.map(problem).collect()
    }

    fn actions(&self) -> Vec<Problem> {
        if !is_network(&self.written.document) {
            return vec![];
        }
        let fields = [
            ("redirect", self.listener.redirect.is_some()),
            ("fixedResponse", self.listener.fixed_response.is_some()),
        ];
        let problem = |(field, _): (&str, bool)| {
            let message = format!(
                "listener `{}` sends all to one service: it has no `{field}`",
                self.listener.name
            );
            Problem::error("network-listener-action", message)
                .at(&self.key(field), "only an Application Load Balancer can")
                .hint(format!("remove `{field}`, and name the listener in a service"))
        };
        fields.into_iter().filter(|(_, is_written)| *is_written).map(problem).collect()
    }
}

fn check_service(scope: &Scope<'_>, service: &ServiceView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, written) in service.document().load_balancers.iter().enumerate() {
        let balancer = scope.manifests.load_balancers.get(&written.load_balancer);
        if !balancer.is_some_and(|balancer| is_network(&balancer.document)) {
            continue;
        }
        let fields = [
            ("hosts", !written.hosts.is_empty()),
            ("paths", !written.paths.is_empty()),
            ("priority", written.priority.is_some()),
        ];
        let fields = fields.into_iter().filter(|(_, is_written)| *is_written);
        problems.extend(fields.map(|(field, _)| {
            let message = format!("a listener of a Network Load Balancer has no `{field}`");
            let at = |field: &str| service.written.key(&format!("/loadBalancers/{index}/{field}"));
            Problem::error("network-listener-rules", message)
                .at(&at(field), "it sends all to this service")
                .hint(format!("remove `{field}`"))
        }));
    }
    problems.extend(uncounted(service));
    problems
}

/// Requests are counted by an Application Load Balancer only.
fn uncounted(service: &ServiceView<'_>) -> Option<Problem> {
    let targets = &service.value.load_balancers;
    let tracking = &service.value.scaling.as_ref()?.target_tracking;
    let index = tracking.iter().position(|it| {
        let counted_by = it.counted_by.and_then(|index| targets.get(index));
        counted_by.is_some_and(|target| !target.protocol.is_http())
    })?;
    Some({
        Problem::error("scaling-metric", "`albRequests` needs an Application Load Balancer")
            .at(
                &service.written.value(&format!("/scaling/targetTracking/{index}/metric")),
                "nothing counts requests",
            )
            .at(&service.written.key("/loadBalancers"), "these count connections")
            .hint("track `cpu` instead")
    })
}

/// Each listener of a Network Load Balancer has one user.
fn users(scope: &Scope<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<(&str, &str), Span> = BTreeMap::new();
    let mut problems = vec![];
    let services: Vec<_> = scope.services().collect();
    let targets = services.iter().flat_map(|service| {
        let targets = service.value.load_balancers.iter().enumerate();
        targets.map(move |(index, target)| (service, index, target))
    });
    for (service, index, target) in targets.filter(|(_, _, target)| !target.protocol.is_http()) {
        let place = service.written.value(&format!("/loadBalancers/{index}/loadBalancer"));
        let key = (target.load_balancer.as_str(), target.listener.as_str());
        let Some(earlier) = first.get(&key) else {
            first.insert(key, place);
            continue;
        };
        let message = format!(
            "listener `{}` of load balancer `{}` has a service already",
            target.listener, target.load_balancer
        );
        problems.push(
            Problem::error("network-listener-shared", message)
                .at(&place, "the second one")
                .at(earlier, "the first one")
                .hint("a listener of a Network Load Balancer has no rules: give each its own"),
        );
    }
    problems.extend(unused(scope, &first));
    problems
}

fn unused(scope: &Scope<'_>, used: &BTreeMap<(&str, &str), Span>) -> Vec<Problem> {
    let balancers = scope.manifests.load_balancers.values();
    let networks = balancers.filter(|written| is_network(&written.document));
    let listeners = networks.flat_map(|written| {
        let listeners = written.document.listeners.iter().enumerate();
        listeners.map(move |(index, listener)| (written, index, listener))
    });
    let unused = listeners.filter(|(written, _, listener)| {
        !used.contains_key(&(written.document.name.as_str(), listener.name.as_str()))
    });
    let problem = |(written, index, listener): (&Written<LoadBalancer>, usize, &Listener)| {
        let message = format!("no service names listener `{}`", listener.name);
        Problem::warning("network-listener-unused", message)
            .at(&written.value(&format!("/listeners/{index}/name")), "not made until one does")
            .hint("AWS makes no listener that leads nowhere")
    };
    unused.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn each_type_has_its_own_fields_and_protocols() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        warning network-listener-unused: no service names listener `tcp` [tcp: not made until one does] -> AWS makes no listener that leads nowhere
        listener-protocol: listener `tcp` can't speak HTTP [HTTP: expected TCP, UDP, TCP_UDP or TLS] -> a load balancer without `type: network` speaks HTTP and HTTPS
        listener-protocol: listener `http` has no protocol [http: expected HTTP or HTTPS] -> add `protocol:`
        listener-port: listener `tcp` has no port [TCP: spoken on any port] -> add `port:`
        no-listeners: load balancer `edge` listens to nothing [edge: this load balancer] -> add `listeners: [{ name: tcp, protocol: TCP, port: 80 }]`
        network-listener-action: listener `tcp` sends all to one service: it has no `redirect` [redirect: only an Application Load Balancer can] -> remove `redirect`, and name the listener in a service
        network-listener-rules: a listener of a Network Load Balancer has no `paths` [paths: it sends all to this service] -> remove `paths`
        network-listener-shared: listener `tcp` of load balancer `edge` has a service already [edge: the second one] [edge: the first one] -> a listener of a Network Load Balancer has no rules: give each its own
        warning network-listener-unused: no service names listener `tcp` [tcp: not made until one does] -> AWS makes no listener that leads nowhere
        load-balancer-field: `idleTimeout` is a field of an Application Load Balancer [idleTimeout: not known here] -> write it in the TCP listeners
        load-balancer-field: `crossZone` is a field of a Network Load Balancer [crossZone: not known here] -> remove `crossZone`
        listener-field: `alpnPolicy` is a field of a TLS listener [alpnPolicy: not known here] [TCP: the protocol] -> remove `alpnPolicy`
        out-of-range: `idleTimeout` must be between 60 and 6000, but is 59 [59s: expected 60 to 6000]
        load-balancer-address: `10.0.0.10` can't be an address of this load balancer [10.0.0.10: expected the allocation id of an Elastic IP] -> Elastic IPs are for `scheme: internet-facing`, private addresses for `internal`
        ip-address-type: only an Application Load Balancer that the internet reaches can be without public IPv4 addresses [dualstack-without-public-ipv4: not possible here] -> write `dualstack` or `ipv4`
        warning internal-dualstack: AWS documents only `ipv4` for an internal load balancer [dualstack: may be refused] -> AWS takes it in some Regions; else remove `ipAddressType`
        scaling-metric: `albRequests` needs an Application Load Balancer [albRequests: nothing counts requests] [loadBalancers: these count connections] -> track `cpu` instead
        ");
    }

    #[test]
    fn what_the_table_shows_once_is_true_of_the_others() {
        let listening = "listeners: [{ name: tcp, protocol: TCP, port: 80 }]";
        let edge = |fields: &str| edge!("$FIELDS").replace("$FIELDS", fields);
        let cases = [
            (
                public!("listeners: [{ name: tls, protocol: TLS }]").to_owned(),
                public!("listeners: [{ name: http, protocol: HTTP }]").to_owned(),
            ),
            (
                edge(&format!(
                    "dropInvalidHeaders: true, connectionLogs: {{ bucket: logs }}, {listening}"
                )),
                edge(&format!("accessLogs: {{ bucket: logs }}, {listening}")),
            ),
            (
                public!("addresses: { eu-west-1a: eipalloc-01234567 }").to_owned(),
                edge(&format!("addresses: {{ eu-west-1a: eipalloc-01234567 }}, {listening}")),
            ),
            (
                edge(&format!(
                    "scheme: internal, addresses: {{ eu-west-1a: 10.0.0.256 }}, {listening}"
                )),
                edge(&format!(
                    "scheme: internal, addresses: {{ eu-west-1a: 10.0.0.255 }}, {listening}"
                )),
            ),
            (
                behind!("hosts: [a.example], priority: 5").to_owned(),
                behind!("listener: tcp").to_owned(),
            ),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        listener-certificate: TLS listener `tls` has no certificate [TLS: needs a certificate] -> add `certificates:` with the ARN of one from AWS Certificate Manager
        listener-protocol: listener `tls` can't speak TLS [TLS: expected HTTP or HTTPS] -> a load balancer with `type: network` speaks it
        load-balancer-field: `dropInvalidHeaders` is a field of an Application Load Balancer [dropInvalidHeaders: not known here] -> remove `dropInvalidHeaders`
        load-balancer-field: `connectionLogs` is a field of an Application Load Balancer [connectionLogs: not known here] -> remove `connectionLogs`
        load-balancer-field: `addresses` is a field of a Network Load Balancer [addresses: not known here] -> remove `addresses`
        load-balancer-address: `10.0.0.256` can't be an address of this load balancer [10.0.0.256: expected a private IPv4 address] -> Elastic IPs are for `scheme: internet-facing`, private addresses for `internal`
        network-listener-rules: a listener of a Network Load Balancer has no `hosts` [hosts: it sends all to this service] -> remove `hosts`
        network-listener-rules: a listener of a Network Load Balancer has no `priority` [priority: it sends all to this service] -> remove `priority`
        ");
    }
}
