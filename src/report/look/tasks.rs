//! Tasks in a table, and why those that stopped did.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::table::{Cell, Table, Tone, toned, wrapped};
use super::times;
use crate::runtime::{Container, Task, short};

/// Characters of a task's id that tell it from others well enough.
const SHORT: usize = 8;

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// 32 hex digits.
    pub id: String,
    /// The service's name in the manifests.
    pub service: Option<String>,
    /// The cluster's name in ECS.
    pub cluster: String,
    /// Task definition and revision: `shop-prod-web:42`.
    pub revision: String,
    /// `PROVISIONING`, `PENDING`, `ACTIVATING`, `RUNNING`, …, `STOPPED`.
    pub status: String,
    /// `RUNNING` or `STOPPED`.
    pub desired_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    pub health: Option<String>,
    /// When it was asked for.
    #[schemars(with = "Option<String>")]
    pub created_at: Option<Timestamp>,
    /// When its containers ran.
    #[schemars(with = "Option<String>")]
    pub started_at: Option<Timestamp>,
    /// When it had stopped.
    #[schemars(with = "Option<String>")]
    pub stopped_at: Option<Timestamp>,
    /// Such as `eu-west-1a`.
    pub availability_zone: Option<String>,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or a capacity provider.
    pub capacity: String,
    /// Of its own network interface.
    pub private_address: Option<String>,
    /// Such as `EssentialContainerExited`.
    pub stop_code: Option<String>,
    /// In ECS's words.
    pub stopped_reason: Option<String>,
    /// Its containers.
    pub containers: Vec<ContainerView>,
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerView {
    /// Its name.
    pub name: String,
    /// As in the task definition.
    pub image: String,
    /// `PENDING`, `RUNNING` or `STOPPED`.
    pub status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    pub health: Option<String>,
    /// With which it ended.
    pub exit_code: Option<i32>,
    /// Why it ended, or did not start.
    pub reason: Option<String>,
}

/// A task was told to stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoppedTask {
    /// 32 hex digits.
    pub id: String,
    /// The service's name in the manifests.
    pub service: String,
    /// Why, as ECS keeps it.
    pub reason: String,
}

impl TaskView {
    pub fn of(service: Option<&str>, task: &Task) -> Self {
        Self {
            id: task.id().to_owned(),
            service: service.map(str::to_owned),
            cluster: short(&task.cluster).to_owned(),
            revision: short(&task.task_definition).to_owned(),
            status: task.last_status.clone(),
            desired_status: task.desired_status.clone(),
            health: task.health.clone(),
            created_at: task.created_at,
            started_at: task.started_at,
            stopped_at: task.stopped_at,
            availability_zone: task.availability_zone.clone(),
            capacity: task.capacity.clone(),
            private_address: task.private_address.clone(),
            stop_code: task.stop_code.clone(),
            stopped_reason: task.stopped_reason.clone(),
            containers: task.containers.iter().map(ContainerView::of).collect(),
        }
    }

    pub fn short_id(&self) -> &str {
        self.id.get(..SHORT).unwrap_or(&self.id)
    }
}

impl ContainerView {
    fn of(container: &Container) -> Self {
        Self {
            name: container.name.clone(),
            image: container.image.clone(),
            status: container.last_status.clone(),
            health: container.health.clone(),
            exit_code: container.exit_code,
            reason: container.reason.clone(),
        }
    }
}

/// A row for each task; of those that stopped, the reason below it.
pub fn tasks(tasks: &[TaskView], now: Timestamp, is_stopped: bool) -> String {
    match (tasks, is_stopped) {
        ([], false) => "No task runs.\n".to_owned(),
        ([], true) => "ECS remembers no task that stopped: it keeps them for an hour.\n".to_owned(),
        (_, false) => running(tasks, now),
        (_, true) => tasks.iter().map(|task| stopped(task, now)).collect(),
    }
}

fn running(tasks: &[TaskView], now: Timestamp) -> String {
    let head =
        ["TASK", "SERVICE", "REV", "STATUS", "AGE", "AZ", "CAPACITY", "ADDRESS", "CONTAINERS"];
    let mut table = Table::new(&head);
    for task in tasks {
        let since = task.started_at.or(task.created_at);
        table.row([
            task.short_id().into(),
            task.service.as_deref().unwrap_or_default().into(),
            number(&task.revision).into(),
            status(task),
            since.map(|since| times::age(now, since)).unwrap_or_default().into(),
            task.availability_zone.as_deref().map(zone).unwrap_or_default().into(),
            task.capacity.as_str().into(),
            task.private_address.as_deref().unwrap_or_default().into(),
            containers(task).into(),
        ]);
    }
    table.text()
}

/// `1a` of `eu-west-1a`: they are all in one Region.
fn zone(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(_, zone)| zone)
}

/// The family is the service's.
pub(super) fn number(revision: &str) -> &str {
    revision.rsplit_once(':').map_or(revision, |(_, number)| number)
}

/// Of a task that runs, its health says more.
fn status(task: &TaskView) -> Cell {
    match (task.status.as_str(), task.health.as_deref()) {
        (_, Some("UNHEALTHY")) => Cell::new("unhealthy", Tone::Bad),
        ("RUNNING", Some("HEALTHY")) => Cell::new("healthy", Tone::Good),
        ("RUNNING", _) => "running".into(),
        (other, _) => Cell::new(other.to_lowercase(), Tone::Warning),
    }
}

/// Those that run as the task does need only their names.
fn containers(task: &TaskView) -> String {
    let word = |container: &ContainerView| {
        let is_like_task = container.status == task.status;
        let status = if is_like_task { String::new() } else { container.status.to_lowercase() };
        let health = container.health.as_deref().filter(|health| *health == "UNHEALTHY");
        let health = health.map(str::to_lowercase).unwrap_or_default();
        let words: Vec<&str> = [container.name.as_str(), &status, &health]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect();
        words.join(" ")
    };
    task.containers.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn stopped(task: &TaskView, now: Timestamp) -> String {
    let when = match task.stopped_at {
        Some(at) => format!("stopped {}", times::ago(now, at)),
        None => task.status.to_lowercase(),
    };
    let service = task.service.as_deref().unwrap_or_default();
    let head = format!("{}  {service}  {}  {when}\n", task.short_id(), task.revision);
    let why = [&task.stop_code, &task.stopped_reason].into_iter().flatten();
    let why: Vec<&str> = why.map(String::as_str).collect();
    let why =
        if why.is_empty() { String::new() } else { format!("  {}\n", wrapped(&why.join(": "), 2)) };
    let containers = task.containers.iter().map(|container| {
        let code = container.exit_code.map(|code| {
            toned(&format!(" exited with {code}"), if code == 0 { Tone::Plain } else { Tone::Bad })
        });
        let code = code.unwrap_or_else(|| " did not run to an end".to_owned());
        let reason = container.reason.as_ref().map(|reason| format!(": {reason}"));
        let text = format!("{}{code}{}", container.name, reason.unwrap_or_default());
        format!("  {}\n", wrapped(&text, 2))
    });
    head + &why + &containers.collect::<String>()
}
