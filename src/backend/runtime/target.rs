//! The health of targets, read from Elastic Load Balancing.

use aws_sdk_elasticloadbalancingv2::types as sdk;
use futures::future::try_join_all;

use crate::aws::{Aws, AwsError};
use crate::runtime::TargetHealth;

pub(super) async fn read(aws: &Aws, groups: &[String]) -> Result<Vec<TargetHealth>, AwsError> {
    let reads = groups.iter().map(|group| async move {
        let request = aws.elbv2.describe_target_health().target_group_arn(group);
        let reply = aws.read("elasticloadbalancing:DescribeTargetHealth", request.send()).await?;
        let found = reply.target_health_descriptions.unwrap_or_default().into_iter();
        Ok::<_, AwsError>(found.map(|read| health(group, read)).collect::<Vec<_>>())
    });
    Ok(try_join_all(reads).await?.into_iter().flatten().collect())
}

fn health(group: &str, read: sdk::TargetHealthDescription) -> TargetHealth {
    let target = read.target.map(|target| match (target.id, target.port) {
        (Some(id), Some(port)) => format!("{id}:{port}"),
        (id, _) => id.unwrap_or_default(),
    });
    let health = read.target_health;
    let field = |of: fn(&sdk::TargetHealth) -> Option<String>| health.as_ref().and_then(of);
    TargetHealth {
        target_group: group.to_owned(),
        target: target.unwrap_or_default(),
        state: field(|health| Some(health.state.as_ref()?.as_str().to_owned())).unwrap_or_default(),
        reason: field(|health| Some(health.reason.as_ref()?.as_str().to_owned())),
        description: field(|health| health.description.clone()),
    }
}
