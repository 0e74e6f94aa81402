//! What a service holds, as manifests spell it.

use serde::{Deserialize, Serialize};

use super::deployment::Deployment;
use super::load_balancer::LoadBalancer;
use super::placement::{PlacementConstraint, PlacementStrategy};
use crate::kind::Tags;
use crate::value::{Resolvable, Set};

/// The launch type, and the capacity provider that is the same.
pub(super) const FARGATE: &str = "FARGATE";

pub(super) const DAEMON: &str = "DAEMON";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// ARN.
    pub cluster: Resolvable,
    pub service_name: String,
    /// ARN with its revision.
    pub task_definition: Resolvable,
    /// None for a daemon: there are as many as instances.
    pub desired_count: Option<u32>,
    /// Where there is no capacity provider strategy.
    pub launch_type: Option<String>,
    pub capacity_provider_strategy: Set<StrategyItem>,
    /// The launch type that is wanted of a service which runs on a strategy: its provider takes the
    /// strategy's place, or AWS goes back to it.
    pub returns_to: Option<String>,
    pub platform_version: Option<String>,
    /// None in network modes without an interface for each task.
    pub network: Option<Network>,
    /// Whether there is one for each task. An update can give them, but never take them away: so
    /// this is wanted only where there shall be none.
    pub awsvpc: Option<bool>,
    pub placement_strategy: Vec<PlacementStrategy>,
    pub placement_constraints: Set<PlacementConstraint>,
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
    /// `REPLICA` or `DAEMON`.
    pub scheduling_strategy: String,
    /// How the newest deployment stands. Manifests always want it completed: one that an interrupted
    /// apply left behind, or that failed, is a difference.
    pub rollout: RolloutState,
    pub tags: Tags,
}

impl ServiceSpec {
    /// The service on its launch type: how a new one begins, and what one that returns to it amounts
    /// to, since Fargate's own provider alone is the launch type by another name.
    pub(super) fn on_launch_type(&self) -> Self {
        match self.returns_to.clone() {
            None => self.clone(),
            launch_type => Self {
                launch_type,
                capacity_provider_strategy: Set::default(),
                returns_to: None,
                ..self.clone()
            },
        }
    }

    pub(super) fn is_daemon(&self) -> bool {
        self.scheduling_strategy == DAEMON
    }

    pub(super) fn is_on_fargate(&self) -> bool {
        let mut providers = self.capacity_provider_strategy.0.iter().map(|item| &item.provider);
        self.launch_type.as_deref() == Some(FARGATE)
            || providers.any(|provider| provider.starts_with(FARGATE))
    }
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
