//! Nodes to typed values through serde: text stays text for a text field, and errors know their place.

use std::fmt;

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::node::{Data, Key, Node, Plain, Route, Scalar, Span, Step};
use super::problem::{Problem, closest};

/// Decodes a typed value from a node.
pub fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Decoder(node)).map_err(|error| {
        let mut error = error.or_at(&node.span);
        error.route.0.reverse();
        error
    })
}

/// Why a node is not the value that was asked for, and which part of it is to blame.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The code of the problem, such as `unknown-field`.
    pub code: &'static str,
    pub message: String,
    pub hint: Option<String>,
    /// The way to the innermost node that failed.
    pub route: Route,
    /// The place of that node; of the key when the key is the mistake.
    pub span: Option<Span>,
}

impl DecodeError {
    /// The problem of this error in the node that was decoded.
    pub fn problem(&self, root: &Node) -> Problem {
        let span = match self.code {
            "unknown-field" | "missing-field" => root.key_span(&self.route),
            _ => root.value_span(&self.route),
        };
        let problem = Problem::error(self.code, &self.message).at(&span, "here");
        let defined = root.route(&self.route).and_then(|node| node.defined.as_ref());
        let problem = match defined {
            Some(defined) => problem.at(defined, "comes from here"),
            None => problem,
        };
        match &self.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    fn new(code: &'static str, message: String) -> Self {
        Self { code, message, hint: None, route: Route::default(), span: None }
    }

    fn or_at(mut self, span: &Span) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    /// Adds one step on the way out; [`decode`] turns the route around at the end.
    fn below(mut self, step: Step, span: &Span) -> Self {
        self.route.0.push(step);
        self.or_at(span)
    }

    fn suggest(mut self, word: &str, known: &[&'static str]) -> Self {
        self.hint = match closest(word, known.iter().copied()) {
            Some(candidate) => Some(format!("did you mean `{candidate}`?")),
            None if known.is_empty() => None,
            None => Some(format!("known here: {}", known.join(", "))),
        };
        self
    }
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("invalid-value", message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match unexpected {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Bool(value) => format!("the boolean `{value}`"),
            Unexpected::Unsigned(value) => format!("the number `{value}`"),
            Unexpected::Signed(value) => format!("the number `{value}`"),
            Unexpected::Float(value) => format!("the number `{value}`"),
            Unexpected::Str(text) => format!("the text {text:?}"),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            other => other.to_string(),
        };
        Self::new("invalid-type", format!("expected {expected}, found {found}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new("unknown-variant", format!("unknown value `{variant}`"))
            .suggest(variant, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new("unknown-field", format!("unknown field `{field}`")).suggest(field, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing-field", format!("missing field `{field}`"))
    }
}

struct Decoder<'a>(&'a Node);

impl<'a> Decoder<'a> {
    fn scalar(&self) -> Option<&'a Scalar> {
        match &self.0.data {
            Data::Scalar(scalar) => Some(scalar),
            Data::List(_) | Data::Map(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }
}

impl<'de> Deserializer<'de> for Decoder<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.0.data {
            Data::Scalar(scalar) => visit_scalar(scalar, visitor),
            Data::List(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Data::Map(entries) => {
                visitor.visit_map(Entries { entries: entries.iter(), value: None })
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.scalar() {
            // A forgotten value is not empty text.
            Some(scalar) if !scalar.is_null() => visitor.visit_str(&scalar.text),
            Some(_) | None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.0.data {
            Data::Scalar(scalar) if !scalar.is_null() => {
                visitor.visit_enum(IntoDeserializer::<DecodeError>::into_deserializer(
                    scalar.text.as_str(),
                ))
            }
            Data::Map(entries) if entries.len() == 1 => visitor.visit_enum(Variant(&entries[0])),
            Data::Map(entries) => {
                let names = variants.join(", ");
                Err(DecodeError::custom(format!(
                    "expected exactly one of {names}, found {} keys",
                    entries.len()
                )))
            }
            Data::Scalar(_) => Err(DecodeError::invalid_type(Unexpected::Unit, &OneOf(variants))),
            Data::List(_) => Err(DecodeError::invalid_type(Unexpected::Seq, &OneOf(variants))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct
    }
}

fn visit_scalar<'de, V: Visitor<'de>>(
    scalar: &Scalar,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    match scalar.resolve() {
        Plain::Null => visitor.visit_unit(),
        Plain::Bool(value) => visitor.visit_bool(value),
        Plain::Int(value) => match u64::try_from(value) {
            Ok(value) => visitor.visit_u64(value),
            Err(_) => visitor.visit_i64(value),
        },
        Plain::Float(value) => visitor.visit_f64(value),
        Plain::Text(text) => visitor.visit_str(text),
    }
}

struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", self.0.join(", "))
    }
}

struct Items<'a>(std::iter::Enumerate<std::slice::Iter<'a, Node>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Some((index, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Decoder(item))
            .map(Some)
            .map_err(|error| error.below(Step::Index(index), &item.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, (Key, Node)>,
    value: Option<&'a (Key, Node)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        self.value = self.entries.next();
        let Some((key, _)) = self.value else { return Ok(None) };
        let step = || Step::Key(key.name.clone());
        seed.deserialize(KeyDecoder(&key.name))
            .map(Some)
            .map_err(|error| error.below(step(), &key.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        let (key, value) = self.value.take().expect("serde asks for the key before its value");
        let step = || Step::Key(key.name.clone());
        seed.deserialize(Decoder(value)).map_err(|error| error.below(step(), &value.span))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A key is text, unless a number is asked for: `{ 8080: … }`.
struct KeyDecoder<'a>(&'a str);

macro_rules! numbers_from_keys {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            visit_scalar(&Scalar { text: self.0.to_owned(), plain: true }, visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyDecoder<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let name: StrDeserializer<'_, DecodeError> = self.0.into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    numbers_from_keys! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_bool
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An externally tagged variant: a map of one key.
struct Variant<'a>(&'a (Key, Node));

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = DecodeError;
    type Variant = VariantValue<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, VariantValue<'a>), DecodeError> {
        let (key, value) = self.0;
        let name = seed
            .deserialize(KeyDecoder(&key.name))
            .map_err(|error| error.below(Step::Key(key.name.clone()), &key.span))?;
        Ok((name, VariantValue { key, value }))
    }
}

struct VariantValue<'a> {
    key: &'a Key,
    value: &'a Node,
}

impl VariantValue<'_> {
    fn below(&self, error: DecodeError) -> DecodeError {
        error.below(Step::Key(self.key.name.clone()), &self.value.span)
    }
}

impl<'de> VariantAccess<'de> for VariantValue<'_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        if Decoder(self.value).is_null() {
            return Ok(());
        }
        Err(self.below(DecodeError::custom(format!("`{}` takes no value", self.key.name))))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(Decoder(self.value)).map_err(|error| self.below(error))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Decoder(self.value).deserialize_any(visitor).map_err(|error| self.below(error))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Decoder(self.value).deserialize_any(visitor).map_err(|error| self.below(error))
    }
}
