//! How the number of a service's tasks follows its load and the time of day.

use std::collections::BTreeMap;

pub use crate::model::documents::decimal::Decimal;
pub use crate::model::documents::scaling::{
    AdjustmentType, ComparisonOperator, Metric, MetricAggregationType, Suspended, TreatMissingData,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    pub min: u32,
    pub max: u32,
    pub target_tracking: Vec<TargetTracking>,
    pub step_scaling: Vec<StepScaling>,
    pub scheduled: Vec<ScheduledAction>,
    pub suspended: Suspended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTracking {
    /// As in addresses: the manifest's, or the metric's.
    pub name: String,
    /// Physical name of the policy.
    pub policy_name: String,
    pub measure: Measure,
    /// Which entry of the service's load balancers counts requests.
    pub counted_by: Option<usize>,
    pub target: Decimal,
    /// Seconds.
    pub scale_in_cooldown: u32,
    /// Seconds.
    pub scale_out_cooldown: u32,
    pub disable_scale_in: bool,
}

/// What a policy measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    Predefined(Metric),
    Custom(CustomMetric),
    Math(Vec<MetricQuery>),
}

/// A metric of `CloudWatch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomMetric {
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
    /// Such as `Average` or `p99`.
    pub statistic: String,
    pub unit: Option<String>,
}

/// A part of metric math.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricQuery {
    pub id: String,
    /// None for a calculation.
    pub metric: Option<CustomMetric>,
    pub expression: Option<String>,
    pub label: Option<String>,
    pub return_data: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepScaling {
    pub name: String,
    /// Physical name of the policy and of its alarm.
    pub policy_name: String,
    pub measure: Measure,
    pub adjustment_type: AdjustmentType,
    pub steps: Vec<Step>,
    /// Seconds.
    pub cooldown: u32,
    pub min_adjustment_magnitude: Option<u32>,
    pub metric_aggregation_type: MetricAggregationType,
    pub alarm: StepAlarm,
}

/// What to do where the metric is so far from the alarm's threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub lower_bound: Option<Decimal>,
    pub upper_bound: Option<Decimal>,
    pub change: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepAlarm {
    pub comparison_operator: ComparisonOperator,
    pub threshold: Decimal,
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: u32,
    /// Seconds.
    pub period: u32,
    pub treat_missing_data: TreatMissingData,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledAction {
    pub name: String,
    /// Physical name.
    pub action_name: String,
    pub schedule: String,
    /// None for a rate, which has no use for one.
    pub time_zone: Option<String>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    /// As `2026-12-01T00:00:00Z`.
    pub start: Option<String>,
    pub end: Option<String>,
}
