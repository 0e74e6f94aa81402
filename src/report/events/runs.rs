//! Tasks that are run by themselves.

use schemars::JsonSchema;
use serde::Serialize;

use super::containers::Log;
use super::look::Unread;
use super::{Event, run};
use crate::rollout::{RunEvent, TaskOutcome};
use crate::runtime::{Ended, Task, short};

/// A task was started.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskStarted {
    /// The id of the task.
    pub task: String,
    /// ECS's word, such as `PROVISIONING`.
    pub status: String,
    /// The task definition with its revision, such as `shop-prod-migrate:3`.
    pub task_definition: String,
    /// The launch type or capacity provider. Empty where ECS has not chosen one yet.
    pub capacity: String,
}

/// A task was not started: there is no place for it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskRefused {
    /// ECS's word, such as `RESOURCE:MEMORY`.
    pub reason: String,
    /// The ARN of the instance that did not fit.
    pub arn: Option<String>,
    /// More of it, in ECS's words.
    pub detail: Option<String>,
    /// What is wrong, and what to do about it.
    pub advice: String,
}

/// A task has another status.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskStatus {
    /// The id of the task.
    pub task: String,
    /// ECS's word, such as `RUNNING`.
    pub status: String,
}

/// The time of a run is over, and its tasks are told to stop.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimedOut {
    /// For how long they might run.
    pub seconds: u64,
}

/// A task goes on, though nobody follows it any more.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskLeft {
    /// The id of the task.
    pub task: String,
    /// ECS's word, such as `RUNNING`.
    pub status: String,
}

/// How a run ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunEnd {
    /// The tasks were stopped because their time was over.
    pub timed_out: bool,
    /// Tasks that found no place.
    pub refused: usize,
    /// The tasks that ended.
    pub tasks: Vec<TaskEnd>,
}

/// How a task ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskEnd {
    /// The id of the task.
    pub task: String,
    /// `exited`, `neverStarted`, `interrupted` by AWS, `stopped` from outside, or `silent`: ECS does not
    /// say with which code.
    pub outcome: String,
    /// The exit code of the container that the task was run for. Null unless it exited.
    pub exit_code: Option<i32>,
    /// ECS's word, such as `TaskFailedToStart`.
    pub stop_code: Option<String>,
    /// In ECS's words.
    pub stopped_reason: Option<String>,
    /// All containers of the task.
    pub containers: Vec<ContainerEnd>,
    /// What is to blame, if that can be told.
    pub cause: Option<String>,
    /// What to do about it.
    pub remedies: Vec<String>,
}

/// How a container of a task ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerEnd {
    /// The container.
    pub name: String,
    /// Null if it never ran.
    pub exit_code: Option<i32>,
    /// In ECS's or Docker's words.
    pub reason: Option<String>,
}

/// One thing that happened. `name` is the service or job.
pub fn event(event: &RunEvent, name: &str) -> Event {
    match event {
        RunEvent::Started(task) => Event::TaskStarted(TaskStarted {
            task: task.id().to_owned(),
            status: task.last_status.clone(),
            task_definition: short(&task.task_definition).to_owned(),
            capacity: task.capacity.clone(),
        }),
        RunEvent::Refused(refusal) => Event::TaskRefused(TaskRefused {
            reason: refusal.reason.clone(),
            arn: refusal.arn.clone(),
            detail: refusal.detail.clone(),
            advice: refusal.advice().to_owned(),
        }),
        RunEvent::Status(task) => Event::TaskStatus(TaskStatus {
            task: task.id().to_owned(),
            status: task.last_status.clone(),
        }),
        RunEvent::Line(line) => Event::Log(Log {
            at: line.at.to_string(),
            service: name.to_owned(),
            container: line.container().to_owned(),
            task: line.task().to_owned(),
            stream: line.stream.clone(),
            message: line.message.clone(),
            id: line.id.clone(),
        }),
        RunEvent::Unread(message) => Event::Unread(Unread { message: message.clone() }),
        RunEvent::TimedOut(seconds) => Event::TimedOut(TimedOut { seconds: *seconds }),
    }
}

/// A task that goes on.
pub fn left(task: &Task) -> Event {
    let (task, status) = (task.id().to_owned(), task.last_status.clone());
    Event::TaskLeft(TaskLeft { task, status })
}

/// The last event of a run.
pub fn end(exit_code: u8, timed_out: bool, outcomes: &[TaskOutcome], refused: usize) -> Event {
    let tasks = outcomes.iter().map(task_end).collect();
    let run = Some(RunEnd { timed_out, refused, tasks });
    Event::End(run::End { run, exit_code, ..run::End::default() })
}

fn task_end(outcome: &TaskOutcome) -> TaskEnd {
    let TaskOutcome { task, ended, diagnosis } = outcome;
    let (word, exit_code) = match ended {
        Ended::Exited(code) => ("exited", Some(*code)),
        Ended::NeverStarted => ("neverStarted", None),
        Ended::Interrupted => ("interrupted", None),
        Ended::Stopped => ("stopped", None),
        Ended::Silent => ("silent", None),
    };
    let containers = task.containers.iter().map(|container| ContainerEnd {
        name: container.name.clone(),
        exit_code: container.exit_code,
        reason: container.reason.clone(),
    });
    TaskEnd {
        task: task.id().to_owned(),
        outcome: word.to_owned(),
        exit_code,
        stop_code: task.stop_code.clone(),
        stopped_reason: task.stopped_reason.clone(),
        containers: containers.collect(),
        cause: diagnosis.as_ref().map(|found| found.cause.clone()),
        remedies: diagnosis.iter().flat_map(|found| found.remedies.clone()).collect(),
    }
}
