//! A daemon has one task on each instance, and nothing that counts tasks.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{LaunchType, Scheduling};

const SERVICES: &str = "Amazon ECS API Reference, CreateService";

const RIGHT: &str = service!("memory: 512, launchType: EC2, scheduling: DAEMON");

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "daemon-count",
        rule: "a daemon has no `desiredCount`",
        source: SERVICES,
        wrong: service!("memory: 512, launchType: EC2, scheduling: DAEMON, desiredCount: 2"),
        right: RIGHT,
    },
    Entry {
        code: "daemon-scaling",
        rule: "a daemon does not scale: there is a task on each instance",
        source: SERVICES,
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, scaling: { min: 1, max: 2 }"
        ),
        right: RIGHT,
    },
    Entry {
        code: "daemon-placement",
        rule: "a daemon has placement constraints, but no placement strategy",
        source: SERVICES,
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, placementStrategy: [{ type: random }]"
        ),
        right: RIGHT,
    },
    Entry {
        code: "daemon-on-fargate",
        rule: "a daemon runs on instances",
        source: SERVICES,
        wrong: service!("scheduling: DAEMON"),
        right: RIGHT,
    },
    Entry {
        code: "daemon-percent",
        rule: "`maximumPercent` of a daemon is 100: an instance never runs two of its tasks",
        source: "Amazon ECS Developer Guide, daemon scheduling",
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, deployment: { maximumPercent: 200 }"
        ),
        right: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, deployment: { maximumPercent: 100 }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| match service.value.scheduling {
        Scheduling::Replica => vec![],
        Scheduling::Daemon => check_daemon(service),
    })
}

fn check_daemon(service: &ServiceView<'_>) -> Vec<Problem> {
    let (written, document) = (service.written, service.document());
    let daemon = written.value("/scheduling");
    let barred = |code, message: &str, place: &crate::manifest::node::Span, label: &str| {
        Problem::error(code, message).at(place, label).at(&daemon, "one task on each instance")
    };
    let mut problems = vec![];
    if document.desired_count.is_some() {
        let place = written.key("/desiredCount");
        problems.push(
            barred("daemon-count", "a daemon has no `desiredCount`", &place, "not with DAEMON")
                .hint("remove `desiredCount`"),
        );
    }
    if document.scaling.is_some() {
        let place = written.key("/scaling");
        problems.push(
            barred("daemon-scaling", "a daemon can't scale", &place, "not with DAEMON")
                .hint("remove `scaling`: the number of instances decides"),
        );
    }
    if !document.placement_strategy.is_empty() {
        let (place, message) = (written.key("/placementStrategy"), "a daemon has no strategy");
        problems.push(
            barred("daemon-placement", message, &place, "nothing to choose")
                .hint("remove it; `placementConstraints` say which instances get a task"),
        );
    }
    if service.value.capacity.launch_type() == LaunchType::Fargate {
        let message = "Fargate has no instances for a daemon to run on";
        problems.push(
            Problem::error("daemon-on-fargate", message)
                .at(&daemon, "needs instances")
                .hint("add `launchType: EC2`, or name instances in `capacity`"),
        );
    }
    if service.value.maximum_percent != 100 {
        let (place, message) = (
            written.value("/deployment/maximumPercent"),
            "a daemon never has two tasks on one instance",
        );
        problems.push(barred("daemon-percent", message, &place, "expected 100"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn a_daemon_has_nothing_that_counts_tasks() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        daemon-count: a daemon has no `desiredCount` [desiredCount: not with DAEMON] [DAEMON: one task on each instance] -> remove `desiredCount`
        daemon-scaling: a daemon can't scale [scaling: not with DAEMON] [DAEMON: one task on each instance] -> remove `scaling`: the number of instances decides
        daemon-placement: a daemon has no strategy [placementStrategy: nothing to choose] [DAEMON: one task on each instance] -> remove it; `placementConstraints` say which instances get a task
        daemon-on-fargate: Fargate has no instances for a daemon to run on [DAEMON: needs instances] -> add `launchType: EC2`, or name instances in `capacity`
        daemon-percent: a daemon never has two tasks on one instance [200: expected 100] [DAEMON: one task on each instance]
        ");
    }
}
