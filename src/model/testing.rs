//! For the tests of the model: YAML from a string, problems as short text.

use crate::manifest::node::{Node, SourceId, Span};
use crate::manifest::problem::{Problem, Severity};
use crate::manifest::yaml;

pub(crate) fn parse(text: &str) -> Vec<Node> {
    yaml::parse(SourceId(0), text).expect("the test's YAML is well-formed")
}

/// The text at a span.
pub(crate) fn at<'a>(text: &'a str, span: &Span) -> &'a str {
    &text[span.range.clone()]
}

/// One line per problem: code, message, then each label as its place and words, then the hint.
pub(crate) fn render(text: &str, problems: &[Problem]) -> String {
    problems.iter().map(|problem| line(text, problem)).collect::<Vec<_>>().join("\n")
}

fn line(text: &str, problem: &Problem) -> String {
    let severity = match problem.severity {
        Severity::Error => "",
        Severity::Warning => "warning ",
    };
    let labels =
        problem.labels.iter().map(|label| format!(" [{}: {}]", at(text, &label.span), label.text));
    let hint = problem.hint.iter().map(|hint| format!(" -> {hint}"));
    let tail: String = labels.chain(hint).collect();
    format!("{severity}{}: {}{tail}", problem.code, problem.message)
}
