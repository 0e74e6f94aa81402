//! A rollout can move.

use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::service::AvailabilityZoneRebalancing;

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
    let scaled = value.scaling.as_ref().map_or(value.desired_count, |scaling| scaling.min);
    let count = u64::from(scaled.min(value.desired_count));
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
    let field = if service.document().deployment.maximum_percent < 200 {
        "maximumPercent"
    } else {
        "minimumHealthyPercent"
    };
    let problem = Problem::error("deployment-deadlock", message)
        .at(&service.written.value(&format!("/deployment/{field}")), "leaves no room for a task")
        .hint("raise `maximumPercent` to 200, or lower `minimumHealthyPercent`");
    Some(problem)
}

fn rebalancing(service: &ServiceView<'_>) -> Option<Problem> {
    let is_on = service.document().availability_zone_rebalancing
        == Some(AvailabilityZoneRebalancing::Enabled);
    let is_barred = is_on && service.value.maximum_percent == 100;
    is_barred.then(|| {
        Problem::error(
            "zone-rebalancing",
            "Availability Zone rebalancing needs a `maximumPercent` above 100",
        )
        .at(
            &service.written.value("/availabilityZoneRebalancing"),
            "starts tasks before it stops others",
        )
        .at(&service.written.value("/deployment/maximumPercent"), "forbids this")
    })
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
        ]), @r#"
        deployment-deadlock: a rollout can never start: 100% to 100% of 1 lets ECS neither stop nor start a task [100: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        deployment-deadlock: a rollout can never start: 100% to 150% of 1 lets ECS neither stop nor start a task [150: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        deployment-deadlock: a rollout can never start: 70% to 110% of 3 lets ECS neither stop nor start a task [110: leaves no room for a task] -> raise `maximumPercent` to 200, or lower `minimumHealthyPercent`
        zone-rebalancing: Availability Zone rebalancing needs a `maximumPercent` above 100 [ENABLED: starts tasks before it stops others] [100: forbids this]
        "#);
    }
}
