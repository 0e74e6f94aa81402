//! Rollouts from end to end, from replies in AWS's shapes, and on a mock account as its script has it.

use std::sync::Mutex;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value as Json, json};

use super::*;
use crate::aws::replay::{Replay, json as reply, reply as any_reply};
use crate::rollout::End;

const CLUSTER: &str = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";
const FAMILY: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web";

fn rollout() -> Rollout {
    Rollout {
        cluster: CLUSTER.into(),
        service: "shop-prod-web".to_owned(),
        deployment: "ecs-svc/2".into(),
        task_definition: format!("{FAMILY}:42").into(),
        baking: 0,
        previous: Some(format!("{FAMILY}:41").into()),
    }
}

fn ok(body: &Json) -> HttpResponse {
    reply(200, &body.to_string())
}

fn deployment(id: &str, status: &str, revision: u32, state: &str) -> Json {
    json!({
        "id": id, "status": status, "taskDefinition": format!("{FAMILY}:{revision}"),
        "desiredCount": 2, "runningCount": 1, "pendingCount": 1, "failedTasks": 3,
        "createdAt": 1_700_000_000.0, "rolloutState": state
    })
}

fn services(deployments: &[Json]) -> HttpResponse {
    ok(&json!({"services": [{
        "serviceName": "shop-prod-web", "status": "ACTIVE", "deployments": deployments,
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}},
        "events": [
            {"createdAt": 1_700_000_300.0, "message": "(service shop-prod-web) has reached a steady state."},
            {"createdAt": 1_700_000_200.0, "message": "(service shop-prod-web) (task 1) failed container health checks."}
        ]
    }]}))
}

fn under_way() -> HttpResponse {
    services(&[
        deployment("ecs-svc/2", "PRIMARY", 42, "IN_PROGRESS"),
        deployment("ecs-svc/1", "ACTIVE", 41, "COMPLETED"),
    ])
}

fn rolled_back() -> HttpResponse {
    services(&[deployment("ecs-svc/3", "PRIMARY", 41, "COMPLETED")])
}

/// moto's answer to an operation that it lacks.
fn page() -> HttpResponse {
    any_reply(500, "text/html", "<!doctype html><title>500</title>")
}

fn no_tasks() -> HttpResponse {
    ok(&json!({"taskArns": []}))
}

fn listed() -> [HttpResponse; 2] {
    let brief = |number: u32, created: f64| {
        json!({
            "serviceDeploymentArn": format!("arn:deployment/{number}"),
            "createdAt": created,
            "targetServiceRevisionArn": format!("arn:revision/{number}")
        })
    };
    let revision = |number: u32, revision: u32| {
        json!({
            "serviceRevisionArn": format!("arn:revision/{number}"),
            "taskDefinition": format!("{FAMILY}:{revision}")
        })
    };
    let briefs = [brief(1, 1_699_999_995.0), brief(2, 1_700_000_000.2)];
    [
        ok(&json!({"serviceDeployments": briefs})),
        ok(&json!({"serviceRevisions": [revision(1, 41), revision(2, 42)]})),
    ]
}

fn service_deployment(status: &str) -> HttpResponse {
    ok(&json!({"serviceDeployments": [{
        "serviceDeploymentArn": "arn:deployment/2", "status": status,
        "targetServiceRevision": {"requestedTaskCount": 2, "runningTaskCount": 1},
        "deploymentCircuitBreaker": {"status": "MONITORING", "failureCount": 3, "threshold": 3},
        "rollback": {"reason": "Service deployment rolled back because the circuit breaker threshold was exceeded."}
    }]}))
}

fn operations(replay: &Replay) -> Vec<String> {
    let targets = replay.header("x-amz-target").into_iter();
    targets.map(|target| target.rsplit('.').next().unwrap_or_default().to_owned()).collect()
}

async fn followed(replay: &Replay) -> Result<Vec<Progress>, CallError> {
    let backend = Backend::Live(Box::new(replay.aws()));
    let told = Mutex::new(vec![]);
    let tell = |progress| told.lock().unwrap().push(progress);
    follow(&backend, &rollout(), Duration::from_mins(1), &tell).await?;
    Ok(told.into_inner().unwrap())
}

async fn failed(replay: &Replay) -> String {
    followed(replay).await.unwrap_err().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_followed_by_its_service_deployment() {
    let [list, revisions] = listed();
    let replay = Replay::new([
        under_way(),
        list,
        revisions,
        service_deployment("IN_PROGRESS"),
        no_tasks(),
        under_way(),
        service_deployment("SUCCESSFUL"),
    ]);
    let told = followed(&replay).await.unwrap();
    assert_eq!(
        operations(&replay),
        [
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceRevisions",
            "DescribeServiceDeployments",
            "ListTasks",
            "DescribeServices",
            "DescribeServiceDeployments",
        ]
    );
    let bodies: Vec<Json> =
        replay.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(bodies[3], json!({"serviceDeploymentArns": ["arn:deployment/2"]}));
    assert_eq!(
        bodies[4],
        json!({"cluster": CLUSTER, "desiredStatus": "STOPPED", "serviceName": "shop-prod-web"})
    );
    let [early, late] = <[Progress; 2]>::try_from(told).unwrap();
    assert_eq!((early.elapsed, late.elapsed), (0, 5));
    assert_eq!(early.new.revision, "shop-prod-web:42");
    assert_eq!(early.old.unwrap().revision, "shop-prod-web:41");
    assert_eq!((early.new.running, early.new.pending, early.new.failed), (1, 1, 3));
    assert_eq!(early.breaker.unwrap().threshold, 3);
    assert!(early.event.unwrap().message.contains("failed container health checks"));
}

#[tokio::test(start_paused = true)]
async fn a_rolled_back_deployment_is_a_failure_that_says_why_and_what_runs() {
    let [list, revisions] = listed();
    let replay = Replay::new([
        under_way(),
        list,
        revisions,
        service_deployment("ROLLBACK_IN_PROGRESS"),
        no_tasks(),
        under_way(),
        service_deployment("ROLLBACK_SUCCESSFUL"),
        rolled_back(),
        no_tasks(),
        service_deployment("ROLLBACK_SUCCESSFUL"),
    ]);
    insta::assert_snapshot!(failed(&replay).await, @"
    the deployment of shop-prod-web:42 to service shop-prod-web failed and was rolled back: Service deployment rolled back because the circuit breaker threshold was exceeded; shop-prod-web:41 runs now
    ");
}

#[tokio::test(start_paused = true)]
async fn without_service_deployments_the_service_itself_tells() {
    let replay = Replay::new([
        under_way(),
        page(),
        no_tasks(),
        services(&[deployment("ecs-svc/2", "PRIMARY", 42, "COMPLETED")]),
    ]);
    assert_eq!(followed(&replay).await.unwrap().len(), 2);
    let asked = operations(&replay);
    assert_eq!(asked.iter().filter(|name| *name == "ListServiceDeployments").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_stable_after_a_rollback_is_a_failure() {
    let replay =
        Replay::new([under_way(), page(), no_tasks(), rolled_back(), rolled_back(), no_tasks()]);
    insta::assert_snapshot!(failed(&replay).await, @"
    the deployment of shop-prod-web:42 to service shop-prod-web failed and was rolled back; shop-prod-web:41 runs now
    ");
}

#[tokio::test(start_paused = true)]
async fn events_from_before_the_deployment_explain_nothing() {
    let mut first = deployment("ecs-svc/2", "PRIMARY", 42, "FAILED");
    first["createdAt"] = json!(1_700_000_250.0);
    first["rolloutStateReason"] = json!("tasks failed to start.");
    let failing = || services(std::slice::from_ref(&first));
    let replay = Replay::new([failing(), page(), failing(), no_tasks()]);
    let CallError::Rollout(failure) = followed(&replay).await.unwrap_err() else { panic!() };
    assert_eq!(failure.end, End::Failed);
    let told: Vec<_> = failure.evidence.events.iter().map(|event| &event.message).collect();
    assert_eq!(told, ["(service shop-prod-web) has reached a steady state."]);
    insta::assert_snapshot!(failure, @"
    the deployment of shop-prod-web:42 to service shop-prod-web failed: tasks failed to start; shop-prod-web:42 runs now
    ");
}

#[tokio::test(start_paused = true)]
async fn a_deployment_without_end_is_given_up_with_how_far_it_came() {
    let mut replies = vec![under_way(), page(), no_tasks()];
    for look in 1..7 {
        replies.push(under_way());
        replies.extend((look % 3 == 2).then(no_tasks));
    }
    replies.extend([under_way(), no_tasks()]);
    let CallError::Rollout(failure) = followed(&Replay::new(replies)).await.unwrap_err() else {
        panic!()
    };
    assert_eq!((failure.end, failure.elapsed), (End::TimedOut, 60));
    assert_eq!(failure.progress.new.running, 1);
    insta::assert_snapshot!(failure, @"
    the deployment of shop-prod-web:42 to service shop-prod-web is still in progress; shop-prod-web:41 runs now
    ");
}
