//! The rows of a mock account, with an index that tells at once who mentions a text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

use super::super::Subject;
use crate::kind::{AnyKind, Depth, LiveRow, Marks, Outputs, Scope, Tags};
use crate::value::{Address, Reference, texts};

type ByKind = BTreeMap<String, BTreeMap<String, Row>>;

/// A row's kind and key.
type Place = (String, String);

/// Every row, by kind and key. Rows change only through this, which keeps the indexes right.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "ByKind")]
pub(super) struct Rows {
    by_kind: ByKind,
    /// The rows in whose spec a text is.
    mentions: BTreeMap<String, BTreeSet<Place>>,
    /// How many rows of a kind have a value for an attribute: kind, attribute, value.
    outputs: BTreeMap<(String, String, String), usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row {
    pub(super) spec: Json,
    pub(super) outputs: Outputs,
    /// Of a resource that AWS cannot tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<Owner>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owner {
    app: String,
    environment: String,
    manifest: String,
    resource: String,
}

impl From<ByKind> for Rows {
    fn from(by_kind: ByKind) -> Self {
        let mut rows = Self::default();
        for (kind, of_kind) in by_kind {
            for (key, row) in of_kind {
                rows.insert(&kind, &key, row);
            }
        }
        rows
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_kind.serialize(serializer)
    }
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.by_kind.values().map(BTreeMap::len).sum()
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&String, &Row)> {
        self.by_kind.get(kind).into_iter().flatten()
    }

    pub(super) fn get(&self, kind: &str, key: &str) -> Option<&Row> {
        self.by_kind.get(kind)?.get(key)
    }

    /// Whose the tagged rows are, by what others point at them by.
    pub(super) fn owners(&self) -> BTreeMap<&str, Scope> {
        let rows = self.by_kind.values().flat_map(BTreeMap::values);
        let tagged = rows.filter(|row| row.owner.is_none());
        let owned = tagged.filter_map(|row| Some((row, row.marks().scope?)));
        let identities = owned.flat_map(|(row, scope)| {
            let identities = ["arn", "id"].into_iter().filter_map(|name| row.outputs.get(name));
            identities.map(move |identity| (identity.as_str(), scope.clone()))
        });
        identities.collect()
    }

    /// Puts a row in the place of what was there.
    pub(super) fn insert(&mut self, kind: &str, key: &str, row: Row) {
        self.remove(kind, key);
        self.mention(kind, key, &row.spec);
        for (attribute, value) in &row.outputs {
            let output = (kind.to_owned(), attribute.clone(), value.clone());
            *self.outputs.entry(output).or_default() += 1;
        }
        self.by_kind.entry(kind.to_owned()).or_default().insert(key.to_owned(), row);
    }

    pub(super) fn remove(&mut self, kind: &str, key: &str) -> Option<Row> {
        let of_kind = self.by_kind.get_mut(kind)?;
        let row = of_kind.remove(key)?;
        if of_kind.is_empty() {
            self.by_kind.remove(kind);
        }
        self.forget(kind, key, &row.spec);
        for (attribute, value) in &row.outputs {
            let output = (kind.to_owned(), attribute.clone(), value.clone());
            if let Some(count) = self.outputs.get_mut(&output) {
                *count -= 1;
            }
        }
        Some(row)
    }

    /// Changes the spec of a row that is there.
    pub(super) fn change(&mut self, kind: &str, key: &str, change: impl FnOnce(&mut Json)) {
        if let Some(mut row) = self.remove(kind, key) {
            change(&mut row.spec);
            self.insert(kind, key, row);
        }
    }

    /// Gives a row that is there further outputs, or other values for those that it has.
    pub(super) fn assign(&mut self, kind: &str, key: &str, outputs: &Outputs) {
        if let Some(mut row) = self.remove(kind, key) {
            row.outputs.extend(outputs.clone());
            self.insert(kind, key, row);
        }
    }

    /// Another row, of a kind that `holds`, whose spec mentions one of `texts`.
    pub(super) fn user_of(
        &self,
        kind: &str,
        key: &str,
        texts: &[&String],
        holds: impl Fn(&str) -> bool,
    ) -> Option<&Place> {
        let places = texts.iter().filter_map(|text| self.mentions.get(*text)).flatten();
        let others =
            places.filter(|(user, user_key)| (user.as_str(), user_key.as_str()) != (kind, key));
        others.filter(|(user, _)| holds(user)).min()
    }

    /// Whether a row of the kind has the value that a reference stands for.
    pub(super) fn has(&self, reference: &Reference, value: &str) -> bool {
        let kind = reference.address().kind.clone();
        let output = (kind, reference.attribute().to_owned(), value.to_owned());
        self.outputs.get(&output).is_some_and(|count| *count > 0)
    }

    fn mention(&mut self, kind: &str, key: &str, spec: &Json) {
        for text in texts(spec) {
            let places = self.mentions.entry(text.to_owned()).or_default();
            places.insert((kind.to_owned(), key.to_owned()));
        }
    }

    fn forget(&mut self, kind: &str, key: &str, spec: &Json) {
        let place = (kind.to_owned(), key.to_owned());
        for text in texts(spec) {
            if let Some(places) = self.mentions.get_mut(text) {
                places.remove(&place);
            }
        }
    }
}

impl Row {
    pub(super) fn live(
        &self,
        kind: &dyn AnyKind,
        key: &str,
        owners: &BTreeMap<&str, Scope>,
    ) -> LiveRow {
        LiveRow {
            kind: kind.name(),
            key: key.to_owned(),
            spec: self.spec.clone(),
            outputs: self.outputs.clone(),
            marks: self.marks_among(owners),
            depth: Depth::Full,
        }
    }

    /// What AWS cannot tag goes along when all that it belongs to is taken over.
    fn marks_among(&self, owners: &BTreeMap<&str, Scope>) -> Marks {
        let mut marks = self.marks();
        if self.owner.is_some() {
            let mut parents = texts(&self.spec).filter_map(|text| owners.get(text)).peekable();
            let first = parents.peek().copied().cloned();
            if !parents.any(|scope| Some(scope) == marks.scope.as_ref()) {
                marks.scope = first.or(marks.scope);
            }
        }
        marks
    }

    fn marks(&self) -> Marks {
        match &self.owner {
            Some(owner) => Marks {
                scope: Some(Scope {
                    app: owner.app.clone(),
                    environment: owner.environment.clone(),
                }),
                manifest: Address::parse(&owner.manifest),
                resource: Address::parse(&owner.resource),
                ..Marks::default()
            },
            None => Tags::deserialize(&self.spec["tags"])
                .map(|tags| Marks::of(&tags))
                .unwrap_or_default(),
        }
    }
}

impl Owner {
    pub(super) fn of(subject: Subject<'_>) -> Self {
        Self {
            app: subject.scope.app.clone(),
            environment: subject.scope.environment.clone(),
            manifest: subject.manifest.address.to_string(),
            resource: subject.address.to_string(),
        }
    }
}
