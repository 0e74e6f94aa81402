//! What connects a cluster with its capacity providers. A row of its own, for it comes after both and
//! goes before both.

mod calls;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use calls::Call;

use super::cluster::{Capacity, Share};
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, LiveRow, Origin, Outputs,
    Survey,
};
use crate::model::resolved::cluster::{CapacityProvider, Cluster, StrategyItem};
use crate::model::stack::{Resource, Stack};
use crate::value::{Address, Resolvable, Set};

#[derive(Debug)]
pub struct ClusterCapacityProviders;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterCapacityProvidersSpec {
    /// The cluster's ARN.
    pub cluster: Resolvable,
    /// The cluster's name.
    pub name: String,
    /// Those of Fargate by name, others by ARN: so a provider knows what holds it.
    pub capacity_providers: Set<Resolvable>,
    /// By the provider's name.
    pub default_capacity_provider_strategy: BTreeMap<String, Share>,
}

/// What an ARN has before the provider's name.
const RESOURCE: &str = "capacity-provider/";

impl Kind for ClusterCapacityProviders {
    const NAME: &'static str = "cluster-capacity-providers";

    type Spec = ClusterCapacityProvidersSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ClusterCapacityProvidersSpec>> {
        let rows = stack.clusters.values().map(|cluster| {
            let origin = Origin::of(stack, "cluster", cluster);
            origin.part(&cluster.name, spec(facts, cluster))
        });
        rows.collect()
    }

    fn key(spec: &ClusterCapacityProvidersSpec) -> String {
        spec.name.clone()
    }

    /// Every cluster has an association, if only an empty one, and its row tells all about it.
    async fn observe(
        survey: &Survey<'_>,
        _wanted: &[ClusterCapacityProvidersSpec],
    ) -> Result<Vec<Live<ClusterCapacityProvidersSpec>>, AwsError> {
        let clusters = survey.rows("cluster").await?;
        Ok(clusters.iter().map(|cluster| live(survey.facts, cluster)).collect())
    }

    fn lower(change: &Change<'_, ClusterCapacityProvidersSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn is_late(call: &Call) -> bool {
        calls::is_late(call)
    }

    fn effect(call: &Call) -> Effect<ClusterCapacityProvidersSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &ClusterCapacityProvidersSpec, _assigned: &Assigned<'_>) -> Outputs {
        outputs(spec.cluster.text())
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<ClusterCapacityProvidersSpec> {
        let text = str::to_owned;
        let provider =
            "arn:aws:ecs:eu-west-1:444455556666:capacity-provider/shop-prod-main-general";
        let base = ClusterCapacityProvidersSpec {
            cluster: "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main".into(),
            name: text("shop-prod-main"),
            capacity_providers: ["FARGATE", "FARGATE_SPOT"]
                .map(Resolvable::from)
                .into_iter()
                .collect(),
            default_capacity_provider_strategy: BTreeMap::from([
                (text("FARGATE"), Share { weight: 0, base: 1 }),
                (text("FARGATE_SPOT"), Share { weight: 3, base: 0 }),
            ]),
        };
        vec![
            base.clone(),
            ClusterCapacityProvidersSpec {
                capacity_providers: ["FARGATE", provider]
                    .map(Resolvable::from)
                    .into_iter()
                    .collect(),
                default_capacity_provider_strategy: BTreeMap::new(),
                ..base.clone()
            },
            ClusterCapacityProvidersSpec {
                capacity_providers: Set::default(),
                default_capacity_provider_strategy: BTreeMap::new(),
                ..base
            },
        ]
    }
}

fn spec(facts: &Facts, cluster: &Resource<Cluster>) -> ClusterCapacityProvidersSpec {
    let value = &cluster.value;
    let own = value.instances.iter().filter(|instances| instances.capacity_provider.is_some());
    let own = own.map(|instances| {
        let name = format!("{}-{}", cluster.name, instances.name);
        Resolvable::reference("capacity-provider", &name, "arn")
    });
    let is_own = |provider: &&CapacityProvider| {
        value.instances.iter().any(|instances| instances.name == provider.word())
    };
    let others = value.capacity_providers.iter().filter(|provider| !is_own(provider));
    let others = others.map(|provider| Resolvable::from(identity(facts, provider.word())));
    let share = |item: &StrategyItem| Share {
        weight: i32::try_from(item.weight).unwrap_or(i32::MAX),
        base: i32::try_from(item.base).unwrap_or(i32::MAX),
    };
    ClusterCapacityProvidersSpec {
        cluster: Resolvable::reference("cluster", &cluster.name, "arn"),
        name: cluster.physical_name.clone(),
        capacity_providers: own.chain(others).collect(),
        default_capacity_provider_strategy: value
            .default_strategy
            .iter()
            .map(|item| (value.provider_name(&item.provider), share(item)))
            .collect(),
    }
}

fn live(facts: &Facts, cluster: &LiveRow) -> Live<ClusterCapacityProvidersSpec> {
    let capacity = Capacity::deserialize(&cluster.spec["capacity"]).unwrap_or_default();
    let arn = cluster.outputs.get("arn").map_or("", String::as_str);
    let name = cluster.marks.resource.as_ref().map_or(&cluster.key, |own| &own.name);
    Live {
        outputs: outputs(arn),
        marks: cluster.marks.inherited(Address::new(ClusterCapacityProviders::NAME, name)),
        spec: ClusterCapacityProvidersSpec {
            cluster: arn.into(),
            name: cluster.key.clone(),
            capacity_providers: capacity
                .providers
                .0
                .iter()
                .map(|name| Resolvable::from(identity(facts, name)))
                .collect(),
            default_capacity_provider_strategy: capacity.default_strategy,
        },
        depth: Depth::Full,
    }
}

/// AWS's own providers have no ARN.
fn identity(facts: &Facts, provider: &str) -> String {
    match provider {
        "FARGATE" | "FARGATE_SPOT" => provider.to_owned(),
        name => facts.arn("ecs", &format!("{RESOURCE}{name}")),
    }
}

/// Services point at the cluster, and through it at this.
fn outputs(cluster: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), cluster.to_owned())])
}
