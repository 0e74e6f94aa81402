//! Target groups: the tasks of a service as a load balancer sees them.

mod calls;
mod desired;
mod observe;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::shared::elb::suffix;
use super::shared::elb_attributes::{Attributed, Attributes};
use super::shared::elb_tags;
use super::shared::routing::routes;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags, TagsChange,
};
use crate::model::stack::Stack;
use crate::value::Resolvable;
pub use calls::Call;

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
    /// `HTTP1`, `HTTP2` or `GRPC`, where the protocol is HTTP.
    pub protocol_version: Option<String>,
    /// `ip` or `instance`.
    pub target_type: String,
    pub health_check: HealthCheck,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    pub protocol: String,
    /// Only with HTTP.
    pub path: Option<String>,
    /// `traffic-port`, or a number.
    pub port: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    /// HTTP statuses, or gRPC ones; only with HTTP.
    pub matcher: Option<String>,
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
            let first = &route.target.target_group_name;
            let first = desired::desired(stack, facts, route, &route.name, first);
            let second = route.alternate.as_ref().zip(route.target.shift.as_ref());
            let second = second.map(|(name, shift)| {
                desired::desired(stack, facts, route, name, &shift.target_group_name)
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
            protocol_version: Some("HTTP1".to_owned()),
            target_type: "ip".to_owned(),
            health_check: HealthCheck {
                protocol: "HTTP".to_owned(),
                path: Some("/healthz".to_owned()),
                port: "traffic-port".to_owned(),
                interval: 10,
                timeout: 5,
                healthy_threshold: 2,
                unhealthy_threshold: 3,
                matcher: Some("200-299".to_owned()),
            },
            attributes: Attributes::from([
                ("deregistration_delay.timeout_seconds".to_owned(), "60".to_owned()),
                ("stickiness.enabled".to_owned(), "false".to_owned()),
            ]),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let grpc = HealthCheck { matcher: Some("12".to_owned()), ..base.health_check.clone() };
        let tcp = HealthCheck {
            protocol: "TCP".to_owned(),
            path: None,
            port: "9000".to_owned(),
            matcher: None,
            ..base.health_check.clone()
        };
        let slow = ("slow_start.duration_seconds".to_owned(), "30".to_owned());
        vec![
            base.clone(),
            TargetGroupSpec {
                protocol_version: Some("GRPC".to_owned()),
                health_check: grpc,
                ..base.clone()
            },
            TargetGroupSpec {
                protocol: "TCP_UDP".to_owned(),
                protocol_version: None,
                target_type: "instance".to_owned(),
                health_check: tcp,
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

fn create(change: &Change<'_, TargetGroupSpec>, spec: &TargetGroupSpec) -> Vec<Call> {
    let created = TargetGroupSpec { tags: elb_tags::without_digest(&spec.tags), ..spec.clone() };
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
