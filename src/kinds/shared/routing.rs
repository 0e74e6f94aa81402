//! The way from a load balancer's listener to a service: one target group and one listener rule each.

use std::collections::BTreeSet;

use crate::kind::LiveRow;
use crate::model::resolved::service::{Service, Target};
use crate::model::stack::{Resource, Stack};

/// One entry of a service's `loadBalancers`.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    /// The name in the addresses of its target group and its listener rule.
    pub name: String,
    pub service: &'a Resource<Service>,
    pub target: &'a Target,
    /// The name in the address of its second target group, where ECS shifts requests between two.
    pub alternate: Option<String>,
    /// The name in the address of the listener rule for requests that test a deployment.
    pub test: Option<String>,
}

/// What the name of a route's second target group has, and the first one's has not.
pub const ALTERNATE: &str = "-alternate";

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
            let shift = target.shift.as_ref();
            let alternate = shift.map(|_| free(&format!("{name}{ALTERNATE}"), &taken));
            let test = shift.and_then(|shift| shift.test_listener.as_ref());
            let test = test.map(|_| free(&format!("{name}-test"), &taken));
            taken.extend(alternate.iter().chain(&test).cloned());
            Route { name, service, target, alternate, test }
        })
        .collect()
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
