//! What Amazon ECS changes in place, and what only a new revision or another resource has.

use serde_json::json;

use super::{ANOTHER, NOTHING, REPLACED, Table};
use crate::kinds::capacity_provider::CapacityProvider;
use crate::kinds::cluster::Cluster;
use crate::kinds::cluster_capacity_providers::ClusterCapacityProviders;
use crate::kinds::service::Service;
use crate::kinds::task_definition::TaskDefinition;

pub(super) fn tables() -> Vec<Table> {
    vec![cluster(), cluster_capacity_providers(), capacity_provider(), task_definition(), service()]
}

/// `capacity` is only read: [`cluster_capacity_providers`] writes it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html>
fn cluster() -> Table {
    Table::of::<Cluster>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/containerInsights", json!("enhanced"), "ecs:UpdateCluster"),
        ("/executeCommand/logging", json!("DEFAULT"), "ecs:UpdateCluster"),
        ("/executeCommand/kmsKey", json!("alias/others"), "ecs:UpdateCluster"),
        ("/executeCommand/logGroup", json!("/others"), "ecs:UpdateCluster"),
        ("/capacity", json!({"providers": [], "defaultStrategy": {}}), NOTHING),
        ("/tags/team", json!("shop"), "ecs:TagResource"),
        ("/tags", json!({}), "ecs:UntagResource"),
    ])
}

/// Both lists are written at once. A provider is taken away only when the services that use it have
/// moved, and so by a call of its own.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html>
fn cluster_capacity_providers() -> Table {
    let put = "ecs:PutClusterCapacityProviders + wait";
    Table::of::<ClusterCapacityProviders>(vec![
        ("/cluster", json!("arn:aws:ecs:eu-west-1:444455556666:cluster/other"), put),
        ("/name", json!("other"), ANOTHER),
        ("/capacityProviders", json!(["FARGATE", "FARGATE_SPOT", "general"]), put),
        ("/capacityProviders", json!(["FARGATE"]), put),
        ("/defaultCapacityProviderStrategy", json!({}), put),
    ])
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html>
fn capacity_provider() -> Table {
    let update = "ecs:UpdateCapacityProvider + wait";
    let group =
        "arn:aws:autoscaling:eu-west-1:444455556666:autoScalingGroup:2:autoScalingGroupName/b";
    Table::of::<CapacityProvider>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/autoScalingGroup", json!(group), REPLACED),
        ("/managedScaling/enabled", json!(false), update),
        ("/managedScaling/targetCapacity", json!(80), update),
        ("/managedScaling/minimumScalingStepSize", json!(2), update),
        ("/managedScaling/maximumScalingStepSize", json!(10), update),
        ("/managedScaling/instanceWarmupPeriod", json!(60), update),
        ("/managedTerminationProtection", json!(false), update),
        ("/managedDraining", json!(false), update),
        ("/tags/team", json!("shop"), "ecs:TagResource"),
        ("/tags", json!({}), "ecs:UntagResource"),
    ])
}

/// There is no operation that changes a revision, except for its tags.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-task-definition-console-v2.html>
fn task_definition() -> Table {
    let revision = "new revision by ecs:RegisterTaskDefinition";
    let windows = json!({"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"});
    Table::of::<TaskDefinition>(vec![
        ("/family", json!("other"), ANOTHER),
        ("/cpu", json!(1024), revision),
        ("/memory", json!(2048), revision),
        ("/networkMode", json!("bridge"), revision),
        ("/requiresCompatibilities", json!(["EC2"]), revision),
        ("/runtimePlatform", windows, revision),
        ("/pidMode", json!("host"), revision),
        ("/ipcMode", json!("host"), revision),
        ("/placementConstraints", json!(["attribute:ecs.os-type == linux"]), revision),
        ("/enableFaultInjection", json!(false), revision),
        ("/ephemeralStorage", json!(50), revision),
        ("/taskRole", json!("arn:aws:iam::444455556666:role/other"), revision),
        ("/executionRole", json!("arn:aws:iam::444455556666:role/other"), revision),
        ("/containers/app/image", json!("shop-web:2"), revision),
        ("/containers/app/environment/LOG_LEVEL", json!("debug"), revision),
        ("/containers/app/secrets", json!({}), revision),
        ("/containers/app/ports", json!({}), revision),
        ("/containers/app/logging/options", json!({}), revision),
        ("/volumes/uploads/efs/accessPoint", json!("fsap-4567"), revision),
        ("/tags/team", json!("shop"), "ecs:TagResource"),
        ("/tags", json!({}), "ecs:UntagResource"),
    ])
}

/// Its cluster and name are its key, and so make another service. Tag and capacity settings reach
/// only new tasks, which a forced deployment starts. `awsvpc` tells whether there is a network
/// configuration, which cannot be taken away. `returnsTo` is how to change the service, `rollout` how
/// its newest deployment goes.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
fn service() -> Table {
    let update = "ecs:UpdateService";
    let deployed = "ecs:UpdateService + wait for the deployment";
    let forced = "ecs:UpdateService (forceNewDeployment) + wait for the deployment";
    let cluster = "arn:aws:ecs:eu-west-1:444455556666:cluster/other";
    let revision = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:42";
    let constraints = json!([{"type": "distinctInstance", "expression": null}]);
    let spot = json!([{"provider": "FARGATE_SPOT", "weight": 1, "base": 0}]);
    Table::of::<Service>(vec![
        ("/cluster", json!(cluster), ANOTHER),
        ("/serviceName", json!("other"), ANOTHER),
        ("/schedulingStrategy", json!("DAEMON"), REPLACED),
        ("/launchType", json!("EC2"), REPLACED),
        ("/awsvpc", json!(false), REPLACED),
        ("/taskDefinition", json!(revision), deployed),
        ("/network/subnets", json!(["subnet-9"]), deployed),
        ("/network/securityGroups", json!(["sg-9"]), deployed),
        ("/network/assignPublicIp", json!("DISABLED"), deployed),
        ("/platformVersion", json!("1.4.0"), deployed),
        ("/loadBalancers", json!([]), deployed),
        ("/desiredCount", json!(3), "ecs:UpdateService + wait"),
        ("/deployment/strategy", json!("BLUE_GREEN"), update),
        ("/deployment/minimumHealthyPercent", json!(50), update),
        ("/deployment/maximumPercent", json!(150), update),
        ("/deployment/bakeTimeInMinutes", json!(5), update),
        ("/deployment/alarms/enable", json!(true), update),
        ("/deployment/circuitBreaker/rollback", json!(false), update),
        ("/deployment/earlySuccessCriteria/enable", json!(true), update),
        ("/placementConstraints", constraints, update),
        ("/placementStrategy", json!([{"type": "random", "field": null}]), update),
        ("/healthCheckGracePeriodSeconds", json!(90), update),
        ("/availabilityZoneRebalancing", json!("DISABLED"), update),
        ("/enableExecuteCommand", json!(false), forced),
        ("/enableECSManagedTags", json!(false), forced),
        ("/propagateTags", json!("NONE"), forced),
        ("/capacityProviderStrategy", spot, forced),
        ("/returnsTo", json!("FARGATE"), NOTHING),
        ("/rollout", json!("FAILED"), "wait for the deployment"),
        ("/tags/team", json!("shop"), "ecs:TagResource"),
        ("/tags", json!({}), "ecs:UntagResource"),
    ])
}
