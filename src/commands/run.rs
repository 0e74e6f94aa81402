//! What apply and destroy share: running a plan, showing how it goes, and saying how it ended.

use std::collections::BTreeSet;
use std::sync::Arc;

use owo_colors::OwoColorize as _;
use tokio::sync::watch;

use super::exit::{Exit, Failure};
use super::interrupts;
use super::workflow;
use crate::aws::ErrorKind;
use crate::execute::{Outcome, execute};
use crate::kind::CallError;
use crate::manifest::source::Sources;
use crate::plan::{Action, Plan};
use crate::report::events::failure::RolloutFailed;
use crate::report::events::{Event, run};
use crate::report::failure;
use crate::report::progress::Progress;
use crate::report::rolling::Rolling;
use crate::report::terminal::Terminal;
use crate::report::words::plural;
use crate::rollout::End;
use crate::session::Ground;

/// What must be known before data is lost.
pub(super) fn data_that_would_be_lost(plan: &Plan) -> BTreeSet<String> {
    let losing = plan.actions.iter().filter(|action| action.loses_data);
    losing.map(|action| action.address.to_string()).collect()
}

/// Asks for a word to be typed. Fails when another one is.
pub(super) async fn ask_for(word: &str, question: String) -> Result<(), Failure> {
    let ask = || dialoguer::Input::new().with_prompt(question).allow_empty(true).interact_text();
    let answer: String = answer(ask).await?;
    if answer == word { Ok(()) } else { Err(cancelled()) }
}

/// Asks for an application's name.
pub(super) async fn ask_name(suggested: String) -> Result<String, Failure> {
    let question = || dialoguer::Input::new().with_prompt("Name of the application");
    answer(move || question().default(suggested).interact_text()).await
}

/// Asks for a yes.
pub(super) async fn ask(question: &'static str) -> Result<(), Failure> {
    let ask = move || dialoguer::Confirm::new().with_prompt(question).default(false).interact();
    if answer(ask).await? { Ok(()) } else { Err(cancelled()) }
}

/// Waits for an answer on a thread of its own: a signal must be able to end the wait.
async fn answer<T: Send + 'static>(
    question: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) | Err(_) => Err(cancelled()),
    }
}

/// Somebody said no before anything was done.
pub(super) fn cancelled() -> Failure {
    Failure::new(Exit::Cancelled, "cancelled: nothing was changed")
}

/// Without a terminal no answer can come.
pub(super) fn needs_approval(is_approved: bool, command: &str) -> Result<(), Failure> {
    if is_approved || Terminal::is_interactive() {
        return Ok(());
    }
    let message =
        format!("`ecsctl {command}` asks before it changes anything, and here nobody can answer");
    Err(Failure::new(Exit::Usage, message).hint("pass --auto-approve"))
}

/// Runs a plan to its end and says how it ended.
pub(super) async fn run(
    ground: Ground,
    plan: Plan,
    sources: &Sources,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    if plan.is_empty() {
        workflow::report_run(&ground.scope, &plan, &[], sources, &terminal);
        return end(&plan, &[], &terminal);
    }
    let (ground, plan) = (Arc::new(ground), Arc::new(plan));
    let progress = Progress::new(plan.clone(), terminal.clone());
    let view = progress.view();
    let keeper = tokio::spawn(view.clone().keep_alive());
    let cancelled = cancelled_by_signal(terminal.clone());
    let rolling = Arc::new(Rolling::default());
    let seen = rolling.clone();
    let listener = move |event| {
        seen.hear(&event);
        progress.show(&event);
    };
    let outcomes = execute(ground.clone(), plan.clone(), cancelled, listener).await;
    keeper.abort();
    view.close();
    ground.backend.finish()?;
    let left = rolling.left(&plan, &outcomes);
    if terminal.is_json() {
        left.iter().try_for_each(|left| terminal.event(&left.event()))?;
    } else {
        for left in left {
            terminal.narrate(&left.line());
        }
    }
    workflow::report_run(&ground.scope, &plan, &outcomes, sources, &terminal);
    end(&plan, &outcomes, &terminal)
}

fn end(plan: &Plan, outcomes: &[Outcome], terminal: &Terminal) -> Result<Exit, Failure> {
    let exit = exit_of(outcomes);
    if terminal.is_json() {
        for (action, failure) in failed_rollouts(plan, outcomes) {
            let failed = RolloutFailed::of(&action.address.to_string(), failure);
            terminal.event(&Event::RolloutFailed(Box::new(failed)))?;
        }
        terminal.event(&run::end(outcomes, exit.code()))?;
    } else if !outcomes.is_empty() {
        terminal.result(&summary(plan, outcomes, terminal))?;
    }
    Ok(exit)
}

fn failed_rollouts<'a>(
    plan: &'a Plan,
    outcomes: &'a [Outcome],
) -> impl Iterator<Item = (&'a Action, &'a crate::rollout::Failure)> {
    plan.actions.iter().zip(outcomes).filter_map(|(action, outcome)| match outcome {
        Outcome::Failed { error: CallError::Rollout(failure), .. } => Some((action, &**failure)),
        Outcome::Done | Outcome::Failed { .. } | Outcome::Skipped { .. } | Outcome::Cancelled => {
            None
        }
    })
}

/// Turns true at the first SIGINT or SIGTERM. The second one ends the program at once.
#[expect(clippy::disallowed_methods, reason = "somebody who asks twice does not want to wait")]
pub(super) fn cancelled_by_signal(terminal: Terminal) -> watch::Receiver<bool> {
    let (cancel, cancelled) = watch::channel(false);
    tokio::spawn(async move {
        interrupts::first().await;
        terminal.narrate(
            "Stopping: calls under way are finished, none is begun. Once more to end at once.\n",
        );
        cancel.send_replace(true);
        interrupts::second().await;
        Terminal::show_cursor();
        std::process::exit(i32::from(Exit::Cancelled.code()));
    });
    cancelled
}

fn exit_of(outcomes: &[Outcome]) -> Exit {
    let errors = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Failed { error, .. } => Some(exit_of_error(error)),
        Outcome::Cancelled => Some(Exit::Cancelled),
        Outcome::Done | Outcome::Skipped { .. } => None,
    });
    worst(errors)
}

/// The one that says most: what a person must look at before anything else.
pub(super) fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    let weight = |exit: &Exit| match exit {
        Exit::Credentials => 5,
        Exit::Rollout => 4,
        Exit::TimedOut => 3,
        Exit::Cancelled => 1,
        Exit::Done => 0,
        _ => 2,
    };
    exits.max_by_key(weight).unwrap_or(Exit::Done)
}

pub(super) fn exit_of_error(error: &CallError) -> Exit {
    match error {
        CallError::Aws(error) => match error.kind {
            ErrorKind::Timeout => Exit::TimedOut,
            ErrorKind::Credentials | ErrorKind::Unreachable => Exit::Credentials,
            _ => Exit::Error,
        },
        CallError::Rollout(failure) if failure.end == End::TimedOut => Exit::TimedOut,
        CallError::Rollout(_) => Exit::Rollout,
        CallError::Cancelled | CallError::Abandoned => Exit::Cancelled,
        CallError::Refused { .. } | CallError::Defect(_) => Exit::Error,
    }
}

fn summary(plan: &Plan, outcomes: &[Outcome], terminal: &Terminal) -> String {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    let done = count(|outcome| matches!(outcome, Outcome::Done));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let not_tried = outcomes.len() - done - failed;
    let mut text = String::new();
    for (action, outcome) in plan.actions.iter().zip(outcomes) {
        text.push_str(&line(plan, action, outcome, terminal));
    }
    let done = plural(done, "resource");
    if failed + not_tried == 0 {
        return format!("\n{} {done}.\n", "Done:".green().bold());
    }
    let counts = format!("{done} done, {failed} failed, {not_tried} not tried.");
    let again = "Run the same command again to go on from here.";
    format!("\n{text}{} {counts} {again}\n", "Not done:".red().bold())
}

/// What to do about an error.
pub(super) fn hint_of(error: &CallError) -> Option<String> {
    match error {
        CallError::Aws(error) => error.hint(),
        CallError::Refused { .. }
        | CallError::Rollout(_)
        | CallError::Cancelled
        | CallError::Abandoned
        | CallError::Defect(_) => None,
    }
}

/// What became of an action that was not done.
fn line(plan: &Plan, action: &Action, outcome: &Outcome, terminal: &Terminal) -> String {
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Failed { error: CallError::Rollout(failure), .. } => {
            failure::text(failure, &action.address, &|text| terminal.masked(text).into_owned())
        }
        Outcome::Failed { call, error } => {
            let line = action.calls.get(*call).map(|call| call.line.as_str()).unwrap_or_default();
            let hint =
                hint_of(error).map(|hint| format!("      hint: {hint}\n")).unwrap_or_default();
            format!("  {} {}  at {line}\n      {error}\n{hint}", "failed".red(), action.address)
        }
        Outcome::Skipped { because } => {
            let because = &plan.actions[*because].address;
            format!("  not tried {}: it needs {because}\n", action.address)
        }
        Outcome::Cancelled => format!("  not tried {}: cancelled\n", action.address),
    }
}
