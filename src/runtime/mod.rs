//! What runs in an account, as data: services, deployments, tasks, events, log lines. Rows say what is
//! configured; these say what became of it. The same types come from AWS and from the mock account.

mod alarm;
mod definition;
mod deployment;
mod exec;
mod launch;
mod log;
mod scaling;
mod service;
mod task;
mod task_definition;

pub use alarm::Alarm;
pub use definition::Definition;
pub use deployment::{
    AlarmWatch, Breaker, Deployment, Image, Pause, Revision, RevisionTasks, Rollback,
    ServiceDeployment,
};
pub use exec::{ExecPermission, ExecSession, Secret};
pub use launch::{
    Constraint, ContainerOverride, Ended, Launch, LaunchNetwork, Launched, Overrides, Placement,
    Preference, Refusal, Runnable, RunnableContainer, Share,
};
pub use log::{ContainerLog, Event, LogLine, LogSource};
pub use scaling::{Scaling, ScalingActivity};
pub use service::{Attachment, BreakerSettings, Service, ServiceId, TargetHealth, TaskNetwork};
pub use task::{Container, ExecAgent, Task};
pub use task_definition::{HookAction, ScalingBounds, StopType, TaskDefinition, revision_of};

/// The revision of a task definition's ARN as people write it: `shop-prod-web:42`. Likewise the last
/// part of any other ARN.
pub fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Whether a field that is off need not be written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
