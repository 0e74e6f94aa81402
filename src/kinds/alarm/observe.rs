//! How alarms are read.

use std::collections::BTreeSet;

use futures::future::try_join_all;

use super::{AlarmSpec, outputs};
use crate::aws::AwsError;
use crate::aws::cloudwatch::{MetricAlarm, MetricDataQuery, MetricStat};
use crate::kind::{Depth, Live, Marks, Survey, read_tags};
use crate::kinds::shared::metrics::{CustomMetric, MetricQuery};
use crate::model::resolved::scaling::Decimal;
use crate::value::Resolvable;

const DEFAULT_PERIOD: u32 = 60;

/// Those that are wanted or owned: without either, nothing is asked.
pub(super) async fn rows(
    survey: &Survey<'_>,
    wanted: &[AlarmSpec],
) -> Result<Vec<Live<AlarmSpec>>, AwsError> {
    let owned = survey.owned().await?;
    let owned = owned.keys().filter(|arn| arn.contains(":cloudwatch:"));
    let owned = owned.filter_map(|arn| arn.split_once(":alarm:")).map(|(_, name)| name.to_owned());
    let names: BTreeSet<String> =
        wanted.iter().map(|spec| spec.name.clone()).chain(owned).collect();
    let names: Vec<String> = names.into_iter().collect();
    let found = survey.aws.cloudwatch.describe_alarms(&names).await?;
    try_join_all(found.into_iter().map(|alarm| live(survey, wanted, alarm))).await
}

async fn live(
    survey: &Survey<'_>,
    wanted: &[AlarmSpec],
    found: MetricAlarm,
) -> Result<Live<AlarmSpec>, AwsError> {
    let wanted = wanted.iter().find(|spec| spec.name == found.alarm_name);
    let tags = match survey.tags(&found.alarm_arn, wanted.map(|spec| &spec.tags)).await? {
        Some(tags) => tags,
        None => read_tags(survey.aws.cloudwatch.list_tags_for_resource(&found.alarm_arn).await?),
    };
    let marks = Marks::of(&tags);
    let outputs = outputs(&found.alarm_name, found.alarm_arn.clone());
    Ok(Live { outputs, marks, spec: AlarmSpec { tags, ..spec(found) }, depth: Depth::Full })
}

fn spec(found: MetricAlarm) -> AlarmSpec {
    let math = found.metrics.iter().find_map(|query| query.metric_stat.as_ref());
    let period = found.period.or(math.map(|stat| stat.period)).unwrap_or(DEFAULT_PERIOD);
    AlarmSpec {
        metric: metric(&found),
        metrics: found.metrics.into_iter().map(query).collect(),
        period,
        evaluation_periods: found.evaluation_periods,
        datapoints_to_alarm: found.datapoints_to_alarm.unwrap_or(found.evaluation_periods),
        threshold: Decimal::of(found.threshold).unwrap_or_default(),
        comparison_operator: found.comparison_operator,
        treat_missing_data: found.treat_missing_data.unwrap_or_else(|| "missing".to_owned()),
        actions_enabled: found.actions_enabled,
        alarm_actions: found.alarm_actions.into_iter().map(Resolvable::from).collect(),
        ok_actions: found.ok_actions.into_iter().collect(),
        insufficient_data_actions: found.insufficient_data_actions.into_iter().collect(),
        tags: crate::kind::Tags::default(),
        name: found.alarm_name,
    }
}

fn metric(found: &MetricAlarm) -> Option<CustomMetric> {
    Some(CustomMetric {
        namespace: found.namespace.clone()?,
        name: found.metric_name.clone()?,
        dimensions: found.dimensions.clone(),
        statistic: found.statistic.clone().or(found.extended_statistic.clone()).unwrap_or_default(),
        unit: found.unit.clone().unwrap_or_default(),
    })
}

fn query(found: MetricDataQuery) -> MetricQuery {
    let metric = |stat: MetricStat| CustomMetric {
        namespace: stat.metric.namespace,
        name: stat.metric.metric_name,
        dimensions: stat.metric.dimensions,
        statistic: stat.stat,
        unit: stat.unit.unwrap_or_default(),
    };
    MetricQuery {
        id: found.id,
        metric: found.metric_stat.map(metric),
        expression: found.expression.unwrap_or_default(),
        label: found.label.unwrap_or_default(),
        return_data: found.return_data.unwrap_or(true),
    }
}
