//! Scaling has room, and metrics that exist.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::Metric;

const GUIDE: &str = "Application Auto Scaling API Reference";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "scaling-bounds",
        rule: "`scaling.min` is not above `scaling.max`",
        source: GUIDE,
        wrong: service!("scaling: { min: 3, max: 2 }"),
        right: service!("scaling: { min: 2, max: 2 }"),
    },
    Entry {
        code: "scaling-desired-count",
        rule: "`desiredCount` is within what scaling allows, which moves it there at once",
        source: GUIDE,
        wrong: service!("desiredCount: 1, scaling: { min: 2, max: 4 }"),
        right: service!("desiredCount: 2, scaling: { min: 2, max: 4 }"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(check_service)
}

fn check_service(service: &ServiceView<'_>) -> Vec<Problem> {
    let Some(scaling) = &service.value.scaling else { return vec![] };
    let written = service.written;
    let mut problems = vec![];
    if scaling.min > scaling.max {
        problems.push(
            Problem::error(
                "scaling-bounds",
                format!("`min` ({}) is above `max` ({})", scaling.min, scaling.max),
            )
            .at(&written.value("/scaling/min"), "above")
            .at(&written.value("/scaling/max"), "the most"),
        );
    } else if let Some(count) = service.document().desired_count
        && !(scaling.min..=scaling.max).contains(&count)
    {
        problems.push(
            Problem::warning(
                "scaling-desired-count",
                format!("`desiredCount` ({count}) is outside of what scaling allows"),
            )
            .at(
                &written.value("/desiredCount"),
                format!("scaling moves it to between {} and {}", scaling.min, scaling.max),
            )
            .at(&written.key("/scaling"), "the bounds")
            .hint("remove `desiredCount`: the service then starts with `min`"),
        );
    }
    problems.extend(metrics(service));
    problems
}

fn metrics(service: &ServiceView<'_>) -> Vec<Problem> {
    let tracking =
        service.value.scaling.iter().flat_map(|scaling| &scaling.target_tracking).enumerate();
    let mut problems = vec![];
    let mut seen = vec![];
    for (index, tracking) in tracking {
        let at = |field: &str| {
            service.written.value(&format!("/scaling/targetTracking/{index}/{field}"))
        };
        if seen.contains(&tracking.metric) {
            let problem = Problem::error("scaling-metric", "a metric can be tracked once")
                .at(&at("metric"), "again");
            problems.push(problem.hint("remove one of the two"));
        }
        seen.push(tracking.metric);
        match tracking.metric {
            Metric::AlbRequests if service.value.load_balancers.is_empty() => problems.push(
                Problem::error("scaling-metric", "`albRequests` needs a load balancer")
                    .at(&at("metric"), "nothing counts requests")
                    .hint("add `loadBalancers`, or track `cpu`"),
            ),
            Metric::Cpu | Metric::Memory if tracking.target > 100 => problems.push(
                Problem::error(
                    "out-of-range",
                    format!("a target of {}% is never reached", tracking.target),
                )
                .at(&at("target"), "expected 1 to 100"),
            ),
            Metric::AlbRequests | Metric::Cpu | Metric::Memory => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn scaling_has_room_and_metrics() {
        insta::assert_snapshot!(report_service(&[
            ("scaling: { min: 3, max: 2 }", "scaling: { min: 2, max: 2 }"),
            ("desiredCount: 1, scaling: { min: 2, max: 4 }", "desiredCount: 2, scaling: { min: 2, max: 4 }"),
            ("scaling: { min: 1, max: 4, targetTracking: [{ metric: albRequests, target: 9 }] }", "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 9 }] }"),
            ("scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 101 }] }", "scaling: { min: 1, max: 4, targetTracking: [{ metric: memory, target: 100 }] }"),
            ("scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 5 }, { metric: cpu, target: 6 }] }", "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 5 }, { metric: memory, target: 6 }] }"),
        ]), @r#"
        scaling-bounds: `min` (3) is above `max` (2) [3: above] [2: the most]
        warning scaling-desired-count: `desiredCount` (1) is outside of what scaling allows [1: scaling moves it to between 2 and 4] [scaling: the bounds] -> remove `desiredCount`: the service then starts with `min`
        scaling-metric: `albRequests` needs a load balancer [albRequests: nothing counts requests] -> add `loadBalancers`, or track `cpu`
        out-of-range: a target of 101% is never reached [101: expected 1 to 100]
        scaling-metric: a metric can be tracked once [cpu: again] -> remove one of the two
        "#);
    }
}
