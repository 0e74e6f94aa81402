//! How failures, panics and cancellation spread, and how outputs flow.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::*;
use crate::fakes::{Lab, net, port, recipe, row, unit};

/// Outcomes by address, in words.
fn ends(plan: &Plan, outcomes: &[Outcome]) -> String {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Failed { call, error } => format!("failed at {call}: {error}"),
        Outcome::Skipped { because } => format!("skipped for {}", plan.actions[*because].address),
        Outcome::Cancelled => "cancelled".to_owned(),
    };
    let line = |(action, outcome): (&Action, _)| format!("{} {}", action.address, word(outcome));
    plan.actions.iter().zip(outcomes).map(line).collect::<Vec<_>>().join("\n")
}

async fn run(rows: &[crate::kind::DesiredRow]) -> (String, Vec<Event>) {
    let lab = Lab::new();
    let plan = lab.plan(rows).await;
    let events = Arc::new(Mutex::new(vec![]));
    let heard = events.clone();
    let (_cancel, cancelled) = watch::channel(false);
    let listener = move |event| heard.lock().unwrap().push(event);
    let outcomes = lab.run_with(plan.clone(), cancelled, listener).await;
    let events = events.lock().unwrap().clone();
    (ends(&plan, &outcomes), events)
}

#[tokio::test]
async fn outputs_flow_to_those_that_refer_to_them() {
    let (ends, events) = run(&[net("a", "x"), port("p", "a", 1)]).await;
    assert_eq!(ends, "net/a done\nport/p done");
    let wanted = [
        Event::Started { action: 0 },
        Event::Call { action: 0, call: 0 },
        Event::Done { action: 0 },
        Event::Started { action: 1 },
        Event::Call { action: 1, call: 0 },
        Event::Done { action: 1 },
    ];
    assert_eq!(events, wanted);
}

#[tokio::test]
async fn a_panic_fails_its_own_action_and_skips_those_that_need_it() {
    let (ends, events) =
        run(&[net("panics", "x"), port("p", "panics", 1), net("a", "x"), port("q", "a", 1)]).await;
    insta::assert_snapshot!(ends, @r"
    net/a done
    net/panics failed at 0: ecsctl failed inside; this is a defect, please report it
    port/p skipped for net/panics
    port/q done
    ");
    assert!(events.iter().any(|event| matches!(event, Event::Failed { action: 1, .. })));
    assert!(events.contains(&Event::Skipped { action: 2, because: 1 }));
    assert!(!events.contains(&Event::Started { action: 2 }));
}

#[tokio::test]
async fn a_failed_wait_reports_its_position_and_a_chain_names_its_first_failure() {
    let lab = Lab::new();
    let mut last = row::<crate::fakes::Net>(
        "z",
        &crate::fakes::Net {
            name: "z".to_owned(),
            zone: String::new(),
            size: None,
            tags: crate::kind::Tags::new(),
        },
    );
    last.after = vec![crate::value::Address::new("port", "p")];
    let plan = lab.plan(&[net("a", "x"), port("p", "a", 1), last]).await;
    let mut broken = plan.clone();
    let first = broken.actions[0].calls[0].clone();
    // The same create twice: the second is refused.
    broken.actions[0].calls.push(first);
    let outcomes = lab.run(broken).await;
    insta::assert_snapshot!(ends(&plan, &outcomes), @r"
    net/a failed at 1: fake:Create failed: AlreadyExists: net `a` already exists
    port/p skipped for net/a
    net/z skipped for net/a
    ");
}

#[tokio::test]
async fn what_was_cancelled_is_not_begun() {
    let lab = Lab::new();
    let plan = lab.plan(&[recipe("r", "x"), unit("u", "r", None)]).await;
    let (cancel, cancelled) = watch::channel(false);
    let listener = move |event| {
        if event == (Event::Call { action: 0, call: 0 }) {
            cancel.send_replace(true);
        }
    };
    let outcomes = lab.run_with(plan.clone(), cancelled, listener).await;
    assert_eq!(ends(&plan, &outcomes), "recipe/r done\nunit/u cancelled");
    assert_eq!(lab.live().await.len(), 1, "the call under way took effect");
}

#[tokio::test]
async fn between_two_calls_of_an_action_cancellation_is_its_failure() {
    let lab = Lab::new();
    let plan = lab.plan(&[recipe("r", "x"), unit("u", "r", None)]).await;
    let (cancel, cancelled) = watch::channel(false);
    let events = Arc::new(Mutex::new(vec![]));
    let heard = events.clone();
    let listener = move |event: Event| {
        if event == (Event::Call { action: 1, call: 0 }) {
            cancel.send_replace(true);
        }
        heard.lock().unwrap().push(event);
    };
    let outcomes = lab.run_with(plan.clone(), cancelled, listener).await;
    assert_eq!(
        ends(&plan, &outcomes),
        "recipe/r done\nunit/u failed at 1: cancelled before the next call"
    );
    let last = events.lock().unwrap().last().cloned();
    assert!(matches!(last, Some(Event::Failed { action: 1, .. })), "{last:?}");
}
