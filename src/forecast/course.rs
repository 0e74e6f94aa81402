//! The course that ECS is most likely to take: in rounds, each new task where the strategy puts it.

use std::collections::BTreeMap;

use super::cluster::Instance;
use super::rollout::{PlacementStrategy, Resource, Rollout};
use super::room::{Problem, Standing};

/// A course in rounds. In each, as many new tasks start as may and fit, and once they are healthy as
/// many old ones stop as may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    pub rounds: Vec<Round>,
    pub completes: bool,
    /// The most tasks of the service at one time.
    pub peak_tasks: u32,
    /// The instances that have one of them then.
    pub peak_instances: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub started: u32,
    pub stopped: u32,
}

struct Walk<'a> {
    problem: &'a Problem<'a>,
    /// By instance.
    standings: Vec<Standing>,
    old: u32,
    new: u32,
}

/// Puts as many new tasks as fit on instances, each where the strategy prefers it; old ones stay.
pub fn place(instances: &mut [Instance], rollout: &Rollout) {
    let problem = Problem::of(instances, rollout);
    let mut walk = Walk::of(&problem);
    walk.start();
    let placed: Vec<u32> = walk.standings.iter().map(|standing| standing.new).collect();
    for (instance, count) in instances.iter_mut().zip(placed) {
        instance.host_more(&rollout.group, &rollout.new, count);
    }
}

impl Problem<'_> {
    pub(super) fn course(&self) -> Course {
        let mut walk = Walk::of(self);
        let mut course = Course::default();
        walk.note_peak(&mut course);
        loop {
            let started = walk.start();
            walk.note_peak(&mut course);
            let stopped = walk.stop();
            if started == 0 && stopped == 0 {
                break;
            }
            course.rounds.push(Round { started, stopped });
        }
        course.completes = walk.old == 0 && walk.new == self.desired;
        course
    }
}

impl<'a> Walk<'a> {
    fn of(problem: &'a Problem<'a>) -> Self {
        let standing = |room: &super::room::Room| Standing { old: room.old, new: 0 };
        let standings = problem.rooms.iter().map(standing).collect();
        Self { problem, standings, old: problem.old(), new: 0 }
    }

    fn note_peak(&self, course: &mut Course) {
        let kept: u32 = self.problem.rooms.iter().map(|room| room.kept).sum();
        let tasks = self.old + self.new + kept;
        if tasks > course.peak_tasks {
            let used = (0..self.standings.len()).filter(|index| self.own(*index) > 0).count();
            course.peak_tasks = tasks;
            course.peak_instances = u32::try_from(used).unwrap_or(u32::MAX);
        }
    }

    fn start(&mut self) -> u32 {
        let before = self.new;
        while self.new < self.problem.desired && self.old + self.new < self.problem.upper {
            let Some(index) = self.place() else { break };
            self.standings[index].new += 1;
            self.new += 1;
        }
        self.new - before
    }

    fn stop(&mut self) -> u32 {
        let before = self.old;
        while self.old > 0 && self.old + self.new > self.problem.lower {
            let Some(index) = self.victim() else { break };
            self.standings[index].old -= 1;
            self.old -= 1;
        }
        before - self.old
    }

    /// Tasks of the service on an instance.
    fn own(&self, index: usize) -> u32 {
        let standing = self.standings[index];
        standing.old + standing.new + self.problem.rooms[index].kept
    }

    fn instance(&self, index: usize) -> &Instance {
        &self.problem.instances[index]
    }

    /// Where the next task goes: of the instances with room, the best by the first strategy, then
    /// by the next ones, then the first.
    fn place(&self) -> Option<usize> {
        let has_room = |index: &usize| {
            let standing = self.standings[*index];
            standing.new < self.problem.rooms[*index].places[standing.old as usize]
        };
        let open: Vec<usize> = (0..self.standings.len()).filter(has_room).collect();
        let ranks: Vec<Vec<u32>> =
            self.problem.rollout.strategy.iter().map(|it| self.ranks(it)).collect();
        let rank = |index: &usize| ranks.iter().map(|rank| rank[*index]).collect::<Vec<u32>>();
        open.into_iter().min_by_key(rank)
    }

    /// By instance; the lowest is the best.
    fn ranks(&self, strategy: &PlacementStrategy) -> Vec<u32> {
        let indices = 0..self.standings.len();
        match strategy {
            PlacementStrategy::Random => vec![0; self.standings.len()],
            PlacementStrategy::Binpack(resource) => indices
                .map(|index| {
                    let free = self.problem.capacity(index, self.standings[index]);
                    match resource {
                        Resource::Cpu => free.cpu,
                        Resource::Memory => free.memory,
                    }
                })
                .collect(),
            PlacementStrategy::SpreadInstances => indices.map(|index| self.own(index)).collect(),
            PlacementStrategy::SpreadAttribute(name) => self.by_attribute(name),
        }
    }

    /// The tasks of the service on all instances with the same value of an attribute.
    fn by_attribute(&self, name: &str) -> Vec<u32> {
        let value = |index: usize| self.instance(index).attributes.get(name);
        let mut counts: BTreeMap<Option<&String>, u32> = BTreeMap::new();
        for index in 0..self.standings.len() {
            *counts.entry(value(index)).or_default() += self.own(index);
        }
        (0..self.standings.len()).map(|index| counts[&value(index)]).collect()
    }

    /// The instance that loses the next old task: in the fullest Availability Zone the fullest one.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html>
    fn victim(&self) -> Option<usize> {
        let zones = self.by_attribute("ecs.availability-zone");
        let has_old = |index: &usize| self.standings[*index].old > 0;
        let rank = |index: &usize| (zones[*index], self.own(*index), usize::MAX - *index);
        (0..self.standings.len()).filter(has_old).max_by_key(rank)
    }
}

#[cfg(test)]
mod tests {
    use crate::forecast::testing::{instance, tcp};
    use crate::forecast::{
        Course, Needs, PlacementStrategy, Resource, Rollout, Round, Scheduling, Supply, forecast,
        place,
    };

    /// Two tasks on two of three instances, the third one in another zone.
    fn course(minimum: u32, maximum: u32, strategy: Vec<PlacementStrategy>) -> Course {
        let needs = Needs { memory: 512, ..Needs::default() };
        let host = |id, count| instance(id, 4096, 2048).host("service:web", &needs, count);
        let mut instances = vec![host("i-1", 1), host("i-2", 1), host("i-3", 0)];
        let zone = instances[2].attributes.get_mut("ecs.availability-zone").unwrap();
        "eu-west-1b".clone_into(zone);
        let supply = Supply { template: instance("i", 4096, 2048), managed: Some(0) };
        let rollout = Rollout {
            group: "service:web".to_owned(),
            scheduling: Scheduling::Replica { desired: 2 },
            minimum_healthy_percent: minimum,
            maximum_percent: maximum,
            old: Some(needs.clone()),
            new: needs,
            constraints: vec![],
            strategy,
        };
        forecast(&instances, &rollout, &supply).course
    }

    #[test]
    fn rounds_keep_to_the_percentages() {
        let round = |(started, stopped)| Round { started, stopped };
        let rounds = |minimum, maximum| course(minimum, maximum, vec![]).rounds;
        assert_eq!(rounds(100, 200), [(2, 2)].map(round));
        assert_eq!(rounds(100, 150), [(1, 1), (1, 1)].map(round));
        assert_eq!(rounds(50, 100), [(0, 1), (1, 1), (1, 0)].map(round));
        assert_eq!(rounds(0, 100), [(0, 2), (2, 0)].map(round));
        assert_eq!(rounds(100, 100), []);
    }

    #[test]
    fn tasks_are_placed_where_the_strategy_prefers_them_and_fit() {
        let needs = Needs { memory: 1024, ports: [tcp(80)].into(), ..Needs::default() };
        let mut instances = ["i-1", "i-2", "i-3"].map(|id| instance(id, 1024, 2048));
        instances[1].remaining.memory = 1000;
        let rollout = Rollout {
            group: "service:web".to_owned(),
            scheduling: Scheduling::Replica { desired: 3 },
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            old: None,
            new: needs,
            constraints: vec![],
            strategy: vec![PlacementStrategy::SpreadInstances],
        };
        place(&mut instances, &rollout);
        let tasks = instances.each_ref().map(|instance| instance.tasks.len());
        let left = instances.each_ref().map(|instance| instance.remaining.memory);
        assert_eq!((tasks, left), ([1, 0, 1], [1024, 1000, 1024]));
        assert!(instances[0].used_ports.contains(&tcp(80)));
    }

    #[test]
    fn strategies_choose_the_instances() {
        let used = |strategy| course(100, 200, strategy).peak_instances;
        assert_eq!(used(vec![PlacementStrategy::Binpack(Resource::Memory)]), 2);
        assert_eq!(used(vec![PlacementStrategy::SpreadInstances]), 3);
        let zones = PlacementStrategy::SpreadAttribute("ecs.availability-zone".to_owned());
        assert_eq!(used(vec![zones]), 3);
    }
}
