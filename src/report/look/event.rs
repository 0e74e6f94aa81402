//! What programs read with `--output json`: one object a line, whose `type` says which.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{Past, ServiceStatus, StoppedTask, TaskView, Told};

/// One thing that was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Event {
    ServiceStatus(Box<ServiceStatus>),
    ServiceEvent(Told),
    Deployment(Past),
    Task(TaskView),
    TaskStopped(StoppedTask),
    Unread(Unread),
}

/// Something could not be read. What else is told is right, and says less for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// What failed, and why.
    pub message: String,
}

impl Event {
    pub fn json(&self) -> Json {
        serde_json::to_value(self).expect("events have string keys only")
    }
}
