//! The published schema of events, which every line of every run is held against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value as Json, json};

/// One validator per type of event, so that a mistake is told of the event that was meant.
static VALIDATORS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let schema = published();
    let forms = schema["oneOf"].as_array().expect("an event has one of several forms");
    forms.iter().map(|form| (type_of(form), validator(form, &schema))).collect()
});

/// The types of events that the schema has.
pub fn types() -> BTreeSet<String> {
    VALIDATORS.keys().cloned().collect()
}

/// Fails unless all lines are events by the schema, without fields that it does not have, the first
/// of them a `start`.
pub fn check(stdout: &str) {
    for (index, line) in stdout.lines().enumerate() {
        let event: Json =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let kind = event["type"].as_str().unwrap_or_else(|| panic!("an event has a type: {line}"));
        assert_eq!(index == 0, kind == "start", "line {}: {line}", index + 1);
        let Some(validator) = VALIDATORS.get(kind) else {
            panic!("the schema has no event `{kind}` (run tests/generated): {line}")
        };
        if let Err(error) = validator.validate(&event) {
            panic!("{error} at `{}`: {line}", error.instance_path());
        }
    }
}

fn published() -> Json {
    let text = include_str!("../../schema/ecsctl-events.schema.json");
    serde_json::from_str(text).unwrap()
}

fn type_of(form: &Json) -> String {
    form["properties"]["type"]["const"].as_str().unwrap().to_owned()
}

/// The published schema lets fields be added; here none is forgotten in it.
fn validator(form: &Json, schema: &Json) -> Validator {
    let mut strict = form.clone();
    strict["$defs"] = schema["$defs"].clone();
    strict["unevaluatedProperties"] = json!(false);
    let events: BTreeSet<&str> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|form| form["$ref"].as_str())
        .collect();
    for (name, definition) in strict["$defs"].as_object_mut().unwrap() {
        // The type, which every event has besides, is no field of what is defined as one.
        let is_event = events.contains(format!("#/$defs/{name}").as_str());
        if definition["type"] == "object" && !is_event {
            definition["unevaluatedProperties"] = json!(false);
        }
    }
    jsonschema::validator_for(&strict).unwrap()
}
