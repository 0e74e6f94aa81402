//! What holds for every application that was generated, whatever was there before.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value as Json};

use super::account::{Account, contents, described};
use super::application::Application;
use super::generate::applications;
use super::mutate::mutations;
use crate::kind::Scope;
use crate::manifest::source::Sources;
use crate::model::stack::Stack;
use crate::plan::file::fingerprints;
use crate::plan::{Options, Planned, Situation, plan};
use crate::report;
use crate::session::settle;

/// Runs `check` for so many generated values, always the same ones; `PROPTEST_CASES` asks for more.
#[expect(clippy::disallowed_methods, reason = "as proptest itself reads it")]
pub(super) fn for_all<T: std::fmt::Debug>(
    cases: u32,
    values: impl Strategy<Value = T>,
    check: impl AsyncFn(T),
) {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        max_shrink_iters: 100,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let ended = TestRunner::new(config).run(&values, |value| {
        runtime.block_on(check(value));
        Ok(())
    });
    if let Err(failure) = ended {
        panic!("{failure}");
    }
}

#[test]
fn what_was_applied_needs_nothing_more() {
    for_all(12, applications(), async |application| {
        let stack = application.valid();
        let mut account = Account::of(&stack).await;
        let plan = account.plan(&stack).await;
        assert_eq!(described(&plan), [""; 0]);
        assert_eq!(plan.orphans, []);
    });
}

#[test]
fn what_was_there_before_leaves_no_trace() {
    let changes = (applications(), applications(), mutations());
    for_all(24, changes, async |(before, other, mutations)| {
        let after = before.mutated(&mutations, &other);
        assert_eq!(transition(&before, &after).await.mistakes, [""; 0]);
        assert_eq!(transition(&before, &other).await.mistakes, [""; 0]);
    });
}

/// What applying one application after another does.
pub(super) struct Transition {
    /// The lines of the plan.
    pub(super) plan: Vec<String>,
    /// What is left to do afterwards, and what differs from the other one in an empty account.
    pub(super) mistakes: Vec<String>,
}

pub(super) async fn transition(before: &Application, after: &Application) -> Transition {
    let stack = after.valid();
    let mut account = Account::of(&before.valid()).await;
    let plan = account.apply(&stack).await;
    let left = account.survey(&stack).await;
    let fresh = Account::of(&stack).await.survey(&stack).await;
    let mut mistakes = described(&left.plan);
    for line in &mut mistakes {
        line.insert_str(0, "left to do: ");
    }
    mistakes.extend(left.plan.orphans.iter().map(|orphan| format!("left behind: {orphan:?}")));
    let scope = Scope::of(&stack);
    differences("", &contents(&left, &scope), &contents(&fresh, &scope), &mut mistakes);
    Transition { plan: described(&plan), mistakes }
}

fn differences(path: &str, found: &Json, wanted: &Json, lines: &mut Vec<String>) {
    if found == wanted {
        return;
    }
    let (Json::Object(found), Json::Object(wanted)) = (found, wanted) else {
        lines.push(format!("!{path} is {found}, not {wanted}"));
        return;
    };
    let keys: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    for key in keys {
        let side = |fields: &Map<String, Json>| fields.get(key).cloned().unwrap_or_default();
        differences(&format!("{path} {key}"), &side(found), &side(wanted), lines);
    }
}

#[test]
fn destroy_leaves_nothing() {
    let changes = (applications(), applications(), mutations());
    for_all(8, changes, async |(before, other, mutations)| {
        let after = before.mutated(&mutations, &other).valid();
        let mut account = Account::of(&before.valid()).await;
        account.apply(&after).await;
        account.destroy(&after).await;
        let rows = account.survey(&after).await.observed.rows;
        let left: Vec<_> = rows.iter().map(|row| (row.kind, &row.key)).collect();
        assert_eq!(left, []);
    });
}

#[test]
fn order_means_nothing() {
    let orders = any::<u64>();
    let changes = (applications(), applications(), mutations(), orders);
    for_all(8, changes, async |(before, other, mutations, order)| {
        let after = before.mutated(&mutations, &other);
        let (stack, mut account) = (after.valid(), Account::of(&before.valid()).await);
        let documents = shuffled(after.documents.clone(), order);
        let other = Application { documents }.valid();
        let (first, second) =
            (planned(&mut account, &stack, 0).await, planned(&mut account, &other, order).await);
        assert_eq!(first, second);
    });
}

/// The plan as it is shown and as it is saved, from rows in a certain order.
async fn planned(account: &mut Account, stack: &Stack, order: u64) -> (String, String) {
    let survey = account.survey(stack).await;
    let live = shuffled(survey.observed.rows, order);
    let mut desired = shuffled(account.desired(stack).await, order);
    settle(crate::kinds::ALL, &mut desired, &live);
    let scope = Scope::of(stack);
    let situation =
        Situation { kinds: crate::kinds::ALL, scope: &scope, desired: &desired, live: &live };
    let options = Options { prune: true, ..Options::default() };
    let Ok(Planned::Plan(plan)) = plan(&situation, &options) else { panic!("a plan") };
    (shown(&plan), format!("{:?}", fingerprints(&plan)))
}

/// The lines of a plan, without the lines of the manifests, which are elsewhere when documents move.
fn shown(plan: &crate::plan::Plan) -> String {
    let mut plan = plan.clone();
    for action in &mut plan.actions {
        action.manifest.origin = None;
    }
    report::plan::body(&plan, &Sources::default(), Some(&report::plan::Details::new()))
}

/// The same items in an order that depends on the seed; 0 leaves them as they are.
fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let other = usize::try_from(state >> 33).expect("31 bits") % (last + 1);
        if seed != 0 {
            items.swap(last, other);
        }
    }
    items
}
