//! Rollouts that did not succeed, with all that explains them.

use schemars::JsonSchema;
use serde::Serialize;

use super::rollout::{Diagnosis, Progress, ServiceEvent};
use crate::rollout::{self, verdict};
use crate::runtime;

/// A rollout ended, or was given up, and not with the new revision in service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolloutFailed {
    /// The resource: `kind/name`.
    pub address: String,
    /// How it ended, and why.
    pub failure: Failure,
}

/// How a rollout ended that did not succeed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The service's name in ECS.
    pub service: String,
    /// ECS's id of the deployment.
    pub deployment: String,
    /// What was deployed, such as `shop-prod-web:42`.
    pub revision: String,
    /// How it ended.
    pub end: Ending,
    /// Why, in ECS's words.
    pub reason: Option<String>,
    /// The revision that most tasks run now. Null if no task runs.
    pub running: Option<String>,
    /// The revision before. Null for a service that is new.
    pub previous: Option<String>,
    /// Seconds for which it was followed.
    pub elapsed: u64,
    /// How far it had come.
    pub progress: Progress,
    /// What was found that explains it.
    pub evidence: Evidence,
    /// What is to blame. Null if that cannot be told.
    pub diagnosis: Option<Diagnosis>,
}

/// How a rollout ended.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// ECS gave up and left things as they are.
    Failed,
    /// ECS went back to the revision before.
    RolledBack,
    /// ECS tried to go back, and failed at that too.
    RollbackFailed,
    /// Somebody stopped it.
    Stopped,
    /// Another deployment took its place.
    Superseded,
    /// The service was deleted.
    ServiceGone,
    /// It goes on, nothing will end it, and no task of it can start.
    Hopeless,
    /// It goes on, and was not waited for any longer.
    TimedOut,
}

/// What explains a failure; all of it is from after the deployment began.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Events of the service, newest first.
    pub events: Vec<ServiceEvent>,
    /// Tasks of the deployment that stopped, newest first.
    pub tasks: Vec<FailedTask>,
    /// The last lines of the container that is to blame, oldest first.
    pub logs: Vec<LogLine>,
    /// Targets that are not healthy.
    pub targets: Vec<Target>,
    /// Names of the alarms that went off.
    pub alarms: Vec<String>,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or the capacity providers.
    pub capacity: String,
    /// What could not be read, and why.
    pub unread: Vec<String>,
}

/// A task that stopped.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedTask {
    /// ARN of the task.
    pub arn: String,
    /// When it stopped, by RFC 3339 in UTC.
    pub stopped_at: Option<String>,
    /// ECS's code, such as `TaskFailedToStart`.
    pub stop_code: Option<String>,
    /// In ECS's words.
    pub stopped_reason: Option<String>,
    /// Its containers.
    pub containers: Vec<FailedContainer>,
}

/// A container of a task that stopped.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedContainer {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Null of one that never ran.
    pub exit_code: Option<i32>,
    /// In ECS's words.
    pub reason: Option<String>,
}

/// A line of a log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When it was written, by RFC 3339 in UTC.
    pub at: String,
    /// The log stream.
    pub stream: String,
    /// As it was written.
    pub message: String,
}

/// A target of a target group.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// ARN.
    pub target_group: String,
    /// Address or instance id, and port.
    pub target: String,
    /// Such as `unhealthy`.
    pub state: String,
    /// Such as `Target.ResponseCodeMismatch`.
    pub reason: Option<String>,
    /// In AWS's words.
    pub description: Option<String>,
}

impl RolloutFailed {
    pub fn of(address: &str, failure: &rollout::Failure) -> Self {
        Self { address: address.to_owned(), failure: failure.into() }
    }
}

impl From<&rollout::Failure> for Failure {
    fn from(failure: &rollout::Failure) -> Self {
        Self {
            service: failure.service.clone(),
            deployment: failure.deployment.clone(),
            revision: failure.revision.clone(),
            end: failure.end.into(),
            reason: failure.reason.clone(),
            running: failure.running.clone(),
            previous: failure.previous.clone(),
            elapsed: failure.elapsed,
            progress: (&failure.progress).into(),
            evidence: (&failure.evidence).into(),
            diagnosis: failure.diagnosis.as_ref().map(Diagnosis::from),
        }
    }
}

impl From<verdict::End> for Ending {
    fn from(end: verdict::End) -> Self {
        match end {
            verdict::End::Failed => Self::Failed,
            verdict::End::RolledBack => Self::RolledBack,
            verdict::End::RollbackFailed => Self::RollbackFailed,
            verdict::End::Stopped => Self::Stopped,
            verdict::End::Superseded => Self::Superseded,
            verdict::End::ServiceGone => Self::ServiceGone,
            verdict::End::Hopeless => Self::Hopeless,
            verdict::End::TimedOut => Self::TimedOut,
        }
    }
}

impl From<&rollout::Evidence> for Evidence {
    fn from(evidence: &rollout::Evidence) -> Self {
        Self {
            events: evidence.events.iter().map(ServiceEvent::from).collect(),
            tasks: evidence.tasks.iter().map(FailedTask::from).collect(),
            logs: evidence.logs.iter().map(LogLine::from).collect(),
            targets: evidence.targets.iter().map(Target::from).collect(),
            alarms: evidence.alarms.clone(),
            capacity: evidence.capacity.clone(),
            unread: evidence.unread.clone(),
        }
    }
}

impl From<&runtime::Task> for FailedTask {
    fn from(task: &runtime::Task) -> Self {
        let container = |container: &runtime::Container| FailedContainer {
            name: container.name.clone(),
            image: container.image.clone(),
            exit_code: container.exit_code,
            reason: container.reason.clone(),
        };
        Self {
            arn: task.arn.clone(),
            stopped_at: task.stopped_at.map(|at| at.to_string()),
            stop_code: task.stop_code.clone(),
            stopped_reason: task.stopped_reason.clone(),
            containers: task.containers.iter().map(container).collect(),
        }
    }
}

impl From<&runtime::LogLine> for LogLine {
    fn from(line: &runtime::LogLine) -> Self {
        let (stream, message) = (line.stream.clone(), line.message.clone());
        Self { at: line.at.to_string(), stream, message }
    }
}

impl From<&runtime::TargetHealth> for Target {
    fn from(health: &runtime::TargetHealth) -> Self {
        let runtime::TargetHealth { target_group, target, state, reason, description } =
            health.clone();
        Self { target_group, target, state, reason, description }
    }
}
