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

    /// Adds "did you mean" for the candidate that is most like `word`, if one is close enough and no hint is there yet.
    #[must_use]
    pub fn did_you_mean<'a>(
        mut self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if self.hint.is_none() {
            self.hint =
                closest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"));
        }
        self
    }
}

/// The candidate most like `word`, whatever its case; none when all are too far.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE_ENOUGH: f64 = 0.8;
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > CLOSE_ENOUGH)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}
