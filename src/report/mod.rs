//! The only writer: diagnostics, plans, progress, JSON.

mod calls;
pub mod diagnostics;
pub mod events;
mod fields;
mod groups;
pub mod plan;
pub mod progress;
mod resources;
pub mod terminal;
#[cfg(test)]
mod tests;
mod values;
pub mod words;
