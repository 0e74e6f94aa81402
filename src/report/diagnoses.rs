//! The diagnoses for people: one in the terminal, all as a page of the documentation.

use std::fmt::Write as _;

use crate::rollout::diagnosis::{Row, diagnose};

const HEAD: &str = "\
# The diagnoses

What ecsctl says of a deployment that fails, from what ECS, CloudWatch Logs and Elastic Load Balancing tell of it. Each
line has the code that a report bears, what it is recognised by (whatever the case of its letters), the cause and the
remedies as they read for the example in AWS's words, and where AWS says so; every example is tested. Of a hopeless one
every further task fails likewise: where neither a circuit breaker nor alarms end such a deployment, ecsctl does not wait
for its deadline. Made by `ecsctl explain --diagnoses`: change the table in `src/rollout/diagnosis/`, then run
`tests/generated`.

| code | recognised by | example | cause | to do | hopeless | source |
|---|---|---|---|---|---|---|
";

/// All diagnoses as a Markdown table, by code.
pub fn page(rows: impl Iterator<Item = &'static Row>) -> String {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.code);
    let mut text = HEAD.to_owned();
    for row in rows {
        let Said { cause, remedies } = said(row);
        let cells = [
            format!("`{}`", row.code),
            row.recognised_by(),
            row.example.words(),
            cause,
            remedies.join("<br>"),
            if row.is_hopeless { "yes" } else { "no" }.to_owned(),
            row.source.to_owned(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// One diagnosis with its example.
pub fn diagnosis(row: &Row) -> String {
    let Said { cause, remedies } = said(row);
    let remedies = remedies.join("\n  - ");
    let hopeless = if row.is_hopeless {
        "\nEvery further task fails likewise until that is corrected.\n"
    } else {
        ""
    };
    format!(
        "{}: {cause}\n\nRecognised by {}.\n\nFor example:\n  {}\n\nTo do:\n  - {remedies}\n{hopeless}\nSource: {}\n",
        row.code,
        row.recognised_by(),
        row.example.words(),
        row.source
    )
}

struct Said {
    cause: String,
    remedies: Vec<String>,
}

/// What is said of the row's own example.
fn said(row: &Row) -> Said {
    let found = diagnose(&row.example.evidence());
    let found = found.expect("a test has every example recognised");
    Said { cause: found.cause, remedies: found.remedies }
}
