//! Reading what explains a failure: events, stopped tasks, the last words of a container, targets.

use jiff::Timestamp;

use crate::aws::{AwsError, ErrorKind};
use crate::backend::{Backend, TaskQuery, TasksOf};
use crate::rollout::Evidence;
use crate::runtime::{Container, LogLine, Service, ServiceId, TargetHealth, Task};

/// What is kept of each list.
const MOST: usize = 10;

/// Log lines of the container that is to blame.
const LINES: u32 = 10;

/// What is known of a deployment's trouble. What cannot be read is named in it.
pub async fn evidence(
    backend: &Backend,
    service: Option<&Service>,
    id: &ServiceId,
    deployment: &str,
    began: Option<Timestamp>,
) -> Evidence {
    let mut found = Evidence::default();
    if let Some(service) = service {
        let recent = service.events.iter().filter(|event| Some(event.at) >= began);
        found.events = recent.take(MOST).cloned().collect();
        found.capacity.clone_from(&service.capacity);
        let own = service.deployments.iter().find(|own| own.id == deployment);
        found.reason = own.and_then(|own| own.reason.clone());
    }
    found.tasks = stopped(backend, id, deployment, began).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    found.logs = last_words(backend, &found.tasks).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    found.targets = unhealthy(backend, service).await.unwrap_or_else(|error| {
        found.unread.push(unread(&error));
        vec![]
    });
    found
}

/// Tasks of the deployment that stopped. Those that ECS ended to make room for others failed in
/// nothing.
async fn stopped(
    backend: &Backend,
    id: &ServiceId,
    deployment: &str,
    began: Option<Timestamp>,
) -> Result<Vec<Task>, AwsError> {
    let of = TasksOf::Service(id.service.clone());
    let query = TaskQuery { cluster: id.cluster.clone(), of, is_stopped: true };
    let tasks = backend.tasks(&query).await?.into_iter();
    let is_own = |task: &Task| {
        task.started_by.as_deref() == Some(deployment)
            && (began.is_none() || task.created_at >= began)
            && !is_scaled_in(task)
    };
    Ok(tasks.filter(is_own).take(MOST).collect())
}

fn is_scaled_in(task: &Task) -> bool {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    reason.starts_with("Scaling activity initiated by")
}

/// The container of a stopped task that tells most about why.
pub(crate) fn blamed(task: &Task) -> Option<&Container> {
    let containers = || task.containers.iter();
    let failed = |container: &&Container| container.exit_code.is_some_and(|code| code != 0);
    containers()
        .find(failed)
        .or_else(|| containers().find(|container| container.reason.is_some()))
        .or_else(|| containers().next())
}

/// What the newest failed task's container wrote at last.
async fn last_words(backend: &Backend, tasks: &[Task]) -> Result<Vec<LogLine>, AwsError> {
    let ran = tasks.iter().find_map(|task| {
        let container = blamed(task)?;
        container.exit_code.is_some().then_some((task, container))
    });
    let Some((task, container)) = ran else { return Ok(vec![]) };
    let sources = backend.log_sources(&task.task_definition).await?;
    let Some(source) = sources.iter().find(|source| source.container == container.name) else {
        return Ok(vec![]);
    };
    backend.log_tail(&source.group, &source.stream(task.id()), LINES).await
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
