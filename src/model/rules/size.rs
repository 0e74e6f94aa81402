//! CPU, memory and disk fit together.

use super::table::{Entry, task};
use super::{Bounds, Scope, WorkloadView, within};
use crate::manifest::problem::Problem;
use crate::model::fargate;
use crate::model::resolved::service::LaunchType;

/// Docker refuses less.
const LEAST_CONTAINER_MEMORY: u32 = 6;
const TASK: &str = "Amazon ECS API Reference, RegisterTaskDefinition";
const CONTAINER: &str = "Amazon ECS API Reference, ContainerDefinition";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "task-size",
        rule: "the `cpu` and `memory` of Fargate tasks go together",
        source: "Amazon ECS Developer Guide, task CPU and memory on Fargate",
        wrong: task!("image: x, cpu: 512, memory: 512"),
        right: task!("image: x, launchType: EC2, cpu: 512, memory: 512"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `cpu` of tasks on instances is 128 to 196608",
        source: TASK,
        wrong: task!("image: x, launchType: EC2, cpu: 127, memory: 512"),
        right: task!("image: x, launchType: EC2, cpu: 128, memory: 512"),
    },
    Entry {
        code: "memory",
        rule: "on instances, the task has `memory`, or each container has `memory` or `memoryReservation`",
        source: CONTAINER,
        wrong: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64 }, { name: b, image: x }]"
        ),
        right: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64 }, { name: b, image: x, memoryReservation: 64 }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "`ephemeralStorage` is 21 to 200 GiB",
        source: "Amazon ECS API Reference, EphemeralStorage",
        wrong: task!("image: x, ephemeralStorage: 20"),
        right: task!("image: x, ephemeralStorage: 21"),
    },
    Entry {
        code: "container-cpu",
        rule: "the containers of a task reserve no more CPU than it has",
        source: CONTAINER,
        wrong: task!(
            "cpu: 256, containers: [{ name: a, image: x, cpu: 200 }, { name: b, image: x, cpu: 100 }]"
        ),
        right: task!(
            "cpu: 256, containers: [{ name: a, image: x, cpu: 200 }, { name: b, image: x, cpu: 56 }]"
        ),
    },
    Entry {
        code: "container-memory",
        rule: "the containers of a task need no more memory than it has",
        source: CONTAINER,
        wrong: task!("memory: 512, containers: [{ name: a, image: x, memory: 600 }]"),
        right: task!("memory: 512, containers: [{ name: a, image: x, memory: 512 }]"),
    },
    Entry {
        code: "container-memory",
        rule: "a container has at least 6 MiB of memory",
        source: CONTAINER,
        wrong: task!("containers: [{ name: a, image: x, memory: 5 }]"),
        right: task!("containers: [{ name: a, image: x, memory: 6 }]"),
    },
    Entry {
        code: "memory-reservation",
        rule: "`memoryReservation` is less than `memory`",
        source: CONTAINER,
        wrong: task!("containers: [{ name: a, image: x, memory: 100, memoryReservation: 100 }]"),
        right: task!("containers: [{ name: a, image: x, memory: 100, memoryReservation: 99 }]"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let mut problems = vec![];
        problems.extend(task_size(workload));
        problems.extend(instance_cpu(workload));
        problems.extend(instance_memory(workload));
        problems.extend(sum_of_cpu(workload));
        problems.extend(sum_of_memory(workload));
        problems.extend(container_memory(workload));
        let storage = Bounds { field: "ephemeralStorage", least: 21, most: 200 };
        let place = || workload.written.value("/ephemeralStorage");
        problems.extend(within(&storage, workload.value.task.ephemeral_storage, place));
        problems
    })
}

/// Source: Amazon ECS Developer Guide, task CPU and memory on Fargate.
fn task_size(workload: &WorkloadView<'_>) -> Option<Problem> {
    let task = &workload.value.task;
    if task.launch_type != LaunchType::Fargate {
        return None;
    }
    let (cpu, memory) = task.cpu.zip(task.memory)?;
    let Some(sizes) = fargate::memory_sizes(cpu) else {
        let problem =
            Problem::error("task-size", format!("Fargate has no tasks with {cpu} CPU units"));
        let sizes: Vec<_> = fargate::CPU_SIZES.iter().map(u32::to_string).collect();
        return Some(
            problem.at(
                &workload.written.value("/cpu"),
                format!("expected one of {}", sizes.join(", ")),
            ),
        );
    };
    if sizes.contains(&memory) {
        return None;
    }
    let message = format!("Fargate has no tasks with {cpu} CPU units and {memory} MiB of memory");
    let problem = Problem::error("task-size", message)
        .at(&workload.written.value("/memory"), format!("expected {}", describe(&sizes)));
    Some(match workload.document().cpu {
        Some(_) => problem.at(&workload.written.value("/cpu"), "for this CPU"),
        None => problem,
    })
}

fn is_on_instances(workload: &WorkloadView<'_>) -> bool {
    workload.value.task.launch_type != LaunchType::Fargate
}

fn instance_cpu(workload: &WorkloadView<'_>) -> Option<Problem> {
    let bounds = Bounds { field: "cpu", least: 128, most: 196_608 };
    let cpu = workload.value.task.cpu.filter(|_| is_on_instances(workload));
    within(&bounds, cpu, || workload.written.value("/cpu"))
}

/// ECS finds room for a task by its memory, so that must be known.
fn instance_memory(workload: &WorkloadView<'_>) -> Vec<Problem> {
    if !is_on_instances(workload) || workload.value.task.memory.is_some() {
        return vec![];
    }
    let unknown = workload
        .containers()
        .filter(|view| view.container.memory.or(view.container.memory_reservation).is_none());
    let problem = |view: super::ContainerView<'_>| {
        let name = &view.container.name;
        let message = format!("nothing says how much memory container `{name}` takes");
        Problem::error("memory", message)
            .at(&view.name_span(), "neither `memory` nor `memoryReservation`")
            .hint(format!(
                "add `memory` to the container or to the {}: instances have no default",
                workload.noun()
            ))
    };
    unknown.map(problem).collect()
}

fn describe(sizes: &[u32]) -> String {
    match sizes {
        [first, second, .., last] if sizes.len() > 5 => {
            format!("{first} to {last} MiB in steps of {}", second - first)
        }
        sizes => format!("{} MiB", sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn sum_of_cpu(workload: &WorkloadView<'_>) -> Option<Problem> {
    let task = &workload.value.task;
    let sum: u64 = task.containers.iter().map(|container| u64::from(container.cpu)).sum();
    let limit = task.cpu?;
    let excess = sum > u64::from(limit);
    let largest = workload.containers().max_by_key(|view| view.container.cpu).filter(|_| excess)?;
    let message = format!("the containers reserve {sum} CPU units, more than the task's {limit}");
    let problem =
        Problem::error("container-cpu", message).at(&largest.value("/cpu"), "the largest part");
    Some(problem.at(&workload.written.value("/cpu"), "the task's CPU"))
}

fn sum_of_memory(workload: &WorkloadView<'_>) -> Option<Problem> {
    let task = &workload.value.task;
    let reserved = |container: &super::Container| {
        container.memory_reservation.or(container.memory).unwrap_or(0)
    };
    let limits: u64 =
        task.containers.iter().map(|container| u64::from(container.memory.unwrap_or(0))).sum();
    let reservations: u64 =
        task.containers.iter().map(|container| u64::from(reserved(container))).sum();
    let sum = limits.max(reservations);
    let limit = task.memory?;
    let excess = sum > u64::from(limit);
    let largest = workload
        .containers()
        .max_by_key(|view| view.container.memory.max(view.container.memory_reservation));
    let largest = largest.filter(|_| excess)?;
    let field = if largest.container.memory.is_some() { "/memory" } else { "/memoryReservation" };
    let message = format!("the containers need {sum} MiB, more than the task's {limit}");
    let problem =
        Problem::error("container-memory", message).at(&largest.value(field), "the largest part");
    Some(problem.at(&workload.written.value("/memory"), "the task's memory"))
}

fn container_memory(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for view in workload.containers() {
        let (memory, reservation) = (view.container.memory, view.container.memory_reservation);
        if let Some(memory) = memory.filter(|memory| *memory < LEAST_CONTAINER_MEMORY) {
            let message = format!("a container can't run with {memory} MiB");
            problems.push(
                Problem::error("container-memory", message)
                    .at(&view.value("/memory"), "expected at least 6"),
            );
        }
        if let (Some(memory), Some(reservation)) = (memory, reservation)
            && reservation >= memory
        {
            let message = format!(
                "`memoryReservation` ({reservation} MiB) must be less than `memory` ({memory} MiB)"
            );
            let problem = Problem::error("memory-reservation", message)
                .at(&view.value("/memoryReservation"), "too much");
            problems.push(problem.at(&view.value("/memory"), "for this limit"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{report_service, report_task};

    #[test]
    fn sizes_that_fargate_has() {
        insta::assert_snapshot!(report_service(&[
            ("cpu: 300", "cpu: 512"),
            ("cpu: 512, memory: 512", "cpu: 512, memory: 1 GB"),
            ("cpu: 4096, memory: 4 GB", "cpu: 4 vCPU, memory: 8 GB"),
            ("memory: 700", "memory: 3 GB"),
            ("ephemeralStorage: 20", "ephemeralStorage: 21 GB"),
        ]), @r#"
        task-size: Fargate has no tasks with 300 CPU units [300: expected one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
        task-size: Fargate has no tasks with 512 CPU units and 512 MiB of memory [512: expected 1024, 2048, 3072, 4096 MiB] [512: for this CPU]
        task-size: Fargate has no tasks with 4096 CPU units and 4096 MiB of memory [4 GB: expected 8192 to 30720 MiB in steps of 1024] [4096: for this CPU]
        task-size: Fargate has no tasks with 256 CPU units and 700 MiB of memory [700: expected 512, 1024, 2048 MiB]
        out-of-range: `ephemeralStorage` must be between 21 and 200, but is 20 [20: expected 21 to 200]
        "#);
    }

    #[test]
    fn instances_are_asked_for_a_size_that_they_know() {
        insta::assert_snapshot!(report_task(&[
            ("image: x, launchType: EC2", "image: x, launchType: EC2, memory: 512"),
            ("launchType: EC2, containers: [{ name: a, image: x, memory: 64 }, { name: b, image: x }]", "launchType: EC2, containers: [{ name: a, image: x, memory: 64 }, { name: b, image: x, memoryReservation: 64 }]"),
            ("image: x, launchType: EXTERNAL, memory: 512, cpu: 64", "image: x, launchType: EXTERNAL, memory: 512, cpu: 300"),
        ]), @"
        memory: nothing says how much memory container `web` takes [web: neither `memory` nor `memoryReservation`] -> add `memory` to the container or to the service: instances have no default
        memory: nothing says how much memory container `b` takes [b: neither `memory` nor `memoryReservation`] -> add `memory` to the container or to the service: instances have no default
        out-of-range: `cpu` must be between 128 and 196608, but is 64 [64: expected 128 to 196608]
        ");
    }

    #[test]
    fn containers_fit_in_their_task() {
        insta::assert_snapshot!(report_task(&[
            ("cpu: 256, containers: [{ name: a, image: x, cpu: 200 }, { name: b, image: x, cpu: 100 }]", "cpu: 256, containers: [{ name: a, image: x, cpu: 200 }, { name: b, image: x, cpu: 56 }]"),
            ("memory: 512, containers: [{ name: a, image: x, memory: 600 }]", "memory: 512, containers: [{ name: a, image: x, memory: 512 }]"),
            ("memory: 512, containers: [{ name: a, image: x, memoryReservation: 513 }]", "memory: 512, containers: [{ name: a, image: x, memoryReservation: 512 }]"),
            ("containers: [{ name: a, image: x, memory: 100, memoryReservation: 100 }]", "containers: [{ name: a, image: x, memory: 100, memoryReservation: 99 }]"),
            ("containers: [{ name: a, image: x, memory: 5 }]", "containers: [{ name: a, image: x, memory: 6 }]"),
        ]), @r#"
        container-cpu: the containers reserve 300 CPU units, more than the task's 256 [200: the largest part] [256: the task's CPU]
        container-memory: the containers need 600 MiB, more than the task's 512 [600: the largest part] [512: the task's memory]
        container-memory: the containers need 513 MiB, more than the task's 512 [513: the largest part] [512: the task's memory]
        memory-reservation: `memoryReservation` (100 MiB) must be less than `memory` (100 MiB) [100: too much] [100: for this limit]
        container-memory: a container can't run with 5 MiB [5: expected at least 6]
        "#);
    }
}
