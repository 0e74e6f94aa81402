//! What programs read of every command with `--output json`: events, one JSON object a line.
//!
//! To add one: a struct in the file of its family, with doc comments for all that it holds (they become
//! the published schema), a variant of [`Event`], and a run that writes it in tests/mock/events.rs.

pub mod apply;
pub mod containers;
pub mod failure;
pub mod look;
pub mod manifests;
pub mod operations;
pub mod plan;
pub mod rollout;
pub mod run;
pub mod runs;
mod schema;
pub mod verify;

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

pub use schema::schema;

/// The version of the events' form. It changes when a field goes away or changes its meaning.
pub const SCHEMA: u32 = 1;

/// One line of a command's output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Event {
    Start(run::Start),
    Problem(manifests::Problem),
    Document(manifests::Document),
    File(manifests::File),
    Action(plan::Action),
    Orphan(plan::Orphan),
    Advice(plan::Advice),
    Plan(plan::Summary),
    Planned(operations::Planned),
    Started(apply::Started),
    Call(apply::Call),
    Rollout(Box<rollout::Rollout>),
    StillRolling(rollout::StillRolling),
    Tasks(operations::Counted),
    LeftRolling(operations::LeftRolling),
    RolloutFailed(Box<failure::RolloutFailed>),
    Done(apply::Done),
    Failed(apply::Failed),
    Skipped(apply::Skipped),
    Log(containers::Log),
    Exec(containers::Exec),
    Obstacle(containers::Obstacle),
    ServiceStatus(Box<super::look::ServiceStatus>),
    ServiceEvent(super::look::Told),
    Deployment(super::look::Past),
    Task(super::look::TaskView),
    TaskStopped(super::look::StoppedTask),
    Unread(look::Unread),
    TaskStarted(runs::TaskStarted),
    TaskRefused(runs::TaskRefused),
    TaskStatus(runs::TaskStatus),
    TimedOut(runs::TimedOut),
    TaskLeft(runs::TaskLeft),
    Check(verify::Check),
    Checked(verify::Checked),
    Error(run::Error),
    End(run::End),
}

/// Its line, without the end of it.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).expect("events have text as keys"))
    }
}
