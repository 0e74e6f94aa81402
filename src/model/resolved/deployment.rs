//! How a service's new revision is rolled out.

use std::collections::BTreeMap;

pub use crate::model::documents::deployment::{
    Cleanup, EarlySuccessCriteria, HookAction, HookStage, HookTarget, Threshold, ThresholdType,
};
pub use crate::model::documents::percent::Percent;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    pub strategy: Strategy,
    /// Minutes.
    pub bake_time: u32,
    pub circuit_breaker: CircuitBreaker,
    pub alarms: Option<Alarms>,
    pub early_success_criteria: Option<EarlySuccessCriteria>,
    pub lifecycle_hooks: Vec<LifecycleHook>,
    /// The role with which ECS shifts requests between target groups; none where it shifts none.
    pub infrastructure_role: Option<InfrastructureRole>,
}

/// How requests move to the new tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Rolling,
    BlueGreen,
    /// Bake times are in minutes.
    Linear {
        step_percent: Percent,
        step_bake_time: u32,
    },
    Canary {
        percent: Percent,
        bake_time: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
    pub threshold: Threshold,
    pub reset_on_healthy_task: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarms {
    pub names: Vec<String>,
    pub rollback: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleHook {
    pub target: HookTarget,
    /// ARN; a pause has none.
    pub lambda: Option<String>,
    /// ARN; a pause has none.
    pub role: Option<String>,
    pub stages: Vec<HookStage>,
    pub details: BTreeMap<String, String>,
    /// Minutes.
    pub timeout: u32,
    pub on_timeout: HookAction,
}

/// A role that ecsctl makes, by its physical name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfrastructureRole {
    pub name: String,
    /// `/ecsctl/<app>/<environment>/`
    pub path: String,
}
