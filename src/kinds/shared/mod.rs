//! What several kinds have in common.

pub mod routing;
