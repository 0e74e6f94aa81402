//! What one change of a field costs, as tables have it: which calls, in which order, or replacement.
//!
//! Each row changes one field of a kind's first example and lowers that, as the planner would:
//!
//! ```text
//! service.taskDefinition → ecs:UpdateService + wait for the deployment
//! service.launchType → replaced
//! ```

use serde_json::{Value as Json, json};

use crate::diff::{Policy, diff};
use crate::kind::{AnyKind, Depth, ErasedChange, Kind, LiveRow, Marks, Outputs, PlannedCall};
use crate::kinds::ALL;
use crate::value::Address;

/// What a change of each of these fields leads to, a line each; the values are the new ones.
pub(crate) fn effects<K: Kind>(changes: &[(&str, Json)]) -> String {
    let kind = *ALL.iter().find(|kind| kind.name() == K::NAME).expect("the kind is registered");
    let first = json!(K::examples().first().expect("the kind has examples"));
    let line = |(pointer, value): &(&str, Json)| {
        let field = pointer.trim_start_matches('/').replace('/', ".");
        format!("{}.{field} → {}", K::NAME, effect(kind, &first, pointer, value))
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn effect(kind: &dyn AnyKind, first: &Json, pointer: &str, value: &Json) -> String {
    let mut spec = first.clone();
    *spec.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.clone();
    let fields = diff(&kind.tree(first), &kind.tree(&spec));
    assert!(!fields.is_empty(), "{pointer} is {value} already");
    if fields.iter().any(|change| kind.policy(&change.path) == Some(Policy::Replaces)) {
        return "replaced".to_owned();
    }
    let address = Address::new(kind.name(), "x");
    let live = live(kind, first);
    let change =
        ErasedChange::Update { address: &address, spec: &spec, live: &live, fields: &fields };
    let calls: Vec<String> = kind.lower(&change).iter().map(short).collect();
    if calls.is_empty() { "nothing".to_owned() } else { calls.join(" + ") }
}

fn live(kind: &dyn AnyKind, spec: &Json) -> LiveRow {
    let outputs = ["arn", "id", "name"].map(|name| (name.to_owned(), format!("its {name}")));
    LiveRow {
        kind: kind.name(),
        key: kind.key(spec),
        spec: spec.clone(),
        outputs: Outputs::from(outputs),
        marks: Marks::default(),
        depth: Depth::Full,
    }
}

/// The operation without what it is applied to, and whether it forces a deployment.
fn short(call: &PlannedCall) -> String {
    if call.is_wait() {
        let is_rollout = call.line.contains("deployment");
        return if is_rollout { "wait for the deployment" } else { "wait" }.to_owned();
    }
    let operation = call.line.split(' ').next().unwrap_or_default();
    let is_forced = call.json.to_string().contains(r#""force_new_deployment":true"#);
    if is_forced { format!("{operation} (forceNewDeployment)") } else { operation.to_owned() }
}
