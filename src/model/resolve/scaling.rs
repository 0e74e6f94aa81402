//! The scaling of a Service document.

use jiff::{Timestamp, Unit};

use super::{Context, texts};
use crate::model::documents::scaling as document;
use crate::model::documents::service::Service;
use crate::model::resolved::scaling::{
    ComparisonOperator, CustomMetric, Decimal, Measure, Metric, MetricQuery, Scaling,
    ScheduledAction, Step, StepAlarm, StepScaling, TargetTracking,
};
use crate::model::resolved::service::Target;

const PERIOD: u32 = 60;
const AVERAGE: &str = "Average";
const UTC: &str = "UTC";

pub(super) fn resolve(
    context: &Context<'_>,
    service: &Service,
    scaling: &document::Scaling,
    targets: &[Target],
) -> Scaling {
    let physical = |name: &str| context.names.scaling(&service.name, name);
    let tracking = scaling.target_tracking.iter().map(|written| {
        let name = policy_name(written);
        TargetTracking { policy_name: physical(&name), ..target_tracking(written, name, targets) }
    });
    let steps = scaling.step_scaling.iter().map(|written| StepScaling {
        policy_name: physical(&written.name),
        ..step_scaling(written)
    });
    let scheduled = scaling.scheduled.iter().map(|written| ScheduledAction {
        action_name: physical(&written.name),
        ..scheduled_action(written)
    });
    Scaling {
        min: scaling.min,
        max: scaling.max,
        target_tracking: tracking.collect(),
        step_scaling: steps.collect(),
        scheduled: scheduled.collect(),
        suspended: scaling.suspended,
    }
}

/// The manifest's own name, or the metric's; a rule asks for one where neither is there.
pub(in crate::model) fn policy_name(written: &document::TargetTracking) -> String {
    let of_metric = match &written.metric {
        Some(document::PolicyMetric::Predefined(metric)) => metric.word(),
        Some(document::PolicyMetric::Custom(_)) | None => "custom",
    };
    written.name.clone().unwrap_or_else(|| of_metric.to_owned())
}

fn target_tracking(
    written: &document::TargetTracking,
    name: String,
    targets: &[Target],
) -> TargetTracking {
    let measure = measure(written.metric.as_ref(), &written.metrics);
    let is_counting = |target: &Target| {
        written.load_balancer.as_ref().is_none_or(|name| *name == target.load_balancer)
            && written.listener.as_ref().is_none_or(|name| *name == target.listener)
            && written.port.is_none_or(|port| port == target.container_port)
    };
    let counted_by = match measure {
        Measure::Predefined(Metric::AlbRequests) => targets.iter().position(is_counting),
        Measure::Predefined(_) | Measure::Custom(_) | Measure::Math(_) => None,
    };
    TargetTracking {
        name,
        policy_name: String::new(),
        measure,
        counted_by,
        target: written.target,
        scale_in_cooldown: written.scale_in_cooldown.0,
        scale_out_cooldown: written.scale_out_cooldown.0,
        disable_scale_in: written.disable_scale_in,
    }
}

fn measure(metric: Option<&document::PolicyMetric>, math: &[document::MetricQuery]) -> Measure {
    match metric {
        Some(document::PolicyMetric::Predefined(metric)) => Measure::Predefined(*metric),
        Some(document::PolicyMetric::Custom(metric)) => Measure::Custom(custom(metric)),
        None => Measure::Math(queries(math)),
    }
}

fn queries(written: &[document::MetricQuery]) -> Vec<MetricQuery> {
    let last = written.len().saturating_sub(1);
    let query = |(index, query): (usize, &document::MetricQuery)| MetricQuery {
        id: query.id.clone(),
        metric: query.metric.as_ref().map(custom),
        expression: query.expression.clone(),
        label: query.label.clone(),
        return_data: query.return_data.unwrap_or(index == last),
    };
    written.iter().enumerate().map(query).collect()
}

fn custom(metric: &document::CustomMetric) -> CustomMetric {
    CustomMetric {
        namespace: metric.namespace.clone(),
        name: metric.name.clone(),
        dimensions: texts(&metric.dimensions),
        statistic: metric.statistic.clone().unwrap_or_else(|| AVERAGE.to_owned()),
        unit: metric.unit.clone(),
    }
}

fn step_scaling(written: &document::StepScaling) -> StepScaling {
    let alarm = step_alarm(written);
    let distance = |value: Option<Decimal>| value.map(|value| value - alarm.threshold);
    let steps = written.steps.iter().map(|step| Step {
        lower_bound: distance(step.from),
        upper_bound: distance(step.to),
        change: step.change,
    });
    StepScaling {
        name: written.name.clone(),
        policy_name: String::new(),
        measure: measure(written.metric.as_ref(), &written.metrics),
        adjustment_type: written.adjustment_type,
        steps: steps.collect(),
        cooldown: written.cooldown.0,
        min_adjustment_magnitude: written.min_adjustment_magnitude,
        metric_aggregation_type: written.metric_aggregation_type,
        alarm,
    }
}

/// The alarm is raised where the steps are, unless it says otherwise.
fn step_alarm(written: &document::StepScaling) -> StepAlarm {
    let alarm = &written.alarm;
    let start = written.steps.first().and_then(|step| step.from);
    let end = written.steps.last().and_then(|step| step.to);
    let default_operator = match (start, end) {
        (None, Some(_)) => ComparisonOperator::LessThanOrEqualToThreshold,
        (Some(_) | None, None) | (Some(_), Some(_)) => {
            ComparisonOperator::GreaterThanOrEqualToThreshold
        }
    };
    let comparison_operator = alarm.comparison_operator.unwrap_or(default_operator);
    let edge = if comparison_operator.is_above() { start } else { end };
    let evaluation_periods = alarm.evaluation_periods.unwrap_or(1);
    StepAlarm {
        comparison_operator,
        threshold: alarm.threshold.or(edge).unwrap_or_default(),
        evaluation_periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm.unwrap_or(evaluation_periods),
        period: alarm.period.map_or(PERIOD, |period| period.0),
        treat_missing_data: alarm.treat_missing_data,
    }
}

fn scheduled_action(written: &document::ScheduledAction) -> ScheduledAction {
    let is_rate = written.schedule.starts_with("rate(");
    let zone = written.time_zone.clone().unwrap_or_else(|| UTC.to_owned());
    ScheduledAction {
        name: written.name.clone(),
        action_name: String::new(),
        schedule: written.schedule.clone(),
        time_zone: (!is_rate).then_some(zone),
        min: written.min,
        max: written.max,
        start: written.start.as_deref().map(moment),
        end: written.end.as_deref().map(moment),
    }
}

/// In UTC and whole seconds, in which AWS answers; a rule reports what is no moment.
fn moment(text: &str) -> String {
    let moment = text.parse::<Timestamp>().and_then(|moment| moment.round(Unit::Second));
    moment.map_or_else(|_| text.to_owned(), |moment| moment.to_string())
}
