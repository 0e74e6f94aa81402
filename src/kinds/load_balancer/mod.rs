//! Application and Network Load Balancers.

mod calls;
mod desired;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shared::elb::suffix;
use super::shared::elb_attributes::{Attributed, Attributes};
use super::shared::elb_tags;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags, TagsChange,
};
use crate::model::resolved::load_balancer::{BalancerType, IpAddressType, Scheme};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};
pub use calls::Call;

const DELETION_PROTECTION: &str = "deletion_protection.enabled";

#[derive(Debug)]
pub struct LoadBalancer;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancerSpec {
    pub name: String,
    pub r#type: BalancerType,
    pub scheme: Scheme,
    pub ip_address_type: IpAddressType,
    pub vpc: String,
    /// Each in its own availability zone; at least two for an Application Load Balancer.
    pub subnets: Set<String>,
    /// The Elastic IP or private address of a Network Load Balancer in each subnet; none where AWS picks.
    pub addresses: Option<BTreeMap<String, String>>,
    pub security_groups: Set<Resolvable>,
    pub attributes: Attributes,
    pub tags: Tags,
}

impl Attributed for LoadBalancerSpec {
    fn name(&self) -> &str {
        &self.name
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn fill(&mut self, attributes: Attributes, tags: Tags) {
        (self.attributes, self.tags) = (attributes, tags);
    }
}

impl Kind for LoadBalancer {
    const NAME: &'static str = "load-balancer";
    const FIELDS: &'static [(&'static str, Policy)] = &[
        ("type", Policy::Replaces),
        ("scheme", Policy::Replaces),
        ("vpc", Policy::Replaces),
        ("addresses", Policy::Replaces),
    ];
    const DEEP_FIELDS: &'static [&'static str] = &["attributes"];

    type Spec = LoadBalancerSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<LoadBalancerSpec>> {
        stack.load_balancers.values().map(|it| desired::desired(stack, facts, it)).collect()
    }

    fn key(spec: &LoadBalancerSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[LoadBalancerSpec],
    ) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    async fn deepen(
        survey: &Survey<'_>,
        wanted: &[LoadBalancerSpec],
        rows: Vec<Live<LoadBalancerSpec>>,
    ) -> Result<Vec<Live<LoadBalancerSpec>>, AwsError> {
        observe::deepen(survey, wanted, rows).await
    }

    fn lower(change: &Change<'_, LoadBalancerSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => create(change, spec),
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => delete(live),
        }
    }

    fn effect(call: &Call) -> Effect<LoadBalancerSpec> {
        call.effect()
    }

    fn outputs(spec: &LoadBalancerSpec, assigned: &Assigned<'_>) -> Outputs {
        let family = match spec.r#type {
            BalancerType::Application => "app",
            BalancerType::Network => "net",
        };
        let resource = format!("loadbalancer/{family}/{}/{}", spec.name, &assigned.id[..16]);
        let dns_name =
            format!("{}-{}.{}.elb.amazonaws.com", spec.name, &assigned.id[..10], assigned.region);
        outputs(&assigned.arn("elasticloadbalancing", &resource), &dns_name)
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        call.perform(aws).await
    }

    fn examples() -> Vec<LoadBalancerSpec> {
        let base = LoadBalancerSpec {
            name: "shop-prod-public".to_owned(),
            r#type: BalancerType::Application,
            scheme: Scheme::InternetFacing,
            ip_address_type: IpAddressType::Ipv4,
            vpc: "vpc-0123456789abcdef0".to_owned(),
            subnets: Set::from_iter(["subnet-a".to_owned(), "subnet-b".to_owned()]),
            addresses: None,
            security_groups: Set::from_iter(["sg-0123456789abcdef0".into()]),
            attributes: Attributes::from([
                ("idle_timeout.timeout_seconds".to_owned(), "60".to_owned()),
                ("deletion_protection.enabled".to_owned(), "false".to_owned()),
            ]),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let drop_invalid =
            ("routing.http.drop_invalid_header_fields.enabled".to_owned(), "true".to_owned());
        vec![
            base.clone(),
            LoadBalancerSpec {
                scheme: Scheme::Internal,
                ip_address_type: IpAddressType::Dualstack,
                ..base.clone()
            },
            LoadBalancerSpec {
                r#type: BalancerType::Network,
                addresses: Some(BTreeMap::from([
                    ("subnet-a".to_owned(), "eipalloc-0123456789abcdefa".to_owned()),
                    ("subnet-b".to_owned(), "eipalloc-0123456789abcdefb".to_owned()),
                ])),
                ..base.clone()
            },
            LoadBalancerSpec {
                attributes: base.attributes.clone().into_iter().chain([drop_invalid]).collect(),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

fn create(change: &Change<'_, LoadBalancerSpec>, spec: &LoadBalancerSpec) -> Vec<Call> {
    let created = LoadBalancerSpec { tags: elb_tags::without_digest(&spec.tags), ..spec.clone() };
    let digest = TagsChange::between(&created.tags, &spec.tags);
    let arn = change.own("arn");
    let attributes = Call::UpdateAttributes { arn: arn.clone(), spec: spec.clone() };
    let wait = Call::AwaitActive { arn: arn.clone(), name: spec.name.clone() };
    [Call::Create { spec: created }, attributes]
        .into_iter()
        .chain(tag_calls(&arn, spec, digest))
        .chain([wait])
        .collect()
}

fn update(
    change: &Change<'_, LoadBalancerSpec>,
    spec: &LoadBalancerSpec,
    live: &Live<LoadBalancerSpec>,
) -> Vec<Call> {
    let arn = change.own("arn");
    let mut calls = vec![];
    if change.touches("ipAddressType") {
        calls.push(Call::UpdateIpAddressType { arn: arn.clone(), spec: spec.clone() });
    }
    if change.touches("subnets") {
        calls.push(Call::UpdateSubnets { arn: arn.clone(), spec: spec.clone() });
    }
    if change.touches("securityGroups") {
        calls.push(Call::UpdateSecurityGroups { arn: arn.clone(), spec: spec.clone() });
    }
    if change.touches("attributes") {
        calls.push(Call::UpdateAttributes { arn: arn.clone(), spec: spec.clone() });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    calls.extend(tag_calls(&arn, spec, tags));
    calls
}

/// Deletion protection is left on: AWS then refuses the deletion, as whoever set it asked for.
fn delete(live: &Live<LoadBalancerSpec>) -> Vec<Call> {
    let (arn, name) = (live.outputs["arn"].clone(), live.spec.name.clone());
    vec![Call::Delete { arn: arn.clone(), name: name.clone() }, Call::AwaitGone { arn, name }]
}

fn tag_calls(
    arn: &Resolvable,
    spec: &LoadBalancerSpec,
    tags: TagsChange,
) -> impl Iterator<Item = Call> {
    tags.calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    )
}

fn outputs(arn: &str, dns_name: &str) -> Outputs {
    Outputs::from([
        ("arn".to_owned(), arn.to_owned()),
        ("dnsName".to_owned(), dns_name.to_owned()),
        ("suffix".to_owned(), suffix(arn).to_owned()),
    ])
}
