//! Rules between whose target groups ECS shifts requests: it owns the weights after creation.

use super::ListenerRuleSpec;
use crate::kind::LiveRow;
use crate::kinds::shared::routing::is_alternate;

/// The rule as it is wanted, with most requests where they go now.
pub(super) fn kept(spec: &ListenerRuleSpec, live: &ListenerRuleSpec) -> ListenerRuleSpec {
    let is_shifted = !spec.other_target_groups.0.is_empty();
    let busiest = live.busiest.clone().filter(|_| is_shifted);
    ListenerRuleSpec { busiest, ..spec.clone() }
}

/// Puts the second target group of a route behind the first one, wherever most requests go: a rule
/// reads back the same before and after a deployment.
pub(super) fn arranged<'a>(mut groups: Vec<&'a str>, live: &[LiveRow]) -> Vec<&'a str> {
    groups.sort_by_key(|arn| is_alternate(live, arn));
    groups
}
