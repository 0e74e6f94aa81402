//! What runs in a mock account: services with their deployments and tasks, and what they write.

mod course;
mod history;
pub(super) mod setting;
pub(super) mod tasks;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::script::ScriptedRollout;
use super::runs::Run;
use crate::runtime::{Alarm, LogLine, ScalingActivity, Task, short};

pub(super) use course::Ended;
pub(super) use history::RunningService;
pub(super) use setting::Setting;
pub(super) use tasks::stop;

/// Log lines that are kept of a group.
const LINES: usize = 10_000;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Running {
    /// By the key of their row: the cluster's ARN and the name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) services: BTreeMap<String, RunningService>,
    /// Newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tasks: Vec<Task>,
    /// By log group, oldest first.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) logs: BTreeMap<String, Vec<LogLine>>,
    /// What becomes of the tasks that were run by themselves and have not stopped, by ARN.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) runs: BTreeMap<String, Run>,
    /// Those that are not as they should be, or changed at a certain time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) alarms: Vec<Alarm>,
    /// The last change that scaling made, by scalable target.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) scaling: BTreeMap<String, ScalingActivity>,
}

impl Running {
    pub(super) fn is_empty(&self) -> bool {
        self.services.is_empty()
            && self.tasks.is_empty()
            && self.logs.is_empty()
            && self.alarms.is_empty()
            && self.scaling.is_empty()
    }

    /// Begins a deployment; returns its id.
    pub(super) fn deploy(&mut self, setting: &Setting, script: ScriptedRollout) -> String {
        let service = self.services.entry(setting.key.clone()).or_default();
        service.kind.clone_from(&setting.kind);
        service.deploy(setting, script)
    }

    /// Lets time pass for a service; says how its deployment ended, if it did.
    pub(super) fn pass(&mut self, setting: &Setting, time: Duration) -> Option<Ended> {
        let mut service = self.services.remove(&setting.key)?;
        let ended = service.advance(setting, time, self);
        self.services.insert(setting.key.clone(), service);
        ended
    }

    /// What is there already, as if it had been deployed some time ago.
    pub(super) fn stand(&mut self, setting: &Setting) {
        if !self.services.contains_key(&setting.key) {
            let mut service = RunningService::default();
            service.kind.clone_from(&setting.kind);
            service.stand(setting, self);
            self.services.insert(setting.key.clone(), service);
        }
    }

    /// Starts or stops tasks until there are as many as are wanted.
    pub(super) fn scale(&mut self, setting: &Setting) {
        if let Some(mut service) = self.services.remove(&setting.key) {
            service.scale(setting, self);
            self.services.insert(setting.key.clone(), service);
        }
    }

    /// The service is deleted, and its tasks stop.
    pub(super) fn remove(&mut self, key: &str, now: Timestamp) {
        if self.services.remove(key).is_some() {
            let group = format!("service:{}", short(key));
            self.stop_tasks(&group, |_| true, "Service was deleted", now);
        }
    }

    /// The key of a service by its name, and by its cluster's ARN or name.
    pub(super) fn key_of(&self, cluster: &str, name: &str) -> Option<&String> {
        let is_it = |key: &&String| {
            key.rsplit_once('/').is_some_and(|(of, found)| {
                found == name && (cluster.is_empty() || short(of) == short(cluster))
            })
        };
        self.services.keys().find(is_it)
    }

    pub(super) fn write_log(&mut self, group: &str, line: LogLine) {
        let lines = self.logs.entry(group.to_owned()).or_default();
        lines.push(line);
        let surplus = lines.len().saturating_sub(LINES);
        lines.drain(..surplus);
    }
}
