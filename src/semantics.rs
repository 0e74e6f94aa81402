//! What one change of a field costs, as tables have it: which calls, or replacement.
//!
//! Each row changes one field of an example of its kind and lowers that, as the planner would. Every
//! field of every kind has a row.

mod balancing;
mod ecs;
mod foundations;
mod instances;
mod scaling;

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::diff::{FieldChange, Policy, diff};
use crate::kind::{
    AnyKind, Depth, Effect, ErasedChange, Kind, LiveRow, Marks, Outputs, PlannedCall,
};
use crate::kinds::ALL;
use crate::value::Address;

/// What AWS cannot change: the resource is deleted, then created anew.
const REPLACED: &str = "replaced";
/// Part of what the resource is known by: another one is created, and the old one deleted.
const ANOTHER: &str = "another one";
/// It is only read, or left as it was created.
const NOTHING: &str = "nothing";

/// A pointer to a field, a new value for it, and what that leads to.
type Row = (&'static str, Json, &'static str);

struct Table {
    kind: &'static dyn AnyKind,
    examples: Vec<Json>,
    rows: Vec<Row>,
}

impl Table {
    fn of<K: Kind>(rows: Vec<Row>) -> Self {
        let kind = *ALL.iter().find(|kind| kind.name() == K::NAME).expect("the kind is registered");
        Self { kind, examples: K::examples().iter().map(|spec| json!(spec)).collect(), rows }
    }

    /// What the rows say that is not so, a line each.
    fn wrong(&self) -> Vec<String> {
        let of_row = |(pointer, value, expected): &Row| {
            let effect = self.effect(pointer, value);
            let name = self.kind.name();
            (effect != *expected).then(|| format!("{name} {pointer}: {effect}, not {expected}"))
        };
        self.rows.iter().filter_map(of_row).collect()
    }

    /// Fields without a row.
    fn missing(&self) -> Vec<String> {
        let first_part = |(pointer, _, _): &Row| pointer.split('/').nth(1).unwrap_or_default();
        let known: BTreeSet<&str> = self.rows.iter().map(first_part).collect();
        let fields = self.examples[0].as_object().into_iter().flat_map(Map::keys);
        let unknown = fields.filter(|field| !known.contains(field.as_str()));
        unknown.map(|field| format!("{} /{field}", self.kind.name())).collect()
    }

    /// Of the first example that has another value there.
    fn effect(&self, pointer: &str, value: &Json) -> String {
        let differs = |spec: &&Json| spec.pointer(pointer).is_some_and(|known| known != value);
        let Some(from) = self.examples.iter().find(differs) else {
            return format!("no example has another value than {value}");
        };
        let mut to = from.clone();
        *to.pointer_mut(pointer).expect("just looked at") = value.clone();
        if let Err(error) = self.kind.check(&to) {
            return format!("can't be {value}: {error}");
        }
        if self.kind.key(&to) != self.kind.key(from) {
            return ANOTHER.to_owned();
        }
        let fields = diff(&self.kind.tree(from), &self.kind.tree(&to));
        match self.policy(&fields) {
            Some(Policy::Replaces) => REPLACED.to_owned(),
            Some(Policy::CreateOnly | Policy::Note) => NOTHING.to_owned(),
            None => self.calls(from, &to, &fields),
        }
    }

    fn policy(&self, fields: &[FieldChange]) -> Option<Policy> {
        fields.iter().find_map(|change| self.kind.policy(&change.path))
    }

    fn calls(&self, from: &Json, to: &Json, fields: &[FieldChange]) -> String {
        let address = Address::new(self.kind.name(), "x");
        let live = live(self.kind, from);
        let change = ErasedChange::Update { address: &address, spec: to, live: &live, fields };
        let calls = self.kind.lower(&change);
        let calls: Vec<_> = calls.iter().map(|call| short(self.kind, call)).collect();
        if calls.is_empty() { NOTHING.to_owned() } else { calls.join(" + ") }
    }
}

fn live(kind: &dyn AnyKind, spec: &Json) -> LiveRow {
    let outputs = ["arn", "id", "name"].map(|name| (name.to_owned(), format!("its {name}")));
    LiveRow {
        kind: kind.name(),
        key: kind.key(spec),
        spec: spec.clone(),
        outputs: Outputs::from(outputs),
        marks: Marks::default(),
        depth: Depth::Full,
    }
}

/// The operation without what it is applied to, and whether it forces a deployment.
fn short(kind: &dyn AnyKind, call: &PlannedCall) -> String {
    if call.is_wait() {
        let is_rollout = call.line.contains("deployment");
        return if is_rollout { "wait for the deployment" } else { "wait" }.to_owned();
    }
    let operation = call.line.split(' ').next().unwrap_or_default();
    let is_forced = call.json.to_string().contains(r#""force_new_deployment":true"#);
    match kind.effect(&call.json) {
        Effect::Revise(_) => format!("new revision by {operation}"),
        _ if is_forced => format!("{operation} (forceNewDeployment)"),
        _ => operation.to_owned(),
    }
}

fn tables() -> Vec<Table> {
    [
        ecs::tables(),
        balancing::tables(),
        foundations::tables(),
        scaling::tables(),
        instances::tables(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn each_change_costs_what_aws_documents() {
    let wrong: Vec<_> = tables().iter().flat_map(Table::wrong).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_field_of_every_kind_has_its_row() {
    let tables = tables();
    let known: BTreeSet<&str> = tables.iter().map(|table| table.kind.name()).collect();
    let all: BTreeSet<&str> = ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(known, all, "kinds with a table, and those that there are");
    let missing: Vec<_> = tables.iter().flat_map(Table::missing).collect();
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}
