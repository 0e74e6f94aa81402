//! The rules for people: one in the terminal, all as a page of the documentation.

use std::fmt::Write as _;

use crate::model::rules::Entry;

const HEAD: &str = "\
# The rules

What `ecsctl validate`, and every command before its first call, asks of manifests beyond the types of their fields.
Each line has the code that a problem bears, the rule, a manifest that breaks it beside one that keeps it, and where AWS
says so; both manifests are tested. Made by `ecsctl explain`: change the table beside each rule, then run
`tests/generated`.

| code | rule | broken by | kept by | source |
|---|---|---|---|---|
";

/// All rules as a Markdown table, by code.
pub fn page(entries: impl Iterator<Item = &'static Entry>) -> String {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.code);
    let mut text = HEAD.to_owned();
    for Entry { code, rule, source, wrong, right } in entries {
        let (wrong, right) = (cell(wrong), cell(right));
        let _ = writeln!(text, "| `{code}` | {rule} | {wrong} | {right} | {source} |");
    }
    text
}

/// A manifest in a cell: no line breaks, no bars.
fn cell(manifest: &str) -> String {
    let lines: Vec<_> = manifest.trim().lines().map(str::trim_end).collect();
    let lines = lines.iter().map(|line| format!("`{}`", line.replace('|', "\\|")));
    lines.collect::<Vec<_>>().join("<br>")
}

/// One rule with its manifests.
pub fn rule(entry: &Entry) -> String {
    let Entry { code, rule, source, wrong, right } = entry;
    let source = if source.is_empty() { String::new() } else { format!("\nSource: {source}\n") };
    format!(
        "{code}: {rule}\n{source}\nBroken by:\n{}\nKept by:\n{}",
        indented(wrong),
        indented(right)
    )
}

fn indented(manifest: &str) -> String {
    manifest.trim().lines().fold(String::new(), |text, line| text + "  " + line + "\n")
}
