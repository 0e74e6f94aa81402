//! What a policy holds: target tracking and step scaling have few fields in common.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kinds::shared::metrics::{CustomMetric, MetricQuery};
use crate::model::resolved::scaling::Decimal;
use crate::value::Resolvable;

/// Fields of the other type are `None` or empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingPolicySpec {
    /// Resource id of the scalable target.
    pub target: Resolvable,
    pub name: String,
    pub policy_type: PolicyType,
    /// A predefined metric by AWS's name.
    pub metric: Option<String>,
    /// `app/<name>/<id>`: the first half of the metric's `ResourceLabel`.
    pub load_balancer: Option<Resolvable>,
    /// `targetgroup/<name>/<id>`: the second half.
    pub target_group: Option<Resolvable>,
    /// In place of a predefined metric.
    pub custom_metric: Option<CustomMetric>,
    /// In place of either.
    pub metrics: Vec<MetricQuery>,
    pub target_value: Option<Decimal>,
    /// Seconds.
    pub scale_in_cooldown: Option<u32>,
    /// Seconds.
    pub scale_out_cooldown: Option<u32>,
    pub disable_scale_in: Option<bool>,
    pub adjustment_type: Option<String>,
    /// By their distance from the alarm's threshold.
    pub steps: BTreeMap<Interval, i32>,
    /// Seconds.
    pub cooldown: Option<u32>,
    /// 0 for none.
    pub min_adjustment_magnitude: Option<u32>,
    pub metric_aggregation_type: Option<String>,
}

/// AWS does not make one from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyType {
    TargetTrackingScaling,
    StepScaling,
}

/// How far a metric is from the threshold: `0..100`, `100..`, `..-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Interval {
    pub lower: Option<Decimal>,
    pub upper: Option<Decimal>,
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: Option<Decimal>| bound.map(|it| it.to_string()).unwrap_or_default();
        write!(f, "{}..{}", bound(self.lower), bound(self.upper))
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = |part: &str| match part {
            "" => Some(None),
            part => Decimal::parse(part).map(Some),
        };
        let bounds =
            text.split_once("..").and_then(|(lower, upper)| Some((read(lower)?, read(upper)?)));
        let (lower, upper) = bounds.ok_or_else(|| format!("`{text}` is no interval"))?;
        Ok(Self { lower, upper })
    }
}
