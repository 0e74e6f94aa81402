//! An ECS cluster.

pub use crate::model::documents::cluster::{
    CapacityProvider, ContainerInsights, ExecuteCommand, ExecuteCommandLogging,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub container_insights: ContainerInsights,
    /// Sorted, without duplicates.
    pub capacity_providers: Vec<CapacityProvider>,
    /// Empty when services that say nothing run on on-demand Fargate.
    pub default_strategy: Vec<StrategyItem>,
    pub execute_command: Option<ExecuteCommand>,
}

/// A part of the tasks for one capacity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyItem {
    pub provider: CapacityProvider,
    pub weight: u32,
    pub base: u32,
}
