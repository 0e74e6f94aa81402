//! From matches to actions: what is created, changed, replaced or deleted.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::leaving::{Leaving, leaving};
use super::matching::{Match, Matched, Standing, is_tags_only, without_digest};
use super::{Action, Options, Orphan, PlanError, Situation, Verb};
use crate::kind::{ErasedChange, LiveRow, Manifest, PlannedCall};
use crate::value::{Address, references};

/// An action with what its order depends on.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    pub(super) action: Action,
    /// The spec it leads to; none for a delete.
    pub(super) spec: Option<&'a Json>,
    pub(super) live: Option<&'a LiveRow>,
}

pub(super) struct Built<'a> {
    pub(super) actions: Vec<Draft<'a>>,
    pub(super) orphans: Vec<Orphan>,
    pub(super) unchanged: usize,
}

pub(super) fn build<'a>(
    situation: &Situation<'a>,
    options: &Options,
    matched: &'a Matched<'a>,
) -> Result<Built<'a>, PlanError> {
    let mut actions: Vec<Draft<'a>> =
        matched.matches.iter().flat_map(|found| drafts(situation, found)).collect();
    let unchanged =
        matched.matches.iter().filter(|found| matches!(found.standing, Standing::Same(_))).count();
    let Leaving { deletes, orphans } = leaving(situation, options, matched, &actions);
    actions.extend(deletes);
    let asked: BTreeSet<&Address> = situation
        .desired
        .iter()
        .filter(|row| row.protect)
        .map(|row| &row.address)
        .chain(&options.protected)
        .collect();
    let protected: BTreeSet<Address> = actions
        .iter()
        .filter(|draft| draft.action.verb == Verb::Delete)
        .filter(|draft| is_protected(draft, &asked))
        .map(|draft| draft.action.address.clone())
        .collect();
    if protected.is_empty() {
        Ok(Built { actions, orphans, unchanged })
    } else {
        Err(PlanError::Protected(protected.into_iter().collect()))
    }
}

/// Protection outlives its document in a tag, and ends only with an apply that takes the tag away.
fn is_protected(draft: &Draft<'_>, asked: &BTreeSet<&Address>) -> bool {
    draft.live.is_some_and(|live| live.marks.protect) || asked.contains(&draft.action.address)
}

fn drafts<'a>(situation: &Situation<'_>, found: &'a Match<'a>) -> Vec<Draft<'a>> {
    match found.standing {
        Standing::Same(_) => vec![],
        Standing::Absent => vec![written(situation, found, Verb::Create, None)],
        Standing::Differs(live) => {
            let kind = situation.kind(&found.row.address.kind);
            let revises = kind.revises() && !is_tags_only(&found.changes);
            let verb = if revises { Verb::Revise } else { Verb::Update };
            vec![written(situation, found, verb, Some(live))]
        }
        Standing::Replaced(live) => {
            let mut deleted = deleted(situation, live, found.row.address.clone());
            deleted.action.manifest = found.row.manifest.clone();
            deleted.action.is_replacement = true;
            let mut created = written(situation, found, Verb::Create, None);
            created.action.is_replacement = true;
            vec![deleted, created]
        }
    }
}

fn written<'a>(
    situation: &Situation<'_>,
    found: &'a Match<'a>,
    verb: Verb,
    live: Option<&'a LiveRow>,
) -> Draft<'a> {
    let (address, spec) = (&found.row.address, &found.spec);
    let change = match live {
        Some(live) => ErasedChange::Update { address, spec, live, fields: &found.changes },
        None => ErasedChange::Create { address, spec },
    };
    let action = Action {
        address: address.clone(),
        manifest: found.row.manifest.clone(),
        verb,
        is_replacement: false,
        is_second_part: false,
        loses_data: false,
        changes: without_digest(&found.changes),
        unmanaged: found.unmanaged.clone(),
        calls: situation.kind(&address.kind).lower(&change),
        needs: BTreeSet::new(),
        refers_to: references(&found.row.spec),
    };
    Draft { action, spec: Some(spec), live }
}

pub(super) fn deleted<'a>(
    situation: &Situation<'_>,
    live: &'a LiveRow,
    address: Address,
) -> Draft<'a> {
    let kind = situation.kind(live.kind);
    let calls: Vec<PlannedCall> = kind.lower(&ErasedChange::Delete { address: &address, live });
    let manifest = live.marks.manifest.clone().unwrap_or_else(|| address.clone());
    let action = Action {
        address,
        manifest: Manifest { address: manifest, origin: None },
        verb: Verb::Delete,
        is_replacement: false,
        is_second_part: false,
        loses_data: kind.holds_data(),
        changes: vec![],
        unmanaged: vec![],
        calls,
        needs: BTreeSet::new(),
        refers_to: BTreeSet::new(),
    };
    Draft { action, spec: None, live: Some(live) }
}

/// What others point at a live row by.
pub(super) fn row_identities(row: &LiveRow) -> impl Iterator<Item = &str> {
    ["arn", "id"].into_iter().filter_map(|attribute| row.outputs.get(attribute)).map(String::as_str)
}
