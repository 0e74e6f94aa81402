//! The listeners of load balancers, and who reaches them.

use std::net::IpAddr;

use super::table::Entry;
use super::{Bounds, Scope, redirects, within};
use crate::manifest::problem::{Problem, closest};
use crate::model::documents::load_balancer::{Listener, ListenerProtocol, LoadBalancer};
use crate::model::manifests::Written;
use crate::model::resolved::load_balancer as resolved;

/// Attributes that have a field of their own.
const FIELDS: [(&str, &str); 10] = [
    ("idle_timeout.timeout_seconds", "idleTimeout"),
    ("deletion_protection.enabled", "deletionProtection"),
    ("load_balancing.cross_zone.enabled", "crossZone"),
    ("routing.http.drop_invalid_header_fields.enabled", "dropInvalidHeaders"),
    ("access_logs.s3.enabled", "accessLogs"),
    ("access_logs.s3.bucket", "accessLogs"),
    ("access_logs.s3.prefix", "accessLogs"),
    ("connection_logs.s3.enabled", "connectionLogs"),
    ("connection_logs.s3.bucket", "connectionLogs"),
    ("connection_logs.s3.prefix", "connectionLogs"),
];

/// Listeners of a load balancer; AWS raises the quota on request.
const MOST: usize = 50;
const KEEP_ALIVE: &str = "client_keep_alive.seconds";
const API: &str = "Elastic Load Balancing API Reference, CreateListener";
const ATTRIBUTES: &str = "Elastic Load Balancing API Reference, LoadBalancerAttribute";

/// A load balancer with these fields.
macro_rules! balancer {
    ($fields:literal) => {
        concat!("{ kind: LoadBalancer, name: public, ", $fields, " }")
    };
}

/// A load balancer that listens to these ports.
macro_rules! listeners {
    ($($port:literal)*) => {
        concat!(
            "{ kind: LoadBalancer, name: public, listeners: [",
            $("{ name: l", $port, ", protocol: HTTP, port: ", $port, " }, ",)*
            "] }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "listener-certificate",
        rule: "an HTTPS listener has a certificate",
        source: API,
        wrong: balancer!("listeners: [{ name: https, protocol: HTTPS }]"),
        right: balancer!(
            "listeners: [{ name: https, protocol: HTTPS, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }]"
        ),
    },
    Entry {
        code: "listener-certificate",
        rule: "an HTTP listener has no certificate and no security policy",
        source: API,
        wrong: balancer!(
            "listeners: [{ name: http, protocol: HTTP, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }]"
        ),
        right: balancer!("listeners: [{ name: http, protocol: HTTP }]"),
    },
    Entry {
        code: "duplicate-port",
        rule: "the listeners of a load balancer have ports of their own",
        source: API,
        wrong: balancer!(
            "listeners: [{ name: a, protocol: HTTP }, { name: b, protocol: HTTP, port: 80 }]"
        ),
        right: balancer!(
            "listeners: [{ name: a, protocol: HTTP }, { name: b, protocol: HTTP, port: 81 }]"
        ),
    },
    Entry {
        code: "duplicate-name",
        rule: "the listeners of a load balancer have names of their own",
        source: "",
        wrong: balancer!(
            "listeners: [{ name: a, protocol: HTTP }, { name: a, protocol: HTTP, port: 81 }]"
        ),
        right: balancer!(
            "listeners: [{ name: a, protocol: HTTP }, { name: b, protocol: HTTP, port: 81 }]"
        ),
    },
    Entry {
        code: "dangling-reference",
        rule: "the listener that another one redirects to is there",
        source: "",
        wrong: balancer!(
            "listeners: [{ name: http, protocol: HTTP, redirect: { to: htps } }, { name: https, protocol: HTTPS, port: 443, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }]"
        ),
        right: balancer!(
            "listeners: [{ name: http, protocol: HTTP, redirect: { to: https } }, { name: https, protocol: HTTPS, port: 443, certificates: ['arn:aws:acm:eu-west-1:444455556666:certificate/a'] }]"
        ),
    },
    Entry {
        code: "listener-actions",
        rule: "a listener redirects or answers, not both",
        source: API,
        wrong: balancer!(
            "listeners: [{ name: a, protocol: HTTP, redirect: {}, fixedResponse: {} }]"
        ),
        right: balancer!("listeners: [{ name: a, protocol: HTTP, fixedResponse: {} }]"),
    },
    Entry {
        code: "listener-actions",
        rule: "a fixed response has a status of 2xx, 4xx or 5xx",
        source: API,
        wrong: balancer!(
            "listeners: [{ name: a, protocol: HTTP, fixedResponse: { status: 301 } }]"
        ),
        right: balancer!(
            "listeners: [{ name: a, protocol: HTTP, fixedResponse: { status: 503 } }]"
        ),
    },
    Entry {
        code: "bad-cidr",
        rule: "`ingress` lists CIDR blocks",
        source: "",
        wrong: balancer!("ingress: [10.0.0.0]"),
        right: balancer!("ingress: [10.0.0.0/8, '::/0']"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `idleTimeout` of an Application Load Balancer is 1s to 4000s",
        source: ATTRIBUTES,
        wrong: balancer!("idleTimeout: 4001"),
        right: balancer!("idleTimeout: 4000"),
    },
    Entry {
        code: "out-of-range",
        rule: "`client_keep_alive.seconds` is 60 to 604800",
        source: ATTRIBUTES,
        wrong: balancer!("attributes: { client_keep_alive.seconds: 59 }"),
        right: balancer!("attributes: { client_keep_alive.seconds: 60 }"),
    },
    Entry {
        code: "attribute-has-field",
        rule: "an attribute of a load balancer that has a field is written there",
        source: "",
        wrong: balancer!("attributes: { idle_timeout.timeout_seconds: 5 }"),
        right: balancer!("attributes: { routing.http2.enabled: true }"),
    },
    Entry {
        code: "quota",
        rule: "a load balancer has at most 50 listeners unless the account may have more",
        source: "Elastic Load Balancing, Application Load Balancer quotas",
        wrong: listeners!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51),
        right: listeners!(1 2),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let balancers = scope.manifests.load_balancers.iter().filter_map(|(name, written)| {
        Some((written, &scope.stack.load_balancers.get(name)?.value))
    });
    balancers.flat_map(|(written, resolved)| load_balancer(written, resolved)).collect()
}

fn load_balancer(
    written: &Written<LoadBalancer>,
    resolved: &resolved::LoadBalancer,
) -> Vec<Problem> {
    let mut problems = vec![];
    let idle_timeout = Bounds { field: "idleTimeout", least: 1, most: 4000 };
    problems.extend(within(&idle_timeout, resolved.idle_timeout, || written.value("/idleTimeout")));
    problems.extend(too_many(written));
    problems.extend(ingress(written));
    problems.extend(security_groups(written));
    problems.extend(attributes(written));
    problems.extend(duplicates(written, resolved));
    for (index, listener) in written.document.listeners.iter().enumerate() {
        let view = ListenerView { written, listener, index };
        problems.extend(view.certificates());
        problems.extend(view.actions());
        problems.extend(view.redirect(resolved));
    }
    problems
}

fn too_many(written: &Written<LoadBalancer>) -> Option<Problem> {
    let count = written.document.listeners.len();
    let message = format!("load balancer `{}` has {count} listeners", written.document.name);
    (count > MOST).then(|| {
        Problem::warning("quota", message)
            .at(&written.key("/listeners"), format!("AWS takes {MOST}"))
            .hint("AWS refuses more unless the account's quota was raised")
    })
}

fn ingress(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let blocks = written.document.ingress.iter().flatten().enumerate();
    let wrong = blocks.filter(|(_, block)| !is_cidr(block)).map(|(index, block)| {
        Problem::error("bad-cidr", format!("`{block}` is not a CIDR block")).at(
            &written.value(&format!("/ingress/{index}")),
            "expected a block such as `10.0.0.0/8`",
        )
    });
    wrong.collect()
}

pub(super) fn is_cidr(block: &str) -> bool {
    let Some((address, length)) = block.split_once('/') else { return false };
    let most = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}

fn security_groups(written: &Written<LoadBalancer>) -> Option<Problem> {
    super::routing::too_many_groups(written.document.security_groups.len(), || {
        written.key("/securityGroups")
    })
}

fn attributes(written: &Written<LoadBalancer>) -> Vec<Problem> {
    let shadowed =
        FIELDS.into_iter().filter(|(key, _)| written.document.attributes.contains_key(*key));
    let problem = |(key, field): (&str, &str)| {
        Problem::error("attribute-has-field", format!("`{key}` has a field of its own"))
            .at(&written.key(&format!("/attributes/{key}")), "would be set twice")
            .hint(format!("write `{field}` instead"))
    };
    shadowed.map(problem).chain(keep_alive(written)).collect()
}

fn keep_alive(written: &Written<LoadBalancer>) -> Option<Problem> {
    let value = written.document.attributes.get(KEEP_ALIVE)?.as_str();
    let is_possible = value.parse().is_ok_and(|seconds: u32| (60..=604_800).contains(&seconds));
    let message = format!("`{KEEP_ALIVE}` must be between 60 and 604800, but is {value}");
    (!is_possible).then(|| {
        let place = written.value(&format!("/attributes/{KEEP_ALIVE}"));
        Problem::error("out-of-range", message).at(&place, "expected 60 to 604800")
    })
}

fn duplicates(written: &Written<LoadBalancer>, resolved: &resolved::LoadBalancer) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, listener) in resolved.listeners.iter().enumerate() {
        let earlier = &resolved.listeners[..index];
        let at = |index: usize, field: &str| written.value(&format!("/listeners/{index}/{field}"));
        if let Some(first) = earlier.iter().position(|other| other.name == listener.name) {
            problems.push(
                Problem::error(
                    "duplicate-name",
                    format!("a second listener named `{}`", listener.name),
                )
                .at(&at(index, "name"), "this one")
                .at(&at(first, "name"), "the first one"),
            );
        }
        if let Some(first) = earlier.iter().position(|other| other.port == listener.port) {
            problems.push(
                Problem::error(
                    "duplicate-port",
                    format!("two listeners on port {}", listener.port),
                )
                .at(&port_span(written, index), "this one")
                .at(&port_span(written, first), "the first one"),
            );
        }
    }
    problems
}

fn port_span(written: &Written<LoadBalancer>, index: usize) -> crate::manifest::node::Span {
    let is_written =
        written.document.listeners.get(index).is_some_and(|listener| listener.port.is_some());
    let field = if is_written { "port" } else { "protocol" };
    written.value(&format!("/listeners/{index}/{field}"))
}

/// A listener and where it is written.
struct ListenerView<'a> {
    written: &'a Written<LoadBalancer>,
    listener: &'a Listener,
    index: usize,
}

impl ListenerView<'_> {
    fn pointer(&self, field: &str) -> String {
        format!("/listeners/{}/{field}", self.index)
    }

    /// A listener without a protocol has a problem already.
    fn certificates(&self) -> Option<Problem> {
        let protocol = self.listener.protocol?;
        let place = self.written.value(&self.pointer("protocol"));
        let (name, word) = (&self.listener.name, protocol.word());
        let problem = |message: String| Problem::error("listener-certificate", message);
        let has_certificate = !self.listener.certificates.is_empty();
        if protocol.is_secure() && !has_certificate {
            let problem = problem(format!("{word} listener `{name}` has no certificate"));
            let hint = "add `certificates:` with the ARN of one from AWS Certificate Manager";
            return Some(problem.at(&place, "needs a certificate").hint(hint));
        }
        let secure =
            if protocol.is_http() { ListenerProtocol::Https } else { ListenerProtocol::Tls };
        let fields = [
            ("certificates", "a certificate", has_certificate),
            ("sslPolicy", "a security policy", self.listener.ssl_policy.is_some()),
        ];
        let (field, what, _) =
            fields.into_iter().find(|(_, _, is_there)| *is_there && !protocol.is_secure())?;
        Some(
            problem(format!("{word} listener `{name}` has {what}"))
                .at(&self.written.key(&self.pointer(field)), format!("only for {}", secure.word()))
                .at(&place, "the protocol"),
        )
    }

    fn actions(&self) -> Vec<Problem> {
        let mut problems = vec![];
        if self.listener.redirect.is_some() && self.listener.fixed_response.is_some() {
            problems.push(
                Problem::error(
                    "listener-actions",
                    format!("listener `{}` can't both redirect and answer", self.listener.name),
                )
                .at(&self.written.key(&self.pointer("redirect")), "one")
                .at(&self.written.key(&self.pointer("fixedResponse")), "the other"),
            );
        }
        let status = self.listener.fixed_response.as_ref().map(|response| response.status);
        if status.is_some_and(|status| (300..400).contains(&status)) {
            problems.push(
                Problem::error("listener-actions", "a fixed response can't have a status of 3xx")
                    .at(
                        &self.written.value(&self.pointer("fixedResponse/status")),
                        "expected 2xx, 4xx or 5xx",
                    )
                    .hint("write a `redirect` instead"),
            );
        }
        problems
    }

    fn redirect(&self, resolved: &resolved::LoadBalancer) -> Option<Problem> {
        let redirect = self.listener.redirect.as_ref()?;
        if let Some(to) = &redirect.to {
            let names = || resolved.listeners.iter().map(|listener| listener.name.as_str());
            if !names().any(|name| name == to) {
                return Some(self.dangling(to, closest(to, names()), resolved));
            }
        }
        let listener = resolved.listeners.get(self.index)?;
        let resolved::DefaultAction::Redirect(redirect) = &listener.default_action else {
            return None;
        };
        redirects::wrong(redirect, listener, &self.written.key(&self.pointer("redirect")))
    }

    fn dangling(
        &self,
        to: &str,
        similar: Option<&str>,
        resolved: &resolved::LoadBalancer,
    ) -> Problem {
        let problem = Problem::error("dangling-reference", format!("no listener `{to}`"))
            .at(&self.written.value(&self.pointer("redirect/to")), "no listener has this name");
        let Some(similar) = similar else { return problem };
        let index = resolved
            .listeners
            .iter()
            .position(|listener| listener.name == similar)
            .unwrap_or_default();
        problem
            .at(&self.written.value(&format!("/listeners/{index}/name")), "a similar name is here")
            .hint(format!("did you mean `{similar}`?"))
    }
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn listeners_are_as_aws_takes_them() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        listener-certificate: HTTPS listener `https` has no certificate [HTTPS: needs a certificate] -> add `certificates:` with the ARN of one from AWS Certificate Manager
        listener-certificate: HTTP listener `http` has a certificate [certificates: only for HTTPS] [HTTP: the protocol]
        duplicate-port: two listeners on port 80 [80: this one] [HTTP: the first one]
        duplicate-name: a second listener named `a` [a: this one] [a: the first one]
        dangling-reference: no listener `htps` [htps: no listener has this name] [https: a similar name is here] -> did you mean `https`?
        listener-actions: listener `a` can't both redirect and answer [redirect: one] [fixedResponse: the other]
        listener-actions: a fixed response can't have a status of 3xx [301: expected 2xx, 4xx or 5xx] -> write a `redirect` instead
        bad-cidr: `10.0.0.0` is not a CIDR block [10.0.0.0: expected a block such as `10.0.0.0/8`]
        out-of-range: `idleTimeout` must be between 1 and 4000, but is 4001 [4001: expected 1 to 4000]
        out-of-range: `client_keep_alive.seconds` must be between 60 and 604800, but is 59 [59: expected 60 to 604800]
        attribute-has-field: `idle_timeout.timeout_seconds` has a field of its own [idle_timeout.timeout_seconds: would be set twice] -> write `idleTimeout` instead
        warning quota: load balancer `public` has 51 listeners [listeners: AWS takes 50] -> AWS refuses more unless the account's quota was raised
        ");
    }
}
