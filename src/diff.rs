//! Two trees in, changed fields out. The only comparison in the crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::Value;

/// What a changed field costs. Fields that a kind does not list are updated in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// AWS cannot change it: the resource is replaced.
    Replaces,
    /// Others write it after creation (an autoscaler, a person): never a change.
    CreateOnly,
}

/// One field that differs. `None` stands for absent.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Such as `containers[app].image` or `deployment.maximumPercent`.
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl FieldChange {
    /// The first step of the path: the spec's own field.
    pub fn field(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or_default()
    }
}

/// Lists where `after`, what is desired, differs from `before`, what is there.
///
/// A field that is [`Value::Null`] in `after` is not managed and never differs. A name that a map of
/// `after` lacks is a removal.
pub fn diff(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = vec![];
    compare(String::new(), Some(before), Some(after), &mut changes);
    changes
}

fn compare(
    path: String,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<FieldChange>,
) {
    match (before, after) {
        (_, Some(Value::Null)) => {}
        (Some(Value::Struct(before)), Some(Value::Struct(after))) => {
            for (field, value) in after {
                let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
                compare(path, before.get(field), Some(value), changes);
            }
        }
        (Some(Value::Map(before)), Some(Value::Map(after))) => {
            for name in names(before, after) {
                compare(format!("{path}[{name}]"), before.get(name), after.get(name), changes);
            }
        }
        (before, after) => {
            let before = before.filter(|value| **value != Value::Null);
            if before != after || after.is_some_and(Value::is_pending) {
                changes.push(FieldChange { path, before: before.cloned(), after: after.cloned() });
            }
        }
    }
}

fn names<'a>(
    before: &'a BTreeMap<String, Value>,
    after: &'a BTreeMap<String, Value>,
) -> BTreeSet<&'a String> {
    before.keys().chain(after.keys()).collect()
}

/// Whether `path` is `pattern` or lies below it: `scaling.min` below `scaling`, `tags[team]` below `tags`.
pub fn is_below(path: &str, pattern: &str) -> bool {
    path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
