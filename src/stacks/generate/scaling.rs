//! Generates how services scale.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Part, entries, fixed, merged, object, one_of, some_of};

/// Policies and schedules, of which some may count the requests at an Application Load Balancer.
pub(super) fn scaling(balancer: Option<Json>) -> Part {
    let bounds = (2..=3_u32, 4..=10_u32).prop_map(|(min, max)| json!({ "min": min, "max": max }));
    let rest = object(vec![
        ("targetTracking", tracking(balancer)),
        ("stepScaling", steps()),
        ("scheduled", schedules()),
        ("suspended", suspended()),
    ]);
    merged(vec![bounds.boxed(), rest])
}

fn tracking(balancer: Option<Json>) -> Part {
    let memory = one_of([
        json!({ "metric": "memory", "target": 75, "disableScaleIn": true }),
        json!({ "metric": "memory", "target": 75, "scaleInCooldown": "10m" }),
    ]);
    let requests = balancer
        .map(|name| json!({ "metric": "albRequests", "target": 500, "loadBalancer": name }));
    let backlog = one_of([
        json!({ "name": "backlog", "metric": queue("Average"), "target": 100 }),
        json!({
            "name": "backlog",
            "metrics": [
                { "id": "visible", "metric": queue("Sum") },
                { "id": "share", "expression": "visible / 4", "label": "per task" },
            ],
            "target": 12.5,
        }),
    ]);
    let all = (memory, backlog).prop_flat_map(move |(memory, backlog)| {
        let cpu = json!({ "metric": "cpu", "target": 60 });
        let all: Vec<Json> = [cpu, memory, backlog].into_iter().chain(requests.clone()).collect();
        let most = all.len();
        prop::sample::subsequence(all, 0..=most).prop_map(Json::Array)
    });
    all.boxed()
}

fn queue(statistic: &str) -> Json {
    json!({
        "namespace": "AWS/SQS",
        "name": "ApproximateNumberOfMessagesVisible",
        "dimensions": { "QueueName": "orders" },
        "statistic": statistic,
    })
}

fn steps() -> Part {
    let out = merged(vec![
        fixed(
            json!({ "name": "out", "metric": "cpu", "steps": [{ "from": 60, "to": 80, "change": 1 }, { "from": 80, "change": 3 }] }),
        ),
        object(vec![
            ("cooldown", one_of([json!("2m"), json!("10m")])),
            ("metricAggregationType", fixed(json!("Maximum"))),
            ("alarm", alarm()),
        ]),
    ]);
    let back = one_of([
        json!({ "name": "in", "metric": queue("p90"), "steps": [{ "to": 5, "change": -1 }] }),
        json!({
            "name": "in",
            "metric": "memory",
            "adjustmentType": "PercentChangeInCapacity",
            "minAdjustmentMagnitude": 2,
            "steps": [{ "to": 20, "change": -10 }],
        }),
        json!({ "name": "in", "metric": "cpu", "adjustmentType": "ExactCapacity", "steps": [{ "to": 10, "change": 2 }] }),
    ]);
    (out, back).prop_flat_map(|(out, back)| some_of(1, [out, back])).boxed()
}

fn alarm() -> Part {
    entries([
        ("evaluationPeriods", json!(3)),
        ("period", json!("2m")),
        ("treatMissingData", json!("notBreaching")),
    ])
}

/// Bounds that are no `min` or `max` of the above: what a schedule has set is left alone.
fn schedules() -> Part {
    some_of(
        1,
        [
            json!({ "name": "night", "schedule": "cron(0 22 * * ? *)", "timeZone": "Europe/Berlin", "min": 1 }),
            json!({ "name": "sale", "schedule": "at(2036-12-24T18:00:00)", "min": 4, "max": 20 }),
            json!({ "name": "often", "schedule": "rate(12 hours)", "max": 12, "end": "2036-12-01T00:00:00Z" }),
        ],
    )
}

fn suspended() -> Part {
    one_of([json!({ "scaleIn": true }), json!({ "scaleOut": true, "scheduled": true })])
}
