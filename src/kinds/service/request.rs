//! Sending the writes of a service.

use aws_sdk_ecs::types as sdk;
use serde_json::json;

use super::load_balancer::LoadBalancer;
use super::placement::{PlacementConstraint, PlacementStrategy};
use super::spec::{Network, ServiceSpec, StrategyItem};
use crate::aws::{Aws, AwsError};
use crate::kind::Outputs;
use crate::kinds::shared::ecs::sdk_tags;
use crate::value::digest_of;

pub(super) const COMPLETE: &str = "all that the builder asks for is given";

/// Its client token is made of the whole spec: a repeated request is the same intent, and one after
/// a deletion is not, since it names another revision of the task definition.
pub(super) async fn create(aws: &Aws, spec: &ServiceSpec) -> Result<Outputs, AwsError> {
    let strategy = Some(strategy(spec)).filter(|items| !items.is_empty());
    let request = aws
        .ecs
        .create_service()
        .client_token(digest_of(&json!(spec)))
        .cluster(spec.cluster.text())
        .service_name(&spec.service_name)
        .task_definition(spec.task_definition.text())
        .set_desired_count(spec.desired_count.map(int))
        .set_launch_type(spec.launch_type.as_deref().map(Into::into))
        .set_capacity_provider_strategy(strategy)
        .set_platform_version(spec.platform_version.clone())
        .set_network_configuration(spec.network.as_ref().map(network))
        .set_load_balancers(Some(load_balancers(spec)).filter(|list| !list.is_empty()))
        // Fargate refuses even empty ones.
        .set_placement_strategy(Some(placement_strategy(spec)).filter(|list| !list.is_empty()))
        .set_placement_constraints(
            Some(placement_constraints(spec)).filter(|list| !list.is_empty()),
        )
        .deployment_configuration(spec.deployment.on_creation())
        .set_health_check_grace_period_seconds(spec.health_check_grace_period_seconds.map(int))
        .enable_execute_command(spec.enable_execute_command)
        .enable_ecs_managed_tags(spec.enable_ecs_managed_tags)
        .propagate_tags(spec.propagate_tags.as_str().into())
        .set_availability_zone_rebalancing(
            spec.availability_zone_rebalancing.as_deref().map(Into::into),
        )
        .scheduling_strategy(spec.scheduling_strategy.as_str().into())
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply = aws.write("ecs:CreateService", || request.clone().send()).await?;
    Ok(reply.service.map(|service| outputs(&service)).unwrap_or_default())
}

pub(super) async fn update(
    aws: &Aws,
    spec: &ServiceSpec,
    fields: &[String],
    force_new_deployment: bool,
) -> Result<Outputs, AwsError> {
    let mut request = aws
        .ecs
        .update_service()
        .cluster(spec.cluster.text())
        .service(&spec.service_name)
        .set_force_new_deployment(force_new_deployment.then_some(true));
    for field in fields {
        request = match field.as_str() {
            "taskDefinition" => request.task_definition(spec.task_definition.text()),
            "desiredCount" => request.set_desired_count(spec.desired_count.map(int)),
            "capacityProviderStrategy" => {
                request.set_capacity_provider_strategy(Some(strategy(spec)))
            }
            "placementStrategy" => request.set_placement_strategy(Some(placement_strategy(spec))),
            "placementConstraints" => {
                request.set_placement_constraints(Some(placement_constraints(spec)))
            }
            "platformVersion" => request.set_platform_version(spec.platform_version.clone()),
            "network" => request.set_network_configuration(spec.network.as_ref().map(network)),
            "loadBalancers" => request.set_load_balancers(Some(load_balancers(spec))),
            "deployment" => request.deployment_configuration(spec.deployment.sdk()),
            "healthCheckGracePeriodSeconds" => request.set_health_check_grace_period_seconds(
                spec.health_check_grace_period_seconds.map(int),
            ),
            "enableExecuteCommand" => request.enable_execute_command(spec.enable_execute_command),
            "enableECSManagedTags" => request.enable_ecs_managed_tags(spec.enable_ecs_managed_tags),
            "propagateTags" => request.propagate_tags(spec.propagate_tags.as_str().into()),
            "availabilityZoneRebalancing" => request.set_availability_zone_rebalancing(
                spec.availability_zone_rebalancing.as_deref().map(Into::into),
            ),
            // Those that identify or replace the service are never part of an update.
            _ => request,
        };
    }
    let reply = aws.write("ecs:UpdateService", || request.clone().send()).await?;
    Ok(reply.service.map(|service| outputs(&service)).unwrap_or_default())
}

pub(super) async fn delete(aws: &Aws, cluster: &str, service: &str) -> Result<Outputs, AwsError> {
    let request = aws.ecs.delete_service().cluster(cluster).service(service).force(true);
    match aws.write("ecs:DeleteService", || request.clone().send()).await {
        Err(error) if !is_gone(&error) => Err(error),
        Ok(_) | Err(_) => Ok(Outputs::new()),
    }
}

/// Whether there is nothing left to delete.
pub(super) fn is_gone(error: &AwsError) -> bool {
    ["ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"]
        .into_iter()
        .any(|code| error.is_code(code))
}

/// The ARN, and the id of the deployment that the last write started.
pub(super) fn outputs(service: &sdk::Service) -> Outputs {
    let deployments = service.deployments.as_deref().unwrap_or_default();
    let primary = deployments.iter().find(|found| found.status.as_deref() == Some("PRIMARY"));
    let deployment = primary.and_then(|primary| primary.id.clone());
    let arn = service.service_arn.clone().map(|arn| ("arn".to_owned(), arn));
    arn.into_iter().chain(deployment.map(|id| ("deployment".to_owned(), id))).collect()
}

fn strategy(spec: &ServiceSpec) -> Vec<sdk::CapacityProviderStrategyItem> {
    spec.capacity_provider_strategy.0.iter().map(item).collect()
}

fn item(item: &StrategyItem) -> sdk::CapacityProviderStrategyItem {
    sdk::CapacityProviderStrategyItem::builder()
        .capacity_provider(&item.provider)
        .weight(int(item.weight))
        .base(int(item.base))
        .build()
        .expect(COMPLETE)
}

fn placement_strategy(spec: &ServiceSpec) -> Vec<sdk::PlacementStrategy> {
    spec.placement_strategy.iter().map(PlacementStrategy::sdk).collect()
}

fn placement_constraints(spec: &ServiceSpec) -> Vec<sdk::PlacementConstraint> {
    spec.placement_constraints.0.iter().map(PlacementConstraint::sdk).collect()
}

fn network(network: &Network) -> sdk::NetworkConfiguration {
    let groups = network.security_groups.0.iter().map(|group| group.text().to_owned());
    let configuration = sdk::AwsVpcConfiguration::builder()
        .set_subnets(Some(network.subnets.0.iter().cloned().collect()))
        .set_security_groups(Some(groups.collect()))
        .assign_public_ip(network.assign_public_ip.as_str().into())
        .build()
        .expect(COMPLETE);
    sdk::NetworkConfiguration::builder().awsvpc_configuration(configuration).build()
}

fn load_balancers(spec: &ServiceSpec) -> Vec<sdk::LoadBalancer> {
    spec.load_balancers.0.iter().map(LoadBalancer::sdk).collect()
}

/// AWS's integers are signed; manifests hold none that would not fit.
pub(super) fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
