//! Service deployments and revisions, read from ECS.

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;
use jiff::Timestamp;

use super::{count, date_time, timestamp};
use crate::aws::{Aws, AwsError};
use crate::runtime::{
    AlarmWatch, Breaker, Image, Pause, Revision, RevisionTasks, Rollback, ServiceDeployment,
    ServiceId,
};

/// `DescribeServiceDeployments` and `DescribeServiceRevisions` take at most 20.
const ARNS_PER_CALL: usize = 20;

/// The largest page of `ListServiceDeployments`.
const DEPLOYMENTS_PER_PAGE: i32 = 100;

pub(super) async fn read(aws: &Aws, arns: &[String]) -> Result<Vec<ServiceDeployment>, AwsError> {
    let batches = arns.chunks(ARNS_PER_CALL).map(|batch| async move {
        let request = aws
            .ecs
            .describe_service_deployments()
            .set_service_deployment_arns(Some(batch.to_vec()));
        let reply = aws.read("ecs:DescribeServiceDeployments", request.send()).await?;
        Ok::<_, AwsError>(reply.service_deployments.unwrap_or_default())
    });
    let found = try_join_all(batches).await?.into_iter().flatten();
    Ok(found.map(service_deployment).collect())
}

pub(super) async fn list(
    aws: &Aws,
    id: &ServiceId,
    since: Option<Timestamp>,
) -> Result<Vec<ServiceDeployment>, AwsError> {
    let since = since.map(|since| sdk::CreatedAt::builder().after(date_time(since)).build());
    let mut found = vec![];
    let mut next = None;
    loop {
        let request = aws
            .ecs
            .list_service_deployments()
            .cluster(&id.cluster)
            .service(&id.service)
            .set_created_at(since.clone())
            .max_results(DEPLOYMENTS_PER_PAGE)
            .set_next_token(next);
        let reply = aws.read("ecs:ListServiceDeployments", request.send()).await?;
        found.extend(reply.service_deployments.unwrap_or_default().into_iter().map(brief));
        next = reply.next_token;
        if next.is_none() {
            found.sort_by_key(|deployment| std::cmp::Reverse(deployment.created_at));
            return Ok(found);
        }
    }
}

pub(super) async fn revisions(aws: &Aws, arns: &[String]) -> Result<Vec<Revision>, AwsError> {
    let batches = arns.chunks(ARNS_PER_CALL).map(|batch| async move {
        let request =
            aws.ecs.describe_service_revisions().set_service_revision_arns(Some(batch.to_vec()));
        let reply = aws.read("ecs:DescribeServiceRevisions", request.send()).await?;
        Ok::<_, AwsError>(reply.service_revisions.unwrap_or_default())
    });
    let found = try_join_all(batches).await?.into_iter().flatten();
    Ok(found.map(revision).collect())
}

fn service_deployment(read: sdk::ServiceDeployment) -> ServiceDeployment {
    ServiceDeployment {
        arn: read.service_deployment_arn.unwrap_or_default(),
        status: read.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        status_reason: read.status_reason.filter(|reason| !reason.is_empty()),
        created_at: timestamp(read.created_at),
        finished_at: timestamp(read.finished_at.or(read.stopped_at)),
        target: read.target_service_revision.map(revision_tasks),
        sources: read
            .source_service_revisions
            .unwrap_or_default()
            .into_iter()
            .map(revision_tasks)
            .collect(),
        stage: read.lifecycle_stage.map(|stage| stage.as_str().to_owned()),
        pause: pause(read.lifecycle_hook_details.unwrap_or_default()),
        breaker: read.deployment_circuit_breaker.map(|read| Breaker {
            failures: count(read.failure_count),
            threshold: count(read.threshold),
        }),
        alarms: read.alarms.map(|read| AlarmWatch {
            status: read.status.map(|status| status.as_str().to_owned()),
            triggered: read.triggered_alarm_names.unwrap_or_default(),
        }),
        rollback: read
            .rollback
            .map(|read| Rollback { reason: read.reason, revision: read.service_revision_arn }),
    }
}

fn brief(read: sdk::ServiceDeploymentBrief) -> ServiceDeployment {
    let revision = read.target_service_revision_arn;
    ServiceDeployment {
        arn: read.service_deployment_arn.unwrap_or_default(),
        status: read.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        status_reason: read.status_reason.filter(|reason| !reason.is_empty()),
        created_at: timestamp(read.created_at),
        finished_at: timestamp(read.finished_at),
        target: revision.map(|revision| RevisionTasks { revision, ..RevisionTasks::default() }),
        ..ServiceDeployment::default()
    }
}

fn revision_tasks(read: sdk::ServiceRevisionSummary) -> RevisionTasks {
    RevisionTasks {
        revision: read.arn.unwrap_or_default(),
        requested: count(read.requested_task_count),
        running: count(read.running_task_count),
        pending: count(read.pending_task_count),
        production_weight: read.requested_production_traffic_weight,
        test_weight: read.requested_test_traffic_weight,
    }
}

fn pause(hooks: Vec<sdk::DeploymentLifecycleHookDetail>) -> Option<Pause> {
    let is_waiting = |hook: &sdk::DeploymentLifecycleHookDetail| {
        hook.status == Some(sdk::DeploymentLifecycleHookStatus::AwaitingAction)
    };
    let hook = hooks.into_iter().find(is_waiting)?;
    Some(Pause {
        hook: hook.hook_id.unwrap_or_default(),
        expires_at: timestamp(hook.expires_at),
        on_timeout: hook.timeout_action.map(|action| action.as_str().to_owned()),
    })
}

fn revision(read: sdk::ServiceRevision) -> Revision {
    let images = read.container_images.unwrap_or_default().into_iter();
    Revision {
        arn: read.service_revision_arn.unwrap_or_default(),
        task_definition: read.task_definition.unwrap_or_default(),
        images: images
            .map(|image| Image {
                container: image.container_name.unwrap_or_default(),
                image: image.image.unwrap_or_default(),
                digest: image.image_digest,
            })
            .collect(),
        created_at: timestamp(read.created_at),
    }
}
