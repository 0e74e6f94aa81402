//! Links and shared mounts name other containers of the task.

use super::table::{Entry, task};
use super::{ContainerView, Scope, WorkloadView, escape};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};

const CONTAINER: &str = "Amazon ECS API Reference, ContainerDefinition";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "dangling-reference",
        rule: "`links` name other containers of the task",
        source: CONTAINER,
        wrong: task!(
            "launchType: EC2, memory: 64, containers: [{ name: a, image: x, links: ['bb:c'] }, { name: b, image: x }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, containers: [{ name: a, image: x, links: ['b:c'] }, { name: b, image: x }]"
        ),
    },
    Entry {
        code: "dangling-reference",
        rule: "`volumesFrom` names other containers of the task",
        source: CONTAINER,
        wrong: task!("containers: [{ name: a, image: x, volumesFrom: { a: {} } }]"),
        right: task!(
            "containers: [{ name: a, image: x, volumesFrom: { b: {} } }, { name: b, image: x }]"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let views = workload.containers();
        views.flat_map(|view| references(workload, &view)).collect()
    })
}

fn references(workload: &WorkloadView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    let document = workload.document();
    let Some(written) =
        document.containers.iter().find(|written| written.name == view.container.name)
    else {
        return vec![];
    };
    let links = written.links.iter().enumerate().map(|(index, link)| {
        let name = link.split(':').next().unwrap_or(link);
        (name, view.value(&format!("/links/{index}")))
    });
    let volumes = written
        .volumes_from
        .keys()
        .map(|name| (name.as_str(), view.key(&format!("/volumesFrom/{}", escape(name)))));
    let references = links.chain(volumes);
    references.filter_map(|(name, place)| dangling(workload, view, name, &place)).collect()
}

fn dangling(
    workload: &WorkloadView<'_>,
    view: &ContainerView<'_>,
    name: &str,
    place: &Span,
) -> Option<Problem> {
    let containers = &workload.value.task.containers;
    let names = containers.iter().map(|container| container.name.as_str());
    let mut others = names.filter(|other| *other != view.container.name);
    if others.clone().any(|other| other == name) {
        return None;
    }
    let problem = if name == view.container.name {
        Problem::error("dangling-reference", format!("container `{name}` names itself"))
            .at(place, "itself")
    } else {
        Problem::error("dangling-reference", format!("the task has no container `{name}`"))
            .at(place, "no container")
    };
    Some(match closest(name, others.clone()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None if others.next().is_some() => problem.hint("name another container of the task"),
        None => problem.hint("the task has no other container"),
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn companions_are_containers_of_the_task() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        dangling-reference: the task has no container `bb` ['bb:c': no container] -> did you mean `b`?
        dangling-reference: container `a` names itself [a: itself] -> the task has no other container
        ");
    }
}
