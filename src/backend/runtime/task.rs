//! Tasks, read from ECS.

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;

use super::{TaskQuery, TasksOf, timestamp};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{Container, ExecAgent, Task};

/// `DescribeTasks` takes at most 100.
const TASKS_PER_CALL: usize = 100;

pub(super) async fn read(aws: &Aws, query: &TaskQuery) -> Result<Vec<Task>, AwsError> {
    let arns = match list(aws, query).await {
        // Its service is gone, and it with it.
        Err(error) if error.kind == ErrorKind::NotFound => vec![],
        other => other?,
    };
    let batches = arns.chunks(TASKS_PER_CALL).map(|batch| describe(aws, &query.cluster, batch));
    let mut tasks: Vec<Task> = try_join_all(batches).await?.into_iter().flatten().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.stopped_at.or(task.created_at)));
    Ok(tasks)
}

async fn list(aws: &Aws, query: &TaskQuery) -> Result<Vec<String>, AwsError> {
    let status =
        if query.is_stopped { sdk::DesiredStatus::Stopped } else { sdk::DesiredStatus::Running };
    let mut arns = vec![];
    let mut next = None;
    loop {
        let request = aws.ecs.list_tasks().cluster(&query.cluster).desired_status(status.clone());
        let request = match &query.of {
            TasksOf::Service(name) => request.service_name(name),
            TasksOf::Family(name) => request.family(name),
        };
        let reply = aws.read("ecs:ListTasks", request.set_next_token(next).send()).await?;
        arns.extend(reply.task_arns.unwrap_or_default());
        next = reply.next_token;
        if next.is_none() {
            return Ok(arns);
        }
    }
}

async fn describe(aws: &Aws, cluster: &str, arns: &[String]) -> Result<Vec<Task>, AwsError> {
    let request = aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(arns.to_vec()));
    let reply = aws.read("ecs:DescribeTasks", request.send()).await?;
    Ok(reply.tasks.unwrap_or_default().into_iter().map(task).collect())
}

pub(super) async fn stop(aws: &Aws, task: &Task, reason: &str) -> Result<(), AwsError> {
    let request = aws.ecs.stop_task().cluster(&task.cluster).task(&task.arn).reason(reason);
    aws.write("ecs:StopTask", || request.clone().send()).await.map(drop)
}

pub(super) fn task(read: sdk::Task) -> Task {
    let launch_type = read.launch_type.map(|launch_type| launch_type.as_str().to_owned());
    Task {
        arn: read.task_arn.unwrap_or_default(),
        cluster: read.cluster_arn.unwrap_or_default(),
        task_definition: read.task_definition_arn.unwrap_or_default(),
        last_status: read.last_status.unwrap_or_default(),
        desired_status: read.desired_status.unwrap_or_default(),
        health: read.health_status.map(|health| health.as_str().to_owned()),
        group: read.group.unwrap_or_default(),
        started_by: read.started_by,
        capacity: read.capacity_provider_name.or(launch_type).unwrap_or_default(),
        availability_zone: read.availability_zone,
        container_instance: read.container_instance_arn,
        cpu: read.cpu,
        memory: read.memory,
        private_address: private_address(read.attachments.as_deref().unwrap_or_default()),
        enable_execute_command: read.enable_execute_command,
        created_at: timestamp(read.created_at),
        started_at: timestamp(read.started_at),
        stopped_at: timestamp(read.stopped_at),
        stop_code: read.stop_code.map(|code| code.as_str().to_owned()),
        stopped_reason: read.stopped_reason.filter(|reason| !reason.is_empty()),
        containers: read.containers.unwrap_or_default().into_iter().map(container).collect(),
    }
}

/// Of the task's own network interface.
fn private_address(attachments: &[sdk::Attachment]) -> Option<String> {
    let details = attachments.iter().flat_map(sdk::Attachment::details);
    let mut addresses = details.filter(|detail| detail.name() == Some("privateIPv4Address"));
    addresses.next()?.value.clone()
}

fn container(read: sdk::Container) -> Container {
    let mut agents = read.managed_agents.unwrap_or_default().into_iter();
    let agent = agents.find(|agent| agent.name == Some(sdk::ManagedAgentName::ExecuteCommandAgent));
    Container {
        name: read.name.unwrap_or_default(),
        image: read.image.unwrap_or_default(),
        image_digest: read.image_digest,
        last_status: read.last_status.unwrap_or_default(),
        health: read.health_status.map(|health| health.as_str().to_owned()),
        exit_code: read.exit_code,
        reason: read.reason.filter(|reason| !reason.is_empty()),
        runtime_id: read.runtime_id,
        exec_agent: agent.map(|agent| ExecAgent {
            last_status: agent.last_status.unwrap_or_default(),
            reason: agent.reason,
        }),
    }
}
