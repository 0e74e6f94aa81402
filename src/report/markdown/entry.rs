//! One action as a folded block: what happens to which resource, and below it fields and calls.

use super::Subject;
use super::text::{Mask, code, fenced, plain};
use crate::diff::FieldChange;
use crate::plan::{Action, Unmanaged, Verb};
use crate::report::values::{Pending, only_in_one, resources_of, without_arns};
use crate::report::words::plural;

/// An action in its two lengths.
pub(super) struct Entry {
    pub(super) is_grave: bool,
    /// With all its fields and calls.
    pub(super) full: String,
    /// Where that is too long.
    pub(super) short: String,
}

/// Whether an action takes something away: it is told before others, and never left out for them.
pub(super) const fn is_grave(action: &Action) -> bool {
    matches!(action.verb, Verb::Delete) || action.is_replacement || action.loses_data
}

impl Entry {
    /// `first` is the number of the action's first call in the plan.
    pub(super) fn of(
        action: &Action,
        first: usize,
        subject: &Subject<'_>,
        pending: &Pending<'_>,
    ) -> Self {
        let title = title(action, subject);
        let fields = fields(action, pending, subject.mask);
        let calls = calls(action, first, subject.mask);
        let (changed, called) = (action.changes.len(), action.calls.len());
        let (changed, called) = (plural(changed, "field"), plural(called, "call"));
        let short = format!("Too long to be shown here: {changed}, {called}.\n");
        let gap = if fields.is_empty() || calls.is_empty() { vec![] } else { vec![String::new()] };
        let full = fenced("diff", &[fields, gap, calls].concat());
        let folded =
            |body: &str| format!("<details><summary>{title}</summary>\n\n{body}\n</details>\n");
        Self { is_grave: is_grave(action), full: folded(&full), short: folded(&short) }
    }
}

/// `<code>- disk/uploads</code> deleted, <b>its data is lost</b> · <code>web.yaml:2</code>`
fn title(action: &Action, subject: &Subject<'_>) -> String {
    let address = plain(&action.address.to_string(), subject.mask);
    let name = code(&format!("{} {address}", action.verb.symbol()));
    let data = if action.loses_data { ", <b>its data is lost</b>" } else { "" };
    let place = action.manifest.origin.as_ref().map(|span| {
        let path = plain(subject.sources.path(span.source).as_str(), subject.mask);
        format!(" · {}", code(&format!("{path}:{}", subject.sources.start(span).line)))
    });
    format!("{name} {}{data}{}", fate(action), place.unwrap_or_default())
}

const fn fate(action: &Action) -> &'static str {
    match (action.verb, action.is_replacement) {
        (Verb::Create, true) => "replaced: the new one is created",
        (Verb::Delete, true) => "replaced: the old one is deleted",
        (Verb::Create, false) => "created",
        (Verb::Update, _) => "updated",
        (Verb::Revise, _) => "gets a new revision",
        (Verb::Delete, false) => "deleted",
    }
}

fn fields(action: &Action, pending: &Pending<'_>, mask: Mask<'_>) -> Vec<String> {
    let changes = action.changes.iter().flat_map(|change| changed(change, pending, mask));
    let unmanaged = action.unmanaged.iter().flat_map(|left| left_alone(left, mask));
    changes.chain(unmanaged).collect()
}

fn changed(change: &FieldChange, pending: &Pending<'_>, mask: Mask<'_>) -> Vec<String> {
    let (before, after) =
        without_arns(pending.told(change.before.as_ref()), pending.told(change.after.as_ref()));
    let (removed, added) = only_in_one(&before, &after);
    let path = format!("  {}", plain(&change.path.to_string(), mask));
    let removed = removed.iter().map(|part| format!("-     {}", plain(part, mask)));
    let added = added.iter().map(|part| format!("+     {}", plain(part, mask)));
    [path].into_iter().chain(removed).chain(added).collect()
}

fn left_alone(left: &Unmanaged, mask: Mask<'_>) -> Vec<String> {
    let path = plain(&left.path.to_string(), mask);
    let reason = plain(&left.reason, mask);
    let live = left.live.as_ref();
    let live = live.map(|live| format!(" (live {})", plain(&resources_of(live).to_string(), mask)));
    vec![format!("  {path}"), format!("      unchanged, {reason}{}", live.unwrap_or_default())]
}

fn calls(action: &Action, first: usize, mask: Mask<'_>) -> Vec<String> {
    let lines = action.calls.iter().zip(first..);
    lines.map(|(call, number)| format!("  {number} {}", plain(&call.line, mask))).collect()
}
