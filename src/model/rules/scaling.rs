//! Scaling has room, and metrics that exist.

use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::Metric;

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
