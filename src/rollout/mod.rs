//! The truth about rollouts: how a deployment stands, how it ended and why. Pure; `follow` reads what
//! is judged here.

pub mod diagnosis;
mod failure;
mod past;
mod progress;
mod run;
mod standing;
pub mod under_way;
pub mod verdict;

pub use failure::{Evidence, Failure, is_telling};
pub use past::{Outcome, outcomes};
pub use progress::{Progress, TargetCounts, Tasks, Weights};
pub use run::{RunEvent, TaskOutcome};
pub use standing::{Standing, is_about, since};
pub use under_way::UnderWay;
pub use verdict::End;

use serde::{Deserialize, Serialize};

use crate::value::Resolvable;

/// A deployment that a create or an update started, or that somebody left under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    pub cluster: Resolvable,
    pub service: String,
    /// Its id, known when the call that starts it was answered.
    pub deployment: Resolvable,
    pub task_definition: Resolvable,
    /// Minutes for which nothing happens on purpose.
    pub baking: u32,
    /// The task definition before.
    pub previous: Option<Resolvable>,
}
