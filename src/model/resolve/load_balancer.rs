//! A `LoadBalancer` document to a load balancer.

use super::{Context, rule, texts};
use crate::model::documents::load_balancer as document;
use crate::model::names;
use crate::model::resolved::load_balancer::{
    DefaultAction, FixedResponse, Listener, ListenerProtocol, LoadBalancer, Redirect, Tls,
};

/// TLS 1.2 and 1.3, AWS's recommendation and the console's default.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/// The listener of a load balancer that lists none.
pub(super) const IMPLICIT_LISTENER: &str = "http";
const IDLE_TIMEOUT: u32 = 60;

pub(super) fn resolve(context: &Context<'_>, balancer: &document::LoadBalancer) -> LoadBalancer {
    let listeners = match &balancer.listeners[..] {
        [] => vec![implicit_listener()],
        listeners => listeners.iter().map(|written| listener(balancer, written)).collect(),
    };
    LoadBalancer {
        scheme: balancer.scheme,
        network: context.network_name(balancer.network.as_deref()),
        security_group_name: context.names.part(names::SECURITY_GROUP, &balancer.name, "lb"),
        security_groups: balancer.security_groups.iter().map(|group| group.0.clone()).collect(),
        ingress: balancer.ingress.clone().unwrap_or_else(|| vec!["0.0.0.0/0".to_owned()]),
        listeners,
        rules: rule::of_balancer(context.manifests, balancer),
        idle_timeout: balancer.idle_timeout.map_or(IDLE_TIMEOUT, |timeout| timeout.0),
        deletion_protection: balancer.deletion_protection,
        attributes: texts(&balancer.attributes),
    }
}

fn implicit_listener() -> Listener {
    Listener {
        name: IMPLICIT_LISTENER.to_owned(),
        protocol: ListenerProtocol::Http,
        port: 80,
        tls: None,
        default_action: DefaultAction::FixedResponse(FixedResponse::default()),
    }
}

fn listener(balancer: &document::LoadBalancer, listener: &document::Listener) -> Listener {
    let tls = || Tls {
        certificates: listener.certificates.clone(),
        ssl_policy: listener.ssl_policy.clone().unwrap_or_else(|| SSL_POLICY.to_owned()),
    };
    Listener {
        name: listener.name.clone(),
        protocol: listener.protocol,
        port: port(listener),
        tls: (listener.protocol == ListenerProtocol::Https).then(tls),
        default_action: default_action(balancer, listener),
    }
}

/// The port of a listener: as written, or its protocol's own.
pub(crate) fn port(listener: &document::Listener) -> u16 {
    listener.port.unwrap_or_else(|| default_port(listener.protocol))
}

fn default_port(protocol: ListenerProtocol) -> u16 {
    match protocol {
        ListenerProtocol::Http => 80,
        ListenerProtocol::Https => 443,
    }
}

fn default_action(
    balancer: &document::LoadBalancer,
    listener: &document::Listener,
) -> DefaultAction {
    match &listener.redirect {
        Some(written) => DefaultAction::Redirect(redirect(balancer, written)),
        None => DefaultAction::FixedResponse(listener.fixed_response.clone().unwrap_or_default()),
    }
}

/// A redirect that names no part of an address is one to HTTPS.
pub(super) fn redirect(
    balancer: &document::LoadBalancer,
    written: &document::Redirect,
) -> Redirect {
    let target = written
        .to
        .as_ref()
        .and_then(|to| balancer.listeners.iter().find(|listener| listener.name == *to));
    let parts = [&written.host, &written.path, &written.query];
    let by_default = parts.iter().all(|part| part.is_none()).then_some(ListenerProtocol::Https);
    let protocol = target.map(|target| target.protocol).or(written.protocol).or(by_default);
    let port = target.map(port).or(written.port).or(protocol.map(default_port));
    let [host, path, query] = parts.map(Clone::clone);
    Redirect { protocol, port, host, path, query, status: written.status }
}
