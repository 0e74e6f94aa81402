//! A task definition is no longer than ECS takes.

use std::collections::BTreeMap;

use super::{Scope, WorkloadView};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::Container;

/// Bytes. Source: Amazon ECS Developer Guide, service quotas, task definition size.
const MOST: usize = 64 * 1024;
/// `{"name":"","value":""},`
const PAIR: usize = 23;
/// `"":"",`
const ENTRY: usize = 6;
/// `"",`
const WORD: usize = 3;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| too_long(workload).into_iter().collect())
}

/// Counts what alone can make a task definition long, so what is refused is too long for certain.
fn too_long(workload: &WorkloadView<'_>) -> Option<Problem> {
    let sum: usize = workload.containers().map(|view| length(view.container)).sum();
    let largest = workload.containers().max_by_key(|view| length(view.container))?;
    let message = format!(
        "the task definition takes at least {} KiB of ECS's {}",
        sum.div_ceil(1024),
        MOST / 1024
    );
    let problem = Problem::error("definition-size", message)
        .at(&largest.name_span(), "the largest container")
        .hint("move long values to `environmentFiles` or `secrets`");
    (sum > MOST).then_some(problem)
}

fn length(container: &Container) -> usize {
    let pairs = |map: &BTreeMap<String, String>, frame: usize| -> usize {
        map.iter().map(|(key, value)| key.len() + value.len() + frame).sum()
    };
    let words = |words: &[String]| -> usize { words.iter().map(|word| word.len() + WORD).sum() };
    let check = container.health_check.as_ref().map_or(0, |check| words(&check.command));
    container.name.len()
        + container.image.len()
        + pairs(&container.environment, PAIR)
        + pairs(&container.docker_labels, ENTRY)
        + container.secrets.keys().map(|name| name.len() + PAIR).sum::<usize>()
        + words(&container.command)
        + words(&container.entry_point)
        + words(&container.environment_files)
        + check
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn a_definition_fits_in_64_kib() {
        let containers = |values: usize| {
            let values: Vec<_> =
                (0..values).map(|number| format!("V{number}: {}", "x".repeat(1000))).collect();
            format!(
                "containers: [{{ name: a, image: x, environment: {{ {} }} }}, {{ name: b, image: x, environment: {{ A: {} }} }}]",
                values.join(", "),
                "x".repeat(2000)
            )
        };
        insta::assert_snapshot!(report_task(&[(&containers(63), &containers(60))]), @r#"
        definition-size: the task definition takes at least 66 KiB of ECS's 64 [a: the largest container] -> move long values to `environmentFiles` or `secrets`
        "#);
    }
}
