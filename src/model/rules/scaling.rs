//! Scaling has room, and metrics that exist.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::resolved::scaling::{Decimal, Measure, Metric, Scaling, TargetTracking};

const GUIDE: &str = "Application Auto Scaling API Reference";
const QUOTAS: &str = "Application Auto Scaling User Guide, quotas";
/// Policies of one service.
const MOST_POLICIES: usize = 50;

macro_rules! ten {
    ($($text:tt)*) => {
        concat!(
            $($text)*, $($text)*, $($text)*, $($text)*, $($text)*,
            $($text)*, $($text)*, $($text)*, $($text)*, $($text)*
        )
    };
}
pub(super) use ten;

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
    Entry {
        code: "scaling-sleep",
        rule: "With `min: 0` something other than the service's own tasks can wake it",
        source: "",
        wrong: service!(
            "scaling: { min: 0, max: 4, targetTracking: [{ metric: cpu, target: 60 }] }"
        ),
        right: service!(
            "scaling: { min: 0, max: 4, targetTracking: [{ name: queue, metric: { namespace: App, name: Backlog }, target: 60 }] }"
        ),
    },
    Entry {
        code: "scaling-quota",
        rule: "A service has at most 50 scaling policies",
        source: QUOTAS,
        wrong: concat!(
            "{ kind: Service, name: web, image: nginx, port: 80, scaling: { min: 1, max: 2, targetTracking: [",
            ten!(ten!("{ metric: cpu, target: 60 },")),
            "] } }"
        ),
        right: service!(
            "scaling: { min: 1, max: 2, targetTracking: [{ metric: cpu, target: 60 }] }"
        ),
    },
    Entry {
        code: "scaling-metric",
        rule: "A policy follows one metric: a predefined one, one of your own, or the result of `metrics`",
        source: GUIDE,
        wrong: service!("scaling: { min: 1, max: 4, targetTracking: [{ name: a, target: 60 }] }"),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metric: cpu, target: 60 }] }"
        ),
    },
    Entry {
        code: "scaling-metric",
        rule: "`albRequests` is counted by an entry of the service's `loadBalancers`",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: albRequests, target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 9 }] }"
        ),
    },
    Entry {
        code: "scaling-metric",
        rule: "`loadBalancer`, `listener` and `port` choose who counts `albRequests`, and belong to no other metric",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, port: 80, target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 9 }] }"
        ),
    },
    Entry {
        code: "scaling-metric",
        rule: "Target tracking of one metric of your own takes no percentiles",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metric: { namespace: App, name: Wait, statistic: p99 }, target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metric: { namespace: App, name: Wait, statistic: Maximum }, target: 9 }] }"
        ),
    },
    Entry {
        code: "scaling-name",
        rule: "Each policy of a service has its own name; one that follows a metric of your own is given one",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 5 }, { metric: cpu, target: 6 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 5 }, { metric: memory, target: 6 }] }"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "The target of a utilization is above 0 and at most 100 percent",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 101 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ metric: memory, target: 99.5 }] }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(check_service)
}

fn check_service(service: &ServiceView<'_>) -> Vec<Problem> {
    let Some(scaling) = &service.value.scaling else { return vec![] };
    let mut problems: Vec<Problem> = bounds(service, scaling).into_iter().collect();
    problems.extend(sleep(service, scaling));
    problems.extend(policies(service, scaling));
    for (index, tracking) in scaling.target_tracking.iter().enumerate() {
        problems.extend(metric(service, index, tracking));
        problems.extend(target(service, index, tracking));
    }
    problems
}

fn bounds(service: &ServiceView<'_>, scaling: &Scaling) -> Option<Problem> {
    let written = service.written;
    if scaling.min > scaling.max {
        let message = format!("`min` ({}) is above `max` ({})", scaling.min, scaling.max);
        let problem = Problem::error("scaling-bounds", message)
            .at(&written.value("/scaling/min"), "above")
            .at(&written.value("/scaling/max"), "the most");
        return Some(problem);
    }
    let count = service.document().desired_count?;
    if (scaling.min..=scaling.max).contains(&count) {
        return None;
    }
    let moves = format!("scaling moves it to between {} and {}", scaling.min, scaling.max);
    let message = format!("`desiredCount` ({count}) is outside of what scaling allows");
    let problem = Problem::warning("scaling-desired-count", message)
        .at(&written.value("/desiredCount"), moves)
        .at(&written.key("/scaling"), "the bounds");
    Some(problem.hint("remove `desiredCount`: the service then starts with `min`"))
}

/// Metrics of the tasks have no data when there are none.
fn sleep(service: &ServiceView<'_>, scaling: &Scaling) -> Option<Problem> {
    let needs_tasks = |measure: &Measure| matches!(measure, Measure::Predefined(_));
    let wakes = !scaling.scheduled.is_empty()
        || scaling.step_scaling.iter().any(|step| !needs_tasks(&step.measure))
        || scaling.target_tracking.iter().any(|tracking| !needs_tasks(&tracking.measure));
    if scaling.min > 0 || wakes || scaling.target_tracking.is_empty() {
        return None;
    }
    let problem =
        Problem::warning("scaling-sleep", "nothing wakes the service once it has no tasks")
            .at(&service.written.value("/scaling/min"), "without tasks their metrics have no data");
    Some(problem.hint("set `min: 1`, or follow a metric of your own such as the length of a queue"))
}

fn policies(service: &ServiceView<'_>, scaling: &Scaling) -> Vec<Problem> {
    let tracking = scaling.target_tracking.iter().enumerate();
    let steps = scaling.step_scaling.iter().enumerate();
    let all: Vec<(&str, String)> = tracking
        .map(|(index, it)| (&*it.name, format!("/scaling/targetTracking/{index}")))
        .chain(steps.map(|(index, it)| (&*it.name, format!("/scaling/stepScaling/{index}"))))
        .collect();
    let mut problems = vec![];
    if all.len() > MOST_POLICIES {
        let message = format!("{} policies, of which AWS takes {MOST_POLICIES}", all.len());
        let problem = Problem::error("scaling-quota", message);
        problems.push(problem.at(&service.written.key("/scaling"), "too many policies"));
    }
    for (index, (name, pointer)) in all.iter().enumerate() {
        let Some((_, first)) = all[..index].iter().find(|(other, _)| other == name) else {
            continue;
        };
        let problem = Problem::error("scaling-name", format!("two policies are named `{name}`"))
            .at(&service.written.value(pointer), "again")
            .at(&service.written.value(first), "first");
        problems.push(problem.hint("give one of them another `name`"));
    }
    problems
}

fn metric(service: &ServiceView<'_>, index: usize, tracking: &TargetTracking) -> Vec<Problem> {
    let base = format!("/scaling/targetTracking/{index}");
    let document = service.document().scaling.as_ref();
    let Some(document) = document.and_then(|scaling| scaling.target_tracking.get(index)) else {
        return vec![];
    };
    let at = |field: &str| service.written.value(&format!("{base}{field}"));
    let error = |message: &str| Problem::error("scaling-metric", message.to_owned());
    let mut problems = vec![];
    if document.metric.is_some() != document.metrics.is_empty() {
        let problem = error("a policy follows `metric`, or what `metrics` calculate");
        problems.push(problem.at(&at(""), "expected one of the two"));
        return problems;
    }
    let is_own = !matches!(tracking.measure, Measure::Predefined(_));
    if is_own && document.name.is_none() {
        let problem = Problem::error("scaling-name", "this policy needs a name")
            .at(&at(""), "without `name`");
        problems.push(problem.hint("names of metrics are no names of policies: add `name`"));
    }
    if let Measure::Custom(metric) = &tracking.measure
        && !["Average", "Minimum", "Maximum", "SampleCount", "Sum"].contains(&&*metric.statistic)
    {
        let message = format!("target tracking cannot follow `{}`", metric.statistic);
        problems.push(error(&message).at(&at("/metric/statistic"), "not of a single metric").hint(
            "use `Average`, `Minimum`, `Maximum`, `SampleCount` or `Sum`, or write it in `metrics`",
        ));
    }
    let chosen = [
        ("/loadBalancer", document.load_balancer.is_some()),
        ("/listener", document.listener.is_some()),
        ("/port", document.port.is_some()),
    ];
    let chosen: Vec<&str> =
        chosen.into_iter().filter(|(_, is_there)| *is_there).map(|(field, _)| field).collect();
    match tracking.measure {
        Measure::Predefined(Metric::AlbRequests) => {
            problems.extend(counting(service, &base, tracking, &chosen));
        }
        Measure::Predefined(_) | Measure::Custom(_) | Measure::Math(_) => {
            let problem = |field: &&str| {
                error("only `albRequests` is counted by a load balancer")
                    .at(&at(field), "of no use")
            };
            problems.extend(chosen.first().map(problem));
        }
    }
    problems
}

fn counting(
    service: &ServiceView<'_>,
    base: &str,
    tracking: &TargetTracking,
    chosen: &[&str],
) -> Option<Problem> {
    let at = |field: &str| service.written.value(&format!("{base}{field}"));
    if tracking.counted_by.is_some() {
        return None;
    }
    let error = |message: &str| Problem::error("scaling-metric", message.to_owned());
    Some(match chosen {
        [] => error("`albRequests` needs a load balancer")
            .at(&at("/metric"), "nothing counts requests")
            .hint("add `loadBalancers`, or track `cpu`"),
        [field, ..] => error("no entry of `loadBalancers` is like this")
            .at(&at(field), "expected an entry of the service's `loadBalancers`"),
    })
}

fn target(service: &ServiceView<'_>, index: usize, tracking: &TargetTracking) -> Option<Problem> {
    let is_percent = match tracking.measure {
        Measure::Predefined(metric) => metric != Metric::AlbRequests,
        Measure::Custom(_) | Measure::Math(_) => false,
    };
    let expected =
        if is_percent { "expected more than 0, at most 100" } else { "expected more than 0" };
    let what = match tracking.target {
        target if !target.is_positive() => format!("a target of {target} cannot be kept"),
        target if is_percent && target > Decimal::from(100) => {
            format!("a target of {target}% is never reached")
        }
        _ => return None,
    };
    let at = service.written.value(&format!("/scaling/targetTracking/{index}/target"));
    Some(Problem::error("out-of-range", what).at(&at, expected))
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn scaling_has_room_and_metrics() {
        let tracking =
            |policies: &str| format!("scaling: {{ min: 1, max: 4, targetTracking: [{policies}] }}");
        let right = tracking("{ metric: cpu, target: 9 }");
        let own = "metric: { namespace: App, name: Wait";
        let cases = [
            tracking("{ metric: albRequests, target: 9 }"),
            format!(
                "loadBalancers: [{{ loadBalancer: public }}], {}",
                tracking("{ metric: albRequests, listener: other, target: 9 }")
            ),
            tracking("{ metric: cpu, target: 101 }"),
            tracking("{ metric: cpu, target: 0 }"),
            tracking("{ metric: cpu, target: 5 }, { metric: cpu, target: 6 }"),
            tracking("{ metric: cpu, metrics: [{ id: a, expression: b }], target: 5 }"),
            tracking(&format!("{{ {own} }}, target: 5 }}")),
            tracking(&format!("{{ name: a, {own}, statistic: p99 }}, target: 5 }}")),
            tracking("{ metric: memory, loadBalancer: public, target: 5 }"),
            "scaling: { min: 0, max: 4, targetTracking: [{ metric: cpu, target: 60 }] }".to_owned(),
            "scaling: { min: 3, max: 2 }".to_owned(),
            "desiredCount: 1, scaling: { min: 2, max: 4 }".to_owned(),
        ];
        let cases: Vec<_> = cases.iter().map(|wrong| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report_service(&cases), @"
        scaling-metric: `albRequests` needs a load balancer [albRequests: nothing counts requests] -> add `loadBalancers`, or track `cpu`
        dangling-reference: no load balancer `public` [public: no load balancer has this name]
        scaling-metric: no entry of `loadBalancers` is like this [other: expected an entry of the service's `loadBalancers`]
        out-of-range: a target of 101% is never reached [101: expected more than 0, at most 100]
        out-of-range: a target of 0 cannot be kept [0: expected more than 0, at most 100]
        scaling-name: two policies are named `cpu` [metric: again] [metric: first] -> give one of them another `name`
        scaling-metric: a policy follows `metric`, or what `metrics` calculate [metric: expected one of the two]
        scaling-name: this policy needs a name [metric: without `name`] -> names of metrics are no names of policies: add `name`
        scaling-metric: target tracking cannot follow `p99` [p99: not of a single metric] -> use `Average`, `Minimum`, `Maximum`, `SampleCount` or `Sum`, or write it in `metrics`
        scaling-metric: only `albRequests` is counted by a load balancer [public: of no use]
        warning scaling-sleep: nothing wakes the service once it has no tasks [0: without tasks their metrics have no data] -> set `min: 1`, or follow a metric of your own such as the length of a queue
        scaling-bounds: `min` (3) is above `max` (2) [3: above] [2: the most]
        warning scaling-desired-count: `desiredCount` (1) is outside of what scaling allows [1: scaling moves it to between 2 and 4] [scaling: the bounds] -> remove `desiredCount`: the service then starts with `min`
        ");
    }
}
