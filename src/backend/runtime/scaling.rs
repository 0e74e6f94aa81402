//! The scaling of services, read from Application Auto Scaling.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use futures::future::try_join_all;

use super::{count, timestamp};
use crate::aws::{Aws, AwsError};
use crate::runtime::{Scaling, ScalingActivity, ServiceId, short};

/// `ResourceIds` takes at most 50, which is also the largest page.
const TARGETS_PER_CALL: usize = 50;

pub(super) async fn read(aws: &Aws, ids: &[ServiceId]) -> Result<Vec<Scaling>, AwsError> {
    let ids: Vec<String> = ids.iter().map(resource).collect();
    let batches = ids.chunks(TARGETS_PER_CALL).map(|batch| async move {
        let request = aws
            .scaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .set_resource_ids(Some(batch.to_vec()))
            .into_paginator()
            .items()
            .send();
        let operation = "application-autoscaling:DescribeScalableTargets";
        aws.read(operation, request.collect::<Result<Vec<_>, _>>()).await
    });
    let found = try_join_all(batches).await?.into_iter().flatten();
    let scaling = |read: aws_sdk_applicationautoscaling::types::ScalableTarget| Scaling {
        suspended: read.suspended_state.as_ref().map(suspended).unwrap_or_default(),
        resource: read.resource_id,
        min: count(read.min_capacity),
        max: count(read.max_capacity),
    };
    Ok(found.map(scaling).collect())
}

pub(super) async fn alarms(aws: &Aws, id: &ServiceId) -> Result<Vec<String>, AwsError> {
    let request = aws
        .scaling
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .resource_id(resource(id))
        .into_paginator()
        .items()
        .send();
    let operation = "application-autoscaling:DescribeScalingPolicies";
    let policies = aws.read(operation, request.collect::<Result<Vec<_>, _>>()).await?;
    let alarms = policies.into_iter().flat_map(|policy| policy.alarms.unwrap_or_default());
    Ok(alarms.map(|alarm| alarm.alarm_name).collect())
}

/// The newest comes first, as the API's reference says.
pub(super) async fn activity(
    aws: &Aws,
    id: &ServiceId,
) -> Result<Option<ScalingActivity>, AwsError> {
    let request = aws
        .scaling
        .describe_scaling_activities()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .resource_id(resource(id))
        .max_results(1);
    let operation = "application-autoscaling:DescribeScalingActivities";
    let reply = aws.read(operation, request.send()).await?;
    let newest = reply.scaling_activities.unwrap_or_default().into_iter().next();
    Ok(newest.map(|read| ScalingActivity {
        at: timestamp(Some(read.start_time)),
        status: read.status_code.as_str().to_owned(),
        description: read.description,
        cause: read.cause,
    }))
}

fn resource(id: &ServiceId) -> String {
    format!("service/{}/{}", short(&id.cluster), id.service)
}

fn suspended(read: &SuspendedState) -> Vec<&'static str> {
    let all = [
        (read.dynamic_scaling_in_suspended, "scaling in"),
        (read.dynamic_scaling_out_suspended, "scaling out"),
        (read.scheduled_scaling_suspended, "scheduled scaling"),
    ];
    all.into_iter().filter(|(is_suspended, _)| *is_suspended == Some(true)).map(|it| it.1).collect()
}
