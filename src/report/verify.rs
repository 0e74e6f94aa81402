//! What checks against the account came to.

use owo_colors::OwoColorize as _;

use super::words::{plural, widest};
use crate::facts::Facts;
use crate::kind::Scope;
use crate::verify::{Report, Tally};

/// A line per subject, and one for all.
pub fn summary(scope: &Scope, facts: &Facts, report: &Report) -> String {
    let Scope { app, environment } = scope;
    let width = widest(report.tallies.keys().map(|subject| subject.name()));
    let line = |name: &str, text: &str| format!("  {name:width$}  {text}\n");
    let heading =
        format!("ecsctl verify · {app} / {environment} · {} {}\n\n", facts.account, facts.region);
    let subjects =
        report.tallies.iter().map(|(subject, tally)| line(subject.name(), &counts(*tally)));
    let notes = report.notes.iter().map(|note| line("note", note));
    std::iter::once(heading).chain(subjects).chain(notes).chain([last_line(report)]).collect()
}

fn last_line(report: &Report) -> String {
    if report.tallies.is_empty() {
        return "Nothing to check: the manifests refer to nothing that others made.\n".to_owned();
    }
    let total = report.total();
    let word = if report.has_failed() {
        "Not ready:".red().bold().to_string()
    } else if total.unchecked > 0 {
        "Ready, as far as that could be checked:".yellow().bold().to_string()
    } else {
        "Ready:".green().bold().to_string()
    };
    let checks = total.passed + total.failed + total.doubtful + total.unchecked;
    format!("\n{word} {}, {}.\n", plural(checks, "check"), counts(total))
}

fn counts(tally: Tally) -> String {
    let Tally { passed, failed, doubtful, unchecked } = tally;
    let all = [
        (passed, "passed"),
        (failed, "failed"),
        (doubtful, "doubtful"),
        (unchecked, "not checked"),
    ];
    let words = all.into_iter().filter(|(count, _)| *count > 0);
    words.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}
