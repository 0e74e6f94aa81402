//! What differs, and what does not.

use std::collections::BTreeMap;

use serde::Serialize;

use super::*;
use crate::value::{Resolvable, Sensitive, Set};

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    desired_count: Option<u32>,
    deployment: Option<Deployment>,
    containers: BTreeMap<String, Container>,
    groups: Set<Resolvable>,
    ports: Vec<Port>,
    rules: Set<Port>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Deployment {
    maximum_percent: Option<u32>,
    alarms: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Container {
    image: String,
    password: Option<Sensitive>,
    environment: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Port {
    host: Option<u16>,
    container: u16,
}

fn lines(changes: &[FieldChange]) -> Vec<String> {
    let text = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
    let line = |change: &FieldChange| {
        format!("{}: {} → {}", change.path, text(&change.before), text(&change.after))
    };
    changes.iter().map(line).collect()
}

fn changed(before: &Spec, after: &Spec) -> Vec<String> {
    lines(&diff(&Value::of(before), &Value::of(after)))
}

fn revised(before: &Spec, after: &Spec) -> Vec<String> {
    lines(&diff_revisions(&Value::of(before), &Value::of(after)))
}

fn full() -> Spec {
    Spec {
        desired_count: Some(2),
        deployment: Some(Deployment { maximum_percent: Some(200), alarms: vec!["cpu".to_owned()] }),
        containers: BTreeMap::from([("app".to_owned(), container("web:1"))]),
        groups: ["sg-1", "sg-2"].into_iter().map(Resolvable::from).collect(),
        ports: vec![Port { host: Some(80), container: 8080 }],
        rules: Set::from_iter([Port { host: Some(80), container: 8080 }]),
        tags: Some(BTreeMap::from([("team".to_owned(), Some("web".to_owned()))])),
    }
}

fn container(image: &str) -> Container {
    let environment = BTreeMap::from([("A.B".to_owned(), "1".to_owned())]);
    Container { image: image.to_owned(), environment, password: Some(Sensitive("x".to_owned())) }
}

#[test]
fn a_tree_does_not_differ_from_itself() {
    assert_eq!(changed(&full(), &full()), [""; 0]);
    assert_eq!(revised(&full(), &full()), [""; 0]);
}

#[test]
fn a_null_is_unmanaged_but_a_removal_in_a_revision() {
    let without = Spec { desired_count: None, tags: None, ..full() };
    assert_eq!(changed(&full(), &without), [""; 0]);
    assert_eq!(revised(&full(), &without), ["desiredCount: 2 → -", "tags: {team: web} → -"]);
    assert_eq!(changed(&without, &full()), ["desiredCount: - → 2", "tags: - → {team: web}"]);
}

#[test]
fn each_field_has_its_own_path() {
    let mut after = full();
    after.deployment.as_mut().unwrap().maximum_percent = Some(150);
    let app = after.containers.get_mut("app").unwrap();
    app.image = "web:2".to_owned();
    app.environment.insert("A.B".to_owned(), "2".to_owned());
    app.environment.insert("NEW".to_owned(), String::new());
    let wanted = [
        "containers[app].environment[A.B]: 1 → 2",
        "containers[app].environment[NEW]: - → \"\"",
        "containers[app].image: web:1 → web:2",
        "deployment.maximumPercent: 200 → 150",
    ];
    assert_eq!(changed(&full(), &after), wanted);
}

#[test]
fn a_name_that_a_map_lacks_is_removed() {
    let after = Spec { containers: BTreeMap::new(), tags: Some(BTreeMap::new()), ..full() };
    let container = "{environment: {A.B: 1}, image: web:1, password: (sensitive)}";
    let wanted = [format!("containers[app]: {container} → -"), "tags[team]: web → -".to_owned()];
    assert_eq!(changed(&full(), &after), wanted);
}

#[test]
fn a_name_with_a_null_is_not_managed() {
    let after = Spec { tags: Some(BTreeMap::from([("team".to_owned(), None)])), ..full() };
    assert_eq!(changed(&full(), &after), [""; 0]);
}

#[test]
fn a_list_has_an_order_and_a_set_has_none() {
    let groups =
        Spec { groups: ["sg-2", "sg-1"].map(Resolvable::from).into_iter().collect(), ..full() };
    assert_eq!(changed(&full(), &groups), [""; 0]);
    let fewer = Spec { groups: [Resolvable::from("sg-2")].into_iter().collect(), ..full() };
    assert_eq!(changed(&full(), &fewer), ["groups: [sg-1, sg-2] → [sg-2]"]);
    let alarms = |names: [&str; 2]| Spec {
        deployment: Some(Deployment {
            alarms: names.map(str::to_owned).to_vec(),
            ..Deployment::default()
        }),
        ..full()
    };
    let swapped = changed(&alarms(["a", "b"]), &alarms(["b", "a"]));
    assert_eq!(swapped, ["deployment.alarms: [a, b] → [b, a]"]);
}

#[test]
fn a_null_inside_a_list_or_a_set_is_not_managed_either() {
    let open = || Port { host: None, container: 8080 };
    let after = Spec { ports: vec![open()], rules: Set::from_iter([open()]), ..full() };
    assert_eq!(changed(&full(), &after), [""; 0]);
    assert_eq!(
        revised(&full(), &after),
        [
            "ports: [{container: 8080, host: 80}] → [{container: 8080}]",
            "rules: [{container: 8080, host: 80}] → [{container: 8080}]",
        ]
    );
}

#[test]
fn items_of_a_set_are_not_counted_twice() {
    let port = |host, container| Port { host, container };
    let before = Spec { rules: Set::from_iter([port(Some(1), 5), port(Some(2), 6)]), ..full() };
    let after = Spec { rules: Set::from_iter([port(None, 5), port(Some(1), 5)]), ..full() };
    assert_eq!(changed(&before, &after).len(), 1);
    let before = Spec { rules: Set::from_iter([port(Some(1), 5), port(Some(2), 5)]), ..full() };
    assert_eq!(changed(&before, &after), [""; 0]);
}

#[test]
fn what_is_not_known_yet_differs() {
    let reference = Resolvable::reference("security-group", "web", "id");
    let after = Spec { groups: [reference].into_iter().collect(), ..full() };
    assert_eq!(changed(&full(), &after), ["groups: [sg-1, sg-2] → [(security-group/web#id)]"]);
    assert_eq!(changed(&after, &after).len(), 1);
}

#[test]
fn a_secret_differs_without_being_shown() {
    let mut after = full();
    after.containers.get_mut("app").unwrap().password = Some(Sensitive("y".to_owned()));
    let wanted = ["containers[app].password: (sensitive) → (sensitive)"];
    assert_eq!(changed(&full(), &after), wanted);
}
