//! A Job document to a job.

use super::{Context, task, workload};
use crate::model::documents::job as document;
use crate::model::documents::workload::Workload;
use crate::model::names;
use crate::model::resolved::job::Job;

pub(super) fn resolve(context: &Context<'_>, job: &document::Job) -> Job {
    let shared = Workload::from(job);
    let capacity = workload::capacity(context, &shared);
    let launch_type = capacity.launch_type();
    let family = job.aws_name.clone().unwrap_or_else(|| context.family(&job.name));
    let task = task::resolve(context, &shared, launch_type, family);
    let security_group = context.names.part(names::SECURITY_GROUP, &job.name, "job");
    Job {
        cluster: workload::cluster(context, &shared),
        platform_version: workload::platform_version(&shared, launch_type),
        capacity,
        placement_strategy: job.placement_strategy.clone(),
        placement_constraints: job.placement_constraints.clone(),
        network: workload::network(context, &shared, &task, security_group),
        task,
        enable_execute_command: job.enable_execute_command,
        propagate_tags: job.propagate_tags,
        timeout: job.timeout.map(|time| time.0),
    }
}
