//! Forecasts against a search through every course that a rollout may take, and their words.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::expression::Candidate;
use super::testing::{instance, tcp};
use super::*;

const GROUP: &str = "service:web";

/// What the search starts from: nothing of it is worked out beforehand.
#[derive(Clone, Debug)]
struct Case {
    instances: Vec<Instance>,
    rollout: Rollout,
    supply: Supply,
}

/// Old and new tasks by instance.
type State = Vec<(u32, u32)>;

/// How courses end: with all new tasks, or with so many old and new ones and no way on.
#[derive(Default)]
struct Ends {
    well: bool,
    stuck: BTreeSet<(u32, u32)>,
}

impl Ends {
    fn fit(&self) -> Fit {
        match (self.stuck.is_empty(), self.well) {
            (true, _) => Fit::Fits,
            (false, true) => Fit::MayStick,
            (false, false) => Fit::Stuck,
        }
    }
}

impl Case {
    fn desired(&self) -> u32 {
        match self.rollout.scheduling {
            Scheduling::Replica { desired } => desired,
            Scheduling::Daemon => {
                let empty = |instance: &&Instance| self.obeys(instance, 0);
                u32::try_from(self.instances.iter().filter(empty).count()).unwrap()
            }
        }
    }

    fn start(&self) -> State {
        self.instances.iter().map(|instance| (instance.tasks_of(GROUP), 0)).collect()
    }

    /// Whether the constraints let an instance with `own` tasks of the service have one more.
    fn obeys(&self, instance: &Instance, own: u32) -> bool {
        self.rollout.constraints.iter().all(|constraint| match constraint {
            PlacementConstraint::DistinctInstance => own == 0,
            PlacementConstraint::MemberOf(expression) => {
                let candidate = Candidate { instance, group: GROUP, own };
                expression.holds(candidate).unwrap()
            }
        })
    }

    /// Whether one more new task fits, by adding up all that the instance then has.
    fn takes(&self, index: usize, (old, new): (u32, u32)) -> bool {
        let (instance, needs) = (&self.instances[index], &self.rollout.new);
        let before = self.rollout.old.clone().unwrap_or_default();
        let stopped = instance.tasks_of(GROUP) - old;
        let has = |free: u32, gives: u32, takes: u32, count: u32| {
            free + stopped * gives >= (count + 1) * takes
        };
        let free = instance.remaining;
        let mut ports = instance.used_ports.clone();
        if stopped > 0 && old == 0 {
            ports.retain(|port| !before.ports.contains(port));
        }
        if new > 0 {
            ports.extend(&needs.ports);
        }
        let is_daemon = self.rollout.scheduling == Scheduling::Daemon;
        has(free.cpu, before.cpu, needs.cpu, new)
            && has(free.memory, before.memory, needs.memory, new)
            && has(free.gpus, before.gpus, needs.gpus, new)
            && free
                .interfaces
                .is_none_or(|free| has(free, before.interfaces, needs.interfaces, new))
            && ports.is_disjoint(&needs.ports)
            && self.obeys(instance, old + new)
            && !(is_daemon && new > 0)
    }

    /// Every state that one start or stop leads to.
    fn next(&self, state: &State) -> Vec<State> {
        let desired = self.desired();
        let old: u32 = state.iter().map(|(old, _)| old).sum();
        let new: u32 = state.iter().map(|(_, new)| new).sum();
        let may_start =
            new < desired && (old + new + 1) * 100 <= self.rollout.maximum_percent * desired;
        let may_stop =
            (old + new).saturating_sub(1) * 100 >= self.rollout.minimum_healthy_percent * desired;
        let mut next = vec![];
        for (index, standing) in state.iter().enumerate() {
            if may_start && self.takes(index, *standing) {
                let mut state = state.clone();
                state[index].1 += 1;
                next.push(state);
            }
            if may_stop && standing.0 > 0 {
                let mut state = state.clone();
                state[index].0 -= 1;
                next.push(state);
            }
        }
        next
    }

    fn ends(&self) -> Ends {
        let mut ends = Ends::default();
        let (mut seen, mut open) = (BTreeSet::new(), vec![self.start()]);
        while let Some(state) = open.pop() {
            if !seen.insert(state.clone()) {
                continue;
            }
            let next = self.next(&state);
            if next.is_empty() {
                let old: u32 = state.iter().map(|(old, _)| old).sum();
                let new: u32 = state.iter().map(|(_, new)| new).sum();
                match (old, new) {
                    (0, new) if new == self.desired() => ends.well = true,
                    stuck => drop(ends.stuck.insert(stuck)),
                }
            }
            open.extend(next);
        }
        ends
    }

    fn fits(&self) -> bool {
        self.ends().fit() == Fit::Fits
    }

    fn with_instances(&self, count: u32) -> Self {
        let mut case = self.clone();
        for number in 0..count {
            let id = format!("i-more-{number}");
            case.instances.push(Instance { id, ..self.supply.template.emptied() });
        }
        case
    }

    fn with_minimum(&self, percent: u32) -> Self {
        let mut case = self.clone();
        case.rollout.minimum_healthy_percent = percent;
        case
    }

    fn with_maximum(&self, percent: u32) -> Self {
        let mut case = self.clone();
        case.rollout.maximum_percent = percent;
        case
    }

    fn forecast(&self) -> Forecast {
        forecast(&self.instances, &self.rollout, &self.supply)
    }
}

fn needs(most: u32) -> impl Strategy<Value = Needs> {
    (0..=most, 0..=most, 0..=1_u32, prop::bool::weighted(0.2)).prop_map(
        |(cpu, memory, interfaces, has_port)| {
            let ports = has_port.then(|| tcp(80)).into_iter().collect();
            Needs { cpu, memory, gpus: 0, interfaces, ports }
        },
    )
}

/// An instance, and how many old tasks it is to have.
fn hosts() -> impl Strategy<Value = (Instance, u32)> {
    let taken = prop::bool::weighted(0.1);
    (
        0..=3_u32,
        0..=4_u32,
        option::weighted(0.2, 0..=2_u32),
        0..=1_usize,
        0..=1_u32,
        taken,
        0..=3_u32,
    )
        .prop_map(|(cpu, memory, interfaces, zone, others, is_taken, old)| {
            let mut instance = instance("i", cpu, memory);
            let zone = ["eu-west-1a", "eu-west-1b"][zone].to_owned();
            instance.attributes.insert("ecs.availability-zone".to_owned(), zone);
            instance.remaining.interfaces = interfaces;
            instance.total.interfaces = interfaces;
            instance.run("service:db", others);
            instance.used_ports.extend(is_taken.then(|| tcp(80)));
            (instance, old)
        })
}

fn constraint() -> impl Strategy<Value = PlacementConstraint> {
    let expression = |text| PlacementConstraint::MemberOf(Expression::parse(text).unwrap());
    prop::sample::select(vec![
        PlacementConstraint::DistinctInstance,
        expression("attribute:ecs.availability-zone == eu-west-1a"),
        expression("not(task:group == service:web)"),
        expression("not(task:group =~ service:d.*)"),
        expression("runningTasksCount < 3 or attribute:ecs.availability-zone in [eu-west-1b]"),
    ])
}

fn strategy() -> impl Strategy<Value = PlacementStrategy> {
    prop::sample::select(vec![
        PlacementStrategy::Random,
        PlacementStrategy::Binpack(Resource::Cpu),
        PlacementStrategy::Binpack(Resource::Memory),
        PlacementStrategy::SpreadInstances,
        PlacementStrategy::SpreadAttribute("ecs.availability-zone".to_owned()),
    ])
}

fn rollout() -> impl Strategy<Value = Rollout> {
    let scheduling = prop_oneof![
        9 => (0..=5_u32).prop_map(|desired| Scheduling::Replica { desired }),
        1 => Just(Scheduling::Daemon),
    ];
    let minimum = prop::sample::select(vec![0, 25, 50, 75, 75, 100]);
    let maximum = prop::sample::select(vec![100, 125, 150, 200]);
    let constraints = vec(constraint(), 0..=1);
    (scheduling, minimum, maximum, needs(2), needs(3), constraints, vec(strategy(), 0..=2))
        .prop_map(
            |(
                scheduling,
                minimum_healthy_percent,
                maximum_percent,
                old,
                new,
                constraints,
                strategy,
            )| {
                Rollout {
                    group: GROUP.to_owned(),
                    scheduling,
                    minimum_healthy_percent,
                    maximum_percent,
                    old: Some(old),
                    new,
                    constraints,
                    strategy,
                }
            },
        )
}

fn case() -> impl Strategy<Value = Case> {
    (vec(hosts(), 0..=4), rollout(), 0..=4_u32).prop_map(|(hosts, rollout, size)| {
        let old = rollout.old.clone().unwrap();
        let mut left = 5;
        let place = |(mut instance, wanted): (Instance, u32)| {
            let has_port = !old.ports.is_disjoint(&instance.used_ports);
            let most = if old.ports.is_empty() { left } else { u32::from(!has_port).min(left) };
            let count = wanted.min(most);
            left -= count;
            instance.run(GROUP, count);
            if count > 0 {
                instance.used_ports.extend(&old.ports);
            }
            instance
        };
        let instances = hosts.into_iter().map(place).collect();
        let supply = Supply { template: instance("i-more", size, size), managed: Some(0) };
        Case { instances, rollout, supply }
    })
}

/// Runs a test on the same cases each time; one that fails is made small.
fn on_cases(count: u32, test: impl Fn(&Case)) {
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let checked = runner.run(&case(), |case| {
        test(&case);
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn verdicts_agree_with_a_search_through_all_courses() {
    let counts = std::cell::RefCell::new([0; 3]);
    on_cases(20_000, |case| {
        let (forecast, ends) = (case.forecast(), case.ends());
        assert_eq!(forecast.fit, ends.fit(), "{forecast:?}");
        counts.borrow_mut()[forecast.fit as usize] += 1;
        if let Some(dead_end) = &forecast.dead_end {
            let stuck = (dead_end.old, dead_end.new);
            assert!(ends.stuck.contains(&stuck), "{stuck:?} of {:?}", ends.stuck);
        }
        match forecast.fit {
            Fit::Fits => assert!(forecast.course.completes),
            Fit::Stuck => assert!(!forecast.course.completes),
            Fit::MayStick => {}
        }
    });
    let counts = counts.into_inner();
    assert!(counts.iter().all(|count| *count > 100), "cases of all sorts: {counts:?}");
}

#[test]
fn remedies_are_exact() {
    let helped = std::cell::RefCell::new([0; 3]);
    on_cases(3000, |case| {
        let Forecast { fit, remedies, .. } = case.forecast();
        if fit == Fit::Fits {
            assert_eq!(remedies, Remedies::default());
            return;
        }
        let tries = 1..=if case.rollout.scheduling == Scheduling::Daemon { 0 } else { 2 };
        let least = tries.into_iter().find(|count| case.with_instances(*count).fits());
        assert_eq!(remedies.instances.filter(|count| *count <= 2), least, "{remedies:?}");
        match remedies.minimum_healthy_percent {
            Some(highest) => {
                assert!(case.with_minimum(highest).fits(), "{remedies:?}");
                assert!(!case.with_minimum(highest + 1).fits(), "{remedies:?}");
            }
            None => assert!(!case.with_minimum(0).fits(), "{remedies:?}"),
        }
        match remedies.maximum_percent {
            Some(lowest) => {
                assert!(case.with_maximum(lowest).fits(), "{remedies:?}");
                assert!(!case.with_maximum(lowest - 1).fits(), "{remedies:?}");
            }
            None => assert!(!case.with_maximum(500).fits(), "{remedies:?}"),
        }
        let mut helped = helped.borrow_mut();
        helped[0] += u32::from(least.is_some());
        helped[1] += u32::from(remedies.minimum_healthy_percent.is_some());
        helped[2] += u32::from(remedies.maximum_percent.is_some());
    });
    let helped = helped.into_inner();
    assert!(helped.iter().all(|count| *count > 50), "all help at times: {helped:?}");
}

/// A forecast is part of each plan: it has to be quick for the largest clusters too.
#[test]
fn hundreds_of_instances_and_tasks() {
    let old = Needs { cpu: 256, memory: 512, ..Needs::default() };
    let new = Needs { memory: 1024, ..old.clone() };
    let host = |number: u32| {
        let id = format!("i-{number}");
        let mut instance = instance(&id, 2048, 3072).host(GROUP, &old, 4);
        instance.run("service:other", number % 7);
        let zone = ["a", "b", "c"][number as usize % 3];
        instance.attributes.insert("ecs.availability-zone".to_owned(), format!("eu-west-1{zone}"));
        instance
    };
    let instances: Vec<Instance> = (0..200).map(host).collect();
    let expression = "not(task:group == service:db) and runningTasksCount < 40";
    let rollout = Rollout {
        group: GROUP.to_owned(),
        scheduling: Scheduling::Replica { desired: 600 },
        minimum_healthy_percent: 90,
        maximum_percent: 110,
        old: Some(old),
        new,
        constraints: vec![PlacementConstraint::MemberOf(Expression::parse(expression).unwrap())],
        strategy: vec![
            PlacementStrategy::SpreadAttribute("ecs.availability-zone".to_owned()),
            PlacementStrategy::Binpack(Resource::Memory),
        ],
    };
    let supply = Supply { template: instance("i", 2048, 3072), managed: Some(0) };
    let forecast = forecast(&instances, &rollout, &supply);
    assert_eq!(forecast.fit, Fit::Fits);
    assert_eq!(forecast.course.peak_tasks, 800);
}
