//! A `LoadBalancer` document to a load balancer.

use super::{Context, rule, texts};
use crate::model::documents::load_balancer as document;
use crate::model::documents::load_balancer::{BalancerType, FixedResponse};
use crate::model::names;
use crate::model::resolved::load_balancer as resolved;
use crate::model::resolved::load_balancer::{
    AlpnPolicy, DefaultAction, ExistingListener, ExistingLoadBalancer, KnownBy, Listener,
    ListenerProtocol, LoadBalancer, Redirect, Tls,
};

/// TLS 1.2 and 1.3, AWS's recommendation and the console's default.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/// The listener of a load balancer that lists none.
pub(super) const IMPLICIT_LISTENER: &str = "http";
const IDLE_TIMEOUT: u32 = 60;
/// AWS's own default.
const TCP_IDLE_TIMEOUT: u32 = 350;

/// None for one that is there already, and for a Classic Load Balancer.
pub(super) fn resolve(
    context: &Context<'_>,
    balancer: &document::LoadBalancer,
) -> Option<LoadBalancer> {
    let balancer_type = match balancer.balancer_type {
        BalancerType::Application => resolved::BalancerType::Application,
        BalancerType::Network => resolved::BalancerType::Network,
        BalancerType::Classic => return None,
    };
    let is_application = balancer_type == resolved::BalancerType::Application;
    let listeners = match &balancer.listeners[..] {
        [] if is_application => vec![implicit_listener()],
        listeners => listeners.iter().map(|written| listener(balancer, written)).collect(),
    };
    let idle_timeout = || balancer.idle_timeout.map_or(IDLE_TIMEOUT, |timeout| timeout.0);
    let value = LoadBalancer {
        balancer_type,
        scheme: balancer.scheme,
        network: context.network_name(balancer.network.as_deref()),
        ip_address_type: balancer.ip_address_type,
        addresses: balancer.addresses.clone(),
        security_group_name: context.names.part(names::SECURITY_GROUP, &balancer.name, "lb"),
        security_groups: balancer.security_groups.iter().map(|group| group.0.clone()).collect(),
        ingress: balancer.ingress.clone().unwrap_or_else(|| vec!["0.0.0.0/0".to_owned()]),
        listeners,
        rules: rule::of_balancer(context.manifests, balancer),
        idle_timeout: is_application.then(idle_timeout),
        cross_zone: (!is_application).then(|| balancer.cross_zone.unwrap_or_default()),
        drop_invalid_headers: is_application
            .then(|| balancer.drop_invalid_headers.unwrap_or_default()),
        access_logs: balancer.access_logs.clone(),
        connection_logs: balancer.connection_logs.clone(),
        deletion_protection: balancer.deletion_protection,
        attributes: texts(&balancer.attributes),
    };
    balancer.existing.is_none().then_some(value)
}

/// None for one that ecsctl makes.
pub(super) fn existing(
    _context: &Context<'_>,
    balancer: &document::LoadBalancer,
) -> Option<ExistingLoadBalancer> {
    let existing = balancer.existing.as_ref()?;
    if balancer.balancer_type == BalancerType::Classic {
        return None;
    }
    let known_by = match (&existing.arn, &existing.name) {
        (Some(arn), _) => KnownBy::Arn(arn.clone()),
        (None, Some(name)) => KnownBy::Name(name.clone()),
        (None, None) => KnownBy::Tags(texts(&existing.tags)),
    };
    let listeners = balancer.listeners.iter().map(|listener| {
        let port = || ExistingListener::Port(port(listener));
        let found_by = listener.arn.clone().map_or_else(port, ExistingListener::Arn);
        (listener.name.clone(), found_by)
    });
    Some(ExistingLoadBalancer { known_by, listeners: listeners.collect() })
}

fn implicit_listener() -> Listener {
    Listener {
        name: IMPLICIT_LISTENER.to_owned(),
        protocol: ListenerProtocol::Http,
        port: 80,
        tls: None,
        idle_timeout: None,
        default_action: DefaultAction::FixedResponse(FixedResponse::default()),
    }
}

fn listener(balancer: &document::LoadBalancer, listener: &document::Listener) -> Listener {
    let protocol = protocol(listener);
    let tls = || Tls {
        certificates: listener.certificates.clone(),
        ssl_policy: listener.ssl_policy.clone().unwrap_or_else(|| SSL_POLICY.to_owned()),
        alpn_policy: (protocol == ListenerProtocol::Tls)
            .then(|| listener.alpn_policy.unwrap_or(AlpnPolicy::None)),
        mutual_authentication: listener.mutual_authentication.clone(),
    };
    let idle_timeout = || listener.idle_timeout.map_or(TCP_IDLE_TIMEOUT, |timeout| timeout.0);
    Listener {
        name: listener.name.clone(),
        protocol,
        port: port(listener),
        tls: protocol.is_secure().then(tls),
        idle_timeout: (protocol == ListenerProtocol::Tcp).then(idle_timeout),
        default_action: default_action(balancer, listener),
    }
}

/// The protocol of a listener; a rule asks for one where none is written.
pub(crate) fn protocol(listener: &document::Listener) -> ListenerProtocol {
    listener.protocol.unwrap_or(ListenerProtocol::Http)
}

/// The port of a listener: as written, or its protocol's own.
pub(crate) fn port(listener: &document::Listener) -> u16 {
    listener.port.unwrap_or_else(|| protocol(listener).default_port().unwrap_or_default())
}

fn default_action(
    balancer: &document::LoadBalancer,
    listener: &document::Listener,
) -> DefaultAction {
    if balancer.balancer_type == BalancerType::Network {
        return DefaultAction::Service;
    }
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
    let protocol = target.map(protocol).or(written.protocol).or(by_default);
    let default_port = protocol.and_then(ListenerProtocol::default_port);
    let port = target.map(port).or(written.port).or(default_port);
    let [host, path, query] = parts.map(Clone::clone);
    Redirect { protocol, port, host, path, query, status: written.status }
}
