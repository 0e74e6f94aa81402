//! Revisions of task definitions, read from ECS.

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;

use super::{count, timestamp};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::runtime::{Definition, Image, short};

/// The largest page of `ListTaskDefinitions`.
const REVISIONS_PER_CALL: usize = 100;

pub(super) async fn read(aws: &Aws, arns: &[String]) -> Result<Vec<Definition>, AwsError> {
    let found = try_join_all(arns.iter().map(|arn| describe(aws, arn))).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn describe(aws: &Aws, arn: &str) -> Result<Option<Definition>, AwsError> {
    let request = aws.ecs.describe_task_definition().task_definition(arn);
    match aws.read("ecs:DescribeTaskDefinition", request.send()).await {
        Ok(reply) => Ok(reply.task_definition.map(definition)),
        // A revision that was deleted, which ECS calls invalid.
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Invalid) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `familyPrefix` is the whole name of a family on AWS, and a prefix elsewhere.
pub(super) async fn family(aws: &Aws, family: &str, limit: usize) -> Result<Vec<String>, AwsError> {
    let mut found: Vec<String> = vec![];
    let mut next = None;
    while found.len() < limit {
        let page = i32::try_from(limit.min(REVISIONS_PER_CALL)).unwrap_or(i32::MAX);
        let request = aws
            .ecs
            .list_task_definitions()
            .family_prefix(family)
            .sort(sdk::SortOrder::Desc)
            .max_results(page)
            .set_next_token(next.take());
        let reply = aws.read("ecs:ListTaskDefinitions", request.send()).await?;
        let is_of_family =
            |arn: &String| short(arn).rsplit_once(':').is_some_and(|it| it.0 == family);
        found.extend(
            reply.task_definition_arns.unwrap_or_default().into_iter().filter(is_of_family),
        );
        next = reply.next_token;
        if next.is_none() {
            break;
        }
    }
    found.sort_by_key(|arn| std::cmp::Reverse(revision(arn)));
    found.truncate(limit);
    Ok(found)
}

fn revision(arn: &str) -> u32 {
    arn.rsplit(':').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn definition(read: sdk::TaskDefinition) -> Definition {
    let containers = read.container_definitions.unwrap_or_default();
    let sum = |size: fn(&sdk::ContainerDefinition) -> i32| -> u32 {
        containers.iter().map(|container| count(size(container))).sum()
    };
    let memory = |it: &sdk::ContainerDefinition| it.memory.or(it.memory_reservation).unwrap_or(0);
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let platform = read.runtime_platform.and_then(|platform| platform.cpu_architecture);
    Definition {
        arn: read.task_definition_arn.unwrap_or_default(),
        cpu: number(read.cpu).unwrap_or_else(|| sum(|container| container.cpu)),
        memory: number(read.memory).unwrap_or_else(|| sum(memory)),
        architecture: platform.map(|architecture| architecture.as_str().to_owned()),
        registered_at: timestamp(read.registered_at),
        registered_by: read.registered_by,
        images: containers.into_iter().map(image).collect(),
    }
}

fn image(container: sdk::ContainerDefinition) -> Image {
    Image {
        container: container.name.unwrap_or_default(),
        image: container.image.unwrap_or_default(),
        digest: None,
    }
}
