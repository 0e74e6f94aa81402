//! Everything that is shown: the only place that turns results into text.

pub mod diagnostics;
