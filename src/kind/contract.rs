//! What a resource kind implements; `kinds/log_group.rs` is the smallest example.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use super::marks::Marks;
use super::survey::Survey;
use crate::aws::{Aws, AwsError};
use crate::diff::{FieldChange, Policy};
use crate::facts::Facts;
use crate::manifest::node::Span;
use crate::model::stack::Stack;
use crate::rollout::{Failure, Rollout};
use crate::value::{Address, Resolvable};

/// Attributes that AWS assigns, by name: `arn`, `id`, `dnsName`. References resolve to them; `arn`
/// and `id` are also what tells that another live resource points at this one.
pub type Outputs = BTreeMap<String, String>;

/// One AWS resource kind: a spec, and how to observe it and change it.
pub trait Kind: Send + Sync + Sized + 'static {
    /// The first part of an address: `target-group`.
    const NAME: &'static str;
    /// Paths of fields that are not simply updated in place.
    const FIELDS: &'static [(&'static str, Policy)] = &[];
    /// Spec fields that [`Kind::observe`] may leave out; the `ecsctl:digest` tag answers for them.
    const DEEP_FIELDS: &'static [&'static str] = &[];
    /// Every change makes a new revision beside the old ones. A revision is written whole, so what a
    /// desired spec leaves null is removed, where other kinds leave it alone.
    const REVISES: bool = false;
    /// Outputs that a new revision shares with the old ones.
    const KEPT_OUTPUTS: &'static [&'static str] = &[];
    /// Deleting it loses what users stored.
    const HOLDS_DATA: bool = false;
    /// AWS lets it go while others still point at it.
    const DELETED_IN_USE: bool = false;
    /// The kinds that keep AWS from deleting it while they point at it; none means all of them.
    const HELD_BY: &'static [&'static str] = &[];
    /// The kinds that lead to it when no manifest does. Rows of theirs that point at it are deleted
    /// after it, so that a run which is interrupted in between leaves nothing that is not found again.
    const FOUND_BY: &'static [&'static str] = &[];

    /// Desired and observed are the same type, so there is one comparison.
    type Spec: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    /// One API operation or one wait, as data; `Display` is its line in the plan.
    type Call: Clone + fmt::Debug + fmt::Display + Serialize + DeserializeOwned + Send + Sync;

    /// The rows that a stack's manifests ask for. Pure.
    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<Self::Spec>>;

    /// What AWS knows the resource by, unique among the kind in an account and Region. A spec with
    /// references that are not resolved yet has a key that no live resource has.
    fn key(spec: &Self::Spec) -> String;

    /// Adjusts desired specs to what is live, where a value is chosen once and then kept. Pure.
    fn settle(_desired: &mut [Desired<Self::Spec>], _live: &[Live<Self::Spec>]) {}

    /// Reads what exists of `wanted`, and all that the scope owns. Batched; absent ones are left out.
    fn observe(
        survey: &Survey<'_>,
        wanted: &[Self::Spec],
    ) -> impl Future<Output = Result<Vec<Live<Self::Spec>>, AwsError>> + Send;

    /// Reads the [`Kind::DEEP_FIELDS`] of rows that `observe` left shallow.
    fn deepen(
        _survey: &Survey<'_>,
        _wanted: &[Self::Spec],
        rows: Vec<Live<Self::Spec>>,
    ) -> impl Future<Output = Result<Vec<Live<Self::Spec>>, AwsError>> + Send {
        async { Ok(rows) }
    }

    /// Lowers a change to ordered calls. Pure: every decision about which API to use is here.
    fn lower(change: &Change<'_, Self::Spec>) -> Vec<Self::Call>;

    /// Whether a call takes something away that others may still use. In an update it runs after
    /// every action that depends on this one, and after those on whatever uses what it takes away.
    fn is_late(_call: &Self::Call) -> bool {
        false
    }

    /// What a call does to an account's rows: how the mock account carries it out.
    fn effect(call: &Self::Call) -> Effect<Self::Spec>;

    /// The deployment that a call waits for, if that is what it does: whoever runs the call follows it,
    /// and it has no effect and is not performed.
    fn rollout(_call: &Self::Call) -> Option<Rollout> {
        None
    }

    /// What AWS would assign to a new resource; only the mock account asks.
    fn outputs(spec: &Self::Spec, assigned: &Assigned<'_>) -> Outputs;

    /// What people should know of a row beside its changes, in a sentence or two each: something to
    /// decide, or what follows from its going away while its document stays, for which `desired` is
    /// none. Pure.
    fn advice(_desired: Option<&Self::Spec>, _live: Option<&Live<Self::Spec>>) -> Vec<String> {
        vec![]
    }

    /// Sends one call, in which every reference is resolved. No decisions: spec to SDK input, SDK
    /// output to outputs.
    fn perform(
        aws: &Aws,
        call: &Self::Call,
    ) -> impl Future<Output = Result<Outputs, CallError>> + Send;

    /// Specs that the laws run over, all with one key: at least one per field that can change.
    fn examples() -> Vec<Self::Spec>;
}

/// The manifest document that a row comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// `service/web`: the document's kind and name.
    pub address: Address,
    /// Where the document begins; `None` for what is implied by other documents.
    pub origin: Option<Span>,
}

/// A row that the manifests ask for.
#[derive(Clone, Debug)]
pub struct Desired<S> {
    /// The second part of the address, unique within the kind.
    pub name: String,
    pub spec: S,
    pub manifest: Manifest,
    /// Deleting or replacing it is refused.
    pub protect: bool,
    /// Paths that others own after creation, with the reason: `desiredCount`, `owned by scaling`.
    pub ignore: Vec<(String, String)>,
    /// What must be there first though no field refers to it: a service's listener rules.
    pub after: Vec<Address>,
}

impl<S> Desired<S> {
    /// Adds to what must be there first. Fields that refer to something need no mention.
    #[must_use]
    pub fn after(mut self, kind: &str, name: &str) -> Self {
        self.after.push(Address::new(kind, name));
        self
    }

    /// Leaves a path to whoever writes it after creation.
    #[must_use]
    pub fn ignoring(mut self, path: &str, reason: &str) -> Self {
        self.ignore.push((path.to_owned(), reason.to_owned()));
        self
    }
}

/// How much of a live row was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Full,
    /// [`Kind::DEEP_FIELDS`] hold no information.
    Shallow,
}

/// A row of the account.
#[derive(Clone, Debug)]
pub struct Live<S> {
    pub spec: S,
    pub outputs: Outputs,
    pub marks: Marks,
    pub depth: Depth,
}

/// One difference, to be lowered.
#[derive(Debug)]
pub enum Change<'a, S> {
    Create { address: &'a Address, spec: &'a S },
    Update { address: &'a Address, spec: &'a S, live: &'a Live<S>, fields: &'a [FieldChange] },
    Delete { address: &'a Address, live: &'a Live<S> },
}

impl<S> Change<'_, S> {
    /// A reference to the resource's own output, for calls that follow its creation.
    pub fn own(&self, attribute: &str) -> Resolvable {
        let (Self::Create { address, .. }
        | Self::Update { address, .. }
        | Self::Delete { address, .. }) = self;
        Resolvable::reference(&address.kind, &address.name, attribute)
    }

    /// Whether an update touches the spec's field of this name, or something below it.
    pub fn touches(&self, field: &str) -> bool {
        match self {
            Self::Update { fields, .. } => fields.iter().any(|change| change.field() == field),
            Self::Create { .. } | Self::Delete { .. } => false,
        }
    }
}

/// What a call does to the rows of an account.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<S> {
    /// A new row; its key must be free.
    Create(S),
    /// A new row, or a newer revision of the one with its key.
    Revise(S),
    /// Writes these fields of the row with the same key, and no others.
    Update { spec: S, fields: Vec<String> },
    /// All of these at once.
    All(Vec<Self>),
    /// Removes the row with this key.
    Delete(String),
    /// Time passes until AWS is done: seconds, typical for it.
    Wait(u64),
    /// A deployment of the service with this key begins; its id is the output `deployment`.
    Deploy(String),
}

impl<S: Clone> Effect<S> {
    /// Writes these fields of a row as they are in `spec`.
    pub fn update(spec: &S, fields: &[&str]) -> Self {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Self::Update { spec: spec.clone(), fields }
    }
}

/// What the mock account knows when it makes up the outputs of a new resource.
#[derive(Debug)]
pub struct Assigned<'a> {
    pub account: &'a str,
    pub region: &'a str,
    /// 17 hex digits, the same for the same resource on every run.
    pub id: &'a str,
    /// 1 for the first resource or revision of this key, then counting up.
    pub generation: u64,
}

impl Assigned<'_> {
    /// `arn:aws:<service>:<region>:<account>:<resource>`
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The mock account's no, in AWS's form.
    #[error("{operation} failed: {code}: {message}")]
    Refused { operation: String, code: String, message: String },
    /// The deployment did not end with the new revision in service, or not in time.
    #[error("{0}")]
    Rollout(Box<Failure>),
    #[error("cancelled before the next call")]
    Cancelled,
    /// The run was cancelled while it was under way, and no reply came in time.
    #[error("cancelled before its reply came: whether it took effect is not known")]
    Abandoned,
    /// A mistake of ecsctl itself.
    #[error("{0}")]
    Defect(String),
}
