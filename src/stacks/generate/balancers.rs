//! Generates load balancers.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Part, entries, fixed, merged, object, one_of, some_of, tags};

pub(super) fn application() -> Part {
    let https = || {
        json!({
            "name": "https",
            "protocol": "HTTPS",
            "certificates": ["arn:aws:acm:eu-west-1:444455556666:certificate/a"],
        })
    };
    let listeners = one_of([
        json!([{ "name": "http", "protocol": "HTTP" }]),
        json!([{ "name": "web", "protocol": "HTTP", "port": 8080, "fixedResponse": { "status": 503, "body": "later" } }]),
        json!([{ "name": "http", "protocol": "HTTP", "redirect": { "to": "https" } }, https()]),
        json!([https(), { "name": "http", "protocol": "HTTP", "redirect": { "port": 8443, "status": 302 } }]),
        json!([https(), { "name": "plain", "protocol": "HTTP" }]),
    ]);
    let rules = some_of(
        1,
        [
            json!({ "name": "old", "hosts": ["old"], "redirect": { "host": "new", "status": 302 } }),
            json!({ "name": "later", "methods": ["PUT"], "fixedResponse": { "status": 503 } }),
        ],
    );
    let routed = one_of([
        json!([{ "name": "http", "protocol": "HTTP" }]),
        json!([{ "name": "http", "protocol": "HTTP", "redirect": { "to": "https" } }, https()]),
    ]);
    let routed = merged(vec![
        routed.prop_map(|listeners| json!({ "listeners": listeners })).boxed(),
        rules.prop_map(|rules| json!({ "rules": rules })).boxed(),
    ]);
    let plain = object(vec![("listeners", listeners)]);
    let listeners = prop_oneof![2 => plain, 1 => routed].boxed();
    let rest = object(vec![
        ("scheme", one_of([json!("internal"), json!("internet-facing")])),
        ("ingress", some_of(1, [json!("10.0.0.0/8"), json!("192.168.0.0/16")])),
        ("securityGroups", fixed(json!(["sg-0123456789abcdef0"]))),
        ("idleTimeout", one_of([json!("30s"), json!("60s"), json!("2m")])),
        ("deletionProtection", fixed(json!(true))),
        ("dropInvalidHeaders", one_of([json!(true), json!(false)])),
        (
            "accessLogs",
            one_of([json!({ "bucket": "logs" }), json!({ "bucket": "logs", "prefix": "a" })]),
        ),
        ("attributes", entries([("routing.http2.enabled", json!(false))])),
        ("tags", tags()),
    ]);
    merged(vec![listeners, rest])
}

pub(super) fn network() -> Part {
    let listeners = one_of([
        json!([{ "name": "tcp", "protocol": "TCP", "port": 9000 }]),
        json!([
            { "name": "tcp", "protocol": "TCP", "port": 9000, "idleTimeout": "10m" },
            { "name": "tls", "protocol": "TLS", "certificates": ["arn:aws:acm:eu-west-1:444455556666:certificate/a"], "alpnPolicy": "HTTP2Optional" },
        ]),
    ]);
    let fields = object(vec![
        ("crossZone", one_of([json!(true), json!(false)])),
        ("ipAddressType", fixed(json!("dualstack"))),
        ("addresses", fixed(json!({ "eu-west-1a": "eipalloc-0123456789abcdef0" }))),
        ("accessLogs", fixed(json!({ "bucket": "logs" }))),
        ("tags", tags()),
    ]);
    let listeners = listeners.prop_map(|listeners| json!({ "listeners": listeners }));
    merged(vec![fixed(json!({ "type": "network" })), listeners.boxed(), fields])
}

pub(super) fn existing() -> Part {
    let existing = one_of([
        json!({ "name": "shared" }),
        json!({ "tags": { "team": "edge" } }),
        json!({ "arn": "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/shared/1" }),
    ]);
    let listeners = json!([{ "name": "http", "port": 80 }, { "name": "https", "port": 443 }]);
    existing
        .prop_map(move |existing| json!({ "existing": existing, "listeners": listeners }))
        .boxed()
}

/// The name of the rule that shares requests.
const SHARED: &str = "shared";

/// How a rule of a load balancer shares requests.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    weights: [u32; 2],
    stickiness: Option<Json>,
    /// Whether the first service has no other rule.
    is_only_way: bool,
}

pub(super) fn shares() -> impl Strategy<Value = Option<Shares>> {
    let stickiness = prop::option::of(one_of([json!("1h"), json!("2d")]));
    let shares = (prop::array::uniform2(1..=3_u32), stickiness, any::<bool>());
    let shares = shares.prop_map(|(weights, stickiness, is_only_way)| Shares {
        weights,
        stickiness,
        is_only_way,
    });
    prop::option::of(shares)
}

/// Gives a load balancer that has services a rule that shares requests between them.
pub(super) fn share(documents: &mut [Json], shares: Option<Shares>) {
    let Some(shares) = shares else { return };
    let found = documents.iter().enumerate().find_map(|(index, balancer)| {
        let is_ours = balancer["type"].is_null() && balancer["existing"].is_null();
        let is_ours = is_ours && balancer["kind"] == "LoadBalancer";
        let lone = entries_at(documents, &balancer["name"]);
        (is_ours && !lone.is_empty()).then_some((index, lone))
    });
    let Some((balancer, lone)) = found else { return };
    let rule = rule(documents, &lone, &shares);
    if shares.is_only_way {
        let (service, entry) = lone[0];
        come_by_it(&mut documents[service]["loadBalancers"][entry]);
    }
    match documents[balancer]["rules"].as_array_mut() {
        Some(rules) => rules.push(rule),
        None => documents[balancer]["rules"] = json!([rule]),
    }
}

/// The rule, at the listener of the first of the entries.
fn rule(documents: &[Json], lone: &[(usize, usize)], shares: &Shares) -> Json {
    let weighted = lone.iter().zip(shares.weights);
    let forward = weighted.map(|((service, _), weight)| {
        json!({ "service": documents[*service]["name"], "weight": weight })
    });
    let mut rule = json!({ "name": SHARED, "paths": ["/shared/*"] });
    rule["forward"] = forward.collect();
    let (service, entry) = lone[0];
    if let Some(listener) = documents[service]["loadBalancers"][entry].get("listener") {
        rule["listener"] = listener.clone();
    }
    if let Some(stickiness) = &shares.stickiness {
        rule["stickiness"] = stickiness.clone();
    }
    rule
}

/// Takes an entry's own rule away: its requests come by the load balancer's.
fn come_by_it(entry: &mut Json) {
    let fields = entry.as_object_mut().expect("an entry");
    let own = ["paths", "hosts", "headers", "priority", "authenticate"];
    fields.retain(|field, _| !own.contains(&field.as_str()));
    fields.insert("rule".to_owned(), json!(SHARED));
}

/// The services of the strategy `ROLLING` with a single entry at a load balancer, and which one it is.
fn entries_at(documents: &[Json], balancer: &Json) -> Vec<(usize, usize)> {
    let services = documents.iter().enumerate();
    let rolling = services.filter(|(_, it)| it.pointer("/deployment/strategy").is_none());
    let services = rolling.filter_map(|(index, document)| {
        let entries = document["loadBalancers"].as_array()?;
        let mut at = entries.iter().enumerate().filter(|(_, it)| it["loadBalancer"] == *balancer);
        at.next().filter(|_| at.next().is_none()).map(|(entry, _)| (index, entry))
    });
    services.collect()
}
