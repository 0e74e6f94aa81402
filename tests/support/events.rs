//! Plans as their JSON events tell them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::ecsctl::Run;

/// The events of one run with `--output json`.
pub struct Events(Vec<Json>);

impl Events {
    pub fn of(run: &Run) -> Self {
        let parse = |line: &str| serde_json::from_str(line).unwrap();
        Self(run.stdout.lines().map(parse).collect())
    }

    /// What the plan would do: `create cluster/main`, and a line per field where something differs:
    /// `update service/web desiredCount`.
    pub fn changes(&self) -> BTreeSet<String> {
        self.all("action").flat_map(changes_of).collect()
    }

    /// The calls of all actions, in order.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.all("action").flat_map(|action| action["calls"].as_array().unwrap());
        calls.map(|call| call.as_str().unwrap().to_owned()).collect()
    }

    /// The addresses of what is owned and in no manifest.
    pub fn orphans(&self) -> BTreeSet<String> {
        self.all("orphan").map(|orphan| text(orphan, "address")).collect()
    }

    /// What is said beside the changes, each with its address.
    pub fn advice(&self) -> BTreeSet<String> {
        let said = |advice| format!("{} {}", text(advice, "address"), text(advice, "text"));
        self.all("advice").map(said).collect()
    }

    /// A number in the event that a run starts with.
    pub fn start(&self, field: &str) -> u64 {
        let start = self.all("start").next().expect("a run starts with an event");
        start[field].as_u64().unwrap()
    }

    /// Every event, as it was written.
    pub fn as_json(&self) -> &[Json] {
        &self.0
    }

    fn all(&self, kind: &str) -> impl Iterator<Item = &Json> {
        self.0.iter().filter(move |event| event["type"] == kind)
    }
}

fn changes_of(action: &Json) -> Vec<String> {
    let what = format!("{} {}", text(action, "verb"), text(action, "address"));
    let changes = action["changes"].as_array().unwrap();
    if changes.is_empty() {
        return vec![what];
    }
    changes.iter().map(|change| format!("{what} {}", text(change, "path"))).collect()
}

fn text(event: &Json, field: &str) -> String {
    event[field].as_str().unwrap().to_owned()
}
