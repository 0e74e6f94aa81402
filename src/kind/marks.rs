//! Whose a resource is, as its tags say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::contract::Manifest;
use crate::value::{Address, Resolvable};

/// A resource's tags. The digest of deep fields is known only when all that they refer to is.
pub type Tags = BTreeMap<String, Resolvable>;

const APP_TAG: &str = "ecsctl:app";
const ENVIRONMENT_TAG: &str = "ecsctl:environment";
const MANIFEST_TAG: &str = "ecsctl:manifest";
const RESOURCE_TAG: &str = "ecsctl:resource";
const PROTECT_TAG: &str = "ecsctl:protect";
/// Answers for fields that a describe call does not return.
pub const DIGEST_TAG: &str = "ecsctl:digest";

/// An application in one environment: what one run of ecsctl manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub app: String,
    pub environment: String,
}

impl Scope {
    /// The tags of a resource that this scope owns, over the manifests' own `tags`.
    pub fn tags(
        &self,
        manifest: &Manifest,
        resource: &Address,
        protect: bool,
        tags: &BTreeMap<String, String>,
    ) -> Tags {
        let mut all: Tags =
            tags.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
        all.insert(APP_TAG.to_owned(), self.app.as_str().into());
        all.insert(ENVIRONMENT_TAG.to_owned(), self.environment.as_str().into());
        all.insert(MANIFEST_TAG.to_owned(), manifest.address.to_string().into());
        all.insert(RESOURCE_TAG.to_owned(), resource.to_string().into());
        if protect {
            all.insert(PROTECT_TAG.to_owned(), "true".into());
        }
        all
    }

    /// The tags of a task that is run by itself for a manifest document.
    pub fn task_tags(&self, manifest: &Address) -> BTreeMap<String, String> {
        let manifest = manifest.to_string();
        let tags = self.filters().into_iter().chain([(MANIFEST_TAG, manifest.as_str())]);
        tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// Tag names and values that find all that this scope owns.
    pub fn filters(&self) -> [(&'static str, &str); 2] {
        [(APP_TAG, &self.app), (ENVIRONMENT_TAG, &self.environment)]
    }

    pub fn owns(&self, marks: &Marks) -> bool {
        marks.scope.as_ref() == Some(self)
    }
}

/// Tags as AWS returns them, without its own: nobody else can write `aws:` tags.
pub fn read_tags(tags: impl IntoIterator<Item = (String, String)>) -> Tags {
    tags.into_iter()
        .filter(|(key, _)| !key.starts_with("aws:"))
        .map(|(key, value)| (key, value.into()))
        .collect()
}

/// What a live resource's tags say about where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub scope: Option<Scope>,
    /// The manifest document: `service/web`.
    pub manifest: Option<Address>,
    /// The resource's own address: `target-group/web`.
    pub resource: Option<Address>,
    pub protect: bool,
    pub digest: Option<String>,
}

impl Marks {
    pub fn of(tags: &Tags) -> Self {
        let text = |tag: &str| tags.get(tag).map(|value| value.text().to_owned());
        let address = |tag: &str| text(tag).and_then(|text| Address::parse(&text));
        Self {
            scope: text(APP_TAG)
                .zip(text(ENVIRONMENT_TAG))
                .map(|(app, environment)| Scope { app, environment }),
            manifest: address(MANIFEST_TAG),
            resource: address(RESOURCE_TAG),
            protect: text(PROTECT_TAG).is_some_and(|value| value == "true"),
            digest: text(DIGEST_TAG),
        }
    }

    /// The marks of a resource that AWS cannot tag: those of the one that it belongs to.
    #[must_use]
    pub fn inherited(&self, resource: Address) -> Self {
        Self { resource: Some(resource), digest: None, ..self.clone() }
    }
}

/// The tag writes that lead from a resource's tags to others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TagsChange {
    pub set: Tags,
    pub remove: Vec<String>,
}

impl TagsChange {
    pub fn between(live: &Tags, desired: &Tags) -> Self {
        Self {
            set: desired
                .iter()
                .filter(|(key, value)| live.get(*key) != Some(value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            remove: live.keys().filter(|key| !desired.contains_key(*key)).cloned().collect(),
        }
    }

    /// The calls for it: one that sets, one that removes, where there is something to.
    pub fn calls<Call>(
        self,
        tag: impl FnOnce(Tags) -> Call,
        untag: impl FnOnce(Vec<String>) -> Call,
    ) -> impl Iterator<Item = Call> {
        let Self { set, remove } = self;
        let tag = (!set.is_empty()).then(|| tag(set));
        let untag = (!remove.is_empty()).then(|| untag(remove));
        tag.into_iter().chain(untag)
    }
}
