//! Nodes to typed values through serde: text stays text for a text field, and errors know their place.

mod error;

use std::fmt;

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

pub use self::error::DecodeError;
use super::node::{Data, Key, Node, Plain, Scalar, Step};

/// Decodes a typed value from a node.
pub fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Decoder(node)).map_err(|error| {
        let mut error = error.or_at(&node.span);
        error.route.0.reverse();
        error
    })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::manifest::node::SourceId;
    use crate::manifest::yaml;

    fn node(text: &str) -> Node {
        yaml::parse(SourceId(0), text).unwrap().remove(0)
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Service {
        image: String,
        #[serde(default)]
        environment: BTreeMap<String, String>,
        #[serde(default)]
        ports: Vec<u16>,
        launch_type: Option<LaunchType>,
        volume: Option<Volume>,
        #[serde(default)]
        by_port: BTreeMap<u16, Name>,
        is_public: Option<bool>,
        cpu: Option<f64>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Name(String);

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "UPPERCASE")]
    enum LaunchType {
        Fargate,
        Ec2,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    enum Volume {
        Efs { id: String },
        Host(String),
        Scratch,
    }

    fn fails(text: &str) -> (String, String, &str) {
        let error = decode::<Service>(&node(text)).unwrap_err();
        let span = error.span.clone().expect("decode gives every error a place");
        (error.to_string(), error.route.to_string(), &text[span.range])
    }

    #[test]
    fn text_fields_get_the_text_that_was_written() {
        let text = "image: 012345678901\nenvironment: { DEBUG: False, VERSION: 1.10, PORT: '80', EMPTY: '' }\n";
        let service: Service = decode(&node(text)).unwrap();
        assert_eq!(service.image, "012345678901");
        let environment: Vec<_> = service.environment.values().map(String::as_str).collect();
        assert_eq!(environment, ["False", "", "80", "1.10"]);
    }

    #[test]
    fn all_shapes_decode() {
        let text = "image: a\nports: [80, 0x51]\nlaunchType: EC2\nvolume: { efs: { id: fs-1 } }\nbyPort: { 80: x }\n\
                    isPublic: true\ncpu: 2\n";
        let service: Service = decode(&node(text)).unwrap();
        assert_eq!(service.ports, [80, 81]);
        assert_eq!(service.launch_type, Some(LaunchType::Ec2));
        assert_eq!(service.volume, Some(Volume::Efs { id: "fs-1".to_owned() }));
        assert_eq!(service.by_port, BTreeMap::from([(80, Name("x".to_owned()))]));
        assert_eq!((service.is_public, service.cpu), (Some(true), Some(2.0)));
        assert_eq!(decode::<Volume>(&node("scratch")).unwrap(), Volume::Scratch);
        assert_eq!(decode::<Volume>(&node("scratch:")).unwrap(), Volume::Scratch);
        assert_eq!(decode::<Volume>(&node("host: 12")).unwrap(), Volume::Host("12".to_owned()));
        assert_eq!(decode::<Option<u8>>(&node("~ # nothing")).unwrap(), None);
    }

    #[test]
    fn an_untyped_value_is_what_to_json_says() {
        let node = node("a: [1, -2, 0.5, x, '1', null, true, { b: 010 }]");
        assert_eq!(decode::<serde_json::Value>(&node).unwrap(), node.to_json());
    }

    #[test]
    fn an_error_has_the_place_of_the_innermost_failing_node() {
        let at = |message: &str, route: &str, text| (message.to_owned(), route.to_owned(), text);
        assert_eq!(
            fails("image: a\nports: [80, '8080']\n"),
            at("expected u16, found the text \"8080\"", "ports[1]", "'8080'")
        );
        assert_eq!(
            fails("image: a\nports: [70000]\n"),
            at("invalid value: integer `70000`, expected u16", "ports[0]", "70000")
        );
        assert_eq!(fails("image:\n").0, "expected a string, found nothing");
        assert_eq!(fails("image: a\nimige: b\n"), at("unknown field `imige`", "imige", "imige"));
        assert_eq!(fails("ports: []\n"), at("missing field `image`", "", "ports: []"));
        assert_eq!(
            fails("image: a\nvolume: { efs: { di: b } }\n"),
            at("missing field `id`", "volume.efs", "{ di: b }")
        );
        assert_eq!(fails("image: a\nlaunchType: FARGAT\n").2, "FARGAT");
        let two = fails("image: a\nvolume: { host: a, scratch: }\n");
        assert_eq!(two.0, "expected exactly one of efs, host, scratch, found 2 keys");
    }

    #[test]
    fn a_problem_suggests_and_shows_where_an_alias_comes_from() {
        let text = "image: a\nlaunchType: FARGAT\n";
        let root = node(text);
        let problem = decode::<Service>(&root).unwrap_err().problem(&root);
        assert_eq!(
            (problem.code, problem.hint.as_deref()),
            ("unknown-variant", Some("did you mean `FARGATE`?"))
        );

        let root = node("image: &name web\ncpu: *name\n");
        let problem = decode::<Service>(&root).unwrap_err().problem(&root);
        let places: Vec<_> = problem.labels.iter().map(|label| label.span.range.clone()).collect();
        assert_eq!(places, [22..27, 13..16]);
    }
}
