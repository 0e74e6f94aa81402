//! CPU, memory and disk fit together.

use super::{Bounds, Scope, ServiceView, within};
use crate::manifest::problem::Problem;
use crate::model::fargate;

/// Docker refuses less.
const LEAST_CONTAINER_MEMORY: u32 = 6;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let mut problems = vec![];
        problems.extend(task_size(service));
        problems.extend(sum_of_cpu(service));
        problems.extend(sum_of_memory(service));
        problems.extend(container_memory(service));
        let storage = Bounds { field: "ephemeralStorage", least: 21, most: 200 };
        let place = || service.written.value("/ephemeralStorage");
        problems.extend(within(&storage, service.value.task.ephemeral_storage, place));
        problems
    })
}

/// Source: Amazon ECS Developer Guide, task CPU and memory on Fargate.
fn task_size(service: &ServiceView<'_>) -> Option<Problem> {
    let task = &service.value.task;
    let Some(sizes) = fargate::memory_sizes(task.cpu) else {
        let problem = Problem::error(
            "task-size",
            format!("Fargate has no tasks with {} CPU units", task.cpu),
        );
        let sizes: Vec<_> = fargate::CPU_SIZES.iter().map(u32::to_string).collect();
        return Some(
            problem.at(
                &service.written.value("/cpu"),
                format!("expected one of {}", sizes.join(", ")),
            ),
        );
    };
    if sizes.contains(&task.memory) {
        return None;
    }
    let message = format!(
        "Fargate has no tasks with {} CPU units and {} MiB of memory",
        task.cpu, task.memory
    );
    let problem = Problem::error("task-size", message)
        .at(&service.written.value("/memory"), format!("expected {}", describe(&sizes)));
    Some(match service.document().cpu {
        Some(_) => problem.at(&service.written.value("/cpu"), "for this CPU"),
        None => problem,
    })
}

fn describe(sizes: &[u32]) -> String {
    match sizes {
        [first, second, .., last] if sizes.len() > 5 => {
            format!("{first} to {last} MiB in steps of {}", second - first)
        }
        sizes => format!("{} MiB", sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn sum_of_cpu(service: &ServiceView<'_>) -> Option<Problem> {
    let task = &service.value.task;
    let sum: u64 = task.containers.iter().map(|container| u64::from(container.cpu)).sum();
    let excess = sum > u64::from(task.cpu);
    let largest = service.containers().max_by_key(|view| view.container.cpu).filter(|_| excess)?;
    let message =
        format!("the containers reserve {sum} CPU units, more than the task's {}", task.cpu);
    let problem =
        Problem::error("container-cpu", message).at(&largest.value("/cpu"), "the largest part");
    Some(problem.at(&service.written.value("/cpu"), "the task's CPU"))
}

fn sum_of_memory(service: &ServiceView<'_>) -> Option<Problem> {
    let task = &service.value.task;
    let reserved = |container: &super::Container| {
        container.memory_reservation.or(container.memory).unwrap_or(0)
    };
    let limits: u64 =
        task.containers.iter().map(|container| u64::from(container.memory.unwrap_or(0))).sum();
    let reservations: u64 =
        task.containers.iter().map(|container| u64::from(reserved(container))).sum();
    let sum = limits.max(reservations);
    let excess = sum > u64::from(task.memory);
    let largest = service
        .containers()
        .max_by_key(|view| view.container.memory.max(view.container.memory_reservation));
    let largest = largest.filter(|_| excess)?;
    let field = if largest.container.memory.is_some() { "/memory" } else { "/memoryReservation" };
    let message = format!("the containers need {sum} MiB, more than the task's {}", task.memory);
    let problem =
        Problem::error("container-memory", message).at(&largest.value(field), "the largest part");
    Some(problem.at(&service.written.value("/memory"), "the task's memory"))
}

fn container_memory(service: &ServiceView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for view in service.containers() {
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
