//! A service that changes how it is deployed and scaled: whatever goes wrong, applying again completes it.

use super::account::Account;
use super::application::resolve_text;
use crate::kind::DesiredRow;
use crate::kinds::ALL;
use crate::storms::weather;

const GROUND: &str = "
{ kind: App, name: shop, environments: { prod: {} } }
---
{ kind: LoadBalancer, name: public, listeners: [{ name: http, protocol: HTTP }, { name: test, protocol: HTTP, port: 81 }] }
---
";
const ROLLING: &str = "loadBalancers: [{ loadBalancer: public, listener: http }]";
const BLUE_GREEN: &str = "deployment: { strategy: BLUE_GREEN }, loadBalancers: [{ loadBalancer: public, listener: http, testListener: test }]";
const STEPS: &str = "scaling: { min: 1, max: 4, stepScaling: [{ name: load, metric: cpu, steps: [{ from: 70, change: 1 }] }], scheduled: [{ name: night, schedule: rate(1 day), min: 2 }] }";

async fn rows(fields: &str) -> Vec<DesiredRow> {
    let text = format!("{GROUND}{{ kind: Service, name: web, image: web:1, port: 80, {fields} }}");
    let stack = resolve_text(&text, Some("prod")).unwrap_or_else(|problems| panic!("{problems}"));
    Account::empty().desired(&stack).await
}

#[tokio::test]
async fn the_way_to_blue_green_and_back_weathers_all() {
    weather(ALL, &rows(ROLLING).await, &rows(BLUE_GREEN).await).await;
    weather(ALL, &rows(BLUE_GREEN).await, &rows(ROLLING).await).await;
}

#[tokio::test]
async fn the_end_of_scaling_weathers_all() {
    let scaled = rows(&format!("{ROLLING}, {STEPS}")).await;
    weather(ALL, &scaled, &rows(ROLLING).await).await;
    weather(ALL, &rows(ROLLING).await, &scaled).await;
}
