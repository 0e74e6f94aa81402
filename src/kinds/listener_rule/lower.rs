//! From changes of a rule to calls.

use super::calls::Call;
use super::desired::SECRET_TAG;
use super::shifted;
use super::spec::{Action, Forward, ListenerRuleSpec, Swap, Weighted};
use crate::kind::{Change, Live, TagsChange};

/// Target groups of an action.
const MOST_GROUPS: usize = 5;
/// What says which requests a rule takes.
pub(super) const CONDITIONS: [&str; 6] =
    ["hosts", "paths", "headers", "methods", "query", "sourceIps"];
/// What `ModifyRule` writes.
pub(super) const REWRITTEN: [&str; 9] = [
    "hosts",
    "paths",
    "headers",
    "methods",
    "query",
    "sourceIps",
    "authenticate",
    "action",
    "other",
];

/// Calls carry what a rule is, not how it came to be.
pub(super) fn without_swap(spec: &ListenerRuleSpec) -> ListenerRuleSpec {
    ListenerRuleSpec { swap: None, ..spec.clone() }
}

pub(super) fn update(
    change: &Change<'_, ListenerRuleSpec>,
    spec: &ListenerRuleSpec,
    live: &Live<ListenerRuleSpec>,
) -> Vec<Call> {
    let (arn, swap) = (change.own("arn"), spec.swap.clone());
    let spec = without_swap(spec);
    let shown = spec.without_secret();
    let mut calls = vec![];
    if change.touches("priority") && swap != Some(Swap::Follows) {
        let alongside = match swap {
            Some(Swap::Leads(places)) => places,
            Some(Swap::Follows) | None => vec![],
        };
        calls.push(Call::UpdatePriorities { arn: arn.clone(), spec: shown.clone(), alongside });
    }
    calls.extend(rewrites(change, &spec, &live.spec));
    calls.extend(TagsChange::between(&live.spec.tags, &spec.tags).calls(
        |tags| Call::Tag { arn: arn.clone(), spec: shown.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: shown.clone(), keys },
    ));
    calls
}

/// Adds target groups before it sends requests there, or takes others away.
fn rewrites(
    change: &Change<'_, ListenerRuleSpec>,
    spec: &ListenerRuleSpec,
    live: &ListenerRuleSpec,
) -> Vec<Call> {
    let arn = change.own("arn");
    let is_shifted = shifted::is_shifted(live);
    let (spec, live) = (&shifted::kept(spec, live), &shifted::real(live));
    let has_new_secret = spec.tags.get(SECRET_TAG) != live.tags.get(SECRET_TAG);
    let touches = REWRITTEN.iter().any(|field| change.touches(field)) || has_new_secret;
    let only_conditions =
        REWRITTEN.iter().all(|field| CONDITIONS.contains(field) || !change.touches(field));
    if is_shifted && touches && only_conditions && !has_new_secret {
        return vec![Call::UpdateConditions { arn, spec: spec.clone() }];
    }
    let Some(meanwhile) = meanwhile(&live.action, &spec.action) else {
        let update = touches.then(|| Call::Update { arn, spec: spec.clone() });
        return update.into_iter().collect();
    };
    let besides = REWRITTEN.iter().any(|field| *field != "action" && change.touches(field));
    let updates = besides || has_new_secret || meanwhile != live.action;
    let wide = ListenerRuleSpec { action: meanwhile, ..spec.clone() };
    let update = updates.then(|| Call::Update { arn: arn.clone(), spec: wide });
    update.into_iter().chain([Call::Narrow { arn, spec: spec.clone() }]).collect()
}

/// What the rule does until tasks are where it is going to lead, and none where it does not any
/// more; none when it can do what it is going to do at once.
///
/// ECS registers tasks only with target groups that a listener has, and AWS sends requests by weight
/// to whichever target groups there are, with tasks or without. So new ones are beside the old ones at
/// first, without weight.
fn meanwhile(live: &Action, wanted: &Action) -> Option<Action> {
    let Action::Forward(live) = live else { return None };
    let Action::Forward(wanted) = wanted else { return Some(Action::Forward(live.clone())) };
    let drops = |group: &Weighted| wanted.weight(&group.target_group).is_none();
    let raises = |group: &Weighted| {
        group.weight > 0 && live.weight(&group.target_group).unwrap_or_default() == 0
    };
    let is_gradual =
        live.target_groups.0.iter().any(drops) || wanted.target_groups.0.iter().any(raises);
    let wide = beside(live, wanted);
    // When so many move at once that AWS does not take all, requests go where no task is yet.
    let fits = wide.target_groups.0.len() <= MOST_GROUPS;
    (is_gradual && fits).then_some(Action::Forward(wide))
}

/// The target groups that there are as they are, and the new ones without weight.
fn beside(live: &Forward, wanted: &Forward) -> Forward {
    let is_new = |group: &&Weighted| live.weight(&group.target_group).is_none();
    let new = wanted.target_groups.0.iter().filter(is_new);
    let new = new.map(|group| Weighted { weight: 0, ..group.clone() });
    let target_groups = live.target_groups.0.iter().cloned().chain(new).collect();
    Forward { target_groups, stickiness: live.stickiness, busiest: None }
}
