//! Generates what services run on: Fargate, instances, or machines outside of AWS.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use serde_json::{Value as Json, json};

use super::{Part, Platform, fixed, merged, one_of};

/// What tasks run on and how they are reached, which decides on much of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    Fargate,
    /// On instances, with a network interface for each task.
    Awsvpc,
    /// On instances, behind ports of theirs.
    Bridge,
    /// On instances, on their network.
    Host,
    /// On machines outside of AWS.
    External,
}

impl Ground {
    /// Whether tasks have a network interface each.
    pub(super) fn has_interface(self) -> bool {
        match self {
            Self::Fargate | Self::Awsvpc => true,
            Self::Bridge | Self::Host | Self::External => false,
        }
    }
}

/// Where a service runs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) ground: Ground,
    /// Whether there is a task on each instance.
    pub(super) is_daemon: bool,
    /// The fields of the service that say so.
    pub(super) fields: Json,
}

pub(super) fn places(platform: &Platform) -> BoxedStrategy<Place> {
    let clusters: Vec<Json> = platform.of("Cluster").cloned().collect();
    select(clusters).prop_flat_map(|cluster| place(&cluster)).boxed()
}

fn place(cluster: &Json) -> BoxedStrategy<Place> {
    let is_default = |provider: &str| {
        let default = &cluster["defaultCapacityProviderStrategy"][0]["provider"];
        default.as_str().map_or(provider == "FARGATE", |name| name.starts_with(provider))
    };
    let mut fargate = vec![fixed(json!({ "launchType": "FARGATE" })), strategy(fargate())];
    let mut ec2 = vec![fixed(json!({ "launchType": "EC2" }))];
    if providers(cluster).next().is_some() {
        ec2.push(strategy(instances(cluster)));
    }
    let default = if is_default("FARGATE") { &mut fargate } else { &mut ec2 };
    default.push(fixed(json!({})));
    let name = fixed(json!({ "cluster": cluster["name"] }));
    let fargate = merged(vec![name.clone(), Union::new(fargate).boxed()]);
    let fargate =
        fargate.prop_map(|fields| Place { ground: Ground::Fargate, is_daemon: false, fields });
    let external = merged(vec![name.clone(), fixed(json!({ "launchType": "EXTERNAL" }))]);
    let external = on_instances(external, [(Ground::External, json!({}))]);
    let modes = [
        (Ground::Awsvpc, json!({ "networkMode": "awsvpc" })),
        (Ground::Bridge, json!({})),
        (Ground::Host, json!({ "networkMode": "host" })),
    ];
    let ec2 = on_instances(merged(vec![name, Union::new(ec2).boxed()]), modes);
    prop_oneof![4 => fargate, 4 => ec2, 1 => external].boxed()
}

fn on_instances<const N: usize>(fields: Part, modes: [(Ground, Json); N]) -> BoxedStrategy<Place> {
    let daemon = prop::bool::weighted(0.2);
    let all = (fields, select(Vec::from(modes)), daemon);
    all.prop_map(|(fields, (ground, mode), is_daemon)| {
        let mut fields = fields;
        let all = fields.as_object_mut().expect("fields");
        all.extend(mode.as_object().expect("fields").clone());
        if is_daemon {
            all.insert("scheduling".to_owned(), json!("DAEMON"));
        }
        Place { ground, is_daemon, fields }
    })
    .boxed()
}

fn strategy(items: Part) -> Part {
    items.prop_map(|items| json!({ "capacity": items })).boxed()
}

pub(super) fn fargate() -> Part {
    one_of([
        json!([{ "provider": "FARGATE" }]),
        json!([{ "provider": "FARGATE_SPOT", "weight": 3 }, { "provider": "FARGATE", "base": 1 }]),
        json!([{ "provider": "FARGATE", "weight": 1 }, { "provider": "FARGATE_SPOT", "weight": 1 }]),
    ])
}

/// A strategy of a cluster's instances; an empty one if they have no capacity provider.
pub(super) fn instances(cluster: &Json) -> Part {
    let names: Vec<Json> = providers(cluster).cloned().collect();
    let [first, others @ ..] = &names[..] else { return fixed(json!([])) };
    let lone = json!([{ "provider": first }]);
    let spread = std::iter::once(json!({ "provider": first, "base": 1, "weight": 1 }));
    let spread: Json =
        spread.chain(others.iter().map(|name| json!({ "provider": name }))).collect();
    one_of([lone, spread])
}

fn providers(cluster: &Json) -> impl Iterator<Item = &Json> {
    let groups = cluster["instances"].as_array().into_iter().flatten();
    groups.filter(|group| group["capacityProvider"] != "DISABLED").map(|group| &group["name"])
}
