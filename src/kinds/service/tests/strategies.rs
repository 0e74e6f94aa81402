//! Deployment strategies: exact requests, what AWS fills in, and target groups in each other's place.

use super::*;
use crate::kinds::service::examples::{canary, linear, watched};

const GREEN: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web/4567";

async fn created(spec: ServiceSpec) -> Json {
    let replay = Replay::new([ok(&written())]);
    Service::perform(&replay.aws(), &Call::Create { spec: Box::new(spec) }).await.unwrap();
    bodies(&replay).swap_remove(0)
}

async fn updated(field: &str, spec: &ServiceSpec) -> Json {
    let replay = Replay::new([ok(&written())]);
    let calls = lowered(&[field], spec);
    Service::perform(&replay.aws(), &calls[0]).await.unwrap();
    bodies(&replay).swap_remove(0)
}

async fn read_back(read: Json, wanted: ServiceSpec) -> ServiceSpec {
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [read]}))]);
    observed(&replay, &[wanted], &[]).await.swap_remove(0).spec
}

fn watched_request() -> Json {
    json!({
        "strategy": "ROLLING",
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "bakeTimeInMinutes": 2,
        "deploymentCircuitBreaker": {
            "enable": true, "rollback": false, "resetOnHealthyTask": false,
            "thresholdConfiguration": {"type": "COUNT", "value": 5}
        },
        "alarms": {"alarmNames": ["web-errors", "web-latency"], "enable": true, "rollback": true},
        "earlySuccessCriteria": {
            "enable": true, "healthyPercent": 100, "sourceServiceRevisionCleanup": "DEFERRED"
        }
    })
}

fn linear_request() -> Json {
    json!({
        "strategy": "LINEAR",
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "bakeTimeInMinutes": 15,
        "linearConfiguration": {"stepPercent": 12.5, "stepBakeTimeInMinutes": 3},
        "deploymentCircuitBreaker": {"enable": false, "rollback": false},
        "lifecycleHooks": [
            {
                "targetType": "AWS_LAMBDA",
                "hookTargetArn": "arn:aws:lambda:eu-west-1:444455556666:function:check",
                "roleArn": "arn:aws:iam::444455556666:role/calls-check",
                "lifecycleStages": ["POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"],
                "hookDetails": {"suite": "smoke"}
            },
            {
                "targetType": "PAUSE",
                "lifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"],
                "timeoutConfiguration": {"timeoutInMinutes": 60, "action": "CONTINUE"}
            }
        ]
    })
}

fn shifted_request() -> Json {
    json!([{
        "targetGroupArn": TARGET_GROUP,
        "containerName": "app",
        "containerPort": 8080,
        "advancedConfiguration": {
            "alternateTargetGroupArn": GREEN,
            "productionListenerRule": "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener-rule/app/shop-prod-public/1/2/3",
            "testListenerRule": "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener-rule/app/shop-prod-public/1/4/5",
            "roleArn": "arn:aws:iam::444455556666:role/ecsctl/shop/prod/shop-prod-web-infrastructure"
        }
    }])
}

#[tokio::test]
async fn every_field_of_a_deployment_is_sent() {
    assert_eq!(created(watched()).await["deploymentConfiguration"], watched_request());
    let sent = created(linear()).await;
    assert_eq!(sent["deploymentConfiguration"], linear_request());
    assert_eq!(sent["loadBalancers"], shifted_request());
    let sent = created(canary()).await;
    let canary = json!({"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10});
    assert_eq!(sent["deploymentConfiguration"]["canaryConfiguration"], canary);
    let mut whole = watched_request();
    whole["lifecycleHooks"] = json!([]);
    let sent = updated("deployment.alarms.names", &watched()).await;
    assert_eq!(sent["deploymentConfiguration"], whole);
}

#[tokio::test]
async fn every_field_of_a_deployment_reads_back() {
    let tags = owned_example().tags;
    let mut read = described();
    read["deploymentConfiguration"] = watched_request();
    let spec = read_back(read, watched()).await;
    assert_eq!(spec, ServiceSpec { tags: tags.clone(), ..watched() });

    let mut read = described();
    read["deploymentConfiguration"] = linear_request();
    for hook in read["deploymentConfiguration"]["lifecycleHooks"].as_array_mut().unwrap() {
        if hook["targetType"] == "AWS_LAMBDA" {
            hook.as_object_mut().unwrap().shift_remove("targetType");
        }
    }
    read["loadBalancers"] = shifted_request();
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [read]})), target_groups()]);
    let spec = observed(&replay, &[linear()], &[]).await.swap_remove(0).spec;
    assert_eq!(spec.deployment.lifecycle_hooks, linear().deployment.lifecycle_hooks);
    assert_eq!(spec.deployment.linear, linear().deployment.linear);
    assert_eq!(spec.deployment.bake_time_in_minutes, 15);
}

/// No target group of this account is there, and so none is known to be the alternate one.
fn target_groups() -> HttpResponse {
    let empty = "<DescribeTargetGroupsResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\"><DescribeTargetGroupsResult><TargetGroups/></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>";
    crate::aws::replay::reply(200, "text/xml", empty)
}

#[test]
fn target_groups_in_each_others_place_are_no_difference_and_stay_there() {
    let read = |target_group: &str, alternate: &str| {
        let advanced = aws_sdk_ecs::types::AdvancedConfiguration::builder()
            .alternate_target_group_arn(alternate)
            .build();
        let entry = aws_sdk_ecs::types::LoadBalancer::builder()
            .target_group_arn(target_group)
            .container_name("app")
            .container_port(8080)
            .advanced_configuration(advanced)
            .build();
        let live = [
            samples::parent("target-group", "web-public-http", &[("arn", TARGET_GROUP)]),
            samples::parent("target-group", "web-public-http-alternate", &[("arn", GREEN)]),
        ];
        LoadBalancer::read(entry, &live).unwrap()
    };
    let (before, after) = (read(TARGET_GROUP, GREEN), read(GREEN, TARGET_GROUP));
    assert_eq!(LoadBalancer { is_swapped: Some(false), ..after.clone() }, before);
    assert_eq!((before.is_swapped, after.is_swapped), (Some(false), Some(true)));
    let wanted = Set::from_iter([LoadBalancer { is_swapped: None, ..before }]);
    let kept = super::super::load_balancer::as_swapped_as(&wanted, &Set::from_iter([after]));
    let sent = kept.0.first().unwrap().sdk();
    let alternate = sent.advanced_configuration().unwrap().alternate_target_group_arn();
    assert_eq!((sent.target_group_arn(), alternate), (Some(GREEN), Some(TARGET_GROUP)));
}

#[test]
fn steps_and_bake_times_give_a_deployment_more_time() {
    // Eight steps of 12.5% with seven pauses between them.
    assert_eq!(linear().deployment.baking(), 7 * 3 + 15);
    assert_eq!(canary().deployment.baking(), 10 + 15);
    assert_eq!(example().deployment.baking(), 0);
    let calls = lowered(&["taskDefinition"], &linear());
    let Some(Call::AwaitRollout(rollout)) = calls.last() else { panic!("{calls:?}") };
    assert_eq!(rollout.baking, 36);
}

#[test]
fn a_shifted_service_has_a_role_two_target_groups_and_rules_for_both() {
    let stack = samples::stack(
        "
kind: LoadBalancer
name: public
listeners: [{ name: http, protocol: HTTP }, { name: test, protocol: HTTP, port: 81 }]
---
kind: Service
name: web
image: nginx
port: 80
deployment: { strategy: BLUE_GREEN }
loadBalancers: [{ loadBalancer: public, listener: http, testListener: test }]
",
    );
    let row = Service::desired(&stack, &samples::facts()).swap_remove(0);
    let rules = row.after.iter().filter(|address| address.kind == "listener-rule");
    let after: Vec<String> = rules.map(ToString::to_string).collect();
    assert_eq!(after, ["listener-rule/web-public-http", "listener-rule/web-public-http-test"]);
    let entry = row.spec.load_balancers.0.first().unwrap();
    let reference = |kind: &str, name: &str| Resolvable::reference(kind, name, "arn");
    let advanced = [
        ("alternateTargetGroupArn", reference("target-group", "web-public-http-alternate")),
        ("productionListenerRule", reference("listener-rule", "web-public-http")),
        ("roleArn", reference("role", "infrastructure-web")),
        ("testListenerRule", reference("listener-rule", "web-public-http-test")),
    ];
    let advanced = advanced.map(|(field, arn)| (field.to_owned(), arn));
    assert_eq!(entry.advanced_configuration, advanced.into_iter().collect());
    assert_eq!(row.spec.deployment.bake_time_in_minutes, 5);
    assert!(!row.spec.deployment.circuit_breaker.enable, "only rolling deployments have one");
}
