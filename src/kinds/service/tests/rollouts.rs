//! Rollouts from end to end.

use std::time::Duration;

use super::*;
use crate::aws::replay::reply as any_reply;

fn rollout() -> Call {
    Call::AwaitRollout(Box::new(Rollout {
        cluster: CLUSTER.into(),
        service: "shop-prod-web".to_owned(),
        deployment: "ecs-svc/2".into(),
        task_definition: format!("{FAMILY}:42").into(),
        baking: 0,
        previous: Some(format!("{FAMILY}:41").into()),
    }))
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

/// moto's answer to an operation that it lacks.
fn page() -> HttpResponse {
    any_reply(500, "text/html", "<!doctype html><title>500</title>")
}

async fn followed(replay: &Replay) -> Result<Outputs, String> {
    let aws = replay.aws().with_rollout_limit(Duration::from_mins(1));
    Service::perform(&aws, &rollout()).await.map_err(|error| error.to_string())
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

#[tokio::test(start_paused = true)]
async fn a_deployment_is_followed_by_its_service_deployment() {
    let [list, revisions] = listed();
    let replay = Replay::new([
        under_way(),
        list,
        revisions,
        service_deployment("IN_PROGRESS"),
        service_deployment("SUCCESSFUL"),
    ]);
    assert_eq!(followed(&replay).await, Ok(Outputs::new()));
    assert_eq!(
        operations(&replay),
        [
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceRevisions",
            "DescribeServiceDeployments",
            "DescribeServiceDeployments",
        ]
    );
    assert_eq!(bodies(&replay)[4], json!({"serviceDeploymentArns": ["arn:deployment/2"]}));
}

#[tokio::test(start_paused = true)]
async fn a_rolled_back_deployment_is_a_failure_that_says_why_and_what_runs() {
    let [list, revisions] = listed();
    let replay = Replay::new([
        under_way(),
        list,
        revisions,
        service_deployment("ROLLBACK_IN_PROGRESS"),
        service_deployment("ROLLBACK_SUCCESSFUL"),
        services(&[deployment("ecs-svc/3", "PRIMARY", 41, "COMPLETED")]),
    ]);
    insta::assert_snapshot!(followed(&replay).await.unwrap_err(), @"deployment ecs-svc/2 of shop-prod-web:42 to service shop-prod-web failed and was rolled back: Service deployment rolled back because the circuit breaker threshold was exceeded; shop-prod-web:41 runs now; last event: (service shop-prod-web) (task 1) failed container health checks");
}

#[tokio::test(start_paused = true)]
async fn without_service_deployments_the_service_itself_tells() {
    let replay = Replay::new([
        under_way(),
        page(),
        under_way(),
        services(&[deployment("ecs-svc/2", "PRIMARY", 42, "COMPLETED")]),
    ]);
    assert_eq!(followed(&replay).await, Ok(Outputs::new()));
    assert_eq!(
        operations(&replay).iter().filter(|name| *name == "ListServiceDeployments").count(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_stable_after_a_rollback_is_a_failure() {
    let back = || services(&[deployment("ecs-svc/3", "PRIMARY", 41, "COMPLETED")]);
    let replay = Replay::new([under_way(), page(), back(), back()]);
    insta::assert_snapshot!(followed(&replay).await.unwrap_err(), @"deployment ecs-svc/2 of shop-prod-web:42 to service shop-prod-web failed and was rolled back; shop-prod-web:41 runs now; last event: (service shop-prod-web) (task 1) failed container health checks");
}

#[tokio::test(start_paused = true)]
async fn events_from_before_the_deployment_explain_nothing() {
    let mut first = deployment("ecs-svc/2", "PRIMARY", 42, "FAILED");
    first["createdAt"] = json!(1_700_000_250.0);
    first["rolloutStateReason"] = json!("tasks failed to start.");
    let reply = || services(std::slice::from_ref(&first));
    let error = followed(&Replay::new([reply(), reply()])).await.unwrap_err();
    insta::assert_snapshot!(error, @"deployment ecs-svc/2 of shop-prod-web:42 to service shop-prod-web failed: tasks failed to start; shop-prod-web:42 runs now");
}

#[tokio::test(start_paused = true)]
async fn a_deployment_without_end_is_given_up_with_how_far_it_came() {
    let mut replies = vec![under_way(), page()];
    replies.extend((0..20).map(|_| under_way()));
    let aws = Replay::new(replies).aws().with_rollout_limit(Duration::from_mins(1));
    let error = Service::perform(&aws, &rollout()).await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut(_)), "{error:?}");
    insta::assert_snapshot!(error, @"deployment ecs-svc/2 of shop-prod-web:42 to service shop-prod-web was still in progress after 60 s: 1 of 2 tasks running, 3 failed");
}
