//! What can be said of a rollout, each in a few words: the pieces that blocks and lines are made of.

use super::layout::clean;
use crate::rollout::{Progress, Tasks, Weights};
use crate::runtime::Pause;

/// Statuses and states in which a rollout has not gone well.
const UNWELL: &[&str] = &["ROLLBACK", "FAILED", "STOP"];

/// `in progress` for `IN_PROGRESS`.
pub(super) fn status(progress: &Progress) -> String {
    words(&progress.status)
}

/// New tasks, then old ones.
pub(super) fn tasks(progress: &Progress) -> Vec<String> {
    let old = progress.old.iter().map(|old| counts("old", old));
    std::iter::once(counts("new", &progress.new)).chain(old).collect()
}

/// How many of the new tasks run.
pub(super) fn ratio(tasks: &Tasks) -> String {
    format!("{}/{} running", tasks.running, tasks.desired)
}

/// Lifecycle stage, weights, circuit breaker, targets: where they exist.
pub(super) fn course(progress: &Progress) -> Vec<String> {
    let stage = progress.stage.as_deref().map(words);
    let weights = progress.weights.map(weights);
    let breaker = progress
        .breaker
        .map(|breaker| format!("circuit breaker {} of {}", breaker.failures, breaker.threshold));
    let targets = progress
        .targets
        .map(|targets| format!("{} of {} targets healthy", targets.healthy, targets.total));
    [stage, weights, breaker, targets].into_iter().flatten().collect()
}

/// What it waits for, until when, and how to go on. `label` is the service's address.
pub(super) fn pause(label: &str, progress: &Progress) -> Vec<String> {
    let Some(Pause { hook, expires_at, on_timeout }) = &progress.pause else { return vec![] };
    let name = label.rsplit('/').next().unwrap_or(label);
    let then = match on_timeout.as_deref() {
        Some("ROLLBACK") => ", then it rolls back".to_owned(),
        Some("CONTINUE") => ", then it goes on".to_owned(),
        Some(other) => format!(", then {}", words(other)),
        None => String::new(),
    };
    let until = expires_at.map(|at| format!("until {}{then}", at.strftime("%F %H:%M UTC")));
    let waits = format!("paused by hook {}", clean(hook));
    let resume = format!("resume with `ecsctl resume {name}`");
    std::iter::once(waits).chain(until).chain([resume]).collect()
}

/// The newest event, without the names of service and deployment, which are known.
pub(super) fn event(progress: &Progress) -> Option<String> {
    let message = clean(&progress.event.as_ref()?.message);
    let service = format!("(service {}) ", progress.service);
    let message = message.strip_prefix(&service).unwrap_or(&message);
    let own = message.strip_prefix("(deployment ").and_then(|rest| rest.split_once(") "));
    Some(own.map_or(message, |(_, message)| message).to_owned())
}

/// What is wrong, in a sentence.
pub(super) fn trouble(progress: &Progress) -> Option<String> {
    progress.trouble.as_ref().map(|trouble| clean(&trouble.cause))
}

/// What may help, in a sentence.
pub(super) fn remedy(progress: &Progress) -> Option<String> {
    progress.trouble.as_ref()?.remedies.first().map(|remedy| clean(remedy))
}

/// Whether somebody should look at it.
pub(super) fn is_unwell(progress: &Progress) -> bool {
    let is_ending_badly = UNWELL.iter().any(|word| progress.status.contains(word));
    let has_failed = progress.breaker.is_some_and(|breaker| breaker.failures > 0);
    progress.trouble.is_some() || progress.new.failed > 0 || has_failed || is_ending_badly
}

fn counts(which: &str, tasks: &Tasks) -> String {
    let Tasks { pending, failed, .. } = tasks;
    format!("{which} {}, {pending} pending, {failed} failed", ratio(tasks))
}

fn weights(Weights { production, test }: Weights) -> String {
    let test = test.map(|test| format!(", {test}% test")).unwrap_or_default();
    format!("traffic to new {production}% production{test}")
}

fn words(constant: &str) -> String {
    clean(constant).replace('_', " ").to_lowercase()
}
