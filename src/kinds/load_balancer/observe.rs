//! Load balancers as AWS shows them.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancer, LoadBalancerSchemeEnum, LoadBalancerTypeEnum,
};

use super::{LoadBalancerSpec, outputs};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, Tags};
use crate::kinds::shared::elb::{Attributes, declared, side_by_side};
use crate::kinds::shared::elb_tags;
use crate::model::resolved::load_balancer::Scheme;

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[LoadBalancerSpec],
) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
    let by_name: BTreeMap<&str, &LoadBalancerSpec> =
        wanted.iter().map(|spec| (spec.name.as_str(), spec)).collect();
    let wanted_of =
        |balancer: &LoadBalancer| by_name.get(balancer.load_balancer_name()?).copied();
    let owned = survey.owned().await?;
    let candidates: Vec<(String, LoadBalancer)> = all(survey.aws)
        .await?
        .into_iter()
        .filter_map(|balancer| Some((balancer.load_balancer_arn.clone()?, balancer)))
        .filter(|(arn, balancer)| owned.contains_key(arn) || wanted_of(balancer).is_some())
        .collect();
    let asked = candidates
        .iter()
        .map(|(arn, balancer)| (arn.clone(), wanted_of(balancer).map(|spec| &spec.tags)));
    let mut tags = elb_tags::read(survey, asked.collect()).await?;
    let rows = candidates
        .into_iter()
        .map(|(arn, balancer)| live(&arn, balancer, tags.remove(&arn).unwrap_or_default()))
        .collect();
    if survey.is_deep { deepen(survey, wanted, rows).await } else { Ok(rows) }
}

/// Reads attributes, and the tags once more: those of the listing may be older than the attributes.
pub(super) async fn deepen(
    survey: &Survey<'_>,
    wanted: &[LoadBalancerSpec],
    mut rows: Vec<Live<LoadBalancerSpec>>,
) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
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

async fn all(aws: &Aws) -> Result<Vec<LoadBalancer>, AwsError> {
    let request = aws.elbv2.describe_load_balancers().page_size(400);
    let pages = request.into_paginator().items().send().collect();
    aws.read("elasticloadbalancing:DescribeLoadBalancers", pages).await
}

async fn attributes(
    aws: &Aws,
    arn: String,
    wanted: Option<&Attributes>,
) -> Result<Attributes, AwsError> {
    let request = aws.elbv2.describe_load_balancer_attributes().load_balancer_arn(arn);
    let operation = "elasticloadbalancing:DescribeLoadBalancerAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    let attributes = reply.and_then(|reply| reply.attributes).unwrap_or_default();
    Ok(declared(attributes.into_iter().map(|attribute| (attribute.key, attribute.value)), wanted))
}

fn live(arn: &str, balancer: LoadBalancer, tags: Tags) -> Live<LoadBalancerSpec> {
    let zones = balancer.availability_zones.unwrap_or_default();
    let groups = balancer.security_groups.unwrap_or_default();
    let r#type = balancer.r#type.as_ref().map(LoadBalancerTypeEnum::as_str);
    Live {
        outputs: outputs(arn, balancer.dns_name.as_deref().unwrap_or_default()),
        marks: Marks::of(&tags),
        depth: Depth::Shallow,
        spec: LoadBalancerSpec {
            name: balancer.load_balancer_name.unwrap_or_default(),
            r#type: r#type.unwrap_or_default().to_owned(),
            scheme: match balancer.scheme {
                Some(LoadBalancerSchemeEnum::Internal) => Scheme::Internal,
                _ => Scheme::InternetFacing,
            },
            vpc: balancer.vpc_id.unwrap_or_default(),
            subnets: zones.into_iter().filter_map(|zone| zone.subnet_id).collect(),
            security_groups: groups.into_iter().map(Into::into).collect(),
            attributes: Attributes::new(),
            tags,
        },
    }
}
