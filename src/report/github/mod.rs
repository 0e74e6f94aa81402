//! GitHub Actions, which reads along what its jobs print: annotations, groups, summaries.

pub mod annotations;
pub mod commands;
mod workflow;

pub use workflow::Workflow;
