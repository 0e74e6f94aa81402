//! How a policy is written.

use aws_sdk_applicationautoscaling::types as sdk;

use super::outputs;
use super::spec::{PolicyType, ScalingPolicySpec};
use crate::aws::{Aws, AwsError, gone};
use crate::kind::Outputs;
use crate::kinds::shared::metrics::{CustomMetric, MetricQuery, some};
use crate::model::resolved::scaling::Decimal;

const COMPLETE: &str = "every field that AWS requires is set";

pub(super) async fn put(aws: &Aws, spec: &ScalingPolicySpec) -> Result<Outputs, AwsError> {
    let request = aws
        .scaling
        .put_scaling_policy()
        .policy_name(&spec.name)
        .service_namespace(sdk::ServiceNamespace::Ecs)
        .resource_id(spec.target.text())
        .scalable_dimension(sdk::ScalableDimension::EcsServiceDesiredCount);
    let request = match spec.policy_type {
        PolicyType::TargetTrackingScaling => request
            .policy_type(sdk::PolicyType::TargetTrackingScaling)
            .target_tracking_scaling_policy_configuration(target_tracking(spec)),
        PolicyType::StepScaling => request
            .policy_type(sdk::PolicyType::StepScaling)
            .step_scaling_policy_configuration(step_scaling(spec)),
    };
    let operation = "application-autoscaling:PutScalingPolicy";
    let made = aws.write(operation, || request.clone().send()).await?;
    Ok(outputs(made.policy_arn))
}

pub(super) async fn delete(aws: &Aws, spec: &ScalingPolicySpec) -> Result<Outputs, AwsError> {
    let request = aws
        .scaling
        .delete_scaling_policy()
        .policy_name(&spec.name)
        .service_namespace(sdk::ServiceNamespace::Ecs)
        .resource_id(spec.target.text())
        .scalable_dimension(sdk::ScalableDimension::EcsServiceDesiredCount);
    let operation = "application-autoscaling:DeleteScalingPolicy";
    gone(aws.write(operation, || request.clone().send()).await)?;
    Ok(Outputs::new())
}

fn target_tracking(spec: &ScalingPolicySpec) -> sdk::TargetTrackingScalingPolicyConfiguration {
    let configuration = sdk::TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(spec.target_value.unwrap_or_default().as_f64())
        .set_scale_in_cooldown(spec.scale_in_cooldown.and_then(int))
        .set_scale_out_cooldown(spec.scale_out_cooldown.and_then(int))
        .set_disable_scale_in(spec.disable_scale_in);
    let configuration = match (&spec.metric, &spec.custom_metric) {
        (Some(metric), _) => {
            configuration.predefined_metric_specification(predefined(metric, spec))
        }
        (None, Some(metric)) => configuration.customized_metric_specification(customized(metric)),
        (None, None) => configuration.customized_metric_specification(math(&spec.metrics)),
    };
    configuration.build().expect(COMPLETE)
}

fn predefined(metric: &str, spec: &ScalingPolicySpec) -> sdk::PredefinedMetricSpecification {
    let halves = spec.load_balancer.as_ref().zip(spec.target_group.as_ref());
    let label = halves.map(|(load_balancer, target_group)| {
        format!("{}/{}", load_balancer.text(), target_group.text())
    });
    sdk::PredefinedMetricSpecification::builder()
        .predefined_metric_type(metric.into())
        .set_resource_label(label)
        .build()
        .expect(COMPLETE)
}

fn customized(metric: &CustomMetric) -> sdk::CustomizedMetricSpecification {
    let dimensions = metric.dimensions.iter().map(|(name, value)| {
        sdk::MetricDimension::builder().name(name).value(value).build().expect(COMPLETE)
    });
    sdk::CustomizedMetricSpecification::builder()
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(dimensions.collect()))
        .statistic(metric.statistic.as_str().into())
        .set_unit(some(&metric.unit))
        .build()
}

fn math(queries: &[MetricQuery]) -> sdk::CustomizedMetricSpecification {
    sdk::CustomizedMetricSpecification::builder()
        .set_metrics(Some(queries.iter().map(query).collect()))
        .build()
}

fn query(query: &MetricQuery) -> sdk::TargetTrackingMetricDataQuery {
    sdk::TargetTrackingMetricDataQuery::builder()
        .id(&query.id)
        .set_metric_stat(query.metric.as_ref().map(metric_stat))
        .set_expression(some(&query.expression))
        .set_label(some(&query.label))
        .return_data(query.return_data)
        .build()
        .expect(COMPLETE)
}

fn metric_stat(metric: &CustomMetric) -> sdk::TargetTrackingMetricStat {
    let dimensions = metric.dimensions.iter().map(|(name, value)| {
        let dimension = sdk::TargetTrackingMetricDimension::builder().name(name).value(value);
        dimension.build().expect(COMPLETE)
    });
    let identity = sdk::TargetTrackingMetric::builder()
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    sdk::TargetTrackingMetricStat::builder()
        .metric(identity)
        .stat(&metric.statistic)
        .set_unit(some(&metric.unit))
        .build()
        .expect(COMPLETE)
}

fn step_scaling(spec: &ScalingPolicySpec) -> sdk::StepScalingPolicyConfiguration {
    let steps = spec.steps.iter().map(|(interval, change)| {
        sdk::StepAdjustment::builder()
            .set_metric_interval_lower_bound(interval.lower.map(Decimal::as_f64))
            .set_metric_interval_upper_bound(interval.upper.map(Decimal::as_f64))
            .scaling_adjustment(*change)
            .build()
            .expect(COMPLETE)
    });
    let magnitude = spec.min_adjustment_magnitude.filter(|magnitude| *magnitude > 0);
    sdk::StepScalingPolicyConfiguration::builder()
        .set_adjustment_type(spec.adjustment_type.as_deref().map(Into::into))
        .set_step_adjustments(Some(steps.collect()))
        .set_min_adjustment_magnitude(magnitude.and_then(int))
        .set_cooldown(spec.cooldown.and_then(int))
        .set_metric_aggregation_type(spec.metric_aggregation_type.as_deref().map(Into::into))
        .build()
}

/// AWS's integers are signed; manifests hold none that would not fit.
fn int(number: u32) -> Option<i32> {
    i32::try_from(number).ok()
}
