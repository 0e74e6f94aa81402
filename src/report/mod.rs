//! The only writer: diagnostics, plans, progress, JSON.

mod calls;
pub mod defect;
pub mod diagnoses;
pub mod diagnostics;
pub mod events;
pub mod exec;
pub mod failure;
mod fields;
pub mod final_values;
pub mod github;
mod groups;
mod lines;
pub mod logs;
pub mod look;
pub mod markdown;
mod mask;
pub mod operations;
pub mod plan;
pub mod progress;
mod region;
mod resources;
pub mod rolling;
mod rollouts;
pub mod rules;
pub mod runs;
pub mod sarif;
pub mod screen;
pub mod terminal;
#[cfg(test)]
mod tests;
mod values;
pub mod verify;
pub mod view;
pub mod words;
