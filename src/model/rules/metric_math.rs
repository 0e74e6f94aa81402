//! Metrics of one's own: metric math has one result, and dimensions are not too many.

use std::collections::BTreeSet;

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::scaling::{CustomMetric, MetricQuery, PolicyMetric};

const GUIDE: &str = "Amazon CloudWatch API Reference, MetricDataQuery";
/// Dimensions of one metric.
const MOST_DIMENSIONS: usize = 30;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "metric-math",
        rule: "An item of `metrics` is a `metric` or an `expression`",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a }], target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a, expression: TIME_SERIES(1) }], target: 9 }] }"
        ),
    },
    Entry {
        code: "metric-math",
        rule: "The ids of `metrics` are unique",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a, metric: { namespace: App, name: A } }, { id: a, expression: a }], target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a, metric: { namespace: App, name: A } }, { id: b, expression: a }], target: 9 }] }"
        ),
    },
    Entry {
        code: "metric-math",
        rule: "One item of `metrics` has `returnData`: the last, unless others say so",
        source: GUIDE,
        wrong: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a, returnData: true, expression: TIME_SERIES(1) }, { id: b, expression: a }], target: 9 }] }"
        ),
        right: service!(
            "scaling: { min: 1, max: 4, targetTracking: [{ name: a, metrics: [{ id: a, returnData: true, expression: TIME_SERIES(1) }, { id: b, expression: a, returnData: false }], target: 9 }] }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(check_service)
}

fn check_service(service: &ServiceView<'_>) -> Vec<Problem> {
    let Some(scaling) = &service.document().scaling else { return vec![] };
    let tracking = scaling.target_tracking.iter().enumerate().map(|(index, it)| {
        (format!("/scaling/targetTracking/{index}"), it.metric.as_ref(), &it.metrics)
    });
    let steps = scaling.step_scaling.iter().enumerate().map(|(index, it)| {
        (format!("/scaling/stepScaling/{index}"), it.metric.as_ref(), &it.metrics)
    });
    let check = |(base, metric, metrics): (String, Option<&PolicyMetric>, &Vec<MetricQuery>)| {
        let own = match metric {
            Some(PolicyMetric::Custom(metric)) => {
                dimensions(service, &format!("{base}/metric"), metric)
            }
            Some(PolicyMetric::Predefined(_)) | None => None,
        };
        own.into_iter().chain(math(service, &base, metrics)).collect::<Vec<_>>()
    };
    tracking.chain(steps).flat_map(check).collect()
}

fn dimensions(service: &ServiceView<'_>, base: &str, metric: &CustomMetric) -> Option<Problem> {
    let count = metric.dimensions.len();
    (count > MOST_DIMENSIONS).then(|| {
        Problem::error("out-of-range", format!("{count} dimensions, of which CloudWatch takes 30"))
            .at(&service.written.key(&format!("{base}/dimensions")), "expected at most 30")
    })
}

fn math(service: &ServiceView<'_>, base: &str, queries: &[MetricQuery]) -> Vec<Problem> {
    let at = |index: usize, field: &str| {
        service.written.value(&format!("{base}/metrics/{index}{field}"))
    };
    let error = |message: String| Problem::error("metric-math", message);
    let mut problems = vec![];
    let mut ids = BTreeSet::new();
    for (index, query) in queries.iter().enumerate() {
        if query.metric.is_some() == query.expression.is_some() {
            let problem =
                error(format!("`{}` is a `metric`, or calculated by an `expression`", query.id));
            problems.push(problem.at(&at(index, ""), "expected one of the two"));
        }
        if !ids.insert(&query.id) {
            problems.push(
                error(format!("two metrics have the id `{}`", query.id))
                    .at(&at(index, "/id"), "again"),
            );
        }
        if let Some(metric) = &query.metric {
            problems.extend(dimensions(service, &format!("{base}/metrics/{index}/metric"), metric));
        }
    }
    let last = queries.len().saturating_sub(1);
    let results: Vec<usize> = (0..queries.len())
        .filter(|index| queries[*index].return_data.unwrap_or(*index == last))
        .collect();
    match results[..] {
        [_] => {}
        [] if queries.is_empty() => {}
        [] => problems.push(
            error("none of the metrics is the result".to_owned())
                .at(&at(last, "/returnData"), "expected `true` for one of them"),
        ),
        [first, .., second] => problems.push(
            error("two of the metrics are the result".to_owned())
                .at(&at(first, "/returnData"), "one")
                .at(
                    &at(second, ""),
                    "another: the last one is, unless it says `returnData: false`",
                ),
        ),
    }
    problems
}
