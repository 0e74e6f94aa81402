//! How the number of a service's tasks follows its load.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Seconds;

/// Changes the number of tasks with the load; `desiredCount` is then only where the service starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scaling {
    /// Fewest tasks.
    pub min: u32,
    /// Most tasks; at least `min`.
    pub max: u32,
    /// Metrics to keep near a target.
    #[serde(default)]
    pub target_tracking: Vec<TargetTracking>,
}

/// Keeps a metric near a target by adding and removing tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TargetTracking {
    /// What to measure.
    pub metric: Metric,
    /// Value to keep: percent for `cpu` and `memory`, requests per task and minute for `albRequests`.
    #[schemars(range(min = 1))]
    pub target: u32,
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

fn five_minutes() -> Seconds {
    Seconds(300)
}

fn one_minute() -> Seconds {
    Seconds(60)
}

/// What target tracking measures.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// Average CPU of the tasks, in percent of what they reserve.
    Cpu,
    /// Average memory of the tasks, in percent of what they reserve.
    Memory,
    /// Requests per task and minute, counted by the first load balancer.
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
}
