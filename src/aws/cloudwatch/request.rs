//! Alarms as parameters of a request.

use std::collections::BTreeMap;

use super::{MetricAlarm, MetricDataQuery, MetricStat};
use crate::aws::ec2::wire::Query;

pub(super) fn put_metric_alarm(alarm: &MetricAlarm) -> Query {
    let query = Query::new("cloudwatch:PutMetricAlarm")
        .set("AlarmName", &alarm.alarm_name)
        .set("ActionsEnabled", alarm.actions_enabled.to_string())
        .each("AlarmActions.member", &alarm.alarm_actions, Query::set_at)
        .each("OKActions.member", &alarm.ok_actions, Query::set_at)
        .each("InsufficientDataActions.member", &alarm.insufficient_data_actions, Query::set_at)
        .set("ComparisonOperator", &alarm.comparison_operator)
        .set("Threshold", alarm.threshold.to_string())
        .set("EvaluationPeriods", alarm.evaluation_periods.to_string())
        .set_some("DatapointsToAlarm", alarm.datapoints_to_alarm)
        .set_some("TreatMissingData", alarm.treat_missing_data.as_ref())
        .set_some("Namespace", alarm.namespace.as_ref())
        .set_some("MetricName", alarm.metric_name.as_ref())
        .set_some("Statistic", alarm.statistic.as_ref())
        .set_some("ExtendedStatistic", alarm.extended_statistic.as_ref())
        .set_some("Unit", alarm.unit.as_ref())
        .set_some("Period", alarm.period);
    dimensions(query, "Dimensions.member", &alarm.dimensions).each(
        "Metrics.member",
        &alarm.metrics,
        metric,
    )
}

pub(super) fn tags(query: Query, tags: &BTreeMap<String, String>) -> Query {
    query.each("Tags.member", tags, |query, name, (key, value)| {
        query.set(format!("{name}.Key"), key).set(format!("{name}.Value"), value)
    })
}

fn metric(query: Query, name: &str, metric: &MetricDataQuery) -> Query {
    let query = query
        .set(format!("{name}.Id"), &metric.id)
        .set_some(format!("{name}.Expression"), metric.expression.as_ref())
        .set_some(format!("{name}.Label"), metric.label.as_ref())
        .set_some(format!("{name}.ReturnData"), metric.return_data);
    match &metric.metric_stat {
        Some(found) => stat(query, &format!("{name}.MetricStat"), found),
        None => query,
    }
}

fn stat(query: Query, name: &str, stat: &MetricStat) -> Query {
    let query = query
        .set(format!("{name}.Metric.Namespace"), &stat.metric.namespace)
        .set(format!("{name}.Metric.MetricName"), &stat.metric.metric_name)
        .set(format!("{name}.Period"), stat.period.to_string())
        .set(format!("{name}.Stat"), &stat.stat)
        .set_some(format!("{name}.Unit"), stat.unit.as_ref());
    dimensions(query, &format!("{name}.Metric.Dimensions.member"), &stat.metric.dimensions)
}

fn dimensions(query: Query, name: &str, dimensions: &BTreeMap<String, String>) -> Query {
    query.each(name, dimensions, |query, name, (key, value)| {
        query.set(format!("{name}.Name"), key).set(format!("{name}.Value"), value)
    })
}
