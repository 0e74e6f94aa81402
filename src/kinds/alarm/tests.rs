//! Where alarms come from, exact requests, and alarms as AWS describes them.

use super::*;
use crate::aws::replay::{Replay, json, xml};
use crate::kinds::samples;

const DONE: &str =
    "<Response><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></Response>";

#[test]
fn the_manifest_says_the_values_of_the_metric_and_the_policy_their_distance() {
    let stack = samples::stack(
        "{ kind: Service, name: web, image: nginx, scaling: { min: 1, max: 9, stepScaling: [
            { name: out, metric: cpu, steps: [{ from: 70.5, to: 90, change: 1 }, { from: 90, change: 3 }] },
            { name: in, metric: { namespace: App, name: Load }, steps: [{ to: 10, change: -2 }, { from: 10, to: 20, change: -1 }] } ] } }",
    );
    let facts = samples::facts();
    let alarms = Alarm::desired(&stack, &facts);
    let policies = super::super::scaling_policy::ScalingPolicy::desired(&stack, &facts);
    let steps = |index: usize| {
        let steps = policies[index].spec.steps.iter();
        steps.map(|(interval, change)| format!("{interval} {change}")).collect::<Vec<_>>()
    };
    let [out, scale_in] = [&alarms[0].spec, &alarms[1].spec];
    assert_eq!(out.threshold.to_string(), "70.5");
    assert_eq!(out.comparison_operator, "GreaterThanOrEqualToThreshold");
    assert_eq!(steps(0), ["0..19.5 1", "19.5.. 3"]);
    assert_eq!(scale_in.threshold.to_string(), "20");
    assert_eq!(scale_in.comparison_operator, "LessThanOrEqualToThreshold");
    assert_eq!(steps(1), ["..-10 -2", "-10..0 -1"]);
    let metric = out.metric.as_ref().unwrap();
    assert_eq!((&*metric.namespace, &*metric.name), ("AWS/ECS", "CPUUtilization"));
    assert_eq!(metric.dimensions["ServiceName"], "shop-prod-web");
    assert_eq!(metric.dimensions["ClusterName"], "shop-prod-main");
    let actions: Vec<_> = out.alarm_actions.0.iter().map(ToString::to_string).collect();
    assert_eq!(actions, ["scaling-policy/web-out#arn"]);
    assert_eq!((&*alarms[0].name, &*out.name), ("web-out", "shop-prod-web-out"));
}

#[tokio::test]
async fn an_alarm_is_sent_whole_and_its_tags_by_arn() {
    let [plain, math]: [_; 2] = Alarm::examples().try_into().unwrap();
    let p99 = CustomMetric { statistic: "p99".to_owned(), ..metrics::metric() };
    let p99 = AlarmSpec { metric: Some(p99), ..plain.clone() };
    let arn = "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:shop-prod-web-backlog".to_owned();
    let calls = [
        Call::Create { spec: plain.clone() },
        Call::Update { spec: math.clone() },
        Call::Update { spec: p99 },
        Call::Tag { arn: arn.clone(), spec: plain.clone(), tags: plain.tags.clone() },
        Call::Untag { arn, spec: plain.clone(), keys: vec!["owner".to_owned()] },
        Call::Delete { name: plain.name.clone() },
    ];
    let gone = "<ErrorResponse><Error><Type>Sender</Type><Code>ResourceNotFound</Code><Message>gone</Message></Error><RequestId>1</RequestId></ErrorResponse>";
    let replies = [200, 200, 200, 200, 200, 404];
    let replay =
        Replay::new(replies.map(|status| xml(status, if status == 200 { DONE } else { gone })));
    let aws = replay.aws();
    for call in &calls {
        Alarm::perform(&aws, call).await.unwrap();
    }
    let bodies: Vec<String> = replay
        .bodies()
        .iter()
        .map(|body| {
            let pairs = form_urlencoded::parse(body.as_bytes()).skip(2);
            pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
        })
        .collect();
    insta::assert_snapshot!(bodies.join("\n\n"), @"
    AlarmName=shop-prod-web-backlog
    ActionsEnabled=true
    AlarmActions.member.1=arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/shop-prod-web-backlog
    ComparisonOperator=GreaterThanOrEqualToThreshold
    Threshold=100
    EvaluationPeriods=3
    DatapointsToAlarm=2
    TreatMissingData=missing
    Namespace=AWS/SQS
    MetricName=ApproximateNumberOfMessagesVisible
    Statistic=Sum
    Unit=Count
    Period=60
    Dimensions.member.1.Name=QueueName
    Dimensions.member.1.Value=orders
    Tags.member.1.Key=team
    Tags.member.1.Value=web

    AlarmName=shop-prod-web-backlog
    ActionsEnabled=true
    AlarmActions.member.1=arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/shop-prod-web-backlog
    OKActions.member.1=arn:aws:sns:eu-west-1:444455556666:people
    InsufficientDataActions.member.1=arn:aws:sns:eu-west-1:444455556666:people
    ComparisonOperator=GreaterThanOrEqualToThreshold
    Threshold=100
    EvaluationPeriods=3
    DatapointsToAlarm=2
    TreatMissingData=missing
    Metrics.member.1.Id=visible
    Metrics.member.1.ReturnData=false
    Metrics.member.1.MetricStat.Metric.Namespace=AWS/SQS
    Metrics.member.1.MetricStat.Metric.MetricName=ApproximateNumberOfMessagesVisible
    Metrics.member.1.MetricStat.Period=60
    Metrics.member.1.MetricStat.Stat=Sum
    Metrics.member.1.MetricStat.Unit=Count
    Metrics.member.1.MetricStat.Metric.Dimensions.member.1.Name=QueueName
    Metrics.member.1.MetricStat.Metric.Dimensions.member.1.Value=orders
    Metrics.member.2.Id=half
    Metrics.member.2.Expression=visible / 2
    Metrics.member.2.Label=half of the backlog
    Metrics.member.2.ReturnData=true
    Tags.member.1.Key=owner
    Tags.member.1.Value=web

    AlarmName=shop-prod-web-backlog
    ActionsEnabled=true
    AlarmActions.member.1=arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/shop-prod-web-backlog
    ComparisonOperator=GreaterThanOrEqualToThreshold
    Threshold=100
    EvaluationPeriods=3
    DatapointsToAlarm=2
    TreatMissingData=missing
    Namespace=AWS/SQS
    MetricName=ApproximateNumberOfMessagesVisible
    ExtendedStatistic=p99
    Unit=Count
    Period=60
    Dimensions.member.1.Name=QueueName
    Dimensions.member.1.Value=orders
    Tags.member.1.Key=team
    Tags.member.1.Value=web

    ResourceARN=arn:aws:cloudwatch:eu-west-1:444455556666:alarm:shop-prod-web-backlog
    Tags.member.1.Key=team
    Tags.member.1.Value=web

    ResourceARN=arn:aws:cloudwatch:eu-west-1:444455556666:alarm:shop-prod-web-backlog
    TagKeys.member.1=owner

    AlarmNames.member.1=shop-prod-web-backlog
    ");
}

#[tokio::test]
async fn alarms_read_back_as_they_were_sent() {
    let [plain, math]: [_; 2] = Alarm::examples().try_into().unwrap();
    let tags = |team: &str| format!(r#"[{{"Key": "{team}", "Value": "web"}}]"#);
    let arn = "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:shop-prod-web-backlog";
    let common = "<AlarmName>shop-prod-web-backlog</AlarmName><AlarmArn>arn:aws:cloudwatch:eu-west-1:444455556666:alarm:shop-prod-web-backlog</AlarmArn><AlarmConfigurationUpdatedTimestamp>2026-11-20T08:00:00Z</AlarmConfigurationUpdatedTimestamp><ActionsEnabled>true</ActionsEnabled><AlarmActions><member>arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/shop-prod-web-backlog</member></AlarmActions><StateValue>OK</StateValue><StateReason>x</StateReason><EvaluationPeriods>3</EvaluationPeriods><DatapointsToAlarm>2</DatapointsToAlarm><Threshold>100.0</Threshold><ComparisonOperator>GreaterThanOrEqualToThreshold</ComparisonOperator>";
    let dimensions =
        "<Dimensions><member><Name>QueueName</Name><Value>orders</Value></member></Dimensions>";
    let of_metric = format!(
        "{common}<OKActions/><InsufficientDataActions/><MetricName>ApproximateNumberOfMessagesVisible</MetricName><Namespace>AWS/SQS</Namespace><Statistic>Sum</Statistic>{dimensions}<Period>60</Period><Unit>Count</Unit>"
    );
    let of_math = format!(
        "{common}<OKActions><member>arn:aws:sns:eu-west-1:444455556666:people</member></OKActions><InsufficientDataActions><member>arn:aws:sns:eu-west-1:444455556666:people</member></InsufficientDataActions><Dimensions/><TreatMissingData>missing</TreatMissingData><Metrics><member><Id>visible</Id><MetricStat><Metric><Namespace>AWS/SQS</Namespace><MetricName>ApproximateNumberOfMessagesVisible</MetricName>{dimensions}</Metric><Period>60</Period><Stat>Sum</Stat><Unit>Count</Unit></MetricStat><ReturnData>false</ReturnData></member><member><Id>half</Id><Expression>visible / 2</Expression><Label>half of the backlog</Label><ReturnData>true</ReturnData></member></Metrics>"
    );
    for (spec, found, team) in [(plain, of_metric, "team"), (math, of_math, "owner")] {
        let owned = format!(
            r#"{{"ResourceTagMappingList": [{{"ResourceARN": "{arn}", "Tags": {}}}]}}"#,
            tags(team)
        );
        let found = format!(
            "<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms><member>{found}</member></MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>"
        );
        let replay = Replay::new([json(200, &owned), xml(200, &found)]);
        let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
        let survey = samples::survey(&aws, &scope, &facts);
        // Nobody wants it: it is known by its tags.
        let rows = Alarm::observe(&survey, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].spec, spec);
        assert_eq!(rows[0].outputs["arn"], arn);
        assert_eq!(
            replay.bodies()[1],
            "Action=DescribeAlarms&Version=2010-08-01&AlarmTypes.member.1=MetricAlarm&MaxRecords=100&AlarmNames.member.1=shop-prod-web-backlog"
        );
    }
}

#[tokio::test]
async fn without_alarms_wanted_or_owned_nothing_is_asked() {
    let replay = Replay::new([json(200, r#"{"ResourceTagMappingList": []}"#)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    assert!(Alarm::observe(&survey, &[]).await.unwrap().is_empty());
    assert_eq!(replay.bodies().len(), 1);
}
