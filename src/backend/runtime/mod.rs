//! What runs in an account, read: services, deployments, tasks, targets, logs; from AWS or from the
//! mock account's file.

mod alarm;
mod change;
mod definition;
mod deployment;
mod exec;
mod log;
mod run;
mod scaling;
mod service;
mod stopwatch;
mod stream;
mod target;
mod task;
#[cfg(test)]
mod tests;

use std::time::Duration;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Backend, MockError};
use crate::aws::AwsError;
use crate::kinds::task_definition;
use crate::runtime::{
    Alarm, ContainerLog, Definition, ExecPermission, ExecSession, HookAction, LogLine, LogSource,
    Revision, Scaling, ScalingActivity, ScalingBounds, Service, ServiceDeployment, ServiceId,
    StopType, TargetHealth, Task, TaskDefinition, short,
};

pub(super) use exec::ACTIONS as EXEC_ACTIONS;
pub use exec::ExecRequest;
pub use log::{LogOrder, LogPage, LogQuery};
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

/// What `UpdateService` is sent; what is not given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceUpdate {
    /// ARN.
    pub task_definition: Option<String>,
    pub count: Option<u32>,
    pub forces_deployment: bool,
}

impl Backend {
    /// A revision by its ARN; none if there is no such revision.
    pub async fn task_definition(&self, arn: &str) -> Result<Option<TaskDefinition>, AwsError> {
        match self {
            Self::Live(aws) => change::task_definition(aws, arn).await,
            Self::Mock(account) => Ok(account.task_definition(arn)),
        }
    }

    /// ARNs of the newest active revisions of a family, newest first.
    pub async fn active_revisions(&self, family: &str) -> Result<Vec<String>, AwsError> {
        match self {
            Self::Live(aws) => change::active_revisions(aws, family).await,
            Self::Mock(account) => Ok(account.active_revisions(family)),
        }
    }

    /// The bounds of a service's count, if Application Auto Scaling owns it.
    pub async fn scaling_bounds(&self, id: &ServiceId) -> Result<Option<ScalingBounds>, AwsError> {
        match self {
            Self::Live(aws) => change::scaling_bounds(aws, id).await,
            Self::Mock(account) => Ok(account.scaling_bounds(id)),
        }
    }

    /// Registers a revision like `base`, an ARN, but for the images of some containers. Returns its ARN.
    pub async fn revise(
        &self,
        base: &str,
        images: &BTreeMap<String, String>,
    ) -> Result<String, AwsError> {
        match self {
            Self::Live(aws) => task_definition::revise(aws, base, images).await,
            Self::Mock(account) => account.revise(base, images),
        }
    }

    /// Updates a service; returns the id of its newest deployment, which the update may have started.
    pub async fn update_service(
        &self,
        id: &ServiceId,
        update: &ServiceUpdate,
    ) -> Result<String, AwsError> {
        match self {
            Self::Live(aws) => change::update(aws, id, update).await,
            Self::Mock(account) => account.update_service(id, update),
        }
    }

    /// Stops a service deployment, by ARN.
    pub async fn stop_deployment(&self, arn: &str, how: StopType) -> Result<(), AwsError> {
        match self {
            Self::Live(aws) => change::stop(aws, arn, how).await,
            Self::Mock(account) => account.stop_deployment(arn, how),
        }
    }

    /// Tells the hook for which a service deployment, by ARN, waits what to do.
    pub async fn continue_deployment(
        &self,
        arn: &str,
        hook: &str,
        action: HookAction,
    ) -> Result<(), AwsError> {
        match self {
            Self::Live(aws) => change::proceed(aws, arn, hook, action).await,
            Self::Mock(account) => account.continue_deployment(arn, hook, action),
        }
    }

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
        let containers = self.container_logs(task_definition).await?;
        Ok(containers.into_iter().filter_map(|container| container.source).collect())
    }

    /// How each container of a task definition logs.
    pub async fn container_logs(
        &self,
        task_definition: &str,
    ) -> Result<Vec<ContainerLog>, AwsError> {
        match self {
            Self::Live(aws) => log::containers(aws, task_definition).await,
            Self::Mock(account) => Ok(account.container_logs(task_definition)),
        }
    }

    /// A page of the lines of a log group.
    pub async fn log_lines(&self, query: &LogQuery) -> Result<LogPage, AwsError> {
        match self {
            Self::Live(aws) => log::lines(aws, query).await,
            Self::Mock(account) => account.log_lines(query),
        }
    }

    /// Lets `time` pass between two looks at logs. False if nothing is left to come, as in a mock
    /// account without further script.
    pub async fn pass_for_logs(&self, time: Duration) -> bool {
        match self {
            Self::Live(_) => {
                tokio::time::sleep(time).await;
                true
            }
            Self::Mock(account) => account.pass_for_logs(time),
        }
    }

    /// Whether the role of a task definition lets commands be run in its containers.
    pub async fn exec_permission(&self, task_definition: &str) -> Result<ExecPermission, AwsError> {
        match self {
            Self::Live(aws) => exec::permission(aws, task_definition).await,
            Self::Mock(account) => Ok(account.exec_permission(task_definition)),
        }
    }

    /// Starts a command in a container; none in a mock account, where nothing can run.
    pub async fn execute_command(
        &self,
        request: &ExecRequest,
    ) -> Result<Option<ExecSession>, AwsError> {
        match self {
            Self::Live(aws) => exec::execute(aws, request).await.map(Some),
            Self::Mock(_) => Ok(None),
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

    /// Revisions of task definitions by ARN; those that do not exist are left out.
    pub async fn definitions(&self, arns: &[String]) -> Result<Vec<Definition>, AwsError> {
        match self {
            Self::Live(aws) => definition::read(aws, arns).await,
            Self::Mock(account) => Ok(account.definitions(arns)),
        }
    }

    /// The ARNs of the newest revisions of a task definition family that can be used, newest first.
    pub async fn family(&self, family: &str, limit: usize) -> Result<Vec<String>, AwsError> {
        match self {
            Self::Live(aws) => definition::family(aws, family, limit).await,
            Self::Mock(account) => Ok(account.family(family, limit)),
        }
    }

    /// How the alarms of these names stand; those that do not exist are left out.
    pub async fn alarms(&self, names: &[String]) -> Result<Vec<Alarm>, AwsError> {
        match self {
            Self::Live(aws) => alarm::read(aws, names).await,
            Self::Mock(account) => Ok(account.alarms(names)),
        }
    }

    /// The scaling of those of the services that have one.
    pub async fn scaling(&self, ids: &[ServiceId]) -> Result<Vec<Scaling>, AwsError> {
        match self {
            Self::Live(aws) => scaling::read(aws, ids).await,
            Self::Mock(account) => Ok(account.scaling(ids)),
        }
    }

    /// The names of the alarms that change a service's count.
    pub async fn scaling_alarms(&self, id: &ServiceId) -> Result<Vec<String>, AwsError> {
        match self {
            Self::Live(aws) => scaling::alarms(aws, id).await,
            Self::Mock(account) => Ok(account.scaling_alarms(id)),
        }
    }

    /// The last change that scaling made of a service's count, within six weeks.
    pub async fn scaling_activity(
        &self,
        id: &ServiceId,
    ) -> Result<Option<ScalingActivity>, AwsError> {
        match self {
            Self::Live(aws) => scaling::activity(aws, id).await,
            Self::Mock(account) => Ok(account.scaling_activity(id)),
        }
    }

    /// Stops a task; a service starts another one for it.
    pub async fn stop_task(&self, task: &Task, reason: &str) -> Result<(), AwsError> {
        match self {
            Self::Live(aws) => task::stop(aws, task, reason).await,
            Self::Mock(account) => account.stop_task(task, reason),
        }
    }

    /// Looks again at what others may have changed: the mock account's file.
    pub fn refresh(&self) -> Result<(), MockError> {
        match self {
            Self::Live(_) => Ok(()),
            Self::Mock(account) => account.read_again(),
        }
    }
}

/// What Application Auto Scaling calls a service.
pub(super) fn resource_id(id: &ServiceId) -> String {
    format!("service/{}/{}", short(&id.cluster), id.service)
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
