//! An ECS cluster.

use super::instances::Instances;
pub use crate::model::documents::cluster::{
    CapacityProvider, ContainerInsights, ExecuteCommand, ExecuteCommandLogging,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub container_insights: ContainerInsights,
    /// Sorted, without duplicates.
    pub capacity_providers: Vec<CapacityProvider>,
    /// EC2 instances, by the order in which they are written.
    pub instances: Vec<Instances>,
    /// Empty when services that say nothing run on on-demand Fargate.
    pub default_strategy: Vec<StrategyItem>,
    pub execute_command: Option<ExecuteCommand>,
}

impl Cluster {
    /// The name that AWS knows a capacity provider by.
    pub fn provider_name(&self, provider: &CapacityProvider) -> String {
        let CapacityProvider::Instances(name) = provider else {
            return provider.word().to_owned();
        };
        let own = self.instances.iter().find(|instances| instances.name == *name);
        let own = own.and_then(|instances| instances.capacity_provider.as_ref());
        own.map_or(name, |(physical_name, _)| physical_name).clone()
    }
}

/// A part of the tasks for one capacity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyItem {
    pub provider: CapacityProvider,
    pub weight: u32,
    pub base: u32,
}
