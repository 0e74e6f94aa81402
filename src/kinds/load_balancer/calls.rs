//! What is called for load balancers.

use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{
    IpAddressType as SdkIpAddressType, LoadBalancer, LoadBalancerAttribute, LoadBalancerSchemeEnum,
    LoadBalancerStateEnum, LoadBalancerTypeEnum, SubnetMapping,
};
use serde::{Deserialize, Serialize};

use super::{LoadBalancerSpec, outputs};
use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule, found, gone};
use crate::kind::{CallError, Effect, Outputs, Tags};
use crate::kinds::shared::elb_attributes::Attributes;
use crate::kinds::shared::elb_tags;
use crate::model::resolved::load_balancer::{BalancerType, IpAddressType, Scheme};
use crate::value::Resolvable;

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
/// AWS takes one to five minutes.
const PATIENCE: Duration = Duration::from_mins(15);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: LoadBalancerSpec },
    UpdateAttributes { arn: Resolvable, spec: LoadBalancerSpec },
    AwaitActive { arn: Resolvable, name: String },
    UpdateIpAddressType { arn: Resolvable, spec: LoadBalancerSpec },
    UpdateSubnets { arn: Resolvable, spec: LoadBalancerSpec },
    UpdateSecurityGroups { arn: Resolvable, spec: LoadBalancerSpec },
    Tag { arn: Resolvable, spec: LoadBalancerSpec, tags: Tags },
    Untag { arn: Resolvable, spec: LoadBalancerSpec, keys: Vec<String> },
    Delete { arn: String, name: String },
    AwaitGone { arn: String, name: String },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } => ("CreateLoadBalancer", &spec.name),
            Self::UpdateAttributes { spec, .. } => ("ModifyLoadBalancerAttributes", &spec.name),
            Self::AwaitActive { name, .. } => {
                return write!(f, "wait until load balancer {name} is active");
            }
            Self::UpdateIpAddressType { spec, .. } => ("SetIpAddressType", &spec.name),
            Self::UpdateSubnets { spec, .. } => ("SetSubnets", &spec.name),
            Self::UpdateSecurityGroups { spec, .. } => ("SetSecurityGroups", &spec.name),
            Self::Tag { spec, .. } => ("AddTags", &spec.name),
            Self::Untag { spec, .. } => ("RemoveTags", &spec.name),
            Self::Delete { name, .. } => ("DeleteLoadBalancer", name),
            Self::AwaitGone { name, .. } => {
                return write!(f, "wait until load balancer {name} is gone");
            }
        };
        write!(f, "elasticloadbalancing:{operation} {name}")
    }
}

impl Call {
    pub(super) fn effect(&self) -> Effect<LoadBalancerSpec> {
        match self {
            Self::Create { spec } => {
                Effect::Create(LoadBalancerSpec { attributes: Attributes::new(), ..spec.clone() })
            }
            Self::UpdateAttributes { spec, .. } => Effect::update(spec, &["attributes"]),
            Self::AwaitActive { .. } => Effect::Wait(120),
            Self::UpdateIpAddressType { spec, .. } => Effect::update(spec, &["ipAddressType"]),
            Self::UpdateSubnets { spec, .. } => Effect::update(spec, &["subnets"]),
            Self::UpdateSecurityGroups { spec, .. } => Effect::update(spec, &["securityGroups"]),
            Self::Tag { spec, .. } | Self::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Self::Delete { name, .. } => Effect::Delete(name.clone()),
            Self::AwaitGone { .. } => Effect::Wait(10),
        }
    }

    pub(super) async fn perform(&self, aws: &Aws) -> Result<Outputs, CallError> {
        match self {
            Self::Create { spec } => return create(aws, spec).await,
            Self::UpdateAttributes { arn, spec } => modify_attributes(aws, arn, spec).await?,
            Self::AwaitActive { arn, name } => wait_until_active(aws, arn.text(), name).await?,
            Self::UpdateIpAddressType { arn, spec } => {
                let request = aws
                    .elbv2
                    .set_ip_address_type()
                    .load_balancer_arn(arn.text())
                    .ip_address_type(ip_address_type(spec));
                let operation = "elasticloadbalancing:SetIpAddressType";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::UpdateSubnets { arn, spec } => set_subnets(aws, arn, spec).await?,
            Self::UpdateSecurityGroups { arn, spec } => set_security_groups(aws, arn, spec).await?,
            Self::Tag { arn, tags, .. } => return elb_tags::tag(aws, arn, tags).await,
            Self::Untag { arn, keys, .. } => return elb_tags::untag(aws, arn, keys).await,
            Self::Delete { arn, .. } => {
                let request = aws.elbv2.delete_load_balancer().load_balancer_arn(arn);
                let operation = "elasticloadbalancing:DeleteLoadBalancer";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
            Self::AwaitGone { arn, name } => wait_until_gone(aws, arn, name).await?,
        }
        Ok(Outputs::new())
    }
}

async fn create(aws: &Aws, spec: &LoadBalancerSpec) -> Result<Outputs, CallError> {
    let request = aws
        .elbv2
        .create_load_balancer()
        .name(&spec.name)
        .set_subnets(subnets(spec))
        .set_subnet_mappings(subnet_mappings(spec))
        .set_security_groups(Some(security_groups(spec)))
        .ip_address_type(ip_address_type(spec))
        .scheme(match spec.scheme {
            Scheme::InternetFacing => LoadBalancerSchemeEnum::InternetFacing,
            Scheme::Internal => LoadBalancerSchemeEnum::Internal,
        })
        .r#type(match spec.r#type {
            BalancerType::Application => LoadBalancerTypeEnum::Application,
            BalancerType::Network => LoadBalancerTypeEnum::Network,
        })
        .set_tags(Some(elb_tags::sdk_tags(&spec.tags)));
    let reply =
        aws.write("elasticloadbalancing:CreateLoadBalancer", || request.clone().send()).await?;
    let created = reply.load_balancers().first();
    Ok(created.map(outputs_of).unwrap_or_default())
}

async fn modify_attributes(
    aws: &Aws,
    arn: &Resolvable,
    spec: &LoadBalancerSpec,
) -> Result<(), CallError> {
    let attribute = |(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build();
    let request = aws
        .elbv2
        .modify_load_balancer_attributes()
        .load_balancer_arn(arn.text())
        .set_attributes(Some(spec.attributes.iter().map(attribute).collect()));
    let operation = "elasticloadbalancing:ModifyLoadBalancerAttributes";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn set_subnets(
    aws: &Aws,
    arn: &Resolvable,
    spec: &LoadBalancerSpec,
) -> Result<(), CallError> {
    let request = aws
        .elbv2
        .set_subnets()
        .load_balancer_arn(arn.text())
        .set_subnets(subnets(spec))
        .set_subnet_mappings(subnet_mappings(spec));
    aws.write("elasticloadbalancing:SetSubnets", || request.clone().send()).await?;
    Ok(())
}

async fn set_security_groups(
    aws: &Aws,
    arn: &Resolvable,
    spec: &LoadBalancerSpec,
) -> Result<(), CallError> {
    let request = aws
        .elbv2
        .set_security_groups()
        .load_balancer_arn(arn.text())
        .set_security_groups(Some(security_groups(spec)));
    aws.write("elasticloadbalancing:SetSecurityGroups", || request.clone().send()).await?;
    Ok(())
}

async fn wait_until_active(aws: &Aws, arn: &str, name: &str) -> Result<(), CallError> {
    let awaited = format!("load balancer {name} to become active");
    let look = || async {
        let state = look_at(aws, arn).await?.and_then(|balancer| balancer.state);
        match state.as_ref().and_then(|state| state.code()) {
            Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => {
                Ok(ControlFlow::Break(()))
            }
            Some(LoadBalancerStateEnum::Failed) => {
                let reason = state.as_ref().and_then(|state| state.reason()).unwrap_or("no reason");
                let message = format!("load balancer {name} failed: {reason}");
                Err(AwsError::new(DESCRIBE, ErrorKind::Service, message))
            }
            _ => Ok(Attempt::Continue(())),
        }
    };
    Ok(aws.poll_until(DESCRIBE, &awaited, Schedule::default(), PATIENCE, look).await?)
}

async fn wait_until_gone(aws: &Aws, arn: &str, name: &str) -> Result<(), CallError> {
    let awaited = format!("load balancer {name} to go");
    let look = || async {
        Ok::<_, AwsError>(match look_at(aws, arn).await? {
            Some(_) => Attempt::Continue(()),
            None => Attempt::Break(()),
        })
    };
    Ok(aws.poll_until(DESCRIBE, &awaited, Schedule::default(), PATIENCE, look).await?)
}

async fn look_at(aws: &Aws, arn: &str) -> Result<Option<LoadBalancer>, AwsError> {
    let request = aws.elbv2.describe_load_balancers().load_balancer_arns(arn);
    let reply = found(aws.read(DESCRIBE, request.send()).await)?;
    Ok(reply.and_then(|reply| reply.load_balancers.unwrap_or_default().into_iter().next()))
}

/// AWS takes subnets with addresses or without, never both.
fn subnets(spec: &LoadBalancerSpec) -> Option<Vec<String>> {
    spec.addresses.is_none().then(|| spec.subnets.0.iter().cloned().collect())
}

fn subnet_mappings(spec: &LoadBalancerSpec) -> Option<Vec<SubnetMapping>> {
    let addresses = spec.addresses.as_ref()?;
    let mapping = |subnet: &String| {
        let address = addresses.get(subnet).cloned();
        let (allocation, private) = match address {
            Some(address) if address.starts_with("eipalloc-") => (Some(address), None),
            address => (None, address),
        };
        SubnetMapping::builder()
            .subnet_id(subnet)
            .set_allocation_id(allocation)
            .set_private_ipv4_address(private)
            .build()
    };
    Some(spec.subnets.0.iter().map(mapping).collect())
}

fn ip_address_type(spec: &LoadBalancerSpec) -> SdkIpAddressType {
    match spec.ip_address_type {
        IpAddressType::Ipv4 => SdkIpAddressType::Ipv4,
        IpAddressType::Dualstack => SdkIpAddressType::Dualstack,
        IpAddressType::DualstackWithoutPublicIpv4 => SdkIpAddressType::DualstackWithoutPublicIpv4,
    }
}

fn security_groups(spec: &LoadBalancerSpec) -> Vec<String> {
    spec.security_groups.0.iter().map(|group| group.text().to_owned()).collect()
}

fn outputs_of(balancer: &LoadBalancer) -> Outputs {
    let arn = balancer.load_balancer_arn().unwrap_or_default();
    outputs(arn, balancer.dns_name().unwrap_or_default())
}
