//! Target groups as AWS shows them.

use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetGroup, TargetTypeEnum};

use super::{HealthCheck, TargetGroupSpec, outputs};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, Tags};
use crate::kinds::shared::elb::{port, unsigned};
use crate::kinds::shared::elb_attributes::{self, Attributes};

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[TargetGroupSpec],
) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
    let known = elb_attributes::known(survey, wanted, all(survey.aws)).await?;
    let rows = known.into_iter().map(|(arn, group, tags)| live(&arn, group, tags)).collect();
    if survey.is_deep { deepen(survey, wanted, rows).await } else { Ok(rows) }
}

pub(super) async fn deepen(
    survey: &Survey<'_>,
    wanted: &[TargetGroupSpec],
    rows: Vec<Live<TargetGroupSpec>>,
) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
    elb_attributes::deepen(survey.aws, wanted, rows, |arn| attributes(survey.aws, arn)).await
}

/// All of the account, each with its ARN and name.
async fn all(aws: &Aws) -> Result<Vec<(String, String, TargetGroup)>, AwsError> {
    let request = aws.elbv2.describe_target_groups().page_size(400);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let found = aws.read("elasticloadbalancing:DescribeTargetGroups", pages).await?.into_iter();
    let named = found.filter_map(|group| {
        Some((group.target_group_arn.clone()?, group.target_group_name.clone()?, group))
    });
    Ok(named.collect())
}

async fn attributes(
    aws: &Aws,
    arn: String,
) -> Result<Vec<(Option<String>, Option<String>)>, AwsError> {
    let request = aws.elbv2.describe_target_group_attributes().target_group_arn(arn);
    let operation = "elasticloadbalancing:DescribeTargetGroupAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    let attributes = reply.and_then(|reply| reply.attributes).unwrap_or_default();
    Ok(attributes.into_iter().map(|attribute| (attribute.key, attribute.value)).collect())
}

fn live(arn: &str, group: TargetGroup, tags: Tags) -> Live<TargetGroupSpec> {
    Live {
        outputs: outputs(arn),
        marks: Marks::of(&tags),
        depth: Depth::Shallow,
        spec: TargetGroupSpec {
            health_check: health_check(&group),
            name: group.target_group_name.unwrap_or_default(),
            vpc: group.vpc_id.unwrap_or_default(),
            port: port(group.port),
            protocol: text(group.protocol.as_ref().map(ProtocolEnum::as_str)),
            protocol_version: group.protocol_version,
            target_type: text(group.target_type.as_ref().map(TargetTypeEnum::as_str)),
            attributes: Attributes::new(),
            tags,
        },
    }
}

fn health_check(group: &TargetGroup) -> HealthCheck {
    let matcher = group.matcher();
    let codes = matcher.and_then(|matcher| matcher.http_code().or(matcher.grpc_code()));
    HealthCheck {
        protocol: text(group.health_check_protocol().map(ProtocolEnum::as_str)),
        path: group.health_check_path().map(ToOwned::to_owned),
        port: text(group.health_check_port()),
        interval: unsigned(group.health_check_interval_seconds),
        timeout: unsigned(group.health_check_timeout_seconds),
        healthy_threshold: unsigned(group.healthy_threshold_count),
        unhealthy_threshold: unsigned(group.unhealthy_threshold_count),
        matcher: codes.map(ToOwned::to_owned),
    }
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
