//! From a service's scaling to its policies.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::MetricType;

use super::spec::{Interval, PolicyType, ScalingPolicySpec};
use crate::facts::Facts;
use crate::kind::{Desired, Origin};
use crate::kinds::shared::metrics::{CustomMetric, MetricQuery};
use crate::kinds::shared::routing::{Route, routes};
use crate::model::resolved::scaling::{Measure, Metric, StepScaling, TargetTracking};
use crate::model::resolved::service::Service;
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Value};

pub(super) fn rows(stack: &Stack, facts: &Facts) -> Vec<Desired<ScalingPolicySpec>> {
    let routes = routes(stack);
    stack.services.values().flat_map(|service| of_service(stack, facts, service, &routes)).collect()
}

fn of_service(
    stack: &Stack,
    facts: &Facts,
    service: &Resource<Service>,
    routes: &[Route<'_>],
) -> Vec<Desired<ScalingPolicySpec>> {
    let Some(scaling) = &service.value.scaling else { return vec![] };
    let origin = Origin::of(stack, "service", service);
    let own: Vec<_> = routes.iter().filter(|route| route.service.name == service.name).collect();
    let tracking = scaling.target_tracking.iter().map(|tracking| {
        let route = tracking.counted_by.and_then(|index| own.get(index)).copied();
        let spec = target_tracking(facts, &service.name, tracking, route);
        let row = origin.part(&address_name(&service.name, &tracking.name), spec);
        // AWS takes the label only when the load balancer leads to the target group.
        let ways_in = route.iter().flat_map(|route| route.ways_in());
        ways_in.fold(row, |row, way| row.after(&way.kind, &way.name))
    });
    let steps = scaling.step_scaling.iter().map(|step| {
        origin.part(&address_name(&service.name, &step.name), step_scaling(&service.name, step))
    });
    tracking.chain(steps).collect()
}

fn target_tracking(
    facts: &Facts,
    service: &str,
    tracking: &TargetTracking,
    route: Option<&Route<'_>>,
) -> ScalingPolicySpec {
    let suffix = |kind: &str, name: &str| Resolvable::reference(kind, name, "suffix");
    let (metric, custom_metric, metrics) = match &tracking.measure {
        Measure::Predefined(metric) => (Some(predefined(*metric).to_string()), None, vec![]),
        Measure::Custom(metric) => (None, Some(CustomMetric::from(metric)), vec![]),
        Measure::Math(queries) => (None, None, queries.iter().map(MetricQuery::from).collect()),
    };
    ScalingPolicySpec {
        metric,
        custom_metric,
        metrics,
        load_balancer: route.map(|route| route.load_balancer_suffix(facts)),
        target_group: route.map(|route| suffix("target-group", &route.name)),
        target_value: Some(tracking.target),
        scale_in_cooldown: Some(tracking.scale_in_cooldown),
        scale_out_cooldown: Some(tracking.scale_out_cooldown),
        disable_scale_in: Some(tracking.disable_scale_in),
        ..empty(target(service), &tracking.policy_name, PolicyType::TargetTrackingScaling)
    }
}

fn step_scaling(service: &str, step: &StepScaling) -> ScalingPolicySpec {
    let steps = step
        .steps
        .iter()
        .map(|step| (Interval { lower: step.lower_bound, upper: step.upper_bound }, step.change));
    ScalingPolicySpec {
        adjustment_type: Some(Value::of(&step.adjustment_type).to_string()),
        steps: steps.collect(),
        cooldown: Some(step.cooldown),
        min_adjustment_magnitude: Some(step.min_adjustment_magnitude.unwrap_or(0)),
        metric_aggregation_type: Some(Value::of(&step.metric_aggregation_type).to_string()),
        ..empty(target(service), &step.policy_name, PolicyType::StepScaling)
    }
}

/// A policy of which nothing but its type is known.
pub(super) fn empty(target: Resolvable, name: &str, policy_type: PolicyType) -> ScalingPolicySpec {
    ScalingPolicySpec {
        target,
        name: name.to_owned(),
        policy_type,
        metric: None,
        load_balancer: None,
        target_group: None,
        custom_metric: None,
        metrics: vec![],
        target_value: None,
        scale_in_cooldown: None,
        scale_out_cooldown: None,
        disable_scale_in: None,
        adjustment_type: None,
        steps: BTreeMap::new(),
        cooldown: None,
        min_adjustment_magnitude: None,
        metric_aggregation_type: None,
    }
}

fn target(service: &str) -> Resolvable {
    Resolvable::reference("scalable-target", service, "id")
}

pub(super) fn predefined(metric: Metric) -> MetricType {
    match metric {
        Metric::Cpu => MetricType::EcsServiceAverageCpuUtilization,
        Metric::Memory => MetricType::EcsServiceAverageMemoryUtilization,
        Metric::AlbRequests => MetricType::AlbRequestCountPerTarget,
    }
}

pub(super) fn address_name(service: &str, policy: &str) -> String {
    format!("{service}-{policy}")
}
