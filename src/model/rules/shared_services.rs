//! Services that a load balancer's rule shares requests between: a deployment must leave that rule alone.

use super::table::Entry;
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::load_balancer::LoadBalancer;
use crate::model::manifests::Written;

/// A service behind a load balancer with a rule that forwards to it.
macro_rules! shared {
    ($fields:literal) => {
        concat!(
            "{ kind: LoadBalancer, name: public, rules: [{ name: a, hosts: [a], forward: [{ service: web }] }] }\n---\n",
            "{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: public, rule: a }], ",
            $fields,
            " }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[Entry {
    code: "shared-strategy",
    rule: "no load balancer's rule shares requests with a service whose strategy moves them: ECS moves them between the two target groups of the service's own rule",
    source: "Amazon ECS API Reference, AdvancedConfiguration",
    wrong: shared!("deployment: { strategy: BLUE_GREEN }"),
    right: shared!("deployment: { strategy: ROLLING }"),
}];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let shifted = scope
        .services()
        .filter(|service| service.value.load_balancers.iter().any(|target| target.shift.is_some()));
    let balancers = || scope.manifests.load_balancers.values();
    shifted
        .flat_map(|service| balancers().flat_map(move |balancer| check_at(balancer, &service)))
        .collect()
}

fn check_at(balancer: &Written<LoadBalancer>, service: &ServiceView<'_>) -> Vec<Problem> {
    let rules = balancer.document.rules.iter().enumerate();
    let forwards = rules.flat_map(|(rule, written)| {
        written.forward.iter().enumerate().map(move |(index, forward)| (rule, index, forward))
    });
    let problem = |rule: usize, index: usize| {
        let message = format!("requests for `{}` are moved by its deployments", service.name);
        Problem::error("shared-strategy", message)
            .at(&balancer.value(&format!("/rules/{rule}/forward/{index}/service")), "shared here")
            .at(&service.written.value("/deployment/strategy"), "moves all that its own rule takes")
            .hint("give the service conditions of its own, or the strategy `ROLLING`")
    };
    forwards
        .filter(|(_, _, forward)| forward.service == service.name)
        .map(|(rule, index, _)| problem(rule, index))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::model::testing::report;

    #[test]
    fn a_shared_service_is_not_shifted() {
        let cases: Vec<_> = TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        shared-strategy: requests for `web` are moved by its deployments [web: shared here] [BLUE_GREEN: moves all that its own rule takes] -> give the service conditions of its own, or the strategy `ROLLING`
        ");
    }
}
