//! How a service's new revision is rolled out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;
use super::percent::Percent;
use super::units::Seconds;

/// How a new revision is rolled out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Deployment {
    /// Tasks that must stay healthy during a rollout, in percent of `desiredCount`, rounded up. Default: 100, with
    /// `scheduling: DAEMON` 0.
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: Option<u32>,
    /// Tasks that may run during a rollout, in percent of `desiredCount`, rounded down. Default: 200, with
    /// `scheduling: DAEMON` 100, which it must be.
    #[schemars(range(min = 100, max = 1000))]
    pub maximum_percent: Option<u32>,
    /// How requests move to the new tasks. Default: `ROLLING`.
    pub strategy: DeploymentStrategy,
    /// Time for which the old tasks are kept after all requests have moved, 0m to 24h. Default: 5m; not with `ROLLING`.
    pub bake_time: Option<Seconds>,
    /// The steps of `LINEAR`.
    pub linear: Option<Linear>,
    /// The first part of `CANARY`.
    pub canary: Option<Canary>,
    /// Give up a rollout during which one of these alarms goes off.
    pub alarms: Option<DeploymentAlarms>,
    /// Give up a rollout whose tasks keep failing.
    pub circuit_breaker: CircuitBreaker,
    /// Call it a success before all tasks run; with `ROLLING` only.
    pub early_success_criteria: Option<EarlySuccessCriteria>,
    /// Functions to call and pauses to make at stages of a rollout.
    pub lifecycle_hooks: Vec<LifecycleHook>,
}

/// How requests move to the new tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeploymentStrategy {
    /// With the tasks: new ones start and old ones stop, some at a time.
    #[default]
    Rolling,
    /// All at once, when all new tasks run beside all old ones.
    BlueGreen,
    /// In equal steps, from all old tasks to all new ones.
    Linear,
    /// A small part first, and the rest when that went well.
    Canary,
}

/// The steps in which requests move to the new tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Linear {
    /// Part of the requests that each step moves, 3 to 100 percent. Default: 10.
    pub step_percent: Option<Percent>,
    /// Time between two steps, 0m to 24h. Default: 6m.
    pub step_bake_time: Option<Seconds>,
}

/// The part of the requests that moves to the new tasks first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Canary {
    /// How much it is, 0.1 to 100 percent. Default: 5.
    pub percent: Option<Percent>,
    /// Time until the rest follows, 0m to 24h. Default: 10m.
    pub bake_time: Option<Seconds>,
}

/// `CloudWatch` alarms that end a rollout. One that is on already when a rollout begins does not count in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DeploymentAlarms {
    /// Names of the alarms.
    #[schemars(length(min = 1), example = &["web-errors"])]
    pub names: Vec<String>,
    /// Go back to the last revision that worked. Default: true.
    #[serde(default = "yes")]
    pub rollback: bool,
}

fn yes() -> bool {
    true
}

/// Gives up a rollout whose tasks keep failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CircuitBreaker {
    /// Give up. Default: true with `ROLLING`, the only strategy that has it.
    pub enable: Option<bool>,
    /// Go back to the last revision that worked. Default: true with `ROLLING`.
    pub rollback: Option<bool>,
    /// How many failed tasks are too many. Default: half of `desiredCount`, but 3 to 200.
    pub threshold: Option<Threshold>,
    /// Count from 0 again when a task becomes healthy. Default: true.
    pub reset_on_healthy_task: Option<bool>,
}

/// How many failed tasks are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Threshold {
    /// What `value` counts.
    #[serde(rename = "type")]
    pub kind: ThresholdType,
    /// Percent of `desiredCount`, 1 to 100, or a number of tasks.
    #[schemars(range(min = 1))]
    pub value: u32,
}

/// What a threshold counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ThresholdType {
    /// Percent of `desiredCount`, but at least 3 and at most 200 tasks.
    BoundedPercent,
    /// Percent of `desiredCount`.
    UnboundedPercent,
    /// Tasks.
    Count,
}

/// When a rolling deployment counts as a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EarlySuccessCriteria {
    /// New tasks that must be healthy, in percent of `desiredCount`, rounded up; at least `minimumHealthyPercent`.
    #[schemars(range(max = 100))]
    pub healthy_percent: u32,
    /// Whether the old tasks must be gone. Default: `BLOCKING`.
    #[serde(default)]
    pub source_service_revision_cleanup: Cleanup,
}

/// Whether a deployment waits for the old tasks to be gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Cleanup {
    /// It does.
    #[default]
    Blocking,
    /// They go afterwards.
    Deferred,
}

/// What happens at a stage of a rollout: a Lambda function decides on it, or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LifecycleHook {
    /// Call a function, or pause until somebody calls `ContinueServiceDeployment`. Default: `AWS_LAMBDA`.
    #[serde(default)]
    pub target_type: HookTarget,
    /// ARN of the Lambda function.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:lambda:.+$"))]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of a Lambda function"))]
    pub lambda: Option<String>,
    /// ARN of the role with which ECS calls the function.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:iam::[0-9]{12}:role/.+$"))]
    #[schemars(extend("patternErrorMessage" = "expected the ARN of an IAM role"))]
    pub role: Option<String>,
    /// When: at these stages.
    #[schemars(length(min = 1), example = &["PRE_PRODUCTION_TRAFFIC_SHIFT"])]
    pub stages: Vec<HookStage>,
    /// What the function gets besides, by name.
    #[serde(default)]
    pub details: BTreeMap<String, Text>,
    /// Time until the stage goes on without an answer, 1m to 14d. Default: 24h.
    pub timeout: Option<Seconds>,
    /// What happens then. Default: `ROLLBACK`.
    #[serde(default)]
    pub on_timeout: HookAction,
}

/// What a lifecycle hook does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HookTarget {
    /// Calls a Lambda function.
    #[default]
    AwsLambda,
    /// Waits for a person.
    Pause,
}

/// A stage of a rollout at which there can be hooks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HookStage {
    /// At the beginning, when more than one old revision runs.
    ReconcileService,
    /// Before the new tasks start.
    PreScaleUp,
    /// When the new tasks run.
    PostScaleUp,
    /// While test requests move to the new tasks.
    TestTrafficShift,
    /// When all test requests go to the new tasks.
    PostTestTrafficShift,
    /// Before the requests move.
    PreProductionTrafficShift,
    /// While the requests move, at each step.
    ProductionTrafficShift,
    /// When all requests go to the new tasks.
    PostProductionTrafficShift,
}

/// What happens when a hook does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum HookAction {
    /// The rollout goes on.
    Continue,
    /// ECS goes back to the revision before.
    #[default]
    Rollback,
}
