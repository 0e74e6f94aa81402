//! The comparison tree: every spec, desired or observed, projects into one [`Value`].

mod digest;
mod reference;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_content::{Data, Value as Content};
use serde_json::Number;

use digest::hex;

pub use digest::{digest, digest_of};
pub use reference::{Address, Digest, Reference, Resolvable, references, resolve, texts};

/// A list whose order means nothing to AWS: compared, and shown, without order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Set<T: Ord>(pub BTreeSet<T>);

impl<T: Ord> Default for Set<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Ord + Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Set", &self.0)
    }
}

/// Text that never reaches a terminal, a log or a plan file; it compares by digest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Sensitive(pub String);

impl Serialize for Sensitive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Sensitive", &self.0)
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}

/// A spec, or a part of one, as data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Value {
    /// In a desired spec: not managed. In an observed one: not there.
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// In AWS's order.
    List(Vec<Value>),
    /// Without order; sorted by their text.
    Set(Vec<Value>),
    /// A fixed set of fields: `deployment.maximumPercent`.
    Struct(BTreeMap<String, Value>),
    /// Named things, each of which may come and go: `containers[app]`.
    Map(BTreeMap<String, Value>),
    Reference(Reference),
    /// Content that is known only by its digest, until what it refers to exists.
    Pending,
    /// SHA-256 of text that is not shown.
    Sensitive(String),
}

impl Value {
    /// Projects a spec. Structs become [`Value::Struct`], maps [`Value::Map`], unit variants their name.
    pub fn of(spec: &impl Serialize) -> Self {
        let content = serde_content::Serializer::new()
            .serialize(spec)
            .expect("a spec serialises: it has string keys only and no failing fields");
        Self::from_content(content)
    }

    fn from_content(content: Content<'_>) -> Self {
        match content {
            Content::Unit | Content::Option(None) => Self::Null,
            Content::Bool(flag) => Self::Bool(flag),
            Content::Number(number) => Self::Number(number_of(number)),
            Content::Char(character) => Self::Text(character.to_string()),
            Content::String(text) => Self::Text(text.into_owned()),
            Content::Bytes(bytes) => Self::Text(hex(&bytes)),
            Content::Seq(items) | Content::Tuple(items) => {
                Self::List(items.into_iter().map(Self::from_content).collect())
            }
            Content::Map(entries) => Self::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key_text(key), Self::from_content(value)))
                    .collect(),
            ),
            Content::Option(Some(inner)) => Self::from_content(*inner),
            Content::Struct(named) => Self::from_struct(&named.name, named.data),
            Content::Enum(variant) => match variant.data {
                Data::Unit => Self::Text(variant.variant.into_owned()),
                data => Self::Map(BTreeMap::from([(
                    variant.variant.into_owned(),
                    Self::from_struct("", data),
                )])),
            },
        }
    }

    fn from_struct(name: &str, data: Data<'_>) -> Self {
        match (name, data) {
            (_, Data::Unit) => Self::Null,
            ("Set", Data::NewType { value }) => Self::set_of(Self::from_content(value)),
            ("Sensitive", Data::NewType { value }) => match Self::from_content(value) {
                Self::Text(text) => Self::Sensitive(digest(text.as_bytes())),
                other => other,
            },
            (_, Data::NewType { value }) => Self::from_content(value),
            (_, Data::Tuple { values }) => {
                Self::List(values.into_iter().map(Self::from_content).collect())
            }
            ("Reference", Data::Struct { fields }) => reference_of(fields),
            ("Digest", Data::Struct { .. }) => Self::Pending,
            (_, Data::Struct { fields }) => Self::Struct(
                fields
                    .into_iter()
                    .map(|(key, value)| (key.into_owned(), Self::from_content(value)))
                    .collect(),
            ),
        }
    }

    fn set_of(value: Self) -> Self {
        match value {
            Self::List(mut items) => {
                items.sort_by_cached_key(ToString::to_string);
                Self::Set(items)
            }
            other => other,
        }
    }

    /// The same, not to be shown.
    #[must_use]
    pub fn concealed(&self) -> Self {
        match self {
            Self::Sensitive(digest) => Self::Sensitive(digest.clone()),
            shown => Self::Sensitive(digest(shown.to_string().as_bytes())),
        }
    }

    /// Whether it holds something that is known only after another resource exists.
    pub fn is_pending(&self) -> bool {
        match self {
            Self::Reference(_) | Self::Pending => true,
            Self::List(items) | Self::Set(items) => items.iter().any(Self::is_pending),
            Self::Struct(fields) | Self::Map(fields) => fields.values().any(Self::is_pending),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Sensitive(_) => {
                false
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("(none)"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) if text.is_empty() => f.write_str("\"\""),
            Self::Text(text) if text.contains(char::is_control) => write!(f, "{text:?}"),
            Self::Text(text) => f.write_str(text),
            Self::List(items) | Self::Set(items) => {
                let items: Vec<_> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Struct(fields) | Self::Map(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .filter(|(_, value)| **value != Self::Null)
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
            Self::Reference(reference) => write!(f, "({reference})"),
            Self::Pending => f.write_str("(known after apply)"),
            Self::Sensitive(_) => f.write_str("(sensitive)"),
        }
    }
}

fn number_of(number: serde_content::Number) -> Number {
    use serde_content::Number as N;
    let float = |float| Number::from_f64(float).unwrap_or_else(|| Number::from(0));
    match number {
        N::I8(n) => n.into(),
        N::I16(n) => n.into(),
        N::I32(n) => n.into(),
        N::I64(n) => n.into(),
        N::U8(n) => n.into(),
        N::U16(n) => n.into(),
        N::U32(n) => n.into(),
        N::U64(n) => n.into(),
        N::F32(n) => float(n.into()),
        N::F64(n) => float(n),
        // Specs hold nothing wider; serde-content may grow more.
        _ => 0.into(),
    }
}

fn key_text(key: Content<'_>) -> String {
    match key {
        Content::String(text) => text.into_owned(),
        other => Value::from_content(other).to_string(),
    }
}

fn reference_of(fields: Vec<(std::borrow::Cow<'static, str>, Content<'_>)>) -> Value {
    let text = fields.into_iter().find_map(|(key, value)| match value {
        Content::String(text) if key == "$ref" => Some(text.into_owned()),
        _ => None,
    });
    text.and_then(|text| Reference::parse(&text)).map_or(Value::Pending, Value::Reference)
}
