//! Manifests: what is wrong with them, their final values, and new ones.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::manifest::problem::{self, Label};
use crate::manifest::source::Sources;

/// Something wrong with the manifests, or with an argument that they are read with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// Which rule is broken, such as `unknown-field`; `ecsctl explain CODE` says more.
    pub code: String,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where it is, the primary place first. Empty for what is in no file.
    pub places: Vec<Place>,
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The command goes no further.
    Error,
    /// The command goes on.
    Warning,
}

/// A part of a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Path of the file, from the working directory.
    pub file: String,
    /// Line where it begins; the first is 1.
    pub line: usize,
    /// Column where it begins, in characters; the first is 1.
    pub column: usize,
    /// Line where it ends.
    pub end_line: usize,
    /// Column after its last character.
    pub end_column: usize,
    /// What is to say of this place. May be empty.
    pub text: String,
}

/// A document as it is for the environment, with variables replaced.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Its kind, such as `Service`.
    pub kind: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Path of its file, from the working directory.
    pub file: String,
    /// Line where it begins; the first is 1.
    pub line: usize,
    /// The whole document by the schema of manifests. Secrets are masked.
    pub value: Json,
}

/// A file was written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its path, from the working directory.
    pub path: String,
}

impl Problem {
    pub fn of(problem: &problem::Problem, sources: &Sources) -> Self {
        Self {
            severity: problem.severity.into(),
            code: problem.code.to_owned(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
            places: problem.labels.iter().map(|label| Place::of(label, sources)).collect(),
        }
    }
}

impl Place {
    fn of(label: &Label, sources: &Sources) -> Self {
        let (start, end) = (sources.start(&label.span), sources.end(&label.span));
        Self {
            file: sources.path(label.span.source).to_string(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: label.text.clone(),
        }
    }
}

impl From<problem::Severity> for Severity {
    fn from(severity: problem::Severity) -> Self {
        match severity {
            problem::Severity::Error => Self::Error,
            problem::Severity::Warning => Self::Warning,
        }
    }
}
