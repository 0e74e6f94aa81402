//! Classic Load Balancers as AWS shows them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancing::types as sdk;

use super::{Attributes, ClassicLoadBalancerSpec, HealthCheck, Listener, outputs};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, LiveRow, Marks, Survey, Tags, read_tags};
use crate::kinds::shared::elb::{port, side_by_side, unsigned};
use crate::model::resolved::load_balancer::Scheme;

/// `DescribeTags` takes at most this many.
const NAMES_PER_CALL: usize = 20;

/// Asks for all of the account at once, and not at all where none is wanted or owned: of names, one
/// that is missing would be an error.
pub(super) async fn observe(
    survey: &Survey<'_>,
    wanted: &[ClassicLoadBalancerSpec],
) -> Result<Vec<Live<ClassicLoadBalancerSpec>>, AwsError> {
    let owned = survey.owned().await?;
    let services = survey.rows("service").await?;
    let names: BTreeSet<&str> = wanted
        .iter()
        .map(|spec| spec.name.as_str())
        .chain(owned.keys().filter_map(|arn| name_of(arn)))
        .chain(services.iter().flat_map(names_in))
        .collect();
    if names.is_empty() {
        return Ok(vec![]);
    }
    let is_known = |balancer: &sdk::LoadBalancerDescription| {
        balancer.load_balancer_name().is_some_and(|name| names.contains(name))
    };
    let balancers: Vec<_> = all(survey.aws).await?.into_iter().filter(is_known).collect();
    let names = balancers.iter().filter_map(|it| it.load_balancer_name.clone()).collect::<Vec<_>>();
    let mut tags = tags(survey.aws, &names).await?;
    let attributes =
        side_by_side(names.iter().map(|name| attributes(survey.aws, name)).collect()).await?;
    let rows = balancers.into_iter().zip(attributes).map(|(balancer, attributes)| {
        let name = balancer.load_balancer_name().unwrap_or_default();
        let tags = tags.remove(name).unwrap_or_default();
        live(survey.aws, balancer, attributes.as_ref(), tags)
    });
    Ok(rows.collect())
}

/// What a service is reached by, though the tagging API does not list it: moto's has another type.
fn names_in(service: &LiveRow) -> impl Iterator<Item = &str> {
    let entries = service.spec["loadBalancers"].as_array().into_iter().flatten();
    entries.filter_map(|entry| entry["loadBalancerName"].as_str())
}

/// The name in an ARN, which those of other load balancers begin with their type.
fn name_of(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":loadbalancer/")?;
    Some(name).filter(|name| !name.contains('/'))
}

async fn all(aws: &Aws) -> Result<Vec<sdk::LoadBalancerDescription>, AwsError> {
    let request = aws.elb.describe_load_balancers().page_size(400);
    let pages = request.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    aws.read("elasticloadbalancing:DescribeLoadBalancers", pages).await
}

async fn tags(aws: &Aws, names: &[String]) -> Result<BTreeMap<String, Tags>, AwsError> {
    let read = |batch: &[String]| {
        let request = aws.elb.describe_tags().set_load_balancer_names(Some(batch.to_vec()));
        aws.read("elasticloadbalancing:DescribeTags", request.send())
    };
    let replies = side_by_side(names.chunks(NAMES_PER_CALL).map(read).collect()).await?;
    let described = replies.into_iter().flat_map(|it| it.tag_descriptions.unwrap_or_default());
    let tags = described.filter_map(|described| {
        let tags = described.tags.unwrap_or_default().into_iter();
        let tags = tags.map(|tag| (tag.key, tag.value.unwrap_or_default()));
        Some((described.load_balancer_name?, read_tags(tags)))
    });
    Ok(tags.collect())
}

async fn attributes(
    aws: &Aws,
    name: &str,
) -> Result<Option<sdk::LoadBalancerAttributes>, AwsError> {
    let request = aws.elb.describe_load_balancer_attributes().load_balancer_name(name);
    let operation = "elasticloadbalancing:DescribeLoadBalancerAttributes";
    let reply = found(aws.read(operation, request.send()).await)?;
    Ok(reply.and_then(|reply| reply.load_balancer_attributes))
}

fn live(
    aws: &Aws,
    balancer: sdk::LoadBalancerDescription,
    attributes: Option<&sdk::LoadBalancerAttributes>,
    tags: Tags,
) -> Live<ClassicLoadBalancerSpec> {
    let name = balancer.load_balancer_name.unwrap_or_default();
    let arn = aws.arn("elasticloadbalancing", &format!("loadbalancer/{name}"));
    let scheme = match balancer.scheme.as_deref() {
        Some("internal") => Scheme::Internal,
        _ => Scheme::InternetFacing,
    };
    let listeners = balancer.listener_descriptions.unwrap_or_default().into_iter();
    let groups = balancer.security_groups.unwrap_or_default();
    Live {
        outputs: outputs(&name, arn, balancer.dns_name.unwrap_or_default()),
        marks: Marks::of(&tags),
        depth: Depth::Full,
        spec: ClassicLoadBalancerSpec {
            name,
            scheme,
            vpc: balancer.vpc_id.unwrap_or_default(),
            subnets: balancer.subnets.unwrap_or_default().into_iter().collect(),
            security_groups: groups.into_iter().map(Into::into).collect(),
            listeners: listeners.filter_map(|described| described.listener).map(listener).collect(),
            health_check: balancer.health_check.map(health_check),
            attributes: known(attributes),
            tags,
        },
    }
}

/// AWS returns an instance protocol that was left out.
fn listener(read: sdk::Listener) -> (String, Listener) {
    let listener = Listener {
        instance_protocol: read.instance_protocol.unwrap_or_else(|| read.protocol.clone()),
        protocol: read.protocol,
        instance_port: port(Some(read.instance_port)),
        certificate: read.ssl_certificate_id.unwrap_or_default(),
    };
    (read.load_balancer_port.to_string(), listener)
}

fn health_check(read: sdk::HealthCheck) -> HealthCheck {
    HealthCheck {
        target: read.target,
        interval: unsigned(Some(read.interval)),
        timeout: unsigned(Some(read.timeout)),
        healthy_threshold: unsigned(Some(read.healthy_threshold)),
        unhealthy_threshold: unsigned(Some(read.unhealthy_threshold)),
    }
}

fn known(read: Option<&sdk::LoadBalancerAttributes>) -> Attributes {
    let cross_zone = read.and_then(|read| read.cross_zone_load_balancing.as_ref());
    let draining = read.and_then(|read| read.connection_draining.as_ref());
    let draining = draining.filter(|draining| draining.enabled);
    let settings = read.and_then(|read| read.connection_settings.as_ref());
    Attributes {
        cross_zone: cross_zone.is_some_and(|it| it.enabled),
        connection_draining: unsigned(draining.and_then(|it| it.timeout)),
        idle_timeout: unsigned(settings.map(|it| it.idle_timeout)),
    }
}
