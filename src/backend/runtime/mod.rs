//! What runs in an account, read: services, deployments, tasks, targets, logs; from AWS or from the
//! mock account's file.

mod deployment;
mod log;
mod run;
mod service;
mod stopwatch;
mod stream;
mod target;
mod task;

use jiff::Timestamp;

use super::Backend;
use crate::aws::AwsError;
use crate::runtime::{
    LogLine, LogSource, Revision, Service, ServiceDeployment, ServiceId, TargetHealth, Task,
};

pub use run::TASKS_PER_RUN;
pub use stopwatch::Stopwatch;
pub use stream::Position;

/// Which tasks are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskQuery {
    /// The cluster's ARN or name.
    pub cluster: String,
    pub of: TasksOf,
    /// Those that stopped, which ECS keeps for at least an hour; else those that shall run.
    pub is_stopped: bool,
}

/// Whose tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TasksOf {
    /// A service by its name.
    Service(String),
    /// A task definition family by its name.
    Family(String),
}

impl Backend {
    /// Services as they run; those that do not exist are left out.
    pub async fn services(&self, ids: &[ServiceId]) -> Result<Vec<Service>, AwsError> {
        match self {
            Self::Live(aws) => service::read(aws, ids).await,
            Self::Mock(account) => Ok(account.services(ids)),
        }
    }

    /// Service deployments by ARN.
    pub async fn service_deployments(
        &self,
        arns: &[String],
    ) -> Result<Vec<ServiceDeployment>, AwsError> {
        match self {
            Self::Live(aws) => deployment::read(aws, arns).await,
            Self::Mock(account) => Ok(account.service_deployments(arns)),
        }
    }

    /// The service deployments that began after `since`, newest first; ECS keeps 90 days. Only ARN,
    /// status, times and revision are known of each.
    pub async fn deployments_since(
        &self,
        id: &ServiceId,
        since: Option<Timestamp>,
    ) -> Result<Vec<ServiceDeployment>, AwsError> {
        match self {
            Self::Live(aws) => deployment::list(aws, id, since).await,
            Self::Mock(account) => Ok(account.deployments_since(id, since)),
        }
    }

    /// Service revisions by ARN.
    pub async fn revisions(&self, arns: &[String]) -> Result<Vec<Revision>, AwsError> {
        match self {
            Self::Live(aws) => deployment::revisions(aws, arns).await,
            Self::Mock(account) => Ok(account.revisions(arns)),
        }
    }

    /// Tasks, newest first.
    pub async fn tasks(&self, query: &TaskQuery) -> Result<Vec<Task>, AwsError> {
        match self {
            Self::Live(aws) => task::read(aws, query).await,
            Self::Mock(account) => Ok(account.tasks(query)),
        }
    }

    /// The health of the targets in target groups, by ARN.
    pub async fn target_health(&self, groups: &[String]) -> Result<Vec<TargetHealth>, AwsError> {
        match self {
            Self::Live(aws) => target::read(aws, groups).await,
            Self::Mock(account) => Ok(account.target_health(groups)),
        }
    }

    /// Where the containers of a task definition write to, of those with the `awslogs` driver.
    pub async fn log_sources(&self, task_definition: &str) -> Result<Vec<LogSource>, AwsError> {
        match self {
            Self::Live(aws) => log::sources(aws, task_definition).await,
            Self::Mock(account) => Ok(account.log_sources(task_definition)),
        }
    }

    /// The last lines of a stream, oldest first; none of one that does not exist.
    pub async fn log_tail(
        &self,
        group: &str,
        stream: &str,
        lines: u32,
    ) -> Result<Vec<LogLine>, AwsError> {
        match self {
            Self::Live(aws) => log::tail(aws, group, stream, lines).await,
            Self::Mock(account) => Ok(account.log_tail(group, stream, lines)),
        }
    }
}

/// A time of the SDK's.
fn timestamp(time: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    let time = time?;
    let nanoseconds = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanoseconds).ok()
}

fn date_time(time: Timestamp) -> aws_smithy_types::DateTime {
    aws_smithy_types::DateTime::from_millis(time.as_millisecond())
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
