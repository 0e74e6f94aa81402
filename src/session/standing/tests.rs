//! From a manifest to the exact request that runs a task of it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::backend::Backend;
use crate::kind::Kind as _;
use crate::kinds::samples::{facts, stack};
use crate::kinds::service;
use crate::runtime::{ContainerOverride, Launch, Overrides, Refusal, Task};

const CLUSTER: &str = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";

/// Everything is live, under ids that are made of addresses.
fn id(reference: &Reference) -> String {
    if reference.address().kind == "cluster" {
        return CLUSTER.to_owned();
    }
    reference.to_string()
}

fn launch(mut spec: Json) -> Launch {
    assert_eq!(resolve(&mut spec, &|reference| Some(id(reference))), []);
    Launch {
        placement: placement(spec).unwrap(),
        overrides: Overrides::default(),
        propagates_tags: true,
        tags: BTreeMap::from([("ecsctl:app".to_owned(), "shop".to_owned())]),
        started_by: "ecsctl/shop/prod".to_owned(),
    }
}

fn of_a_job(manifests: &str) -> Launch {
    let stack = stack(manifests);
    launch(of_job(&stack, &facts(), &stack.jobs["migrate"]))
}

fn of_a_service(manifests: &str) -> Launch {
    let mut rows = service::Service::desired(&stack(manifests), &facts());
    launch(json!(rows.remove(0).spec))
}

/// The request that is sent, without what all have in common.
async fn request(launch: &Launch) -> Json {
    let replay = Replay::new([reply(200, r#"{"tasks": [], "failures": []}"#)]);
    let backend = Backend::Live(Box::new(replay.aws()));
    backend.run_tasks(launch, 1, "token").await.unwrap();
    let mut body: Json = serde_json::from_str(&replay.bodies()[0]).unwrap();
    for (field, value) in [
        ("clientToken", json!("token")),
        ("cluster", json!(CLUSTER)),
        ("count", json!(1)),
        ("enableECSManagedTags", json!(true)),
        ("propagateTags", json!("TASK_DEFINITION")),
        ("startedBy", json!("ecsctl/shop/prod")),
        ("tags", json!([{"key": "ecsctl:app", "value": "shop"}])),
    ] {
        let sent = body.as_object_mut().unwrap().remove(field);
        assert_eq!(sent, Some(value), "{field}");
    }
    body
}

#[tokio::test]
async fn a_job_on_fargate() {
    let mut job = of_a_job("{ kind: Job, name: migrate, image: shop }");
    job.placement.enable_execute_command = true;
    let container = ContainerOverride {
        name: "migrate".to_owned(),
        command: vec!["up".to_owned(), "--fast".to_owned()],
        environment: BTreeMap::from([("MODE".to_owned(), "test".to_owned())]),
    };
    job.overrides = Overrides { cpu: Some(512), memory: Some(1024), container: Some(container) };
    let expected = json!({
        "taskDefinition": "task-definition/migrate#arn",
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-a", "subnet-b"],
            "securityGroups": ["security-group/job-migrate#id"],
            "assignPublicIp": "ENABLED"
        }},
        "enableExecuteCommand": true,
        "overrides": {"cpu": "512", "memory": "1024", "containerOverrides": [{
            "name": "migrate", "command": ["up", "--fast"],
            "environment": [{"name": "MODE", "value": "test"}]
        }]}
    });
    assert_eq!(request(&job).await, expected);
}

#[tokio::test]
async fn a_job_on_instances() {
    let job = of_a_job(
        "{ kind: Cluster, name: main, instances: [{ name: default, instanceTypes: [m7i.large] }] }
---
kind: Job
name: migrate
image: shop
memory: 512
launchType: EC2
placementStrategy: [{ type: spread, field: 'attribute:ecs.availability-zone' }, { type: random }]
placementConstraints: [{ type: memberOf, expression: 'attribute:disk == ssd' }, { type: distinctInstance }]",
    );
    let expected = json!({
        "taskDefinition": "task-definition/migrate#arn",
        "launchType": "EC2",
        "placementStrategy": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "random"}
        ],
        "placementConstraints": [
            {"type": "memberOf", "expression": "attribute:disk == ssd"}, {"type": "distinctInstance"}
        ],
        "enableExecuteCommand": false
    });
    assert_eq!(request(&job).await, expected);
}

#[tokio::test]
async fn a_job_on_a_capacity_provider_strategy() {
    let job = of_a_job(
        "kind: Job
name: migrate
image: shop
capacity: [{ provider: FARGATE_SPOT, weight: 3 }, { provider: FARGATE, weight: 1, base: 1 }]",
    );
    let sent = request(&job).await;
    assert_eq!(sent["launchType"], Json::Null);
    let mut strategy = sent["capacityProviderStrategy"].as_array().unwrap().clone();
    strategy.sort_by_key(|item| item["base"].as_i64());
    assert_eq!(
        strategy,
        [
            json!({"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}),
            json!({"capacityProvider": "FARGATE", "weight": 1, "base": 1})
        ]
    );
}

#[tokio::test]
async fn a_service() {
    let service = of_a_service("{ kind: Service, name: web, image: shop, platformVersion: 1.4.0 }");
    let expected = json!({
        "taskDefinition": "task-definition/web#arn",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-a", "subnet-b"],
            "securityGroups": ["security-group/service-web#id"],
            "assignPublicIp": "ENABLED"
        }},
        "enableExecuteCommand": false
    });
    assert_eq!(request(&service).await, expected);
}

#[tokio::test]
async fn replies_tell_tasks_and_refusals_and_a_stop_says_why() {
    let body = r#"{"tasks": [{"taskArn": "arn:task/shop-prod-main/1", "lastStatus": "PROVISIONING"}],
        "failures": [{"arn": "arn:container-instance/9", "reason": "RESOURCE:CPU", "detail": "2048 needed"}]}"#;
    let replay = Replay::new([reply(200, body), reply(200, "{}")]);
    let backend = Backend::Live(Box::new(replay.aws()));
    let job = of_a_job("{ kind: Job, name: migrate, image: shop }");
    let launched = backend.run_tasks(&job, 2, "token").await.unwrap();
    assert_eq!(
        (launched.tasks[0].id(), launched.tasks[0].last_status.as_str()),
        ("1", "PROVISIONING")
    );
    let refusal = Refusal {
        reason: "RESOURCE:CPU".to_owned(),
        arn: Some("arn:container-instance/9".to_owned()),
        detail: Some("2048 needed".to_owned()),
    };
    assert_eq!(launched.refusals, [refusal]);
    let (arn, cluster) = ("arn:task/1".to_owned(), CLUSTER.to_owned());
    let task = Task { arn, cluster, ..Task::default() };
    backend.stop_task(&task, "the time is up").await.unwrap();
    let stop: Json = serde_json::from_str(&replay.bodies()[1]).unwrap();
    assert_eq!(stop, json!({"cluster": CLUSTER, "task": "arn:task/1", "reason": "the time is up"}));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_sent_again_is_the_same_one() {
    let replay = Replay::new([
        reply(500, r#"{"__type": "ServerException", "message": "try again"}"#),
        reply(200, r#"{"tasks": [{"taskArn": "arn:task/1"}]}"#),
    ]);
    let backend = Backend::Live(Box::new(replay.aws()));
    let job = of_a_job("{ kind: Job, name: migrate, image: shop }");
    let token = backend.run_token(&job);
    backend.run_tasks(&job, 1, &token).await.unwrap();
    let bodies = replay.bodies();
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]));
    assert!(bodies[0].contains(&token) && token.len() < 60, "room for the number of the call");
    assert_ne!(backend.run_token(&job), token, "another run is another intent");
}
