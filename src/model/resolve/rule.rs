//! The rules of listeners: those of services, and those of load balancers.

use std::collections::BTreeMap;

use super::load_balancer::{IMPLICIT_LISTENER, redirect};
use super::texts;
use crate::model::documents::authentication as document;
use crate::model::documents::load_balancer::LoadBalancer;
use crate::model::documents::routing::ServiceLoadBalancer;
use crate::model::documents::rule::{HeaderPattern, LoadBalancerRule, Method, QueryPattern};
use crate::model::manifests::Manifests;
use crate::model::resolved::rule::{
    self as resolved, Authenticate, BalancerRule, Conditions, Priority, Provider, Rule, RuleAction,
    Share,
};

const SCOPE: &str = "openid";
const SESSION_COOKIE: &str = "AWSELBAuthSessionCookie";
/// Seven days, as AWS has it.
const SESSION_TIMEOUT: u32 = 604_800;

/// The conditions of a document that spells them: serde flattens no type that refuses unknown fields.
macro_rules! conditions {
    ($written:ident) => {
        Conditions {
            hosts: $written.hosts.clone(),
            paths: $written.paths.clone(),
            headers: headers(&$written.headers),
            methods: methods(&$written.methods),
            query: $written.query.iter().map(query).collect(),
            source_ips: $written.source_ips.clone(),
        }
    };
}

/// The rule that a service has for itself.
pub(super) fn of_target(written: &ServiceLoadBalancer) -> Option<Rule> {
    let own = || rule(written.priority, conditions!(written), written.authenticate.as_ref());
    written.rule.is_none().then(own)
}

/// Those that a load balancer has.
pub(super) fn of_balancer(manifests: &Manifests, balancer: &LoadBalancer) -> Vec<BalancerRule> {
    let of = |written: &LoadBalancerRule| BalancerRule {
        name: written.name.clone(),
        listener: listener(Some(balancer), written.listener.as_ref()),
        rule: rule(written.priority, conditions!(written), written.authenticate.as_ref()),
        action: action(manifests, balancer, written),
    };
    balancer.rules.iter().map(of).collect()
}

/// The listener of a service's rule, or of the load balancer's rule that leads to it.
pub(super) fn listener_of_target(manifests: &Manifests, written: &ServiceLoadBalancer) -> String {
    let balancer = manifests.load_balancers.get(&written.load_balancer);
    let balancer = balancer.map(|balancer| &balancer.document);
    let through = written
        .rule
        .as_ref()
        .zip(balancer)
        .and_then(|(name, balancer)| balancer.rules.iter().find(|rule| rule.name == *name));
    match through {
        Some(rule) => listener(balancer, rule.listener.as_ref()),
        None => listener(balancer, written.listener.as_ref()),
    }
}

/// The listener as written, or the only one, or the only one that does not redirect.
fn listener(balancer: Option<&LoadBalancer>, written: Option<&String>) -> String {
    if let Some(listener) = written {
        return listener.clone();
    }
    let listeners = balancer.map_or(&[][..], |balancer| &balancer.listeners);
    let serving: Vec<_> = listeners.iter().filter(|listener| listener.redirect.is_none()).collect();
    match (listeners, &serving[..]) {
        ([only], _) => only.name.clone(),
        (_, [serving]) => serving.name.clone(),
        ([], _) => IMPLICIT_LISTENER.to_owned(),
        (_, _) => String::new(),
    }
}

fn rule(
    priority: Option<u32>,
    mut conditions: Conditions,
    authenticate: Option<&document::Authenticate>,
) -> Rule {
    if conditions.is_open() {
        conditions.paths = vec!["/*".to_owned()];
    }
    Rule {
        priority: priority.map_or(Priority::Automatic, Priority::Explicit),
        conditions,
        authenticate: authenticate.and_then(authentication),
    }
}

fn headers(written: &BTreeMap<String, Vec<HeaderPattern>>) -> BTreeMap<String, Vec<String>> {
    let values =
        |patterns: &[HeaderPattern]| patterns.iter().map(|value| value.0.clone()).collect();
    written.iter().map(|(name, patterns)| (name.clone(), values(patterns))).collect()
}

fn methods(written: &[Method]) -> Vec<String> {
    written.iter().map(|method| method.0.clone()).collect()
}

fn query(written: &QueryPattern) -> resolved::QueryPattern {
    resolved::QueryPattern { key: written.key.clone(), value: written.value.0.clone() }
}

fn action(
    manifests: &Manifests,
    balancer: &LoadBalancer,
    written: &LoadBalancerRule,
) -> RuleAction {
    match (&written.redirect, &written.fixed_response) {
        (Some(target), _) => RuleAction::Redirect(redirect(balancer, target)),
        (None, Some(response)) => RuleAction::FixedResponse(response.clone()),
        (None, None) => {
            let share = |index: usize| {
                let forward = &written.forward[index];
                let target = target(manifests, balancer, written, &forward.service)?;
                let service = forward.service.clone();
                Some(Share { service, target, weight: forward.weight.unwrap_or(1) })
            };
            RuleAction::Forward {
                shares: (0..written.forward.len()).filter_map(share).collect(),
                stickiness: written.stickiness.map(|time| time.0),
            }
        }
    }
}

/// Which of a service's `loadBalancers` a rule means: the one that names it, or the first at the load balancer.
fn target(
    manifests: &Manifests,
    balancer: &LoadBalancer,
    rule: &LoadBalancerRule,
    service: &str,
) -> Option<usize> {
    let entries = &manifests.services.get(service)?.document.load_balancers;
    let is_here = |entry: &ServiceLoadBalancer| entry.load_balancer == balancer.name;
    let names = |entry: &ServiceLoadBalancer| entry.rule.as_ref() == Some(&rule.name);
    entries
        .iter()
        .position(|entry| is_here(entry) && names(entry))
        .or_else(|| entries.iter().position(is_here))
}

/// None when none or both are written, which the rules report.
fn authentication(written: &document::Authenticate) -> Option<Authenticate> {
    match (&written.oidc, &written.cognito) {
        (Some(oidc), None) => Some(by_oidc(oidc)),
        (None, Some(cognito)) => Some(by_cognito(cognito)),
        (None, None) | (Some(_), Some(_)) => None,
    }
}

fn by_oidc(written: &document::Oidc) -> Authenticate {
    Authenticate {
        provider: Provider::Oidc {
            issuer: written.issuer.clone(),
            authorization_endpoint: written.authorization_endpoint.clone(),
            token_endpoint: written.token_endpoint.clone(),
            user_info_endpoint: written.user_info_endpoint.clone(),
            client_id: written.client_id.clone(),
            client_secret: written.client_secret.clone(),
        },
        scope: written.scope.clone().unwrap_or_else(|| SCOPE.to_owned()),
        session_timeout: written.session_timeout.map_or(SESSION_TIMEOUT, |time| time.0),
        session_cookie: written.session_cookie.clone().unwrap_or_else(|| SESSION_COOKIE.to_owned()),
        on_unauthenticated_request: written.on_unauthenticated_request,
        extra_parameters: texts(&written.extra_parameters),
    }
}

fn by_cognito(written: &document::Cognito) -> Authenticate {
    Authenticate {
        provider: Provider::Cognito {
            user_pool_arn: written.user_pool_arn.clone(),
            user_pool_client_id: written.user_pool_client_id.clone(),
            user_pool_domain: written.user_pool_domain.clone(),
        },
        scope: written.scope.clone().unwrap_or_else(|| SCOPE.to_owned()),
        session_timeout: written.session_timeout.map_or(SESSION_TIMEOUT, |time| time.0),
        session_cookie: written.session_cookie.clone().unwrap_or_else(|| SESSION_COOKIE.to_owned()),
        on_unauthenticated_request: written.on_unauthenticated_request,
        extra_parameters: texts(&written.extra_parameters),
    }
}
