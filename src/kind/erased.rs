//! Kinds behind one object-safe trait: rows and calls as data, so that planning, the mock account
//! and the executor know no kind.

use std::fmt;
use std::marker::PhantomData;

use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::contract::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, Manifest, Outputs,
};
use super::marks::Marks;
use super::survey::Survey;
use crate::aws::{Aws, AwsError};
use crate::diff::{FieldChange, Path, Policy};
use crate::facts::Facts;
use crate::model::stack::Stack;
use crate::rollout::Rollout;
use crate::value::{Address, Value};

/// A row that the manifests ask for; references in `spec` are [`crate::value::Reference`]s as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredRow {
    pub address: Address,
    pub spec: Json,
    pub manifest: Manifest,
    pub protect: bool,
    pub ignore: Vec<(String, String)>,
    pub after: Vec<Address>,
}

/// A row of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveRow {
    pub kind: &'static str,
    pub key: String,
    pub spec: Json,
    pub outputs: Outputs,
    pub marks: Marks,
    pub depth: Depth,
}

impl LiveRow {
    pub fn is_shallow(&self) -> bool {
        self.depth == Depth::Shallow
    }
}

/// One call of a plan, ready for either backend once its references are resolved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedCall {
    pub kind: &'static str,
    pub json: Json,
    /// Its line in the plan: `ecs:UpdateService shop-prod-web`.
    pub line: String,
    /// See [`Kind::is_late`].
    pub is_late: bool,
}

impl PlannedCall {
    /// Whether it changes nothing and only waits until AWS is done.
    pub fn is_wait(&self) -> bool {
        self.line.starts_with("wait ")
    }
}

/// One difference, with specs as data.
#[derive(Debug)]
pub enum ErasedChange<'a> {
    Create { address: &'a Address, spec: &'a Json },
    Update { address: &'a Address, spec: &'a Json, live: &'a LiveRow, fields: &'a [FieldChange] },
    Delete { address: &'a Address, live: &'a LiveRow },
}

/// A [`Kind`] as the pipeline sees it.
pub trait AnyKind: Send + Sync {
    fn name(&self) -> &'static str;
    fn policy(&self, path: &Path) -> Option<Policy>;
    fn deep_fields(&self) -> &'static [&'static str];
    fn revises(&self) -> bool;
    fn kept_outputs(&self) -> &'static [&'static str];
    fn holds_data(&self) -> bool;
    fn deleted_in_use(&self) -> bool;
    fn held_by(&self) -> &'static [&'static str];
    fn found_by(&self) -> &'static [&'static str];
    fn desired(&self, stack: &Stack, facts: &Facts) -> Vec<DesiredRow>;
    fn key(&self, spec: &Json) -> String;
    fn tree(&self, spec: &Json) -> Value;
    /// Says what keeps `spec` from being one of this kind's: for data that people may have edited.
    fn check(&self, spec: &Json) -> Result<(), serde_json::Error>;
    fn settle(&self, desired: &mut [DesiredRow], live: &[&LiveRow]);
    fn observe<'a>(
        &'a self,
        survey: &'a Survey<'_>,
        wanted: &'a [&'a DesiredRow],
    ) -> BoxFuture<'a, Result<Vec<LiveRow>, AwsError>>;
    fn deepen<'a>(
        &'a self,
        survey: &'a Survey<'_>,
        wanted: &'a [Json],
        rows: Vec<LiveRow>,
    ) -> BoxFuture<'a, Result<Vec<LiveRow>, AwsError>>;
    fn lower(&self, change: &ErasedChange<'_>) -> Vec<PlannedCall>;
    fn advice(&self, desired: Option<&Json>, live: Option<&LiveRow>) -> Vec<String>;
    fn effect(&self, call: &Json) -> Effect<Json>;
    fn rollout(&self, call: &Json) -> Option<Rollout>;
    fn outputs(&self, spec: &Json, assigned: &Assigned<'_>) -> Outputs;
    fn perform<'a>(
        &'a self,
        aws: &'a Aws,
        call: &'a Json,
    ) -> BoxFuture<'a, Result<Outputs, CallError>>;
}

/// Turns a [`Kind`] into an [`AnyKind`].
pub struct Erased<K>(PhantomData<fn() -> K>);

impl<K> Erased<K> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K> Default for Erased<K> {
    fn default() -> Self {
        Self::new()
    }
}

fn encode(value: &impl Serialize) -> Json {
    serde_json::to_value(value).expect("specs and calls have string keys and finite numbers")
}

fn decode<T: DeserializeOwned>(json: &Json) -> T {
    T::deserialize(json).unwrap_or_else(|error| {
        // Without the data itself: it may hold secrets.
        panic!("{} reads back what it wrote: {error}", std::any::type_name::<T>())
    })
}

fn erase_desired<K: Kind>(row: Desired<K::Spec>) -> DesiredRow {
    DesiredRow {
        address: Address::new(K::NAME, row.name),
        spec: encode(&row.spec),
        manifest: row.manifest,
        protect: row.protect,
        ignore: row.ignore,
        after: row.after,
    }
}

fn typed_desired<K: Kind>(row: &DesiredRow) -> Desired<K::Spec> {
    Desired {
        name: row.address.name.clone(),
        spec: decode(&row.spec),
        manifest: row.manifest.clone(),
        protect: row.protect,
        ignore: row.ignore.clone(),
        after: row.after.clone(),
    }
}

fn erase_live<K: Kind>(row: Live<K::Spec>) -> LiveRow {
    LiveRow {
        kind: K::NAME,
        key: K::key(&row.spec),
        spec: encode(&row.spec),
        outputs: row.outputs,
        marks: row.marks,
        depth: row.depth,
    }
}

fn typed_live<K: Kind>(row: &LiveRow) -> Live<K::Spec> {
    Live {
        spec: decode(&row.spec),
        outputs: row.outputs.clone(),
        marks: row.marks.clone(),
        depth: row.depth,
    }
}

fn erase_effect<S: Serialize>(effect: Effect<S>) -> Effect<Json> {
    match effect {
        Effect::Create(spec) => Effect::Create(encode(&spec)),
        Effect::Revise(spec) => Effect::Revise(encode(&spec)),
        Effect::Update { spec, fields } => Effect::Update { spec: encode(&spec), fields },
        Effect::All(effects) => Effect::All(effects.into_iter().map(erase_effect).collect()),
        Effect::Delete(key) => Effect::Delete(key),
        Effect::Wait(seconds) => Effect::Wait(seconds),
        Effect::Deploy(key) => Effect::Deploy(key),
    }
}

fn lower<K: Kind>(change: &ErasedChange<'_>) -> Vec<K::Call> {
    match *change {
        ErasedChange::Create { address, spec } => {
            K::lower(&Change::Create { address, spec: &decode(spec) })
        }
        ErasedChange::Update { address, spec, live, fields } => K::lower(&Change::Update {
            address,
            spec: &decode(spec),
            live: &typed_live::<K>(live),
            fields,
        }),
        ErasedChange::Delete { address, live } => {
            K::lower(&Change::Delete { address, live: &typed_live::<K>(live) })
        }
    }
}

impl<K: Kind> AnyKind for Erased<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn policy(&self, path: &Path) -> Option<Policy> {
        let found = K::FIELDS.iter().find(|(field, _)| path.is_below(field));
        found.map(|(_, policy)| *policy)
    }

    fn deep_fields(&self) -> &'static [&'static str] {
        K::DEEP_FIELDS
    }

    fn revises(&self) -> bool {
        K::REVISES
    }

    fn kept_outputs(&self) -> &'static [&'static str] {
        K::KEPT_OUTPUTS
    }

    fn holds_data(&self) -> bool {
        K::HOLDS_DATA
    }

    fn deleted_in_use(&self) -> bool {
        K::DELETED_IN_USE
    }

    fn held_by(&self) -> &'static [&'static str] {
        K::HELD_BY
    }

    fn found_by(&self) -> &'static [&'static str] {
        K::FOUND_BY
    }

    fn desired(&self, stack: &Stack, facts: &Facts) -> Vec<DesiredRow> {
        K::desired(stack, facts).into_iter().map(erase_desired::<K>).collect()
    }

    fn key(&self, spec: &Json) -> String {
        K::key(&decode(spec))
    }

    fn tree(&self, spec: &Json) -> Value {
        Value::of(&decode::<K::Spec>(spec))
    }

    fn check(&self, spec: &Json) -> Result<(), serde_json::Error> {
        <K::Spec as serde::Deserialize>::deserialize(spec).map(drop)
    }

    fn settle(&self, desired: &mut [DesiredRow], live: &[&LiveRow]) {
        let mut typed: Vec<_> = desired.iter().map(typed_desired::<K>).collect();
        let live: Vec<_> = live.iter().map(|row| typed_live::<K>(row)).collect();
        K::settle(&mut typed, &live);
        for (row, typed) in desired.iter_mut().zip(typed) {
            *row = erase_desired::<K>(typed);
        }
    }

    fn observe<'a>(
        &'a self,
        survey: &'a Survey<'_>,
        wanted: &'a [&'a DesiredRow],
    ) -> BoxFuture<'a, Result<Vec<LiveRow>, AwsError>> {
        Box::pin(async move {
            let wanted: Vec<K::Spec> = wanted.iter().map(|row| decode(&row.spec)).collect();
            let rows = K::observe(survey, &wanted).await?;
            Ok(rows.into_iter().map(erase_live::<K>).collect())
        })
    }

    fn deepen<'a>(
        &'a self,
        survey: &'a Survey<'_>,
        wanted: &'a [Json],
        rows: Vec<LiveRow>,
    ) -> BoxFuture<'a, Result<Vec<LiveRow>, AwsError>> {
        Box::pin(async move {
            let wanted: Vec<K::Spec> = wanted.iter().map(decode).collect();
            let rows = rows.iter().map(typed_live::<K>).collect();
            let rows = K::deepen(survey, &wanted, rows).await?;
            // Full whatever the kind says: what was asked for once is not asked for again.
            let full = |row| LiveRow { depth: Depth::Full, ..erase_live::<K>(row) };
            Ok(rows.into_iter().map(full).collect())
        })
    }

    fn lower(&self, change: &ErasedChange<'_>) -> Vec<PlannedCall> {
        lower::<K>(change)
            .into_iter()
            .map(|call| PlannedCall {
                kind: K::NAME,
                json: encode(&call),
                line: call.to_string(),
                is_late: K::is_late(&call),
            })
            .collect()
    }

    fn advice(&self, desired: Option<&Json>, live: Option<&LiveRow>) -> Vec<String> {
        let desired = desired.map(decode::<K::Spec>);
        K::advice(desired.as_ref(), live.map(typed_live::<K>).as_ref())
    }

    fn effect(&self, call: &Json) -> Effect<Json> {
        erase_effect(K::effect(&decode(call)))
    }

    fn rollout(&self, call: &Json) -> Option<Rollout> {
        K::rollout(&decode(call))
    }

    fn outputs(&self, spec: &Json, assigned: &Assigned<'_>) -> Outputs {
        K::outputs(&decode(spec), assigned)
    }

    fn perform<'a>(
        &'a self,
        aws: &'a Aws,
        call: &'a Json,
    ) -> BoxFuture<'a, Result<Outputs, CallError>> {
        Box::pin(async move { K::perform(aws, &decode(call)).await })
    }
}

impl fmt::Debug for dyn AnyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kind {}", self.name())
    }
}
