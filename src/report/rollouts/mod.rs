//! Rollouts as text, from data to lines: blocks on a screen, one line per change elsewhere. Pure; `view`
//! shows it.

mod block;
mod changes;
mod facts;
mod layout;
mod page;
#[cfg(test)]
mod tests;

pub(super) use block::Seen;
pub(super) use changes::{change, heartbeat, is_same};
pub(super) use layout::clean;
pub(super) use page::Page;
