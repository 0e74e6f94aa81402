//! A plan: an event for each action, then what else there is to say of it.

use schemars::JsonSchema;
use serde::Serialize;

use super::Event;
use crate::diff::FieldChange;
use crate::manifest::node::Span;
use crate::manifest::source::Sources;
use crate::plan::{self, Plan};
use crate::value::Value;

/// What will be done to one resource.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// The resource: `kind/name`.
    pub address: String,
    /// The document that asks for it, or did: `kind/name`.
    pub manifest: String,
    /// Where that document is. Null when no manifest has it any more.
    pub place: Option<Origin>,
    /// What happens to the resource.
    pub verb: Verb,
    /// Whether this is one half of a replacement: its `create` or its `delete`.
    pub replacement: bool,
    /// Whether data goes with the resource that cannot be had again.
    pub loses_data: bool,
    /// The fields that differ.
    pub changes: Vec<Change>,
    /// Fields that differ and are left alone.
    pub unmanaged: Vec<Unmanaged>,
    /// The API calls in order, such as `ecs:UpdateService shop-prod-web`, and waits, which begin with
    /// `wait `.
    pub calls: Vec<String>,
}

/// The beginning of a document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// Path of the file, from the working directory.
    pub file: String,
    /// Line in it; the first is 1.
    pub line: usize,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    Create,
    Update,
    /// A new revision comes beside those that there are.
    Revise,
    Delete,
}

/// A field that differs. Secrets are masked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Such as `containers[app].image`.
    pub path: String,
    /// What it is, as text. Null when it is absent.
    pub before: Option<String>,
    /// What it will be, as text. Null when it goes away. In parentheses when only apply will know.
    pub after: Option<String>,
}

/// A field that differs and is left alone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unmanaged {
    /// Such as `desiredCount`.
    pub path: String,
    /// Why so.
    pub reason: String,
    /// What it is, as text. Null when it is absent.
    pub live: Option<String>,
}

/// A resource that the application owns and that no manifest asks for: kept, without `--prune`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Orphan {
    /// The resource: `kind/name`.
    pub address: String,
    /// The document that it came from: `kind/name`. Null when its tags do not say.
    pub manifest: Option<String>,
    /// What AWS knows it by: a name, an id or an ARN.
    pub key: String,
}

/// What people should know of a resource beside what changes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The resource: `kind/name`.
    pub address: String,
    /// A sentence or two.
    pub text: String,
}

/// The plan in numbers, after all that it consists of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Actions. None means that there is nothing to do.
    pub actions: usize,
    /// API calls and waits of all actions.
    pub calls: usize,
    /// Resources that the application owns and that no manifest asks for.
    pub orphans: usize,
    /// Resources that are as the manifests say.
    pub unchanged: usize,
}

/// One event per action, orphan and piece of advice, then a summary.
pub fn events(plan: &Plan, sources: &Sources) -> Vec<Event> {
    let actions = plan.actions.iter().map(|action| Event::Action(planned(action, sources)));
    let orphans = plan.orphans.iter().map(|orphan| Event::Orphan(Orphan::of(orphan)));
    let advice = plan.advice.iter().map(|advice| {
        Event::Advice(Advice { address: advice.address.to_string(), text: advice.text.clone() })
    });
    let summary = Event::Plan(Summary {
        actions: plan.actions.len(),
        calls: plan.actions.iter().map(|action| action.calls.len()).sum(),
        orphans: plan.orphans.len(),
        unchanged: plan.unchanged,
    });
    actions.chain(orphans).chain(advice).chain([summary]).collect()
}

fn planned(action: &plan::Action, sources: &Sources) -> Action {
    Action {
        address: action.address.to_string(),
        manifest: action.manifest.address.to_string(),
        place: action.manifest.origin.as_ref().map(|span| Origin::of(span, sources)),
        verb: action.verb.into(),
        replacement: action.is_replacement,
        loses_data: action.loses_data,
        changes: action.changes.iter().map(Change::of).collect(),
        unmanaged: action.unmanaged.iter().map(Unmanaged::of).collect(),
        calls: action.calls.iter().map(|call| call.line.clone()).collect(),
    }
}

impl Origin {
    fn of(span: &Span, sources: &Sources) -> Self {
        Self { file: sources.path(span.source).to_string(), line: sources.start(span).line }
    }
}

impl Change {
    fn of(change: &FieldChange) -> Self {
        let (before, after) = (text(change.before.as_ref()), text(change.after.as_ref()));
        Self { path: change.path.to_string(), before, after }
    }
}

impl Unmanaged {
    fn of(left: &plan::Unmanaged) -> Self {
        let live = text(left.live.as_ref());
        Self { path: left.path.to_string(), reason: left.reason.clone(), live }
    }
}

impl Orphan {
    fn of(orphan: &plan::Orphan) -> Self {
        Self {
            address: orphan.address.to_string(),
            manifest: orphan.manifest.as_ref().map(ToString::to_string),
            key: orphan.key.clone(),
        }
    }
}

impl From<plan::Verb> for Verb {
    fn from(verb: plan::Verb) -> Self {
        match verb {
            plan::Verb::Create => Self::Create,
            plan::Verb::Update => Self::Update,
            plan::Verb::Revise => Self::Revise,
            plan::Verb::Delete => Self::Delete,
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.map(ToString::to_string)
}
