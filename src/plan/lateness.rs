//! Expand, then contract: late calls become actions of their own, after whatever may still use what
//! they take away.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{Draft, row_identities};
use super::graph::{self, Needs};
use super::{Situation, Verb};
use crate::value::texts;

/// What one second part waits for, by index.
struct Awaited {
    /// All that needs the action, with their own second parts.
    dependents: BTreeSet<usize>,
    /// The actions on what uses the same things, and all that needs these. Not their second parts:
    /// two that let go of the same thing would wait for each other.
    users: BTreeSet<usize>,
}

/// Parts each update that has late calls. Where all of them are, it is late itself: then nothing
/// waits for it.
pub(super) fn part<'a>(situation: &Situation<'a>, drafts: &mut Vec<Draft<'a>>, needs: &mut Needs) {
    let uses = Uses::of(situation, drafts, needs);
    let awaited: BTreeMap<usize, Awaited> = (0..drafts.len())
        .filter(|index| has_late_calls(&drafts[*index]))
        .map(|index| (index, uses.awaited(drafts, index)))
        .collect();
    let parts: BTreeMap<usize, usize> =
        awaited.keys().map(|index| (*index, second_part(drafts, needs, *index))).collect();
    for (index, awaited) in awaited {
        let own = parts[&index];
        let parts = awaited.dependents.iter().filter_map(|other| parts.get(other));
        let all = awaited.dependents.iter().chain(parts).chain(&awaited.users);
        needs[own].extend(all.filter(|other| **other != own));
    }
}

fn has_late_calls(draft: &Draft<'_>) -> bool {
    is_update(draft) && draft.action.calls.iter().any(|call| call.is_late)
}

fn is_late_throughout(draft: &Draft<'_>) -> bool {
    is_update(draft) && draft.action.calls.iter().all(|call| call.is_late)
}

/// What is new has nothing to take away yet, and what goes away takes all with it.
fn is_update(draft: &Draft<'_>) -> bool {
    match draft.action.verb {
        Verb::Update | Verb::Revise => true,
        Verb::Create | Verb::Delete => false,
    }
}

/// The index of the late calls' action.
fn second_part(drafts: &mut Vec<Draft<'_>>, needs: &mut Needs, index: usize) -> usize {
    if is_late_throughout(&drafts[index]) {
        pass_on(needs, index);
        return index;
    }
    let mut second = drafts[index].clone();
    second.action.is_second_part = true;
    second.action.calls.retain(|call| call.is_late);
    drafts[index].action.calls.retain(|call| !call.is_late);
    drafts.push(second);
    needs.push(BTreeSet::from([index]));
    drafts.len() - 1
}

/// Those who need an action need what it needs instead.
fn pass_on(needs: &mut Needs, index: usize) {
    let passed = needs[index].clone();
    for other in needs.iter_mut().filter(|other| other.contains(&index)) {
        other.remove(&index);
        other.extend(&passed);
    }
}

/// Which actions there are on what uses what.
struct Uses<'a> {
    /// What live resources point at each other by, with the actions on those that point there.
    by_identity: BTreeMap<&'a str, BTreeSet<usize>>,
    needed_by: Needs,
}

impl<'a> Uses<'a> {
    fn of(situation: &Situation<'a>, drafts: &[Draft<'a>], needs: &Needs) -> Self {
        let identities = situation.live.iter().flat_map(row_identities);
        let mut by_identity: BTreeMap<&str, BTreeSet<usize>> =
            identities.map(|identity| (identity, BTreeSet::new())).collect();
        for (index, draft) in drafts.iter().enumerate() {
            for text in draft.live.into_iter().flat_map(|live| texts(&live.spec)) {
                by_identity.entry(text).and_modify(|users| {
                    users.insert(index);
                });
            }
        }
        Self { by_identity, needed_by: graph::needed_by(needs) }
    }

    fn awaited(&self, drafts: &[Draft<'_>], index: usize) -> Awaited {
        let users = self.used(&drafts[index]).flat_map(|identity| &self.by_identity[identity]);
        let users = users.copied().filter(|user| !self.must_follow(&drafts[*user], index));
        let mut users = graph::closure(&self.needed_by, users.collect());
        users.retain(|user| !is_late_throughout(&drafts[*user]));
        let dependents = graph::closure(&self.needed_by, BTreeSet::from([index]));
        Awaited { dependents, users }
    }

    /// By what others point at a resource, and at what it lets go of.
    fn used<'d>(&'d self, draft: &'d Draft<'_>) -> impl Iterator<Item = &'d str> {
        let kept: BTreeSet<&str> = draft.spec.into_iter().flat_map(texts).collect();
        let live = draft.live.into_iter();
        let lost = live.clone().flat_map(|live| texts(&live.spec));
        let lost = lost.filter(move |text| !kept.contains(text));
        live.flat_map(row_identities).chain(lost).filter(|text| self.by_identity.contains_key(text))
    }

    /// Whether it deletes what the resource of the other action still points at.
    fn must_follow(&self, draft: &Draft<'_>, other: usize) -> bool {
        let live = draft.live.filter(|_| draft.action.verb == Verb::Delete);
        let mut identities = live.into_iter().flat_map(row_identities);
        identities.any(|identity| self.by_identity[identity].contains(&other))
    }
}
