//! How the number of a service's tasks follows its load and the time of day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Name;
use super::decimal::Decimal;
pub use super::metric::{CustomMetric, Metric, MetricQuery, PolicyMetric};
use super::units::Seconds;

/// Changes the number of tasks with the load; `desiredCount` is then only where the service starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scaling {
    /// Fewest tasks; 0 lets the service sleep, which only a metric from outside of its tasks can end.
    pub min: u32,
    /// Most tasks; at least `min`.
    pub max: u32,
    /// Metrics to keep near a target.
    #[serde(default)]
    pub target_tracking: Vec<TargetTracking>,
    /// Metrics that add or remove tasks in steps, each with its alarm.
    #[serde(default)]
    pub step_scaling: Vec<StepScaling>,
    /// Times at which `min` and `max` become others. What they set stays until something sets it again.
    #[serde(default)]
    pub scheduled: Vec<ScheduledAction>,
    /// What is paused.
    #[serde(default)]
    pub suspended: Suspended,
}

/// Keeps a metric near a target by adding and removing tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TargetTracking {
    /// Name, unique among the service's policies. Default: that of the metric; one's own metric needs one.
    #[schemars(with = "Option<Name>")]
    pub name: Option<String>,
    /// What to measure: `cpu`, `memory`, `albRequests`, or a metric of one's own; not together with `metrics`.
    pub metric: Option<PolicyMetric>,
    /// What to calculate from several metrics; in place of `metric`.
    #[serde(default)]
    pub metrics: Vec<MetricQuery>,
    /// For `albRequests`: the entry of `loadBalancers` that counts, by its load balancer. Default: the first.
    pub load_balancer: Option<String>,
    /// For `albRequests`: the entry that counts, by its listener.
    pub listener: Option<String>,
    /// For `albRequests`: the entry that counts, by its container's port.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Value to keep, above 0: percent for `cpu` and `memory`, requests per task and minute for `albRequests`.
    #[schemars(with = "f64")]
    pub target: Decimal,
    /// Time after removing tasks until more are removed. Default: 300s.
    #[serde(default = "five_minutes")]
    pub scale_in_cooldown: Seconds,
    /// Time after adding tasks until more are added. Default: 60s.
    #[serde(default = "one_minute")]
    pub scale_out_cooldown: Seconds,
    /// Only ever add tasks. Default: false.
    #[serde(default)]
    pub disable_scale_in: bool,
}

/// Adds or removes tasks by how far a metric is beyond a threshold: a policy, and the alarm that triggers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StepScaling {
    /// Name, unique among the service's policies.
    #[schemars(with = "Name")]
    pub name: String,
    /// What to measure: `cpu`, `memory`, or a metric of one's own; not together with `metrics`.
    pub metric: Option<PolicyMetric>,
    /// What to calculate from several metrics; in place of `metric`.
    #[serde(default)]
    pub metrics: Vec<MetricQuery>,
    /// What `change` is: a number of tasks, a percentage of them, or the number to have. Default: `ChangeInCapacity`.
    #[serde(default)]
    pub adjustment_type: AdjustmentType,
    /// Ranges of the metric's own values and what to do in each, in ascending order and without gaps. 1 to 20.
    pub steps: Vec<Step>,
    /// Time after a change until the next one. Default: 300s.
    #[serde(default = "five_minutes")]
    pub cooldown: Seconds,
    /// Fewest tasks to add or remove; with `PercentChangeInCapacity` only. Default: 1.
    #[schemars(range(min = 1))]
    pub min_adjustment_magnitude: Option<u32>,
    /// How the datapoints of the alarm become one value. Default: `Average`.
    #[serde(default)]
    pub metric_aggregation_type: MetricAggregationType,
    /// When the alarm is raised. Default: as soon as the metric is in one of the ranges.
    #[serde(default)]
    pub alarm: StepAlarm,
}

/// What the `change` of a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AdjustmentType {
    /// That many tasks more, or fewer.
    #[default]
    ChangeInCapacity,
    /// That many percent more, or fewer.
    PercentChangeInCapacity,
    /// That many tasks.
    ExactCapacity,
}

/// How datapoints become one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MetricAggregationType {
    /// Their average.
    #[default]
    Average,
    /// The least of them.
    Minimum,
    /// The greatest of them.
    Maximum,
}

/// A range of the metric's values, and what to do in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// Where it begins; AWS is told the distance from the alarm's threshold. Default: open, in the first step.
    #[schemars(with = "Option<f64>")]
    pub from: Option<Decimal>,
    /// Where it ends. Default: open, in the last step.
    #[schemars(with = "Option<f64>")]
    pub to: Option<Decimal>,
    /// How many tasks, or percent of them, to add; fewer than 0 to remove. With `ExactCapacity` how many to have.
    pub change: i32,
}

/// When the alarm of a step scaling is raised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct StepAlarm {
    /// Default: `GreaterThanOrEqualToThreshold` when the last step is open, `LessThanOrEqualToThreshold` when the first one is.
    pub comparison_operator: Option<ComparisonOperator>,
    /// Default: where the first step begins, or where the last one ends when the first one is open.
    #[schemars(with = "Option<f64>")]
    pub threshold: Option<Decimal>,
    /// How many of the latest periods count, at least 1. Default: 1.
    #[schemars(range(min = 1))]
    pub evaluation_periods: Option<u32>,
    /// In how many of them the metric must be beyond the threshold. Default: all of them.
    #[schemars(range(min = 1))]
    pub datapoints_to_alarm: Option<u32>,
    /// Length of a period: 10s, 20s, 30s, or minutes. Default: 60s.
    pub period: Option<Seconds>,
    /// What a period without data counts as. Default: `missing`.
    pub treat_missing_data: TreatMissingData,
}

/// On which side of the threshold the alarm is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ComparisonOperator {
    /// At it or above.
    GreaterThanOrEqualToThreshold,
    /// Above it.
    GreaterThanThreshold,
    /// Below it.
    LessThanThreshold,
    /// At it or below.
    LessThanOrEqualToThreshold,
}

impl ComparisonOperator {
    pub fn is_above(self) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold | Self::GreaterThanThreshold => true,
            Self::LessThanThreshold | Self::LessThanOrEqualToThreshold => false,
        }
    }
}

/// What a period without data counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// As nothing: with too few periods the alarm waits for data.
    #[default]
    Missing,
    /// As the period before it.
    Ignore,
    /// As beyond the threshold.
    Breaching,
    /// As within bounds.
    NotBreaching,
}

/// A time at which `min`, `max` or both become others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScheduledAction {
    /// Name, unique among the service's.
    #[schemars(with = "Name")]
    pub name: String,
    /// `at(2026-12-24T18:00:00)`, `rate(12 hours)`, or `cron(minutes hours day-of-month month day-of-week year)`.
    #[schemars(example = &"cron(0 22 * * ? *)", example = &"at(2026-12-24T18:00:00)")]
    pub schedule: String,
    /// Time zone of `at` and `cron`. Default: UTC.
    #[schemars(example = &"Europe/Berlin")]
    pub time_zone: Option<String>,
    /// Fewest tasks from then on. Default: as before.
    pub min: Option<u32>,
    /// Most tasks from then on. Default: as before.
    pub max: Option<u32>,
    /// First moment that the schedule counts from, such as `2026-12-01T00:00:00Z`. Default: now.
    pub start: Option<String>,
    /// Last moment that the schedule counts until. Default: none.
    pub end: Option<String>,
}

/// What is paused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Suspended {
    /// Policies remove no tasks. Default: false.
    pub scale_in: bool,
    /// Policies add no tasks. Default: false.
    pub scale_out: bool,
    /// Schedules change nothing. Default: false.
    pub scheduled: bool,
}

fn five_minutes() -> Seconds {
    Seconds(300)
}

fn one_minute() -> Seconds {
    Seconds(60)
}
