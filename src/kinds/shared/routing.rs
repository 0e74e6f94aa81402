//! The way from a load balancer's listener to a service: one target group and one listener rule each.

use crate::model::resolved::service::{Service, Target};
use crate::model::stack::{Resource, Stack};

/// One entry of a service's `loadBalancers`.
#[derive(Clone, Debug)]
pub struct Route<'a> {
    /// The name in the addresses of its target group and its listener rule.
    pub name: String,
    pub service: &'a Resource<Service>,
    pub target: &'a Target,
}

/// All routes of a stack.
pub fn routes(stack: &Stack) -> Vec<Route<'_>> {
    let routes = stack.services.values().flat_map(|service| {
        service.value.load_balancers.iter().map(move |target| Route {
            name: format!("{}-{}-{}", service.name, target.load_balancer, target.listener),
            service,
            target,
        })
    });
    routes.collect()
}
