//! Metrics of `CloudWatch`, as scaling follows them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;

/// What a policy measures: one of the metrics that AWS keeps of each service, or one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum PolicyMetric {
    /// A metric that AWS keeps of each service.
    Predefined(Metric),
    /// Any metric of CloudWatch.
    Custom(CustomMetric),
}

impl<'de> Deserialize<'de> for PolicyMetric {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = |text: String| {
            let found = Metric::ALL.into_iter().find(|metric| metric.field_value() == text);
            found.map(Self::Predefined).ok_or_else(|| format!("`{text}` is no metric"))
        };
        super::either::deserialize_map(deserializer, word, Self::Custom)
    }
}

/// A metric that AWS keeps of each service.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// Average CPU of the tasks, in percent of what they reserve.
    Cpu,
    /// Average memory of the tasks, in percent of what they reserve.
    Memory,
    /// Requests per task and minute, counted by an Application Load Balancer.
    AlbRequests,
}

impl Metric {
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Memory, Self::AlbRequests];

    /// As names in AWS spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::AlbRequests => "alb-requests",
        }
    }

    /// As manifests spell it.
    pub fn field_value(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::AlbRequests => "albRequests",
        }
    }
}

/// A metric of CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CustomMetric {
    /// Namespace that it is published in, 1 to 255 characters.
    #[schemars(length(min = 1, max = 255), example = &"AWS/SQS")]
    pub namespace: String,
    /// Name of the metric, 1 to 255 characters.
    #[schemars(length(min = 1, max = 255), example = &"ApproximateNumberOfMessagesVisible")]
    pub name: String,
    /// The dimensions that it is published with, all of them. At most 30.
    #[serde(default)]
    #[schemars(extend("examples" = [{ "QueueName": "orders" }]))]
    pub dimensions: BTreeMap<String, Text>,
    /// `Average`, `Minimum`, `Maximum`, `SampleCount` or `Sum`; in step scaling and in `metrics` also a percentile such as `p99`. Default: `Average`.
    #[schemars(regex(
        pattern = r"^(Average|Minimum|Maximum|SampleCount|Sum|IQM|(p|tm|tc|ts|wm)[0-9.]+)$"
    ))]
    #[schemars(extend("patternErrorMessage" = "expected `Average`, `Minimum`, `Maximum`, `SampleCount`, `Sum` or a percentile such as `p99`"))]
    pub statistic: Option<String>,
    /// Unit that it is published with, such as `Count` or `Percent`. Default: any.
    #[schemars(extend("pattern" = r"^(None|Count|Percent|Seconds|Microseconds|Milliseconds|(Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits)(/Second)?|Count/Second)$", "patternErrorMessage" = "expected a unit of CloudWatch such as `Count`, `Percent` or `Bytes/Second`"))]
    pub unit: Option<String>,
}

/// A metric, or a calculation with others of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MetricQuery {
    /// Name in expressions: begins with a small letter, then letters, digits and `_`.
    #[schemars(regex(pattern = "^[a-z][A-Za-z0-9_]{0,254}$"), example = &"visible")]
    #[schemars(extend("patternErrorMessage" = "expected a name that begins with a small letter, then letters, digits and `_`"))]
    pub id: String,
    /// A metric; not together with `expression`.
    pub metric: Option<CustomMetric>,
    /// A calculation with the ids of the list; not together with `metric`.
    #[schemars(length(min = 1, max = 2048), example = &"visible / tasks")]
    pub expression: Option<String>,
    /// What people read in place of the id.
    pub label: Option<String>,
    /// This is the value that is followed; of one only. Default: true for the last of the list.
    pub return_data: Option<bool>,
}
