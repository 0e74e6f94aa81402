//! The JSON Schema of the manifests, made from the types of `documents`: for editors, and for our own check.

use std::sync::LazyLock;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::documents::{
    Kind, app, cluster, file_system, job, load_balancer, network, service, task_role,
};

/// What a value with a variable looks like; only editors see manifests before variables are replaced.
const VARIABLE: &str = r"\$\{";
const OVERLAY: &str = "Overlay";

/// The published schema: like [`strict`], but numbers, booleans and choices may be written as variables,
/// and choices are put as the language server likes them.
pub fn schema() -> Value {
    let mut schema = strict().clone();
    objects_mut(&mut schema["properties"]).for_each(list_constants);
    for definition in objects_mut(&mut schema["$defs"]) {
        accept_variables(definition);
    }
    schema
}

/// The schema of documents whose variables are replaced.
pub fn strict() -> &'static Value {
    static STRICT: LazyLock<Value> = LazyLock::new(build);
    &STRICT
}

/// The schema that a JSON pointer leads to, through references.
pub(crate) fn lookup<'a>(schema: &'a Value, pointer: &str) -> &'a Value {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    steps.fold(schema, |current, step| match (current, step.as_str()) {
        (_, "$ref") => referred(schema, current),
        (Value::Array(items), index) => {
            index.parse().ok().and_then(|index: usize| items.get(index)).unwrap_or(current)
        }
        (current, key) => current.get(key).unwrap_or(current),
    })
}

/// Follows the reference of a schema that is one.
pub(crate) fn referred<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    target.and_then(|target| root.pointer(target.trim_start_matches('#'))).unwrap_or(schema)
}

fn build() -> Value {
    let mut generator =
        SchemaSettings::draft2020_12().with_transform(EditorFriendly).into_generator();
    for kind in Kind::ALL {
        register(&mut generator, kind);
    }
    let mut definitions = generator.take_definitions(true);
    add_overlays(&mut definitions);
    for kind in Kind::ALL {
        add_kind(&mut definitions, kind);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ecsctl:manifest",
        "title": "ecsctl manifest",
        "description": "A document of an ecsctl manifest: what it is, its name, and the fields of its kind.",
        "type": "object",
        "required": ["kind"],
        "properties": { "kind": { "description": "What the document describes.", "oneOf": Kind::ALL.map(|kind| choice(&definitions, kind)) } },
        "allOf": Kind::ALL.map(branch),
        "$defs": definitions,
    })
}

fn register(generator: &mut SchemaGenerator, kind: Kind) {
    fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
        generator.subschema_for::<T>();
    }
    match kind {
        Kind::App => add::<app::App>(generator),
        Kind::Network => add::<network::Network>(generator),
        Kind::Cluster => add::<cluster::Cluster>(generator),
        Kind::LoadBalancer => add::<load_balancer::LoadBalancer>(generator),
        Kind::FileSystem => add::<file_system::FileSystem>(generator),
        Kind::TaskRole => add::<task_role::TaskRole>(generator),
        Kind::Service => add::<service::Service>(generator),
        Kind::Job => add::<job::Job>(generator),
    }
}

fn choice(definitions: &Map<String, Value>, kind: Kind) -> Value {
    json!({ "const": kind.name(), "description": definitions[kind.name()]["description"] })
}

/// The language server completes `kind` from the root, then the fields from the branch whose condition holds;
/// with a `oneOf` of the kinds it would offer the values of one of them only.
fn branch(kind: Kind) -> Value {
    json!({
        "if": { "required": ["kind"], "properties": { "kind": { "const": kind.name() } } },
        "then": { "$ref": format!("#/$defs/{}", kind.name()) },
    })
}

/// Adds `kind`, which the types do not have since it chooses among them, and the overlays.
fn add_kind(definitions: &mut Map<String, Value>, kind: Kind) {
    let choice = choice(definitions, kind);
    let definition = definitions.get_mut(kind.name()).expect("every kind was registered");
    let properties = definition["properties"].as_object_mut().expect("a document is an object");
    properties.shift_insert(0, "kind".to_owned(), choice);
    if kind != Kind::App {
        properties.insert(
            "environments".to_owned(),
            json!({
                "description": "What is different in an environment, by its name: merged over the document.\n\nMaps merge, lists of named things merge by `name`, other values replace.",
                "type": "object",
                "additionalProperties": { "$ref": format!("#/$defs/{}{OVERLAY}", kind.name()) },
            }),
        );
    }
    let required = definition["required"].as_array_mut().expect("a document has a name");
    required.insert(0, json!("kind"));
}

/// Copies of the definitions in which nothing has to be there, for what an environment says differently.
fn add_overlays(definitions: &mut Map<String, Value>) {
    let originals = definitions.clone();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::App) {
        add_overlay(&originals, definitions, kind.name());
        let overlay = &mut definitions[&format!("{}{OVERLAY}", kind.name())];
        let properties = overlay["properties"].as_object_mut().expect("a document is an object");
        properties.shift_remove("name");
        overlay.as_object_mut().expect("a document is an object").shift_remove("required");
    }
}

fn add_overlay(originals: &Map<String, Value>, definitions: &mut Map<String, Value>, name: &str) {
    let overlay = format!("{name}{OVERLAY}");
    if definitions.contains_key(&overlay) {
        return;
    }
    let mut copy = originals[name].clone();
    // Lists of named things merge by their names, which must therefore be there.
    if let Some(Value::Array(required)) = copy.get_mut("required") {
        required.retain(|field| field == "name");
    }
    copy["title"] = json!(name);
    definitions.insert(overlay.clone(), Value::Null);
    redirect(&mut copy, originals, definitions);
    definitions.insert(overlay, copy);
}

/// Points the references of an overlay at overlays, where something is required there.
fn redirect(
    schema: &mut Value,
    originals: &Map<String, Value>,
    definitions: &mut Map<String, Value>,
) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
                    Some(name) if key == "$ref" && is_structure(&originals[name]) => {
                        let name = name.to_owned();
                        add_overlay(originals, definitions, &name);
                        *value = json!(format!("#/$defs/{name}{OVERLAY}"));
                    }
                    Some(_) | None => redirect(value, originals, definitions),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                redirect(item, originals, definitions);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_structure(definition: &Value) -> bool {
    let refers = || definition.to_string().contains("\"$ref\"");
    definition.get("required").is_some() || refers()
}

/// Lets what is not free text be written as a variable too, at every level of a schema.
fn accept_variables(schema: &mut Map<String, Value>) {
    if let Some(values) = schema.shift_remove("enum") {
        let type_name = schema.shift_remove("type");
        schema
            .insert("anyOf".to_owned(), json!([{ "type": type_name, "enum": values }, variable()]));
        return;
    }
    if let Some(Value::String(pattern)) = schema.get_mut("pattern") {
        *pattern = format!("{VARIABLE}|{pattern}");
    } else if takes_no_text(schema) {
        let message =
            format!("expected {}, or a variable such as `${{NAME}}`", type_words(&schema["type"]));
        let type_name = schema["type"].take();
        // The server inserts `0` for a type that begins with a number.
        schema["type"] = json!(["string", type_name]);
        schema.insert("pattern".to_owned(), json!(VARIABLE));
        schema.insert("patternErrorMessage".to_owned(), json!(message));
    }
    if schema.contains_key("oneOf") {
        list_constants(schema);
        schema["anyOf"].as_array_mut().into_iter().for_each(|forms| forms.push(variable()));
    }
    for (keyword, value) in schema.iter_mut() {
        match keyword.as_str() {
            "properties" => objects_mut(value).for_each(accept_variables),
            "items" | "additionalProperties" => {
                value.as_object_mut().into_iter().for_each(accept_variables);
            }
            "anyOf" => {
                value.as_array_mut().into_iter().flatten().for_each(accept_variables_in_form);
            }
            _ => {}
        }
    }
}

/// A list of constants stays one: its choice has a branch for variables.
fn accept_variables_in_form(form: &mut Value) {
    if let Value::Object(form) = form
        && !form.contains_key("enum")
        && !form.contains_key("pattern")
    {
        accept_variables(form);
    }
}

/// Lists the constants of a choice, with their descriptions: the server shows a list beside the field's own words,
/// but a constant in place of them. And it inserts the field of a `oneOf` without a colon, unlike that of an `anyOf`.
fn list_constants(schema: &mut Map<String, Value>) {
    let Some(Value::Array(forms)) = schema.shift_remove("oneOf") else { return };
    let (constants, mut others): (Vec<_>, Vec<_>) =
        forms.into_iter().partition(|form| form.get("const").is_some());
    if !constants.is_empty() {
        let every = |key| constants.iter().map(|form| form[key].clone()).collect::<Vec<_>>();
        others.insert(0, json!({ "type": "string", "enum": every("const"), "enumDescriptions": every("description") }));
    }
    schema.insert("anyOf".to_owned(), json!(others));
}

fn variable() -> Value {
    json!({ "type": "string", "pattern": VARIABLE, "description": "A variable." })
}

fn takes_no_text(schema: &Map<String, Value>) -> bool {
    let name = schema.get("type").and_then(Value::as_str);
    name.is_some_and(|name| ["integer", "number", "boolean"].contains(&name))
}

fn type_words(type_name: &Value) -> &'static str {
    match type_name.as_str() {
        Some("boolean") => "`true` or `false`",
        Some("integer") => "a whole number",
        _ => "a number",
    }
}

fn objects_mut(value: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    value
        .as_object_mut()
        .into_iter()
        .flat_map(|object| object.iter_mut())
        .filter_map(|(_, value)| value.as_object_mut())
}

/// Changes what schemars derives into what yaml-language-server completes and explains well.
#[derive(Clone)]
struct EditorFriendly;

impl Transform for EditorFriendly {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        // The descriptions name the defaults; the server would insert them with every structure.
        object.shift_remove("default");
        remove_structured_examples(object);
        bound_as_rust_does(object);
        remove_null(object);
        for keyword in ["oneOf", "anyOf"] {
            let forms = object.get_mut(keyword).and_then(Value::as_array_mut);
            forms.into_iter().flatten().filter_map(Value::as_object_mut).for_each(describe_variant);
        }
    }
}

/// The server offers a structure as `[object Object]`, and inserts it with the wrong indentation.
fn remove_structured_examples(object: &mut Map<String, Value>) {
    let Some(Value::Array(examples)) = object.get_mut("examples") else { return };
    examples.retain(|example| !example.is_object() && !example.is_array());
    if examples.is_empty() {
        object.shift_remove("examples");
    }
}

/// `uint32` and the like are not formats of JSON Schema: what they can hold is said as a maximum.
fn bound_as_rust_does(object: &mut Map<String, Value>) {
    if object.get("format") == Some(&json!("uint32")) {
        object.entry("maximum").or_insert(json!(u32::MAX));
    }
    let is_rusts = |format: &str| {
        format.starts_with("uint") || format.starts_with("int") || format == "double"
    };
    if object.get("format").and_then(Value::as_str).is_some_and(is_rusts) {
        object.shift_remove("format");
    }
}

/// A field is left out rather than set to null; without null the editor offers the fields of a structure.
fn remove_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(forms)) = object.get_mut("anyOf") else { return };
    forms.retain(|form| form.get("type") != Some(&json!("null")));
    if let [Value::Object(only)] = &forms[..] {
        let only = only.clone();
        object.shift_remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// Copies the text of a variant such as `{ id: … }` to its key, where the editor shows it.
fn describe_variant(variant: &mut Map<String, Value>) {
    let key = match variant.get("required").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(key)]) => key.clone(),
        Some(_) | None => return,
    };
    let description = variant.get("description").cloned();
    variant.entry("title").or_insert_with(|| json!(key.clone()));
    let property = variant.get_mut("properties").and_then(|properties| properties.get_mut(&key));
    if let (Some(description), Some(Value::Object(property))) = (description, property) {
        property.entry("description").or_insert(description);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(schema: &Value, document: &Value) -> bool {
        jsonschema::validator_for(schema).expect("the schema is valid").is_valid(document)
    }

    #[test]
    fn the_published_schema_takes_variables_where_the_strict_one_takes_values() {
        let values = json!({
            "kind": "Service", "name": "web", "image": "nginx", "port": 80, "desiredCount": 2, "cpu": "0.5 vCPU",
            "launchType": "FARGATE", "enableExecuteCommand": true,
            "deployment": { "maximumPercent": 150 }, "healthCheck": { "command": "true", "interval": "10s" },
        });
        let variables = json!({
            "kind": "Service", "name": "web", "image": "nginx", "port": "${PORT}", "desiredCount": "${COUNT:-2}", "cpu": "${CPU}",
            "launchType": "${LAUNCH}", "enableExecuteCommand": "${EXEC}",
            "deployment": { "maximumPercent": "${MAX}" }, "healthCheck": { "command": "true", "interval": "${EVERY}" },
        });
        assert!(accepts(strict(), &values) && accepts(&schema(), &values));
        assert!(!accepts(strict(), &variables) && accepts(&schema(), &variables));
        for field in variables.as_object().unwrap().keys().skip(3) {
            let mut one = values.clone();
            one[field] = variables[field].clone();
            assert!(!accepts(strict(), &one), "{field} as a variable in the strict schema");
        }
        let wrong =
            json!({ "kind": "Service", "name": "web", "image": "nginx", "desiredCount": "two" });
        assert!(!accepts(&schema(), &wrong));
    }

    #[test]
    fn an_overlay_needs_nothing_but_knows_its_fields() {
        let service = |overlay: Value| json!({ "kind": "Service", "name": "web", "image": "nginx", "environments": { "prod": overlay } });
        assert!(accepts(
            strict(),
            &service(
                json!({ "scaling": { "max": 9 }, "containers": [{ "name": "app", "cpu": 128 }] })
            )
        ));
        assert!(!accepts(strict(), &service(json!({ "desiredCounts": 6 }))));
        assert!(!accepts(
            strict(),
            &service(json!({ "containers": [{ "name": "app", "imag": "x" }] }))
        ));
    }

    #[test]
    fn every_field_and_choice_has_its_words() {
        fn silent(route: &str, schema: &Value, root: &Value, found: &mut Vec<String>) {
            let is_described = schema.get("description").is_some()
                || referred(root, schema).get("description").is_some();
            if !is_described {
                found.push(route.to_owned());
            }
            for (name, property) in
                schema.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                silent(&format!("{route}.{name}"), property, root, found);
            }
            let is_structure =
                |form: &&Value| form.get("const").is_some() || form.get("properties").is_some();
            for form in schema
                .get("oneOf")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter(is_structure)
            {
                silent(&format!("{route}={}", form["const"]), form, root, found);
            }
        }
        let mut found = vec![];
        for (name, definition) in strict()["$defs"].as_object().unwrap() {
            silent(name, definition, strict(), &mut found);
        }
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn nothing_in_it_misleads_the_editor() {
        let text = schema().to_string();
        for trap in [
            r#""default":"#,
            r#""examples":[{"#,
            r#""examples":[["#,
            r#""type":"null""#,
            r#""format":"uint"#,
        ] {
            assert!(!text.contains(trap), "{trap}");
        }
    }
}
