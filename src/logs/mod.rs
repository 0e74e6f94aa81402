//! Log lines of many streams as one text: in the order of their times, each once, and harmless to a
//! terminal. Pure.

mod clean;
mod merge;
mod moment;

pub use clean::{clean, escaped};
pub use merge::{Entry, Merge};
pub use moment::Moment;
