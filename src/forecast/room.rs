//! How many new tasks each instance holds, by how many old ones are still on it.
//!
//! All new tasks need the same, so what else runs where does not matter to an instance: this one
//! number per instance and count of old tasks is all that decides whether a rollout can go on.

use std::collections::BTreeMap;

use super::cluster::{Capacity, Instance, Needs, Port};
use super::expression::Candidate;
use super::rollout::{PlacementConstraint, Rollout, Scheduling};

/// More than ECS runs for one service; its quota is 5000.
const MOST_TASKS: u32 = 10_000;

/// A rollout in numbers.
#[derive(Clone, Debug)]
pub(super) struct Problem<'a> {
    pub(super) instances: &'a [Instance],
    pub(super) rollout: &'a Rollout,
    /// One per instance.
    pub(super) rooms: Vec<Room>,
    /// New tasks in the end.
    pub(super) desired: u32,
    /// Old tasks may stop while at least so many run.
    pub(super) lower: u32,
    /// New tasks may start while at most so many run.
    pub(super) upper: u32,
}

/// What an instance has room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Old tasks that are to stop.
    pub(super) old: u32,
    /// Tasks of the service that stay.
    pub(super) kept: u32,
    /// By the number of old tasks that are still there, from 0 to `old`: how many new ones fit
    /// beside them. It never grows with the number.
    pub(super) places: Vec<u32>,
}

/// What keeps a task from an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// As the manifest says it.
    Constraint(String),
    Cpu,
    Memory,
    Gpus,
    Interfaces,
    Port(Port),
}

impl<'a> Problem<'a> {
    pub(super) fn of(instances: &'a [Instance], rollout: &'a Rollout) -> Self {
        let kept: u32 = match rollout.old {
            Some(_) => 0,
            None => instances.iter().map(|instance| instance.tasks_of(&rollout.group)).sum(),
        };
        let whole = match rollout.scheduling {
            Scheduling::Replica { desired } => desired.min(MOST_TASKS),
            Scheduling::Daemon => allowed(instances, rollout),
        };
        let desired = whole.saturating_sub(kept);
        let rooms = instances.iter().map(|instance| Room::of(instance, rollout, desired)).collect();
        let (lower, upper) = match rollout.old {
            Some(_) => bounds(rollout, whole),
            None => (0, desired),
        };
        Self { instances, rollout, rooms, desired, lower, upper }
    }

    /// How many new tasks there are at most while `old` ones are left that leave `places`.
    pub(super) fn reach(&self, old: u32, places: u32) -> u32 {
        places.min(self.desired).min(self.upper.saturating_sub(old))
    }

    pub(super) fn old(&self) -> u32 {
        self.rooms.iter().map(|room| room.old).sum()
    }
}

/// The healthy ones are rounded up, all are rounded down.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
fn bounds(rollout: &Rollout, desired: u32) -> (u32, u32) {
    let percent = |percent: u32| u64::from(percent) * u64::from(desired);
    let lower = percent(rollout.minimum_healthy_percent.min(100)).div_ceil(100);
    let upper = percent(rollout.maximum_percent) / 100;
    let fit = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    (fit(lower), fit(upper))
}

fn allowed(instances: &[Instance], rollout: &Rollout) -> u32 {
    let is_allowed = |instance: &&Instance| {
        rollout.constraints.iter().all(|constraint| constraint.limit(instance, rollout) > 0)
    };
    u32::try_from(instances.iter().filter(is_allowed).count()).unwrap_or(u32::MAX)
}

impl Room {
    pub(super) fn of(instance: &Instance, rollout: &Rollout, desired: u32) -> Self {
        let own = instance.tasks_of(&rollout.group);
        let (old, kept) = if rollout.old.is_some() { (own, 0) } else { (0, own) };
        let limits = rollout.constraints.iter().map(|it| it.limit(instance, rollout));
        let limit = limits.min().unwrap_or(u32::MAX);
        let most = match rollout.scheduling {
            Scheduling::Replica { .. } => desired,
            Scheduling::Daemon => 1_u32.saturating_sub(kept),
        };
        let places = |left: u32| {
            let free = Free::of(instance, rollout, old, left);
            free.holds(&rollout.new).min(limit.saturating_sub(kept + left)).min(most)
        };
        Self { old, kept, places: (0..=old).map(places).collect() }
    }

    /// New tasks that fit once no old one is left.
    pub(super) fn in_the_end(&self) -> u32 {
        self.places[0]
    }
}

/// What an instance has for new tasks at some time.
struct Free<'a> {
    instance: &'a Instance,
    capacity: Capacity,
    /// The old tasks' ports, once these have stopped.
    freed: Option<&'a Needs>,
}

impl<'a> Free<'a> {
    /// While `left` of the `old` tasks are there.
    fn of(instance: &'a Instance, rollout: &'a Rollout, old: u32, left: u32) -> Self {
        let Some(needs) = &rollout.old else {
            return Self { instance, capacity: instance.remaining, freed: None };
        };
        let capacity = instance.remaining.with(needs, old - left);
        Self { instance, capacity, freed: (old > 0 && left == 0).then_some(needs) }
    }

    fn holds(&self, needs: &Needs) -> u32 {
        if self.taken_ports(needs).next().is_some() {
            return 0;
        }
        let times = |free: u32, need: u32| free.checked_div(need).unwrap_or(u32::MAX);
        let by_interfaces = match self.capacity.interfaces {
            Some(free) => times(free, needs.interfaces),
            None => u32::MAX,
        };
        let by_ports = if needs.ports.is_empty() { u32::MAX } else { 1 };
        let capacity = &self.capacity;
        times(capacity.cpu, needs.cpu)
            .min(times(capacity.memory, needs.memory))
            .min(times(capacity.gpus, needs.gpus))
            .min(by_interfaces)
            .min(by_ports)
    }

    fn taken_ports(&self, needs: &'a Needs) -> impl Iterator<Item = Port> {
        let is_freed = |port: &Port| self.freed.is_some_and(|freed| freed.ports.contains(port));
        let used = &self.instance.used_ports;
        needs.ports.iter().copied().filter(move |port| used.contains(port) && !is_freed(port))
    }
}

impl PlacementConstraint {
    /// One more task of the service may be placed while fewer than this many are on the instance,
    /// old and new ones.
    ///
    /// An expression that only the service's own tasks make true would let a rollout lose its
    /// places by stopping a task: it is taken as it holds before the rollout.
    fn limit(&self, instance: &Instance, rollout: &Rollout) -> u32 {
        let expression = match self {
            Self::DistinctInstance => return 1,
            Self::MemberOf(expression) => expression,
        };
        let group = rollout.group.as_str();
        let holds = |own: u32| expression.holds(Candidate { instance, group, own }).unwrap_or(true);
        let now = instance.tasks_of(group);
        let is_unlimited = |holds: bool| if holds { u32::MAX } else { 0 };
        if !expression.asks_for_tasks() {
            return is_unlimited(holds(now));
        }
        // Other limits come before this number of tasks.
        let most = Free::of(instance, rollout, now, 0).holds(&rollout.new);
        let most = match rollout.scheduling {
            Scheduling::Replica { desired } => most.min(desired).min(MOST_TASKS),
            Scheduling::Daemon => most.min(1),
        };
        let answers: Vec<bool> = (0..=now + most).map(holds).collect();
        let limit = answers.iter().take_while(|holds| **holds).count();
        if answers[limit..].contains(&true) {
            return is_unlimited(holds(now));
        }
        if limit == answers.len() { u32::MAX } else { u32::try_from(limit).unwrap_or(u32::MAX) }
    }
}

/// A state of the rollout on one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Old tasks that are left.
    pub(super) old: u32,
    pub(super) new: u32,
}

impl Problem<'_> {
    pub(super) fn capacity(&self, index: usize, standing: Standing) -> Capacity {
        let (instance, room) = (&self.instances[index], &self.rooms[index]);
        let free = Free::of(instance, self.rollout, room.old, standing.old);
        free.capacity.without(&self.rollout.new, standing.new)
    }

    /// What keeps one more new task from an instance, with what is left of that; empty if nothing
    /// does, and for a daemon's instance that has its task.
    pub(super) fn obstacles(&self, index: usize, standing: Standing) -> BTreeMap<Obstacle, u32> {
        let (instance, room) = (&self.instances[index], &self.rooms[index]);
        let (rollout, needs) = (self.rollout, &self.rollout.new);
        let free = self.capacity(index, standing);
        let mut found = BTreeMap::new();
        if rollout.scheduling == Scheduling::Daemon && room.kept + standing.new > 0 {
            return found;
        }
        let own = room.kept + standing.old + standing.new;
        for constraint in &rollout.constraints {
            if constraint.limit(instance, rollout) <= own {
                found.insert(Obstacle::Constraint(constraint.to_string()), 0);
            }
        }
        let amounts = [
            (Obstacle::Cpu, free.cpu, needs.cpu),
            (Obstacle::Memory, free.memory, needs.memory),
            (Obstacle::Gpus, free.gpus, needs.gpus),
            (Obstacle::Interfaces, free.interfaces.unwrap_or(u32::MAX), needs.interfaces),
        ];
        let short = amounts.into_iter().filter(|(_, free, need)| free < need);
        found.extend(short.map(|(obstacle, free, _)| (obstacle, free)));
        let at_first = Free::of(instance, rollout, room.old, standing.old);
        let taken = at_first.taken_ports(needs).map(|port| (Obstacle::Port(port), 0));
        found.extend(taken);
        if standing.new > 0 {
            found.extend(needs.ports.iter().map(|port| (Obstacle::Port(*port), 0)));
        }
        found
    }
}
