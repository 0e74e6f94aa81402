//! What connects clusters with capacity providers, and parts them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_ecs::types::CapacityProviderStrategyItem;
use serde::{Deserialize, Serialize};

use super::{ClusterCapacityProvidersSpec, RESOURCE, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs};
use crate::kinds::shared::ecs;
use crate::value::{Resolvable, Set};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    /// Of a cluster that had none.
    Create {
        spec: ClusterCapacityProvidersSpec,
    },
    Put {
        spec: ClusterCapacityProvidersSpec,
    },
    /// The same, once no service needs the providers that it leaves out.
    Narrow {
        spec: ClusterCapacityProvidersSpec,
    },
    AwaitAttached {
        name: String,
        is_narrowed: bool,
    },
    /// None are left.
    Delete {
        spec: ClusterCapacityProvidersSpec,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec }
            | Self::Put { spec }
            | Self::Narrow { spec }
            | Self::Delete { spec } => {
                write!(f, "ecs:PutClusterCapacityProviders {}", spec.name)
            }
            Self::AwaitAttached { name, .. } => {
                write!(f, "wait until cluster {name} has its capacity providers")
            }
        }
    }
}

pub(super) fn lower(change: &Change<'_, ClusterCapacityProvidersSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => awaited(Call::Create { spec: (*spec).clone() }, spec),
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => {
            let spec = ClusterCapacityProvidersSpec {
                capacity_providers: Set::default(),
                default_capacity_provider_strategy: BTreeMap::new(),
                ..live.spec.clone()
            };
            awaited(Call::Delete { spec: spec.clone() }, &spec)
        }
    }
}

/// Connects first, and parts when the services have moved: AWS keeps a provider that one of them uses.
fn update(
    change: &Change<'_, ClusterCapacityProvidersSpec>,
    spec: &ClusterCapacityProvidersSpec,
    live: &Live<ClusterCapacityProvidersSpec>,
) -> Vec<Call> {
    let (before, after) = (&live.spec.capacity_providers.0, &spec.capacity_providers.0);
    if before.is_subset(after) {
        return awaited(Call::Put { spec: spec.clone() }, spec);
    }
    let all: BTreeSet<Resolvable> = before.union(after).cloned().collect();
    let is_more = all.len() > before.len();
    let expanded = ClusterCapacityProvidersSpec { capacity_providers: Set(all), ..spec.clone() };
    let mut calls = vec![];
    if is_more || change.touches("defaultCapacityProviderStrategy") {
        calls = awaited(Call::Put { spec: expanded.clone() }, &expanded);
    }
    calls.extend(awaited(Call::Narrow { spec: spec.clone() }, spec));
    calls
}

fn awaited(call: Call, spec: &ClusterCapacityProvidersSpec) -> Vec<Call> {
    let is_narrowed = is_late(&call);
    vec![call, Call::AwaitAttached { name: spec.name.clone(), is_narrowed }]
}

pub(super) fn is_late(call: &Call) -> bool {
    match call {
        Call::Narrow { .. } => true,
        Call::AwaitAttached { is_narrowed, .. } => *is_narrowed,
        Call::Create { .. } | Call::Put { .. } | Call::Delete { .. } => false,
    }
}

pub(super) fn effect(call: &Call) -> Effect<ClusterCapacityProvidersSpec> {
    match call {
        Call::Create { spec } => Effect::Create(spec.clone()),
        Call::Put { spec } | Call::Narrow { spec } => {
            let fields = ["cluster", "capacityProviders", "defaultCapacityProviderStrategy"];
            Effect::update(spec, &fields)
        }
        Call::AwaitAttached { .. } => Effect::Wait(5),
        Call::Delete { spec } => Effect::Delete(spec.name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } | Call::Put { spec } | Call::Narrow { spec } => {
            let request = request(aws, spec);
            aws.write("ecs:PutClusterCapacityProviders", || request.clone().send()).await?;
            Ok(outputs(spec.cluster.text()))
        }
        Call::AwaitAttached { name, .. } => {
            ecs::until_active(aws, name).await?;
            Ok(Outputs::new())
        }
        Call::Delete { spec } => {
            let request = request(aws, spec);
            let operation = "ecs:PutClusterCapacityProviders";
            gone(aws.write(operation, || request.clone().send()).await)?;
            Ok(Outputs::new())
        }
    }
}

type Request =
    aws_sdk_ecs::operation::put_cluster_capacity_providers::builders::PutClusterCapacityProvidersFluentBuilder;

/// The operation takes all or nothing: both lists replace what is there.
fn request(aws: &Aws, spec: &ClusterCapacityProvidersSpec) -> Request {
    let providers = spec.capacity_providers.0.iter().map(|provider| name(provider.text()));
    aws.ecs
        .put_cluster_capacity_providers()
        .cluster(&spec.name)
        .set_capacity_providers(Some(providers.collect()))
        .set_default_capacity_provider_strategy(Some(strategy(spec)))
}

/// The name that a provider's ARN ends with.
fn name(provider: &str) -> String {
    provider.split_once(RESOURCE).map_or(provider, |(_, name)| name).to_owned()
}

fn strategy(spec: &ClusterCapacityProvidersSpec) -> Vec<CapacityProviderStrategyItem> {
    let items = spec.default_capacity_provider_strategy.iter().map(|(provider, share)| {
        CapacityProviderStrategyItem::builder()
            .capacity_provider(provider)
            .weight(share.weight)
            .base(share.base)
            .build()
            .expect("the capacity provider is set")
    });
    items.collect()
}
