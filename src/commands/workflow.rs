//! What commands tell GitHub Actions, where they run there.

use camino::Utf8PathBuf;

use super::exit::Failure;
use super::run::hint_of;
use crate::execute::Outcome;
use crate::kind::Scope;
use crate::manifest::source::Sources;
use crate::plan::Plan;
use crate::report::github::{Workflow, annotations};
use crate::report::markdown::outcome;
use crate::report::terminal::Terminal;

/// The job of GitHub Actions that the program runs in, if it does.
#[expect(clippy::disallowed_methods, reason = "here the environment becomes a value")]
pub(super) fn of_environment() -> Option<Workflow> {
    let path = |name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty());
        value.map(Utf8PathBuf::from)
    };
    let runs_there = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
    runs_there.then(|| Workflow {
        workspace: path("GITHUB_WORKSPACE"),
        directory: std::env::current_dir()
            .ok()
            .and_then(|it| it.try_into().ok())
            .unwrap_or_default(),
        summary: path("GITHUB_STEP_SUMMARY"),
    })
}

/// An annotation for a failure that no problem of the manifests is.
pub(super) fn annotate_failure(failure: &Failure, terminal: &Terminal, command: Option<&str>) {
    let Some(workflow) = terminal.workflow() else { return };
    if let Some(problems) = &failure.problems {
        return terminal.annotate(&problems.annotations);
    }
    let title = command.map_or("ecsctl".to_owned(), |command| format!("ecsctl {command}"));
    let mask = |text: &String| terminal.masked(text).into_owned();
    let (message, hint) = (mask(&failure.message), failure.hint.as_ref().map(mask));
    terminal.annotate(&annotations::error(&title, &message, hint.as_deref(), None, workflow));
}

/// How a run ended: an annotation for each action that failed, and the summary of the step.
pub(super) fn report_run(
    scope: &Scope,
    plan: &Plan,
    outcomes: &[Outcome],
    sources: &Sources,
    terminal: &Terminal,
) {
    let Some(workflow) = terminal.workflow() else { return };
    let mask = |text: &str| terminal.masked(text).into_owned();
    for (action, outcome) in plan.actions.iter().zip(outcomes) {
        if let Outcome::Failed { error, .. } = outcome {
            let (title, message) = (action.address.to_string(), mask(&error.to_string()));
            let hint = hint_of(error).as_deref().map(mask);
            let at = action.manifest.origin.as_ref().map(|span| (span, sources));
            let line = annotations::error(&title, &message, hint.as_deref(), at, workflow);
            terminal.annotate(&line);
        }
    }
    summarize(&outcome::summary(scope, plan, outcomes, &mask), terminal);
}

/// Appends to the summary of the step. That it cannot be written is no reason to fail.
pub(super) fn summarize(text: &str, terminal: &Terminal) {
    let Some(workflow) = terminal.workflow() else { return };
    match workflow.summarize(text) {
        Ok(true) => {}
        Ok(false) => terminal.narrate("The summary of this step is full: nothing was added.\n"),
        Err(error) => terminal.narrate(&format!("Cannot write the step's summary: {error}\n")),
    }
}
