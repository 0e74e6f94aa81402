//! Problems as a SARIF log, which code scanners and editors read.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::manifest::problem::{Label, Problem, Severity};
use crate::manifest::source::Sources;

/// A log of one run, by SARIF 2.1.0.
///
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
pub fn log(problems: &[Problem], sources: &Sources) -> Json {
    let codes: BTreeSet<&str> = problems.iter().map(|problem| problem.code).collect();
    let rules: Vec<_> = codes.into_iter().map(|code| json!({"id": code})).collect();
    let results: Vec<_> = problems.iter().map(|problem| result(problem, sources)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "ecsctl", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Problem, sources: &Sources) -> Json {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let hint = problem.hint.iter().map(|hint| format!("\n{hint}"));
    let text = problem.message.clone() + &hint.collect::<String>();
    let mut labels = problem.labels.iter().map(|label| location(label, sources));
    let primary: Vec<_> = labels.next().into_iter().collect();
    let mut result = json!({
        "ruleId": problem.code,
        "level": level,
        "message": {"text": text},
        "locations": primary,
    });
    let related: Vec<_> = labels.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(label: &Label, sources: &Sources) -> Json {
    let (start, end) = (sources.start(&label.span), sources.end(&label.span));
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(sources.path(label.span.source).as_str())},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
        "message": {"text": label.text},
    })
}

/// A relative reference, as RFC 3986 spells it: `/` parts segments, the rest is escaped.
fn uri(path: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const SEGMENT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    utf8_percent_encode(path, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::node::Span;

    #[test]
    fn a_problem_is_a_result_with_its_places() {
        let mut sources = Sources::default();
        let source = sources.add("my app/web.yaml", "kind: Service\nname: web\n");
        let span = Span { source, range: 20..23 };
        let problem = Problem::error("odd-name", "`web` is odd").at(&span, "this");
        let log = log(&[problem.clone().at(&span, "that").hint("do"), problem], &sources);
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"], json!([{"id": "odd-name"}]));
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20app/web.yaml");
        assert_eq!(place["region"]["startLine"], 2);
        assert_eq!(place["region"]["endColumn"], 10);
        assert_eq!(run["results"][0]["message"]["text"], "`web` is odd\ndo");
        assert_eq!(run["results"][0]["relatedLocations"][0]["message"]["text"], "that");
        assert_eq!(run["results"][1].get("relatedLocations"), None);
    }
}
