//! Generates clusters, with or without EC2 instances.

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value as Json, json};

use super::{Part, capacity, entries, fixed, merged, object, one_of, some_of, tags};

pub(super) fn clusters() -> BoxedStrategy<Vec<Json>> {
    let names = subsequence(vec!["main", "batch"], 1..=2);
    names.prop_flat_map(|names| names.into_iter().map(cluster).collect::<Vec<_>>()).boxed()
}

fn cluster(name: &'static str) -> Part {
    let groups = prop_oneof![
        1 => fixed(json!([])),
        2 => groups(name),
    ];
    let complete = move |groups: Json| {
        let head = json!({ "kind": "Cluster", "name": name, "instances": groups });
        let strategy = prop_oneof![capacity::fargate(), capacity::instances(&head)];
        merged(vec![
            fixed(head),
            object(vec![("defaultCapacityProviderStrategy", strategy.boxed())]),
            settings(),
        ])
    };
    groups.prop_flat_map(complete).prop_map(without_nothing).boxed()
}

/// A cluster whose instances are none does not speak of them; nor of a strategy without any.
fn without_nothing(mut cluster: Json) -> Json {
    let fields = cluster.as_object_mut().expect("a document");
    fields.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    cluster
}

fn settings() -> Part {
    let exec = one_of([
        json!({ "logging": "NONE" }),
        json!({ "kmsKey": "alias/exec" }),
        json!({ "logging": "OVERRIDE", "logGroup": "/exec", "logEncryption": true }),
        json!({ "logging": "OVERRIDE", "s3Bucket": "sessions", "s3KeyPrefix": "exec" }),
    ]);
    let providers =
        one_of([json!(["FARGATE", "FARGATE_SPOT", "bought"]), json!(["FARGATE_SPOT", "FARGATE"])]);
    object(vec![
        ("containerInsights", one_of([json!("enabled"), json!("enhanced")])),
        ("capacityProviders", providers),
        ("executeCommand", exec),
        ("tags", tags()),
    ])
}

/// Instances with a capacity provider, on the spot market, scaled by CPU, and of somebody else.
fn groups(cluster: &str) -> Part {
    let general = merged(vec![fixed(json!({ "name": "general" })), group(), provider(true)]);
    let spot = merged(vec![fixed(json!({ "name": "spot" })), group(), provider(true), spot()]);
    let plain = fixed(json!({ "name": "plain", "capacityProvider": "DISABLED" }));
    let scaled = object(vec![("cpuTarget", one_of([json!(40), json!(60)]))]);
    let plain = merged(vec![plain, group(), scaled]);
    let existing = format!("existing-{cluster}");
    let existing = fixed(json!({ "name": "existing", "autoScalingGroup": existing }));
    let existing = merged(vec![existing, provider(false)]);
    let all = (general, spot, plain, existing);
    let some = all.prop_flat_map(|(general, spot, plain, existing)| {
        some_of(1, [general, spot, plain, existing])
    });
    some.boxed()
}

/// What instances have, whatever starts them.
fn group() -> Part {
    let bounds = one_of([json!({}), json!({ "min": 2, "max": 8 }), json!({ "max": 4 })]);
    let access = one_of([
        json!({}),
        json!({ "instanceProfile": "ready" }),
        json!({ "managedPolicies": ["CloudWatchAgentServerPolicy"] }),
    ]);
    let volumes = entries([
        ("/dev/xvda", json!({ "size": 60 })),
        ("/dev/sdf", json!({ "size": 100, "type": "io2", "iops": 1000, "kmsKey": "alias/ebs" })),
        ("/dev/sdg", json!({ "size": 200, "type": "st1", "encrypted": false })),
    ]);
    let rest = object(vec![
        ("securityGroups", fixed(json!(["sg-0123456789abcdef3"]))),
        ("keyPair", fixed(json!("operators"))),
        ("volumes", volumes),
        ("metadataHopLimit", one_of([json!(1), json!(3)])),
        ("detailedMonitoring", fixed(json!(true))),
        ("warmup", one_of([json!("60s"), json!("10m")])),
    ]);
    merged(vec![bounds, image(), access, rest])
}

/// Images with what goes with each.
fn image() -> Part {
    one_of([
        json!({}),
        json!({ "instanceTypes": ["m6i.large", "m5.large"], "userData": "echo ready" }),
        json!({ "image": "amazon-linux-2023-arm64", "instanceTypes": ["m7g.large"] }),
        json!({ "image": "amazon-linux-2023-gpu", "agent": { "ECS_IMAGE_PULL_BEHAVIOR": "once" } }),
        json!({ "image": "bottlerocket", "userData": "image-pull-behavior = \"once\"" }),
        json!({ "image": "windows-2022-core" }),
        json!({ "image": "ami-0123456789abcdef0", "agent": { "ECS_RESERVED_MEMORY": 256 } }),
    ])
}

fn spot() -> Part {
    let spot = object(vec![
        ("onDemandBase", one_of([json!(1), json!(2)])),
        ("onDemandPercentage", one_of([json!(20), json!(50)])),
        ("allocation", one_of([json!("lowest-price"), json!("capacity-optimized")])),
        ("maxPrice", fixed(json!("0.1"))),
    ]);
    spot.prop_map(|spot| json!({ "spot": spot })).boxed()
}

/// Settings of the capacity provider. Only instances of our own can be protected by it.
fn provider(is_ours: bool) -> Part {
    let settings = one_of([
        json!({ "managedScaling": false }),
        json!({ "targetCapacity": 80, "managedTerminationProtection": is_ours }),
        json!({ "minimumScalingStepSize": 2, "maximumScalingStepSize": 4 }),
        json!({ "managedDraining": false, "managedTerminationProtection": false }),
    ]);
    object(vec![("capacityProvider", settings)])
}
