//! From evidence to what is to blame and what to do about it.

use serde::Serialize;

use super::failure::Evidence;

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

/// What the evidence points at; none while nothing has gone wrong, or when it fits no known row.
pub fn diagnose(_evidence: &Evidence) -> Option<Diagnosis> {
    None
}
