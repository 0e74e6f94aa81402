//! The ways from load balancers' listeners to services: target groups, and the rules that lead to them.

use std::collections::BTreeSet;

use super::elb::suffix;
use crate::facts::Facts;
use crate::kind::LiveRow;
use crate::model::resolved::load_balancer::{FixedResponse, LoadBalancer, Redirect};
use crate::model::resolved::rule::{BalancerRule, Rule, RuleAction, Share};
use crate::model::resolved::service::{Service, Target};
use crate::model::stack::{Resource, Stack};
use crate::value::{Address, Resolvable};

/// One entry of a service's `loadBalancers`.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    /// The name in the addresses of its target group, and of its listener rule if it has one for itself.
    pub name: String,
    pub service: &'a Resource<Service>,
    pub target: &'a Target,
    /// The name in the address of its second target group, where ECS shifts requests between two.
    pub alternate: Option<String>,
    /// The name in the address of the listener rule for requests that test a deployment.
    pub test: Option<String>,
    /// The names of all listener rules that lead to it.
    pub rules: Vec<String>,
}

/// A listener rule of a stack.
#[derive(Clone, Debug)]
pub struct RuleRoute<'a> {
    /// The name in its address.
    pub name: String,
    pub owner: Owner<'a>,
    pub load_balancer: &'a str,
    pub listener: &'a str,
    pub rule: &'a Rule,
    pub leads_to: LeadsTo<'a>,
}

/// Whose document a rule is in.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    Service(&'a Resource<Service>),
    LoadBalancer(&'a Resource<LoadBalancer>),
}

/// What a rule does with requests.
#[derive(Clone, Debug)]
pub enum LeadsTo<'a> {
    Routes {
        /// The names of routes, with their weights.
        weights: Vec<(String, u32)>,
        /// Seconds; 0 is off.
        stickiness: u32,
    },
    Redirect(&'a Redirect),
    FixedResponse(&'a FixedResponse),
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

    /// What follows `loadbalancer/` in the ARN of the load balancer.
    pub fn load_balancer_suffix(&self, facts: &Facts) -> Resolvable {
        let name = &self.target.load_balancer;
        match facts.load_balancers.get(name) {
            Some(existing) => suffix(&existing.arn).into(),
            None => Resolvable::reference("load-balancer", name, "suffix"),
        }
    }

    /// What leads to the target group: before it is there, ECS refuses the group.
    pub fn ways_in(&self) -> Vec<Address> {
        if self.has_rule() {
            self.rules.iter().map(|rule| Address::new("listener-rule", rule)).collect()
        } else {
            vec![Address::new("listener", self.listener_name())]
        }
    }
}

impl RuleRoute<'_> {
    /// ARN of the listener that the rule is of.
    pub fn listener(&self, facts: &Facts) -> Resolvable {
        let existing = facts.load_balancers.get(self.load_balancer);
        let known = existing.and_then(|balancer| balancer.listeners.get(self.listener));
        known.map_or_else(
            || {
                let name = format!("{}-{}", self.load_balancer, self.listener);
                Resolvable::reference("listener", &name, "arn")
            },
            |arn| arn.as_str().into(),
        )
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

/// What the name of a route's second target group has, and the first one's has not.
pub const ALTERNATE: &str = "-alternate";

/// All routes of a stack, by service and then in the order of the manifest.
///
/// A route is named `<service>-<load balancer>-<listener>`, with `-<container>-<port>` where the
/// service has more than one route from that listener, and counted where even that is not unique.
pub fn routes(stack: &Stack) -> Vec<Route<'_>> {
    let mut routes = routes_by_name(stack);
    for rule in rules_of_balancers(stack, &routes) {
        let LeadsTo::Routes { weights, .. } = rule.leads_to else { continue };
        for (name, _) in weights {
            let route = routes.iter_mut().find(|route| route.name == name);
            route.expect("rules lead to routes of the stack").rules.push(rule.name.clone());
        }
    }
    routes
}

/// All listener rules of a stack: those of services, named like their routes, then those of load
/// balancers, named `<load balancer>-<rule>`.
pub fn rules(stack: &Stack) -> Vec<RuleRoute<'_>> {
    let routes = routes_by_name(stack);
    let of_services = routes.iter().flat_map(rules_of_route);
    of_services.chain(rules_of_balancers(stack, &routes)).collect()
}

/// The rule that a route has for itself, and the one for requests that test a deployment.
fn rules_of_route<'a>(route: &Route<'a>) -> Vec<RuleRoute<'a>> {
    let Target { load_balancer, listener, rule, shift, .. } = route.target;
    let Some(rule) = rule else { return vec![] };
    let alternate = route.alternate.iter().map(|name| (name.clone(), 0));
    let weights: Vec<_> = [(route.name.clone(), 1)].into_iter().chain(alternate).collect();
    let leading = |name: &String, listener: &'a String| RuleRoute {
        name: name.clone(),
        owner: Owner::Service(route.service),
        load_balancer,
        listener,
        rule,
        leads_to: LeadsTo::Routes { weights: weights.clone(), stickiness: 0 },
    };
    let test = shift.as_ref().and_then(|shift| shift.test_listener.as_ref());
    let test = route.test.as_ref().zip(test).map(|(name, listener)| leading(name, listener));
    [leading(&route.name, listener)].into_iter().chain(test).collect()
}

fn routes_by_name(stack: &Stack) -> Vec<Route<'_>> {
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
            let shift = target.shift.as_ref();
            let alternate = shift.map(|_| free(&format!("{name}{ALTERNATE}"), &taken));
            let test = shift.and_then(|shift| shift.test_listener.as_ref());
            let test = test.map(|_| free(&format!("{name}-test"), &taken));
            taken.extend(alternate.iter().chain(&test).cloned());
            let own = target.rule.iter().map(|_| name.clone());
            let rules = own.chain(test.clone()).collect();
            Route { name, service, target, alternate, test, rules }
        })
        .collect()
}

fn rules_of_balancers<'a>(stack: &'a Stack, routes: &[Route<'a>]) -> Vec<RuleRoute<'a>> {
    let mut taken: BTreeSet<String> = routes.iter().map(|route| route.name.clone()).collect();
    let rules = stack
        .load_balancers
        .values()
        .flat_map(|balancer| balancer.value.rules.iter().map(move |rule| (balancer, rule)));
    rules
        .map(|(balancer, rule)| {
            let name = free(&format!("{}-{}", balancer.name, rule.name), &taken);
            taken.insert(name.clone());
            let BalancerRule { listener, rule, action, .. } = rule;
            RuleRoute {
                name,
                owner: Owner::LoadBalancer(balancer),
                load_balancer: &balancer.name,
                listener,
                rule,
                leads_to: leads_to(action, routes),
            }
        })
        .collect()
}

fn leads_to<'a>(action: &'a RuleAction, routes: &[Route<'_>]) -> LeadsTo<'a> {
    match action {
        RuleAction::Forward { shares, stickiness } => LeadsTo::Routes {
            weights: shares.iter().map(|share| (route_of(share, routes), share.weight)).collect(),
            stickiness: stickiness.unwrap_or_default(),
        },
        RuleAction::Redirect(redirect) => LeadsTo::Redirect(redirect),
        RuleAction::FixedResponse(response) => LeadsTo::FixedResponse(response),
    }
}

fn route_of(share: &Share, routes: &[Route<'_>]) -> String {
    let mut of_service = routes.iter().filter(|route| route.service.name == share.service);
    let route = of_service.nth(share.target).expect("a share is of a service's target");
    route.name.clone()
}

/// Whether a target group is the second one of its route, as its tags say.
pub fn is_alternate(target_groups: &[LiveRow], arn: &str) -> bool {
    let has_arn = |row: &&LiveRow| row.outputs.get("arn").is_some_and(|own| own == arn);
    let row = target_groups.iter().find(has_arn);
    let address = row.and_then(|row| row.marks.resource.as_ref());
    address.is_some_and(|address| address.name.contains(ALTERNATE))
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
