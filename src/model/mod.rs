//! Documents to a resolved stack: variables, environments, defaults, references.

pub mod documents;
pub mod overlay;
pub mod resolved;
pub mod stack;
pub mod variables;
