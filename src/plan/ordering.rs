//! The order of actions: what is referred to is made first and deleted last.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{Draft, row_identities};
use super::graph::{self, Needs};
use super::{Action, PlanError, Situation, Verb, lateness};
use crate::kind::LiveRow;
use crate::value::{Address, Reference, references, texts};

pub(super) fn order<'a>(
    situation: &Situation<'a>,
    mut drafts: Vec<Draft<'a>>,
) -> Result<Vec<Action>, PlanError> {
    let mut needs: Needs = vec![BTreeSet::new(); drafts.len()];
    {
        let writers = writers(&drafts);
        after_what_it_refers_to(situation, &drafts, &writers, &mut needs);
        after_the_old_one_of_its_name(&drafts, &writers, &mut needs);
    }
    lateness::part(situation, &mut drafts, &mut needs);
    after_those_that_point_at_it(situation, &drafts, &mut needs);
    after_its_successor(&drafts, &writers(&drafts), &mut needs);
    sorted(drafts, &needs)
}

/// The action that creates or changes each address.
type Writers<'a> = BTreeMap<&'a Address, usize>;

fn writers<'d>(drafts: &'d [Draft<'_>]) -> Writers<'d> {
    let all = drafts.iter().enumerate();
    all.filter(|(_, draft)| draft.action.verb != Verb::Delete && !draft.action.is_second_part)
        .map(|(index, draft)| (&draft.action.address, index))
        .collect()
}

fn after_what_it_refers_to(
    situation: &Situation<'_>,
    drafts: &[Draft<'_>],
    writers: &Writers<'_>,
    needs: &mut Needs,
) {
    for row in situation.desired {
        let Some(index) = writers.get(&row.address) else { continue };
        debug_assert!(drafts[*index].spec.is_some(), "a writer leads to a spec");
        // The manifest's own spec: the draft's has its references to live resources resolved.
        let targets = references(&row.spec);
        let targets = targets.iter().map(Reference::address).chain(&row.after);
        let others =
            targets.filter_map(|target| writers.get(target)).filter(|other| *other != index);
        needs[*index].extend(others);
    }
}

/// Of a replacement in place, the create comes after the delete: AWS has the name only once.
fn after_the_old_one_of_its_name(drafts: &[Draft<'_>], writers: &Writers<'_>, needs: &mut Needs) {
    for (index, writer) in replacements(drafts, writers) {
        if drafts[writer].action.is_replacement {
            needs[writer].insert(index);
        }
    }
}

/// Of a replacement under a new name, the delete comes after the create, so that one of them is
/// always there. Not where the old one must make room for what the new one belongs to.
fn after_its_successor(drafts: &[Draft<'_>], writers: &Writers<'_>, needs: &mut Needs) {
    for (index, writer) in replacements(drafts, writers) {
        if !drafts[writer].action.is_replacement && !graph::reaches(needs, writer, index) {
            needs[index].insert(writer);
        }
    }
}

/// The deletes of what is made anew, each with the action that does so.
fn replacements<'d>(
    drafts: &'d [Draft<'_>],
    writers: &'d Writers<'_>,
) -> impl Iterator<Item = (usize, usize)> + 'd {
    drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.action.verb == Verb::Delete && draft.action.is_replacement)
        .filter_map(|(index, draft)| Some((index, *writers.get(&draft.action.address)?)))
}

/// A delete comes after every action on a resource that points at what it deletes, and before the
/// delete of one that it is found by. Where that would be a circle, the deletion comes first: AWS
/// frees the name before the new resource takes it. Deletes have their order among themselves before
/// others get theirs: what is updated in such a circle points at nothing for a while, but what is in
/// use cannot be deleted.
fn after_those_that_point_at_it(
    situation: &Situation<'_>,
    drafts: &[Draft<'_>],
    needs: &mut Needs,
) {
    let mut deletes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for identity in leaves(draft).into_iter().flat_map(row_identities) {
            deletes.entry(identity).or_default().push(index);
        }
    }
    let (leaving, staying) =
        drafts.iter().enumerate().partition::<Vec<_>, _>(|(_, draft)| leaves(draft).is_some());
    for (index, draft) in leaving.into_iter().chain(staying) {
        let pointed_at: BTreeSet<usize> = draft
            .live
            .into_iter()
            .flat_map(|live| texts(&live.spec))
            .filter_map(|text| deletes.get(text))
            .flatten()
            .copied()
            .filter(|deleted| *deleted != index)
            .collect();
        for deleted in pointed_at {
            let finds =
                leaves(draft).is_some_and(|row| is_found_by(situation, &drafts[deleted], row));
            let (first, second) = if finds { (deleted, index) } else { (index, deleted) };
            if !graph::reaches(needs, first, second) {
                needs[second].insert(first);
            }
        }
    }
}

/// The row that an action deletes.
fn leaves<'a>(draft: &Draft<'a>) -> Option<&'a LiveRow> {
    draft.live.filter(|_| draft.action.verb == Verb::Delete)
}

fn is_found_by(situation: &Situation<'_>, deleted: &Draft<'_>, by: &LiveRow) -> bool {
    leaves(deleted).is_some_and(|row| situation.kind(row.kind).found_by().contains(&by.kind))
}

fn sorted(drafts: Vec<Draft<'_>>, needs: &Needs) -> Result<Vec<Action>, PlanError> {
    let order = graph::sort(needs).map_err(|circle| {
        PlanError::Cycle(
            circle.into_iter().map(|index| drafts[index].action.address.clone()).collect(),
        )
    })?;
    let position: BTreeMap<usize, usize> =
        order.iter().enumerate().map(|(position, index)| (*index, position)).collect();
    let mut slots: Vec<Option<Action>> =
        drafts.into_iter().map(|draft| Some(draft.action)).collect();
    Ok(order
        .iter()
        .filter_map(|index| {
            let mut action = slots[*index].take()?;
            action.needs = needs[*index].iter().map(|other| position[other]).collect();
            Some(action)
        })
        .collect())
}
