//! Alarms of `CloudWatch` that trigger step scaling. AWS keeps them when their policy goes.

mod desired;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::shared::metrics::{CustomMetric, MetricQuery, examples as metrics, some};
use crate::aws::cloudwatch::{Metric, MetricAlarm, MetricDataQuery, MetricStat};
use crate::aws::{Aws, AwsError, gone};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags, TagsChange,
};
use crate::model::resolved::scaling::Decimal;
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

#[derive(Debug)]
pub struct Alarm;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmSpec {
    pub name: String,
    /// In place of metric math.
    pub metric: Option<CustomMetric>,
    pub metrics: Vec<MetricQuery>,
    /// Seconds.
    pub period: u32,
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: u32,
    pub threshold: Decimal,
    pub comparison_operator: String,
    pub treat_missing_data: String,
    pub actions_enabled: bool,
    /// ARNs.
    pub alarm_actions: Set<Resolvable>,
    /// None of ecsctl's: `PutMetricAlarm` would drop those that people add.
    pub ok_actions: Set<String>,
    pub insufficient_data_actions: Set<String>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: AlarmSpec,
    },
    /// The same operation, which leaves the tags of an alarm that is there.
    Update {
        spec: AlarmSpec,
    },
    Tag {
        arn: String,
        spec: AlarmSpec,
        tags: Tags,
    },
    Untag {
        arn: String,
        spec: AlarmSpec,
        keys: Vec<String>,
    },
    Delete {
        name: String,
    },
}

/// What `PutMetricAlarm` writes, all of it each time.
const WRITTEN: &[&str] = &[
    "metric",
    "metrics",
    "period",
    "evaluationPeriods",
    "datapointsToAlarm",
    "threshold",
    "comparisonOperator",
    "treatMissingData",
    "actionsEnabled",
    "alarmActions",
    "okActions",
    "insufficientDataActions",
];

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } | Self::Update { spec } => ("PutMetricAlarm", &spec.name),
            Self::Tag { spec, .. } => ("TagResource", &spec.name),
            Self::Untag { spec, .. } => ("UntagResource", &spec.name),
            Self::Delete { name } => ("DeleteAlarms", name),
        };
        write!(f, "cloudwatch:{operation} {name}")
    }
}

impl Kind for Alarm {
    const NAME: &'static str = "alarm";

    type Spec = AlarmSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<AlarmSpec>> {
        desired::rows(stack)
    }

    fn key(spec: &AlarmSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[AlarmSpec],
    ) -> Result<Vec<Live<AlarmSpec>>, AwsError> {
        observe::rows(survey, wanted).await
    }

    fn lower(change: &Change<'_, AlarmSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => vec![Call::Create { spec: (*spec).clone() }],
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => vec![Call::Delete { name: live.spec.name.clone() }],
        }
    }

    fn effect(call: &Call) -> Effect<AlarmSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Update { spec } => Effect::update(spec, WRITTEN),
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Delete { name } => Effect::Delete(name.clone()),
        }
    }

    fn outputs(spec: &AlarmSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(&spec.name, assigned.arn("cloudwatch", &format!("alarm:{}", spec.name)))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } | Call::Update { spec } => {
                aws.cloudwatch.put_metric_alarm(&metric_alarm(spec), &texts(&spec.tags)).await?;
                return Ok(outputs(
                    &spec.name,
                    aws.arn("cloudwatch", &format!("alarm:{}", spec.name)),
                ));
            }
            Call::Tag { arn, tags, .. } => aws.cloudwatch.tag_resource(arn, &texts(tags)).await?,
            Call::Untag { arn, keys, .. } => aws.cloudwatch.untag_resource(arn, keys).await?,
            Call::Delete { name } => {
                gone(aws.cloudwatch.delete_alarms(std::slice::from_ref(name)).await)?;
            }
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<AlarmSpec> {
        let base = AlarmSpec {
            name: "shop-prod-web-backlog".to_owned(),
            metric: Some(metrics::metric()),
            metrics: vec![],
            period: 60,
            evaluation_periods: 3,
            datapoints_to_alarm: 2,
            threshold: 100.into(),
            comparison_operator: "GreaterThanOrEqualToThreshold".to_owned(),
            treat_missing_data: "missing".to_owned(),
            actions_enabled: true,
            alarm_actions: Set::from_iter(["arn:aws:autoscaling:eu-west-1:444455556666:scalingPolicy:1:resource/ecs/service/shop-prod-main/shop-prod-web:policyName/shop-prod-web-backlog".into()]),
            ok_actions: Set::default(),
            insufficient_data_actions: Set::default(),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let told = Set::from_iter(["arn:aws:sns:eu-west-1:444455556666:people".to_owned()]);
        vec![
            base.clone(),
            AlarmSpec {
                metric: None,
                metrics: metrics::queries(),
                ok_actions: told.clone(),
                insufficient_data_actions: told,
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

fn update(change: &Change<'_, AlarmSpec>, spec: &AlarmSpec, live: &Live<AlarmSpec>) -> Vec<Call> {
    let is_written = WRITTEN.iter().any(|field| change.touches(field));
    let put = is_written.then(|| Call::Update { spec: spec.clone() });
    let arn = live.outputs.get("arn").cloned().unwrap_or_default();
    let tags = TagsChange::between(&live.spec.tags, &spec.tags).calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    );
    put.into_iter().chain(tags).collect()
}

fn outputs(name: &str, arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("name".to_owned(), name.to_owned())])
}

fn texts(tags: &Tags) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.text().to_owned())).collect()
}

fn metric_alarm(spec: &AlarmSpec) -> MetricAlarm {
    let alarm = MetricAlarm {
        alarm_name: spec.name.clone(),
        actions_enabled: spec.actions_enabled,
        alarm_actions: spec.alarm_actions.0.iter().map(|arn| arn.text().to_owned()).collect(),
        ok_actions: spec.ok_actions.0.iter().cloned().collect(),
        insufficient_data_actions: spec.insufficient_data_actions.0.iter().cloned().collect(),
        comparison_operator: spec.comparison_operator.clone(),
        threshold: spec.threshold.as_f64(),
        evaluation_periods: spec.evaluation_periods,
        datapoints_to_alarm: Some(spec.datapoints_to_alarm),
        treat_missing_data: Some(spec.treat_missing_data.clone()),
        ..MetricAlarm::default()
    };
    let Some(metric) = &spec.metric else {
        let metrics = spec.metrics.iter().map(|query| data_query(query, spec.period));
        return MetricAlarm { metrics: metrics.collect(), ..alarm };
    };
    let (statistic, extended) = if is_extended(&metric.statistic) {
        (None, Some(metric.statistic.clone()))
    } else {
        (Some(metric.statistic.clone()), None)
    };
    MetricAlarm {
        namespace: Some(metric.namespace.clone()),
        metric_name: Some(metric.name.clone()),
        dimensions: metric.dimensions.clone(),
        statistic,
        extended_statistic: extended,
        unit: some(&metric.unit),
        period: Some(spec.period),
        ..alarm
    }
}

/// Percentiles and the like have a parameter of their own.
fn is_extended(statistic: &str) -> bool {
    !["Average", "Minimum", "Maximum", "SampleCount", "Sum"].contains(&statistic)
}

fn data_query(query: &MetricQuery, period: u32) -> MetricDataQuery {
    let stat = |metric: &CustomMetric| MetricStat {
        metric: Metric {
            namespace: metric.namespace.clone(),
            metric_name: metric.name.clone(),
            dimensions: metric.dimensions.clone(),
        },
        period,
        stat: metric.statistic.clone(),
        unit: some(&metric.unit),
    };
    MetricDataQuery {
        id: query.id.clone(),
        metric_stat: query.metric.as_ref().map(stat),
        expression: some(&query.expression),
        label: some(&query.label),
        return_data: Some(query.return_data),
    }
}
