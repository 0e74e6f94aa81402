//! Which live row each desired row is, and where they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::graph::{self, Needs};
use super::leaving::is_unwanted;
use super::{Foreign, Options, PlanError, SameName, Shallow, Situation, Unmanaged};
use crate::diff::{FieldChange, Path, Policy, diff, diff_revisions};
use crate::kind::{AnyKind, DIGEST_TAG, Depth, DesiredRow, LiveRow};
use crate::value::{Address, Digest, Reference, references, resolve};

/// How a desired row stands to what is live.
#[derive(Clone, Copy)]
pub(super) enum Standing<'a> {
    Absent,
    Same(&'a LiveRow),
    Differs(&'a LiveRow),
    /// It differs where AWS can only make anew.
    Replaced(&'a LiveRow),
}

impl<'a> Standing<'a> {
    pub(super) fn live(self) -> Option<&'a LiveRow> {
        match self {
            Self::Absent => None,
            Self::Same(live) | Self::Differs(live) | Self::Replaced(live) => Some(live),
        }
    }

    /// The live counterpart, unless it is to be deleted.
    fn kept(self) -> Option<&'a LiveRow> {
        match self {
            Self::Absent | Self::Replaced(_) => None,
            Self::Same(live) | Self::Differs(live) => Some(live),
        }
    }
}

/// A desired row with its live counterpart.
pub(super) struct Match<'a> {
    pub(super) row: &'a DesiredRow,
    /// The desired spec, resolved as far as what is live allows; fields that others own as they are live.
    pub(super) spec: Json,
    pub(super) standing: Standing<'a>,
    pub(super) changes: Vec<FieldChange>,
    pub(super) unmanaged: Vec<Unmanaged>,
}

#[derive(Default)]
pub(super) struct Matched<'a> {
    /// In the order of their references.
    pub(super) matches: Vec<Match<'a>>,
    pub(super) shallow: Vec<Shallow>,
}

impl Matched<'_> {
    /// The outputs of every live counterpart that is not replaced.
    pub(super) fn outputs(&self) -> BTreeMap<Reference, String> {
        self.matches
            .iter()
            .filter_map(|found| Some((&found.row.address, found.standing.kept()?)))
            .flat_map(|(address, live)| {
                live.outputs.iter().map(|(attribute, value)| {
                    (Reference::new(address.clone(), attribute), value.clone())
                })
            })
            .collect()
    }
}

/// Outputs of live resources that stay, for references to resolve to.
type Known = BTreeMap<(Address, String), String>;

pub(super) fn matched<'a>(
    situation: &Situation<'a>,
    options: &Options,
) -> Result<Matched<'a>, PlanError> {
    let live: BTreeMap<(&str, &str), &LiveRow> =
        situation.live.iter().map(|row| ((row.kind, row.key.as_str()), row)).collect();
    let mut known = Known::new();
    let mut names = Names::default();
    let mut foreign = vec![];
    let mut result = Matched::default();
    for row in by_reference(situation.desired)? {
        let kind = situation.kind(&row.address.kind);
        let Resolved { spec, key, is_open } = resolved(kind, row, &known);
        names.add(row, if is_open { key_by_addresses(kind, &spec) } else { key.clone() });
        let found = live.get(&(kind.name(), key.as_str())).copied();
        if let Some(live) = found
            && !situation.scope.owns(&live.marks)
            && !options.adopt.contains(&row.address)
            && !is_part(row)
        {
            let owner = live.marks.scope.clone();
            foreign.push(Foreign { address: row.address.clone(), key: live.key.clone(), owner });
        }
        let matched = match found {
            None => absent(row, spec),
            Some(live) => {
                let Some(before) = comparable(kind, &spec, live) else {
                    let key = live.key.clone();
                    result.shallow.push(Shallow { kind: kind.name(), key, wanted: Some(spec) });
                    if !kind.revises() {
                        // As if it stayed, so that what refers to it is looked for now and not in
                        // another round of reads.
                        remember(row, live, &mut known, |_| true);
                    }
                    continue;
                };
                compared(kind, row, spec, live, &before)
            }
        };
        if let Some(live) = matched.standing.kept() {
            let keeps = |output: &str| {
                keeps_outputs(kind, &matched) || kind.kept_outputs().contains(&output)
            };
            remember(row, live, &mut known, keeps);
        }
        result.matches.push(matched);
    }
    if !names.taken_twice.is_empty() {
        return Err(PlanError::SameName(names.taken_twice));
    }
    if !foreign.is_empty() {
        return Err(PlanError::Foreign(foreign));
    }
    result.shallow.extend(shallow_leavers(situation, options, &result));
    result.shallow.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
    Ok(result)
}

/// Whether it is for another resource to say whose it is: AWS cannot tag it, and it is a part of one
/// that has a row of its own.
fn is_part(row: &DesiredRow) -> bool {
    row.spec.get("tags").is_none() && !references(&row.spec).is_empty()
}

/// Orders rows so that what a row refers to comes before it.
fn by_reference(rows: &[DesiredRow]) -> Result<Vec<&DesiredRow>, PlanError> {
    let mut rows: Vec<&DesiredRow> = rows.iter().collect();
    rows.sort_by_key(|row| &row.address);
    let position: BTreeMap<&Address, usize> =
        rows.iter().enumerate().map(|(index, row)| (&row.address, index)).collect();
    let needs: Needs = rows
        .iter()
        .map(|row| {
            references(&row.spec)
                .iter()
                .filter_map(|reference| position.get(reference.address()).copied())
                .collect()
        })
        .collect();
    match graph::sort(&needs) {
        Ok(order) => Ok(order.into_iter().map(|index| rows[index]).collect()),
        Err(circle) => Err(PlanError::Cycle(
            circle.into_iter().map(|index| rows[index].address.clone()).collect(),
        )),
    }
}

/// A desired row's spec with what is known in the place of its references.
struct Resolved {
    spec: Json,
    key: String,
    /// References stay in it.
    is_open: bool,
}

fn resolved(kind: &dyn AnyKind, row: &DesiredRow, known: &Known) -> Resolved {
    let mut spec = row.spec.clone();
    stamp(kind, &mut spec);
    let lookup = |reference: &Reference| {
        known.get(&(reference.address().clone(), reference.attribute().to_owned())).cloned()
    };
    let is_open = !resolve(&mut spec, &lookup).is_empty();
    Resolved { key: kind.key(&spec), spec, is_open }
}

/// Tells apart what belongs to different resources that do not exist yet.
fn key_by_addresses(kind: &dyn AnyKind, spec: &Json) -> String {
    let mut spec = spec.clone();
    resolve(&mut spec, &|reference| Some(reference.to_string()));
    kind.key(&spec)
}

/// Who would have which name.
#[derive(Default)]
struct Names<'a> {
    taken: BTreeMap<(&'a str, String), &'a Address>,
    taken_twice: Vec<SameName>,
}

impl<'a> Names<'a> {
    fn add(&mut self, row: &'a DesiredRow, key: String) {
        let name = (row.address.kind.as_str(), key);
        let Some(first) = self.taken.get(&name) else {
            self.taken.insert(name, &row.address);
            return;
        };
        let mut addresses = [(*first).clone(), row.address.clone()];
        addresses.sort();
        self.taken_twice.push(SameName { addresses, key: name.1 });
    }
}

/// Tags a spec with the digest of its deep fields.
fn stamp(kind: &dyn AnyKind, spec: &mut Json) {
    if kind.deep_fields().is_empty() {
        return;
    }
    let content: serde_json::Map<String, Json> = kind
        .deep_fields()
        .iter()
        .map(|field| ((*field).to_owned(), spec[*field].clone()))
        .collect();
    spec["tags"][DIGEST_TAG] = json!(Digest { of: content.into() });
}

/// The live spec to compare with; `None` when its deep fields must be read for that.
fn comparable(kind: &dyn AnyKind, spec: &Json, live: &LiveRow) -> Option<Json> {
    if live.depth == Depth::Full {
        return Some(live.spec.clone());
    }
    let digest = spec["tags"][DIGEST_TAG].as_str()?;
    if live.marks.digest.as_deref() != Some(digest) {
        return None;
    }
    let mut before = live.spec.clone();
    for field in kind.deep_fields() {
        before[*field] = spec[*field].clone();
    }
    Some(before)
}

fn absent(row: &DesiredRow, spec: Json) -> Match<'_> {
    let standing = Standing::Absent;
    Match { row, spec, standing, changes: vec![], unmanaged: vec![] }
}

fn compared<'a>(
    kind: &dyn AnyKind,
    row: &'a DesiredRow,
    mut spec: Json,
    live: &'a LiveRow,
    before: &Json,
) -> Match<'a> {
    let (mut changes, mut unmanaged) = (vec![], vec![]);
    let difference = if kind.revises() { diff_revisions } else { diff };
    let mut differences = difference(&kind.tree(before), &kind.tree(&spec));
    differences.retain(|change| kind.policy(&change.path) != Some(Policy::Note));
    for change in differences {
        match reason_to_ignore(kind, row, &change.path) {
            None => changes.push(change),
            Some(reason) => {
                carry_over(&mut spec, before, &change.path);
                unmanaged.push(Unmanaged { path: change.path, reason, live: change.before });
            }
        }
    }
    if !unmanaged.is_empty() {
        vouch_for_what_is_kept(kind, before, &mut spec, &mut changes);
    }
    let replaced = changes.iter().any(|change| kind.policy(&change.path) == Some(Policy::Replaces));
    let standing = match (changes.is_empty(), replaced) {
        (true, _) => Standing::Same(live),
        (false, true) => Standing::Replaced(live),
        (false, false) => Standing::Differs(live),
    };
    Match { row, spec, standing, changes, unmanaged }
}

/// A digest speaks of what the resource will hold: where live values are kept, not of the manifest's.
/// One that lacks a digest, since others registered it, is not given one for its own sake: no manifest
/// would ever meet it, and so it would save no read.
fn vouch_for_what_is_kept(
    kind: &dyn AnyKind,
    before: &Json,
    spec: &mut Json,
    changes: &mut Vec<FieldChange>,
) {
    if kind.deep_fields().is_empty() {
        return;
    }
    stamp(kind, spec);
    resolve(spec, &|_| None);
    let digest = Path::default().field("tags").name(DIGEST_TAG);
    let live = before["tags"].get(DIGEST_TAG);
    if live.is_none_or(|live| *live == spec["tags"][DIGEST_TAG]) {
        changes.retain(|change| change.path != digest);
    }
}

fn reason_to_ignore(kind: &dyn AnyKind, row: &DesiredRow, path: &Path) -> Option<String> {
    let ignored = row.ignore.iter().find(|(ignored, _)| path.is_below(ignored));
    ignored.map(|(_, reason)| reason.clone()).or_else(|| {
        (kind.policy(path) == Some(Policy::CreateOnly)).then(|| "set on creation only".to_owned())
    })
}

/// Puts the live value of `path` into `spec`, so that a call which sends the whole spec keeps it.
fn carry_over(spec: &mut Json, live: &Json, path: &Path) {
    let (mut target, mut source) = (spec, Some(live));
    let mut keys = path.keys().peekable();
    while let (Some(key), Json::Object(fields)) = (keys.next(), target) {
        source = source.and_then(|source| source.get(key));
        if keys.peek().is_some() {
            let Some(inner) = fields.get_mut(key) else { return };
            target = inner;
            continue;
        }
        match source {
            Some(value) => fields.insert(key.to_owned(), value.clone()),
            None => fields.shift_remove(key),
        };
        return;
    }
}

/// Whether what refers to it can rely on its outputs as they are: a new revision has new ones.
fn keeps_outputs(kind: &dyn AnyKind, matched: &Match<'_>) -> bool {
    matches!(matched.standing, Standing::Same(_))
        || !kind.revises()
        || is_tags_only(&matched.changes)
}

fn remember(row: &DesiredRow, live: &LiveRow, known: &mut Known, keeps: impl Fn(&str) -> bool) {
    for (attribute, value) in live.outputs.iter().filter(|(attribute, _)| keeps(attribute)) {
        known.insert((row.address.clone(), attribute.clone()), value.clone());
    }
}

/// The changes without that of the digest, which says again what the others say.
pub(super) fn without_digest(changes: &[FieldChange]) -> Vec<FieldChange> {
    let digest = Path::default().field("tags").name(DIGEST_TAG);
    let others: Vec<_> = changes.iter().filter(|change| change.path != digest).cloned().collect();
    if others.is_empty() { changes.to_vec() } else { others }
}

/// Tags are written in place, on revisions too.
pub(super) fn is_tags_only(changes: &[FieldChange]) -> bool {
    changes.iter().all(|change| change.field() == "tags")
}

/// Shallow rows that will go away: what they point at decides the order of deletion.
fn shallow_leavers(
    situation: &Situation<'_>,
    options: &Options,
    matched: &Matched<'_>,
) -> Vec<Shallow> {
    let staying: BTreeSet<(&str, &str)> = matched
        .matches
        .iter()
        .filter_map(|found| found.standing.kept())
        .map(|live| (live.kind, live.key.as_str()))
        .chain(matched.shallow.iter().map(|row| (row.kind, row.key.as_str())))
        .collect();
    let leaves = |row: &&LiveRow| {
        situation.scope.owns(&row.marks)
            && !staying.contains(&(row.kind, row.key.as_str()))
            && is_unwanted(situation, options, row)
    };
    situation
        .live
        .iter()
        .filter(|row| row.depth == Depth::Shallow)
        .filter(leaves)
        .map(|row| Shallow { kind: row.kind, key: row.key.clone(), wanted: None })
        .collect()
}
