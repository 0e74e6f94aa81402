//! From a step scaling to the alarm that triggers it.

use super::{Alarm, AlarmSpec};
use crate::kind::{Desired, Kind as _, Origin};
use crate::kinds::shared::metrics::{CustomMetric, MetricQuery};
use crate::model::resolved::scaling::{Measure, Metric, StepScaling};
use crate::model::resolved::service::Service;
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set, Value};

pub(super) fn rows(stack: &Stack) -> Vec<Desired<AlarmSpec>> {
    let rows = stack.services.values().flat_map(|service| {
        let origin = Origin::of(stack, "service", service);
        let steps = service.value.scaling.iter().flat_map(|scaling| &scaling.step_scaling);
        steps.map(move |step| {
            let name = format!("{}-{}", service.name, step.name);
            let mut spec = spec(stack, service, step);
            spec.tags = origin.tags(Alarm::NAME, &name);
            origin.part(&name, spec)
        })
    });
    rows.collect()
}

fn spec(stack: &Stack, service: &Resource<Service>, step: &StepScaling) -> AlarmSpec {
    let (metric, metrics) = match &step.measure {
        Measure::Predefined(metric) => (Some(of_service(stack, service, *metric)), vec![]),
        Measure::Custom(metric) => (Some(CustomMetric::from(metric)), vec![]),
        Measure::Math(queries) => (None, queries.iter().map(MetricQuery::from).collect()),
    };
    let policy = format!("{}-{}", service.name, step.name);
    AlarmSpec {
        name: step.policy_name.clone(),
        metric,
        metrics,
        period: step.alarm.period,
        evaluation_periods: step.alarm.evaluation_periods,
        datapoints_to_alarm: step.alarm.datapoints_to_alarm,
        threshold: step.alarm.threshold,
        comparison_operator: Value::of(&step.alarm.comparison_operator).to_string(),
        treat_missing_data: Value::of(&step.alarm.treat_missing_data).to_string(),
        actions_enabled: true,
        alarm_actions: Set::from_iter([Resolvable::reference("scaling-policy", &policy, "arn")]),
        ok_actions: Set::default(),
        insufficient_data_actions: Set::default(),
        tags: crate::kind::Tags::default(),
    }
}

/// What ECS publishes of each service; a rule keeps other metrics out of step scaling.
fn of_service(stack: &Stack, service: &Resource<Service>, metric: Metric) -> CustomMetric {
    let name = match metric {
        Metric::Cpu | Metric::AlbRequests => "CPUUtilization",
        Metric::Memory => "MemoryUtilization",
    };
    let cluster = stack.clusters.get(&service.value.cluster);
    let cluster = cluster.map_or(&service.value.cluster, |cluster| &cluster.physical_name);
    let dimensions = [("ClusterName", cluster), ("ServiceName", &service.physical_name)];
    CustomMetric {
        namespace: "AWS/ECS".to_owned(),
        name: name.to_owned(),
        dimensions: dimensions.map(|(key, value)| (key.to_owned(), value.clone())).into(),
        statistic: "Average".to_owned(),
        unit: String::new(),
    }
}
