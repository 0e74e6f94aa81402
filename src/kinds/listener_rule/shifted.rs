//! Rules between whose target groups ECS shifts requests: it owns the weights after creation.

use super::spec::{Action, Forward, ListenerRuleSpec, Weighted};
use crate::kind::LiveRow;
use crate::kinds::shared::routing::{ALTERNATE, is_alternate};
use crate::value::Resolvable;

/// Makes a rule read the same before and after a deployment: the weights as at its creation, and
/// apart from them where most requests go.
pub(super) fn arranged(action: Action, target_groups: &[LiveRow]) -> Action {
    let Action::Forward(forward) = action else { return action };
    let is_second = |group: &Weighted| is_alternate(target_groups, group.target_group.text());
    if !forward.target_groups.0.iter().any(is_second) {
        return Action::Forward(forward);
    }
    let groups = forward.target_groups.0.iter();
    let busiest = groups.clone().max_by_key(|group| (group.weight, !is_second(group)));
    let busiest = busiest.map(|group| group.target_group.clone());
    let created =
        groups.map(|group| Weighted { weight: u32::from(!is_second(group)), ..group.clone() });
    Action::Forward(Forward { target_groups: created.collect(), busiest, ..forward })
}

/// Whether a rule is to forward to the second target group of a route.
pub(super) fn is_wanted(action: &Action) -> bool {
    let Action::Forward(forward) = action else { return false };
    forward.target_groups.0.iter().any(|group| match &group.target_group {
        Resolvable::Reference(reference) => reference.address().name.contains(ALTERNATE),
        Resolvable::Known(_) | Resolvable::Digest(_) => false,
    })
}

/// The rule as it is wanted, with the requests where they go now.
pub(super) fn kept(spec: &ListenerRuleSpec, live: &ListenerRuleSpec) -> ListenerRuleSpec {
    let busiest = busiest(live);
    let action = match (&spec.action, busiest) {
        (Action::Forward(forward), Some(busiest)) if forward.weight(busiest).is_some() => {
            Action::Forward(weighted(forward, busiest))
        }
        (action, _) => action.clone(),
    };
    ListenerRuleSpec { action, ..spec.clone() }
}

/// A live rule with the weights that it really has.
pub(super) fn real(live: &ListenerRuleSpec) -> ListenerRuleSpec {
    kept(live, live)
}

/// Whether ECS shifts requests between the target groups of a live rule.
pub(super) fn is_shifted(live: &ListenerRuleSpec) -> bool {
    busiest(live).is_some()
}

fn busiest(live: &ListenerRuleSpec) -> Option<&Resolvable> {
    match &live.action {
        Action::Forward(forward) => forward.busiest.as_ref(),
        Action::Redirect(_) | Action::FixedResponse(_) | Action::Other => None,
    }
}

fn weighted(forward: &Forward, busiest: &Resolvable) -> Forward {
    let weigh = |group: &Weighted| Weighted {
        weight: u32::from(group.target_group == *busiest),
        ..group.clone()
    };
    let target_groups = forward.target_groups.0.iter().map(weigh).collect();
    Forward { target_groups, busiest: None, ..forward.clone() }
}
