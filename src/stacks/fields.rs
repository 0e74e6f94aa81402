//! Every field of every document, changed by itself: the plan shows just what follows from it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::application::Application;
use super::convergence::{Transition, transition};
use crate::model::schema::strict;

/// One field's change, as a table has it:
///
/// ```text
/// HealthCheck.retries · Service web · /containers/0/healthCheck/retries · 3 → 4
///     given Service web · /containers/0/user · app
///     ~ service/web taskDefinition
///     ^ task-definition/web containers[app].healthCheck.retries
/// ```
///
/// The values are YAML, `-` for none. What is given holds before and after the change; what is given
/// at the head of a table holds for all of its rows.
struct Row<'a> {
    head: &'a str,
    field: &'a str,
    before: Edit<'a>,
    after: Edit<'a>,
    given: Vec<Edit<'a>>,
    /// Given at the head of the table.
    ground: Vec<Edit<'a>>,
    /// The lines of the plan.
    expected: Vec<&'a str>,
}

/// Puts a value at a place of a document.
#[derive(Clone, Copy)]
struct Edit<'a> {
    document: &'a str,
    pointer: &'a str,
    value: &'a str,
}

const GIVEN: &str = "given ";

fn rows(table: &str) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = vec![];
    let mut ground = vec![];
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("    "), rows.last_mut()) {
            (None, _) => match line.strip_prefix(GIVEN) {
                Some(given) => ground.push(edit(given)),
                None => rows.push(head(line, &ground)),
            },
            (Some(line), Some(row)) => match line.strip_prefix(GIVEN) {
                Some(given) => row.given.push(edit(given)),
                None => row.expected.push(line),
            },
            (Some(_), None) => panic!("a table begins with a field"),
        }
    }
    rows
}

fn head<'a>(line: &'a str, ground: &[Edit<'a>]) -> Row<'a> {
    let (field, change) = line.split_once(" · ").expect("a field and its change");
    let (before, value) = change.split_once(" → ").expect("before and after");
    let before = edit(before);
    let after = Edit { value, ..before };
    let ground = ground.to_vec();
    Row { head: line, field, before, after, given: vec![], ground, expected: vec![] }
}

fn edit(text: &str) -> Edit<'_> {
    let parts: Vec<&str> = text.split(" · ").collect();
    let [document, pointer, value] = parts[..] else { panic!("not an edit: {text}") };
    Edit { document, pointer, value }
}

impl Edit<'_> {
    fn make(self, application: &mut Application) {
        let (kind, name) = self.document.split_once(' ').expect("a kind and a name");
        let mut documents = application.documents.iter_mut();
        let document =
            documents.find(|document| document["kind"] == kind && document["name"] == name);
        let place = document.unwrap_or_else(|| panic!("no {}", self.document));
        let (parents, last) = self.pointer.rsplit_once('/').expect("a pointer");
        if self.value == "-" {
            let parent = place.pointer_mut(parents).and_then(Json::as_object_mut);
            parent.and_then(|fields| fields.shift_remove(&unescaped(last)));
            return;
        }
        let parent = parents.split('/').skip(1).fold(place, step_into);
        *step_into(parent, last) = serde_saphyr::from_str(self.value).expect("a value");
    }
}

fn step_into<'a>(place: &'a mut Json, step: &str) -> &'a mut Json {
    match place {
        Json::Array(items) => &mut items[step.parse::<usize>().expect("a position")],
        place => &mut place[unescaped(step)],
    }
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/")
}

impl Row<'_> {
    async fn found(&self) -> Vec<String> {
        let mut before = Application::read(include_str!("fields/base.yaml"));
        self.ground.iter().chain(&self.given).for_each(|given| given.make(&mut before));
        let mut after = before.clone();
        self.before.make(&mut before);
        self.after.make(&mut after);
        let Transition { mut plan, mistakes } = transition(&before, &after).await;
        plan.extend(mistakes);
        plan
    }
}

async fn check(table: &str) {
    let mut found = String::new();
    let mut wrong = vec![];
    for row in rows(table) {
        let lines = row.found().await;
        let given = row.given.iter().map(|given| {
            format!("{GIVEN}{} · {} · {}", given.document, given.pointer, given.value)
        });
        let _ = writeln!(found, "{}", row.head);
        for line in given.chain(lines.iter().cloned()) {
            let _ = writeln!(found, "    {line}");
        }
        if lines != row.expected {
            wrong.push(row.field);
        }
    }
    assert!(wrong.is_empty(), "{} differ; what is found:\n{found}", wrong.join(", "));
}

macro_rules! tables {
    ($($name:ident),+ $(,)?) => {
        const TABLES: &[&str] =
            &[$(include_str!(concat!("fields/", stringify!($name), ".txt"))),+];
        $(#[tokio::test]
        async fn $name() {
            check(include_str!(concat!("fields/", stringify!($name), ".txt"))).await;
        })+
    };
}

tables! {
    app,
    network,
    cluster,
    load_balancer,
    file_system,
    task_role,
    service,
    container,
    routing,
    placement,
    listener_rule,
    task,
    network_load_balancer,
    instances,
    deployment,
    scaling,
    job,
}

#[test]
fn every_field_is_in_a_table() {
    let there: BTreeSet<&str> =
        TABLES.iter().flat_map(|table| rows(table)).map(|row| row.field).collect();
    let missing: Vec<_> = fields().into_iter().filter(|field| !there.contains(&**field)).collect();
    assert_eq!(missing, [""; 0], "no table says what follows from these");
}

/// Every field of the schema: `HealthCheck.retries`.
fn fields() -> BTreeSet<String> {
    let definitions = strict()["$defs"].as_object().expect("definitions");
    let own = definitions.iter().filter(|(name, _)| !name.ends_with("Overlay"));
    own.flat_map(|(name, definition)| {
        let forms = ["anyOf", "oneOf"].into_iter().filter_map(|key| definition[key].as_array());
        let all = forms.flatten().chain([definition]);
        all.filter_map(|form| form["properties"].as_object())
            .flat_map(serde_json::Map::keys)
            .filter(|field| *field != "kind")
            .map(move |field| format!("{name}.{field}"))
            .collect::<Vec<_>>()
    })
    .collect()
}
