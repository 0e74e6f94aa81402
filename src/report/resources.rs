//! The resources of a group: what a plan does to each, and why so.

use std::collections::BTreeSet;

use owo_colors::{OwoColorize as _, Style};

use super::groups::Group;
use super::words::listed;
use crate::plan::{Action, Plan, Verb};
use crate::value::{Address, Reference};

/// Where symbols begin.
const INDENT: usize = 4;

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
    /// Deleted and created, one after the other.
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
    for (_, action) in &group.actions {
        let is_replaced = replaced.contains(&action.address);
        if is_replaced && action.verb == Verb::Delete {
            // It is told with its successor.
            continue;
        }
        let loses_data = group
            .actions
            .iter()
            .any(|(_, other)| other.address == action.address && other.loses_data);
        let resource = Resources::of(action, plan, is_replaced, loses_data);
        match all.last_mut() {
            Some(last) if !is_verbose && last.takes(&resource) => last.names.extend(resource.names),
            _ => all.push(resource),
        }
    }
    all
}

/// Addresses of which one resource goes and another one comes.
fn replaced<'a>(group: &Group<'a>) -> BTreeSet<&'a Address> {
    let of = |verb: Verb| {
        let actions = group.actions.iter().map(|(_, action)| *action);
        actions.filter(move |action| action.verb == verb).map(|action| &action.address)
    };
    let created: BTreeSet<&Address> = of(Verb::Create).collect();
    of(Verb::Delete).filter(|address| created.contains(address)).collect()
}

impl<'a> Resources<'a> {
    fn of(action: &'a Action, plan: &Plan, is_replaced: bool, loses_data: bool) -> Self {
        let fate = match action.verb {
            Verb::Create if is_replaced => Fate::Replaced,
            Verb::Create => Fate::Created,
            Verb::Update => Fate::Updated,
            Verb::Revise => Fate::Revised,
            Verb::Delete => Fate::Deleted,
        };
        let mut notes = vec![];
        match fate {
            Fate::Replaced if action.is_replacement => notes.push("deleted, then created anew"),
            Fate::Replaced => notes.push("created anew, then the old one is deleted"),
            Fate::Deleted if action.is_replacement => notes.push("left over from a replacement"),
            Fate::Created | Fate::Updated | Fate::Revised | Fate::Deleted => {}
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
