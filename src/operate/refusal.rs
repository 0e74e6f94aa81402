//! Why a change of a running service is not made.

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub kind: RefusalKind,
    /// A lowercase fragment.
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// What was said makes no sense.
    Arguments,
    /// It makes sense, and cannot be done as things are.
    Situation,
}

impl Refusal {
    pub(super) fn arguments(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Arguments, message: message.into(), hint: None }
    }

    pub(super) fn situation(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Situation, message: message.into(), hint: None }
    }

    #[must_use]
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
