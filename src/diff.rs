//! Two trees in, changed fields out. The only comparison in the crate.

mod path;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::value::Value;

pub use path::Path;

/// What a changed field costs. Fields that a kind does not list are updated in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// AWS cannot change it: the resource is replaced.
    Replaces,
    /// Others write it after creation (an autoscaler, a person): never a change.
    CreateOnly,
    /// No part of the resource, but how to change it: never a difference.
    Note,
}

/// One field that differs. `None` stands for absent.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Such as `containers[app].image` or `deployment.maximumPercent`.
    pub path: Path,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl FieldChange {
    /// The first step of the path: the spec's own field.
    pub fn field(&self) -> &str {
        self.path.keys().next().unwrap_or_default()
    }
}

/// Lists where `after`, what is desired, differs from `before`, what is there.
///
/// A field that is [`Value::Null`] in `after` is not managed and never differs. A name that a map of
/// `after` lacks is a removal.
pub fn diff(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut comparison = Comparison { nulls: Nulls::Unmanaged, changes: vec![] };
    comparison.compare(Path::default(), Some(before), Some(after));
    comparison.changes
}

/// Lists where `after` differs from `before`, for resources of which every revision is written
/// whole: a field that is [`Value::Null`] in `after` is a removal, since nothing of it stays.
pub fn diff_revisions(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut comparison = Comparison { nulls: Nulls::Absent, changes: vec![] };
    comparison.compare(Path::default(), Some(before), Some(after));
    comparison.changes
}

/// What [`Value::Null`] says of a field in the desired tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    Unmanaged,
    Absent,
}

struct Comparison {
    nulls: Nulls,
    changes: Vec<FieldChange>,
}

impl Comparison {
    fn compare(&mut self, path: Path, before: Option<&Value>, after: Option<&Value>) {
        match (before, after) {
            (Some(Value::Struct(before)), Some(Value::Struct(after))) => {
                for (field, value) in after {
                    self.compare(path.field(field), before.get(field), Some(value));
                }
            }
            (Some(Value::Map(before)), Some(Value::Map(after))) => {
                for name in names(before, after) {
                    self.compare(path.name(name), before.get(name), after.get(name));
                }
            }
            (before, after) => {
                if !self.is_met(before, after) {
                    let is_there = |value: &&Value| **value != Value::Null;
                    let before = before.filter(is_there).cloned();
                    let after = after.filter(is_there).cloned();
                    self.changes.push(FieldChange { path, before, after });
                }
            }
        }
    }

    /// Whether what is there is all that is desired. What is not known yet is never met.
    fn is_met(&self, before: Option<&Value>, after: Option<&Value>) -> bool {
        match (before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null)) {
            (before, Value::Null) => {
                *before == Value::Null || (after.is_some() && self.nulls == Nulls::Unmanaged)
            }
            (Value::List(before), Value::List(after)) => {
                before.len() == after.len()
                    && before
                        .iter()
                        .zip(after)
                        .all(|(before, after)| self.is_met(Some(before), Some(after)))
            }
            (Value::Set(before), Value::Set(after)) => self.has_each(before, after),
            (Value::Struct(before), Value::Struct(after)) => {
                after.iter().all(|(field, value)| self.is_met(before.get(field), Some(value)))
            }
            (Value::Map(before), Value::Map(after)) => names(before, after)
                .into_iter()
                .all(|name| self.is_met(before.get(name), after.get(name))),
            (before, after) => before == after && !after.is_pending(),
        }
    }

    /// Pairs each item with one that meets it: those with unmanaged fields do not sort as those
    /// that AWS filled in.
    fn has_each(&self, before: &[Value], after: &[Value]) -> bool {
        let mut left: Vec<&Value> = before.iter().collect();
        let mut take = |meets: &dyn Fn(&Value) -> bool| {
            let found = left.iter().position(|there| meets(there));
            found.map(|index| left.swap_remove(index)).is_some()
        };
        // Equal ones first: an open item must not take what only another one can have.
        let equal = |wanted: &Value, there: &Value| there == wanted && !wanted.is_pending();
        let open: Vec<&Value> =
            after.iter().filter(|wanted| !take(&|there| equal(wanted, there))).collect();
        before.len() == after.len()
            && open.into_iter().all(|wanted| take(&|there| self.is_met(Some(there), Some(wanted))))
    }
}

fn names<'a>(
    before: &'a BTreeMap<String, Value>,
    after: &'a BTreeMap<String, Value>,
) -> BTreeSet<&'a String> {
    before.keys().chain(after.keys()).collect()
}
