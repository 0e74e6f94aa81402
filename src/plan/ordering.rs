//! The order of actions: what is referred to is made first and deleted last.

use std::collections::{BTreeSet, HashMap};

use super::actions::{Draft, row_identities, strings};
use super::graph::{self, Needs};
use super::{Action, PlanError, Situation, Verb};
use crate::kind::DesiredRow;
use crate::value::{Address, references};

pub(super) fn order(
    situation: &Situation<'_>,
    drafts: Vec<Draft<'_>>,
) -> Result<Vec<Action>, PlanError> {
    let mut needs: Needs = vec![BTreeSet::new(); drafts.len()];
    let writers: HashMap<&Address, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.action.verb != Verb::Delete)
        .map(|(index, draft)| (&draft.action.address, index))
        .collect();
    let rows: HashMap<&Address, &DesiredRow> =
        situation.desired.iter().map(|row| (&row.address, row)).collect();
    for (index, draft) in drafts.iter().enumerate() {
        if draft.spec.is_some()
            && let Some(row) = rows.get(&draft.action.address)
        {
            // The manifest's own spec: the draft's has its references to live resources resolved.
            let targets =
                references(&row.spec).into_iter().map(|reference| reference.address().clone());
            let others = targets
                .chain(row.after.iter().cloned())
                .filter_map(|target| writers.get(&target).copied());
            needs[index].extend(others.filter(|other| *other != index));
        }
        if draft.action.verb == Verb::Delete
            && draft.action.is_replacement
            && is_same_name(draft, &drafts, &writers)
        {
            needs[writers[&draft.action.address]].insert(index);
        }
    }
    after_those_that_point_at_it(&drafts, &mut needs);
    sorted(drafts, &needs)
}

/// Whether the new resource takes the deleted one's place in AWS, and so must wait for it to go.
fn is_same_name(
    draft: &Draft<'_>,
    drafts: &[Draft<'_>],
    writers: &HashMap<&Address, usize>,
) -> bool {
    writers.get(&draft.action.address).is_some_and(|writer| drafts[*writer].action.is_replacement)
}

/// A delete comes after every action on a resource that points at what it deletes. Where that would
/// be a circle, the deletion comes first: AWS frees the name before the new resource takes it.
fn after_those_that_point_at_it(drafts: &[Draft<'_>], needs: &mut Needs) {
    let deletes: HashMap<&str, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.action.verb == Verb::Delete)
        .flat_map(|(index, draft)| {
            draft.live.into_iter().flat_map(row_identities).map(move |identity| (identity, index))
        })
        .collect();
    for (index, draft) in drafts.iter().enumerate() {
        let pointed_at: BTreeSet<usize> = draft
            .live
            .into_iter()
            .flat_map(|live| strings(&live.spec))
            .filter_map(|text| deletes.get(text).copied())
            .filter(|deleted| *deleted != index)
            .collect();
        for deleted in pointed_at {
            if !graph::reaches(needs, index, deleted) {
                needs[deleted].insert(index);
            }
        }
    }
}

fn sorted(drafts: Vec<Draft<'_>>, needs: &Needs) -> Result<Vec<Action>, PlanError> {
    let order = graph::sort(needs).map_err(|circle| {
        PlanError::Cycle(
            circle.into_iter().map(|index| drafts[index].action.address.clone()).collect(),
        )
    })?;
    let position: HashMap<usize, usize> =
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
