//! The program on a mock account, driven as users and pipelines drive it.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test, helpers' included")]
#![expect(clippy::disallowed_methods, reason = "tests pass on the environment that they need")]

#[path = "support"]
pub mod support {
    pub mod ecsctl;
    pub mod events;
    pub mod events_schema;
    pub mod fake_aws;
    pub mod manifests;
    pub mod screens;
}

mod mock {
    mod arguments;
    mod changes;
    mod events;
    mod exec;
    mod handovers;
    mod instances;
    mod interrupts;
    mod logs;
    mod looking;
    mod machines;
    mod operating;
    mod ownership;
    mod people;
    mod rollouts;
    mod running;
    mod saved_plan;
    mod secrets;
    mod start;
    mod terminal;
    mod verify;
    mod views;
    mod workflow;
}

use std::collections::BTreeSet;

use support::ecsctl::{Ecsctl, Run};
use support::events::Events;
use support::manifests::Manifests;

/// The program on manifests, with a mock account of their own.
struct Application {
    manifests: Manifests,
    ecsctl: Ecsctl,
}

impl Application {
    /// One of the examples.
    fn example(name: &str) -> Self {
        Self::of(Manifests::example(name))
    }

    fn of(manifests: Manifests) -> Self {
        let ecsctl = Ecsctl::new(manifests.path()).env("ECSCTL_MOCK", "account.json");
        Self { manifests, ecsctl }
    }

    /// One document in a file of its own.
    fn written(name: &str, text: &str) -> Self {
        let manifests = Manifests::empty(name);
        manifests.write("app.yaml", text);
        Self::of(manifests)
    }

    fn env(self, name: &str, value: &str) -> Self {
        Self { ecsctl: self.ecsctl.env(name, value), ..self }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.ecsctl.run(arguments)
    }

    fn plan(&self) -> Events {
        Events::of(&done(self.run(&["plan", "--output", "json"])))
    }

    fn apply(&self) {
        done(self.run(&["apply", "--auto-approve"]));
    }

    /// The account, as its file has it.
    fn account(&self) -> String {
        std::fs::read_to_string(self.ecsctl.file("account.json")).unwrap_or_default()
    }

    /// Makes this the account.
    fn write_account(&self, text: &str) {
        std::fs::write(self.ecsctl.file("account.json"), text).unwrap();
    }

    /// How many resources the account has.
    fn size(&self) -> usize {
        let account: serde_json::Value = serde_json::from_str(&self.account()).unwrap();
        let kinds = account["resources"].as_object().unwrap().values();
        kinds.map(|rows| rows.as_object().unwrap().len()).sum()
    }
}

/// A run that did what it should.
fn done(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
    run
}

/// A run that ended with this code.
fn ended(run: Run, code: i32) -> Run {
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    run
}

fn set(lines: &[&str]) -> BTreeSet<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
