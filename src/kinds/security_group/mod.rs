//! EC2 security groups of load balancers, services, instances and file systems.

mod desired;
mod observe;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::rules::Rule;
use crate::aws::ec2::{Direction, NewSecurityGroup, Permission};
use crate::aws::{Aws, AwsError, gone};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags, TagsChange,
};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

#[derive(Debug)]
pub struct SecurityGroup;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupSpec {
    pub name: String,
    /// AWS never changes it; it is not worth a replacement, which would wait for every interface to
    /// leave the old group.
    pub description: String,
    pub vpc: String,
    pub ingress: Set<Rule>,
    pub egress: Set<Rule>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create { spec: SecurityGroupSpec },
    Authorize(RulesCall),
    Describe(RulesCall),
    Revoke(RulesCall),
    Tag { id: String, spec: SecurityGroupSpec, tags: Tags },
    Untag { id: String, spec: SecurityGroupSpec, keys: Vec<String> },
    Delete { id: String, spec: SecurityGroupSpec },
}

/// Writes some rules of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulesCall {
    pub id: Resolvable,
    pub direction: Direction,
    pub rules: Set<Rule>,
    /// The group as it is afterwards.
    pub spec: SecurityGroupSpec,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = |call: &RulesCall, (ingress, egress): (&str, &str)| match call.direction {
            Direction::Ingress => format!("ec2:{ingress} {}", call.spec.name),
            Direction::Egress => format!("ec2:{egress} {}", call.spec.name),
        };
        let line = match self {
            Self::Create { spec } => format!("ec2:CreateSecurityGroup {}", spec.name),
            Self::Authorize(call) => {
                rules(call, ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"))
            }
            Self::Describe(call) => rules(
                call,
                (
                    "UpdateSecurityGroupRuleDescriptionsIngress",
                    "UpdateSecurityGroupRuleDescriptionsEgress",
                ),
            ),
            Self::Revoke(call) => {
                rules(call, ("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"))
            }
            Self::Tag { spec, .. } => format!("ec2:CreateTags {}", spec.name),
            Self::Untag { spec, .. } => format!("ec2:DeleteTags {}", spec.name),
            Self::Delete { spec, .. } => format!("ec2:DeleteSecurityGroup {}", spec.name),
        };
        f.write_str(&line)
    }
}

impl Kind for SecurityGroup {
    const NAME: &'static str = "security-group";
    const FIELDS: &'static [(&'static str, Policy)] = &[("description", Policy::CreateOnly)];

    type Spec = SecurityGroupSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<SecurityGroupSpec>> {
        desired::desired(stack, facts)
    }

    fn key(spec: &SecurityGroupSpec) -> String {
        format!("{}/{}", spec.vpc, spec.name)
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[SecurityGroupSpec],
    ) -> Result<Vec<Live<SecurityGroupSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, SecurityGroupSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let new = newborn(spec);
                let calls = rules_calls(&change.own("id"), &new, spec);
                [Call::Create { spec: new }].into_iter().chain(calls).collect()
            }
            Change::Update { spec, live, .. } => {
                let id = id(live);
                let tags = TagsChange::between(&live.spec.tags, &spec.tags);
                let rules = rules_calls(&id.clone().into(), &live.spec, spec);
                rules.into_iter().chain(tag_calls(&id, spec, tags)).collect()
            }
            Change::Delete { live, .. } => {
                vec![Call::Delete { id: id(live), spec: live.spec.clone() }]
            }
        }
    }

    /// Running tasks may need what a rule lets through until they are replaced.
    fn is_late(call: &Call) -> bool {
        matches!(call, Call::Revoke(_))
    }

    fn effect(call: &Call) -> Effect<SecurityGroupSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Authorize(call) | Call::Describe(call) | Call::Revoke(call) => {
                let field = match call.direction {
                    Direction::Ingress => "ingress",
                    Direction::Egress => "egress",
                };
                Effect::update(&call.spec, &[field])
            }
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Delete { spec, .. } => Effect::Delete(Self::key(spec)),
        }
    }

    fn outputs(_spec: &SecurityGroupSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(format!("sg-{}", assigned.id))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        let ec2 = &aws.ec2;
        match call {
            Call::Create { spec } => {
                let new = NewSecurityGroup {
                    name: spec.name.clone(),
                    description: spec.description.clone(),
                    vpc_id: spec.vpc.clone(),
                    tags: texts(&spec.tags),
                };
                return Ok(outputs(ec2.create_security_group(&new).await?));
            }
            Call::Authorize(call) => {
                ec2.authorize(call.direction, call.id.text(), &permissions(call)).await?;
            }
            Call::Describe(call) => {
                let permissions = permissions(call);
                ec2.update_rule_descriptions(call.direction, call.id.text(), &permissions).await?;
            }
            Call::Revoke(call) => {
                ec2.revoke(call.direction, call.id.text(), &permissions(call)).await?;
            }
            Call::Tag { id, tags, .. } => {
                ec2.create_tags(std::slice::from_ref(id), &texts(tags)).await?;
            }
            Call::Untag { id, keys, .. } => {
                ec2.delete_tags(std::slice::from_ref(id), keys).await?;
            }
            Call::Delete { id, .. } => gone(ec2.delete_security_group(id).await)?,
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<SecurityGroupSpec> {
        let from = |peer: &str| Rule::tcp(8080, peer.into(), format!("from {peer}"));
        let base = SecurityGroupSpec {
            name: "shop-prod-web".to_owned(),
            description: "Tasks of service web".to_owned(),
            vpc: "vpc-1".to_owned(),
            ingress: Set::from_iter([from("sg-1"), from("10.0.0.0/8")]),
            egress: Set::from_iter([Rule::all_traffic()]),
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        vec![
            base.clone(),
            SecurityGroupSpec { ingress: Set::default(), ..base.clone() },
            SecurityGroupSpec { egress: Set::from_iter([from("::/0")]), ..base.clone() },
            SecurityGroupSpec { tags: Tags::from([("owner".to_owned(), "web".into())]), ..base },
        ]
    }
}

/// The group as AWS makes it: nothing comes in, everything goes out.
fn newborn(spec: &SecurityGroupSpec) -> SecurityGroupSpec {
    let egress = Set::from_iter([Rule::all_traffic()]);
    SecurityGroupSpec { ingress: Set::default(), egress, ..spec.clone() }
}

/// Lets in what is new before it shuts out what is old: traffic that both allow never stops.
fn rules_calls(id: &Resolvable, live: &SecurityGroupSpec, spec: &SecurityGroupSpec) -> Vec<Call> {
    let ingress = Rules { id, direction: Direction::Ingress, spec, live: &live.ingress };
    let egress = Rules { id, direction: Direction::Egress, spec, live: &live.egress };
    [ingress.calls(&spec.ingress), egress.calls(&spec.egress)].concat()
}

/// The rules of one direction, on their way to what is wanted.
struct Rules<'a> {
    id: &'a Resolvable,
    direction: Direction,
    spec: &'a SecurityGroupSpec,
    live: &'a Set<Rule>,
}

impl Rules<'_> {
    fn calls(&self, wanted: &Set<Rule>) -> Vec<Call> {
        let is_among = |rule: &Rule, set: &Set<Rule>| set.0.iter().any(|it| it.is_same_as(rule));
        let (added, described): (Vec<Rule>, Vec<Rule>) =
            wanted.0.difference(&self.live.0).cloned().partition(|rule| !is_among(rule, self.live));
        let removed: Vec<Rule> =
            self.live.0.iter().filter(|rule| !is_among(rule, wanted)).cloned().collect();
        let authorized: Set<Rule> = self.live.0.iter().chain(&added).cloned().collect();
        let renamed: Set<Rule> = wanted.0.iter().chain(&removed).cloned().collect();
        [
            self.call(Call::Authorize, added, authorized),
            self.call(Call::Describe, described, renamed),
            self.call(Call::Revoke, removed, wanted.clone()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn call(
        &self,
        call: impl Fn(RulesCall) -> Call,
        rules: Vec<Rule>,
        after: Set<Rule>,
    ) -> Option<Call> {
        let spec = match self.direction {
            Direction::Ingress => SecurityGroupSpec { ingress: after, ..self.spec.clone() },
            Direction::Egress => SecurityGroupSpec { egress: after, ..self.spec.clone() },
        };
        let (id, direction) = (self.id.clone(), self.direction);
        let rules = Set::from_iter(rules);
        (!rules.0.is_empty()).then(|| call(RulesCall { id, direction, rules, spec }))
    }
}

fn tag_calls(id: &str, spec: &SecurityGroupSpec, tags: TagsChange) -> impl Iterator<Item = Call> {
    let (id, spec) = (|| id.to_owned(), || spec.clone());
    tags.calls(
        move |tags| Call::Tag { id: id(), spec: spec(), tags },
        move |keys| Call::Untag { id: id(), spec: spec(), keys },
    )
}

fn permissions(call: &RulesCall) -> Vec<Permission> {
    call.rules.0.iter().map(Rule::permission).collect()
}

fn id(live: &Live<SecurityGroupSpec>) -> String {
    live.outputs.get("id").cloned().unwrap_or_default()
}

fn outputs(id: String) -> Outputs {
    Outputs::from([("id".to_owned(), id)])
}

fn texts(tags: &Tags) -> std::collections::BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.text().to_owned())).collect()
}
