//! Documents to a resolved stack: variables, environments, defaults, references.

pub mod check;
pub mod documents;
pub mod fargate;
pub mod instance_groups;
pub mod instances;
pub mod manifests;
pub mod names;
pub mod overlay;
pub mod resolve;
pub mod resolved;
pub mod rules;
mod schedules;
pub mod schema;
pub mod secret_names;
pub mod stack;
#[cfg(test)]
pub(crate) mod testing;
pub mod variables;
