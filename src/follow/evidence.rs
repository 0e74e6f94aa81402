//! Reading what explains a failure: events, stopped tasks, the last words of a container, targets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::aws::{AwsError, ErrorKind};
use crate::backend::{Backend, TaskQuery, TasksOf};
use crate::rollout::Evidence;
use crate::rollout::diagnosis::blamed;
use crate::runtime::{Container, Event, LogLine, Service, ServiceId, TargetHealth, Task};

/// What is kept of each list.
const MOST: usize = 10;

/// Log lines of the container that is to blame.
const LINES: u32 = 10;

/// Tasks whose logs are looked at until one has lines.
const LOGS: usize = 3;

/// What is known of a deployment's trouble. What cannot be read is named in it.
pub async fn evidence(
    backend: &Backend,
    service: Option<&Service>,
    id: &ServiceId,
    deployment: &str,
    began: Option<Timestamp>,
) -> Evidence {
    let mut found = Evidence::default();
    let stopped = stopped(backend, id).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    let (own, others): (Vec<Task>, Vec<Task>) =
        stopped.into_iter().partition(|task| task.started_by.as_deref() == Some(deployment));
    if let Some(service) = service {
        let others: BTreeSet<&str> = others.iter().map(Task::id).collect();
        let is_own = |event: &&Event| {
            Some(event.at) >= began && !is_of_another(&event.message, deployment, &others)
        };
        found.events = service.events.iter().filter(is_own).take(MOST).cloned().collect();
        found.capacity.clone_from(&service.capacity);
        let own = service.deployments.iter().find(|own| own.id == deployment);
        found.reason = own.and_then(|own| own.reason.clone());
    }
    let failed = |task: &Task| (began.is_none() || task.created_at >= began) && !is_scaled_in(task);
    found.tasks = own.into_iter().filter(failed).take(MOST).collect();
    found.logs = last_words(backend, service, &found.tasks).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    found.targets = unhealthy(backend, service).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    found
}

/// All tasks of the service that stopped or are about to: `ListTasks` takes those whose desired status
/// is STOPPED, which have their stop code from then on, before any count of failures has them.
async fn stopped(backend: &Backend, id: &ServiceId) -> Result<Vec<Task>, AwsError> {
    let of = TasksOf::Service(id.service.clone());
    backend.tasks(&TaskQuery { cluster: id.cluster.clone(), of, is_stopped: true }).await
}

/// Whether an event names another deployment, or a task of another one:
/// `(service web) (deployment ecs-svc/1) …`, `(service web) (task 0f3a…) failed …`.
fn is_of_another(message: &str, deployment: &str, tasks: &BTreeSet<&str>) -> bool {
    let named = |what: &str| {
        let (_, rest) = message.split_once(what)?;
        rest.split([')', ' ', ',']).next()
    };
    named("(deployment ").is_some_and(|named| named != deployment)
        || named("(task ").is_some_and(|named| tasks.contains(named))
}

/// Those that ECS ended to make room for others failed in nothing.
fn is_scaled_in(task: &Task) -> bool {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    reason.starts_with("Scaling activity initiated by")
}

/// What the container that is to blame wrote at last, of the newest task that stopped as most did.
async fn last_words(
    backend: &Backend,
    service: Option<&Service>,
    tasks: &[Task],
) -> Result<Vec<LogLine>, AwsError> {
    let ran = |task: &&Task| speaker(task, service).is_some();
    for task in most_alike(tasks).into_iter().filter(ran).take(LOGS) {
        let Some(container) = speaker(task, service) else { continue };
        let sources = backend.log_sources(&task.task_definition).await?;
        let source = sources.iter().find(|source| source.container == container.name);
        let Some(source) = source else { continue };
        let lines = backend.log_tail(&source.group, &source.stream(task.id()), LINES).await?;
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
    Ok(vec![])
}

/// The container whose log says most: where a load balancer found the task unhealthy, the one that its
/// requests go to. One that never ran has no log.
fn speaker<'a>(task: &'a Task, service: Option<&Service>) -> Option<&'a Container> {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let attachments = service.into_iter().flat_map(|service| &service.attachments);
    let is_unhealthy = reason.contains("failed ELB health checks");
    let attached = attachments.filter(|_| is_unhealthy).find_map(|attached| {
        task.containers.iter().find(|container| container.name == attached.container)
    });
    attached.or_else(|| blamed(task)).filter(|container| container.exit_code.is_some())
}

/// Those that stopped as most did come first, the newest of them before others.
fn most_alike(tasks: &[Task]) -> Vec<&Task> {
    let way = |task: &Task| (task.stop_code.clone(), blamed(task).and_then(|it| it.exit_code));
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for task in tasks {
        *counts.entry(way(task)).or_default() += 1;
    }
    let mut tasks: Vec<&Task> = tasks.iter().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(counts[&way(task)]));
    tasks
}

async fn unhealthy(
    backend: &Backend,
    service: Option<&Service>,
) -> Result<Vec<TargetHealth>, AwsError> {
    let attachments = service.into_iter().flat_map(|service| &service.attachments);
    let groups: Vec<String> = attachments.map(|attached| attached.target_group.clone()).collect();
    if groups.is_empty() {
        return Ok(vec![]);
    }
    let targets = backend.target_health(&groups).await?.into_iter();
    Ok(targets.filter(|target| target.state == "unhealthy").take(MOST).collect())
}

/// What of the evidence is missing, and why.
fn unread(error: &AwsError) -> String {
    if error.kind == ErrorKind::Denied {
        format!("{}: not allowed", error.operation)
    } else {
        format!("{}: could not be read", error.operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_other_deployments_explain_nothing() {
        let others = BTreeSet::from(["0f3a"]);
        let is_other = |message: &str| is_of_another(message, "ecs-svc/2", &others);
        assert!(is_other("(service web) (deployment ecs-svc/1) deployment failed: why."));
        assert!(is_other("(service web) (task 0f3a) failed container health checks."));
        assert!(!is_other("(service web) (deployment ecs-svc/2) deployment failed: why."));
        assert!(!is_other("(service web) (task 1b2c) failed container health checks."));
        assert!(!is_other("(service web) was unable to place a task."));
    }

    #[test]
    fn the_task_that_stopped_as_most_did_speaks_for_all() {
        let task = |arn: &str, code: &str| Task {
            arn: arn.to_owned(),
            stop_code: Some(code.to_owned()),
            ..Task::default()
        };
        let tasks = [
            task("a", "SpotInterruption"),
            task("b", "EssentialContainerExited"),
            task("c", "EssentialContainerExited"),
        ];
        let order: Vec<&str> = most_alike(&tasks).iter().map(|task| task.id()).collect();
        assert_eq!(order, ["b", "c", "a"]);
    }

    #[test]
    fn of_an_unhealthy_task_the_container_behind_the_load_balancer_speaks() {
        let container = |name: &str| Container {
            name: name.to_owned(),
            exit_code: Some(137),
            ..Container::default()
        };
        let mut task = Task {
            stopped_reason: Some("Task failed ELB health checks in (target-group arn)".to_owned()),
            containers: vec![container("proxy"), container("app")],
            ..Task::default()
        };
        let attached = crate::runtime::Attachment {
            target_group: "arn".to_owned(),
            container: "app".to_owned(),
            port: 80,
        };
        let service = Service { attachments: vec![attached], ..Service::default() };
        assert_eq!(speaker(&task, Some(&service)).unwrap().name, "app");
        assert_eq!(speaker(&task, None).unwrap().name, "proxy");
        task.containers[1].exit_code = None;
        assert_eq!(speaker(&task, Some(&service)), None, "it never ran");
    }
}
