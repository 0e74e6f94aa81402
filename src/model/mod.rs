//! Documents to a resolved stack: variables, environments, defaults, references.

pub mod overlay;
pub mod variables;
