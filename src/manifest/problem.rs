//! What is wrong with a manifest, as data; `report` draws it.

use super::node::Span;

/// How much a [`Problem`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One mistake at one place, with its cause and what to do.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Stable, kebab-case, such as `unknown-field`.
    pub code: &'static str,
    pub severity: Severity,
    /// A lowercase fragment that names its object.
    pub message: String,
    /// The first label is the primary one. Empty for problems without a place, such as a missing folder.
    pub labels: Vec<Label>,
    /// One sentence that the reader can act on.
    pub hint: Option<String>,
}

/// A span with the words that go below it.
#[derive(Clone, Debug)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

impl Problem {
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![],
            hint: None,
        }
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    #[must_use]
    pub fn at(mut self, span: &Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span: span.clone(), text: text.into() });
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
