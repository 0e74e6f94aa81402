//! What an update of each property costs, as AWS documents `UpdateService`.

use super::*;
use crate::semantics::effects;

/// Its cluster and name are its key, and so make another service. Tag and capacity settings reach
/// only new tasks, which a forced deployment starts.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
#[test]
fn each_property_costs_what_aws_documents() {
    let strategy = json!([{"provider": "FARGATE_SPOT", "weight": 1, "base": 0}]);
    let deployment = json!({
        "strategy": "BLUE_GREEN", "minimumHealthyPercent": 50, "maximumPercent": 150,
    });
    let changes = [
        ("/schedulingStrategy", json!("DAEMON")),
        ("/launchType", json!("EC2")),
        ("/awsvpc", json!(false)),
        ("/taskDefinition", json!(format!("{FAMILY}:42"))),
        ("/network/subnets", json!(["subnet-9"])),
        ("/network/securityGroups", json!(["sg-9"])),
        ("/network/assignPublicIp", json!("DISABLED")),
        ("/platformVersion", json!("1.4.0")),
        ("/loadBalancers", json!([])),
        ("/desiredCount", json!(3)),
        ("/deployment/strategy", deployment["strategy"].clone()),
        ("/deployment/minimumHealthyPercent", deployment["minimumHealthyPercent"].clone()),
        ("/deployment/maximumPercent", deployment["maximumPercent"].clone()),
        ("/deployment/bakeTimeInMinutes", json!(5)),
        ("/deployment/alarms/enable", json!(true)),
        ("/deployment/circuitBreaker/rollback", json!(false)),
        ("/deployment/earlySuccessCriteria/enable", json!(true)),
        ("/placementConstraints", json!([{"type": "distinctInstance", "expression": null}])),
        ("/placementStrategy", json!([{"type": "random", "field": null}])),
        ("/healthCheckGracePeriodSeconds", json!(90)),
        ("/availabilityZoneRebalancing", json!("DISABLED")),
        ("/enableExecuteCommand", json!(false)),
        ("/enableECSManagedTags", json!(false)),
        ("/propagateTags", json!("NONE")),
        ("/capacityProviderStrategy", strategy),
        ("/tags/team", json!("shop")),
        ("/tags", json!({})),
    ];
    insta::assert_snapshot!(effects::<Service>(&changes), @r"
    service.schedulingStrategy → replaced
    service.launchType → replaced
    service.awsvpc → replaced
    service.taskDefinition → ecs:UpdateService + wait for the deployment
    service.network.subnets → ecs:UpdateService + wait for the deployment
    service.network.securityGroups → ecs:UpdateService + wait for the deployment
    service.network.assignPublicIp → ecs:UpdateService + wait for the deployment
    service.platformVersion → ecs:UpdateService + wait for the deployment
    service.loadBalancers → ecs:UpdateService + wait for the deployment
    service.desiredCount → ecs:UpdateService + wait
    service.deployment.strategy → ecs:UpdateService
    service.deployment.minimumHealthyPercent → ecs:UpdateService
    service.deployment.maximumPercent → ecs:UpdateService
    service.deployment.bakeTimeInMinutes → ecs:UpdateService
    service.deployment.alarms.enable → ecs:UpdateService
    service.deployment.circuitBreaker.rollback → ecs:UpdateService
    service.deployment.earlySuccessCriteria.enable → ecs:UpdateService
    service.placementConstraints → ecs:UpdateService
    service.placementStrategy → ecs:UpdateService
    service.healthCheckGracePeriodSeconds → ecs:UpdateService
    service.availabilityZoneRebalancing → ecs:UpdateService
    service.enableExecuteCommand → ecs:UpdateService (forceNewDeployment) + wait for the deployment
    service.enableECSManagedTags → ecs:UpdateService (forceNewDeployment) + wait for the deployment
    service.propagateTags → ecs:UpdateService (forceNewDeployment) + wait for the deployment
    service.capacityProviderStrategy → ecs:UpdateService (forceNewDeployment) + wait for the deployment
    service.tags.team → ecs:TagResource
    service.tags → ecs:UntagResource
    ");
}
