//! Documents to a resolved stack: variables, environments, defaults, references.

pub mod documents;
pub mod resolved;
pub mod stack;
