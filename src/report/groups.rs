//! A plan's actions by manifest document, as people think of them.

use std::collections::BTreeMap;

use crate::manifest::node::Span;
use crate::plan::{Action, Plan, Verb};
use crate::value::Address;

/// What a plan does to the resources of one document.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) manifest: &'a Address,
    pub(super) origin: Option<&'a Span>,
    pub(super) kind: GroupKind,
    /// With their positions in the plan, in order.
    pub(super) actions: Vec<(usize, &'a Action)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GroupKind {
    Create,
    Update,
    Replace,
    Delete,
}

impl GroupKind {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace => "-/+",
            Self::Delete => "-",
        }
    }
}

/// Groups a plan's actions, in the order in which each group begins.
pub(super) fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut order: Vec<&Address> = vec![];
    let mut actions: BTreeMap<&Address, Vec<(usize, &Action)>> = BTreeMap::new();
    for (position, action) in plan.actions.iter().enumerate() {
        let manifest = &action.manifest.address;
        if !actions.contains_key(manifest) {
            order.push(manifest);
        }
        actions.entry(manifest).or_default().push((position, action));
    }
    order
        .into_iter()
        .map(|manifest| {
            let actions = actions.remove(manifest).unwrap_or_default();
            let origin = actions.iter().find_map(|(_, action)| action.manifest.origin.as_ref());
            Group { manifest, origin, kind: kind(manifest, &actions), actions }
        })
        .collect()
}

/// The number of groups of each kind.
pub(super) fn counts(groups: &[Group<'_>]) -> BTreeMap<GroupKind, usize> {
    let mut counts = BTreeMap::new();
    for group in groups {
        *counts.entry(group.kind).or_default() += 1;
    }
    counts
}

/// A document is replaced when the resource that it mainly stands for is; the rest of its resources
/// may well be created and deleted in an update.
fn kind(manifest: &Address, actions: &[(usize, &Action)]) -> GroupKind {
    let is = |verb| move |(_, action): &(usize, &Action)| action.verb == verb;
    let main_is_replaced =
        actions.iter().any(|(_, action)| action.is_replacement && action.address == *manifest);
    if main_is_replaced {
        GroupKind::Replace
    } else if actions.iter().all(is(Verb::Create)) {
        GroupKind::Create
    } else if actions.iter().all(is(Verb::Delete)) {
        GroupKind::Delete
    } else {
        GroupKind::Update
    }
}
