//! The program against `moto_server`: a real account's API, as far as moto has it.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test, helpers' included")]
#![expect(clippy::disallowed_methods, reason = "tests pass on the environment that they need")]

#[path = "support"]
pub mod support {
    pub mod account;
    pub mod ecsctl;
    pub mod events;
    pub mod events_schema;
    pub mod manifests;
    pub mod moto;
    pub mod proxy;
    pub mod registry;
}

mod live {
    mod credentials;
    mod ec2;
    mod edge;
    mod existing;
    mod interrupts;
    mod journey;
    mod logs;
    mod looking;
    mod operating;
    mod ownership;
    mod patched;
    mod rollouts;
    mod running;
    mod saved_plan;
    mod scaling;
    mod shop;
    mod strategies;
    mod verify;
}

use std::collections::BTreeSet;

use support::ecsctl::Run;

/// A run that did what it should.
fn done(run: Run) -> Run {
    ended(run, 0)
}

/// A run that ended with this exit code.
fn ended(run: Run, code: i32) -> Run {
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    run
}

fn set(lines: &[&str]) -> BTreeSet<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
