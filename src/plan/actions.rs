//! From matches to actions: what is created, changed, replaced, deleted, or left as an orphan.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value as Json;

use super::matching::{Match, Matched, Standing, is_tags_only};
use super::{Action, Options, Orphan, PlanError, Situation, Verb};
use crate::kind::{ErasedChange, LiveRow, Manifest, PlannedCall};
use crate::value::Address;

/// An action with what its order depends on.
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
        matched.matches.iter().filter(|found| matches!(found.standing, Standing::Same)).count();
    let (leaving, orphans) = unmatched(situation, options, matched, &actions);
    actions.extend(leaving);
    let protected: BTreeSet<Address> = actions
        .iter()
        .filter(|draft| draft.action.verb == Verb::Delete && is_protected(draft, options))
        .map(|draft| draft.action.address.clone())
        .collect();
    if protected.is_empty() {
        Ok(Built { actions, orphans, unchanged })
    } else {
        Err(PlanError::Protected(protected.into_iter().collect()))
    }
}

/// Protection outlives its document in a tag, and ends only with an apply that takes the tag away.
fn is_protected(draft: &Draft<'_>, options: &Options) -> bool {
    draft.live.is_some_and(|live| live.marks.protect)
        || options.protected.contains(&draft.action.address)
}

fn drafts<'a>(situation: &Situation<'_>, found: &'a Match<'a>) -> Vec<Draft<'a>> {
    let kind = situation.kind(&found.row.address.kind);
    match (&found.standing, found.live) {
        (Standing::Same, _) => vec![],
        (Standing::Differs, Some(live)) => {
            let revises = kind.revises() && !is_tags_only(&found.changes);
            let verb = if revises { Verb::Revise } else { Verb::Update };
            vec![written(situation, found, verb, Some(live))]
        }
        (Standing::Replaced, Some(live)) => {
            let mut deleted = deleted(situation, live, found.row.address.clone());
            deleted.action.manifest = found.row.manifest.clone();
            deleted.action.is_replacement = true;
            let mut created = written(situation, found, Verb::Create, None);
            created.action.is_replacement = true;
            vec![deleted, created]
        }
        (Standing::Absent | Standing::Differs | Standing::Replaced, _) => {
            vec![written(situation, found, Verb::Create, None)]
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
        loses_data: false,
        changes: found.changes.clone(),
        unmanaged: found.unmanaged.clone(),
        calls: situation.kind(&address.kind).lower(&change),
        needs: BTreeSet::new(),
    };
    Draft { action, spec: Some(spec), live }
}

fn deleted<'a>(situation: &Situation<'_>, live: &'a LiveRow, address: Address) -> Draft<'a> {
    let kind = situation.kind(live.kind);
    let calls: Vec<PlannedCall> = kind.lower(&ErasedChange::Delete { address: &address, live });
    let manifest = live.marks.manifest.clone().unwrap_or_else(|| address.clone());
    let action = Action {
        address,
        manifest: Manifest { address: manifest, origin: None },
        verb: Verb::Delete,
        is_replacement: false,
        loses_data: kind.holds_data(),
        changes: vec![],
        unmanaged: vec![],
        calls,
        needs: BTreeSet::new(),
    };
    Draft { action, spec: None, live: Some(live) }
}

/// Owned rows that no desired row is: superseded ones and those that hang on something that goes
/// away are deleted, the rest are orphans.
fn unmatched<'a>(
    situation: &Situation<'a>,
    options: &Options,
    matched: &Matched<'_>,
    drafts: &[Draft<'_>],
) -> (Vec<Draft<'a>>, Vec<Orphan>) {
    let taken: HashSet<(&str, &str)> = matched
        .matches
        .iter()
        .filter_map(|found| found.live)
        .map(|live| (live.kind, live.key.as_str()))
        .collect();
    let mut open: Vec<&LiveRow> = situation
        .live
        .iter()
        .filter(|row| {
            situation.scope.owns(&row.marks) && !taken.contains(&(row.kind, row.key.as_str()))
        })
        .collect();
    open.sort_by_key(|row| (row.kind, &row.key));
    let desired: BTreeMap<&Address, &Manifest> =
        situation.desired.iter().map(|row| (&row.address, &row.manifest)).collect();
    let mut gone: HashSet<&str> = drafts
        .iter()
        .filter(|draft| draft.action.verb == Verb::Delete)
        .flat_map(identities)
        .collect();
    let mut leaving: Vec<Draft<'a>> = vec![];
    loop {
        let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|row| {
            options.prune
                || desired.contains_key(&address_of(row))
                || strings(&row.spec).any(|text| gone.contains(text))
        });
        open = later;
        if now.is_empty() {
            break;
        }
        for row in now {
            let mut draft = deleted(situation, row, address_of(row));
            if let Some(manifest) = desired.get(&draft.action.address) {
                draft.action.manifest = (*manifest).clone();
                draft.action.is_replacement = true;
            }
            gone.extend(row_identities(row));
            leaving.push(draft);
        }
    }
    let orphans = open.into_iter().map(orphan).collect();
    (leaving, orphans)
}

fn orphan(row: &LiveRow) -> Orphan {
    Orphan { address: address_of(row), manifest: row.marks.manifest.clone(), key: row.key.clone() }
}

fn address_of(row: &LiveRow) -> Address {
    row.marks.resource.clone().unwrap_or_else(|| Address::new(row.kind, &row.key))
}

fn identities<'a>(draft: &Draft<'a>) -> Vec<&'a str> {
    draft.live.into_iter().flat_map(row_identities).collect()
}

/// What others point at a live row by.
pub(super) fn row_identities(row: &LiveRow) -> impl Iterator<Item = &str> {
    ["arn", "id"].into_iter().filter_map(|attribute| row.outputs.get(attribute)).map(String::as_str)
}

/// Every text in a spec.
pub(super) fn strings(spec: &Json) -> Box<dyn Iterator<Item = &str> + '_> {
    match spec {
        Json::String(text) => Box::new(std::iter::once(text.as_str())),
        Json::Array(items) => Box::new(items.iter().flat_map(strings)),
        Json::Object(fields) => Box::new(fields.values().flat_map(strings)),
        Json::Null | Json::Bool(_) | Json::Number(_) => Box::new(std::iter::empty()),
    }
}
