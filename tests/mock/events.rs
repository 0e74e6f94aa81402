//! Every type of event that the schema has is written by a run.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::Application;
use crate::support::ecsctl::Run;
use crate::support::events::Events;
use crate::support::events_schema;

/// Runs that write an event of each type between them. A run for what is new goes here.
fn runs() -> Vec<Run> {
    let hello = Application::example("hello");
    let json = |arguments: &[&str]| hello.run(&[arguments, &["--output", "json"]].concat());
    let mut runs = vec![
        json(&["init", "-f", "new"]),
        json(&["render"]),
        json(&["plan", "--set", "TAG"]),
        failing(),
        json(&["apply", "--auto-approve"]),
    ];
    hello.manifests.write("hello.yaml", "kind: App\nname: hello\n");
    runs.push(json(&["plan"]));
    runs.push(advised());
    runs.push(unready());
    runs.extend(everyday());
    runs.push(interrupted());
    runs.extend(one_off());
    runs
}

/// Tasks of a job: one finds no place, the second call for more fails; and one takes too long.
fn one_off() -> [Run; 2] {
    let shop = Application::written("shop", "{ kind: Job, name: migrate, image: shop }");
    shop.apply();
    let mut account: serde_json::Value = serde_json::from_str(&shop.account()).unwrap();
    account["script"] = serde_json::json!({
        "runs": {"shop-default-migrate": [{"failure": "RESOURCE:MEMORY"}]},
        "faults": [{"call": "ecs:RunTask", "skip": 1, "effect": "error"}]
    });
    shop.write_account(&account.to_string());
    let json = |arguments: &[&str]| {
        shop.run(&[&["run", "migrate", "--output", "json"], arguments].concat())
    };
    [json(&["--count", "12"]), json(&["--timeout", "1s"])]
}

/// A run of which a call fails, and what needs it is not tried.
fn failing() -> Run {
    let hello = Application::example("hello");
    hello.write_account(
        r#"{"format": 1, "clock": 0, "resources": {}, "script": {"faults": [{"call": "ecs:RegisterTaskDefinition", "effect": "error"}]}}"#,
    );
    hello.run(&["apply", "--auto-approve", "--output", "json"])
}

/// A plan on instances, of which there is something to say.
fn advised() -> Run {
    let cluster = "{ kind: Cluster, name: main, instances: [{ name: general, min: 1, max: 2 }] }";
    let service = "{ kind: Service, name: web, image: nginx, launchType: EC2, memory: 512 }";
    let shop = Application::written("shop", &format!("{cluster}\n---\n{service}\n"));
    shop.run(&["plan", "--output", "json"])
}

/// What needs an account in which something cannot be read: written in tests/live/looking.rs.
const NOT_HERE: [&str; 1] = ["unread"];

/// The commands of every day, on a service that rolls out well, then badly.
fn everyday() -> Vec<Run> {
    let service =
        "{ kind: Service, name: web, image: nginx, taskRole: web, enableExecuteCommand: true }";
    let role = "{ kind: TaskRole, name: web }";
    let shop = Application::written("shop", &format!("{service}\n---\n{role}\n"));
    shop.write_account(
        r#"{"format": 1, "clock": 0, "resources": {}, "script": {"rollouts": {"shop-default-web": [
            {"outcome": "succeeds", "logs": ["ready"]},
            {"outcome": "succeeds"},
            {"outcome": "rollsBack"}
        ]}}}"#,
    );
    let run = |arguments: &[&str]| shop.run(&[arguments, &["--output", "json"]].concat());
    let mut runs = vec![run(&["apply", "--auto-approve"])];
    let tasks = Events::of(&run(&["tasks"]));
    let task = tasks.as_json()[1]["id"].as_str().unwrap().to_owned();
    for arguments in [
        &["logs"][..],
        &["status"],
        &["events"],
        &["tasks"],
        &["exec", "web"],
        &["exec", "web", "--container", "none"],
        &["tasks", "stop", &task, "--auto-approve"],
        &["restart", "web", "--no-wait"],
        &["wait", "web"],
        &["history", "web"],
        &["scale", "web", "2"],
        &["deploy", "web", "--image", "nginx:2", "--auto-approve"],
    ] {
        runs.push(run(arguments));
    }
    runs
}

/// Checks of which one fails.
fn unready() -> Run {
    let hello = Application::example("hello");
    hello.write_account(
        r#"{"format": 1, "clock": 0, "resources": {}, "surroundings": {"images": {}}}"#,
    );
    hello.run(&["verify", "--output", "json"])
}

/// A run that ends while it follows a rollout, which takes an hour for each look.
fn interrupted() -> Run {
    let hello = Application::example("hello");
    hello.write_account(
        r#"{"format": 1, "clock": 0, "resources": {}, "script": {"rollouts": {"hello-default-hello": [{"outcome": "succeeds", "seconds": 60, "pace": 3600000}]}}}"#,
    );
    let arguments = ["apply", "--auto-approve", "--output", "json"];
    let mut command = hello.ecsctl.start(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap) {
        if line.starts_with("{\"type\":\"rollout\"") && !stdout.contains("\"rollout\"") {
            let id = child.id().to_string();
            assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        }
        stdout += &(line + "\n");
    }
    events_schema::check(&stdout);
    Run { code: child.wait().unwrap().code().unwrap(), stdout, stderr: String::new() }
}

#[test]
fn every_type_of_event_in_the_schema_is_written() {
    let runs = runs();
    let written: BTreeSet<String> = runs.iter().flat_map(types).collect();
    let mut missing: Vec<_> = events_schema::types().difference(&written).cloned().collect();
    missing.retain(|kind| !NOT_HERE.contains(&kind.as_str()));
    assert!(missing.is_empty(), "no run writes {missing:?}");
}

fn types(run: &Run) -> Vec<String> {
    let events = Events::of(run);
    let types = events.as_json().iter().map(|event| event["type"].as_str().unwrap().to_owned());
    types.collect()
}

#[test]
#[should_panic(expected = "Unevaluated properties")]
fn a_field_that_the_schema_does_not_have_is_noticed() {
    events_schema::check(r#"{"type":"start","schema":1,"command":"plan","colour":"red"}"#);
}

#[test]
#[should_panic(expected = "the schema has no event `news`")]
fn a_type_that_the_schema_does_not_have_is_noticed() {
    events_schema::check(
        "{\"type\":\"start\",\"schema\":1,\"command\":\"plan\"}\n{\"type\":\"news\"}",
    );
}
