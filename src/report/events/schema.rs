//! The published JSON Schema of the events, made from their types.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value as Json, json};

use super::Event;

const DESCRIPTION: &str = "\
One line that `ecsctl COMMAND --output json` writes to stdout: a JSON object with a `type`. The first \
line of every command is a `start` event, whose `schema` is the version of this schema; a command \
that fails ends with an `error` event. New types of events, and new fields of those that there are, \
may come without a new version: programs ignore what they do not know. The version is raised when a \
field goes away or changes its meaning.";

/// The schema of one event.
pub fn schema() -> Json {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(Plain);
    let derived = settings.into_generator().into_root_schema_for::<Event>();
    json!({
        "$schema": derived.get("$schema"),
        "title": "Events of ecsctl",
        "description": DESCRIPTION,
        "oneOf": derived.get("oneOf"),
        "$defs": derived.get("$defs"),
    })
}

/// Leaves out Rust's names of number formats, which are no formats of JSON Schema.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let format = schema.get("format").and_then(Json::as_str);
        if format.is_some_and(|format| format.starts_with("uint") || format == "double") {
            schema.remove("format");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_an_event_is_described() {
        let schema = schema();
        let mut open = vec![(String::new(), &schema)];
        while let Some((place, schema)) = open.pop() {
            let properties = schema["properties"].as_object().into_iter().flatten();
            for (name, property) in properties.filter(|(name, _)| *name != "type") {
                let is_described = property.get("description").is_some();
                assert!(is_described, "{place}/{name} has no doc comment");
            }
            for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
                assert!(definition.get("description").is_some(), "{name} has no doc comment");
                let is_numbered = name.ends_with(|last: char| last.is_ascii_digit());
                assert!(!is_numbered, "two types of events have the name of {name}: rename one");
                open.push((name.clone(), definition));
            }
        }
    }
}
