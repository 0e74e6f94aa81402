//! For the tests of the model: YAML from a string, problems as short text.

use crate::manifest::node::{Node, SourceId, Span};
use crate::manifest::problem::{Problem, Severity};
use crate::manifest::yaml;
use crate::model::resolve::{Input, resolve};
use crate::model::stack::Stack;
use crate::model::variables::Variables;

pub(crate) fn parse(text: &str) -> Vec<Node> {
    yaml::parse(SourceId(0), text).expect("the test's YAML is well-formed")
}

pub(crate) fn resolved(text: &str) -> Result<(Stack, Vec<Problem>), Vec<Problem>> {
    let variables = Variables::default();
    resolve(Input { documents: parse(text), directory_name: "shop", environment: None, variables })
}

/// What is reported for each wrong text, after making sure that the right one beside it passes.
pub(crate) fn report(cases: &[(&str, &str)]) -> String {
    let problems = |text: &str| match resolved(text) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    let check = |(wrong, right): &(&str, &str)| {
        assert_eq!(render(right, &problems(right)), "", "reported for what is right: {right}");
        let found = render(wrong, &problems(wrong));
        assert_ne!(found, "", "nothing is reported for {wrong}");
        found
    };
    cases.iter().map(check).collect::<Vec<_>>().join("\n")
}

/// As [`report`], for fields of a service with one container.
pub(crate) fn report_service(cases: &[(&str, &str)]) -> String {
    let service =
        |fields: &str| format!("{{ kind: Service, name: web, image: nginx, port: 80, {fields} }}");
    let cases: Vec<_> =
        cases.iter().map(|(wrong, right)| (service(wrong), service(right))).collect();
    report(&cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect::<Vec<_>>())
}

/// As [`report`], for fields of a service with containers of its own.
pub(crate) fn report_task(cases: &[(&str, &str)]) -> String {
    let service = |fields: &str| format!("{{ kind: Service, name: web, {fields} }}");
    let cases: Vec<_> =
        cases.iter().map(|(wrong, right)| (service(wrong), service(right))).collect();
    report(&cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect::<Vec<_>>())
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
