//! Annotations: GitHub shows each at its line of a pull request.

use super::Workflow;
use super::commands::{data, property};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, Severity};
use crate::manifest::source::Sources;

/// One line per problem: `::error file=web.yaml,line=3,col=7,title=unknown-field::message`.
pub fn annotations(problems: &[Problem], sources: &Sources, workflow: &Workflow) -> String {
    problems.iter().map(|problem| annotation(problem, sources, workflow)).collect()
}

fn annotation(problem: &Problem, sources: &Sources, workflow: &Workflow) -> String {
    let command = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = problem.labels.first().map(|label| {
        let end = sources.end(&label.span);
        let until = format!("endLine={},endColumn={},", end.line, end.column);
        place(&label.span, sources, workflow) + &until
    });
    let message = with_hint(&problem.message, problem.hint.as_deref());
    line(command, &place.unwrap_or_default(), problem.code, &message)
}

/// An error that no problem of the manifests is: at the document that it comes from, if it does.
pub fn error(
    title: &str,
    message: &str,
    hint: Option<&str>,
    at: Option<(&Span, &Sources)>,
    workflow: &Workflow,
) -> String {
    let place = at.map(|(span, sources)| place(span, sources, workflow));
    line("error", &place.unwrap_or_default(), title, &with_hint(message, hint))
}

fn with_hint(message: &str, hint: Option<&str>) -> String {
    hint.map_or_else(|| message.to_owned(), |hint| format!("{message}\n{hint}"))
}

fn place(span: &Span, sources: &Sources, workflow: &Workflow) -> String {
    let start = sources.start(span);
    let file = workflow.file(sources.path(span.source));
    format!("file={},line={},col={},", property(file.as_str()), start.line, start.column)
}

fn line(command: &str, place: &str, title: &str, message: &str) -> String {
    format!("::{command} {place}title={}::{}\n", property(title), data(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let mut sources = Sources::default();
        let source = sources.add("a,b.yaml", "kind: Service\nname: web\n");
        let span = Span { source, range: 20..23 };
        let problems = [
            Problem::error("odd-name", "100% `web`\nis odd").at(&span, "this").hint("do"),
            Problem::warning("missing-directory", "no directory"),
        ];
        let workflow = Workflow::default();
        insta::assert_snapshot!(annotations(&problems, &sources, &workflow), @"
        ::error file=a%2Cb.yaml,line=2,col=7,endLine=2,endColumn=10,title=odd-name::100%25 `web`%0Ais odd%0Ado
        ::warning title=missing-directory::no directory
        ");
        let at = Some((&span, &sources));
        insta::assert_snapshot!(error("a:b", "no\n::error::x", None, at, &workflow), @"
        ::error file=a%2Cb.yaml,line=2,col=7,title=a%3Ab::no%0A::error::x
        ");
    }
}
