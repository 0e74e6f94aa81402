//! Applications on instances and at the edge in all weathers: applying again completes what went wrong.

use super::account::Account;
use super::application::resolve_text;
use crate::kind::DesiredRow;
use crate::kinds::ALL;
use crate::storms::weather;

/// Two groups of instances, one of them without a capacity provider, and a service on each.
const INSTANCES: &str = "
kind: App
name: shop
environments: { prod: {} }
---
kind: Cluster
name: main
instances: [{ name: general }, { name: plain, capacityProvider: DISABLED, cpuTarget: 60 }]
---
kind: FileSystem
name: uploads
---
kind: Service
name: web
image: web:1
port: 80
memory: 512
capacity: [{ provider: general }]
volumes: { uploads: { efs: { fileSystem: uploads } } }
mounts: [{ volume: uploads, path: /uploads }]
---
kind: Service
name: agent
image: agent:1
memory: 128
launchType: EC2
scheduling: DAEMON
";

/// A service behind a Network and an Application Load Balancer that is deployed blue/green, with
/// steps that alarms trigger.
const EDGE: &str = "
kind: App
name: shop
environments: { prod: {} }
---
kind: LoadBalancer
name: edge
type: network
listeners: [{ name: tcp, protocol: TCP, port: 9000 }]
---
kind: LoadBalancer
name: public
listeners: [{ name: http, protocol: HTTP }, { name: test, protocol: HTTP, port: 81 }]
---
kind: Service
name: web
image: web:1
ports: [80, 9000]
deployment: { strategy: BLUE_GREEN }
loadBalancers:
  - { loadBalancer: public, listener: http, testListener: test, paths: [/web] }
---
kind: Service
name: relay
image: relay:1
port: 9000
loadBalancers: [{ loadBalancer: edge }]
scaling:
  min: 1
  max: 4
  stepScaling: [{ name: load, metric: cpu, steps: [{ from: 70, change: 1 }] }]
";

/// The rows of an application after some edits of its text.
async fn rows(text: &str, edits: &[(&str, &str)]) -> Vec<DesiredRow> {
    let text = edits.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "the application does not say `{old}`");
        text.replace(old, new)
    });
    let stack = resolve_text(&text, None).unwrap_or_else(|problems| panic!("{problems}"));
    Account::empty().desired(&stack).await
}

#[tokio::test]
async fn a_first_deployment_on_instances_weathers_all() {
    weather(ALL, &[], &rows(INSTANCES, &[]).await).await;
}

#[tokio::test]
async fn a_change_of_instances_weathers_all() {
    let edits = [
        ("{ name: general }", "{ name: general, keyPair: operators, min: 2 }"),
        ("{ name: plain, capacityProvider: DISABLED, cpuTarget: 60 }", "{ name: fresh }"),
        ("web:1", "web:2"),
        ("launchType: EC2\nscheduling: DAEMON", "capacity: [{ provider: fresh }]"),
    ];
    weather(ALL, &rows(INSTANCES, &[]).await, &rows(INSTANCES, &edits).await).await;
}

#[tokio::test]
async fn a_first_deployment_at_the_edge_weathers_all() {
    weather(ALL, &[], &rows(EDGE, &[]).await).await;
}

#[tokio::test]
async fn a_change_at_the_edge_weathers_all() {
    let edits = [
        ("web:1", "web:2"),
        ("strategy: BLUE_GREEN", "strategy: ROLLING"),
        (" testListener: test,", ""),
        ("port: 9000\nloadBalancers", "port: 9001\nloadBalancers"),
        ("name: load, metric: cpu", "name: pressure, metric: memory"),
    ];
    let (before, after) = (rows(EDGE, &[]).await, rows(EDGE, &edits).await);
    weather(ALL, &before, &after).await;
    weather(ALL, &after, &before).await;
}
