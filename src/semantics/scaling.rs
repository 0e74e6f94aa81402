//! What Application Auto Scaling and CloudWatch change in place of what scales services.

use serde_json::json;

use super::{ANOTHER, NOTHING, REPLACED, Table};
use crate::kinds::alarm::Alarm;
use crate::kinds::scalable_target::ScalableTarget;
use crate::kinds::scaling_policy::ScalingPolicy;
use crate::kinds::scheduled_action::ScheduledAction;

pub(super) fn tables() -> Vec<Table> {
    vec![scalable_target(), scaling_policy(), scheduled_action(), alarm()]
}

/// Registering it again changes what is given. A service that is replaced takes its target along,
/// and `scheduled` is what the schedules may make of `min` and `max` meanwhile.
///
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>
fn scalable_target() -> Table {
    let register = "application-autoscaling:RegisterScalableTarget";
    Table::of::<ScalableTarget>(vec![
        ("/resourceId", json!("service/shop-prod-main/other"), ANOTHER),
        ("/service", json!("arn:other"), REPLACED),
        ("/min", json!(1), register),
        ("/max", json!(20), register),
        ("/suspended/dynamicScalingIn", json!(true), register),
        ("/suspended/dynamicScalingOut", json!(true), register),
        ("/suspended/scheduledScaling", json!(true), register),
        ("/scheduled", json!({"night": {"min": 1, "max": 2}}), NOTHING),
    ])
}

/// The whole policy is written each time. AWS has no way from one type to the other.
///
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html>
fn scaling_policy() -> Table {
    let put = "application-autoscaling:PutScalingPolicy";
    Table::of::<ScalingPolicy>(vec![
        ("/target", json!("service/shop-prod-main/other"), ANOTHER),
        ("/name", json!("other"), ANOTHER),
        ("/policyType", json!("StepScaling"), REPLACED),
        ("/metric", json!("ECSServiceAverageMemoryUtilization"), put),
        ("/loadBalancer", json!("app/other/1"), put),
        ("/targetGroup", json!("targetgroup/other/2"), put),
        ("/customMetric/name", json!("Other"), put),
        ("/metrics", json!([]), put),
        ("/targetValue", json!(70), put),
        ("/scaleInCooldown", json!(60), put),
        ("/scaleOutCooldown", json!(30), put),
        ("/disableScaleIn", json!(true), put),
        ("/adjustmentType", json!("ExactCapacity"), put),
        ("/steps", json!({}), put),
        ("/cooldown", json!(60), put),
        ("/minAdjustmentMagnitude", json!(3), put),
        ("/metricAggregationType", json!("Maximum"), put),
    ])
}

/// What is left out is deleted, so that the whole action is written each time.
///
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html>
fn scheduled_action() -> Table {
    let put = "application-autoscaling:PutScheduledAction";
    Table::of::<ScheduledAction>(vec![
        ("/target", json!("service/shop-prod-main/other"), ANOTHER),
        ("/name", json!("other"), ANOTHER),
        ("/schedule", json!("cron(0 23 * * ? *)"), put),
        ("/timeZone", json!("UTC"), put),
        ("/capacity", json!({"max": 3}), put),
        ("/active", json!({}), put),
    ])
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
fn alarm() -> Table {
    let put = "cloudwatch:PutMetricAlarm";
    Table::of::<Alarm>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/metric/name", json!("Other"), put),
        ("/metrics", json!([]), put),
        ("/period", json!(300), put),
        ("/evaluationPeriods", json!(5), put),
        ("/datapointsToAlarm", json!(3), put),
        ("/threshold", json!(200), put),
        ("/comparisonOperator", json!("GreaterThanThreshold"), put),
        ("/treatMissingData", json!("breaching"), put),
        ("/actionsEnabled", json!(false), put),
        ("/alarmActions", json!([]), put),
        ("/okActions", json!(["arn:other"]), put),
        ("/insufficientDataActions", json!(["arn:other"]), put),
        ("/tags/team", json!("shop"), "cloudwatch:TagResource"),
        ("/tags", json!({}), "cloudwatch:UntagResource"),
    ])
}
