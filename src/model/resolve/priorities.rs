//! The order of a listener's rules, where services do not say it.
//!
//! A priority depends on the rule itself, not on how many others there are: a new service moves no rule of another one.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::target::{self, RuleId};
use crate::model::documents::routing::ServiceLoadBalancer;
use crate::model::manifests::Manifests;

/// The priority of each rule.
pub(super) type Priorities = BTreeMap<RuleId, u32>;

const FIRST: u32 = 1000;
/// Rules of the same specificity share a band, in which their hash decides.
const BAND: u32 = 500;
const LONGEST_PATH: u32 = 31;

/// Gives each rule without a priority one that no other rule of its listener has.
pub(super) fn assign(manifests: &Manifests) -> Priorities {
    let rules: Vec<_> = target::rules(manifests).collect();
    let mut taken: BTreeMap<(String, String), BTreeSet<u32>> = BTreeMap::new();
    for rule in &rules {
        taken.entry(rule.listener()).or_default().extend(rule.written.priority);
    }
    let mut priorities = Priorities::new();
    for rule in &rules {
        let taken = taken.entry(rule.listener()).or_default();
        let priority = rule.written.priority.unwrap_or_else(|| free(taken, rule.written, &rule.id));
        taken.insert(priority);
        priorities.insert(rule.id.clone(), priority);
    }
    priorities
}

fn free(taken: &BTreeSet<u32>, rule: &ServiceLoadBalancer, id: &RuleId) -> u32 {
    let start = FIRST + band(rule) * BAND;
    let offset = hash(&format!("{} {:?} {:?}", id.service, rule.hosts, rule.paths)) % BAND;
    let in_band = (0..BAND).map(|step| start + (offset + step) % BAND);
    // AWS allows 100 rules to a listener: a band never fills up.
    in_band.into_iter().find(|priority| !taken.contains(priority)).unwrap_or(start)
}

/// Exact hosts before patterns before any host, and for each the longest path first.
fn band(rule: &ServiceLoadBalancer) -> u32 {
    let is_pattern = |text: &str| text.contains(['*', '?']);
    let host = match rule.hosts.iter().any(|host| is_pattern(host)) {
        _ if rule.hosts.is_empty() => 2,
        true => 1,
        false => 0,
    };
    let literal = |path: &String| path.split(['*', '?']).next().unwrap_or_default().len();
    // A rule is as unspecific as its shortest path.
    let length = rule.paths.iter().map(literal).min().unwrap_or(0);
    let length = u32::try_from(length).unwrap_or(LONGEST_PATH).min(LONGEST_PATH);
    host * (LONGEST_PATH + 1) + (LONGEST_PATH - length)
}

fn hash(text: &str) -> u32 {
    let digest = Sha256::digest(text);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}
