//! A Service document to a service.

use super::{Context, cluster, container, network, reference, target, texts};
use crate::model::documents::network::AssignPublicIp;
use crate::model::documents::service as document;
use crate::model::documents::service::{AvailabilityZoneRebalancing, Toggle};
use crate::model::resolved::service::{
    Capacity, EfsVolume, ExecutionRole, LaunchType, LogDriver, LogGroup, Logging, Scaling, Service,
    ServiceNetwork, TargetTracking, Task, TaskRoleReference, Volume,
};
use crate::model::{fargate, names};

/// Days; AWS's own default is to keep output for ever.
const RETENTION: u32 = 30;
/// Seconds. With AWS's default of 0, a slow start is an endless loop of replaced tasks.
const GRACE_PERIOD: u32 = 60;
const LEAST_CPU: u32 = 256;

pub(super) fn resolve(context: &Context<'_>, service: &document::Service) -> Service {
    let task = task(context, service);
    let grace_period = service.health_check_grace_period.map(|time| time.0);
    let default_grace_period = (!service.load_balancers.is_empty()).then_some(GRACE_PERIOD);
    let default_count = service.scaling.as_ref().map_or(1, |scaling| scaling.min);
    let deployment = &service.deployment;
    Service {
        cluster: reference(
            service.cluster.as_deref(),
            &context.manifests.clusters,
            cluster::IMPLICIT,
        ),
        capacity: capacity(context, service),
        platform_version: service.platform_version.clone().unwrap_or_else(|| "LATEST".to_owned()),
        desired_count: service.desired_count.unwrap_or(default_count),
        network: service_network(context, service),
        load_balancers: target::resolve(context, service, &task.containers),
        task,
        minimum_healthy_percent: deployment.minimum_healthy_percent,
        maximum_percent: deployment.maximum_percent,
        circuit_breaker: deployment.circuit_breaker,
        health_check_grace_period: grace_period.or(default_grace_period),
        enable_execute_command: service.enable_execute_command,
        propagate_tags: service.propagate_tags,
        // ECS refuses to rebalance when it may not start an extra task.
        availability_zone_rebalancing: service
            .availability_zone_rebalancing
            .map_or(deployment.maximum_percent > 100, |choice| {
                choice == AvailabilityZoneRebalancing::Enabled
            }),
        scaling: service.scaling.as_ref().map(|scaling| self::scaling(context, service, scaling)),
    }
}

fn capacity(context: &Context<'_>, service: &document::Service) -> Capacity {
    if !service.capacity.is_empty() {
        return Capacity::Strategy(cluster::strategy(&service.capacity));
    }
    if let Some(launch_type) = service.launch_type {
        return Capacity::LaunchType(launch_type);
    }
    let name =
        reference(service.cluster.as_deref(), &context.manifests.clusters, cluster::IMPLICIT);
    let cluster = context.manifests.clusters.get(&name).map(|cluster| &cluster.document);
    match cluster.map_or(&[][..], |cluster| &cluster.default_capacity_provider_strategy) {
        [] => Capacity::LaunchType(LaunchType::Fargate),
        items => Capacity::Strategy(cluster::strategy(items)),
    }
}

fn task(context: &Context<'_>, service: &document::Service) -> Task {
    let (cpu, memory) = size(service);
    let role = |written: &String| {
        let is_arn = written.starts_with("arn:");
        if is_arn {
            TaskRoleReference::Arn(written.clone())
        } else {
            TaskRoleReference::Name(written.clone())
        }
    };
    Task {
        family: context.names.physical(names::ECS, &service.name),
        cpu,
        memory,
        cpu_architecture: service.runtime_platform.cpu_architecture,
        operating_system_family: service.runtime_platform.operating_system_family,
        ephemeral_storage: service.ephemeral_storage.map(|size| size.0),
        task_role: service.task_role.as_ref().map(role),
        execution_role: execution_role(context, service),
        containers: container::resolve(service),
        volumes: service
            .volumes
            .iter()
            .map(|(name, written)| (name.clone(), volume(written)))
            .collect(),
        logging: logging(context, service),
    }
}

/// The task's CPU and memory; of two that are left out, the smallest that go together.
fn size(service: &document::Service) -> (u32, u32) {
    let cpu = service.cpu.map(|cpu| cpu.0);
    let memory = service.memory.map(|memory| memory.0);
    let cpu = cpu.or_else(|| memory.and_then(fargate::least_cpu)).unwrap_or(LEAST_CPU);
    let least_memory = || fargate::memory_sizes(cpu).and_then(|sizes| sizes.first().copied());
    (cpu, memory.or_else(least_memory).unwrap_or_default())
}

fn execution_role(context: &Context<'_>, service: &document::Service) -> ExecutionRole {
    match &service.execution_role {
        Some(arn) => ExecutionRole::Arn(arn.clone()),
        None => ExecutionRole::Managed {
            name: context.names.part(names::ROLE, &service.name, "execution"),
            path: context.names.role_path(),
        },
    }
}

fn volume(volume: &document::Volume) -> Volume {
    let Some(efs) = &volume.efs else { return Volume::Shared };
    Volume::Efs(EfsVolume {
        file_system: efs.file_system.clone(),
        access_point: efs.access_point.clone(),
        root_directory: efs.root_directory.clone().unwrap_or_else(|| "/".to_owned()),
        transit_encryption: efs.transit_encryption == Toggle::Enabled,
        iam: efs.iam == Some(Toggle::Enabled),
    })
}

fn logging(context: &Context<'_>, service: &document::Service) -> Logging {
    let logging = &service.logging;
    if logging.disabled {
        return Logging::Disabled;
    }
    let options = texts(&logging.options);
    let secret_options = logging.secret_options.clone();
    match logging.driver {
        LogDriver::Awslogs => {
            let stream_prefix = service.name.clone();
            Logging::CloudWatch {
                group: log_group(context, service),
                stream_prefix,
                options,
                secret_options,
            }
        }
        LogDriver::Splunk => Logging::Driver { driver: logging.driver, options, secret_options },
    }
}

fn log_group(context: &Context<'_>, service: &document::Service) -> LogGroup {
    match &service.logging.group {
        Some(name) => LogGroup::Existing { name: name.clone() },
        None => LogGroup::Managed {
            name: context.names.log_group(&service.name),
            retention: service.logging.retention.map_or(RETENTION, |days| days.0),
        },
    }
}

fn service_network(context: &Context<'_>, service: &document::Service) -> ServiceNetwork {
    let name = context.network_name(service.network.name.as_deref());
    let network = context.manifests.networks.get(&name);
    let network = network
        .map_or_else(network::implicit, |network| network::resolve(context, &network.document));
    let written = service.network.assign_public_ip;
    ServiceNetwork {
        assign_public_ip: written
            .map_or(network.assign_public_ip, |assign| assign == AssignPublicIp::Enabled),
        network: name,
        security_group_name: context.names.physical(names::SECURITY_GROUP, &service.name),
        security_groups: service
            .network
            .security_groups
            .iter()
            .map(|group| group.0.clone())
            .collect(),
    }
}

fn scaling(
    context: &Context<'_>,
    service: &document::Service,
    scaling: &crate::model::documents::scaling::Scaling,
) -> Scaling {
    let tracking = scaling.target_tracking.iter().map(|tracking| TargetTracking {
        policy_name: context.names.scaling_policy(&service.name, tracking.metric),
        metric: tracking.metric,
        target: tracking.target,
        scale_in_cooldown: tracking.scale_in_cooldown.0,
        scale_out_cooldown: tracking.scale_out_cooldown.0,
        disable_scale_in: tracking.disable_scale_in,
    });
    Scaling { min: scaling.min, max: scaling.max, target_tracking: tracking.collect() }
}
