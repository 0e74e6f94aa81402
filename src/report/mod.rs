//! The only writer: diagnostics, plans, progress, JSON.

pub mod diagnostics;
pub mod events;
mod groups;
pub mod plan;
pub mod progress;
pub mod terminal;
pub mod words;
