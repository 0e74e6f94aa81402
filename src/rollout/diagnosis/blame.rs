//! Which container of a stopped task is to blame.

use crate::runtime::{Container, Task};

/// What containers end with that ECS stops because another one ended: by SIGKILL and by SIGTERM.
const STOPPED_BY_ECS: &[i32] = &[137, 143];

/// The container of a stopped task that tells most about why it stopped.
///
/// ECS does not name it. It is the one whose own reason repeats the task's, or that has one; then the
/// one that failed by itself, before those that ECS stopped for its sake.
pub fn blamed(task: &Task) -> Option<&Container> {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let claims: [&dyn Fn(&Container) -> bool; 7] = [
        &|container| container.reason.as_ref().is_some_and(|own| reason.contains(own.as_str())),
        &|container| !container.image.is_empty() && reason.contains(&container.image),
        &|container| container.reason.is_some(),
        &|container| container.health.as_deref() == Some("UNHEALTHY"),
        &|container| is_failed(container) && !is_stopped_by_ecs(container),
        &is_failed,
        &|container| container.exit_code.is_some(),
    ];
    let found = claims.iter().find_map(|claim| task.containers.iter().find(|it| claim(it)));
    found.or(task.containers.first())
}

fn is_failed(container: &Container) -> bool {
    container.exit_code.is_some_and(|code| code != 0)
}

fn is_stopped_by_ecs(container: &Container) -> bool {
    container.exit_code.is_some_and(|code| STOPPED_BY_ECS.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(name: &str, exit_code: Option<i32>, reason: Option<&str>) -> Container {
        Container {
            name: name.to_owned(),
            image: format!("registry/{name}:1"),
            exit_code,
            reason: reason.map(str::to_owned),
            ..Container::default()
        }
    }

    fn blamed_of(stopped_reason: &str, containers: Vec<Container>) -> String {
        let stopped_reason = Some(stopped_reason.to_owned());
        let task = Task { stopped_reason, containers, ..Task::default() };
        blamed(&task).unwrap().name.clone()
    }

    #[test]
    fn the_container_that_failed_by_itself_is_to_blame() {
        let ended = "Essential container in task exited";
        let proxy = || container("proxy", Some(137), None);
        let app = |code, reason| container("app", code, reason);
        let table = [
            (ended, vec![proxy(), app(Some(1), None)]),
            (ended, vec![container("init", Some(0), None), app(Some(137), None)]),
            (ended, vec![proxy(), app(Some(137), Some("OutOfMemoryError: Container killed"))]),
            ("CannotPullContainerError: registry/app:1 not found", vec![proxy(), app(None, None)]),
            (ended, vec![container("init", None, None), app(Some(0), None)]),
        ];
        for (reason, containers) in table {
            assert_eq!(blamed_of(reason, containers.clone()), "app", "{containers:?}");
        }
        assert_eq!(blamed(&Task::default()), None);
    }
}
