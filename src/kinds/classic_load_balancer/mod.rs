//! Classic Load Balancers: of the generation before, for EC2 instances with fixed host ports only.

mod calls;
mod desired;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use calls::Call;

use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags,
};
use crate::model::resolved::load_balancer::Scheme;
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

#[derive(Debug)]
pub struct ClassicLoadBalancer;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassicLoadBalancerSpec {
    pub name: String,
    pub scheme: Scheme,
    pub vpc: String,
    pub subnets: Set<String>,
    pub security_groups: Set<Resolvable>,
    /// By the port that the load balancer listens on.
    pub listeners: BTreeMap<String, Listener>,
    /// None as long as no service says what to check: AWS then checks the first listener's port.
    pub health_check: Option<HealthCheck>,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listener {
    /// `HTTP`, `HTTPS`, `TCP` or `SSL`.
    pub protocol: String,
    /// As `protocol`: what is spoken to the instances.
    pub instance_protocol: String,
    pub instance_port: u16,
    /// ARN; empty without TLS.
    pub certificate: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// `HTTP:8080/healthz` or `TCP:8080`.
    pub target: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    pub cross_zone: bool,
    /// Seconds that a leaving instance has for its requests; 0 is off.
    pub connection_draining: u32,
    /// Seconds.
    pub idle_timeout: u32,
}

impl Kind for ClassicLoadBalancer {
    const NAME: &'static str = "classic-load-balancer";
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("scheme", Policy::Replaces), ("vpc", Policy::Replaces)];

    type Spec = ClassicLoadBalancerSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ClassicLoadBalancerSpec>> {
        desired::rows(stack, facts)
    }

    fn key(spec: &ClassicLoadBalancerSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ClassicLoadBalancerSpec],
    ) -> Result<Vec<Live<ClassicLoadBalancerSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, ClassicLoadBalancerSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<ClassicLoadBalancerSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &ClassicLoadBalancerSpec, assigned: &Assigned<'_>) -> Outputs {
        let resource = format!("loadbalancer/{}", spec.name);
        let dns_name =
            format!("{}-{}.{}.elb.amazonaws.com", spec.name, &assigned.id[..10], assigned.region);
        outputs(&spec.name, assigned.arn("elasticloadbalancing", &resource), dns_name)
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<ClassicLoadBalancerSpec> {
        let text = str::to_owned;
        let listener = Listener {
            protocol: text("HTTP"),
            instance_protocol: text("HTTP"),
            instance_port: 8080,
            certificate: String::new(),
        };
        let tls = Listener {
            protocol: text("HTTPS"),
            certificate: text("arn:aws:acm:eu-west-1:444455556666:certificate/a"),
            ..listener.clone()
        };
        let base = ClassicLoadBalancerSpec {
            name: text("shop-prod-legacy"),
            scheme: Scheme::InternetFacing,
            vpc: text("vpc-0123456789abcdef0"),
            subnets: Set::from_iter([text("subnet-a"), text("subnet-b")]),
            security_groups: Set::from_iter(["sg-0123456789abcdef0".into()]),
            listeners: BTreeMap::from([(text("80"), listener), (text("443"), tls)]),
            health_check: Some(HealthCheck {
                target: text("HTTP:8080/healthz"),
                interval: 30,
                timeout: 5,
                healthy_threshold: 5,
                unhealthy_threshold: 2,
            }),
            attributes: Attributes { cross_zone: true, connection_draining: 60, idle_timeout: 60 },
            tags: Tags::from([(text("team"), "web".into())]),
        };
        let internal = ClassicLoadBalancerSpec {
            scheme: Scheme::Internal,
            listeners: base.listeners.clone().into_iter().take(1).collect(),
            attributes: Attributes { cross_zone: false, connection_draining: 0, idle_timeout: 30 },
            tags: Tags::from([(text("owner"), "web".into())]),
            ..base.clone()
        };
        vec![base, internal]
    }
}

/// The ARN of a Classic Load Balancer holds its name alone, and no call returns it.
fn outputs(name: &str, arn: String, dns_name: String) -> Outputs {
    Outputs::from([
        ("arn".to_owned(), arn),
        ("name".to_owned(), name.to_owned()),
        ("dnsName".to_owned(), dns_name),
    ])
}
