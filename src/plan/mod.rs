//! Desired rows and live rows in, ordered actions out. Pure.

mod actions;
mod advice;
pub mod file;
mod graph;
mod lateness;
mod leaving;
mod matching;
mod ordering;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use advice::Advice;

use crate::diff::{FieldChange, Path};
use crate::kind::{AnyKind, DesiredRow, LiveRow, Manifest, PlannedCall, Scope};
use crate::value::{Address, Reference, Value};

/// All that a plan is made from.
#[derive(Debug)]
pub struct Situation<'a> {
    pub kinds: &'a [&'static dyn AnyKind],
    pub scope: &'a Scope,
    pub desired: &'a [DesiredRow],
    pub live: &'a [LiveRow],
}

/// What the user allows.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Delete what is owned and in no manifest.
    pub prune: bool,
    /// Take over resources of these addresses that carry no, or another, owner.
    pub adopt: BTreeSet<Address>,
    /// What the manifests protect, besides what carries the tag of it.
    pub protected: BTreeSet<Address>,
}

/// What happens to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Create,
    Update,
    /// A new revision beside the old ones.
    Revise,
    Delete,
}

impl Verb {
    /// As the plan shows it: `+`, `~`, `^` or `-`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Revise => "^",
            Self::Delete => "-",
        }
    }
}

/// A field that differs and is left alone, with the reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmanaged {
    pub path: Path,
    pub reason: String,
    pub live: Option<Value>,
}

/// The calls that bring one resource to where the manifests want it.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub address: Address,
    pub manifest: Manifest,
    pub verb: Verb,
    /// One half of a replacement: the create or the delete.
    pub is_replacement: bool,
    /// The late calls of an update whose other calls are an action of their own, at this address.
    pub is_second_part: bool,
    /// What its deletion would lose cannot be had again.
    pub loses_data: bool,
    pub changes: Vec<FieldChange>,
    pub unmanaged: Vec<Unmanaged>,
    pub calls: Vec<PlannedCall>,
    /// Positions in [`Plan::actions`] of what must be done first.
    pub needs: BTreeSet<usize>,
    /// What the manifests make it refer to; in the calls that may be resolved already.
    pub refers_to: BTreeSet<Reference>,
}

/// A resource that is owned and that no manifest asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Orphan {
    pub address: Address,
    pub manifest: Option<Address>,
    /// What AWS knows it by.
    pub key: String,
}

/// What `apply` would do, in an order that works.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Each comes after all that it needs.
    pub actions: Vec<Action>,
    pub orphans: Vec<Orphan>,
    pub advice: Vec<Advice>,
    /// Resources that are as they should be.
    pub unchanged: usize,
    /// The outputs of resources that are live, for calls that refer to them.
    pub outputs: BTreeMap<Reference, String>,
}

/// A row whose deep fields decide, and must be read before a plan can be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Shallow {
    pub kind: &'static str,
    pub key: String,
    /// What is wanted of it, as far as it is known; `None` for what goes away.
    pub wanted: Option<serde_json::Value>,
}

/// A plan, or what is missing for one.
#[derive(Debug)]
pub enum Planned {
    Plan(Plan),
    NeedsDepth(Vec<Shallow>),
}

/// Why there is no plan.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error("resources refer to each other in a circle: {}", join(.0, " → "))]
    Cycle(Vec<Address>),
    #[error("two resources of one name: {}", join(.0, ", "))]
    SameName(Vec<SameName>),
    #[error("not owned by this application: {}", join(.0, ", "))]
    Foreign(Vec<Foreign>),
    #[error("protected by `lifecycle.protect`: {}", join(.0, ", "))]
    Protected(Vec<Address>),
}

/// Two addresses that AWS would know as one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct SameName {
    pub addresses: [Address; 2],
    /// What AWS would know both by; references in it by their address.
    pub key: String,
}

impl std::fmt::Display for SameName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [one, other] = &self.addresses;
        write!(f, "{one} and {other} ({})", self.key)
    }
}

/// A resource that bears a derived name and is somebody else's.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    pub address: Address,
    pub key: String,
    /// The application and environment that its tags name, if any.
    pub owner: Option<Scope>,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.owner {
            Some(owner) => {
                write!(
                    f,
                    "{} ({}, of {} / {})",
                    self.address, self.key, owner.app, owner.environment
                )
            }
            None => write!(f, "{} ({})", self.address, self.key),
        }
    }
}

fn join<T: ToString>(items: &[T], separator: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

/// Plans the way from what is live to what is desired.
pub fn plan(situation: &Situation<'_>, options: &Options) -> Result<Planned, PlanError> {
    let matched = matching::matched(situation, options)?;
    if !matched.shallow.is_empty() {
        return Ok(Planned::NeedsDepth(matched.shallow));
    }
    let built = actions::build(situation, options, &matched)?;
    let advice = advice::advice(situation, &matched, &built.actions);
    let actions = ordering::order(situation, built.actions)?;
    let (orphans, unchanged, outputs) = (built.orphans, built.unchanged, matched.outputs());
    Ok(Planned::Plan(Plan { actions, orphans, advice, unchanged, outputs }))
}

impl Situation<'_> {
    fn kind(&self, name: &str) -> &'static dyn AnyKind {
        *self.kinds.iter().find(|kind| kind.name() == name).expect("rows are of registered kinds")
    }
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }
}
