//! Exact requests, and replies in AWS's shapes.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::*;
use crate::aws::replay::{Replay, json, xml};

const ALARMS: &str = r#"<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">
  <DescribeAlarmsResult>
    <MetricAlarms><member>
      <AlarmName>web-errors</AlarmName><StateValue>ALARM</StateValue>
      <StateReason>Threshold Crossed</StateReason>
      <StateUpdatedTimestamp>2026-01-01T00:05:00.123Z</StateUpdatedTimestamp>
      <StateTransitionedTimestamp>2026-01-01T00:00:30.000Z</StateTransitionedTimestamp>
    </member></MetricAlarms>
    <CompositeAlarms><member>
      <AlarmName>web-all</AlarmName><StateValue>OK</StateValue>
      <StateUpdatedTimestamp>2026-01-01T00:00:10+00:00</StateUpdatedTimestamp>
    </member></CompositeAlarms>
  </DescribeAlarmsResult>
</DescribeAlarmsResponse>"#;

fn live(replies: impl IntoIterator<Item = HttpResponse>) -> (Replay, Backend) {
    let replay = Replay::new(replies);
    let backend = Backend::Live(Box::new(replay.aws()));
    (replay, backend)
}

fn id(service: &str) -> ServiceId {
    ServiceId { cluster: "shop-prod-main".to_owned(), service: service.to_owned() }
}

#[tokio::test]
async fn alarms_are_read_by_the_hundred_composite_ones_too() {
    let names: Vec<String> = (0..101).map(|number| format!("web-{number}")).collect();
    let (replay, backend) = live([xml(200, ALARMS), xml(200, &ALARMS.replace("web-", "api-"))]);
    let alarms = backend.alarms(&names).await.unwrap();
    let read: Vec<_> = alarms
        .iter()
        .map(|alarm| format!("{} {} {}", alarm.name, alarm.state, alarm.changed_at.unwrap()))
        .collect();
    assert_eq!(
        read[..2],
        ["web-errors ALARM 2026-01-01T00:00:30Z", "web-all OK 2026-01-01T00:00:10Z"]
    );
    let bodies = replay.bodies();
    let sizes: Vec<_> =
        bodies.iter().map(|body| body.matches("AlarmNames.member").count()).collect();
    assert_eq!(sizes, [100, 1]);
    assert!(bodies[1].ends_with("AlarmTypes.member.1=MetricAlarm&AlarmTypes.member.2=CompositeAlarm&MaxRecords=100&AlarmNames.member.1=web-100"), "{}", bodies[1]);
}

#[tokio::test]
async fn scaling_of_services_its_alarms_and_its_last_change() {
    let targets = r#"{"ScalableTargets": [{"ServiceNamespace": "ecs", "ResourceId": "service/shop-prod-main/shop-prod-web", "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 10, "RoleARN": "arn", "CreationTime": 1.7e9, "SuspendedState": {"DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": true}}]}"#;
    let policies = r#"{"ScalingPolicies": [{"PolicyARN": "arn", "PolicyName": "cpu", "ServiceNamespace": "ecs", "ResourceId": "r", "ScalableDimension": "ecs:service:DesiredCount", "PolicyType": "TargetTrackingScaling", "CreationTime": 1.7e9, "Alarms": [{"AlarmName": "high", "AlarmARN": "arn"}, {"AlarmName": "low", "AlarmARN": "arn"}]}]}"#;
    let activities = r#"{"ScalingActivities": [{"ActivityId": "1", "ServiceNamespace": "ecs", "ResourceId": "r", "ScalableDimension": "ecs:service:DesiredCount", "Description": "Setting desired count to 4.", "Cause": "monitor alarm", "StartTime": 1767225600, "StatusCode": "Successful"}]}"#;
    let (replay, backend) = live([json(200, targets), json(200, policies), json(200, activities)]);
    let scaling = backend.scaling(&[id("shop-prod-web"), id("shop-prod-api")]).await.unwrap();
    assert_eq!(scaling[0].suspended, ["scaling in", "scheduled scaling"]);
    assert_eq!((scaling.len(), scaling[0].min, scaling[0].max), (1, 2, 10));
    let web = id("shop-prod-web");
    assert_eq!(backend.scaling_alarms(&web).await.unwrap(), ["high", "low"]);
    let last = backend.scaling_activity(&web).await.unwrap().unwrap();
    assert_eq!(
        (last.status.as_str(), last.description.as_str()),
        ("Successful", "Setting desired count to 4.")
    );
    insta::assert_snapshot!(replay.bodies().join("\n"), @r#"
    {"ServiceNamespace":"ecs","ResourceIds":["service/shop-prod-main/shop-prod-web","service/shop-prod-main/shop-prod-api"],"ScalableDimension":"ecs:service:DesiredCount"}
    {"ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount"}
    {"ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount","MaxResults":1}
    "#);
}

#[tokio::test]
async fn task_definitions_say_what_runs_what_it_takes_and_who_registered_it() {
    let listed = r#"{"taskDefinitionArns": ["arn:aws:ecs:eu-west-1:1:task-definition/web-canary:3", "arn:aws:ecs:eu-west-1:1:task-definition/web:9", "arn:aws:ecs:eu-west-1:1:task-definition/web:10"]}"#;
    let described = r#"{"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:eu-west-1:1:task-definition/web:10", "registeredAt": 1767225600, "registeredBy": "arn:aws:iam::1:user/maria", "runtimePlatform": {"cpuArchitecture": "ARM64"}, "containerDefinitions": [{"name": "app", "image": "shop-web:1", "cpu": 128, "memoryReservation": 256}, {"name": "proxy", "image": "proxy:2", "cpu": 64, "memory": 64}]}}"#;
    let gone = r#"{"__type": "ClientException", "message": "Unable to describe task definition."}"#;
    let (replay, backend) = live([json(200, listed), json(200, described), json(400, gone)]);
    let arns = backend.family("web", 2).await.unwrap();
    assert_eq!(
        arns.iter().map(|arn| crate::runtime::short(arn)).collect::<Vec<_>>(),
        ["web:10", "web:9"]
    );
    let found = backend.definitions(&arns).await.unwrap();
    insta::assert_debug_snapshot!(found, @r#"
    [
        Definition {
            arn: "arn:aws:ecs:eu-west-1:1:task-definition/web:10",
            cpu: 192,
            memory: 320,
            architecture: Some(
                "ARM64",
            ),
            images: [
                Image {
                    container: "app",
                    image: "shop-web:1",
                    digest: None,
                },
                Image {
                    container: "proxy",
                    image: "proxy:2",
                    digest: None,
                },
            ],
            registered_at: Some(
                2026-01-01T00:00:00Z,
            ),
            registered_by: Some(
                "arn:aws:iam::1:user/maria",
            ),
        },
    ]
    "#);
    insta::assert_snapshot!(replay.bodies().join("\n"), @r#"
    {"familyPrefix":"web","sort":"DESC","maxResults":2}
    {"taskDefinition":"arn:aws:ecs:eu-west-1:1:task-definition/web:10"}
    {"taskDefinition":"arn:aws:ecs:eu-west-1:1:task-definition/web:9"}
    "#);
}

#[tokio::test]
async fn a_task_is_stopped_with_a_reason() {
    let (replay, backend) = live([json(200, "{}")]);
    let task = Task { arn: "arn:task/1".to_owned(), cluster: "main".to_owned(), ..Task::default() };
    backend.stop_task(&task, "stuck").await.unwrap();
    assert_eq!(replay.bodies(), [r#"{"cluster":"main","task":"arn:task/1","reason":"stuck"}"#]);
}
