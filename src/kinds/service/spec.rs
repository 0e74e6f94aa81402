//! What a service holds, as manifests spell it.

use serde::{Deserialize, Serialize};

use crate::kind::Tags;
use crate::value::{Resolvable, Set};

/// The launch type, and the capacity provider that is the same.
pub(super) const FARGATE: &str = "FARGATE";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// ARN.
    pub cluster: Resolvable,
    pub service_name: String,
    /// ARN with its revision.
    pub task_definition: Resolvable,
    pub desired_count: Option<u32>,
    /// Where there is no capacity provider strategy.
    pub launch_type: Option<String>,
    pub capacity_provider_strategy: Set<StrategyItem>,
    pub platform_version: Option<String>,
    /// None in network modes without an interface for each task.
    pub network: Option<Network>,
    pub load_balancers: Set<LoadBalancer>,
    pub deployment: Deployment,
    /// `None` when nothing outside the task checks its health: AWS refuses it then.
    pub health_check_grace_period_seconds: Option<u32>,
    pub enable_execute_command: bool,
    #[serde(rename = "enableECSManagedTags")]
    pub enable_ecs_managed_tags: bool,
    pub propagate_tags: String,
    /// `ENABLED` or `DISABLED`.
    pub availability_zone_rebalancing: Option<String>,
    pub scheduling_strategy: String,
    /// How the newest deployment stands. Manifests always want it completed: one that an interrupted
    /// apply left behind, or that failed, is a difference.
    pub rollout: RolloutState,
    pub tags: Tags,
}

/// ECS's `rolloutState` of the primary deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RolloutState {
    Completed,
    InProgress,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StrategyItem {
    pub provider: String,
    pub weight: u32,
    pub base: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    pub subnets: Set<String>,
    pub security_groups: Set<Resolvable>,
    /// `ENABLED` or `DISABLED`.
    pub assign_public_ip: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// ARN.
    pub target_group: Resolvable,
    pub container: String,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub circuit_breaker: CircuitBreaker,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
}
