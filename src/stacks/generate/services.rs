//! Generates services that fit a platform.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::capacity::{Ground, Place, places};
use super::routes::routes;
use super::scaling::scaling;
use super::{Part, Platform, deployments, entries, fixed, merged, object, one_of, tasks};

const NAMES: [&str; 6] = [
    "web",
    "api",
    "worker",
    "mail_sender",
    "shop",
    "a-service-whose-name-is-too-long-for-much-that-is-named-after-it",
];

/// One to five services.
pub(super) fn services(platform: &Platform) -> BoxedStrategy<Vec<Json>> {
    let platform = platform.clone();
    let names = prop::sample::subsequence(NAMES.to_vec(), 1..=5);
    let services = names.prop_flat_map(move |names| {
        names.into_iter().map(|name| service(&platform, name)).collect::<Vec<_>>()
    });
    services.prop_map(apart).boxed()
}

/// A listener of a Network Load Balancer has one service, and explicit priorities are unique. Whoever
/// loses the only entry has no requests to move either.
fn apart(mut services: Vec<Json>) -> Vec<Json> {
    let mut taken = BTreeSet::new();
    let mut priority = 0;
    for service in &mut services {
        let entries = service["loadBalancers"].as_array_mut().expect("entries");
        entries.retain(|entry| {
            entry["loadBalancer"] != "edge" || taken.insert(entry["listener"].to_string())
        });
        let is_balanced = !entries.is_empty();
        for entry in entries.iter_mut().filter_map(|entry| entry.get_mut("priority")) {
            priority += 1;
            *entry = json!(priority);
        }
        if !is_balanced {
            service.as_object_mut().expect("a document").shift_remove("deployment");
        }
    }
    services
}

fn service(platform: &Platform, name: &'static str) -> Part {
    let platform = platform.clone();
    let placed = places(&platform).prop_flat_map(move |place| {
        let (platform, place) = (platform.clone(), place);
        let routes = routes(&platform, place.ground);
        routes.prop_flat_map(move |routes| {
            let head = json!({ "kind": "Service", "name": name });
            merged(vec![fixed(head), on(&platform, &place, routes)])
        })
    });
    placed.boxed()
}

/// A service at a place, behind these load balancers.
fn on(platform: &Platform, place: &Place, routes: Vec<Json>) -> Part {
    let ground = place.ground;
    merged(vec![
        fixed(place.fields.clone()),
        tasks::size(ground),
        tasks::settings(place),
        general(ground),
        tasks::containers(platform, ground),
        role(platform),
        scaled(place, &routes),
        rolled_out(place, routes),
    ])
}

/// A role, as IAM authorisation of a volume needs it.
pub(super) fn role(platform: &Platform) -> Part {
    let mut roles = platform.names("TaskRole");
    roles.push(json!("arn:aws:iam::444455556666:role/other"));
    let exec = object(vec![("enableExecuteCommand", fixed(json!(true)))]);
    let role = prop::sample::select(roles).prop_map(|role| json!({ "taskRole": role }));
    merged(vec![role.boxed(), exec])
}

fn general(ground: Ground) -> Part {
    let own = object(vec![
        ("healthCheckGracePeriod", one_of([json!("90s"), json!("10s")])),
        ("lifecycle", fixed(json!({ "ignoreChanges": ["desiredCount"] }))),
    ]);
    merged(vec![own, around(ground)])
}

/// What services and jobs have around their task.
pub(super) fn around(ground: Ground) -> Part {
    let mut fields = vec![
        ("executionRole", fixed(json!("arn:aws:iam::444455556666:role/execution"))),
        ("propagateTags", one_of([json!("TASK_DEFINITION"), json!("NONE")])),
        ("logging", tasks::logging(ground)),
        ("tags", entries([("tier", json!("service")), ("owner", json!("me"))])),
    ];
    if ground.has_interface() {
        fields.push(("network", fixed(json!({ "securityGroups": ["sg-0123456789abcdef2"] }))));
    }
    if ground == Ground::Fargate {
        fields.push(("network", fixed(json!({ "assignPublicIp": "DISABLED" }))));
    }
    object(fields)
}

fn scaled(place: &Place, routes: &[Json]) -> Part {
    if place.is_daemon {
        return fixed(json!({}));
    }
    let counting = routes.iter().map(|entry| &entry["loadBalancer"]).find(|name| **name != "edge");
    object(vec![("scaling", scaling(counting.cloned()))])
}

/// How it is rolled out, with its load balancers: only some strategies have test listeners.
fn rolled_out(place: &Place, routes: Vec<Json>) -> Part {
    let is_balanced = !routes.is_empty();
    let plain: Vec<Json> = routes.iter().cloned().map(without_tests).collect();
    let with = |rollout: Part, routes: Vec<Json>| {
        merged(vec![rollout, fixed(json!({ "loadBalancers": routes }))])
    };
    let rolling = with(deployments::rolling(place), plain);
    if place.is_daemon {
        return rolling;
    }
    prop_oneof![2 => rolling, 1 => with(deployments::shifting(is_balanced), routes)].boxed()
}

fn without_tests(entry: Json) -> Json {
    let Json::Object(fields) = entry else { return entry };
    let kept = fields.into_iter().filter(|(field, _)| field != "testListener");
    Json::Object(kept.collect::<Map<_, _>>())
}
