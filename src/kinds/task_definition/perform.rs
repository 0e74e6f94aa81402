//! Sending the calls of a task definition.

use std::time::Duration;

use aws_sdk_ecs::config::retry::RetryConfig;
use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types as sdk;
use backon::{ExponentialBuilder, Retryable};

use super::observe::{Revision, newest};
use super::spec::TaskDefinitionSpec;
use super::{Call, outputs, request};
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::kind::{CallError, Outputs};
use crate::kinds::shared::ecs;

/// `DeleteTaskDefinitions` takes at most 10.
const REVISIONS_PER_CALL: usize = 10;

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Register { spec } => return Ok(register(aws, spec).await?),
        Call::Tag { arn, tags, .. } => ecs::tag(aws, arn, tags).await.map(drop)?,
        Call::Untag { arn, keys, .. } => ecs::untag(aws, arn, keys).await.map(drop)?,
        Call::Deregister { family } => deregister(aws, family).await?,
        Call::Delete { family } => delete(aws, family).await?,
    }
    Ok(Outputs::new())
}

async fn register(aws: &Aws, spec: &TaskDefinitionSpec) -> Result<Outputs, AwsError> {
    once(aws, &request::register(aws, spec), &spec.family, &|found| found.is_of(spec)).await
}

/// Registers a revision once. The operation has no idempotency token, so neither the SDK nor this
/// sends it again before the newest revision, by `is_it`, has told that the reply, and not the
/// request, was lost.
pub(super) async fn once(
    aws: &Aws,
    request: &RegisterTaskDefinitionFluentBuilder,
    family: &str,
    is_it: &(dyn Fn(&Revision) -> bool + Sync),
) -> Result<Outputs, AwsError> {
    let mut is_repeated = false;
    let attempt = || {
        let look_first = std::mem::replace(&mut is_repeated, true);
        async move {
            if look_first
                && let Some(found) = newest(aws, family).await?
                && is_it(&found)
            {
                return Ok(found.outputs());
            }
            send(aws, request).await
        }
    };
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(20))
        .with_max_times(6);
    attempt.retry(backoff).sleep(tokio::time::sleep).when(may_be_lost).await
}

/// Whether AWS may have done what it failed to confirm, or could not do it just now.
fn may_be_lost(error: &AwsError) -> bool {
    match error.kind {
        ErrorKind::Timeout | ErrorKind::Unreachable | ErrorKind::Throttled | ErrorKind::Service => {
            true
        }
        ErrorKind::Credentials
        | ErrorKind::Region
        | ErrorKind::Account
        | ErrorKind::Denied
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Quota
        | ErrorKind::Invalid => false,
    }
}

async fn send(
    aws: &Aws,
    request: &RegisterTaskDefinitionFluentBuilder,
) -> Result<Outputs, AwsError> {
    let once = || aws_sdk_ecs::config::Builder::new().retry_config(RetryConfig::disabled());
    let send = || request.clone().customize().config_override(once()).send();
    let reply = aws.write("ecs:RegisterTaskDefinition", send).await?;
    let registered =
        reply.task_definition.unwrap_or_else(|| sdk::TaskDefinition::builder().build());
    let revision = u64::try_from(registered.revision).unwrap_or_default();
    Ok(outputs(registered.task_definition_arn.unwrap_or_default(), revision))
}

async fn deregister(aws: &Aws, family: &str) -> Result<(), AwsError> {
    for arn in revisions(aws, family, sdk::TaskDefinitionStatus::Active).await? {
        let request = aws.ecs.deregister_task_definition().task_definition(arn);
        aws.write("ecs:DeregisterTaskDefinition", || request.clone().send()).await?;
    }
    Ok(())
}

async fn delete(aws: &Aws, family: &str) -> Result<(), AwsError> {
    let arns = revisions(aws, family, sdk::TaskDefinitionStatus::Inactive).await?;
    for arns in arns.chunks(REVISIONS_PER_CALL) {
        let request = aws.ecs.delete_task_definitions().set_task_definitions(Some(arns.to_vec()));
        let reply = aws.write("ecs:DeleteTaskDefinitions", || request.clone().send()).await?;
        if let Some(failure) = reply.failures.unwrap_or_default().into_iter().next() {
            let (arn, reason) = (failure.arn.unwrap_or_default(), failure.reason);
            let message = format!("{arn}: {}", reason.as_deref().unwrap_or("no reason given"));
            return Err(AwsError::new("ecs:DeleteTaskDefinitions", ErrorKind::Conflict, message));
        }
    }
    Ok(())
}

async fn revisions(
    aws: &Aws,
    family: &str,
    status: sdk::TaskDefinitionStatus,
) -> Result<Vec<String>, AwsError> {
    let request = aws.ecs.list_task_definitions().family_prefix(family).status(status);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let arns = aws.read("ecs:ListTaskDefinitions", pages).await?;
    // moto takes the family for a prefix.
    let is_own = |arn: &String| {
        let resource = arn.rsplit('/').next().unwrap_or_default();
        resource.rsplit_once(':').is_some_and(|(found, _)| found == family)
    };
    Ok(arns.into_iter().filter(is_own).collect())
}
