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
    compare(Nulls::Unmanaged, String::new(), Some(before), Some(after), &mut changes);
    changes
}

/// Lists where `after` differs from `before`, for resources of which every revision is written
/// whole: a field that is [`Value::Null`] in `after` is a removal, since nothing of it stays.
pub fn diff_revisions(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = vec![];
    compare(Nulls::Absent, String::new(), Some(before), Some(after), &mut changes);
    changes
}

/// What [`Value::Null`] says of a field in the desired tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    Unmanaged,
    Absent,
}

fn compare(
    nulls: Nulls,
    path: String,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<FieldChange>,
) {
    match (before, after) {
        (_, Some(Value::Null)) if nulls == Nulls::Unmanaged => {}
        (Some(Value::Struct(before)), Some(Value::Struct(after))) => {
            for (field, value) in after {
                let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
                compare(nulls, path, before.get(field), Some(value), changes);
            }
        }
        (Some(Value::Map(before)), Some(Value::Map(after))) => {
            for name in names(before, after) {
                let path = format!("{path}[{name}]");
                compare(nulls, path, before.get(name), after.get(name), changes);
            }
        }
        (before, after) => {
            let is_there = |value: &&Value| **value != Value::Null;
            let (before, after) = (before.filter(is_there), after.filter(is_there));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: Option<&str>) -> Value {
        Value::Struct(BTreeMap::from([("role".to_owned(), Value::of(&text))]))
    }

    #[test]
    fn a_null_is_unmanaged_but_a_removal_in_a_revision() {
        let (with, without) = (value(Some("web")), value(None));
        assert_eq!(diff(&with, &without), vec![]);
        let before = Some(Value::Text("web".to_owned()));
        let removed = FieldChange { path: "role".to_owned(), before, after: None };
        assert_eq!(diff_revisions(&with, &without), vec![removed]);
        assert_eq!(diff_revisions(&without, &without), vec![]);
    }
}
