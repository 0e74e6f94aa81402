//! What services and containers say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A service event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: String,
    pub at: Timestamp,
    /// `(service shop-prod-web) has reached a steady state.`
    pub message: String,
}

/// Where the output of a container goes: with the `awslogs` driver, each task has a stream
/// `<prefix>/<container>/<task id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogSource {
    pub container: String,
    /// Name of the log group.
    pub group: String,
    pub prefix: String,
}

/// How a container of a task definition logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerLog {
    pub container: String,
    /// Such as `awslogs`; none where the container does not say.
    pub driver: Option<String>,
    /// Where its lines can be read, which is so with the `awslogs` driver and a stream prefix.
    pub source: Option<LogSource>,
}

impl LogSource {
    /// The stream of a task, by its id.
    pub fn stream(&self, task: &str) -> String {
        format!("{}/{}/{task}", self.prefix, self.container)
    }
}

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// `CloudWatch`'s id of the line, by which lines that are read twice are told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub at: Timestamp,
    pub stream: String,
    pub message: String,
}

impl LogLine {
    /// The container in the stream's name.
    pub fn container(&self) -> &str {
        self.stream.rsplit('/').nth(1).unwrap_or_default()
    }

    /// The id of the task in the stream's name.
    pub fn task(&self) -> &str {
        super::short(&self.stream)
    }
}
