//! Services as they run, read from ECS.

use std::collections::BTreeMap;

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;

use super::{count, timestamp};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{
    Attachment, BreakerSettings, Deployment, Event, Service, ServiceId, TaskNetwork,
};

/// `DescribeServices` takes at most 10.
const SERVICES_PER_CALL: usize = 10;

pub(super) async fn read(aws: &Aws, ids: &[ServiceId]) -> Result<Vec<Service>, AwsError> {
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in ids {
        names.entry(&id.cluster).or_default().push(id.service.clone());
    }
    let batches = names.iter().flat_map(|(cluster, names)| {
        names.chunks(SERVICES_PER_CALL).map(|batch| describe(aws, cluster, batch.to_vec()))
    });
    Ok(try_join_all(batches).await?.into_iter().flatten().collect())
}

async fn describe(aws: &Aws, cluster: &str, names: Vec<String>) -> Result<Vec<Service>, AwsError> {
    let request = aws.ecs.describe_services().cluster(cluster).set_services(Some(names));
    match aws.read("ecs:DescribeServices", request.send()).await {
        Ok(reply) => Ok(reply.services.unwrap_or_default().into_iter().map(service).collect()),
        // Its cluster is gone, and it with it.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(error),
    }
}

fn service(read: sdk::Service) -> Service {
    let capacity = capacity(&read);
    let providers = read.capacity_provider_strategy.unwrap_or_default().into_iter();
    let configuration = read.deployment_configuration;
    let breaker = configuration.as_ref().and_then(|all| all.deployment_circuit_breaker.as_ref());
    let mut deployments: Vec<Deployment> =
        read.deployments.unwrap_or_default().into_iter().map(deployment).collect();
    deployments.sort_by_key(|deployment| !deployment.is_primary);
    Service {
        arn: read.service_arn.unwrap_or_default(),
        name: read.service_name.unwrap_or_default(),
        cluster: read.cluster_arn.unwrap_or_default(),
        status: read.status.unwrap_or_default(),
        task_definition: read.task_definition.unwrap_or_default(),
        desired: count(read.desired_count),
        running: count(read.running_count),
        pending: count(read.pending_count),
        capacity,
        launch_type: read.launch_type.map(|launch_type| launch_type.as_str().to_owned()),
        capacity_providers: providers
            .map(|item| (item.capacity_provider, count(item.weight)))
            .collect(),
        platform_version: read.platform_version,
        scheduling: read
            .scheduling_strategy
            .map_or("REPLICA".to_owned(), |strategy| strategy.as_str().to_owned()),
        enable_execute_command: read.enable_execute_command,
        network: read.network_configuration.and_then(network),
        breaker: breaker.map_or_else(BreakerSettings::default, |breaker| BreakerSettings {
            is_enabled: breaker.enable,
            rolls_back: breaker.enable && breaker.rollback,
        }),
        alarms: configuration
            .and_then(|all| all.alarms)
            .filter(|alarms| alarms.enable)
            .map(|alarms| alarms.alarm_names)
            .unwrap_or_default(),
        deployments,
        current_deployment: read.current_service_deployment,
        revisions: read
            .current_service_revisions
            .unwrap_or_default()
            .into_iter()
            .filter_map(|revision| revision.arn)
            .collect(),
        attachments: read
            .load_balancers
            .unwrap_or_default()
            .into_iter()
            .filter_map(attachment)
            .collect(),
        events: read.events.unwrap_or_default().into_iter().filter_map(event).collect(),
        created_at: timestamp(read.created_at),
    }
}

fn capacity(read: &sdk::Service) -> String {
    let items = read.capacity_provider_strategy.as_deref().unwrap_or_default();
    if items.is_empty() {
        return read.launch_type.as_ref().map_or("EC2", |it| it.as_str()).to_owned();
    }
    let items = items.iter().map(|item| format!("{} {}", item.capacity_provider, item.weight));
    items.collect::<Vec<_>>().join(" + ")
}

fn network(read: sdk::NetworkConfiguration) -> Option<TaskNetwork> {
    let read = read.awsvpc_configuration?;
    let is_public = read.assign_public_ip == Some(sdk::AssignPublicIp::Enabled);
    Some(TaskNetwork {
        subnets: read.subnets,
        security_groups: read.security_groups.unwrap_or_default(),
        assign_public_ip: is_public,
    })
}

fn deployment(read: sdk::Deployment) -> Deployment {
    Deployment {
        id: read.id.unwrap_or_default(),
        is_primary: read.status.as_deref() == Some("PRIMARY"),
        task_definition: read.task_definition.unwrap_or_default(),
        desired: count(read.desired_count),
        running: count(read.running_count),
        pending: count(read.pending_count),
        failed: count(read.failed_tasks),
        rollout_state: read.rollout_state.map(|state| state.as_str().to_owned()),
        reason: read.rollout_state_reason.filter(|reason| !reason.is_empty()),
        created_at: timestamp(read.created_at),
        updated_at: timestamp(read.updated_at),
    }
}

fn attachment(read: sdk::LoadBalancer) -> Option<Attachment> {
    Some(Attachment {
        target_group: read.target_group_arn?,
        container: read.container_name.unwrap_or_default(),
        port: read.container_port.map_or(0, count),
    })
}

fn event(read: sdk::ServiceEvent) -> Option<Event> {
    Some(Event {
        id: read.id.unwrap_or_default(),
        at: timestamp(read.created_at)?,
        message: read.message.unwrap_or_default(),
    })
}
