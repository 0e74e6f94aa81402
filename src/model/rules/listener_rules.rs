//! The rules of listeners wherever they are written: with services, or with load balancers.

use super::Scope;
use crate::manifest::node::{Node, Route, Span};
use crate::model::resolved::load_balancer::Listener;
use crate::model::resolved::rule::Rule;

/// A listener rule and where it is written.
pub(super) struct RuleView<'a> {
    node: &'a Node,
    /// The pointer to its entry.
    base: String,
    /// The field that names the entry.
    head: &'static str,
    /// A service or a load balancer, by name.
    pub(super) owner: &'a str,
    pub(super) load_balancer: &'a str,
    pub(super) listener: &'a str,
    pub(super) rule: &'a Rule,
}

impl<'a> RuleView<'a> {
    /// Those of services, then those of load balancers.
    pub(super) fn all(scope: &Scope<'a>) -> Vec<Self> {
        let of_services = scope.services().flat_map(|service| {
            service.value.load_balancers.iter().enumerate().filter_map(move |(index, target)| {
                Some(Self {
                    node: &service.written.node,
                    base: format!("/loadBalancers/{index}"),
                    head: "loadBalancer",
                    owner: service.name,
                    load_balancer: &target.load_balancer,
                    listener: &target.listener,
                    rule: target.rule.as_ref()?,
                })
            })
        });
        of_services.chain(Self::of_balancers(scope)).collect()
    }

    fn of_balancers(scope: &Scope<'a>) -> impl Iterator<Item = Self> {
        let stack = scope.stack;
        scope.manifests.load_balancers.iter().flat_map(move |(name, written)| {
            let balancer = stack.load_balancers.get(name).map(|balancer| &balancer.value);
            let rules = balancer.into_iter().flat_map(|balancer| &balancer.rules);
            rules.enumerate().map(move |(index, rule)| Self {
                node: &written.node,
                base: format!("/rules/{index}"),
                head: "name",
                owner: name,
                load_balancer: name,
                listener: &rule.listener,
                rule: &rule.rule,
            })
        })
    }

    pub(super) fn value(&self, field: &str) -> Span {
        self.node.value_span(&*format!("{}/{field}", self.base))
    }

    pub(super) fn key(&self, field: &str) -> Span {
        self.node.key_span(&*format!("{}/{field}", self.base))
    }

    /// A condition that is written, or what names the entry.
    pub(super) fn place(&self) -> Span {
        let conditions = ["paths", "hosts", "headers", "methods", "query", "sourceIps"];
        let is_written = |field: &&&str| {
            self.node.route(&Route::from(&*format!("{}/{field}", self.base))).is_some()
        };
        let written = conditions.iter().find(is_written);
        written.map_or_else(|| self.value(self.head), |field| self.key(field))
    }

    pub(super) fn resolved_listener(&self, scope: &Scope<'a>) -> Option<&'a Listener> {
        let balancer = &scope.stack.load_balancers.get(self.load_balancer)?.value;
        balancer.listeners.iter().find(|listener| listener.name == self.listener)
    }
}

/// The listeners of a load balancer, the implied one too.
pub(super) fn listeners_of<'a>(scope: &Scope<'a>, load_balancer: &str) -> &'a [Listener] {
    let balancer = scope.stack.load_balancers.get(load_balancer);
    balancer.map_or(&[], |balancer| &balancer.value.listeners)
}
