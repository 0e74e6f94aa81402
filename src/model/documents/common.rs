//! Small types that several kinds share: text, names of things, lifecycle.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that may also be written as a number or a boolean, such as `PORT: 8080`; it is kept as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("type" = ["string", "number", "boolean"]))]
pub struct Text(pub String);

impl Text {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tags to put on every resource that can carry them, such as `team: checkout`. At most 50 with those of the
/// application and the environment; keys that begin with `aws:` or `ecsctl:` are reserved.
pub type Tags = BTreeMap<String, Text>;

/// The name of a document or of something in one: up to 64 letters, digits, `-` and `_`.
#[derive(JsonSchema)]
#[schemars(extend(
    "pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
    "patternErrorMessage" = "expected up to 64 letters, digits, `-` and `_` that begin with a letter or digit"
))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `String`; this is what the schema says of them"
)]
pub struct Name(String);

/// How ecsctl treats changes to what this document makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Lifecycle {
    /// Refuse to delete or replace the resources of this document, even after the document is gone. Default: false.
    pub protect: bool,
    /// Fields whose live value wins over the manifest, such as `desiredCount`.
    pub ignore_changes: Vec<String>,
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One value.
    One(Text),
    /// Several values.
    Many(Vec<Text>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    // Not derived: an untagged enum reads a scalar as a number first and would lose how it was written.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::either::deserialize(deserializer, |text| Ok(Self::One(Text(text))), Self::Many)
    }
}
