//! The deployment of a Service document.

use super::{Context, texts};
use crate::model::documents::deployment as document;
use crate::model::documents::deployment::{DeploymentStrategy, Threshold, ThresholdType};
use crate::model::documents::service::Service;
use crate::model::documents::units::Seconds;
use crate::model::names;
use crate::model::resolved::deployment::{
    Alarms, CircuitBreaker, Deployment, InfrastructureRole, LifecycleHook, Percent, Strategy,
};

/// Minutes.
const BAKE_TIME: u32 = 5;

/// AWS's own defaults.
const STEP_PERCENT: Percent = Percent::whole(10);
const STEP_BAKE_TIME: u32 = 6;
const CANARY_PERCENT: Percent = Percent::whole(5);
const CANARY_BAKE_TIME: u32 = 10;
const HOOK_TIMEOUT: u32 = 1440;
const THRESHOLD: Threshold = Threshold { kind: ThresholdType::BoundedPercent, value: 50 };

pub(super) fn resolve(context: &Context<'_>, service: &Service) -> Deployment {
    let written = &service.deployment;
    let strategy = strategy(written);
    let is_rolling = strategy == Strategy::Rolling;
    let shifts = !is_rolling && !service.load_balancers.is_empty();
    let role = || InfrastructureRole {
        name: context.names.part(names::ROLE, &service.name, "infrastructure"),
        path: context.names.role_path(),
    };
    Deployment {
        strategy,
        bake_time: written.bake_time.map_or(if is_rolling { 0 } else { BAKE_TIME }, minutes),
        circuit_breaker: circuit_breaker(written.circuit_breaker, strategy),
        alarms: written
            .alarms
            .as_ref()
            .map(|alarms| Alarms { names: alarms.names.clone(), rollback: alarms.rollback }),
        early_success_criteria: written.early_success_criteria,
        lifecycle_hooks: written.lifecycle_hooks.iter().map(hook).collect(),
        infrastructure_role: shifts.then(role),
    }
}

fn strategy(written: &document::Deployment) -> Strategy {
    let linear = written.linear.unwrap_or_default();
    let canary = written.canary.unwrap_or_default();
    match written.strategy {
        DeploymentStrategy::Rolling => Strategy::Rolling,
        DeploymentStrategy::BlueGreen => Strategy::BlueGreen,
        DeploymentStrategy::Linear => Strategy::Linear {
            step_percent: linear.step_percent.unwrap_or(STEP_PERCENT),
            step_bake_time: linear.step_bake_time.map_or(STEP_BAKE_TIME, minutes),
        },
        DeploymentStrategy::Canary => Strategy::Canary {
            percent: canary.percent.unwrap_or(CANARY_PERCENT),
            bake_time: canary.bake_time.map_or(CANARY_BAKE_TIME, minutes),
        },
    }
}

/// ECS has one for rolling deployments only.
fn circuit_breaker(written: document::CircuitBreaker, strategy: Strategy) -> CircuitBreaker {
    let default = strategy == Strategy::Rolling;
    CircuitBreaker {
        enable: written.enable.unwrap_or(default),
        rollback: written.rollback.unwrap_or(default),
        threshold: written.threshold.unwrap_or(THRESHOLD),
        reset_on_healthy_task: written.reset_on_healthy_task.unwrap_or(true),
    }
}

fn hook(written: &document::LifecycleHook) -> LifecycleHook {
    LifecycleHook {
        target: written.target_type,
        lambda: written.lambda.clone(),
        role: written.role.clone(),
        stages: written.stages.clone(),
        details: texts(&written.details),
        timeout: written.timeout.map_or(HOOK_TIMEOUT, minutes),
        on_timeout: written.on_timeout,
    }
}

fn minutes(time: Seconds) -> u32 {
    time.0 / 60
}
