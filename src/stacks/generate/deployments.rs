//! Generates how services are rolled out.

use serde_json::json;

use super::{Part, capacity::Place, fixed, merged, object, one_of, some_of};
use proptest::prelude::*;

/// A rollout of the strategy `ROLLING`, with the number of tasks that it has room for.
pub(super) fn rolling(place: &Place) -> Part {
    if place.is_daemon {
        return one_of([json!({}), json!({ "deployment": { "minimumHealthyPercent": 50 } })]);
    }
    let settings = object(vec![
        ("alarms", alarms()),
        ("circuitBreaker", circuit_breaker()),
        ("earlySuccessCriteria", fixed(json!({ "healthyPercent": 100 }))),
        ("lifecycleHooks", some_of(1, [lambda("PRE_SCALE_UP"), pause("POST_SCALE_UP")])),
    ]);
    let settings = settings.prop_map(|deployment| json!({ "deployment": deployment }));
    prop_oneof![
        one_of([
            json!({}),
            json!({ "deployment": { "minimumHealthyPercent": 0, "maximumPercent": 100 } }),
            json!({ "deployment": { "maximumPercent": 150, "minimumHealthyPercent": 50 }, "desiredCount": 4 }),
            json!({ "desiredCount": 2, "availabilityZoneRebalancing": "DISABLED" }),
        ]),
        settings,
    ]
    .boxed()
}

fn circuit_breaker() -> Part {
    one_of([
        json!({ "enable": false, "rollback": false }),
        json!({ "threshold": { "type": "COUNT", "value": 5 }, "resetOnHealthyTask": false }),
        json!({ "threshold": { "type": "BOUNDED_PERCENT", "value": 20 } }),
    ])
}

/// A rollout of a strategy that moves requests; without any load balancer all at once.
pub(super) fn shifting(is_balanced: bool) -> Part {
    let linear = object(vec![
        ("stepPercent", one_of([json!(20), json!(25)])),
        ("stepBakeTime", fixed(json!("1m"))),
    ]);
    let linear = linear.prop_map(|linear| json!({ "strategy": "LINEAR", "linear": linear }));
    let canary = object(vec![
        ("percent", one_of([json!(10), json!(2.5)])),
        ("bakeTime", fixed(json!("2m"))),
    ]);
    let canary = canary.prop_map(|canary| json!({ "strategy": "CANARY", "canary": canary }));
    let all_at_once = fixed(json!({ "strategy": "BLUE_GREEN" }));
    let strategy =
        if is_balanced { prop_oneof![all_at_once, linear, canary].boxed() } else { all_at_once };
    let hooks = [
        lambda("PRODUCTION_TRAFFIC_SHIFT"),
        pause("POST_TEST_TRAFFIC_SHIFT"),
        lambda("POST_PRODUCTION_TRAFFIC_SHIFT"),
    ];
    let settings = object(vec![
        ("bakeTime", one_of([json!("0m"), json!("10m")])),
        ("alarms", alarms()),
        ("lifecycleHooks", some_of(1, hooks)),
    ]);
    let deployment = merged(vec![strategy, settings]);
    deployment.prop_map(|deployment| json!({ "deployment": deployment })).boxed()
}

fn alarms() -> Part {
    one_of([
        json!({ "names": ["errors"] }),
        json!({ "names": ["slow", "errors"], "rollback": false }),
    ])
}

fn lambda(stage: &str) -> serde_json::Value {
    json!({
        "lambda": "arn:aws:lambda:eu-west-1:444455556666:function:check",
        "role": "arn:aws:iam::444455556666:role/hooks",
        "stages": [stage],
        "details": { "part": "web" },
    })
}

fn pause(stage: &str) -> serde_json::Value {
    json!({ "targetType": "PAUSE", "stages": [stage], "timeout": "1h", "onTimeout": "CONTINUE" })
}
