//! The way from a load balancer's listener to a service: one target group each, and one listener rule.

use std::collections::BTreeSet;

use super::elb::suffix;
use crate::facts::Facts;
use crate::model::resolved::service::{Service, Target};
use crate::model::stack::{Resource, Stack};
use crate::value::{Address, Resolvable};

/// One entry of a service's `loadBalancers`.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    /// The name in the addresses of its target group and its listener rule.
    pub name: String,
    pub service: &'a Resource<Service>,
    pub target: &'a Target,
}

impl Route<'_> {
    /// Whether a rule leads here. A listener of a Network Load Balancer does so itself.
    pub fn has_rule(&self) -> bool {
        self.target.protocol.is_http()
    }

    /// Whether all that arrives at a listener comes here.
    pub fn is_from(&self, load_balancer: &str, listener: &str) -> bool {
        let from = (self.target.load_balancer.as_str(), self.target.listener.as_str());
        !self.has_rule() && from == (load_balancer, listener)
    }

    /// The name in the address of the listener that it comes from, if ecsctl makes that.
    pub fn listener_name(&self) -> String {
        format!("{}-{}", self.target.load_balancer, self.target.listener)
    }

    /// ARN of the listener that it comes from.
    pub fn listener(&self, facts: &Facts) -> Resolvable {
        let existing = facts.load_balancers.get(&self.target.load_balancer);
        match existing.and_then(|balancer| balancer.listeners.get(&self.target.listener)) {
            Some(arn) => arn.as_str().into(),
            None => Resolvable::reference("listener", &self.listener_name(), "arn"),
        }
    }

    /// What follows `loadbalancer/` in the ARN of the load balancer.
    pub fn load_balancer_suffix(&self, facts: &Facts) -> Resolvable {
        let name = &self.target.load_balancer;
        match facts.load_balancers.get(name) {
            Some(existing) => suffix(&existing.arn).into(),
            None => Resolvable::reference("load-balancer", name, "suffix"),
        }
    }

    /// What leads to the target group: before it is there, ECS refuses the group.
    pub fn way_in(&self) -> Address {
        if self.has_rule() {
            Address::new("listener-rule", &self.name)
        } else {
            Address::new("listener", self.listener_name())
        }
    }
}

/// The security groups that requests to a target come from.
pub fn sources(facts: &Facts, target: &Target) -> Vec<Resolvable> {
    if let Some(existing) = facts.load_balancers.get(&target.load_balancer) {
        return existing.security_groups.iter().map(|id| id.as_str().into()).collect();
    }
    let group = format!("load-balancer-{}", target.load_balancer);
    vec![Resolvable::reference("security-group", &group, "id")]
}

/// All routes of a stack, by service and then in the order of the manifest.
///
/// A route is named `<service>-<load balancer>-<listener>`, with `-<container>-<port>` where the
/// service has more than one route from that listener, and counted where even that is not unique.
pub fn routes(stack: &Stack) -> Vec<Route<'_>> {
    let mut taken = BTreeSet::new();
    stack
        .services
        .values()
        .flat_map(|service| {
            service.value.load_balancers.iter().map(move |target| (service, target))
        })
        .map(|(service, target)| {
            let name = free(&base_name(service, target), &taken);
            taken.insert(name.clone());
            Route { name, service, target }
        })
        .collect()
}

fn base_name(service: &Resource<Service>, target: &Target) -> String {
    let Target { load_balancer, listener, container, container_port, .. } = target;
    let is_same_listener =
        |other: &&Target| (&other.load_balancer, &other.listener) == (load_balancer, listener);
    let name = format!("{}-{load_balancer}-{listener}", service.name);
    match service.value.load_balancers.iter().filter(is_same_listener).count() {
        0 | 1 => name,
        _ => format!("{name}-{container}-{container_port}"),
    }
}

fn free(name: &str, taken: &BTreeSet<String>) -> String {
    let (mut candidate, mut count) = (name.to_owned(), 1);
    while taken.contains(&candidate) {
        count += 1;
        candidate = format!("{name}-{count}");
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::samples;

    #[test]
    fn names_are_short_where_they_can_be_and_always_unique() {
        let stack = samples::stack(
            "
{ kind: LoadBalancer, name: public, listeners: [{ name: http, protocol: HTTP }, { name: internal, protocol: HTTP, port: 81 }] }
---
{ kind: LoadBalancer, name: internal-app, listeners: [{ name: '80', protocol: HTTP }] }
---
{ kind: Service, name: api, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, listener: internal, paths: [/api] }] }
---
kind: Service
name: web
containers: [{ name: app, image: nginx, ports: [80] }]
loadBalancers:
  - { loadBalancer: public, listener: http, paths: [/a] }
  - { loadBalancer: public, listener: internal, paths: [/b] }
  - { loadBalancer: public, listener: internal, paths: [/c] }
---
{ kind: Service, name: web-public, image: nginx, port: 80, loadBalancers: [{ loadBalancer: internal-app }] }
",
        );
        let names: Vec<_> = routes(&stack).into_iter().map(|route| route.name).collect();
        assert_eq!(
            names,
            [
                "api-public-internal",
                "web-public-http",
                "web-public-internal-app-80",
                "web-public-internal-app-80-2",
                "web-public-internal-app-80-3",
            ]
        );
    }
}
