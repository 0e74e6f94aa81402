//! The numbered API calls and waits of a group.

use std::fmt::Write as _;

use super::groups::Group;
use super::words::{WIDTH, widest, width};

/// Where numbers begin.
const INDENT: usize = 4;

/// One call: its number in the plan, its operation, and what it works on.
struct Line<'a> {
    number: usize,
    operation: &'a str,
    object: &'a str,
    is_wait: bool,
}

/// Where the columns of a group are.
struct Columns {
    number: usize,
    operation: usize,
}

/// A line for each call of a group. `firsts` has the number of each action's first call.
pub(super) fn calls(group: &Group<'_>, firsts: &[usize], digits: usize) -> String {
    let lines: Vec<Line<'_>> = lines(group, firsts).collect();
    let operation = widest(lines.iter().map(|line| line.operation));
    let columns = Columns { number: digits, operation };
    let begin = INDENT + columns.number + 1 + columns.operation + 2;
    // A wait is a sentence: where one gets too long beside the column, all are written as such.
    let waits_fit = lines.iter().all(|line| !line.is_wait || begin + width(line.object) <= WIDTH);
    let mut text = String::new();
    for line in &lines {
        let Line { number, operation, object, .. } = line;
        let width = if line.is_wait && !waits_fit { 0 } else { columns.operation + 1 };
        let row = format!("{number:>0$} {operation:<width$} {object}", columns.number);
        let _ = writeln!(text, "{:INDENT$}{}", "", row.trim_end());
    }
    text
}

fn lines<'a>(group: &Group<'a>, firsts: &[usize]) -> impl Iterator<Item = Line<'a>> {
    group.actions.iter().flat_map(move |(position, action)| {
        action.calls.iter().zip(firsts[*position]..).map(|(call, number)| {
            let (operation, object) = call.line.split_once(' ').unwrap_or((&call.line, ""));
            Line { number, operation, object, is_wait: call.is_wait() }
        })
    })
}
