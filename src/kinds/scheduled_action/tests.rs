//! Exact requests, and actions as AWS describes them.

use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::kind::LiveRow;
use crate::kinds::samples;

fn target(service: &str) -> LiveRow {
    let id = format!("service/shop-prod-main/shop-prod-{service}");
    samples::parent("scalable-target", service, &[("id", &id)])
}

#[tokio::test]
async fn an_action_is_sent_whole() {
    let [night, hourly]: [_; 2] = ScheduledAction::examples().try_into().unwrap();
    let calls = [
        Call::Create { spec: night.clone() },
        Call::Update { spec: hourly },
        Call::Delete { spec: night },
    ];
    let gone = r#"{"__type": "ObjectNotFoundException", "Message": "gone"}"#;
    let replay = Replay::new([reply(200, "{}"), reply(200, "{}"), reply(400, gone)]);
    let aws = replay.aws();
    for call in &calls {
        ScheduledAction::perform(&aws, call).await.unwrap();
    }
    assert_eq!(
        replay.bodies(),
        [
            r#"{"ServiceNamespace":"ecs","Schedule":"cron(0 22 * * ? *)","Timezone":"Europe/Berlin","ScheduledActionName":"shop-prod-web-night","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount","StartTime":1796083200,"ScalableTargetAction":{"MinCapacity":1,"MaxCapacity":2}}"#,
            r#"{"ServiceNamespace":"ecs","Schedule":"rate(1 hour)","ScheduledActionName":"shop-prod-web-night","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount","EndTime":1827619200,"ScalableTargetAction":{"MaxCapacity":4}}"#,
            r#"{"ServiceNamespace":"ecs","ScheduledActionName":"shop-prod-web-night","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount"}"#,
        ]
    );
}

#[tokio::test]
async fn all_actions_come_with_one_call_and_those_of_others_are_left_out() {
    let action = |name: &str, service: &str, more: &str| {
        format!(
            r#"{{"ScheduledActionName": "{name}", "ScheduledActionARN": "arn:{name}", "ServiceNamespace": "ecs",
                "ResourceId": "service/shop-prod-main/shop-prod-{service}", "CreationTime": 1.7e9,
                "ScalableDimension": "ecs:service:DesiredCount", {more}}}"#
        )
    };
    let night = r#""Schedule": "cron(0 22 * * ? *)", "Timezone": "Europe/Berlin", "StartTime": 1796083200.0,
        "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2}"#;
    let hourly = r#""Schedule": "rate(1 hour)", "Timezone": "UTC", "EndTime": 1827619200.0, "ScalableTargetAction": {"MaxCapacity": 4}"#;
    let found = format!(
        r#"{{"ScheduledActions": [{}, {}, {}, {}]}}"#,
        action("shop-prod-web-night", "web", night),
        action("shop-prod-web-hourly", "web", hourly),
        action("by-hand", "web", night),
        action("shop-prod-api-night", "api", night),
    );
    let replay = Replay::new([reply(200, &found)]);
    let rows = observe::actions(&replay.aws(), &samples::scope(), &[target("web")]).await.unwrap();
    assert_eq!(replay.bodies(), [r#"{"ServiceNamespace":"ecs"}"#]);
    let mut expected = ScheduledAction::examples();
    expected[1].name = "shop-prod-web-hourly".to_owned();
    assert_eq!(rows.iter().map(|row| row.spec.clone()).collect::<Vec<_>>(), expected);
    let address = rows[0].marks.resource.as_ref().unwrap();
    assert_eq!(address.to_string(), "scheduled-action/web-night");
}

#[tokio::test]
async fn without_targets_nothing_is_asked() {
    let replay = Replay::new([]);
    let rows = observe::actions(&replay.aws(), &samples::scope(), &[]).await.unwrap();
    assert!(rows.is_empty());
}
