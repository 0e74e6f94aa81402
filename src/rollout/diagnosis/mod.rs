//! From evidence to what is to blame and what to do about it: rows of a table, one file per family.

mod blame;
mod example;
mod exit;
mod facts;
mod file_system;
mod health;
mod image;
mod logging;
mod placement;
mod platform;
mod row;
mod secret;
mod signal;
mod symptom;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::failure::Evidence;
use crate::runtime::Task;
use facts::Facts;
use row::Weight;
use symptom::Symptom;

pub use blame::blamed;
pub use row::Row;

/// What is wrong with a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Stable: `image-not-found`.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub cause: String,
    /// What to do, in a sentence each.
    pub remedies: Vec<String>,
    /// Trying again cannot help: every further task fails likewise.
    pub is_hopeless: bool,
}

/// Of the rows that recognise a symptom the first is taken: within a family what says more comes
/// first, and a task's own words come before the exit code that ECS's stop left behind.
const FAMILIES: &[&[Row]] = &[
    image::ROWS,
    secret::ROWS,
    logging::ROWS,
    file_system::ROWS,
    health::ROWS,
    placement::ROWS,
    platform::ROWS,
    exit::ROWS,
];

/// Every diagnosis there is, family by family.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().copied().flatten()
}

/// What the evidence points at; none while nothing has gone wrong, or when it fits no known row.
///
/// What the tasks show counts before alarms, targets and events, and what a release can be blamed for
/// before what befell it. Of several causes the one that most tasks show is told, with the words of
/// the newest of them.
pub fn diagnose(evidence: &Evidence) -> Option<Diagnosis> {
    let found = recognised(evidence);
    let cause = found.iter().filter(|(row, _)| row.weight == Weight::Cause);
    let (row, symptom) = most_frequent(cause).or_else(|| most_frequent(found.iter()))?;
    let facts = Facts::of(symptom);
    Some(Diagnosis {
        code: row.code,
        cause: facts.sentence(row.cause),
        remedies: row.remedies.iter().map(|remedy| facts.sentence(remedy)).collect(),
        is_hopeless: row.is_hopeless,
    })
}

/// The stopped tasks that show a diagnosis, newest first.
pub fn showing<'a>(evidence: &'a Evidence, code: &str) -> Vec<&'a Task> {
    let found = recognised(evidence).into_iter().filter(|(row, _)| row.code == code);
    found.filter_map(|(_, symptom)| symptom.task).collect()
}

type Found<'a> = (&'static Row, Symptom<'a>);

fn recognised(evidence: &Evidence) -> Vec<Found<'_>> {
    let symptoms = symptom::of(evidence).into_iter();
    symptoms
        .filter_map(|symptom| Some((rows().find(|row| row.recognises(&symptom))?, symptom)))
        .collect()
}

/// The first found of the row that most symptoms show, where only those of the same rank compete:
/// tasks with tasks, events with events.
fn most_frequent<'a, 'e>(
    found: impl Iterator<Item = &'a Found<'e>> + Clone,
) -> Option<(&'static Row, &'a Symptom<'e>)>
where
    'e: 'a,
{
    let rank = found.clone().map(|(_, symptom)| symptom.rank).min()?;
    let mut competing = found.filter(|(_, symptom)| symptom.rank == rank).enumerate();
    let mut counts: BTreeMap<&str, (usize, usize, &Found<'e>)> = BTreeMap::new();
    competing.by_ref().for_each(|(position, entry)| {
        counts.entry(entry.0.code).or_insert((0, position, entry)).0 += 1;
    });
    let most =
        |(count, position, _): &(usize, usize, &Found<'e>)| (*count, std::cmp::Reverse(*position));
    let (_, _, (row, symptom)) = counts.into_values().max_by_key(most)?;
    Some((row, symptom))
}
