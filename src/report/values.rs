//! Values as a plan shows them: in words where they are not known yet, and short.

use std::collections::BTreeMap;

use crate::plan::{Plan, Verb};
use crate::value::{Address, Reference, Value};

/// What a plan will do to the resources that values refer to.
pub(super) struct Pending<'a> {
    verbs: BTreeMap<&'a Address, Verb>,
}

impl<'a> Pending<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let writers = plan.actions.iter().filter(|action| action.verb != Verb::Delete);
        Self { verbs: writers.map(|action| (&action.address, action.verb)).collect() }
    }

    /// A value in which words stand for references.
    pub(super) fn told(&self, value: Option<&Value>) -> Value {
        match value {
            None => Value::Null,
            Some(Value::Reference(reference)) => Value::Text(self.phrase(reference)),
            Some(value) => mapped(value, &|inner| self.told(Some(inner))),
        }
    }

    fn phrase(&self, reference: &Reference) -> String {
        let address = reference.address();
        match self.verbs.get(address) {
            Some(Verb::Create) => format!("(known after {address} is created)"),
            Some(Verb::Revise) => format!("(new revision of {address})"),
            Some(Verb::Update | Verb::Delete) | None => "(known after apply)".to_owned(),
        }
    }
}

/// Both sides of a change with their ARNs cut to the resource, where that still tells them apart.
pub(super) fn without_arns(before: Value, after: Value) -> (Value, Value) {
    let (short_before, short_after) = (resources_of(&before), resources_of(&after));
    if short_before == short_after { (before, after) } else { (short_before, short_after) }
}

/// `task-definition/web:41` for `arn:aws:ecs:eu-west-1:444455556666:task-definition/web:41`
pub(super) fn resources_of(value: &Value) -> Value {
    match value {
        Value::Text(text) => {
            let resource = text.starts_with("arn:").then(|| text.splitn(6, ':').nth(5)).flatten();
            Value::Text(resource.unwrap_or(text).to_owned())
        }
        value => mapped(value, &resources_of),
    }
}

fn mapped(value: &Value, change: &dyn Fn(&Value) -> Value) -> Value {
    let each = |items: &[Value]| items.iter().map(change).collect();
    let named = |fields: &BTreeMap<String, Value>| {
        fields.iter().map(|(name, field)| (name.clone(), change(field))).collect()
    };
    match value {
        Value::List(items) => Value::List(each(items)),
        Value::Set(items) => Value::Set(each(items)),
        Value::Struct(fields) => Value::Struct(named(fields)),
        Value::Map(fields) => Value::Map(named(fields)),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Pending
        | Value::Sensitive(_) => value.clone(),
    }
}

/// What of a long value only one side has: the items of a list, the fields of a map, or all of it.
pub(super) fn only_in_one(before: &Value, after: &Value) -> (Vec<String>, Vec<String>) {
    let (mut removed, mut added) = (parts(before), vec![]);
    for part in parts(after) {
        match removed.iter().position(|other| *other == part) {
            Some(index) => drop(removed.remove(index)),
            None => added.push(part),
        }
    }
    if removed.is_empty() && added.is_empty() {
        // The same in another order.
        return (vec![before.to_string()], vec![after.to_string()]);
    }
    (removed, added)
}

fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec![],
        Value::List(items) | Value::Set(items) => items.iter().map(ToString::to_string).collect(),
        Value::Struct(fields) | Value::Map(fields) => fields
            .iter()
            .filter(|(_, field)| **field != Value::Null)
            .map(|(name, field)| format!("{name}: {field}"))
            .collect(),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Pending
        | Value::Sensitive(_) => vec![value.to_string()],
    }
}
