//! A rollout can move.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::placement;
use crate::model::documents::service::AvailabilityZoneRebalancing;
use crate::model::resolved::service::{LaunchType, Scheduling};

const GUIDE: &str = "Amazon ECS API Reference, DeploymentConfiguration";
const REBALANCING: &str = "Amazon ECS Developer Guide, Availability Zone rebalancing";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "deployment-deadlock",
        rule: "between `minimumHealthyPercent`, rounded up, and `maximumPercent`, rounded down, there is room to stop or to start a task",
        source: GUIDE,
        wrong: service!("deployment: { maximumPercent: 100 }"),
        right: service!("deployment: { maximumPercent: 100, minimumHealthyPercent: 0 }"),
    },
    Entry {
        code: "deployment-deadlock",
        rule: "`minimumHealthyPercent` of a daemon is below 100: its tasks stop before others start",
        source: GUIDE,
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, deployment: { minimumHealthyPercent: 100 }"
        ),
        right: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, deployment: { minimumHealthyPercent: 50 }"
        ),
    },
    Entry {
        code: "zone-rebalancing",
        rule: "Availability Zone rebalancing has a `maximumPercent` above 100",
        source: REBALANCING,
        wrong: service!(
            "availabilityZoneRebalancing: ENABLED, deployment: { maximumPercent: 100, minimumHealthyPercent: 0 }"
        ),
        right: service!(
            "availabilityZoneRebalancing: DISABLED, deployment: { maximumPercent: 100, minimumHealthyPercent: 0 }"
        ),
    },
    Entry {
        code: "zone-rebalancing",
        rule: "Availability Zone rebalancing is not for daemons",
        source: REBALANCING,
        wrong: service!(
            "memory: 512, launchType: EC2, scheduling: DAEMON, availabilityZoneRebalancing: ENABLED"
        ),
        right: service!("memory: 512, launchType: EC2, scheduling: DAEMON"),
    },
    Entry {
        code: "zone-rebalancing",
        rule: "Availability Zone rebalancing is not for external instances",
        source: REBALANCING,
        wrong: service!("memory: 512, launchType: EXTERNAL, availabilityZoneRebalancing: ENABLED"),
        right: service!("memory: 512, launchType: EXTERNAL"),
    },
    Entry {
        code: "zone-rebalancing",
        rule: "with Availability Zone rebalancing, the first placement strategy spreads over `attribute:ecs.availability-zone`",
        source: REBALANCING,
        wrong: service!(
            "memory: 512, launchType: EC2, availabilityZoneRebalancing: ENABLED, placementStrategy: [{ type: binpack, field: memory }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, availabilityZoneRebalancing: ENABLED, placementStrategy: [{ type: spread, field: attribute:ecs.availability-zone }, { type: binpack, field: memory }]"
        ),
    },
    Entry {
        code: "zone-rebalancing",
        rule: "with Availability Zone rebalancing, no placement constraint is about `ecs.availability-zone`",
        source: REBALANCING,
        wrong: service!(
            "memory: 512, launchType: EC2, availabilityZoneRebalancing: ENABLED, placementConstraints: [{ type: memberOf, expression: 'attribute:ecs.availability-zone == eu-west-1a' }]"
        ),
        right: service!(
            "memory: 512, launchType: EC2, placementConstraints: [{ type: memberOf, expression: 'attribute:ecs.availability-zone == eu-west-1a' }]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        deadlock(service)
            .into_iter()
            .chain(rebalancing(service))
            .chain(grace_period(service))
            .collect()
    })
}

/// ECS rounds the least number of tasks up and the most down; between them there must be room for one.
fn deadlock(service: &ServiceView<'_>) -> Option<Problem> {
    let value = service.value;
    // Scaling moves the count: what has to work is the smallest one.
    let Some(desired) = value.desired_count else { return daemon_deadlock(service) };
    let scaled = value.scaling.as_ref().map_or(desired, |scaling| scaling.min);
    let count = u64::from(scaled.min(desired));
    let least = (count * u64::from(value.minimum_healthy_percent)).div_ceil(100);
    let most = count * u64::from(value.maximum_percent) / 100;
    let (minimum, maximum) = (value.minimum_healthy_percent, value.maximum_percent);
    let is_stuck =
        if count == 0 { minimum == 100 && maximum == 100 } else { least >= count && most <= count };
    if !is_stuck {
        return None;
    }
    let message = format!(
        "a rollout can never start: {minimum}% to {maximum}% of {count} lets ECS neither stop nor start a task"
    );
    let field = if service.document().deployment.maximum_percent.is_some_and(|most| most < 200) {
        "maximumPercent"
    } else {
        "minimumHealthyPercent"
    };
    let problem = Problem::error("deployment-deadlock", message)
        .at(&service.written.value(&format!("/deployment/{field}")), "leaves no room for a task")
        .hint("raise `maximumPercent` to 200, or lower `minimumHealthyPercent`");
    Some(problem)
}

/// A daemon's tasks are as many as instances; whatever their number, 100% leaves none to stop.
fn daemon_deadlock(service: &ServiceView<'_>) -> Option<Problem> {
    let is_stuck = service.value.minimum_healthy_percent == 100;
    is_stuck.then(|| {
        let message = "a rollout can never start: a daemon's tasks stop before others start, and 100% must stay healthy";
        Problem::error("deployment-deadlock", message)
            .at(&service.written.value("/deployment/minimumHealthyPercent"), "keeps all tasks")
            .hint("remove `minimumHealthyPercent`, or lower it")
    })
}

fn rebalancing(service: &ServiceView<'_>) -> Option<Problem> {
    let choice = service.document().availability_zone_rebalancing?;
    if choice == AvailabilityZoneRebalancing::Disabled {
        return None;
    }
    let (reason, place) = no_rebalancing(service)?;
    let problem =
        Problem::error("zone-rebalancing", format!("Availability Zone rebalancing {reason}"))
            .at(
                &service.written.value("/availabilityZoneRebalancing"),
                "starts tasks before it stops others",
            )
            .at(&place, "forbids this");
    Some(problem.hint("remove `availabilityZoneRebalancing`"))
}

/// What keeps ECS from rebalancing, and where that is written.
fn no_rebalancing(service: &ServiceView<'_>) -> Option<(&'static str, Span)> {
    let (value, written) = (service.value, service.written);
    if value.scheduling == Scheduling::Daemon {
        return Some(("is not for daemons", written.value("/scheduling")));
    }
    if value.capacity.launch_type() == LaunchType::External {
        return Some(("is not for external instances", written.value("/launchType")));
    }
    if value.classic.is_some() {
        return Some((
            "is not for Classic Load Balancers",
            written.value("/loadBalancers/0/loadBalancer"),
        ));
    }
    if value.maximum_percent == 100 {
        let place = written.value("/deployment/maximumPercent");
        return Some(("needs a `maximumPercent` above 100", place));
    }
    if value.placement_strategy.first().is_some_and(|it| !placement::spreads_over_zones(it)) {
        let reason =
            "needs tasks that are first of all spread over `attribute:ecs.availability-zone`";
        return Some((reason, written.value("/placementStrategy/0/type")));
    }
    let index = value.placement_constraints.iter().position(placement::names_zones)?;
    let place = written.value(&format!("/placementConstraints/{index}/expression"));
    Some(("needs constraints that leave the zone open", place))
}

fn grace_period(service: &ServiceView<'_>) -> Option<Problem> {
    const MOST: u32 = 2_147_483_647;
    let bounds = super::Bounds { field: "healthCheckGracePeriod", least: 0, most: MOST };
    super::within(&bounds, service.value.health_check_grace_period, || {
        service.written.value("/healthCheckGracePeriod")
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn a_rollout_has_room_to_move() {
        insta::assert_snapshot!(report_service(&[
            ("deployment: { maximumPercent: 100 }", "deployment: { maximumPercent: 100, minimumHealthyPercent: 0 }"),
            ("desiredCount: 1, deployment: { maximumPercent: 150 }", "desiredCount: 2, deployment: { maximumPercent: 150 }"),
            ("desiredCount: 3, deployment: { minimumHealthyPercent: 70, maximumPercent: 110 }", "desiredCount: 3, deployment: { minimumHealthyPercent: 66, maximumPercent: 110 }"),
            ("availabilityZoneRebalancing: ENABLED, deployment: { maximumPercent: 100, minimumHealthyPercent: 0 }", "availabilityZoneRebalancing: ENABLED"),
        ]), @"
        deployment-deadlock: a rollout can never start: 100% to 100% of 1 lets ECS neither stop nor start a task [100: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        deployment-deadlock: a rollout can never start: 100% to 150% of 1 lets ECS neither stop nor start a task [150: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        deployment-deadlock: a rollout can never start: 70% to 110% of 3 lets ECS neither stop nor start a task [110: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        zone-rebalancing: Availability Zone rebalancing needs a `maximumPercent` above 100 [ENABLED: starts tasks before it stops others] [100: forbids this] -> remove `availabilityZoneRebalancing`
        ");
    }
}
