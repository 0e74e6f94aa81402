//! Generates the entries of services at load balancers.

use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Value as Json, json};

use super::capacity::Ground;
use super::{Part, Platform, fixed, merged, object, one_of, some_of};

/// Target groups at the platform's listeners.
pub(super) fn routes(platform: &Platform, ground: Ground) -> BoxedStrategy<Vec<Json>> {
    let at = |balancer: &Json| {
        let is_network = balancer["type"] == "network";
        if is_network { network_entry(balancer, ground) } else { entry(balancer) }
    };
    let entries: Vec<Part> = platform.of("LoadBalancer").map(at).collect();
    if entries.is_empty() || ground == Ground::External {
        return Just(vec![]).boxed();
    }
    prop::collection::vec(Union::new(entries), 0..=2).boxed()
}

/// An entry at an Application Load Balancer.
fn entry(balancer: &Json) -> Part {
    merged(vec![
        fixed(json!({ "loadBalancer": balancer["name"] })),
        way_in(balancer),
        paths(),
        object(vec![
            ("hosts", some_of(1, [json!("shop.example.com"), json!("*.example.com")])),
            ("headers", fixed(json!({ "X-Channel": ["beta*"] }))),
            ("priority", fixed(json!(1))),
            ("port", fixed(json!(8000))),
            ("healthCheck", health_check()),
            ("deregistrationDelay", one_of([json!("10s"), json!(0)])),
            ("stickiness", stickiness()),
            ("protocolVersion", one_of([json!("HTTP2"), json!("HTTP1")])),
            ("slowStart", fixed(json!(60))),
            ("attributes", fixed(json!({ "load_balancing.algorithm.anomaly_mitigation": "on" }))),
        ]),
    ])
}

/// An entry at a Network Load Balancer.
fn network_entry(balancer: &Json, ground: Ground) -> Part {
    // Where Docker picks the port, there is no other to check.
    let check = if ground == Ground::Bridge {
        json!({ "interval": "10s" })
    } else {
        json!({ "port": 9000 })
    };
    let check = one_of([json!({ "path": "/up" }), check]);
    merged(vec![
        fixed(json!({ "loadBalancer": balancer["name"] })),
        way_in(balancer),
        object(vec![
            ("port", fixed(json!(8000))),
            ("healthCheck", check),
            ("stickiness", fixed(json!({ "type": "source_ip" }))),
            ("preserveClientIp", one_of([json!(true), json!(false)])),
            ("proxyProtocol", fixed(json!(true))),
            ("connectionTermination", fixed(json!(true))),
            ("crossZone", one_of([json!(true), json!(false)])),
        ]),
    ])
}

/// A listener that sends nothing elsewhere, another one for tests, and the log-in that HTTPS allows.
fn way_in(balancer: &Json) -> Part {
    let listeners = listeners(balancer);
    if listeners.is_empty() {
        return fixed(json!({}));
    }
    let ways = listeners.iter().map(|listener| {
        let mut further = vec![];
        let mut others = listeners.iter().filter(|other| other["name"] != listener["name"]);
        if let Some(other) = others.next_back() {
            further.push(("testListener", fixed(other["name"].clone())));
        }
        if listener["protocol"] == "HTTPS" {
            further.push(("authenticate", authenticate()));
        }
        merged(vec![fixed(json!({ "listener": listener["name"] })), object(further)])
    });
    Union::new(ways).boxed()
}

fn listeners(balancer: &Json) -> Vec<&Json> {
    let written = balancer["listeners"].as_array();
    written.into_iter().flatten().filter(|listener| listener["redirect"].is_null()).collect()
}

fn authenticate() -> Part {
    one_of([
        json!({ "oidc": {
            "issuer": "https://login.example.com",
            "authorizationEndpoint": "https://login.example.com/authorize",
            "tokenEndpoint": "https://login.example.com/token",
            "userInfoEndpoint": "https://login.example.com/user",
            "clientId": "shop",
            "clientSecret": "hidden",
        } }),
        json!({ "cognito": {
            "userPoolArn": "arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_a",
            "userPoolClientId": "shop",
            "userPoolDomain": "shop",
            "sessionTimeout": "1d",
        } }),
    ])
}

/// Two rules of a listener must not take the same requests: these hardly ever do.
fn paths() -> Part {
    let path = "/[a-z]{3,8}(/[*])?";
    prop::collection::btree_set(path, 1..=2).prop_map(|paths| json!({ "paths": paths })).boxed()
}

fn stickiness() -> Part {
    one_of([
        json!("1h"),
        json!("1d"),
        json!({ "type": "lb_cookie" }),
        json!({ "type": "app_cookie", "cookie": "SESSION", "duration": "2h" }),
    ])
}

fn health_check() -> Part {
    object(vec![
        ("path", one_of([json!("/healthz"), json!("/")])),
        ("interval", one_of([json!("10s"), json!("60s")])),
        ("healthyThreshold", one_of([json!(2), json!(3)])),
        ("matcher", one_of([json!("200-299"), json!(204)])),
    ])
}
