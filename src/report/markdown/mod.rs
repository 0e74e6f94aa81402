//! A plan as the comment on a pull request: Markdown that fits, worst things first.

mod entry;
mod fit;
mod list;
pub mod outcome;
mod text;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::plan::Heading;
use super::values::Pending;
use super::words::plural;
use crate::manifest::source::Sources;
use crate::plan::{Action, Plan, Verb};
use entry::{Entry, is_grave};
use fit::{Fitted, fit};
use list::{Items, Part};
pub use text::Mask;

/// What a comment may take, in bytes. GitHub's own limit is 65,536 characters.
pub const LIMIT: usize = 60_000;

/// What advice and orphans may take of it, in bytes, before actions are cut.
const FOR_LISTS: usize = 10_000;

/// What the sentences and headings between the parts take at most, in bytes.
const FOR_WORDS: usize = 1_500;

/// What a comment is made of.
pub struct Subject<'a> {
    pub heading: &'a Heading<'a>,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    /// Strikes out secrets: they must go before any text is escaped.
    pub mask: Mask<'a>,
}

/// The comment. Its first line is `<!-- ecsctl plan APP/ENVIRONMENT -->`, by which a bot finds its own.
pub fn comment(subject: &Subject<'_>) -> String {
    let mut page = beginning(subject);
    let entries = entries(subject);
    let lists = list::lists(subject);
    let for_lists: usize = lists.iter().map(Items::length).sum();
    let room = LIMIT - FOR_WORDS - page.len() - for_lists.min(FOR_LISTS);
    let fitted = fit(&entries, room);
    page.push_str(&actions(&fitted));
    for list in lists {
        let room = LIMIT.saturating_sub(page.len() + FOR_WORDS / 2);
        page.push_str(&list.fitted(room));
    }
    page.truncate(page.trim_end().len());
    page + "\n"
}

/// Everything before the first action.
fn beginning(subject: &Subject<'_>) -> String {
    let Subject { heading, plan, .. } = subject;
    let (app, environment) = (&heading.scope.app, &heading.scope.environment);
    let place = format!("{} {}", heading.facts.account, heading.facts.region);
    let observed = plural(heading.observed, "resource");
    format!(
        "<!-- ecsctl {} {app}/{environment} -->\n\
         ### ecsctl {}: {app} / {environment}\n\n\
         `{place}` · {observed} observed\n\n\
         {}\n\n{}",
        heading.command,
        heading.command,
        summary(plan),
        warning(plan),
    )
}

/// `**1 to create, 2 to update, 0 to replace, 1 to delete** · 5 API calls, 1 wait`
fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        let unchanged = plural(plan.unchanged, "resource");
        return format!("**Nothing to change:** {unchanged} as the manifests say.");
    }
    let count = |is: &dyn Fn(&Action) -> bool| plan.actions.iter().filter(|it| is(it)).count();
    let alone = |verb| move |action: &Action| action.verb == verb && !action.is_replacement;
    let replaced = count(&|action| action.is_replacement && action.verb == Verb::Create);
    let leftover = count(&|action| action.is_replacement && action.verb == Verb::Delete);
    let updated = |action: &Action| {
        matches!(action.verb, Verb::Update | Verb::Revise) && !action.is_second_part
    };
    let calls = plan.actions.iter().flat_map(|action| &action.calls);
    let (waits, calls): (Vec<_>, Vec<_>) = calls.partition(|call| call.is_wait());
    format!(
        "**{} to create, {} to update, {replaced} to replace, {} to delete** · {}, {}",
        count(&alone(Verb::Create)),
        count(&updated),
        count(&alone(Verb::Delete)) + leftover.saturating_sub(replaced),
        plural(calls.len(), "API call"),
        plural(waits.len(), "wait"),
    )
}

fn warning(plan: &Plan) -> String {
    let lost = plan.actions.iter().filter(|action| action.loses_data).count();
    if lost == 0 {
        return String::new();
    }
    let them = if lost == 1 { "it" } else { "them" };
    format!(
        "> [!CAUTION]\n> {} will be deleted with all the data in {them}.\n\n",
        plural(lost, "resource")
    )
}

/// All actions, the worst first; within a sort as they will be done.
fn entries(subject: &Subject<'_>) -> Vec<Entry> {
    let plan = subject.plan;
    let pending = Pending::of(plan);
    let mut first = 1;
    let mut entries: Vec<(u8, Entry)> = vec![];
    for action in &plan.actions {
        entries.push((badness(action), Entry::of(action, first, subject, &pending)));
        first += action.calls.len();
    }
    entries.sort_by_key(|(badness, _)| *badness);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// The place of an action's sort: data loss, deletions, replacements, the rest.
fn badness(action: &Action) -> u8 {
    if action.loses_data {
        0
    } else if action.verb == Verb::Delete && !action.is_replacement {
        1
    } else if is_grave(action) {
        2
    } else {
        3
    }
}

fn actions(fitted: &Fitted<'_>) -> String {
    let mut text = String::new();
    let sections = [("Deleted, replaced", &fitted.grave), ("Created, updated", &fitted.others)];
    for (title, part) in sections {
        if part.total() == 0 {
            continue;
        }
        let _ = writeln!(text, "#### {title} ({})\n", part.total());
        text.extend(part.shown.iter().copied());
        if part.left_out > 0 {
            let _ = writeln!(text, "\n{}\n", left_out(part));
        }
        text.push('\n');
    }
    text
}

/// `**12 of 40 are left out here**: …`
fn left_out(part: &Part<'_>) -> String {
    let Part { left_out, .. } = part;
    let verb = if *left_out == 1 { "is" } else { "are" };
    format!(
        "**{left_out} of {} {verb} left out here**, for want of room: `ecsctl plan` shows all.",
        part.total()
    )
}
