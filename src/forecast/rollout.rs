//! A deployment: which tasks replace which, and within what bounds.

use std::fmt;

use super::cluster::Needs;
use super::expression::Expression;

/// A deployment of a service by rolling update.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// The task group of the service: `service:NAME`.
    pub group: String,
    pub scheduling: Scheduling,
    /// 0 to 100.
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    /// What each task that runs now gives back when it stops, as [`Needs::common`] says. None when the
    /// running tasks stay and only their number grows.
    pub old: Option<Needs>,
    pub new: Needs,
    /// Those of the service and those of the task definition.
    pub constraints: Vec<PlacementConstraint>,
    /// The first one decides, the next ones break ties.
    pub strategy: Vec<PlacementStrategy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    Replica {
        desired: u32,
    },
    /// One task on each instance that the constraints allow.
    Daemon,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html>
#[derive(Clone, Debug)]
pub enum PlacementConstraint {
    DistinctInstance,
    MemberOf(Expression),
}

impl fmt::Display for PlacementConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DistinctInstance => f.write_str("distinctInstance"),
            Self::MemberOf(expression) => write!(f, "memberOf {expression}"),
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlacementStrategy {
    Random,
    Binpack(Resource),
    /// Evenly over the instances.
    SpreadInstances,
    /// Evenly over the values of an attribute.
    SpreadAttribute(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Cpu,
    Memory,
}
