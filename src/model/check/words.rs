//! What a schema asks for and what was found, in words.

use jsonschema::JsonType;
use jsonschema::error::TypeKind;
use serde_json::Value;

use crate::model::schema;

pub(super) fn properties(schema: &Value) -> Vec<String> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// The words that a schema offers.
pub(super) fn choices(schema: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
    let nested = list("oneOf").chain(list("anyOf")).flat_map(choices);
    schema.get("const").into_iter().chain(list("enum")).map(word).chain(nested).collect()
}

pub(super) fn variant_keys(schema: &Value) -> Vec<String> {
    let forms = ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten();
    forms.flat_map(properties).collect()
}

/// The forms of a choice by their types, such as `a whole number or a mapping`.
pub(super) fn forms_of(root: &Value, schema: &Value) -> String {
    let forms = ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten();
    let mut words: Vec<&str> = vec![];
    for form in forms {
        let form = schema::referred(root, form);
        let name =
            form.get("type").and_then(|name| name.as_str().or_else(|| name.get(0)?.as_str()));
        let word = name.map_or("text", type_word);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" or ")
}

pub(super) fn type_word(name: &str) -> &'static str {
    match name {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a mapping",
        "null" => "nothing",
        _ => "text",
    }
}

pub(super) fn type_words(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(name) => type_word(&name.to_string()).to_owned(),
        TypeKind::Multiple(names) => {
            let words: Vec<_> =
                names.iter().map(|name: JsonType| type_word(&name.to_string())).collect();
            words.join(" or ")
        }
    }
}

pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(truth) => format!("`{truth}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) if text.chars().count() > 40 => "longer text".to_owned(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

pub(super) fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

pub(super) fn one_of(words: &[String]) -> String {
    match words {
        [only] => format!("`{only}`"),
        words => format!("one of {}", listed(words)),
    }
}
