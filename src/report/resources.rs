//! The resources of a group: what a plan does to each, and why so.

use std::collections::BTreeMap;

use owo_colors::{OwoColorize as _, Style};

use super::groups::Group;
use super::words::listed;
use crate::plan::{Action, Plan, Verb};
use crate::value::{Address, Reference};

/// Where symbols begin.
const INDENT: usize = 4;

const DELETED_FIRST: &str = "deleted, then created anew";
const CREATED_FIRST: &str = "created anew, then the old one is deleted";

/// One resource, or several to which the same happens and of which there is no more to say.
pub(super) struct Resources<'a> {
    fate: Fate,
    names: Vec<String>,
    /// What else there is to say.
    note: String,
    /// Its fields are shown.
    pub(super) shown: Option<&'a Action>,
}

/// What becomes of a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Created,
    Updated,
    Revised,
    Replaced,
    Deleted,
}

/// The resources of a group in order, each once.
pub(super) fn resources<'a>(
    group: &Group<'a>,
    plan: &'a Plan,
    is_verbose: bool,
) -> Vec<Resources<'a>> {
    let replaced = replaced(group);
    let mut all: Vec<Resources<'a>> = vec![];
    for (_, action) in group.actions.iter().filter(|(_, action)| !action.is_second_part) {
        let replacement = replaced.get(&action.address).copied();
        if replacement.is_some() && action.verb == Verb::Delete {
            // It is told with its successor.
            continue;
        }
        let loses_data = group
            .actions
            .iter()
            .any(|(_, other)| other.address == action.address && other.loses_data);
        let mut resource = Resources::of(action, plan, replacement, loses_data);
        if is_verbose && action.verb == Verb::Create {
            resource.shown = Some(action);
        }
        match all.last_mut() {
            Some(last) if last.takes(&resource) => last.names.extend(resource.names),
            _ => all.push(resource),
        }
    }
    all
}

/// Addresses of which one resource goes and another one comes, each with how that is done.
fn replaced<'a>(group: &Group<'a>) -> BTreeMap<&'a Address, &'static str> {
    let of = |verb: Verb| {
        let actions = group.actions.iter().filter(move |(_, action)| action.verb == verb);
        actions.map(|(position, action)| (&action.address, *position))
    };
    let created: BTreeMap<&Address, usize> = of(Verb::Create).collect();
    let how = |(address, deleted): (&'a Address, usize)| {
        let is_first = deleted < *created.get(address)?;
        let how = if is_first { DELETED_FIRST } else { CREATED_FIRST };
        Some((address, how))
    };
    of(Verb::Delete).filter_map(how).collect()
}

impl<'a> Resources<'a> {
    fn of(
        action: &'a Action,
        plan: &Plan,
        replacement: Option<&'static str>,
        loses_data: bool,
    ) -> Self {
        let fate = match action.verb {
            Verb::Create if replacement.is_some() => Fate::Replaced,
            Verb::Create => Fate::Created,
            Verb::Update => Fate::Updated,
            Verb::Revise => Fate::Revised,
            Verb::Delete => Fate::Deleted,
        };
        let mut notes: Vec<&str> = replacement.into_iter().collect();
        if fate == Fate::Deleted && action.is_replacement {
            notes.push("left over from a replacement");
        }
        if loses_data {
            notes.push("its data is lost");
        }
        let note = if fate == Fate::Revised { revision(action, plan) } else { notes.join(", ") };
        let is_told = !matches!(fate, Fate::Created | Fate::Deleted);
        let names = vec![action.address.to_string()];
        Self { fate, names, note, shown: is_told.then_some(action) }
    }

    /// Whether another one can be named on the same line.
    fn takes(&self, other: &Self) -> bool {
        let is_plain = |it: &Self| it.note.is_empty() && it.shown.is_none();
        self.fate == other.fate && is_plain(self) && is_plain(other)
    }

    /// `+ log-group/web, role/execution-web`
    pub(super) fn heading(&self) -> String {
        let (symbol, style) = self.fate.symbol();
        let names = listed(&self.names, INDENT + symbol.len() + 1);
        let note = if self.note.is_empty() { String::new() } else { format!("  {}", self.note) };
        format!("{:INDENT$}{} {names}{note}\n", "", symbol.style(style))
    }
}

/// `shop-prod-web:41 → new revision`
fn revision(action: &Action, plan: &Plan) -> String {
    let arn = plan.outputs.get(&Reference::new(action.address.clone(), "arn"));
    let live = arn.and_then(|arn| arn.rsplit('/').next());
    live.map_or("new revision".to_owned(), |live| format!("{live} → new revision"))
}

impl Fate {
    const fn symbol(self) -> (&'static str, Style) {
        match self {
            Self::Created => ("+", Style::new().green()),
            Self::Updated => ("~", Style::new().yellow()),
            Self::Revised => ("^", Style::new().cyan()),
            Self::Replaced => ("-/+", Style::new().magenta()),
            Self::Deleted => ("-", Style::new().red()),
        }
    }
}
