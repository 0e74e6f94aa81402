//! Tasks and their containers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::is_false;

/// What `DescribeTasks` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    pub arn: String,
    /// ARN.
    pub cluster: String,
    /// ARN with its revision.
    pub task_definition: String,
    /// `PROVISIONING`, `PENDING`, `ACTIVATING`, `RUNNING`, …, `STOPPED`.
    pub last_status: String,
    /// `RUNNING` or `STOPPED`.
    pub desired_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// `service:shop-prod-web` or `family:shop-prod-migrate`.
    pub group: String,
    /// The id of the deployment, or whatever a person gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or a capacity provider.
    pub capacity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_instance: Option<String>,
    /// CPU units, 1024 to a vCPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_address: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub enable_execute_command: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// Such as `TaskFailedToStart` or `EssentialContainerExited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_code: Option<String>,
    /// In ECS's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_reason: Option<String>,
    pub containers: Vec<Container>,
}

impl Task {
    /// The last part of the ARN: 32 hex digits.
    pub fn id(&self) -> &str {
        super::short(&self.arn)
    }

    pub fn is_stopped(&self) -> bool {
        self.last_status == "STOPPED"
    }
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: String,
    pub image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_digest: Option<String>,
    pub last_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// In ECS's or Docker's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the Session Manager calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_id: Option<String>,
    /// The agent that commands are run through, where Exec is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_agent: Option<ExecAgent>,
}

/// The `ExecuteCommandAgent` of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecAgent {
    /// `PENDING`, `RUNNING` or `STOPPED`.
    pub last_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
