//! The fields that an action changes, and those that it leaves to others.

use std::fmt::Write as _;

use super::plan::Details;
use super::values::{Pending, only_in_one, resources_of, without_arns};
use super::words::{WIDTH, cut, widest, width};
use crate::diff::{FieldChange, Path};
use crate::plan::{Action, Unmanaged, Verb};
use crate::value::Value;

/// Where paths begin.
const INDENT: usize = 8;

/// The widest column of paths; longer ones reach into the column of values.
const WIDEST_PATH: usize = 28;

/// One path with what there is to say of it.
struct Row {
    path: String,
    /// All on one line, if it fits.
    line: String,
    /// Otherwise, below the path.
    below: Vec<String>,
}

/// Lines of an action's changes and notes. With `details`, also of what it creates, and no value
/// is cut.
pub(super) fn fields(action: &Action, pending: &Pending<'_>, details: Option<&Details>) -> String {
    let is_verbose = details.is_some();
    let spec = details.and_then(|specs| specs.get(&action.address));
    let spec = spec.filter(|_| action.verb == Verb::Create);
    let created = spec.map(|spec| created(spec, pending)).unwrap_or_default();
    let changes = action.changes.iter().map(|change| changed(change, pending, is_verbose));
    let notes = action.unmanaged.iter().map(|unmanaged| left_alone(unmanaged, is_verbose));
    let rows: Vec<Row> = created.into_iter().chain(changes).chain(notes).collect();
    let on_lines = rows.iter().filter(|row| row.fits(0));
    let paths = on_lines.map(|row| row.path.as_str()).filter(|path| width(path) <= WIDEST_PATH);
    let column = widest(paths);
    rows.iter().map(|row| drawn(row, column, is_verbose)).collect()
}

/// The values of a spec that are not themselves trees, without those that nobody decides.
fn created(spec: &Value, pending: &Pending<'_>) -> Vec<Row> {
    let mut open = vec![(Path::default(), spec)];
    let mut rows = vec![];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Struct(fields) => {
                open.extend(fields.iter().rev().map(|(name, value)| (path.field(name), value)));
            }
            Value::Map(entries) => {
                open.extend(entries.iter().rev().map(|(name, value)| (path.name(name), value)));
            }
            Value::Null => {}
            value => {
                let line = pending.told(Some(value)).to_string();
                rows.push(Row { path: path.to_string(), below: vec![line.clone()], line });
            }
        }
    }
    rows
}

fn changed(change: &FieldChange, pending: &Pending<'_>, is_verbose: bool) -> Row {
    let mut before = pending.told(change.before.as_ref());
    let mut after = pending.told(change.after.as_ref());
    if !is_verbose {
        (before, after) = without_arns(before, after);
    }
    let (removed, added) = only_in_one(&before, &after);
    let removed = removed.iter().map(|part| format!("- {part}"));
    let added = added.iter().map(|part| format!("+ {part}"));
    Row {
        path: change.path.to_string(),
        line: format!("{before} → {after}"),
        below: removed.chain(added).collect(),
    }
}

fn left_alone(unmanaged: &Unmanaged, is_verbose: bool) -> Row {
    let reason = format!("unchanged, {}", unmanaged.reason);
    let live = unmanaged.live.as_ref();
    let live = live.map(|live| if is_verbose { live.clone() } else { resources_of(live) });
    Row {
        path: unmanaged.path.to_string(),
        line: match &live {
            Some(live) => format!("{reason} (live {live})"),
            None => reason.clone(),
        },
        below: [reason].into_iter().chain(live.map(|live| format!("live {live}"))).collect(),
    }
}

impl Row {
    fn fits(&self, column: usize) -> bool {
        INDENT + column.max(width(&self.path)) + 2 + width(&self.line) <= WIDTH
    }
}

fn drawn(row: &Row, column: usize, is_verbose: bool) -> String {
    let Row { path, line, below } = row;
    let mut text = " ".repeat(INDENT);
    if row.fits(0) {
        let column = if row.fits(column) { column } else { 0 };
        let _ = writeln!(text, "{path:<column$}  {line}");
        return text;
    }
    let _ = writeln!(text, "{path}");
    let indent = INDENT + 4;
    for part in below {
        let part = if is_verbose { part.clone() } else { cut(part, WIDTH - indent) };
        let _ = writeln!(text, "{:indent$}{part}", "");
    }
    text
}
