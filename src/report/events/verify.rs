//! Checks against the account.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::manifests::Problem;
use crate::verify::{Report, Tally};

/// A check that failed, is doubtful, or could not be made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked, such as `images`.
    pub subject: String,
    /// What is wrong, and where.
    pub problem: Problem,
}

/// What all checks of a command came to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// All checks together.
    pub total: Counts,
    /// The same by subject, such as `images`.
    pub subjects: BTreeMap<String, Counts>,
    /// What the checks do not cover, in a sentence each.
    pub notes: Vec<String>,
}

/// How many checks came to what.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// As it should be.
    pub passed: usize,
    /// Not as it should be.
    pub failed: usize,
    /// Perhaps not as it should be.
    pub doubtful: usize,
    /// Could not be checked.
    pub not_checked: usize,
}

impl Checked {
    pub fn of(report: &Report) -> Self {
        let subjects = report.tallies.iter();
        Self {
            total: report.total().into(),
            subjects: subjects
                .map(|(subject, tally)| (subject.name().to_owned(), Counts::from(*tally)))
                .collect(),
            notes: report.notes.clone(),
        }
    }
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        let Tally { passed, failed, doubtful, unchecked } = tally;
        Self { passed, failed, doubtful, not_checked: unchecked }
    }
}
