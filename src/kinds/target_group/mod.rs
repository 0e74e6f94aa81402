//! Target groups: the tasks of a service as a load balancer sees them.

mod calls;
mod observe;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::shared::elb::suffix;
use super::shared::elb_attributes::{Attributed, Attributes};
use super::shared::elb_tags;
use super::shared::routing::{Route, routes};
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::resolved::service::{ProtocolVersion, Target};
use crate::model::stack::Stack;
use crate::value::{Resolvable, digest};
pub use calls::Call;

/// A target group's name has at most 32 characters: these, a hyphen and the hash.
const BASE_LENGTH: usize = 23;
const HASH_LENGTH: usize = 8;

#[derive(Debug)]
pub struct TargetGroup;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetGroupSpec {
    /// Contains a hash of all that AWS cannot change, so that the new one can be made before the old
    /// one goes.
    pub name: String,
    pub vpc: String,
    pub port: u16,
    pub protocol: String,
    /// `HTTP1`, `HTTP2` or `GRPC`.
    pub protocol_version: String,
    pub target_type: String,
    pub health_check: HealthCheck,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    pub path: String,
    pub port: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    /// HTTP statuses, or gRPC ones.
    pub matcher: String,
}

impl Attributed for TargetGroupSpec {
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

impl Kind for TargetGroup {
    const NAME: &'static str = "target-group";
    const FIELDS: &'static [(&'static str, Policy)] = &[
        ("vpc", Policy::Replaces),
        ("port", Policy::Replaces),
        ("protocol", Policy::Replaces),
        ("protocolVersion", Policy::Replaces),
        ("targetType", Policy::Replaces),
    ];
    const DEEP_FIELDS: &'static [&'static str] = &["attributes"];

    type Spec = TargetGroupSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<TargetGroupSpec>> {
        let routes = routes(stack);
        let rows = routes.iter().flat_map(|route| {
            let first = desired(stack, facts, route, &route.name, &route.target.target_group_name);
            let second = route.alternate.as_ref().zip(route.target.shift.as_ref());
            let second = second.map(|(name, shift)| {
                desired(stack, facts, route, name, &shift.target_group_name)
            });
            [first].into_iter().chain(second)
        });
        rows.collect()
    }

    fn key(spec: &TargetGroupSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[TargetGroupSpec],
    ) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    async fn deepen(
        survey: &Survey<'_>,
        wanted: &[TargetGroupSpec],
        rows: Vec<Live<TargetGroupSpec>>,
    ) -> Result<Vec<Live<TargetGroupSpec>>, AwsError> {
        observe::deepen(survey, wanted, rows).await
    }

    fn lower(change: &Change<'_, TargetGroupSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => create(change, spec),
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => {
                let name = live.spec.name.clone();
                vec![Call::Delete { arn: live.outputs["arn"].clone(), name }]
            }
        }
    }

    fn effect(call: &Call) -> Effect<TargetGroupSpec> {
        call.effect()
    }

    fn outputs(spec: &TargetGroupSpec, assigned: &Assigned<'_>) -> Outputs {
        let resource = format!("targetgroup/{}/{}", spec.name, &assigned.id[..16]);
        outputs(&assigned.arn("elasticloadbalancing", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        call.perform(aws).await
    }

    fn examples() -> Vec<TargetGroupSpec> {
        let base = TargetGroupSpec {
            name: "shop-prod-web-0a1b2c3d".to_owned(),
            vpc: "vpc-0123456789abcdef0".to_owned(),
            port: 8080,
            protocol: "HTTP".to_owned(),
            protocol_version: "HTTP1".to_owned(),
            target_type: "ip".to_owned(),
            health_check: HealthCheck {
                path: "/healthz".to_owned(),
                port: "traffic-port".to_owned(),
                interval: 10,
                timeout: 5,
                healthy_threshold: 2,
                unhealthy_threshold: 3,
                matcher: "200-299".to_owned(),
            },
            attributes: Attributes::from([
                ("deregistration_delay.timeout_seconds".to_owned(), "60".to_owned()),
                ("stickiness.enabled".to_owned(), "false".to_owned()),
            ]),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let grpc = HealthCheck { matcher: "12".to_owned(), ..base.health_check.clone() };
        let slow = ("slow_start.duration_seconds".to_owned(), "30".to_owned());
        vec![
            base.clone(),
            TargetGroupSpec {
                protocol_version: "GRPC".to_owned(),
                health_check: grpc,
                ..base.clone()
            },
            TargetGroupSpec {
                attributes: base.attributes.clone().into_iter().chain([slow]).collect(),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

/// The target group of a route with this name in its address, or the second one.
fn desired(
    stack: &Stack,
    facts: &Facts,
    route: &Route<'_>,
    name: &str,
    base: &str,
) -> Desired<TargetGroupSpec> {
    let Target { health_check, .. } = route.target;
    let origin = Origin::of(stack, "service", route.service);
    let network = &route.service.value.network.network;
    let network = facts.networks.get(network).expect("facts know every network of the stack");
    let mut spec = TargetGroupSpec {
        name: String::new(),
        vpc: network.vpc.clone(),
        port: route.target.container_port,
        protocol: "HTTP".to_owned(),
        protocol_version: protocol_version(route.target.protocol_version).to_owned(),
        target_type: "ip".to_owned(),
        health_check: HealthCheck {
            path: health_check.path.clone(),
            port: "traffic-port".to_owned(),
            interval: health_check.interval,
            timeout: health_check.timeout,
            healthy_threshold: health_check.healthy_threshold,
            unhealthy_threshold: health_check.unhealthy_threshold,
            matcher: health_check.matcher.clone(),
        },
        attributes: attributes(route.target),
        tags: origin.tags(TargetGroup::NAME, name),
    };
    let balancer = stack.load_balancers.get(&route.target.load_balancer);
    let balancer = balancer.map_or("", |balancer| &balancer.physical_name);
    spec.name = physical_name(base, balancer, &spec);
    origin.part(name, spec)
}

/// The hash covers the whole of `base` too: what is cut off may be all that tells two names apart.
/// And it covers the load balancer: a group belongs to one, so a new load balancer, made before the
/// old one goes, needs a new group.
fn physical_name(base: &str, balancer: &str, spec: &TargetGroupSpec) -> String {
    let TargetGroupSpec { vpc, port, protocol, protocol_version, target_type, .. } = spec;
    let fixed =
        format!("{base} {balancer} {vpc} {port} {protocol} {protocol_version} {target_type}");
    let hash = &digest(fixed.as_bytes())[..HASH_LENGTH];
    let start: String = base.chars().take(BASE_LENGTH).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

fn protocol_version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::Http1 => "HTTP1",
        ProtocolVersion::Http2 => "HTTP2",
        ProtocolVersion::Grpc => "GRPC",
    }
}

fn attributes(target: &Target) -> Attributes {
    let delay = target.deregistration_delay.to_string();
    let mut attributes = Attributes::from([
        ("deregistration_delay.timeout_seconds".to_owned(), delay),
        ("stickiness.enabled".to_owned(), target.stickiness.is_some().to_string()),
    ]);
    if let Some(seconds) = target.stickiness {
        attributes.insert("stickiness.type".to_owned(), "lb_cookie".to_owned());
        let lasts = seconds.to_string();
        attributes.insert("stickiness.lb_cookie.duration_seconds".to_owned(), lasts);
    }
    attributes.extend(target.attributes.clone());
    attributes
}

fn create(change: &Change<'_, TargetGroupSpec>, spec: &TargetGroupSpec) -> Vec<Call> {
    let created =
        TargetGroupSpec { tags: elb_tags::without_digest(&spec.tags), ..spec.clone() };
    let digest = TagsChange::between(&created.tags, &spec.tags);
    let arn = change.own("arn");
    let attributes = Call::UpdateAttributes { arn: arn.clone(), spec: spec.clone() };
    [Call::Create { spec: created }, attributes]
        .into_iter()
        .chain(tag_calls(&arn, spec, digest))
        .collect()
}

fn update(
    change: &Change<'_, TargetGroupSpec>,
    spec: &TargetGroupSpec,
    live: &Live<TargetGroupSpec>,
) -> Vec<Call> {
    let arn = change.own("arn");
    let mut calls = vec![];
    if change.touches("healthCheck") {
        calls.push(Call::Update { arn: arn.clone(), spec: spec.clone() });
    }
    if change.touches("attributes") {
        calls.push(Call::UpdateAttributes { arn: arn.clone(), spec: spec.clone() });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    calls.extend(tag_calls(&arn, spec, tags));
    calls
}

fn tag_calls(
    arn: &Resolvable,
    spec: &TargetGroupSpec,
    tags: TagsChange,
) -> impl Iterator<Item = Call> {
    tags.calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    )
}

fn outputs(arn: &str) -> Outputs {
    let suffix = suffix(arn).to_owned();
    Outputs::from([("arn".to_owned(), arn.to_owned()), ("suffix".to_owned(), suffix)])
}
