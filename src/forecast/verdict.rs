//! Whether a rollout completes: in every course that it may take, in some, or in none.
//!
//! A course is stuck when no new task can start and no old one may stop. New tasks are all alike and
//! an instance never holds fewer of them when an old one leaves, so where they were placed before
//! does not matter: with the old tasks S left, `places(S)` new ones fit in all, and ECS gets to
//! `reach = min(places(S), desired, upper - |S|)` of them. Then one more old task may stop if
//! `|S| + reach > lower`. The only choice that decides is which old task stops next.

use super::room::{Problem, Room};

/// Whether a rollout completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Whatever ECS chooses.
    Fits,
    /// If ECS stops the old tasks in the right order; another one ends with no way on.
    MayStick,
    /// Whatever ECS chooses, it ends with no way on.
    Stuck,
}

/// The verdict, and for those that are not [`Fit::Fits`] a state without a way on: how many old
/// tasks are left on each instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) fit: Fit,
    pub(super) stuck_at: Option<Vec<u32>>,
}

impl Problem<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        let worst = Worst::of(&self.rooms);
        let is_dead_end = |old: &u32| !self.may_stop(*old, worst.places(*old));
        // The first dead end on the way is one that courses can come to.
        let dead_end = (1..=self.old()).rev().find(is_dead_end);
        let last = (!self.ends_well(worst.places(0))).then_some(0);
        let Some(stuck_old) = dead_end.or(last) else {
            return Verdict { fit: Fit::Fits, stuck_at: None };
        };
        let completes = last.is_none() && self.has_course();
        let fit = if completes { Fit::MayStick } else { Fit::Stuck };
        Verdict { fit, stuck_at: Some(worst.choice(&self.rooms, stuck_old)) }
    }

    fn may_stop(&self, old: u32, places: u32) -> bool {
        old + self.reach(old, places) > self.lower
    }

    fn ends_well(&self, places: u32) -> bool {
        self.reach(0, places) == self.desired
    }

    /// How many more instances with `room` make the rollout sure to complete; none if no number
    /// does.
    pub(super) fn instances_missing(&self, room: &Room) -> Option<u32> {
        let worst = Worst::of(&self.rooms);
        let each = room.in_the_end();
        (0..=self.old()).try_fold(0, |missing: u32, old| {
            let wanted = if old == 0 { self.desired } else { (self.lower + 1).saturating_sub(old) };
            if self.reach(old, u32::MAX) < wanted {
                return None;
            }
            let lacking = wanted.saturating_sub(worst.places(old));
            match (lacking, each) {
                (0, _) => Some(missing),
                (_, 0) => None,
                (lacking, each) => Some(missing.max(lacking.div_ceil(each))),
            }
        })
    }

    /// The highest `minimumHealthyPercent` with which every course completes.
    pub(super) fn highest_minimum_healthy_percent(&self) -> Option<u32> {
        let worst = Worst::of(&self.rooms);
        let healthy = |old: u32| old + self.reach(old, worst.places(old)) - 1;
        let lower = (1..=self.old()).map(healthy).min().unwrap_or(self.desired);
        let percent = (100 * lower).checked_div(self.desired).unwrap_or(100);
        self.ends_well(worst.places(0)).then_some(percent.min(100))
    }

    /// The lowest `maximumPercent` with which every course completes: it has to allow one task more
    /// than have to be healthy.
    pub(super) fn lowest_maximum_percent(&self) -> Option<u32> {
        let upper = if self.old() == 0 { self.desired } else { self.desired.max(self.lower + 1) };
        let fits = Self { upper: upper.max(self.upper), ..self.clone() }.verdict().fit == Fit::Fits;
        fits.then(|| (100 * upper).div_ceil(self.desired.max(1)))
    }

    /// Whether there is an order to stop the old tasks in that never gets stuck.
    ///
    /// Only `height = old + places` matters, which has to stay above `lower` until no old task is
    /// left: each instance is a path of heights, and the paths are walked side by side. Whoever
    /// can get back to where they are or higher, without going too low on the way, does well to do
    /// so at once. When nobody can, the same is done backwards from the end; the two meet if any
    /// order exists (Abdel-Wahab and Kameda, Scheduling to minimize maximum cumulative cost, 1978).
    fn has_course(&self) -> bool {
        if self.old() == 0 {
            return true;
        }
        if !self.may_stop(1, u32::MAX) {
            return false;
        }
        let paths: Vec<Vec<i64>> = self.rooms.iter().map(Room::heights).collect();
        let floor = i64::from(self.lower) + 1;
        let starts: Vec<usize> = vec![0; paths.len()];
        let ends: Vec<usize> = paths.iter().map(|path| path.len() - 1).collect();
        if height(&paths, &starts) < floor {
            return false;
        }
        let from_start = climb(&paths, starts, &ends, floor);
        let from_end = climb(&paths, ends, &from_start, floor);
        from_start == from_end
    }
}

impl Room {
    /// Old tasks and places, from all old tasks to none.
    fn heights(&self) -> Vec<i64> {
        let height = |(old, places): (i64, &u32)| old + i64::from(*places);
        let mut heights: Vec<i64> = (0..).zip(&self.places).map(height).collect();
        heights.reverse();
        heights
    }
}

fn height(paths: &[Vec<i64>], at: &[usize]) -> i64 {
    paths.iter().zip(at).map(|(path, at)| path[*at]).sum()
}

/// Walks along the paths towards `goals` as long as one of them comes back to its height or above
/// it, never below `floor`.
fn climb(paths: &[Vec<i64>], mut at: Vec<usize>, goals: &[usize], floor: i64) -> Vec<usize> {
    let mut total = height(paths, &at);
    loop {
        let next = paths.iter().enumerate().find_map(|(index, path)| {
            let others = total - path[at[index]];
            let step = way_up(path, at[index], goals[index], floor - others)?;
            Some((index, step))
        });
        let Some((index, step)) = next else { return at };
        total += paths[index][step] - paths[index][at[index]];
        at[index] = step;
    }
}

/// The first place on a path from `from` to `to` that is no lower, if the way there is not below
/// `floor`.
fn way_up(path: &[i64], from: usize, to: usize, floor: i64) -> Option<usize> {
    let mut at = from;
    while at != to {
        at = if to > at { at + 1 } else { at - 1 };
        if path[at] < floor {
            return None;
        }
        if path[at] >= path[from] {
            return Some(at);
        }
    }
    None
}

/// For each number of old tasks, the fewest places that they can leave.
struct Worst {
    /// By instance, and then by the number of old tasks on it and those before it.
    fewest: Vec<Vec<u32>>,
}

impl Worst {
    fn of(rooms: &[Room]) -> Self {
        let mut fewest = vec![vec![0]];
        for room in rooms {
            let before = fewest.last().expect("there is one row before the first instance");
            let row = (0..before.len() + room.old as usize).map(|old| {
                let choices = room.choices(old, before);
                choices.map(|(_, places)| places).min().unwrap_or(0)
            });
            let row = row.collect();
            fewest.push(row);
        }
        Self { fewest }
    }

    fn places(&self, old: u32) -> u32 {
        self.fewest.last().expect("there is a row")[old as usize]
    }

    /// How many old tasks are on each instance where they leave the fewest places.
    fn choice(&self, rooms: &[Room], old: u32) -> Vec<u32> {
        let mut rest = old as usize;
        let mut chosen = vec![0; rooms.len()];
        for (index, room) in rooms.iter().enumerate().rev() {
            let choices = room.choices(rest, &self.fewest[index]);
            let (here, _) = choices
                .min_by_key(|(_, places)| *places)
                .expect("the rows are as long as the instances before have old tasks");
            chosen[index] = u32::try_from(here).unwrap_or(u32::MAX);
            rest -= here;
        }
        chosen
    }
}

impl Room {
    /// Of `old` tasks, the numbers that may be here while the others are on the instances before;
    /// each with the places that all of them leave.
    fn choices(&self, old: usize, before: &[u32]) -> impl Iterator<Item = (usize, u32)> {
        let here = old.saturating_sub(before.len() - 1)..=old.min(self.places.len() - 1);
        here.map(move |here| (here, self.places[here].saturating_add(before[old - here])))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::forecast::{Rollout, Scheduling};

    /// Any number of places, but never fewer with fewer old tasks.
    fn room() -> impl Strategy<Value = Room> {
        prop::collection::vec(0..=5_u32, 1..=6).prop_map(|mut places| {
            places.sort_unstable_by(|one, other| other.cmp(one));
            Room { old: u32::try_from(places.len()).unwrap() - 1, kept: 0, places }
        })
    }

    fn rollout() -> Rollout {
        Rollout {
            group: String::new(),
            scheduling: Scheduling::Daemon,
            minimum_healthy_percent: 0,
            maximum_percent: 0,
            old: None,
            new: crate::forecast::Needs::default(),
            constraints: vec![],
            strategy: vec![],
        }
    }

    /// Every way to stop one task after the other.
    fn search(problem: &Problem<'_>) -> Fit {
        let (mut completes, mut sticks) = (false, false);
        let start = problem.rooms.iter().map(|room| room.old).collect::<Vec<_>>();
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(state) = open.pop() {
            if !seen.insert(state.clone()) {
                continue;
            }
            let old: u32 = state.iter().sum();
            let rooms = problem.rooms.iter().zip(&state);
            let places: u32 = rooms.map(|(room, old)| room.places[*old as usize]).sum();
            let new = places.min(problem.desired).min(problem.upper.saturating_sub(old));
            if old == 0 && new == problem.desired {
                completes = true;
            } else if old == 0 || old + new <= problem.lower {
                sticks = true;
            } else {
                open.extend((0..state.len()).filter(|index| state[*index] > 0).map(|index| {
                    let mut next = state.clone();
                    next[index] -= 1;
                    next
                }));
            }
        }
        match (completes, sticks) {
            (true, true) => Fit::MayStick,
            (true, false) => Fit::Fits,
            (false, _) => Fit::Stuck,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

        #[test]
        fn long_ways_down_and_up(
            rooms in prop::collection::vec(room(), 1..=4),
            desired in 1..=12_u32,
            below in 0..=4_u32,
            above in 0..=6_u32,
        ) {
            let rollout = rollout();
            let (lower, upper) = (desired.saturating_sub(below), desired + above);
            let problem = Problem { instances: &[], rollout: &rollout, rooms, desired, lower, upper };
            prop_assert_eq!(problem.verdict().fit, search(&problem));
        }
    }
}
