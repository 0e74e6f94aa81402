//! Tasks that are run by themselves: what happens on the way, and how they ended.

use super::diagnosis::Diagnosis;
use crate::runtime::{Ended, LogLine, Refusal, Task};

/// What happens while tasks run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    Started(Task),
    Refused(Refusal),
    /// It has another status.
    Status(Task),
    Line(LogLine),
    /// What was written is not to be had.
    Unread(String),
    /// So many seconds have passed, and the tasks are told to stop.
    TimedOut(u64),
}

/// How one task ended, and why.
#[derive(Clone, Debug)]
pub struct TaskOutcome {
    pub task: Task,
    pub ended: Ended,
    /// What is to blame, if that can be told.
    pub diagnosis: Option<Diagnosis>,
}
