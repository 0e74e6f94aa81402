//! How a run ended, for the summary of a job.

use std::fmt::Write as _;

use super::LIMIT;
use super::text::{Mask, code, plain};
use crate::execute::Outcome;
use crate::kind::Scope;
use crate::plan::{Action, Plan};
use crate::report::words::plural;

/// Counts, then what was not done and why. At most [`LIMIT`] bytes.
pub fn summary(scope: &Scope, plan: &Plan, outcomes: &[Outcome], mask: Mask<'_>) -> String {
    let mut text =
        format!("### ecsctl: {} / {}\n\n{}\n", scope.app, scope.environment, counts(outcomes));
    let ended = plan.actions.iter().zip(outcomes);
    let mut undone = ended.filter_map(|(action, outcome)| line(plan, action, outcome, mask));
    for line in undone.by_ref() {
        // Room for the last sentence.
        if text.len() + line.len() + 100 > LIMIT {
            let _ = writeln!(text, "\n**{} more** are left out here.", undone.count() + 1);
            break;
        }
        text.push_str(&line);
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn counts(outcomes: &[Outcome]) -> String {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    let done = count(|outcome| matches!(outcome, Outcome::Done));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
    if outcomes.is_empty() {
        return "**Nothing to change.**\n".to_owned();
    }
    if done == outcomes.len() {
        return format!("**Done:** {}.\n", plural(done, "resource"));
    }
    let not_tried = outcomes.len() - done - failed;
    let done = plural(done, "resource");
    format!("**Not done:** {done} done, {failed} failed, {not_tried} not tried.\n")
}

/// What became of an action that was not done.
fn line(plan: &Plan, action: &Action, outcome: &Outcome, mask: Mask<'_>) -> Option<String> {
    let address = |action: &Action| code(&plain(&action.address.to_string(), mask));
    let what = match outcome {
        Outcome::Done => return None,
        Outcome::Failed { error, .. } => {
            format!("failed: {}", code(&plain(&error.to_string(), mask)))
        }
        Outcome::Skipped { because } => {
            format!("not tried: it needs {}", address(&plan.actions[*because]))
        }
        Outcome::Cancelled => "not tried: cancelled".to_owned(),
    };
    Some(format!("- {} {what}\n", address(action)))
}
