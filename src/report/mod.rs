//! The only writer: diagnostics, plans, progress, JSON.

mod calls;
pub mod defect;
pub mod diagnostics;
pub mod events;
mod fields;
pub mod final_values;
pub mod github;
mod groups;
mod mask;
pub mod plan;
pub mod progress;
mod resources;
pub mod rolling;
pub mod rules;
pub mod runs;
pub mod sarif;
pub mod terminal;
#[cfg(test)]
mod tests;
mod values;
pub mod words;
