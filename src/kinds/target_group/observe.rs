//! Target groups as AWS shows them.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetGroup, TargetTypeEnum};

use super::{HealthCheck, TargetGroupSpec, outputs};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, Tags};
use crate::kinds::shared::elb::{Attributes, declared, port, side_by_side, unsigned};
use crate::kinds::shared::elb_tags;

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[TargetGroupSpec],
) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
    let by_name: BTreeMap<&str, &TargetGroupSpec> =
        wanted.iter().map(|spec| (spec.name.as_str(), spec)).collect();
    let wanted_of = |group: &TargetGroup| by_name.get(group.target_group_name()?).copied();
    let owned = survey.owned().await?;
    let candidates: Vec<(String, TargetGroup)> = all(survey.aws)
        .await?
        .into_iter()
        .filter_map(|group| Some((group.target_group_arn.clone()?, group)))
        .filter(|(arn, group)| owned.contains_key(arn) || wanted_of(group).is_some())
        .collect();
    let asked = candidates
        .iter()
        .map(|(arn, group)| (arn.clone(), wanted_of(group).map(|spec| &spec.tags)));
    let mut tags = elb_tags::read(survey, asked.collect()).await?;
    let rows = candidates
        .into_iter()
        .map(|(arn, group)| live(&arn, group, tags.remove(&arn).unwrap_or_default()))
        .collect();
    if survey.is_deep { deepen(survey, wanted, rows).await } else { Ok(rows) }
}

/// Reads attributes, and the tags once more: those of the listing may be older than the attributes.
pub(super) async fn deepen(
    survey: &Survey<'_>,
    wanted: &[TargetGroupSpec],
    mut rows: Vec<Live<TargetGroupSpec>>,
) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
    let wanted: BTreeMap<&str, &Attributes> =
        wanted.iter().map(|spec| (spec.name.as_str(), &spec.attributes)).collect();
    let arns: Vec<String> = rows.iter().map(|row| row.outputs["arn"].clone()).collect();
    let mut tags = elb_tags::describe(survey.aws, &arns).await?;
    let reads = rows.iter().map(|row| {
        let wanted = wanted.get(row.spec.name.as_str()).copied();
        attributes(survey.aws, row.outputs["arn"].clone(), wanted)
    });
    let attributes = side_by_side(reads.collect()).await?;
    for (row, attributes) in rows.iter_mut().zip(attributes) {
        row.spec.attributes = attributes;
        row.spec.tags = tags.remove(&row.outputs["arn"]).unwrap_or_default();
        row.marks = Marks::of(&row.spec.tags);
        row.depth = Depth::Full;
    }
    Ok(rows)
}

async fn all(aws: &Aws) -> Result<Vec<TargetGroup>, AwsError> {
    let request = aws.elbv2.describe_target_groups().page_size(400);
    let pages = request.into_paginator().items().send().collect();
    aws.read("elasticloadbalancing:DescribeTargetGroups", pages).await
}

async fn attributes(
    aws: &Aws,
    arn: String,
    wanted: Option<&Attributes>,
) -> Result<Attributes, AwsError> {
    let request = aws.elbv2.describe_target_group_attributes().target_group_arn(arn);
    let operation = "elasticloadbalancing:DescribeTargetGroupAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    let attributes = reply.and_then(|reply| reply.attributes).unwrap_or_default();
    Ok(declared(attributes.into_iter().map(|attribute| (attribute.key, attribute.value)), wanted))
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
            protocol_version: group.protocol_version.unwrap_or_default(),
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
        path: text(group.health_check_path()),
        port: text(group.health_check_port()),
        interval: unsigned(group.health_check_interval_seconds),
        timeout: unsigned(group.health_check_timeout_seconds),
        healthy_threshold: unsigned(group.healthy_threshold_count),
        unhealthy_threshold: unsigned(group.unhealthy_threshold_count),
        matcher: text(codes),
    }
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
