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
