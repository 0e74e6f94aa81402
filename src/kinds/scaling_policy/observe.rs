//! How scaling policies are read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_applicationautoscaling::types::{self as sdk, ServiceNamespace};
use futures::future::try_join_all;

use super::{ScalingPolicy, ScalingPolicySpec, address_name, outputs, predefined};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Kind as _, Live, LiveRow, Scope};
use crate::model::names::Names;
use crate::model::resolved::service::Metric;
use crate::value::{Address, Resolvable};

/// `PolicyNames` takes at most 50.
const NAMES_PER_CALL: usize = 50;
/// The largest page.
const POLICIES_PER_PAGE: usize = 10;
/// For ECS services, when none is set.
const DEFAULT_COOLDOWN: u32 = 300;

/// The policies of these targets that ecsctl gave a name, wanted or not.
///
/// A policy carries no tags, so its name is what marks it as ecsctl's: one for each metric of a
/// service. Asking by these names finds those that a manifest no longer has, leaves alone those that
/// others made, and costs a call for ten policies (2, 6 and 11 calls for 10, 50 and 100 services of
/// which a third have three), side by side. The namespace as a whole takes as many calls at best, one
/// after the other, and more with every other application in the account; by resource id it would
/// be one call for each target (4, 17, 34).
pub(super) async fn policies(
    aws: &Aws,
    scope: &Scope,
    targets: &[LiveRow],
    wanted: &[ScalingPolicySpec],
) -> Result<Vec<Live<ScalingPolicySpec>>, AwsError> {
    let targets: BTreeMap<&str, &LiveRow> =
        targets.iter().filter_map(|row| Some((row.outputs.get("id")?.as_str(), row))).collect();
    if targets.is_empty() {
        return Ok(vec![]);
    }
    let expected: BTreeSet<String> = wanted.iter().map(|spec| spec.name.clone()).collect();
    let possible: BTreeSet<String> =
        targets.values().flat_map(|target| possible_names(scope, target)).collect();
    let others = possible.difference(&expected).cloned();
    let found = try_join_all(batches(&expected, others.collect()).into_iter().map(async |names| {
        let request = aws
            .scaling
            .describe_scaling_policies()
            .service_namespace(ServiceNamespace::Ecs)
            .set_policy_names(Some(names));
        let pages = request.into_paginator().items().send().collect();
        aws.read::<Vec<_>, _>("application-autoscaling:DescribeScalingPolicies", pages).await
    }))
    .await?;
    let rows: BTreeMap<String, Live<ScalingPolicySpec>> = found
        .into_iter()
        .flatten()
        .filter(|found| expected.contains(&found.policy_name) || possible.contains(&found.policy_name))
        .filter_map(|found| live(targets.get(found.resource_id.as_str())?, found))
        .map(|row| (ScalingPolicy::key(&row.spec), row))
        .collect();
    Ok(rows.into_values().collect())
}

/// The names that ecsctl gives to the policies of one service.
fn possible_names(scope: &Scope, target: &LiveRow) -> impl Iterator<Item = String> {
    let names = Names::new(&scope.app, &scope.environment);
    let service = target.marks.resource.as_ref().map(|address| address.name.clone());
    service
        .into_iter()
        .flat_map(move |service| Metric::ALL.map(|metric| names.scaling_policy(&service, metric)))
}

/// Names for each call: at most ten that are expected to be there, which one page holds.
pub(super) fn batches(expected: &BTreeSet<String>, others: Vec<String>) -> Vec<Vec<String>> {
    let names = expected.len() + others.len();
    let calls =
        expected.len().div_ceil(POLICIES_PER_PAGE).max(names.div_ceil(NAMES_PER_CALL));
    let mut batches = vec![vec![]; calls];
    for (index, name) in expected.iter().cloned().chain(others).enumerate() {
        batches[index % calls].push(name);
    }
    batches
}

fn live(target: &LiveRow, found: sdk::ScalingPolicy) -> Option<Live<ScalingPolicySpec>> {
    let tracking = found.target_tracking_scaling_policy_configuration?;
    let specification = tracking.predefined_metric_specification;
    let (metric, label) = specification
        .map(|specification| (specification.predefined_metric_type, specification.resource_label))
        .map_or((String::new(), None), |(metric, label)| (metric.to_string(), label));
    let (load_balancer, target_group) = label.as_deref().and_then(halves).unzip();
    let cooldown = |seconds: Option<i32>| {
        seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(DEFAULT_COOLDOWN)
    };
    let known = Metric::ALL.into_iter().find(|known| predefined(*known).as_str() == metric);
    let service = target.marks.resource.as_ref().map_or(&found.resource_id, |own| &own.name);
    let name = match known {
        Some(metric) => address_name(service, metric),
        None => found.policy_name.clone(),
    };
    Some(Live {
        outputs: outputs(found.policy_arn),
        marks: target.marks.inherited(Address::new(ScalingPolicy::NAME, name)),
        spec: ScalingPolicySpec {
            target: found.resource_id.into(),
            name: found.policy_name,
            metric,
            load_balancer,
            target_group,
            target_value: tracking.target_value.to_string().parse().ok(),
            scale_in_cooldown: cooldown(tracking.scale_in_cooldown),
            scale_out_cooldown: cooldown(tracking.scale_out_cooldown),
            disable_scale_in: tracking.disable_scale_in.unwrap_or(false),
        },
        depth: Depth::Full,
    })
}

/// `app/<name>/<id>/targetgroup/<name>/<id>` in its two halves.
fn halves(label: &str) -> Option<(Resolvable, Resolvable)> {
    let at = label.find("/targetgroup/")?;
    Some((label[..at].into(), label[at + 1..].into()))
}
