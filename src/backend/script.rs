//! What a mock account is told to do otherwise than succeed: the `script` of its file.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// Read from the account file; entries are used up as they take effect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Script {
    /// How the next deployments of a service end, by the service's physical name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) rollouts: BTreeMap<String, VecDeque<ScriptedRollout>>,
    /// Calls that fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<Fault>,
}

/// One deployment's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedRollout {
    pub(super) outcome: RolloutOutcome,
    /// In ECS's words.
    #[serde(default)]
    pub(super) reason: String,
    /// Virtual seconds until it ends.
    #[serde(default = "typical_seconds")]
    pub(super) seconds: u64,
}

pub(super) const fn typical_seconds() -> u64 {
    90
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum RolloutOutcome {
    Succeeds,
    /// The new tasks do not start, and ECS goes on trying with them.
    Fails,
    /// ECS gives up and goes back to the revision before.
    RollsBack,
    /// Nothing is decided before ecsctl's deadline.
    NeverEnds,
}

/// Calls that do not end well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    /// Part of the call's line in the plan, such as `ecs:CreateService shop-prod-web`; every call if empty.
    #[serde(default)]
    pub(super) call: String,
    /// So many matching calls go through first.
    #[serde(default)]
    pub(super) skip: u32,
    /// So many calls are struck.
    #[serde(default = "once")]
    pub(super) times: u32,
    pub(super) effect: FaultEffect,
    #[serde(default = "default_code")]
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

const fn once() -> u32 {
    1
}

fn default_code() -> String {
    "ServerException".to_owned()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum FaultEffect {
    /// The call has no effect.
    Error,
    /// The call takes effect, and its reply is lost.
    LostReply,
    /// The call takes effect, and nothing that follows does: as if the process was killed.
    Killed,
}

impl Script {
    /// The fault that strikes the call with this line, if any; it is used up.
    pub(super) fn strike(&mut self, line: &str) -> Option<Fault> {
        let matching = self.faults.iter_mut().filter(|fault| line.contains(&fault.call));
        for fault in matching {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                let struck = fault.clone();
                self.faults.retain(|fault| fault.times > 0);
                return Some(struck);
            }
        }
        None
    }

    /// How the next deployment of `service` ends.
    pub(super) fn next_rollout(&mut self, service: &str) -> ScriptedRollout {
        let scripted = self.rollouts.get_mut(service).and_then(VecDeque::pop_front);
        self.rollouts.retain(|_, rollouts| !rollouts.is_empty());
        scripted.unwrap_or(ScriptedRollout {
            outcome: RolloutOutcome::Succeeds,
            reason: String::new(),
            seconds: typical_seconds(),
        })
    }
}
