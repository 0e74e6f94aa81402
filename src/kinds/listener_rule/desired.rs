//! From the rules of a stack to those of its listeners.

use super::ListenerRule;
use super::authenticate::Authenticate;
use super::spec::{Action, Forward, ListenerRuleSpec, QueryPattern, Weighted};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin, Tags};
use crate::kinds::shared::answers::{FixedResponse, Redirect};
use crate::kinds::shared::routing::{LeadsTo, Owner, RuleRoute, rules};
use crate::model::resolved::rule::{Conditions, Priority};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

/// Says whether the secret has changed, which AWS does not show.
pub(super) const SECRET_TAG: &str = "ecsctl:client-secret";

pub(super) fn rows(stack: &Stack, facts: &Facts) -> Vec<Desired<ListenerRuleSpec>> {
    rules(stack).iter().map(|rule| row(stack, facts, rule)).collect()
}

fn row(stack: &Stack, facts: &Facts, route: &RuleRoute<'_>) -> Desired<ListenerRuleSpec> {
    let origin = match route.owner {
        Owner::Service(service) => Origin::of(stack, "service", service),
        Owner::LoadBalancer(balancer) => Origin::of(stack, "load-balancer", balancer),
    };
    let tags = origin.tags(ListenerRule::NAME, &route.name);
    origin.part(&route.name, spec(facts, route, tags))
}

fn spec(facts: &Facts, route: &RuleRoute<'_>, mut tags: Tags) -> ListenerRuleSpec {
    let rule = route.rule;
    let Conditions { hosts, paths, headers, methods, query, source_ips } = rule.conditions.clone();
    let authenticate = Authenticate::of(rule.authenticate.as_ref());
    tags.extend(authenticate.secret_digest().map(|digest| (SECRET_TAG.to_owned(), digest.into())));
    let query = query.into_iter().map(|it| QueryPattern { key: it.key, value: it.value });
    let headers = headers.into_iter().map(|(name, values)| (name, values.into_iter().collect()));
    ListenerRuleSpec {
        name: route.name.clone(),
        listener: route.listener(facts),
        priority: match rule.priority {
            Priority::Explicit(priority) => Some(priority),
            Priority::Automatic => None,
        },
        hosts,
        paths: paths.into_iter().collect(),
        headers: headers.collect(),
        methods: methods.into_iter().collect(),
        query: query.collect(),
        source_ips: source_ips.into_iter().collect(),
        authenticate,
        action: action(&route.leads_to),
        other: Set::default(),
        swap: None,
        tags,
    }
}

fn action(leads_to: &LeadsTo<'_>) -> Action {
    match leads_to {
        LeadsTo::Routes { weights, stickiness } => {
            let group = |(route, weight): &(String, u32)| Weighted {
                target_group: Resolvable::reference("target-group", route, "arn"),
                weight: *weight,
            };
            Action::Forward(Forward::new(weights.iter().map(group).collect(), *stickiness))
        }
        LeadsTo::Redirect(redirect) => Action::Redirect(Redirect::of(redirect)),
        LeadsTo::FixedResponse(response) => Action::FixedResponse(FixedResponse::of(response)),
    }
}
