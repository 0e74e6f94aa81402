//! How a service stands, as data: programs read it, and people what `overview` and `details` make of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::TaskView;
use crate::rollout::Standing;

/// How a service stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// Its name in the manifests.
    pub service: String,
    /// Its name in ECS.
    pub aws_name: String,
    /// The name of its cluster in ECS.
    pub cluster: String,
    /// Whether it is in the account; if not, there is nothing else to say of it.
    pub is_deployed: bool,
    /// Whether all is as it should be, as far as was looked: `attention` is empty.
    pub is_well: bool,
    /// What a person should know, in a sentence each.
    pub attention: Vec<String>,
    /// Tasks that shall run.
    pub desired: u32,
    /// Tasks that run.
    pub running: u32,
    /// Tasks that are about to run.
    pub pending: u32,
    /// Task definition and revision: `shop-prod-web:42`.
    pub revision: Option<String>,
    /// What its containers run.
    pub images: Vec<ContainerImage>,
    /// Its newest deployment.
    pub deployment: Option<DeploymentStatus>,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or capacity providers with their weights.
    pub capacity: String,
    /// What a task takes. Only looked at in detail.
    pub size: Option<Size>,
    /// How its count is scaled, if it is.
    pub scaling: Option<ScalingStatus>,
    /// The alarms that can end a deployment and, in detail, those that scale.
    pub alarms: Vec<AlarmStatus>,
    /// Its target groups. Only looked at in detail.
    pub targets: Vec<TargetGroupStatus>,
    /// Tasks that are unhealthy, and those that stopped lately. Only looked at in detail.
    pub tasks: Vec<TaskView>,
    /// The newest first. Only looked at in detail.
    pub events: Vec<ServiceMessage>,
}

/// The image of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerImage {
    /// The container's name.
    pub container: String,
    /// As in the task definition.
    pub image: String,
    /// `sha256:…`, once a task has pulled it.
    pub digest: Option<String>,
}

/// How the newest deployment stands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentStatus {
    /// `ecs-svc/1234567890123456789`
    pub id: String,
    /// How it stands.
    pub standing: Standing,
    /// When it ended, or when it began if it has not.
    #[schemars(with = "Option<String>")]
    pub since: Option<Timestamp>,
    /// What was deployed: `shop-prod-web:42`. After a rollback that is not what runs.
    pub revision: String,
    /// In ECS's words.
    pub reason: Option<String>,
    /// Its tasks that shall run.
    pub desired: u32,
    /// Its tasks that run.
    pub running: u32,
    /// Its tasks that failed since the last one that did well.
    pub failed: u32,
    /// Of a deployment that shifts requests: `TEST_TRAFFIC_SHIFT`.
    pub stage: Option<String>,
    /// Percent of requests that it gets.
    pub production_weight: Option<f64>,
    /// Percent of the test listener's requests that it gets.
    pub test_weight: Option<f64>,
    /// Failures that the circuit breaker has counted.
    pub breaker_failures: Option<u32>,
    /// Failures at which the circuit breaker ends the deployment.
    pub breaker_threshold: Option<u32>,
    /// What waits for a person's decision.
    pub pause: Option<PauseStatus>,
}

/// A hook that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PauseStatus {
    /// Its id.
    pub hook: String,
    /// When it no longer waits.
    #[schemars(with = "Option<String>")]
    pub expires_at: Option<Timestamp>,
    /// What happens then: `ROLLBACK` or `CONTINUE`.
    pub on_timeout: Option<String>,
}

/// What a task takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// CPU units, 1024 to a vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    /// `X86_64` or `ARM64`.
    pub architecture: Option<String>,
}

/// How a count is scaled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScalingStatus {
    /// Fewest tasks.
    pub min: u32,
    /// Most tasks.
    pub max: u32,
    /// What does not happen for now: `scaling in`, `scaling out`, `scheduled scaling`.
    pub suspended: Vec<String>,
    /// The last change. Only looked at in detail.
    pub last: Option<Activity>,
}

/// A change of the count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// When it began.
    #[schemars(with = "Option<String>")]
    pub at: Option<Timestamp>,
    /// Such as `Successful`.
    pub status: String,
    /// In AWS's words.
    pub description: String,
    /// Why, in AWS's words.
    pub cause: String,
}

/// How an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmStatus {
    /// Its name.
    pub name: String,
    /// What it does.
    pub role: AlarmRole,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`; none if the alarm does not exist or could not be read.
    pub state: Option<String>,
    /// In AWS's words.
    pub reason: Option<String>,
    /// When it came into this state.
    #[schemars(with = "Option<String>")]
    pub changed_at: Option<Timestamp>,
}

/// What an alarm does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AlarmRole {
    /// It ends a deployment.
    Deployment,
    /// It changes the count, and may be on while all is well.
    Scaling,
}

/// The targets of a target group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetGroupStatus {
    /// Its name.
    pub target_group: String,
    /// Targets that are well.
    pub healthy: u32,
    /// Targets without those that are about to leave.
    pub total: u32,
    /// Those that are not healthy.
    pub others: Vec<TargetStatus>,
}

/// A target that is not healthy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus {
    /// `10.0.1.17:8080`
    pub target: String,
    /// `unhealthy`, `initial`, `draining`, `unused`, `unavailable`.
    pub state: String,
    /// Such as `Target.ResponseCodeMismatch`.
    pub reason: Option<String>,
    /// In AWS's words.
    pub description: Option<String>,
}

/// What a service told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceMessage {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// In ECS's words.
    pub message: String,
}
