//! Alarms as `CloudWatch` describes them, and as it is told them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// An alarm on a metric or on metric math.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricAlarm {
    pub alarm_name: String,
    /// Only read.
    pub alarm_arn: String,
    pub actions_enabled: bool,
    #[serde(deserialize_with = "members")]
    pub alarm_actions: Vec<String>,
    #[serde(rename = "OKActions", deserialize_with = "members")]
    pub ok_actions: Vec<String>,
    #[serde(deserialize_with = "members")]
    pub insufficient_data_actions: Vec<String>,
    pub comparison_operator: String,
    pub threshold: f64,
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: Option<u32>,
    pub treat_missing_data: Option<String>,
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    #[serde(deserialize_with = "dimensions")]
    pub dimensions: BTreeMap<String, String>,
    pub statistic: Option<String>,
    /// A percentile, in place of a statistic.
    pub extended_statistic: Option<String>,
    pub unit: Option<String>,
    /// Seconds.
    pub period: Option<u32>,
    /// Metric math, in place of a metric.
    #[serde(deserialize_with = "members")]
    pub metrics: Vec<MetricDataQuery>,
}

/// A part of metric math.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricDataQuery {
    pub id: String,
    pub metric_stat: Option<MetricStat>,
    pub expression: Option<String>,
    pub label: Option<String>,
    pub return_data: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds.
    pub period: u32,
    pub stat: String,
    pub unit: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Metric {
    pub namespace: String,
    pub metric_name: String,
    #[serde(deserialize_with = "dimensions")]
    pub dimensions: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DescribeAlarms {
    #[serde(rename = "DescribeAlarmsResult")]
    pub(super) result: Alarms,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Alarms {
    #[serde(default, deserialize_with = "members")]
    pub(super) metric_alarms: Vec<MetricAlarm>,
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListTags {
    #[serde(rename = "ListTagsForResourceResult")]
    pub(super) result: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tags {
    #[serde(default, deserialize_with = "members")]
    pub(super) tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

/// A reply that says nothing more.
#[derive(Debug, Deserialize)]
pub(super) struct Done {}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Members<T> {
    #[serde(default = "Vec::new")]
    member: Vec<T>,
}

/// A list, which is written as `<Xs><member>…</member></Xs>`.
pub(super) fn members<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Members::deserialize(deserializer)?.member)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    #[serde(default)]
    value: String,
}

fn dimensions<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let all: Vec<Dimension> = members(deserializer)?;
    Ok(all.into_iter().map(|dimension| (dimension.name, dimension.value)).collect())
}
