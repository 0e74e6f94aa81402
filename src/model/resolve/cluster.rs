//! A Cluster document to a cluster.

use super::{Context, instances};
use crate::model::documents::cluster as document;
use crate::model::documents::cluster::CapacityProviderStrategyItem;
use crate::model::resolved::cluster::{Cluster, ContainerInsights, StrategyItem};

/// The cluster of an application without a Cluster document.
pub(super) const IMPLICIT: &str = "main";

pub(super) fn implicit() -> Cluster {
    Cluster {
        container_insights: ContainerInsights::default(),
        capacity_providers: document::all_providers(),
        default_strategy: vec![],
        execute_command: None,
        instances: vec![],
    }
}

pub(super) fn resolve(context: &Context<'_>, cluster: &document::Cluster) -> Cluster {
    let mut capacity_providers = cluster.capacity_providers.clone();
    capacity_providers.sort_unstable();
    capacity_providers.dedup();
    Cluster {
        container_insights: cluster.container_insights,
        capacity_providers,
        default_strategy: strategy(&cluster.default_capacity_provider_strategy),
        instances: instances::resolve(context, cluster),
        execute_command: cluster.execute_command.clone(),
    }
}

/// Fills in the weights. AWS's default of 0 would leave a lone provider without any task.
pub(super) fn strategy(items: &[CapacityProviderStrategyItem]) -> Vec<StrategyItem> {
    let default_weight =
        |item: &CapacityProviderStrategyItem| u32::from(item.base == 0 || items.len() == 1);
    let resolve = |item: &CapacityProviderStrategyItem| StrategyItem {
        provider: item.provider.clone(),
        weight: item.weight.unwrap_or_else(|| default_weight(item)),
        base: item.base,
    };
    items.iter().map(resolve).collect()
}
