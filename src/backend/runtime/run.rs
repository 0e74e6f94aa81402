//! Tasks that are started and stopped one by one.

use std::time::Duration;

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;
use serde_json::json;

use super::super::Backend;
use super::{log, task};
use crate::aws::{Aws, AwsError};
use crate::runtime::{
    ContainerOverride, Launch, LaunchNetwork, Launched, Overrides, Placement, Refusal, Runnable,
    RunnableContainer, Task,
};
use crate::value::digest_of;

/// `RunTask` starts at most 10.
pub const TASKS_PER_RUN: u32 = 10;

/// `DescribeTasks` takes at most 100.
const TASKS_PER_CALL: usize = 100;

const COMPLETE: &str = "all that the builder asks for is given";

impl Backend {
    /// What a task definition says of running it, by ARN.
    pub async fn runnable(&self, task_definition: &str) -> Result<Runnable, AwsError> {
        match self {
            Self::Live(aws) => runnable(aws, task_definition).await,
            Self::Mock(account) => Ok(account.runnable(task_definition)),
        }
    }

    /// A token for `run_tasks` that nothing else was started with.
    pub fn run_token(&self, launch: &Launch) -> String {
        match self {
            Self::Live(_) => {
                let (now, process) = (self.now().as_nanosecond(), std::process::id());
                digest_of(&json!([launch, now.to_string(), process]))
            }
            Self::Mock(account) => account.run_token(launch),
        }
    }

    /// Starts at most [`TASKS_PER_RUN`] tasks. The same token never starts them twice.
    pub async fn run_tasks(
        &self,
        launch: &Launch,
        count: u32,
        token: &str,
    ) -> Result<Launched, AwsError> {
        match self {
            Self::Live(aws) => run(aws, launch, count, token).await,
            Self::Mock(account) => account.run_tasks(launch, count, token),
        }
    }

    /// Tasks by ARN, in the order of their ARNs; those that ECS does not know are left out.
    pub async fn tasks_by_arn(
        &self,
        cluster: &str,
        arns: &[String],
    ) -> Result<Vec<Task>, AwsError> {
        match self {
            Self::Live(aws) => by_arn(aws, cluster, arns).await,
            Self::Mock(account) => Ok(account.tasks_by_arn(arns)),
        }
    }

    /// Waits for so long while tasks run; virtual time passes at once.
    pub async fn let_pass(&self, time: Duration) {
        match self {
            Self::Live(_) => tokio::time::sleep(time).await,
            Self::Mock(account) => account.let_pass(time).await,
        }
    }
}

async fn runnable(aws: &Aws, task_definition: &str) -> Result<Runnable, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(task_definition);
    let reply = aws.read("ecs:DescribeTaskDefinition", request.send()).await?;
    let definition = reply.task_definition;
    let containers = definition.and_then(|it| it.container_definitions).unwrap_or_default();
    let container = |read: &sdk::ContainerDefinition| RunnableContainer {
        name: read.name.clone().unwrap_or_default(),
        is_essential: read.essential.unwrap_or(true),
    };
    Ok(Runnable {
        containers: containers.iter().map(container).collect(),
        logs: containers.into_iter().filter_map(|read| log::container(read).source).collect(),
    })
}

async fn run(aws: &Aws, launch: &Launch, count: u32, token: &str) -> Result<Launched, AwsError> {
    let Placement { cluster, task_definition, launch_type, platform_version, .. } =
        &launch.placement;
    let given = |count: usize| count > 0;
    let strategy = strategy(&launch.placement);
    let preferences = preferences(&launch.placement);
    let constraints = constraints(&launch.placement);
    let tags: Vec<sdk::Tag> = launch
        .tags
        .iter()
        .map(|(key, value)| sdk::Tag::builder().key(key).value(value).build())
        .collect();
    let request = aws
        .ecs
        .run_task()
        .client_token(token)
        .cluster(cluster)
        .task_definition(task_definition)
        .count(int(count))
        .set_launch_type(launch_type.as_deref().map(Into::into))
        .set_capacity_provider_strategy(Some(strategy).filter(|it| given(it.len())))
        .set_platform_version(platform_version.clone())
        .set_network_configuration(launch.placement.network.as_ref().map(network))
        // Fargate refuses even empty ones.
        .set_placement_strategy(Some(preferences).filter(|it| given(it.len())))
        .set_placement_constraints(Some(constraints).filter(|it| given(it.len())))
        .set_overrides(overrides(&launch.overrides))
        .enable_execute_command(launch.placement.enable_execute_command)
        .enable_ecs_managed_tags(true)
        .set_propagate_tags(launch.propagates_tags.then_some(sdk::PropagateTags::TaskDefinition))
        .started_by(&launch.started_by)
        .set_tags(Some(tags).filter(|it| given(it.len())));
    let reply = aws.write("ecs:RunTask", || request.clone().send()).await?;
    Ok(Launched {
        tasks: reply.tasks.unwrap_or_default().into_iter().map(task::task).collect(),
        refusals: reply.failures.unwrap_or_default().into_iter().map(refusal).collect(),
    })
}

async fn by_arn(aws: &Aws, cluster: &str, arns: &[String]) -> Result<Vec<Task>, AwsError> {
    let batches = arns.chunks(TASKS_PER_CALL).map(|batch| async move {
        let request = aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(batch.to_vec()));
        aws.read("ecs:DescribeTasks", request.send()).await
    });
    let replies = try_join_all(batches).await?.into_iter();
    let mut tasks: Vec<Task> =
        replies.flat_map(|reply| reply.tasks.unwrap_or_default()).map(task::task).collect();
    tasks.sort_by(|a, b| a.arn.cmp(&b.arn));
    Ok(tasks)
}

fn refusal(read: sdk::Failure) -> Refusal {
    Refusal { reason: read.reason.unwrap_or_default(), arn: read.arn, detail: read.detail }
}

fn strategy(placement: &Placement) -> Vec<sdk::CapacityProviderStrategyItem> {
    let items = placement.capacity_provider_strategy.iter().map(|share| {
        sdk::CapacityProviderStrategyItem::builder()
            .capacity_provider(&share.provider)
            .weight(int(share.weight))
            .base(int(share.base))
            .build()
            .expect(COMPLETE)
    });
    items.collect()
}

fn preferences(placement: &Placement) -> Vec<sdk::PlacementStrategy> {
    let preferences = placement.placement_strategy.iter().map(|preference| {
        let strategy = sdk::PlacementStrategy::builder().r#type(preference.kind.as_str().into());
        strategy.set_field(preference.field.clone()).build()
    });
    preferences.collect()
}

fn constraints(placement: &Placement) -> Vec<sdk::PlacementConstraint> {
    let constraints = placement.placement_constraints.iter().map(|constraint| {
        let built = sdk::PlacementConstraint::builder().r#type(constraint.kind.as_str().into());
        built.set_expression(constraint.expression.clone()).build()
    });
    constraints.collect()
}

fn network(network: &LaunchNetwork) -> sdk::NetworkConfiguration {
    let configuration = sdk::AwsVpcConfiguration::builder()
        .set_subnets(Some(network.subnets.clone()))
        .set_security_groups(Some(network.security_groups.clone()))
        .assign_public_ip(network.assign_public_ip.as_str().into())
        .build()
        .expect(COMPLETE);
    sdk::NetworkConfiguration::builder().awsvpc_configuration(configuration).build()
}

fn overrides(overrides: &Overrides) -> Option<sdk::TaskOverride> {
    if *overrides == Overrides::default() {
        return None;
    }
    let containers = overrides.container.as_ref().map(|container| vec![of_container(container)]);
    let built = sdk::TaskOverride::builder()
        .set_cpu(overrides.cpu.map(|units| units.to_string()))
        .set_memory(overrides.memory.map(|size| size.to_string()))
        .set_container_overrides(containers);
    Some(built.build())
}

fn of_container(container: &ContainerOverride) -> sdk::ContainerOverride {
    let command = Some(container.command.clone()).filter(|command| !command.is_empty());
    let pair = |(name, value): (&String, &String)| {
        sdk::KeyValuePair::builder().name(name).value(value).build()
    };
    let environment: Vec<_> = container.environment.iter().map(pair).collect();
    sdk::ContainerOverride::builder()
        .name(&container.name)
        .set_command(command)
        .set_environment(Some(environment).filter(|all| !all.is_empty()))
        .build()
}

/// AWS's integers are signed; none here would not fit.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
