//! Load balancers as AWS shows them.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    AvailabilityZone, IpAddressType as SdkIpAddressType, LoadBalancer, LoadBalancerSchemeEnum,
    LoadBalancerTypeEnum,
};

use super::{LoadBalancerSpec, outputs};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey, Tags};
use crate::kinds::shared::elb_attributes::{self, Attributes};
use crate::model::resolved::load_balancer::{BalancerType, IpAddressType, Scheme};

pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[LoadBalancerSpec],
) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
    let known = elb_attributes::known(survey, wanted, all(survey.aws)).await?;
    let rows = known.into_iter().map(|(arn, balancer, tags)| live(&arn, balancer, tags)).collect();
    if survey.is_deep { deepen(survey, wanted, rows).await } else { Ok(rows) }
}

pub(super) async fn deepen(
    survey: &Survey<'_>,
    wanted: &[LoadBalancerSpec],
    rows: Vec<Live<LoadBalancerSpec>>,
) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
    elb_attributes::deepen(survey.aws, wanted, rows, |arn| attributes(survey.aws, arn)).await
}

/// All of the account, each with its ARN and name.
async fn all(aws: &Aws) -> Result<Vec<(String, String, LoadBalancer)>, AwsError> {
    let request = aws.elbv2.describe_load_balancers().page_size(400);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let found = aws.read("elasticloadbalancing:DescribeLoadBalancers", pages).await?.into_iter();
    let named = found.filter_map(|balancer| {
        Some((balancer.load_balancer_arn.clone()?, balancer.load_balancer_name.clone()?, balancer))
    });
    Ok(named.collect())
}

async fn attributes(
    aws: &Aws,
    arn: String,
) -> Result<Vec<(Option<String>, Option<String>)>, AwsError> {
    let request = aws.elbv2.describe_load_balancer_attributes().load_balancer_arn(arn);
    let operation = "elasticloadbalancing:DescribeLoadBalancerAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    let attributes = reply.and_then(|reply| reply.attributes).unwrap_or_default();
    Ok(attributes.into_iter().map(|attribute| (attribute.key, attribute.value)).collect())
}

fn live(arn: &str, balancer: LoadBalancer, tags: Tags) -> Live<LoadBalancerSpec> {
    let zones = balancer.availability_zones.unwrap_or_default();
    let groups = balancer.security_groups.unwrap_or_default();
    Live {
        outputs: outputs(arn, balancer.dns_name.as_deref().unwrap_or_default()),
        marks: Marks::of(&tags),
        depth: Depth::Shallow,
        spec: LoadBalancerSpec {
            name: balancer.load_balancer_name.unwrap_or_default(),
            r#type: match balancer.r#type {
                Some(LoadBalancerTypeEnum::Network) => BalancerType::Network,
                _ => BalancerType::Application,
            },
            scheme: match balancer.scheme {
                Some(LoadBalancerSchemeEnum::Internal) => Scheme::Internal,
                _ => Scheme::InternetFacing,
            },
            ip_address_type: match balancer.ip_address_type {
                Some(SdkIpAddressType::Dualstack) => IpAddressType::Dualstack,
                Some(SdkIpAddressType::DualstackWithoutPublicIpv4) => {
                    IpAddressType::DualstackWithoutPublicIpv4
                }
                _ => IpAddressType::Ipv4,
            },
            vpc: balancer.vpc_id.unwrap_or_default(),
            addresses: addresses(&zones),
            subnets: zones.into_iter().filter_map(|zone| zone.subnet_id).collect(),
            security_groups: groups.into_iter().map(Into::into).collect(),
            attributes: Attributes::new(),
            tags,
        },
    }
}

/// Those that someone has chosen: AWS shows no others, but for the public ones of its own, which
/// cannot be asked for.
fn addresses(zones: &[AvailabilityZone]) -> Option<BTreeMap<String, String>> {
    let addresses: BTreeMap<_, _> = zones
        .iter()
        .filter_map(|zone| {
            let address = zone.load_balancer_addresses().first()?;
            let chosen = address.allocation_id().or(address.private_ipv4_address())?;
            Some((zone.subnet_id()?.to_owned(), chosen.to_owned()))
        })
        .collect();
    (!addresses.is_empty()).then_some(addresses)
}
