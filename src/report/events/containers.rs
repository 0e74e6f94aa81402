//! Containers: what they write, and commands in them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::exec::Target;
use crate::logs::Entry;
use crate::runtime::short;

/// A line that a container wrote.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// When it was written, by RFC 3339 in UTC.
    pub at: String,
    /// The service or job, as in the manifests.
    pub service: String,
    /// The container.
    pub container: String,
    /// The id of the task.
    pub task: String,
    /// The log stream.
    pub stream: String,
    /// As it was written, control characters and all.
    pub message: String,
    /// CloudWatch's id of the line. Absent when it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
}

/// A command is about to run in a container.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exec {
    /// The service, as in the manifests.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// The id of the task.
    pub task: String,
    /// The container.
    pub container: String,
    /// The command line.
    pub command: String,
    /// What the Session Manager calls the container.
    pub target: String,
    /// False on a mock account, where nothing runs.
    pub starts: bool,
}

/// Something keeps a command from running in a container.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Obstacle {
    /// What it is: a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Log {
    pub fn of(entry: &Entry) -> Self {
        let Entry { service, line, .. } = entry;
        Self {
            at: line.at.to_string(),
            service: service.clone(),
            container: line.container().to_owned(),
            task: line.task().to_owned(),
            stream: line.stream.clone(),
            message: line.message.clone(),
            id: line.id.clone(),
        }
    }
}

impl Exec {
    pub fn of(service: &str, target: &Target, command: &str, starts: bool) -> Self {
        Self {
            service: service.to_owned(),
            cluster: short(&target.cluster).to_owned(),
            task: short(&target.task).to_owned(),
            container: target.container.clone(),
            command: command.to_owned(),
            target: target.name(),
            starts,
        }
    }
}
