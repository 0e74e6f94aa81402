//! How the number of a service's tasks follows its load.

pub use crate::model::documents::scaling::Metric;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    pub min: u32,
    pub max: u32,
    pub target_tracking: Vec<TargetTracking>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTracking {
    /// Physical name of the policy.
    pub policy_name: String,
    pub metric: Metric,
    pub target: u32,
    /// Seconds.
    pub scale_in_cooldown: u32,
    /// Seconds.
    pub scale_out_cooldown: u32,
    pub disable_scale_in: bool,
}
