//! Problems as workflow commands of GitHub Actions, which shows each at its line of a pull request.

use crate::manifest::problem::{Problem, Severity};
use crate::manifest::source::Sources;

/// One line per problem: `::error file=web.yaml,line=3,col=7,title=unknown-field::message`.
///
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
pub fn annotations(problems: &[Problem], sources: &Sources) -> String {
    problems.iter().map(|problem| annotation(problem, sources)).collect()
}

fn annotation(problem: &Problem, sources: &Sources) -> String {
    let command = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = problem.labels.first().map(|label| {
        let (start, end) = (sources.start(&label.span), sources.end(&label.span));
        let file = property(sources.path(label.span.source).as_str());
        let until = format!("endLine={},endColumn={}", end.line, end.column);
        format!("file={file},line={},col={},{until},", start.line, start.column)
    });
    let hint = problem.hint.iter().map(|hint| format!("\n{hint}"));
    let message = problem.message.clone() + &hint.collect::<String>();
    format!("::{command} {}title={}::{}\n", place.unwrap_or_default(), problem.code, data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::node::Span;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let mut sources = Sources::default();
        let source = sources.add("a,b.yaml", "kind: Service\nname: web\n");
        let problems = [
            Problem::error("odd-name", "100% `web`\nis odd")
                .at(&Span { source, range: 20..23 }, "this")
                .hint("do"),
            Problem::warning("missing-directory", "no directory"),
        ];
        insta::assert_snapshot!(annotations(&problems, &sources), @"
        ::error file=a%2Cb.yaml,line=2,col=7,endLine=2,endColumn=10,title=odd-name::100%25 `web`%0Ais odd%0Ado
        ::warning title=missing-directory::no directory
        ");
    }
}
