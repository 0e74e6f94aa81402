//! Owned rows that no desired row is: deleted, or left as orphans.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{Draft, deleted, row_identities};
use super::matching::Matched;
use super::{Options, Orphan, Situation, Verb};
use crate::kind::{LiveRow, Manifest};
use crate::value::{Address, texts};

pub(super) struct Leaving<'a> {
    pub(super) deletes: Vec<Draft<'a>>,
    pub(super) orphans: Vec<Orphan>,
}

/// Deletes what is superseded, what its document no longer says, and what hangs on something that
/// goes away; the rest are orphans, which go only when asked for.
pub(super) fn leaving<'a>(
    situation: &Situation<'a>,
    options: &Options,
    matched: &Matched<'_>,
    drafts: &[Draft<'_>],
) -> Leaving<'a> {
    let desired: BTreeMap<&Address, &Manifest> =
        situation.desired.iter().map(|row| (&row.address, &row.manifest)).collect();
    let mut gone: BTreeSet<&str> = drafts
        .iter()
        .filter(|draft| draft.action.verb == Verb::Delete)
        .filter_map(|draft| draft.live)
        .flat_map(|live| takes_along(situation, live))
        .collect();
    let mut open = unmatched(situation, matched);
    let mut deletes: Vec<Draft<'a>> = vec![];
    loop {
        let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|row| {
            is_unwanted(situation, options, row) || texts(&row.spec).any(|text| gone.contains(text))
        });
        open = later;
        if now.is_empty() {
            break;
        }
        gone.extend(now.iter().flat_map(|row| takes_along(situation, row)));
        deletes.extend(now.into_iter().map(|row| delete(situation, &desired, row)));
    }
    Leaving { deletes, orphans: open.into_iter().map(orphan).collect() }
}

/// Whether a row that is nobody's counterpart goes: everything that does when asked for, otherwise
/// what is superseded, and what a document that is still there no longer says.
pub(super) fn is_unwanted(situation: &Situation<'_>, options: &Options, row: &LiveRow) -> bool {
    let (address, document) = (&row.marks.resource, row.marks.manifest.as_ref());
    let mut desired = situation.desired.iter();
    options.prune
        || desired.any(|wanted| {
            Some(&wanted.address) == address.as_ref()
                || (Some(&wanted.manifest.address) == document
                    && !situation.kind(row.kind).holds_data())
        })
}

fn unmatched<'a>(situation: &Situation<'a>, matched: &Matched<'_>) -> Vec<&'a LiveRow> {
    let taken: BTreeSet<(&str, &str)> = matched
        .matches
        .iter()
        .filter_map(|found| found.standing.live())
        .map(|live| (live.kind, live.key.as_str()))
        .collect();
    let is_open = |row: &&LiveRow| {
        situation.scope.owns(&row.marks) && !taken.contains(&(row.kind, row.key.as_str()))
    };
    let mut open: Vec<&LiveRow> = situation.live.iter().filter(is_open).collect();
    open.sort_by_key(|row| (row.kind, &row.key));
    open
}

/// By what others point at a row that cannot go before them. One that AWS lets go in use takes
/// nothing along.
fn takes_along<'a>(situation: &Situation<'_>, row: &'a LiveRow) -> impl Iterator<Item = &'a str> {
    let stays_alone = situation.kind(row.kind).deleted_in_use();
    row_identities(row).filter(move |_| !stays_alone)
}

fn delete<'a>(
    situation: &Situation<'_>,
    desired: &BTreeMap<&Address, &Manifest>,
    row: &'a LiveRow,
) -> Draft<'a> {
    let mut draft = deleted(situation, row, address_of(row));
    if let Some(manifest) = desired.get(&draft.action.address) {
        draft.action.manifest = (*manifest).clone();
        draft.action.is_replacement = true;
    }
    draft
}

fn orphan(row: &LiveRow) -> Orphan {
    Orphan { address: address_of(row), manifest: row.marks.manifest.clone(), key: row.key.clone() }
}

fn address_of(row: &LiveRow) -> Address {
    row.marks.resource.clone().unwrap_or_else(|| Address::new(row.kind, &row.key))
}
