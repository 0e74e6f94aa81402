//! Rollouts: how far they have come, and what is left of those that nobody follows any more.

use schemars::JsonSchema;
use serde::Serialize;

use crate::rollout::{self, diagnosis};
use crate::runtime;

/// A rollout has come further, or something is wrong with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// The resource: `kind/name`.
    pub address: String,
    /// How it stands.
    pub progress: Progress,
}

/// The run was cancelled; ECS goes on with this rollout.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StillRolling {
    /// The service's document: `service/name`.
    pub address: String,
    /// Tasks of the revision that is rolled out.
    pub new: Tasks,
}

/// A rollout at one look.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The service's name in ECS.
    pub service: String,
    /// Seconds since it is followed.
    pub elapsed: u64,
    /// ECS's status of the service deployment, or its rollout state of the deployment.
    pub status: String,
    /// Tasks of the revision that is rolled out.
    pub new: Tasks,
    /// Tasks of all other deployments together. Null when there are none.
    pub old: Option<Tasks>,
    /// ECS's lifecycle stage. Null for deployments that do not shift requests.
    pub stage: Option<String>,
    /// Requests that the new revision gets. Null for deployments that do not shift requests.
    pub weights: Option<Weights>,
    /// The circuit breaker's count. Null without one.
    pub breaker: Option<Breaker>,
    /// Health of the targets. Null without target groups.
    pub targets: Option<Targets>,
    /// The hook that it waits for. Null while it waits for none.
    pub pause: Option<Pause>,
    /// The newest event of the service since the rollout began.
    pub event: Option<ServiceEvent>,
    /// What is wrong, as soon as it is known.
    pub trouble: Option<Diagnosis>,
}

/// Tasks of one revision.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tasks {
    /// Such as `shop-prod-web:42`.
    pub revision: String,
    /// Tasks that should run.
    pub desired: u32,
    /// Tasks that run.
    pub running: u32,
    /// Tasks that are being started.
    pub pending: u32,
    /// Tasks that failed to start or to stay.
    pub failed: u32,
}

/// Requests that go to the new revision.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Weights {
    /// Percent of the requests of users.
    pub production: f64,
    /// Percent of test requests. Null without a test listener.
    pub test: Option<f64>,
}

/// The circuit breaker's count.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Breaker {
    /// Tasks that failed so far.
    pub failures: u32,
    /// Failed tasks after which it gives up.
    pub threshold: u32,
}

/// Targets of a service's target groups.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Targets {
    /// Those that pass their health checks.
    pub healthy: u32,
    /// All of them.
    pub total: u32,
}

/// A hook that awaits an action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// The hook's id.
    pub hook: String,
    /// When it stops waiting, by RFC 3339 in UTC. Null when it never does.
    pub expires_at: Option<String>,
    /// What happens then: `ROLLBACK` or `CONTINUE`.
    pub on_timeout: Option<String>,
}

/// An event of the service, in ECS's words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceEvent {
    /// ECS's id of it.
    pub id: String,
    /// When it happened, by RFC 3339 in UTC.
    pub at: String,
    /// Such as `(service shop-prod-web) has reached a steady state.`
    pub message: String,
}

/// What is wrong with a rollout.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Stable, such as `image-not-found`.
    pub code: String,
    /// What is wrong, in a sentence.
    pub cause: String,
    /// What to do, in a sentence each.
    pub remedies: Vec<String>,
    /// Whether trying again cannot help: every further task fails likewise.
    pub is_hopeless: bool,
}

impl Rollout {
    pub fn of(address: &str, progress: &rollout::Progress) -> Self {
        Self { address: address.to_owned(), progress: progress.into() }
    }
}

impl From<&rollout::Progress> for Progress {
    fn from(progress: &rollout::Progress) -> Self {
        Self {
            service: progress.service.clone(),
            elapsed: progress.elapsed,
            status: progress.status.clone(),
            new: Tasks::from(&progress.new),
            old: progress.old.as_ref().map(Tasks::from),
            stage: progress.stage.clone(),
            weights: progress
                .weights
                .map(|it| Weights { production: it.production, test: it.test }),
            breaker: progress
                .breaker
                .map(|it| Breaker { failures: it.failures, threshold: it.threshold }),
            targets: progress.targets.map(|it| Targets { healthy: it.healthy, total: it.total }),
            pause: progress.pause.as_ref().map(Pause::from),
            event: progress.event.as_ref().map(ServiceEvent::from),
            trouble: progress.trouble.as_ref().map(Diagnosis::from),
        }
    }
}

impl From<&rollout::Tasks> for Tasks {
    fn from(tasks: &rollout::Tasks) -> Self {
        let rollout::Tasks { revision, desired, running, pending, failed } = tasks.clone();
        Self { revision, desired, running, pending, failed }
    }
}

impl From<&runtime::Pause> for Pause {
    fn from(pause: &runtime::Pause) -> Self {
        let runtime::Pause { hook, expires_at, on_timeout } = pause.clone();
        Self { hook, expires_at: expires_at.map(|at| at.to_string()), on_timeout }
    }
}

impl From<&runtime::Event> for ServiceEvent {
    fn from(event: &runtime::Event) -> Self {
        let runtime::Event { id, at, message } = event.clone();
        Self { id, at: at.to_string(), message }
    }
}

impl From<&diagnosis::Diagnosis> for Diagnosis {
    fn from(diagnosis: &diagnosis::Diagnosis) -> Self {
        let diagnosis::Diagnosis { code, cause, remedies, is_hopeless } = diagnosis.clone();
        Self { code: code.to_owned(), cause, remedies, is_hopeless }
    }
}
