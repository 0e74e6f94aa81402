//! The only writer: diagnostics, plans, progress, JSON.

pub mod defect;
pub mod diagnostics;
pub mod events;
pub mod final_values;
pub mod github;
mod groups;
mod mask;
pub mod plan;
pub mod progress;
pub mod sarif;
pub mod terminal;
pub mod words;
