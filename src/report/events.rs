//! Plans and runs as JSON events, one a line.

use serde_json::{Value as Json, json};

use super::plan::Heading;
use crate::execute::{Event, Outcome};
use crate::manifest::source::Sources;
use crate::plan::{Action, Plan};
use crate::rollout::Progress;
use crate::value::Value;

/// The version of the events' form. It changes when a field goes away or changes its meaning.
pub const SCHEMA: u32 = 1;

/// What the first event of a run says of it.
pub fn start(heading: &Heading<'_>) -> Json {
    json!({
        "command": heading.command,
        "app": heading.scope.app,
        "environment": heading.scope.environment,
        "account": heading.facts.account,
        "region": heading.facts.region,
        "observed": heading.observed,
        "calls": heading.calls.map(|calls| calls.values().sum::<u64>()),
        "callsByOperation": heading.calls,
        "byDigest": heading.shallow,
    })
}

/// One event per action, orphan and piece of advice, then a summary.
pub fn plan(plan: &Plan, sources: &Sources) -> Vec<Json> {
    let actions = plan.actions.iter().map(|action| planned(action, sources));
    let orphans = plan.orphans.iter().map(|orphan| {
        let manifest = orphan.manifest.as_ref().map(ToString::to_string);
        json!({"type": "orphan", "address": orphan.address.to_string(), "manifest": manifest, "key": orphan.key})
    });
    let advice = plan.advice.iter().map(|advice| {
        json!({"type": "advice", "address": advice.address.to_string(), "text": advice.text})
    });
    let summary = json!({
        "type": "plan",
        "actions": plan.actions.len(),
        "calls": plan.actions.iter().map(|action| action.calls.len()).sum::<usize>(),
        "orphans": plan.orphans.len(),
        "unchanged": plan.unchanged,
    });
    actions.chain(orphans).chain(advice).chain([summary]).collect()
}

fn planned(action: &Action, sources: &Sources) -> Json {
    let place = action.manifest.origin.as_ref().map(|span| {
        json!({"file": sources.path(span.source).as_str(), "line": sources.start(span).line})
    });
    let changes: Vec<Json> = action
        .changes
        .iter()
        .map(|change| json!({"path": change.path.to_string(), "before": text(change.before.as_ref()), "after": text(change.after.as_ref())}))
        .collect();
    let unmanaged: Vec<Json> = action
        .unmanaged
        .iter()
        .map(|left| json!({"path": left.path.to_string(), "reason": left.reason, "live": text(left.live.as_ref())}))
        .collect();
    json!({
        "type": "action",
        "address": action.address.to_string(),
        "manifest": action.manifest.address.to_string(),
        "place": place,
        "verb": format!("{:?}", action.verb).to_lowercase(),
        "replacement": action.is_replacement,
        "losesData": action.loses_data,
        "changes": changes,
        "unmanaged": unmanaged,
        "calls": action.calls.iter().map(|call| &call.line).collect::<Vec<_>>(),
    })
}

fn text(value: Option<&Value>) -> Option<String> {
    value.map(ToString::to_string)
}

/// One thing that happened while a plan ran.
pub fn happened(event: &Event, plan: &Plan) -> Json {
    let address = |action: &usize| plan.actions[*action].address.to_string();
    match event {
        Event::Started { action } => json!({"type": "started", "address": address(action)}),
        Event::Call { action, call } => {
            let line = &plan.actions[*action].calls[*call].line;
            json!({"type": "call", "address": address(action), "call": line})
        }
        Event::Rollout { action, progress } => rollout(&address(action), progress),
        Event::Done { action } => json!({"type": "done", "address": address(action)}),
        Event::Failed { action, message } => {
            json!({"type": "failed", "address": address(action), "message": message})
        }
        Event::Skipped { action, because } => {
            json!({"type": "skipped", "address": address(action), "because": address(because)})
        }
    }
}

/// A look at a rollout that saw something new.
pub fn rollout(address: &str, progress: &Progress) -> Json {
    json!({"type": "rollout", "address": address, "progress": progress})
}

/// The last event of a run.
pub fn end(outcomes: &[Outcome], exit_code: u8) -> Json {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    json!({
        "type": "end",
        "done": count(|outcome| matches!(outcome, Outcome::Done)),
        "failed": count(|outcome| matches!(outcome, Outcome::Failed { .. })),
        "notTried": count(|outcome| matches!(outcome, Outcome::Skipped { .. } | Outcome::Cancelled)),
        "exitCode": exit_code,
    })
}
