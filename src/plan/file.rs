//! A plan that was saved: what it would do, and fingerprints that tell whether it still would.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Plan};
use crate::value::digest_of;

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// A saved plan. It holds no value of a manifest or an account beside what the plan shows: no secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanFile {
    pub format: u32,
    pub app: String,
    pub environment: String,
    pub account: String,
    pub region: String,
    pub prune: bool,
    pub adopt: BTreeSet<String>,
    #[serde(default)]
    pub refresh_instances: bool,
    /// By action: its symbol and address, and a digest of all that it would send.
    pub actions: BTreeMap<String, String>,
}

/// The digest of each action of a plan.
pub fn fingerprints(plan: &Plan) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in &plan.actions {
        // Several at one address: a resource may have left more than one of its kind behind.
        all.entry(label(action)).or_default().push(fingerprint(action));
    }
    all.into_iter().map(|(label, digests)| (label, digests.join(" "))).collect()
}

fn label(action: &Action) -> String {
    format!("{} {}", action.verb.symbol(), action.address)
}

/// What is sent, and what it is sent because of: a field that moved on the other side counts too.
fn fingerprint(action: &Action) -> String {
    let changes: Vec<_> = action
        .changes
        .iter()
        .map(|change| json!([change.path.to_string(), change.before, change.after]))
        .collect();
    let calls: Vec<_> = action.calls.iter().map(|call| json!([call.kind, call.json])).collect();
    digest_of(&json!([changes, calls]))
}

/// The actions in which two sets of fingerprints differ.
pub fn moved(saved: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> BTreeSet<String> {
    let labels = saved.keys().chain(now.keys());
    labels.filter(|label| saved.get(*label) != now.get(*label)).cloned().collect()
}
