//! Which services exist, among those wanted and those that the scope's tags are on.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;

use super::deployment::Deployment;
use super::load_balancer::LoadBalancer;
use super::placement;
use super::request::{is_gone, outputs};
use super::spec::{DAEMON, Network, RolloutState, ServiceSpec, StrategyItem};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, LiveRow, Marks, Survey};
use crate::kinds::shared::ecs::tags;
use crate::kinds::task_definition;
use crate::value::Resolvable;

/// `DescribeServices` takes at most 10.
const SERVICES_PER_CALL: usize = 10;

/// Names of services by the ARN of their cluster.
type Names = BTreeMap<String, BTreeSet<String>>;

pub(super) async fn rows(
    survey: &Survey<'_>,
    wanted: &[ServiceSpec],
    clusters: &[LiveRow],
) -> Result<Vec<Live<ServiceSpec>>, AwsError> {
    let mut names = Names::new();
    for spec in wanted {
        for cluster in clusters_of(spec, clusters) {
            names.entry(cluster).or_default().insert(spec.service_name.clone());
        }
    }
    for (cluster, service) in survey.owned().await?.keys().filter_map(|arn| names_in(arn)) {
        names.entry(cluster).or_default().insert(service);
    }
    let services = described(survey.aws, &names).await?;
    let rows = services.into_iter().map(|service| live(survey, wanted, service));
    Ok(try_join_all(rows).await?.into_iter().flatten().collect())
}

/// Where a wanted service may be. Its cluster is often a reference still, to a live one by its
/// address; one that bears no address may become it by adoption.
fn clusters_of(spec: &ServiceSpec, clusters: &[LiveRow]) -> Vec<String> {
    let reference = match &spec.cluster {
        Resolvable::Known(arn) => return vec![arn.clone()],
        Resolvable::Reference(reference) => reference,
        Resolvable::Digest(_) => return vec![],
    };
    let may_be = |row: &&LiveRow| {
        row.marks.resource.as_ref().is_none_or(|address| address == reference.address())
    };
    clusters.iter().filter(may_be).filter_map(|row| row.outputs.get("arn")).cloned().collect()
}

/// The cluster's ARN and the service's name in `arn:…:service/cluster/name`.
fn names_in(arn: &str) -> Option<(String, String)> {
    let (prefix, resource) = arn.split_once(":service/")?;
    let (cluster, service) = resource.split_once('/')?;
    prefix.contains(":ecs:").then(|| (format!("{prefix}:cluster/{cluster}"), service.to_owned()))
}

async fn described(aws: &Aws, names: &Names) -> Result<Vec<sdk::Service>, AwsError> {
    let batches = names.iter().flat_map(|(cluster, names)| {
        let names: Vec<String> = names.iter().cloned().collect();
        let batches: Vec<Vec<String>> =
            names.chunks(SERVICES_PER_CALL).map(<[String]>::to_vec).collect();
        batches.into_iter().map(move |batch| describe(aws, cluster, batch))
    });
    Ok(try_join_all(batches).await?.into_iter().flatten().collect())
}

/// Reads services with their tags; those that are missing are left out.
pub(super) async fn describe(
    aws: &Aws,
    cluster: &str,
    names: Vec<String>,
) -> Result<Vec<sdk::Service>, AwsError> {
    let request = aws
        .ecs
        .describe_services()
        .cluster(cluster)
        .set_services(Some(names))
        .include(sdk::ServiceField::Tags);
    match aws.read("ecs:DescribeServices", request.send()).await {
        Ok(reply) => Ok(reply.services.unwrap_or_default()),
        // The tagging API names what was deleted for some time, clusters too.
        Err(error) if is_gone(&error) => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// A service that drains counts as gone: creating it anew waits until it is.
async fn live(
    survey: &Survey<'_>,
    wanted: &[ServiceSpec],
    service: sdk::Service,
) -> Result<Option<Live<ServiceSpec>>, AwsError> {
    if service.status.as_deref() != Some("ACTIVE") {
        return Ok(None);
    }
    let wanted =
        wanted.iter().find(|spec| Some(&spec.service_name) == service.service_name.as_ref());
    let outputs = outputs(&service);
    let task_definition =
        task_definition_arn(survey.aws, service.task_definition.as_deref().unwrap_or_default());
    let task_definition = task_definition.await?;
    let target_groups = shifted_between(survey, &service).await?;
    let spec = spec(service, task_definition, wanted, &target_groups);
    let is_ours = wanted.is_some() || survey.owns(&spec.tags);
    let marks = Marks::of(&spec.tags);
    Ok(is_ours.then_some(Live { spec, outputs, marks, depth: Depth::Full }))
}

/// The target groups, where ECS shifts requests between two of them.
async fn shifted_between(
    survey: &Survey<'_>,
    service: &sdk::Service,
) -> Result<Vec<LiveRow>, AwsError> {
    let is_shifted = |entry: &sdk::LoadBalancer| entry.advanced_configuration.is_some();
    if service.load_balancers.iter().flatten().any(is_shifted) {
        Ok(survey.rows("target-group").await?.to_vec())
    } else {
        Ok(vec![])
    }
}

/// AWS gives an ARN; moto gives back what it was sent.
async fn task_definition_arn(aws: &Aws, text: &str) -> Result<String, AwsError> {
    if text.starts_with("arn:") {
        Ok(text.to_owned())
    } else if text.contains(':') {
        Ok(aws.arn("ecs", &format!("task-definition/{text}")))
    } else {
        let newest = task_definition::newest_arn(aws, text).await?;
        Ok(newest.unwrap_or_else(|| text.to_owned()))
    }
}

fn spec(
    read: sdk::Service,
    task_definition: String,
    wanted: Option<&ServiceSpec>,
    target_groups: &[LiveRow],
) -> ServiceSpec {
    let strategy = read.capacity_provider_strategy.unwrap_or_default();
    // moto names a launch type beside it.
    let launch_type = read.launch_type.filter(|_| strategy.is_empty());
    let scheduling = read.scheduling_strategy.unwrap_or(sdk::SchedulingStrategy::Replica);
    let is_replica = scheduling.as_str() != DAEMON;
    let network = read.network_configuration.and_then(network);
    let rollout = rollout(read.deployments.as_deref().unwrap_or_default());
    ServiceSpec {
        cluster: read.cluster_arn.unwrap_or_default().into(),
        service_name: read.service_name.unwrap_or_default(),
        task_definition: task_definition.into(),
        desired_count: is_replica.then(|| count(read.desired_count)),
        launch_type: launch_type.map(|launch_type| launch_type.as_str().to_owned()),
        capacity_provider_strategy: strategy.into_iter().map(strategy_item).collect(),
        returns_to: None,
        platform_version: platform_version(read.platform_version, wanted),
        awsvpc: Some(network.is_some()),
        network,
        placement_strategy: placement::strategies(read.placement_strategy),
        placement_constraints: placement::constraints(read.placement_constraints),
        load_balancers: read
            .load_balancers
            .unwrap_or_default()
            .into_iter()
            .filter_map(|read| LoadBalancer::read(read, target_groups))
            .collect(),
        deployment: Deployment::read(read.deployment_configuration),
        health_check_grace_period_seconds: Some(
            read.health_check_grace_period_seconds.map_or(0, count),
        ),
        enable_execute_command: read.enable_execute_command,
        enable_ecs_managed_tags: read.enable_ecs_managed_tags,
        propagate_tags: read
            .propagate_tags
            .map_or("NONE".to_owned(), |tags| tags.as_str().to_owned()),
        availability_zone_rebalancing: read
            .availability_zone_rebalancing
            .map(|rebalancing| rebalancing.as_str().to_owned()),
        scheduling_strategy: scheduling.as_str().to_owned(),
        rollout,
        tags: tags(read.tags),
    }
}

/// Old services, and those of other deployment controllers, have no rollout state: nothing is to be
/// waited for.
fn rollout(deployments: &[sdk::Deployment]) -> RolloutState {
    let primary = deployments.iter().find(|found| found.status.as_deref() == Some("PRIMARY"));
    match primary.and_then(|primary| primary.rollout_state.as_ref()) {
        Some(sdk::DeploymentRolloutState::Failed) => RolloutState::Failed,
        Some(sdk::DeploymentRolloutState::InProgress) => RolloutState::InProgress,
        _ => RolloutState::Completed,
    }
}

/// `LATEST` may read back as the version that it stands for.
fn platform_version(read: Option<String>, wanted: Option<&ServiceSpec>) -> Option<String> {
    let latest = wanted.and_then(|spec| spec.platform_version.clone());
    let latest = latest.filter(|version| version == "LATEST" && read.is_some());
    latest.or(read)
}

fn strategy_item(read: sdk::CapacityProviderStrategyItem) -> StrategyItem {
    let (weight, base) = (count(read.weight), count(read.base));
    StrategyItem { provider: read.capacity_provider, weight, base }
}

fn network(read: sdk::NetworkConfiguration) -> Option<Network> {
    let read = read.awsvpc_configuration?;
    let groups = read.security_groups.unwrap_or_default();
    let public = read.assign_public_ip;
    Some(Network {
        subnets: read.subnets.into_iter().collect(),
        security_groups: groups.into_iter().map(Into::into).collect(),
        assign_public_ip: public.map_or("DISABLED".to_owned(), |flag| flag.as_str().to_owned()),
    })
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
