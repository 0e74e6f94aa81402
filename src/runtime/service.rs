//! A service as it runs, and what its load balancers say of its tasks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deployment::Deployment;
use super::log::Event;

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceId {
    /// The cluster's ARN or name.
    pub cluster: String,
    /// The service's name in ECS.
    pub service: String,
}

/// What `DescribeServices` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub arn: String,
    pub name: String,
    /// ARN.
    pub cluster: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: String,
    /// ARN with its revision.
    pub task_definition: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or the capacity providers: `FARGATE_SPOT 3 + FARGATE 1`.
    pub capacity: String,
    pub launch_type: Option<String>,
    /// Weights by capacity provider, where there is a strategy.
    pub capacity_providers: BTreeMap<String, u32>,
    pub platform_version: Option<String>,
    /// `REPLICA` or `DAEMON`.
    pub scheduling: String,
    pub enable_execute_command: bool,
    pub network: Option<TaskNetwork>,
    pub breaker: BreakerSettings,
    /// Names of the alarms that can end a deployment.
    pub alarms: Vec<String>,
    /// The primary one first.
    pub deployments: Vec<Deployment>,
    /// ARN of the service deployment under way.
    pub current_deployment: Option<String>,
    /// ARNs of the service revisions that tasks belong to.
    pub revisions: Vec<String>,
    pub attachments: Vec<Attachment>,
    /// Newest first; ECS keeps 100.
    pub events: Vec<Event>,
    pub created_at: Option<Timestamp>,
}

/// How tasks of a service are connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskNetwork {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub assign_public_ip: bool,
}

/// What the deployment circuit breaker is told to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakerSettings {
    pub is_enabled: bool,
    pub rolls_back: bool,
}

/// A target group that a service's tasks are registered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// ARN.
    pub target_group: String,
    pub container: String,
    pub port: u32,
}

/// What `DescribeTargetHealth` says of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetHealth {
    /// ARN.
    pub target_group: String,
    /// Address or instance id, and port: `10.0.1.17:8080`.
    pub target: String,
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused`, `unavailable`.
    pub state: String,
    /// Such as `Target.ResponseCodeMismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In AWS's words: `Health checks failed with these codes: [404]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
