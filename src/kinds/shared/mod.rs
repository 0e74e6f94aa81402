//! What several kinds derive from a stack in the same way.

pub mod routing;
