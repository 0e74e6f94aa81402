//! Changes of running services, sent to ECS.

use aws_sdk_ecs::types as sdk;

use super::ServiceUpdate;
use crate::aws::{Aws, AwsError};
use crate::runtime::{HookAction, ScalingBounds, ServiceId, StopType, TaskDefinition};

/// Active revisions that are looked at for one that was meant.
const REVISIONS: i32 = 100;

pub(super) async fn update(
    aws: &Aws,
    id: &ServiceId,
    update: &ServiceUpdate,
) -> Result<String, AwsError> {
    let count = update.count.map(|count| i32::try_from(count).unwrap_or(i32::MAX));
    let request = aws
        .ecs
        .update_service()
        .cluster(&id.cluster)
        .service(&id.service)
        .set_task_definition(update.task_definition.clone())
        .set_desired_count(count)
        .set_force_new_deployment(update.forces_deployment.then_some(true));
    let reply = aws.write("ecs:UpdateService", || request.clone().send()).await?;
    let deployments = reply.service.and_then(|service| service.deployments).unwrap_or_default();
    let is_primary = |found: &sdk::Deployment| found.status.as_deref() == Some("PRIMARY");
    let primary = deployments.into_iter().find(is_primary);
    Ok(primary.and_then(|primary| primary.id).unwrap_or_default())
}

pub(super) async fn stop(aws: &Aws, deployment: &str, how: StopType) -> Result<(), AwsError> {
    let request = aws
        .ecs
        .stop_service_deployment()
        .service_deployment_arn(deployment)
        .stop_type(how.word().into());
    aws.write("ecs:StopServiceDeployment", || request.clone().send()).await.map(drop)
}

pub(super) async fn proceed(
    aws: &Aws,
    deployment: &str,
    hook: &str,
    action: HookAction,
) -> Result<(), AwsError> {
    let request = aws
        .ecs
        .continue_service_deployment()
        .service_deployment_arn(deployment)
        .hook_id(hook)
        .action(action.word().into());
    aws.write("ecs:ContinueServiceDeployment", || request.clone().send()).await.map(drop)
}

pub(super) async fn task_definition(
    aws: &Aws,
    revision: &str,
) -> Result<Option<TaskDefinition>, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(revision);
    let reply = match aws.read("ecs:DescribeTaskDefinition", request.send()).await {
        Ok(reply) => reply,
        // There is no such revision.
        Err(error) if error.is_code("ClientException") => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(reply.task_definition.map(|read| TaskDefinition {
        arn: read.task_definition_arn.unwrap_or_default(),
        is_active: read.status == Some(sdk::TaskDefinitionStatus::Active),
        images: read
            .container_definitions
            .unwrap_or_default()
            .into_iter()
            .filter_map(|container| Some((container.name?, container.image.unwrap_or_default())))
            .collect(),
    }))
}

pub(super) async fn active_revisions(aws: &Aws, family: &str) -> Result<Vec<String>, AwsError> {
    let request = aws
        .ecs
        .list_task_definitions()
        .family_prefix(family)
        .status(sdk::TaskDefinitionStatus::Active)
        .sort(sdk::SortOrder::Desc)
        .max_results(REVISIONS);
    let reply = aws.read("ecs:ListTaskDefinitions", request.send()).await?;
    Ok(reply.task_definition_arns.unwrap_or_default())
}

pub(super) async fn scaling_bounds(
    aws: &Aws,
    id: &ServiceId,
) -> Result<Option<ScalingBounds>, AwsError> {
    use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
    let request = aws
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .resource_ids(super::resource_id(id));
    let operation = "application-autoscaling:DescribeScalableTargets";
    let reply = aws.read(operation, request.send()).await?;
    let found = reply.scalable_targets.unwrap_or_default().into_iter().next();
    Ok(found.map(|found| ScalingBounds {
        min: super::count(found.min_capacity),
        max: super::count(found.max_capacity),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::aws::replay::{Replay, json as reply};

    fn id() -> ServiceId {
        ServiceId { cluster: "arn:cluster/main".to_owned(), service: "web".to_owned() }
    }

    /// What one call sends, which is answered with `answer`.
    async fn sent<T>(answer: Json, call: impl AsyncFnOnce(&Aws) -> T) -> (Json, T) {
        let replay = Replay::new([reply(200, &answer.to_string())]);
        let found = call(&replay.aws()).await;
        let bodies = replay.bodies();
        assert_eq!(bodies.len(), 1);
        (serde_json::from_str(&bodies[0]).unwrap(), found)
    }

    #[tokio::test]
    async fn an_update_sends_what_is_given_and_nothing_else() {
        let none = ServiceUpdate::default();
        let task_definition = Some("arn:42".to_owned());
        let table = [
            (
                ServiceUpdate { task_definition, ..none.clone() },
                json!({"taskDefinition": "arn:42"}),
            ),
            (ServiceUpdate { count: Some(0), ..none.clone() }, json!({"desiredCount": 0})),
            (
                ServiceUpdate { forces_deployment: true, ..none },
                json!({"forceNewDeployment": true}),
            ),
        ];
        for (wanted, mut body) in table {
            body["cluster"] = json!("arn:cluster/main");
            body["service"] = json!("web");
            let answer = json!({"service": {"deployments": [
                {"id": "ecs-svc/1", "status": "ACTIVE"}, {"id": "ecs-svc/2", "status": "PRIMARY"}
            ]}});
            let (sent, id) = sent(answer, async |aws| update(aws, &id(), &wanted).await).await;
            assert_eq!((sent, id.unwrap()), (body, "ecs-svc/2".to_owned()));
        }
    }

    #[tokio::test]
    async fn a_deployment_is_stopped_and_resumed_by_its_arn() {
        for (how, word) in [(StopType::Abort, "ABORT"), (StopType::Rollback, "ROLLBACK")] {
            let (sent, _) = sent(json!({}), async |aws| stop(aws, "arn:1", how).await).await;
            assert_eq!(sent, json!({"serviceDeploymentArn": "arn:1", "stopType": word}));
        }
        let actions = [(HookAction::Continue, "CONTINUE"), (HookAction::Rollback, "ROLLBACK")];
        for (action, word) in actions {
            let call = async |aws: &Aws| proceed(aws, "arn:1", "approve", action).await;
            let (sent, _) = sent(json!({}), call).await;
            let body =
                json!({"serviceDeploymentArn": "arn:1", "hookId": "approve", "action": word});
            assert_eq!(sent, body);
        }
    }

    #[tokio::test]
    async fn a_revision_has_its_images_and_whether_it_can_be_used() {
        let answer = json!({"taskDefinition": {
            "taskDefinitionArn": "arn:42", "status": "INACTIVE",
            "containerDefinitions": [{"name": "app", "image": "shop:1"}]
        }});
        let (_, found) = sent(answer, async |aws| task_definition(aws, "arn:42").await).await;
        let found = found.unwrap().unwrap();
        assert!(!found.is_active);
        assert_eq!(found.images["app"], "shop:1");
    }

    #[tokio::test]
    async fn bounds_are_those_of_the_services_own_target() {
        let answer = json!({"ScalableTargets": [{
            "ServiceNamespace": "ecs", "ResourceId": "service/main/web", "MinCapacity": 2, "MaxCapacity": 10,
            "ScalableDimension": "ecs:service:DesiredCount", "RoleARN": "arn:role", "CreationTime": 0
        }]});
        let (sent, found) = sent(answer, async |aws| scaling_bounds(aws, &id()).await).await;
        assert_eq!(sent["ResourceIds"], json!(["service/main/web"]));
        assert_eq!(found.unwrap(), Some(ScalingBounds { min: 2, max: 10 }));
    }
}
