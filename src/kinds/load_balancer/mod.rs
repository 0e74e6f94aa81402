//! Application Load Balancers.

mod calls;
mod observe;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::shared::elb::suffix;
use super::shared::elb_attributes::{Attributed, Attributes};
use super::shared::elb_tags;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::resolved::load_balancer::{LoadBalancer as Balancer, Scheme};
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set};
pub use calls::Call;

#[derive(Debug)]
pub struct LoadBalancer;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancerSpec {
    pub name: String,
    pub r#type: String,
    pub scheme: Scheme,
    pub vpc: String,
    /// At least two, each in its own availability zone.
    pub subnets: Set<String>,
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
    ];
    const DEEP_FIELDS: &'static [&'static str] = &["attributes"];

    type Spec = LoadBalancerSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<LoadBalancerSpec>> {
        stack.load_balancers.values().map(|balancer| desired(stack, facts, balancer)).collect()
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
        let resource = format!("loadbalancer/app/{}/{}", spec.name, &assigned.id[..16]);
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
            r#type: "application".to_owned(),
            scheme: Scheme::InternetFacing,
            vpc: "vpc-0123456789abcdef0".to_owned(),
            subnets: Set::from_iter(["subnet-a".to_owned(), "subnet-b".to_owned()]),
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
            LoadBalancerSpec { scheme: Scheme::Internal, ..base.clone() },
            LoadBalancerSpec {
                attributes: base.attributes.clone().into_iter().chain([drop_invalid]).collect(),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

fn desired(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<Balancer>,
) -> Desired<LoadBalancerSpec> {
    let balancer = &resource.value;
    let origin = Origin::of(stack, "load-balancer", resource);
    let network =
        facts.networks.get(&balancer.network).expect("facts know every network of the stack");
    let own_group =
        Resolvable::reference("security-group", &format!("load-balancer-{}", resource.name), "id");
    let further_groups = balancer.security_groups.iter().map(|id| id.as_str().into());
    let spec = LoadBalancerSpec {
        name: resource.physical_name.clone(),
        r#type: "application".to_owned(),
        scheme: balancer.scheme,
        vpc: network.vpc.clone(),
        subnets: network.load_balancer_subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        security_groups: [own_group].into_iter().chain(further_groups).collect(),
        attributes: attributes(balancer),
        tags: origin.main_tags(LoadBalancer::NAME, &resource.name),
    };
    origin.main(&resource.name, spec)
}

fn attributes(balancer: &Balancer) -> Attributes {
    let mut attributes = Attributes::from([
        ("idle_timeout.timeout_seconds".to_owned(), balancer.idle_timeout.to_string()),
        ("deletion_protection.enabled".to_owned(), balancer.deletion_protection.to_string()),
    ]);
    attributes.extend(balancer.attributes.clone());
    attributes
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
    vec![
        Call::Delete { arn: arn.clone(), name: name.clone() },
        Call::AwaitGone { arn, name },
    ]
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
