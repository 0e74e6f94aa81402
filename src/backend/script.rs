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
    /// How the next tasks that are run by themselves end, by the family of their task definition.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) runs: BTreeMap<String, VecDeque<ScriptedRun>>,
    /// What the tasks of a service write while somebody follows their logs, by the service's physical
    /// name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) logs: BTreeMap<String, Vec<ScriptedLine>>,
    /// Calls that fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<Fault>,
}

/// A line that a container writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedLine {
    /// Virtual seconds after somebody began to follow.
    #[serde(default)]
    pub(super) at: u64,
    /// When it can be read, if that is later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) arrives: Option<u64>,
    /// The first one that can be read, if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) container: Option<String>,
    /// Which of the running tasks, counted from 0.
    #[serde(default)]
    pub(super) task: usize,
    pub(super) message: String,
}

/// One deployment's course and end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedRollout {
    pub(super) outcome: RolloutOutcome,
    /// In ECS's words.
    #[serde(default)]
    pub(super) reason: String,
    /// Virtual seconds until it ends.
    #[serde(default = "typical_seconds")]
    pub(super) seconds: u64,
    /// Tasks that stop on the way, evenly spread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stopped_tasks: Option<StoppedTasks>,
    /// What the service tells, beside what it always does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<ScriptedEvent>,
    /// How the targets in its target groups are until it succeeds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) targets: Vec<ScriptedTarget>,
    /// Of a deployment that shifts requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stages: Vec<ScriptedStage>,
    /// A hook that waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pause: Option<ScriptedPause>,
    /// Alarms that go off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) alarms: Vec<String>,
    /// What each task writes, on all its containers or those that stopped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) logs: Vec<String>,
    /// Milliseconds of the world's time for each look, for those who want to watch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pace: Option<u64>,
}

impl ScriptedRollout {
    pub(super) fn success() -> Self {
        Self { seconds: typical_seconds(), ..Self::default() }
    }
}

pub(super) const fn typical_seconds() -> u64 {
    90
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum RolloutOutcome {
    #[default]
    Succeeds,
    /// The new tasks do not start, and ECS goes on trying with them.
    Fails,
    /// ECS gives up and goes back to the revision before.
    RollsBack,
    /// ECS gives up, and the revision before does not start either.
    RollbackFails,
    /// A person stops it.
    Stopped,
    /// Somebody else deploys.
    Superseded,
    /// Nothing is decided before ecsctl's deadline.
    NeverEnds,
}

/// Tasks of a deployment that stop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StoppedTasks {
    pub(super) count: u32,
    pub(super) stop_code: String,
    /// In ECS's words.
    pub(super) stopped_reason: String,
    /// By name; others of the task stop with 0.
    #[serde(default)]
    pub(super) containers: BTreeMap<String, StoppedContainer>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StoppedContainer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedEvent {
    /// Virtual seconds after the deployment began; of several, in this order.
    #[serde(default)]
    pub(super) at: u64,
    pub(super) message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedTarget {
    pub(super) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedStage {
    /// Virtual seconds after the deployment began.
    pub(super) at: u64,
    /// `TEST_TRAFFIC_SHIFT`
    pub(super) stage: String,
    /// Percent of requests that go to the new revision from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) production_weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) test_weight: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedPause {
    /// Virtual seconds after the deployment began.
    pub(super) at: u64,
    pub(super) hook: String,
    /// Virtual seconds until nobody has decided.
    pub(super) seconds: u64,
    /// What happens then: `CONTINUE` or `ROLLBACK`.
    pub(super) on_timeout: String,
}

/// The course and end of one task that is run by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScriptedRun {
    /// Virtual seconds for which its containers run.
    pub(super) seconds: u64,
    /// Of each essential container.
    pub(super) exit_code: i32,
    /// With `TaskFailedToStart` no container runs.
    pub(super) stop_code: String,
    /// In ECS's words.
    pub(super) stopped_reason: String,
    /// By name; others of the task stop as `exitCode` says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) containers: BTreeMap<String, StoppedContainer>,
    /// What each container writes, evenly spread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logs: Vec<String>,
    /// Why there is no task at all, such as `RESOURCE:MEMORY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
    /// Milliseconds of the world's time for each look, for those who want to watch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pace: Option<u64>,
}

impl Default for ScriptedRun {
    fn default() -> Self {
        Self {
            seconds: 5,
            exit_code: 0,
            stop_code: "EssentialContainerExited".to_owned(),
            stopped_reason: "Essential container in task exited".to_owned(),
            containers: BTreeMap::new(),
            logs: vec![],
            failure: None,
            pace: None,
        }
    }
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
        scripted.unwrap_or_else(ScriptedRollout::success)
    }

    /// How the next task of `family` ends.
    pub(super) fn next_run(&mut self, family: &str) -> ScriptedRun {
        let scripted = self.runs.get_mut(family).and_then(VecDeque::pop_front);
        self.runs.retain(|_, runs| !runs.is_empty());
        scripted.unwrap_or_default()
    }
}
