//! What a spec may say of other resources before they exist, and how it becomes known.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::Error as _;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::digest::digest_of;

/// Names one AWS resource of a stack: `target-group/web`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub kind: String,
    pub name: String,
}

impl Address {
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }

    /// Reads `kind/name`; the name may contain further slashes.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        (!kind.is_empty() && !name.is_empty()).then(|| Self::new(kind, name))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// An output of another resource, known once that resource exists: `load-balancer/public#arn`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Reference {
    #[serde(rename = "$ref", deserialize_with = "target")]
    pub target: (Address, String),
}

impl Reference {
    pub fn new(to: Address, attribute: &str) -> Self {
        Self { target: (to, attribute.to_owned()) }
    }

    pub fn address(&self) -> &Address {
        &self.target.0
    }

    pub fn attribute(&self) -> &str {
        &self.target.1
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, attribute) = text.rsplit_once('#')?;
        Some(Self::new(Address::parse(address)?, attribute))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.target.0, self.target.1)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        marked(serializer, "Reference", "$ref", &self.to_string())
    }
}

fn target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Address, String), D::Error> {
    let text = String::deserialize(deserializer)?;
    let reference = Reference::parse(&text);
    reference
        .map(|reference| reference.target)
        .ok_or_else(|| D::Error::custom("a reference is `kind/name#attribute`"))
}

/// The digest of content that may hold references: text once those are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub struct Digest {
    #[serde(rename = "$digest")]
    pub of: Json,
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        marked(serializer, "Digest", "$digest", &self.of)
    }
}

/// Tells what stands for a text from a user's map that has a key such as `$ref`: all values of a
/// map are of one type, so that none has this field and another that is not a boolean.
const MARKER: &str = "$known";

fn marked<S: Serializer>(
    serializer: S,
    name: &'static str,
    field: &'static str,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_struct(name, 2)?;
    fields.serialize_field(field, value)?;
    fields.serialize_field(MARKER, &false)?;
    fields.end()
}

fn has_marker(fields: &Map<String, Json>, field: &str) -> bool {
    fields.len() == 2
        && fields.contains_key(field)
        && fields.get(MARKER) == Some(&Json::Bool(false))
}

/// A string that may depend on a resource that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Resolvable {
    Known(String),
    Reference(Reference),
    Digest(Digest),
}

impl Resolvable {
    pub fn reference(kind: &str, name: &str, attribute: &str) -> Self {
        Self::Reference(Reference::new(Address::new(kind, name), attribute))
    }

    /// The text, in a spec that was observed or a call that is about to be sent: both hold no references.
    pub fn text(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Reference(_) | Self::Digest(_) => "",
        }
    }

    fn sort_key(&self) -> (u8, String) {
        match self {
            Self::Known(text) => (0, text.clone()),
            Self::Reference(reference) => (1, reference.to_string()),
            Self::Digest(digest) => (2, digest.of.to_string()),
        }
    }
}

impl PartialOrd for Resolvable {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Resolvable {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

impl fmt::Display for Resolvable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(text) => f.write_str(text),
            Self::Reference(reference) => reference.fmt(f),
            Self::Digest(_) => f.write_str("(digest)"),
        }
    }
}

impl From<&str> for Resolvable {
    fn from(text: &str) -> Self {
        Self::Known(text.to_owned())
    }
}

impl From<String> for Resolvable {
    fn from(text: String) -> Self {
        Self::Known(text)
    }
}

/// Puts what `lookup` knows in the place of each reference and digest in `json`.
/// Returns the references that stay.
pub fn resolve(json: &mut Json, lookup: &dyn Fn(&Reference) -> Option<String>) -> Vec<Reference> {
    match json {
        Json::Object(fields) if has_marker(fields, "$ref") => {
            let reference = fields["$ref"].as_str().and_then(Reference::parse);
            match reference.as_ref().and_then(lookup) {
                Some(known) => {
                    *json = Json::String(known);
                    vec![]
                }
                None => reference.into_iter().collect(),
            }
        }
        Json::Object(fields) if has_marker(fields, "$digest") => {
            let content = fields.get_mut("$digest").expect("the key was just seen");
            let left = resolve(content, lookup);
            if left.is_empty() {
                *json = Json::String(digest_of(content));
            }
            left
        }
        Json::Object(fields) => {
            fields.values_mut().flat_map(|field| resolve(field, lookup)).collect()
        }
        Json::Array(items) => items.iter_mut().flat_map(|item| resolve(item, lookup)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => vec![],
    }
}

/// Every reference in `json`. Dependency edges come from here; no kind lists them by hand.
pub fn references(json: &Json) -> BTreeSet<Reference> {
    resolve(&mut json.clone(), &|_| None).into_iter().collect()
}

/// Every text in `json`, keys aside.
pub fn texts(json: &Json) -> Box<dyn Iterator<Item = &str> + '_> {
    match json {
        Json::String(text) => Box::new(std::iter::once(text.as_str())),
        Json::Array(items) => Box::new(items.iter().flat_map(texts)),
        Json::Object(fields) => Box::new(fields.values().flat_map(texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) => Box::new(std::iter::empty()),
    }
}
