//! Deployments: as a service lists them, as service deployments tell them, and their revisions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::is_zero;

/// An entry of a service's `deployments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `ecs-svc/1234567890123456789`
    pub id: String,
    pub is_primary: bool,
    /// ARN with its revision.
    pub task_definition: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    /// Tasks that never ran, or that health checks stopped, since the last one that did well.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`; absent in some replies.
    pub rollout_state: Option<String>,
    /// In ECS's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// What `DescribeServiceDeployments` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDeployment {
    pub arn: String,
    /// `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOP_REQUESTED`, `STOPPED`, `ROLLBACK_REQUESTED`,
    /// `ROLLBACK_IN_PROGRESS`, `ROLLBACK_SUCCESSFUL`, `ROLLBACK_FAILED`, or something newer.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    pub created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    pub target: Option<RevisionTasks>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<RevisionTasks>,
    /// Of a deployment that shifts requests: `TEST_TRAFFIC_SHIFT`, `BAKE_TIME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What it waits for that a person must decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<AlarmWatch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
}

/// The tasks of a service revision that a service deployment goes to or comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevisionTasks {
    /// ARN of the service revision.
    pub revision: String,
    pub requested: u32,
    pub running: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending: u32,
    /// Percent of production requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_weight: Option<f64>,
    /// Percent of the test listener's requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_weight: Option<f64>,
}

/// A hook that awaits an action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    pub hook: String,
    pub expires_at: Option<Timestamp>,
    /// What happens then: `ROLLBACK` or `CONTINUE`.
    pub on_timeout: Option<String>,
}

/// The circuit breaker's count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breaker {
    pub failures: u32,
    pub threshold: u32,
}

/// The alarms that a service deployment watches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmWatch {
    /// `MONITORING`, `TRIGGERED`, `MONITORING_COMPLETE` or `DISABLED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggered: Vec<String>,
}

/// Why and where to a service deployment goes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollback {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// ARN of the service revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// A service revision: what a service deployment deploys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    pub arn: String,
    /// ARN with its revision.
    pub task_definition: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    pub created_at: Option<Timestamp>,
}

/// The image of a container in a service revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub container: String,
    pub image: String,
    /// `sha256:…`, once a task has pulled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}
