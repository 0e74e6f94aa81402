//! What several kinds have in common.

pub mod elb;
pub mod elb_tags;
pub mod routing;
