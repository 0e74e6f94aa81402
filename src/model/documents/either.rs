//! Reads a value that is either a scalar or a larger form, without losing the scalar's text.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor, value};

/// Reads a scalar by `scalar`, or a list by `list`.
pub(super) fn deserialize<'de, D, T, I>(
    deserializer: D,
    scalar: impl FnOnce(String) -> Result<T, String>,
    list: impl FnOnce(Vec<I>) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    I: Deserialize<'de>,
{
    match deserializer.deserialize_any(Forms::<Vec<I>, Never>(PhantomData))? {
        Form::Scalar(text) => scalar(text).map_err(Error::custom),
        Form::List(items) => Ok(list(items)),
        Form::Map(never) => match never {},
    }
}

/// Reads a scalar by `scalar`, or a mapping by `map`.
pub(super) fn deserialize_map<'de, D, T, M>(
    deserializer: D,
    scalar: impl FnOnce(String) -> Result<T, String>,
    map: impl FnOnce(M) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    M: Deserialize<'de>,
{
    match deserializer.deserialize_any(Forms::<Never, M>(PhantomData))? {
        Form::Scalar(text) => scalar(text).map_err(Error::custom),
        Form::List(never) => match never {},
        Form::Map(value) => Ok(map(value)),
    }
}

enum Form<L, M> {
    Scalar(String),
    List(L),
    Map(M),
}

struct Forms<L, M>(PhantomData<(L, M)>);

impl<'de, L: Deserialize<'de>, M: Deserialize<'de>> Visitor<'de> for Forms<L, M> {
    type Value = Form<L, M>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a scalar or its longer form")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Form::Scalar(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Form::Scalar(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Form::Scalar(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Form::Scalar(number.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Form::Scalar(truth.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        L::deserialize(value::SeqAccessDeserializer::new(items)).map(Form::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        M::deserialize(value::MapAccessDeserializer::new(entries)).map(Form::Map)
    }
}

/// A form that the type does not have.
enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(Error::custom("this form is not possible here"))
    }
}
