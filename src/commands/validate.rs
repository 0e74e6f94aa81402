//! `ecsctl validate`

use serde_json::json;

use super::exit::{Exit, Failure};
use super::open;
use crate::cli::Global;
use crate::manifest::problem::{Problem, Severity};
use crate::manifest::source::Sources;
use crate::report::diagnostics;
use crate::report::events;

/// Check the manifests without an account: every mistake at once, each with its place and its cure
#[derive(Debug, clap::Args)]
pub struct Args {}

pub(super) fn run(global: &Global, _args: &Args) -> Result<Exit, Failure> {
    let (sources, problems, environment) = match open::read(global) {
        Ok(opened) => (opened.sources, opened.warnings, Some(opened.stack.environment)),
        Err((sources, problems)) => (sources, problems, None),
    };
    if global.terminal().is_json() {
        write_events(global, &problems, &sources)?;
    } else if let Some(environment) = &environment {
        let drawn = open::drawn(&problems, &sources, global.terminal());
        global.terminal().narrate(&drawn);
        let line = format!("{} is valid for the environment {environment}.\n", global.manifests);
        global.terminal().result(&line)?;
    } else {
        global.terminal().narrate(&open::drawn(&problems, &sources, global.terminal()));
    }
    let asks = problems.iter().any(|problem| problem.code == "environment-required");
    match environment {
        Some(_) => Ok(Exit::Done),
        None if asks => Err(Failure::told(Exit::Usage)),
        None => Err(Failure::told(Exit::Error)),
    }
}

fn write_events(global: &Global, problems: &[Problem], sources: &Sources) -> Result<(), Failure> {
    let terminal = global.terminal();
    terminal.event(&json!({"type": "start", "schema": events::SCHEMA, "command": "validate"}))?;
    for problem in problems {
        let mut event = diagnostics::to_json(problem, sources);
        event["type"] = json!("problem");
        terminal.event(&event)?;
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    terminal
        .event(&json!({"type": "end", "errors": errors, "warnings": problems.len() - errors}))?;
    Ok(())
}
