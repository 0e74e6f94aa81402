//! How specs project, and how references in them become known.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::*;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    role: Resolvable,
    content: Resolvable,
    groups: Set<Resolvable>,
    password: Sensitive,
    limits: Limits,
    names: BTreeMap<String, Option<bool>>,
    size: Option<u32>,
    ratio: f64,
    mode: Mode,
    volumes: Vec<Mode>,
}

#[derive(Serialize)]
struct Limits {
    cpu: u16,
}

#[derive(Serialize)]
enum Mode {
    Plain,
    Efs { id: String },
    Host(String),
}

fn arn_of(role: &str) -> Resolvable {
    Resolvable::reference("role", role, "arn")
}

fn spec() -> Spec {
    let content = json!({ "arn": arn_of("web") });
    Spec {
        role: Resolvable::reference("role", "web", "arn"),
        content: Resolvable::Digest(Digest { of: content }),
        groups: ["b", "a"].into_iter().map(Resolvable::from).collect(),
        password: Sensitive("hunter2".to_owned()),
        limits: Limits { cpu: 256 },
        names: BTreeMap::from([("x".to_owned(), Some(true)), ("y".to_owned(), None)]),
        size: None,
        ratio: 0.5,
        mode: Mode::Plain,
        volumes: vec![Mode::Efs { id: "fs-1".to_owned() }, Mode::Host("a\nb".to_owned())],
    }
}

#[test]
fn each_shape_of_a_spec_has_its_own_value() {
    let Value::Struct(fields) = Value::of(&spec()) else { panic!("a struct") };
    assert_eq!(
        fields["role"],
        Value::Reference(Reference::new(Address::new("role", "web"), "arn"))
    );
    assert_eq!(fields["content"], Value::Pending);
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(fields["groups"], Value::Set(vec![text("a"), text("b")]));
    assert_eq!(fields["password"], Value::Sensitive(digest(b"hunter2")));
    assert!(matches!(&fields["limits"], Value::Struct(_)));
    assert!(matches!(&fields["names"], Value::Map(names) if names["y"] == Value::Null));
    assert_eq!(fields["size"], Value::Null);
    assert_eq!(fields["mode"], text("Plain"));
    assert!(matches!(&fields["volumes"], Value::List(volumes) if volumes.len() == 2));
}

#[test]
fn a_value_reads_as_people_write_it() {
    let Value::Struct(fields) = Value::of(&spec()) else { panic!("a struct") };
    let lines: Vec<_> = fields.iter().map(|(field, value)| format!("{field}: {value}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    content: (known after apply)
    groups: [a, b]
    limits: {cpu: 256}
    mode: Plain
    names: {x: true}
    password: (sensitive)
    ratio: 0.5
    role: (role/web#arn)
    size: (none)
    volumes: [{Efs: {id: fs-1}}, {Host: "a\nb"}]
    "#);
}

#[test]
fn what_depends_on_others_is_pending_at_any_depth() {
    let Value::Struct(fields) = Value::of(&spec()) else { panic!("a struct") };
    let pending: Vec<_> =
        fields.iter().filter(|(_, value)| value.is_pending()).map(|(field, _)| field).collect();
    assert_eq!(pending, ["content", "role"]);
    assert!(Value::Set(vec![Value::List(vec![Value::Pending])]).is_pending());
}

#[test]
fn secrets_are_in_no_debug_output() {
    assert_eq!(format!("{:?}", spec().password), "(sensitive)");
    assert!(!format!("{:?}", Value::of(&spec())).contains("hunter2"));
}

#[test]
fn references_survive_json() {
    let role = Resolvable::reference("role", "a/b", "arn");
    let json = json!(role);
    assert_eq!(json, json!({ "$ref": "role/a/b#arn", "$known": false }));
    assert_eq!(serde_json::from_value::<Resolvable>(json).unwrap(), role);
    assert!(serde_json::from_value::<Reference>(json!({ "$ref": "role" })).is_err());
}

fn known(reference: &Reference) -> Option<String> {
    (reference.to_string() == "role/web#arn").then(|| "arn:web".to_owned())
}

#[test]
fn what_is_known_takes_the_place_of_references_and_the_rest_is_returned() {
    let digest = |of| Digest { of };
    let open = json!(digest(json!(arn_of("api"))));
    let mut json = json!({
        "role": arn_of("web"),
        "other": [arn_of("api")],
        "digest": digest(json!({ "role": arn_of("web") })),
        "open": open,
    });
    let all: Vec<_> = references(&json).iter().map(ToString::to_string).collect();
    assert_eq!(all, ["role/api#arn", "role/web#arn"]);
    let left: Vec<_> = resolve(&mut json, &known).iter().map(ToString::to_string).collect();
    assert_eq!(left, ["role/api#arn", "role/api#arn"]);
    assert_eq!(json["role"], "arn:web");
    assert_eq!(json["digest"], digest_of(&json!({ "role": "arn:web" })));
    assert_eq!(json["open"], open);
}

#[test]
fn a_users_own_names_that_look_like_a_reference_stay() {
    let labels = [
        json!({ "$ref": "role/web#arn" }),
        json!({ "$ref": "role/web#arn", "$known": "false" }),
        json!({ "$digest": "role/web#arn" }),
    ];
    for label in labels {
        let mut json = label.clone();
        assert_eq!(resolve(&mut json, &known), vec![]);
        assert_eq!(json, label);
    }
}

#[test]
fn a_digest_depends_on_content_only() {
    let parse = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    let one = digest_of(&parse(r#"{"a": 1, "b": {"c": [null, 2], "d": null}}"#));
    assert_eq!(one, digest_of(&parse(r#"{"b": {"c": [null, 2]}, "new": null, "a": 1}"#)));
    assert_ne!(one, digest_of(&parse(r#"{"a": 1, "b": {"c": [2, null]}}"#)));
    assert_ne!(one, digest_of(&parse(r#"{"a": 1, "b": {"c": [2]}}"#)));
    assert_eq!(one.len(), 32);
}

#[test]
fn addresses_are_a_kind_and_a_name() {
    let address = Address::parse("access-point/uploads/web").unwrap();
    assert_eq!((address.kind.as_str(), address.name.as_str()), ("access-point", "uploads/web"));
    for text in ["", "service", "/web", "service/"] {
        assert_eq!(Address::parse(text), None, "{text}");
    }
}
