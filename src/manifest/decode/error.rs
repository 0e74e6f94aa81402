//! Why a node could not be decoded, and which part of it is to blame.

use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::manifest::node::{Node, Route, Span, Step};
use crate::manifest::problem::{Problem, closest};

/// Why a node is not the value that was asked for, and which part of it is to blame.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The code of the problem, such as `unknown-field`.
    pub code: &'static str,
    pub message: String,
    pub hint: Option<String>,
    /// The way to the innermost node that failed.
    pub route: Route,
    /// The place of that node; of the key when the key is the mistake.
    pub span: Option<Span>,
}

impl DecodeError {
    /// The problem of this error in the node that was decoded.
    pub fn problem(&self, root: &Node) -> Problem {
        let (span, label) = match self.code {
            "unknown-field" => (root.key_span(&self.route), "not a field here"),
            "missing-field" => (root.value_span(&self.route), "incomplete"),
            "invalid-type" => (root.value_span(&self.route), "the wrong type"),
            _ => (root.value_span(&self.route), "here"),
        };
        let problem = Problem::error(self.code, &self.message).at(&span, label);
        let defined = root.route(&self.route).and_then(|node| node.defined.as_ref());
        let problem = match defined {
            Some(defined) => problem.at(defined, "comes from here"),
            None => problem,
        };
        match &self.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    pub(super) fn new(code: &'static str, message: String) -> Self {
        Self { code, message, hint: None, route: Route::default(), span: None }
    }

    pub(super) fn or_at(mut self, span: &Span) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    /// Adds one step on the way out; [`super::decode`] turns the route around at the end.
    pub(super) fn below(mut self, step: Step, span: &Span) -> Self {
        self.route.0.push(step);
        self.or_at(span)
    }

    fn suggest(mut self, word: &str, known: &[&'static str]) -> Self {
        self.hint = match closest(word, known.iter().copied()) {
            Some(candidate) => Some(format!("did you mean `{candidate}`?")),
            None if known.is_empty() => None,
            None => Some(format!("known here: {}", known.join(", "))),
        };
        self
    }
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("invalid-value", message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match unexpected {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Bool(value) => format!("the boolean `{value}`"),
            Unexpected::Unsigned(value) => format!("the number `{value}`"),
            Unexpected::Signed(value) => format!("the number `{value}`"),
            Unexpected::Float(value) => format!("the number `{value}`"),
            Unexpected::Str(text) => format!("the text {text:?}"),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            other => other.to_string(),
        };
        Self::new("invalid-type", format!("expected {expected}, found {found}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new("unknown-variant", format!("unknown value `{variant}`"))
            .suggest(variant, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new("unknown-field", format!("unknown field `{field}`")).suggest(field, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing-field", format!("missing field `{field}`"))
    }
}
