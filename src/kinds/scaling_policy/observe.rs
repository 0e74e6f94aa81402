//! How scaling policies are read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_applicationautoscaling::types::{self as sdk, ServiceNamespace};
use futures::future::{try_join, try_join_all};

use super::desired::{address_name, empty};
use super::spec::{Interval, PolicyType, ScalingPolicySpec};
use super::{ScalingPolicy, outputs};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Kind as _, Live, LiveRow, Scope};
use crate::kinds::shared::metrics::{CustomMetric, MetricQuery};
use crate::model::names::Names;
use crate::model::resolved::scaling::{Decimal, Metric};
use crate::value::{Address, Resolvable, texts};

/// `PolicyNames` takes at most 50.
const NAMES_PER_CALL: usize = 50;
/// The largest page.
const POLICIES_PER_PAGE: usize = 10;
/// For ECS services, when none is set.
const DEFAULT_COOLDOWN: u32 = 300;

/// The policies of these targets that ecsctl gave a name, wanted or not.
///
/// A policy carries no tags, so its name is what marks it as ecsctl's. Asking by names leaves alone
/// those that others made, and costs a call for ten policies (2, 6 and 11 calls for 10, 50 and 100
/// services of which a third have three), side by side. The namespace as a whole takes as many calls
/// at best, one after the other, and more with every other application in the account; by resource
/// id it would be one call for each target (4, 17, 34).
///
/// The names that nobody wants any more are those of the predefined metrics, and those that alarms
/// trigger: the ones that AWS makes for target tracking, a hundred to a call, and ecsctl's own.
pub(super) async fn policies(
    aws: &Aws,
    scope: &Scope,
    targets: &[LiveRow],
    alarms: &[LiveRow],
    wanted: &[ScalingPolicySpec],
) -> Result<Vec<Live<ScalingPolicySpec>>, AwsError> {
    let targets: BTreeMap<&str, &LiveRow> =
        targets.iter().filter_map(|row| Some((row.outputs.get("id")?.as_str(), row))).collect();
    if targets.is_empty() {
        return Ok(vec![]);
    }
    let triggered = alarms.iter().flat_map(|row| texts(&row.spec)).filter_map(policy_name);
    let mut expected: BTreeSet<String> = wanted.iter().map(|spec| spec.name.clone()).collect();
    expected.extend(triggered.map(str::to_owned));
    let possible: BTreeSet<String> =
        targets.values().flat_map(|target| possible_names(scope, target)).collect();
    let others = possible.difference(&expected).cloned().collect();
    let (mut found, tracked) =
        try_join(named(aws, batches(&expected, others)), tracked_names(aws, scope, &targets))
            .await?;
    let left: BTreeSet<String> = tracked
        .into_iter()
        .filter(|name| !expected.contains(name) && !possible.contains(name))
        .collect();
    if !left.is_empty() {
        found.extend(named(aws, batches(&left, vec![])).await?);
    }
    let is_asked =
        |name: &String| [&expected, &possible, &left].iter().any(|names| names.contains(name));
    let rows: BTreeMap<String, Live<ScalingPolicySpec>> = found
        .into_iter()
        .filter(|found| is_asked(&found.policy_name))
        .filter_map(|found| live(scope, targets.get(found.resource_id.as_str())?, found))
        .map(|row| (ScalingPolicy::key(&row.spec), row))
        .collect();
    Ok(rows.into_values().collect())
}

async fn named(aws: &Aws, batches: Vec<Vec<String>>) -> Result<Vec<sdk::ScalingPolicy>, AwsError> {
    let pages = batches.into_iter().map(async |names| {
        let request = aws
            .scaling
            .describe_scaling_policies()
            .service_namespace(ServiceNamespace::Ecs)
            .set_policy_names(Some(names));
        let pages = request.into_paginator().items().send().collect();
        aws.read::<Vec<_>, _>("application-autoscaling:DescribeScalingPolicies", pages).await
    });
    Ok(try_join_all(pages).await?.into_iter().flatten().collect())
}

/// Names of policies of these targets that may be ecsctl's, by the alarms that AWS made for them.
async fn tracked_names(
    aws: &Aws,
    scope: &Scope,
    targets: &BTreeMap<&str, &LiveRow>,
) -> Result<BTreeSet<String>, AwsError> {
    let clusters: BTreeSet<&str> =
        targets.keys().filter_map(|id| id.rsplit_once('/')).map(|(cluster, _)| cluster).collect();
    let alarms = clusters.into_iter().map(async |cluster| {
        aws.cloudwatch.describe_alarms_by_prefix(&format!("TargetTracking-{cluster}/")).await
    });
    let alarms = try_join_all(alarms).await?;
    let actions = alarms.iter().flatten().flat_map(|alarm| &alarm.alarm_actions);
    let ours = actions.filter_map(|arn| {
        let target =
            targets.iter().find(|(id, _)| arn.contains(&format!(":resource/ecs/{id}:")))?.1;
        policy_name(arn).filter(|name| name.starts_with(&prefix(scope, target)))
    });
    Ok(ours.map(str::to_owned).collect())
}

/// From a policy's ARN, which in the alarms of target tracking has a tail.
fn policy_name(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":policyName/")?;
    name.split(':').next()
}

fn service_name(target: &LiveRow) -> &str {
    target.marks.resource.as_ref().map_or(target.key.as_str(), |own| own.name.as_str())
}

/// How ecsctl's names for the policies of a service begin, unless they had to be shortened.
fn prefix(scope: &Scope, target: &LiveRow) -> String {
    format!("{}-{}-{}-", scope.app, scope.environment, service_name(target))
}

/// The names that ecsctl gives to the policies of one service when the manifest gives none.
fn possible_names(scope: &Scope, target: &LiveRow) -> impl Iterator<Item = String> {
    let names = Names::new(&scope.app, &scope.environment);
    let service = service_name(target).to_owned();
    Metric::ALL.into_iter().map(move |metric| names.scaling(&service, metric.word()))
}

/// Names for each call: at most ten that are expected to be there, which one page holds.
pub(super) fn batches(expected: &BTreeSet<String>, others: Vec<String>) -> Vec<Vec<String>> {
    let names = expected.len() + others.len();
    let calls = expected.len().div_ceil(POLICIES_PER_PAGE).max(names.div_ceil(NAMES_PER_CALL));
    let mut batches = vec![vec![]; calls];
    for (index, name) in expected.iter().cloned().chain(others).enumerate() {
        batches[index % calls].push(name);
    }
    batches
}

fn live(
    scope: &Scope,
    target: &LiveRow,
    found: sdk::ScalingPolicy,
) -> Option<Live<ScalingPolicySpec>> {
    let id: Resolvable = found.resource_id.into();
    let name = found.policy_name;
    let spec = match (
        found.target_tracking_scaling_policy_configuration,
        found.step_scaling_policy_configuration,
    ) {
        (Some(tracking), _) => {
            target_tracking(tracking, empty(id, &name, PolicyType::TargetTrackingScaling))
        }
        (None, Some(steps)) => step_scaling(steps, empty(id, &name, PolicyType::StepScaling)),
        (None, None) => return None,
    };
    let address = Address::new(ScalingPolicy::NAME, address(scope, target, &name));
    let marks = target.marks.inherited(address);
    Some(Live { outputs: outputs(found.policy_arn), marks, spec, depth: Depth::Full })
}

/// As the manifest's name made it, where that can be told.
fn address(scope: &Scope, target: &LiveRow, name: &str) -> String {
    let service = service_name(target);
    let names = Names::new(&scope.app, &scope.environment);
    let default = Metric::ALL.into_iter().map(Metric::word);
    let shortened = default.into_iter().find(|word| names.scaling(service, word) == name);
    match shortened.or_else(|| name.strip_prefix(&prefix(scope, target))) {
        Some(policy) => address_name(service, policy),
        None => name.to_owned(),
    }
}

fn target_tracking(
    found: sdk::TargetTrackingScalingPolicyConfiguration,
    empty: ScalingPolicySpec,
) -> ScalingPolicySpec {
    let (metric, label) = found
        .predefined_metric_specification
        .map(|it| (it.predefined_metric_type.to_string(), it.resource_label))
        .unzip();
    let (load_balancer, target_group) = label.flatten().as_deref().and_then(halves).unzip();
    let customized = found.customized_metric_specification;
    let queries = customized.as_ref().map(|it| it.metrics().iter().map(query).collect());
    ScalingPolicySpec {
        metric,
        load_balancer,
        target_group,
        custom_metric: customized.and_then(custom_metric),
        metrics: queries.unwrap_or_default(),
        target_value: Decimal::of(found.target_value),
        scale_in_cooldown: Some(cooldown(found.scale_in_cooldown)),
        scale_out_cooldown: Some(cooldown(found.scale_out_cooldown)),
        disable_scale_in: Some(found.disable_scale_in.unwrap_or(false)),
        ..empty
    }
}

fn custom_metric(found: sdk::CustomizedMetricSpecification) -> Option<CustomMetric> {
    let dimensions = found.dimensions.unwrap_or_default().into_iter();
    Some(CustomMetric {
        namespace: found.namespace?,
        name: found.metric_name?,
        dimensions: dimensions.map(|dimension| (dimension.name, dimension.value)).collect(),
        statistic: found.statistic.map(|it| it.to_string()).unwrap_or_default(),
        unit: found.unit.unwrap_or_default(),
    })
}

fn query(found: &sdk::TargetTrackingMetricDataQuery) -> MetricQuery {
    MetricQuery {
        id: found.id.clone(),
        metric: found.metric_stat.as_ref().and_then(stat),
        expression: found.expression.clone().unwrap_or_default(),
        label: found.label.clone().unwrap_or_default(),
        return_data: found.return_data.unwrap_or(true),
    }
}

fn stat(found: &sdk::TargetTrackingMetricStat) -> Option<CustomMetric> {
    let metric = found.metric.as_ref()?;
    let dimensions = metric.dimensions().iter();
    Some(CustomMetric {
        namespace: metric.namespace.clone()?,
        name: metric.metric_name.clone()?,
        dimensions: dimensions.map(|it| (it.name.clone(), it.value.clone())).collect(),
        statistic: found.stat.clone(),
        unit: found.unit.clone().unwrap_or_default(),
    })
}

fn step_scaling(
    found: sdk::StepScalingPolicyConfiguration,
    empty: ScalingPolicySpec,
) -> ScalingPolicySpec {
    let steps = found.step_adjustments().iter().map(|step| {
        let interval = Interval {
            lower: step.metric_interval_lower_bound.and_then(Decimal::of),
            upper: step.metric_interval_upper_bound.and_then(Decimal::of),
        };
        (interval, step.scaling_adjustment)
    });
    ScalingPolicySpec {
        steps: steps.collect(),
        adjustment_type: found.adjustment_type.map(|it| it.to_string()),
        cooldown: Some(cooldown(found.cooldown)),
        min_adjustment_magnitude: Some(
            found.min_adjustment_magnitude.and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
        ),
        metric_aggregation_type: Some(
            found.metric_aggregation_type.map_or_else(|| "Average".to_owned(), |it| it.to_string()),
        ),
        ..empty
    }
}

fn cooldown(seconds: Option<i32>) -> u32 {
    seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(DEFAULT_COOLDOWN)
}

/// `app/<name>/<id>/targetgroup/<name>/<id>` in its two halves.
fn halves(label: &str) -> Option<(Resolvable, Resolvable)> {
    let at = label.find("/targetgroup/")?;
    Some((label[..at].into(), label[at + 1..].into()))
}
