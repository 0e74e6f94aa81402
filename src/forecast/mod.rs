//! Whether a deployment can place its tasks on the instances of a cluster, from numbers alone.
//!
//! # What a forecast means
//!
//! A rolling update goes on while one of two things is possible: a new task starts, where it fits
//! and while no more than `maximumPercent` of the desired tasks run; an old task stops, while
//! `minimumHealthyPercent` of them run without it. Which instance gets the new task and which old
//! task stops is up to ECS. [`Fit::Fits`] says that every course that ECS may take ends with all new
//! tasks and no old one; [`Fit::Stuck`] that none does; [`Fit::MayStick`] that some do. This holds for
//! a cluster in which only this service moves, new tasks become healthy, and stopped ones free at
//! once what they had. The tests compare it with a search through all courses.
//!
//! What is not known is no limit: network interfaces of instance types without a published number,
//! and the parts of expressions that only ECS can answer.
//!
//! The [`Course`] is one of those courses: the one that the placement strategy prefers. It tells how
//! many tasks and instances there are at the peak.

mod cluster;
mod course;
mod expression;
mod instance_types;
mod rollout;
mod room;
mod sentences;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::BTreeMap;

pub use cluster::{Capacity, Instance, Needs, Port, Protocol, RunningTask};
pub use course::{Course, Round, place};
pub use expression::{Expression, Fault, ParseError};
pub use instance_types::{Size, size, task_interfaces};
pub use rollout::{PlacementConstraint, PlacementStrategy, Resource, Rollout, Scheduling};
pub use room::Obstacle;
pub use sentences::sentences;
pub use verdict::Fit;

use room::{Problem, Room, Standing};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub fit: Fit,
    /// Tasks in the end, those that stay included.
    pub tasks: u32,
    /// Of them, those that run already and stay.
    pub kept: u32,
    pub instances: u32,
    pub course: Course,
    /// Of a rollout that gets stuck, or may: where.
    pub dead_end: Option<DeadEnd>,
    /// Of a rollout that is not sure to complete.
    pub remedies: Remedies,
}

/// What alone would make a rollout [`Fit::Fits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remedies {
    /// So many more instances of the supply.
    pub instances: Option<u32>,
    /// This `minimumHealthyPercent` or a lower one.
    pub minimum_healthy_percent: Option<u32>,
    /// This `maximumPercent` or a higher one.
    pub maximum_percent: Option<u32>,
}

/// The instances that a cluster can get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    /// Their sort; what runs on it does not count.
    pub template: Instance,
    /// How many more managed scaling adds when tasks wait for a place; none when nobody knows how far
    /// it goes.
    pub managed: Option<u32>,
}

/// A state in which no new task can start and no old one may stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEnd {
    /// Old tasks that are left.
    pub old: u32,
    /// New tasks that run.
    pub new: u32,
    /// Whether only the percentages keep more new ones from starting.
    pub is_at_maximum: bool,
    /// What keeps one more from how many instances; an instance may have several.
    pub obstacles: BTreeMap<Obstacle, Shortage>,
}

/// On how many instances something is short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shortage {
    pub instances: u32,
    /// The most that one of them has left.
    pub most_left: u32,
}

/// Forecasts a rollout on these instances, those of the supply not included.
pub fn forecast(instances: &[Instance], rollout: &Rollout, supply: &Supply) -> Forecast {
    let problem = Problem::of(instances, rollout);
    let verdict = problem.verdict();
    let kept: u32 = problem.rooms.iter().map(|room| room.kept).sum();
    Forecast {
        fit: verdict.fit,
        tasks: problem.desired + kept,
        kept,
        instances: u32::try_from(instances.len()).unwrap_or(u32::MAX),
        course: problem.course(),
        dead_end: verdict.stuck_at.map(|old| problem.dead_end(&old)),
        remedies: match verdict.fit {
            Fit::Fits => Remedies::default(),
            Fit::MayStick | Fit::Stuck => problem.remedies(supply),
        },
    }
}

impl Forecast {
    /// How many instances managed scaling adds, if these are all that is missing.
    pub fn added_by_scaling(&self, supply: &Supply) -> Option<u32> {
        let missing = self.remedies.instances?;
        supply.managed.is_none_or(|most| missing <= most).then_some(missing)
    }

    /// Whether the rollout may end with no way on.
    pub fn is_alarming(&self, supply: &Supply) -> bool {
        self.fit != Fit::Fits && self.added_by_scaling(supply).is_none()
    }
}

impl Problem<'_> {
    fn remedies(&self, supply: &Supply) -> Remedies {
        let instances = match self.rollout.scheduling {
            // A new instance wants a task of its own.
            Scheduling::Daemon => None,
            Scheduling::Replica { .. } => {
                let room = Room::of(&supply.template.emptied(), self.rollout, self.desired);
                self.instances_missing(&room)
            }
        };
        Remedies {
            instances,
            minimum_healthy_percent: self.highest_minimum_healthy_percent(),
            maximum_percent: self.lowest_maximum_percent(),
        }
    }

    /// What is in the way with `old` tasks left on each instance and as many new ones as fit.
    fn dead_end(&self, old: &[u32]) -> DeadEnd {
        let old_in_all = old.iter().sum();
        let places = |(room, old): (&Room, &u32)| room.places[*old as usize];
        let places: Vec<u32> = self.rooms.iter().zip(old).map(places).collect();
        let in_all = places.iter().fold(0_u32, |sum, places| sum.saturating_add(*places));
        let new = self.reach(old_in_all, in_all);
        let mut obstacles: BTreeMap<Obstacle, Shortage> = BTreeMap::new();
        for (index, (old, new)) in old.iter().zip(&places).enumerate() {
            let standing = Standing { old: *old, new: *new };
            for (obstacle, left) in self.obstacles(index, standing) {
                let shortage = obstacles.entry(obstacle).or_default();
                shortage.instances += 1;
                shortage.most_left = shortage.most_left.max(left);
            }
        }
        DeadEnd { old: old_in_all, new, is_at_maximum: new < in_all, obstacles }
    }
}
