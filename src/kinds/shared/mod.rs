//! What several kinds have in common.

pub mod answers;
pub(super) mod autoscaling;
pub(super) mod ecs;
pub(super) mod efs;
pub mod elb;
pub mod elb_attributes;
pub mod elb_tags;
#[cfg(test)]
pub(crate) mod elb_testing;
pub mod metrics;
pub mod routing;
