//! Exact requests, names, and how policies are read by them.

use std::collections::BTreeSet;

use super::*;
use crate::aws::replay::{Replay, json as reply, xml};
use crate::kind::{LiveRow, Scope};
use crate::kinds::samples;
use crate::kinds::shared::routing::routes;
use crate::model::names::Names;
use crate::value::{Address, Resolvable};

/// As `CloudWatch` answers when there are no alarms.
const NO_ALARMS: &str = "<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms/></DescribeAlarmsResult></DescribeAlarmsResponse>";

/// The service `web` behind a load balancer, scaled by every metric.
const SHOP: &str = "
{ kind: LoadBalancer, name: public }
---
kind: Service
name: web
image: nginx
port: 80
loadBalancers: [{ loadBalancer: public }]
scaling:
  min: 2
  max: 10
  targetTracking:
    - { metric: cpu, target: 60 }
    - { metric: memory, target: 60 }
    - { metric: albRequests, target: 60 }
";

/// The scalable target of a service, as it is observed.
fn target(service: &str) -> LiveRow {
    let id = format!("service/shop-prod-main/shop-prod-{service}");
    samples::parent("scalable-target", service, &[("id", &id)])
}

/// As AWS describes a policy of `web`, with all that it fills in.
fn described(name: &str, specification: &str) -> String {
    format!(
        r#"{{"PolicyARN": "arn:{name}", "PolicyName": "{name}", "ServiceNamespace": "ecs",
            "ResourceId": "service/shop-prod-main/shop-prod-web",
            "ScalableDimension": "ecs:service:DesiredCount", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {{"TargetValue": 60.0,
                "PredefinedMetricSpecification": {specification},
                "ScaleOutCooldown": 60, "ScaleInCooldown": 300}},
            "Alarms": [{{"AlarmName": "TargetTracking-high", "AlarmARN": "arn:alarm"}}],
            "CreationTime": 1.7e9}}"#
    )
}

#[test]
fn requests_are_counted_by_the_first_route_whose_rule_comes_first() {
    let stack = samples::stack(SHOP);
    let rows = ScalingPolicy::desired(&stack, &samples::facts());
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["web-cpu", "web-memory", "web-alb-requests"]);
    assert!(rows[0].after.is_empty() && rows[0].spec.load_balancer.is_none());
    let route = &routes(&stack)[0].name;
    let text = |label: &Option<Resolvable>| label.as_ref().unwrap().to_string();
    assert_eq!(text(&rows[2].spec.load_balancer), "load-balancer/public#suffix");
    assert_eq!(text(&rows[2].spec.target_group), format!("target-group/{route}#suffix"));
    assert_eq!(rows[2].after, [Address::new("listener-rule", route)]);
    assert_eq!(rows[2].spec.target.to_string(), "scalable-target/web#id");
}

#[tokio::test]
async fn a_policy_is_sent_whole_and_read_back_as_it_was_sent() {
    let requests = ScalingPolicySpec {
        name: "shop-prod-web-alb-requests".to_owned(),
        ..ScalingPolicy::examples().remove(1)
    };
    let requests = ScalingPolicySpec { disable_scale_in: Some(false), ..requests };
    let cpu = ScalingPolicy::examples().remove(0);
    let label = r#"{"PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/shop-prod-public/1/targetgroup/shop-prod-web/2"}"#;
    let found = format!(
        r#"{{"ScalingPolicies": [{}, {}, {}, {}]}}"#,
        described(&requests.name, label),
        described(&cpu.name, r#"{"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}"#),
        described("made-by-hand", label),
        described(&cpu.name, label).replace("shop-prod-web\"", "elsewhere\""),
    );
    let replay = Replay::new([
        reply(200, r#"{"PolicyARN": "arn:new"}"#),
        reply(200, "{}"),
        reply(400, r#"{"__type": "ObjectNotFoundException", "Message": "gone"}"#),
        reply(200, &found),
        xml(200, NO_ALARMS),
    ]);
    let aws = replay.aws();
    let made =
        ScalingPolicy::perform(&aws, &Call::Create { spec: requests.clone() }).await.unwrap();
    assert_eq!(made["arn"], "arn:new");
    for _ in 0..2 {
        ScalingPolicy::perform(&aws, &Call::Delete { spec: cpu.clone() }).await.unwrap();
    }
    // Only one of the two is wanted: the other is an orphan, and found all the same.
    let wanted = [requests.clone()];
    let rows =
        observe::policies(&aws, &samples::scope(), &[target("web")], &[], &wanted).await.unwrap();
    let bodies = replay.bodies();
    assert_eq!(
        bodies[0],
        r#"{"PolicyName":"shop-prod-web-alb-requests","ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount","PolicyType":"TargetTrackingScaling","TargetTrackingScalingPolicyConfiguration":{"TargetValue":60.0,"PredefinedMetricSpecification":{"PredefinedMetricType":"ALBRequestCountPerTarget","ResourceLabel":"app/shop-prod-public/1/targetgroup/shop-prod-web/2"},"ScaleOutCooldown":60,"ScaleInCooldown":300,"DisableScaleIn":false}}"#
    );
    assert_eq!(
        bodies[1],
        r#"{"PolicyName":"shop-prod-web-cpu","ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount"}"#
    );
    assert_eq!(
        bodies[3],
        r#"{"PolicyNames":["shop-prod-web-alb-requests","shop-prod-web-cpu","shop-prod-web-memory"],"ServiceNamespace":"ecs"}"#
    );
    let specs: Vec<_> = rows.iter().map(|row| &row.spec).collect();
    assert_eq!(specs, [&requests, &cpu]);
    let address = rows[1].marks.resource.as_ref().unwrap();
    assert_eq!(address.to_string(), "scaling-policy/web-cpu");
}

fn put(bodies: &[String], index: usize) -> serde_json::Value {
    let body: serde_json::Value = serde_json::from_str(&bodies[index]).unwrap();
    let field = match body["PolicyType"].as_str() {
        Some("StepScaling") => "StepScalingPolicyConfiguration",
        _ => "TargetTrackingScalingPolicyConfiguration",
    };
    body[field].clone()
}

#[tokio::test]
async fn metrics_of_ones_own_and_steps_are_sent_whole_and_read_back() {
    let mut specs = ScalingPolicy::examples().split_off(2);
    for (spec, name) in specs.iter_mut().zip(["custom", "math", "steps"]) {
        spec.name = format!("shop-prod-web-{name}");
    }
    let answers = specs.iter().map(|_| reply(200, r#"{"PolicyARN": "arn:new"}"#));
    let replay = Replay::new(answers);
    let aws = replay.aws();
    for spec in &specs {
        ScalingPolicy::perform(&aws, &Call::Create { spec: spec.clone() }).await.unwrap();
    }
    let bodies = replay.bodies();
    let sent = [0, 1, 2].map(|index| put(&bodies, index));
    assert_eq!(
        sent[0].to_string(),
        r#"{"TargetValue":60.0,"CustomizedMetricSpecification":{"MetricName":"ApproximateNumberOfMessagesVisible","Namespace":"AWS/SQS","Dimensions":[{"Name":"QueueName","Value":"orders"}],"Statistic":"Sum","Unit":"Count"},"ScaleOutCooldown":60,"ScaleInCooldown":300,"DisableScaleIn":false}"#
    );
    assert_eq!(
        sent[1].to_string(),
        r#"{"TargetValue":100.5,"CustomizedMetricSpecification":{"Metrics":[{"Id":"visible","MetricStat":{"Metric":{"Dimensions":[{"Name":"QueueName","Value":"orders"}],"MetricName":"ApproximateNumberOfMessagesVisible","Namespace":"AWS/SQS"},"Stat":"Sum","Unit":"Count"},"ReturnData":false},{"Expression":"visible / 2","Id":"half","Label":"half of the backlog","ReturnData":true}]},"ScaleOutCooldown":60,"ScaleInCooldown":300,"DisableScaleIn":false}"#
    );
    assert_eq!(
        sent[2].to_string(),
        r#"{"AdjustmentType":"PercentChangeInCapacity","StepAdjustments":[{"MetricIntervalLowerBound":0.0,"MetricIntervalUpperBound":100.0,"ScalingAdjustment":10},{"MetricIntervalLowerBound":100.0,"ScalingAdjustment":30}],"MinAdjustmentMagnitude":2,"Cooldown":300,"MetricAggregationType":"Average"}"#
    );
    // AWS answers with the configurations as they were sent.
    let described = |index: usize, field: &str, kind: &str| {
        format!(
            r#"{{"PolicyARN": "arn:{index}", "PolicyName": "{}", "ServiceNamespace": "ecs", "PolicyType": "{kind}",
                "ResourceId": "service/shop-prod-main/shop-prod-web", "ScalableDimension": "ecs:service:DesiredCount",
                "{field}": {}, "Alarms": [], "CreationTime": 1.7e9}}"#,
            specs[index].name, sent[index]
        )
    };
    let tracking = "TargetTrackingScalingPolicyConfiguration";
    let found = format!(
        r#"{{"ScalingPolicies": [{}, {}, {}]}}"#,
        described(0, tracking, "TargetTrackingScaling"),
        described(1, tracking, "TargetTrackingScaling"),
        described(2, "StepScalingPolicyConfiguration", "StepScaling"),
    );
    let replay = Replay::new([reply(200, &found), xml(200, NO_ALARMS)]);
    let (aws, scope) = (replay.aws(), samples::scope());
    let rows = observe::policies(&aws, &scope, &[target("web")], &[], &specs).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.spec.clone()).collect::<Vec<_>>(), specs);
    let address = rows[2].marks.resource.as_ref().unwrap();
    assert_eq!(address.to_string(), "scaling-policy/web-steps");
}

#[tokio::test]
async fn policies_that_nobody_wants_any_more_are_found_by_their_alarms() {
    let arn = |name: &str| {
        format!(
            "arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/{name}"
        )
    };
    let alarms = NO_ALARMS.replace(
        "<MetricAlarms/>",
        &format!(
            "<MetricAlarms><member><AlarmName>TargetTracking-service/shop-prod-main/shop-prod-web-AlarmHigh-1</AlarmName><AlarmActions><member>{}:createdBy/2</member><member>{}</member></AlarmActions></member></MetricAlarms>",
            arn("shop-prod-web-queue"),
            arn("made-by-hand"),
        ),
    );
    let step = LiveRow {
        spec: serde_json::json!({ "alarmActions": [arn("shop-prod-web-steps")] }),
        ..samples::parent("alarm", "web-steps", &[])
    };
    let cpu = r#"{"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}"#;
    let queue = format!(r#"{{"ScalingPolicies": [{}]}}"#, described("shop-prod-web-queue", cpu));
    let replay = Replay::new([
        reply(200, r#"{"ScalingPolicies": []}"#),
        xml(200, &alarms),
        reply(200, &queue),
    ]);
    let (aws, scope) = (replay.aws(), samples::scope());
    let rows = observe::policies(&aws, &scope, &[target("web")], &[step], &[]).await.unwrap();
    let bodies = replay.bodies();
    assert!(bodies[0].contains(r#""shop-prod-web-steps""#), "{}", bodies[0]);
    assert_eq!(
        bodies[1],
        "Action=DescribeAlarms&Version=2010-08-01&AlarmTypes.member.1=MetricAlarm&MaxRecords=100&AlarmNamePrefix=TargetTracking-service%2Fshop-prod-main%2F"
    );
    assert_eq!(bodies[2], r#"{"PolicyNames":["shop-prod-web-queue"],"ServiceNamespace":"ecs"}"#);
    let address = rows[0].marks.resource.as_ref().unwrap();
    assert_eq!(address.to_string(), "scaling-policy/web-queue");
}

#[tokio::test]
async fn without_targets_nothing_is_asked() {
    let replay = Replay::new([]);
    let wanted = ScalingPolicy::examples();
    assert!(
        observe::policies(&replay.aws(), &samples::scope(), &[], &[], &wanted)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(replay.bodies().is_empty());
}

#[tokio::test]
async fn names_that_had_to_be_shortened_are_asked_for_as_well() {
    let scope = Scope { environment: "e".repeat(250), ..samples::scope() };
    let name = Names::new(&scope.app, &scope.environment).scaling("web", Metric::Cpu.word());
    let cpu = r#"{"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}"#;
    let found = format!(r#"{{"ScalingPolicies": [{}]}}"#, described(&name, cpu));
    let replay = Replay::new([reply(200, &found), xml(200, NO_ALARMS)]);
    let rows = observe::policies(&replay.aws(), &scope, &[target("web")], &[], &[]).await.unwrap();
    assert_eq!((rows.len(), name.len()), (1, 255));
    assert_eq!(rows[0].spec.name, name);
}

/// Calls for as many services, of which a third have as many policies.
fn calls(services: usize, policies: usize) -> usize {
    let names = |from: usize, to: usize| {
        (0..services.div_ceil(3))
            .flat_map(move |service| (from..to).map(move |policy| format!("{service}-{policy}")))
    };
    let expected: BTreeSet<String> = names(0, policies).collect();
    let batches = observe::batches(&expected, names(policies, 3).collect());
    let is_expected = |name: &&String| expected.contains(*name);
    for batch in &batches {
        assert!(batch.len() <= 50 && batch.iter().filter(is_expected).count() <= 10);
    }
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), services.div_ceil(3) * 3);
    batches.len()
}

#[test]
fn a_call_is_one_page_of_expected_policies() {
    assert_eq!([10, 50, 100].map(|services| calls(services, 3)), [2, 6, 11]);
    assert_eq!([10, 50, 100].map(|services| calls(services, 1)), [1, 2, 4]);
    assert_eq!(calls(100, 0), 3);
}

#[test]
fn requests_are_counted_at_an_existing_load_balancer_too() {
    let scaling = "port: 80, scaling: { min: 1, max: 2, targetTracking: [{ metric: albRequests, target: 100 }] }";
    let stack = samples::stack(&samples::EXISTING.replace("port: 80,", &format!("{scaling},")));
    let rows = ScalingPolicy::desired(&stack, &samples::existing_facts());
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.spec.load_balancer, Some("app/shared/1".into()));
}
