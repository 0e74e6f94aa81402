//! What several kinds have in common.

pub(super) mod efs;
pub(super) mod gone;
pub mod routing;
