//! A job: a task that is run when asked for.

use super::service::{Capacity, PlacementConstraint, PlacementStrategy, ServiceNetwork, Task};
pub use crate::model::documents::job::PropagateTags;

/// A job; the physical name of its document is the family of its task definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// A cluster by name.
    pub cluster: String,
    pub capacity: Capacity,
    /// `LATEST` or a version; only Fargate has one.
    pub platform_version: Option<String>,
    /// In the order in which they count.
    pub placement_strategy: Vec<PlacementStrategy>,
    pub placement_constraints: Vec<PlacementConstraint>,
    pub task: Task,
    pub network: ServiceNetwork,
    pub enable_execute_command: bool,
    pub propagate_tags: PropagateTags,
    /// Seconds after which a run is stopped; none when it may take as long as it likes.
    pub timeout: Option<u32>,
}
