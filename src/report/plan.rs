//! A plan as people read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use owo_colors::{OwoColorize as _, Style};

use super::groups::{Group, GroupKind, counts, groups};
use super::words::{counted, plural};
use crate::diff::Path;
use crate::facts::Facts;
use crate::kind::Scope;
use crate::manifest::source::Sources;
use crate::plan::{Action, Plan, Verb};
use crate::value::{Address, Value};

/// Longest value that is shown whole, in characters.
const LONGEST_VALUE: usize = 80;

/// What a plan is of, and how it was observed.
pub struct Heading<'a> {
    pub command: &'a str,
    pub scope: &'a Scope,
    pub facts: &'a Facts,
    /// Live resources that were read.
    pub observed: usize,
    /// API calls that this took, by operation; none on the mock account.
    pub calls: Option<&'a BTreeMap<String, u64>>,
    /// Resources known by digest.
    pub shallow: usize,
}

/// `ecsctl plan · shop / prod · 444455556666 eu-west-1 · 41 resources observed with 14 calls`
///
/// With `is_verbose` the calls follow, a line for each operation.
pub fn heading(heading: &Heading<'_>, is_verbose: bool) -> String {
    let Heading { command, scope, facts, .. } = heading;
    let with = match heading.calls {
        Some(calls) => format!("with {}", counted(calls.values().sum(), "call")),
        None => "in the mock account".to_owned(),
    };
    let mut line = format!(
        "ecsctl {command} · {} / {} · {} {} · {} observed {with}",
        scope.app,
        scope.environment,
        facts.account,
        facts.region,
        plural(heading.observed, "resource"),
    );
    if heading.shallow > 0 {
        let _ = write!(line, ", {} by digest (--deep reads all)", heading.shallow);
    }
    for (operation, count) in heading.calls.into_iter().flatten().filter(|_| is_verbose) {
        let _ = write!(line, "\n    {count:>3} {operation}");
    }
    line
}

/// The groups, the orphans and the summary line. Styled; the writer strips what it must.
///
/// `created` has what is created and to be shown field by field.
pub fn body(plan: &Plan, sources: &Sources, created: &BTreeMap<Address, Value>) -> String {
    let groups = groups(plan);
    let numbers = numbers(plan);
    let mut text = String::new();
    for group in &groups {
        text.push_str(&drawn(group, &numbers, sources, created));
        text.push('\n');
    }
    for orphan in &plan.orphans {
        let from =
            orphan.manifest.as_ref().map(|manifest| format!("  of {manifest}")).unwrap_or_default();
        let _ = writeln!(text, "{} {}  {}{from}", "?".yellow(), orphan.address, orphan.key);
    }
    if !plan.orphans.is_empty() {
        let _ = writeln!(text, "  in no manifest: kept, unless you say --prune\n");
    }
    text + &summary(plan, &groups)
}

/// `Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 2 API calls, 1 wait.`
fn summary(plan: &Plan, groups: &[Group<'_>]) -> String {
    if plan.is_empty() {
        return format!(
            "Nothing to change: {} as the manifests say.\n",
            plural(plan.unchanged, "resource")
        );
    }
    let counts = counts(groups);
    let count = |kind| counts.get(&kind).copied().unwrap_or(0);
    let calls = plan.actions.iter().flat_map(|action| &action.calls);
    let (waits, calls): (Vec<_>, Vec<_>) = calls.partition(|call| call.is_wait());
    format!(
        "Plan: {} to create, {} to update, {} to replace, {} to delete · {}, {}.\n",
        count(GroupKind::Create),
        count(GroupKind::Update),
        count(GroupKind::Replace),
        count(GroupKind::Delete),
        plural(calls.len(), "API call"),
        plural(waits.len(), "wait"),
    )
}

/// The number of each action's first call, counted over the whole plan.
fn numbers(plan: &Plan) -> Vec<usize> {
    let lengths = plan.actions.iter().map(|action| action.calls.len());
    lengths
        .scan(1, |next, length| {
            let first = *next;
            *next += length;
            Some(first)
        })
        .collect()
}

fn drawn(
    group: &Group<'_>,
    numbers: &[usize],
    sources: &Sources,
    created: &BTreeMap<Address, Value>,
) -> String {
    let place = group
        .origin
        .map(|span| format!("{}:{}", sources.path(span.source), sources.start(span).line));
    let symbol = group.kind.symbol();
    let name = group.manifest.to_string();
    let title = if place.is_some() { format!("{name:<48}") } else { name };
    let place = place.map(|place| format!(" {}", place.dimmed())).unwrap_or_default();
    let mut text = format!("{} {}{place}\n", symbol.style(color(group.kind)).bold(), title.bold());
    for (_, action) in group.actions.iter().filter(|(_, action)| !action.is_second_part) {
        text.push_str(&fields(action, created.get(&action.address)));
    }
    for (position, action) in &group.actions {
        for (offset, call) in action.calls.iter().enumerate() {
            let (operation, object) = call.line.split_once(' ').unwrap_or((&call.line, ""));
            let number = numbers[*position] + offset;
            let _ = writeln!(text, "    {number:>3} {operation:<44} {object}");
        }
    }
    text
}

fn fields(action: &Action, created: Option<&Value>) -> String {
    let symbol = action.verb.symbol();
    let note = match (action.verb, action.is_replacement) {
        (Verb::Revise, _) => " → new revision",
        (Verb::Create, true) => " (replaces)",
        (Verb::Delete, true) => " (replaced)",
        (Verb::Create | Verb::Update | Verb::Delete, _) => "",
    };
    let mut text =
        format!("    {} {}{note}\n", symbol.style(verb_color(action.verb)), action.address);
    let created = created.filter(|_| action.verb == Verb::Create);
    for (path, value) in created.map(leaves).unwrap_or_default() {
        let _ = writeln!(text, "        {path:<32} {}", shortened(Some(value)));
    }
    let shown = action.verb != Verb::Delete;
    for change in action.changes.iter().filter(|_| shown) {
        let before = shortened(change.before.as_ref());
        let after = shortened(change.after.as_ref());
        let _ = writeln!(text, "        {:<32} {before} → {after}", change.path);
    }
    for unmanaged in action.unmanaged.iter().filter(|_| shown) {
        let live = shortened(unmanaged.live.as_ref());
        let _ = writeln!(
            text,
            "        {:<32} unchanged, {} (live {live})",
            unmanaged.path, unmanaged.reason
        );
    }
    text
}

/// The values of a tree that are not themselves trees, without those that nobody decides.
fn leaves(value: &Value) -> Vec<(Path, &Value)> {
    let mut open = vec![(Path::default(), value)];
    let mut found = vec![];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Struct(fields) => {
                open.extend(fields.iter().rev().map(|(name, value)| (path.field(name), value)));
            }
            Value::Map(entries) => {
                open.extend(entries.iter().rev().map(|(name, value)| (path.name(name), value)));
            }
            Value::Null => {}
            value => found.push((path, value)),
        }
    }
    found
}

/// A value on one line, cut where it is long.
pub(super) fn shortened(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "(none)".to_owned(), ToString::to_string);
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

const fn color(kind: GroupKind) -> Style {
    match kind {
        GroupKind::Create => Style::new().green(),
        GroupKind::Update => Style::new().yellow(),
        GroupKind::Replace => Style::new().magenta(),
        GroupKind::Delete => Style::new().red(),
    }
}

const fn verb_color(verb: Verb) -> Style {
    match verb {
        Verb::Create => Style::new().green(),
        Verb::Update => Style::new().yellow(),
        Verb::Revise => Style::new().cyan(),
        Verb::Delete => Style::new().red(),
    }
}
