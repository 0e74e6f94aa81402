//! `dependsOn` can be met: its containers exist, do not wait for each other, and get to what is waited for.

use std::collections::BTreeMap;

use super::table::{Entry, task};
use super::{ContainerView, Scope, WorkloadView, escape};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};
use crate::model::resolved::service::DependencyCondition;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "dangling-reference",
        rule: "`dependsOn` names a container of the same task",
        source: "Amazon ECS API Reference, ContainerDependency",
        wrong: task!(
            "containers: [{ name: app, image: x, dependsOn: { sidee: START } }, { name: side, image: y }]"
        ),
        right: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: START } }, { name: side, image: y }]"
        ),
    },
    Entry {
        code: "dependency-condition",
        rule: "Who waits for `HEALTHY` waits for a container with a `healthCheck`",
        source: "Amazon ECS API Reference, ContainerDependency",
        wrong: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: HEALTHY } }, { name: side, image: y }]"
        ),
        right: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: HEALTHY } }, { name: side, image: y, healthCheck: { command: 'true' } }]"
        ),
    },
    Entry {
        code: "dependency-condition",
        rule: "Who waits for `COMPLETE` or `SUCCESS` waits for a container that is not essential",
        source: "Amazon ECS API Reference, ContainerDependency",
        wrong: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: SUCCESS } }, { name: side, image: y }]"
        ),
        right: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: SUCCESS } }, { name: side, image: y, essential: false }]"
        ),
    },
    Entry {
        code: "dependency-cycle",
        rule: "Containers do not wait for each other in a circle",
        source: "Amazon ECS API Reference, ContainerDependency",
        wrong: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: START } }, { name: side, image: y, dependsOn: { app: START } }]"
        ),
        right: task!(
            "containers: [{ name: app, image: x, dependsOn: { side: START } }, { name: side, image: y }]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let containers: BTreeMap<_, _> =
            workload.containers().map(|view| (view.container.name.as_str(), view)).collect();
        let mut problems: Vec<_> =
            containers.values().flat_map(|view| edges(&containers, view)).collect();
        problems.extend(cycle(workload, &containers));
        problems
    })
}

fn edges(containers: &BTreeMap<&str, ContainerView<'_>>, view: &ContainerView<'_>) -> Vec<Problem> {
    let edges = view.container.depends_on.iter();
    edges.filter_map(|(name, condition)| edge(containers, view, name, *condition)).collect()
}

fn edge(
    containers: &BTreeMap<&str, ContainerView<'_>>,
    view: &ContainerView<'_>,
    name: &str,
    condition: DependencyCondition,
) -> Option<Problem> {
    let place = edge_span(view, name);
    if name == view.container.name {
        return Some(
            Problem::error("dependency-cycle", format!("container `{name}` waits for itself"))
                .at(&place, "itself"),
        );
    }
    let Some(target) = containers.get(name) else {
        return Some(dangling(containers, name, &place));
    };
    match condition {
        DependencyCondition::Healthy if target.container.health_check.is_none() => Some(
            Problem::error(
                "dependency-condition",
                format!("`{name}` never becomes healthy: it has no health check"),
            )
            .at(&place, "waits for its health check")
            .at(&target.name_span(), "this container")
            .hint(format!("add a `healthCheck` to `{name}`, or wait for START")),
        ),
        DependencyCondition::Complete | DependencyCondition::Success
            if target.container.essential =>
        {
            Some(
                Problem::error(
                    "dependency-condition",
                    format!("the task stops when `{name}` ends: it is essential"),
                )
                .at(&place, "waits for its end")
                .at(&target.name_span(), "this container")
                .hint(format!("add `essential: false` to `{name}`")),
            )
        }
        DependencyCondition::Start
        | DependencyCondition::Healthy
        | DependencyCondition::Complete
        | DependencyCondition::Success => None,
    }
}

fn dangling(containers: &BTreeMap<&str, ContainerView<'_>>, name: &str, place: &Span) -> Problem {
    let problem = Problem::error("dangling-reference", format!("no container `{name}`"))
        .at(place, "no container of this task has this name");
    match closest(name, containers.keys().copied()).and_then(|similar| containers.get(similar)) {
        Some(similar) => problem
            .at(&similar.name_span(), "a similar name is here")
            .hint(format!("did you mean `{}`?", similar.container.name)),
        None => problem,
    }
}

/// The first cycle of more than one container, as a path.
fn cycle(
    workload: &WorkloadView<'_>,
    containers: &BTreeMap<&str, ContainerView<'_>>,
) -> Option<Problem> {
    let path = containers
        .keys()
        .find_map(|start| path_back(containers, start, start, &mut vec![start]))?;
    let text = path.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
    let problem = Problem::error(
        "dependency-cycle",
        format!("containers of `{}` wait for each other: {text}", workload.name),
    );
    let steps = path.windows(2).filter_map(|pair| match pair {
        [from, to] => Some((edge_span(containers.get(from)?, to), format!("waits for `{to}`"))),
        _ => None,
    });
    Some(steps.fold(problem, |problem, (span, text)| problem.at(&span, text)))
}

/// A path from `at` back to `start` over containers that are not on the path yet.
fn path_back<'a>(
    containers: &'a BTreeMap<&str, ContainerView<'_>>,
    start: &str,
    at: &str,
    path: &mut Vec<&'a str>,
) -> Option<Vec<&'a str>> {
    for next in containers.get(at)?.container.depends_on.keys() {
        if next == start && path.len() > 1 {
            path.push(next);
            return Some(path.clone());
        }
        // A container's name is looked up again for its longer life.
        let Some((next, _)) = containers.get_key_value(next.as_str()) else { continue };
        if path.contains(next) {
            continue;
        }
        path.push(next);
        if let Some(found) = path_back(containers, start, next, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

fn edge_span(view: &ContainerView<'_>, name: &str) -> Span {
    view.key(&format!("/dependsOn/{}", escape(name)))
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn dependencies_can_be_met() {
        let task = |app: &str, side: &str| {
            format!(
                "containers: [{{ name: app, image: x, {app} }}, {{ name: side, image: y, {side} }}]"
            )
        };
        let cases = [
            (task("dependsOn: { sidee: START }", ""), task("dependsOn: { side: START }", "")),
            (task("dependsOn: { app: START }", ""), task("", "dependsOn: { app: START }")),
            (
                task("dependsOn: { side: HEALTHY }", ""),
                task("dependsOn: { side: HEALTHY }", "healthCheck: { command: 'true' }"),
            ),
            (
                task("dependsOn: { side: SUCCESS }", ""),
                task("dependsOn: { side: SUCCESS }", "essential: false"),
            ),
            (
                task("dependsOn: { side: COMPLETE }", ""),
                task("dependsOn: { side: COMPLETE }", "essential: false"),
            ),
            (
                task("dependsOn: { side: START }", "dependsOn: { app: START }"),
                task("dependsOn: { side: START }", ""),
            ),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report_task(&cases), @r#"
        dangling-reference: no container `sidee` [sidee: no container of this task has this name] [side: a similar name is here] -> did you mean `side`?
        dependency-cycle: container `app` waits for itself [app: itself]
        dependency-condition: `side` never becomes healthy: it has no health check [side: waits for its health check] [side: this container] -> add a `healthCheck` to `side`, or wait for START
        dependency-condition: the task stops when `side` ends: it is essential [side: waits for its end] [side: this container] -> add `essential: false` to `side`
        dependency-condition: the task stops when `side` ends: it is essential [side: waits for its end] [side: this container] -> add `essential: false` to `side`
        dependency-cycle: containers of `web` wait for each other: `app` → `side` → `app` [side: waits for `side`] [app: waits for `app`]
        "#);
    }

    #[test]
    fn a_cycle_is_told_as_its_path() {
        let task = |last: &str| {
            format!(
                "containers: [{{ name: a, image: x, dependsOn: {{ b: START }} }}, {{ name: b, image: x, dependsOn: {{ c: START }} }}, {{ name: c, image: x{last} }}]"
            )
        };
        let (wrong, right) = (task(", dependsOn: { b: START }"), task(""));
        insta::assert_snapshot!(report_task(&[(&wrong, &right)]), @"dependency-cycle: containers of `web` wait for each other: `b` → `c` → `b` [c: waits for `c`] [b: waits for `b`]");
    }
}
