//! A rollout that did not succeed, with all that explains it.

use std::fmt;

use serde::Serialize;

use super::diagnosis::Diagnosis;
use super::progress::Progress;
use super::verdict::End;
use crate::runtime::{Event, LogLine, TargetHealth, Task};

/// How a rollout ended that did not succeed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The service's name in ECS.
    pub service: String,
    pub deployment: String,
    /// What was deployed: `shop-prod-web:42`.
    pub revision: String,
    pub end: End,
    /// In ECS's words.
    pub reason: Option<String>,
    /// The revision that most tasks run now; none if no task runs.
    pub running: Option<String>,
    /// The revision before; none of a service that is new, which has nothing to go back to.
    pub previous: Option<String>,
    /// Seconds for which it was followed.
    pub elapsed: u64,
    /// How far it had come.
    pub progress: Progress,
    pub evidence: Evidence,
    /// What is to blame, if that can be told.
    pub diagnosis: Option<Diagnosis>,
}

/// What was found that explains a failure; all of it is from after the deployment began.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Newest first.
    pub events: Vec<Event>,
    /// Tasks of the deployment that stopped, newest first.
    pub tasks: Vec<Task>,
    /// The last lines of the container that is to blame, oldest first.
    pub logs: Vec<LogLine>,
    /// Targets that are not healthy.
    pub targets: Vec<TargetHealth>,
    /// Names of the alarms that went off.
    pub alarms: Vec<String>,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or the capacity providers.
    pub capacity: String,
    /// In ECS's words: why the deployment ended, or stands as it does.
    pub reason: Option<String>,
    /// What could not be read, such as `logs:GetLogEvents: AccessDenied`.
    pub unread: Vec<String>,
}

/// What an event that explains a failure speaks of.
const TROUBLE: &[&str] = &["unable", "failed", "unhealthy", "was stopped", "error"];

/// Whether an event tells of trouble.
pub fn is_telling(event: &Event) -> bool {
    TROUBLE.iter().any(|word| event.message.contains(word))
}

impl Evidence {
    /// This, and of what is no longer to be seen what was found before: a rollback takes the unhealthy
    /// targets away.
    #[must_use]
    pub fn or_before(mut self, before: &Self) -> Self {
        if self.tasks.is_empty() {
            self.tasks.clone_from(&before.tasks);
        }
        if self.targets.is_empty() {
            self.targets.clone_from(&before.targets);
        }
        if self.logs.is_empty() {
            self.logs.clone_from(&before.logs);
        }
        self
    }
}

impl Failure {
    /// So many tasks failed as far as anybody counted.
    pub fn failed_tasks(&self) -> u32 {
        let seen = u32::try_from(self.evidence.tasks.len()).unwrap_or(u32::MAX);
        let breaker = self.progress.breaker.map_or(0, |breaker| breaker.failures);
        self.progress.new.failed.max(breaker).max(seen)
    }
}

/// In one line; reports show the rest.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, revision, end, .. } = self;
        write!(f, "the deployment of {revision} to service {service} {end}")?;
        let reason = self.reason.iter().map(|reason| reason.trim_end_matches('.'));
        reason.into_iter().try_for_each(|reason| write!(f, ": {reason}"))?;
        self.running.iter().try_for_each(|running| write!(f, "; {running} runs now"))
    }
}
