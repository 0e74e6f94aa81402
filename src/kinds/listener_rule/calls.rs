//! What is called for listener rules.

use std::fmt;

use aws_sdk_elasticloadbalancingv2::types::RulePriorityPair;
use serde::{Deserialize, Serialize};

use super::lower::{CONDITIONS, REWRITTEN};
use super::spec::{ListenerRuleSpec, Place};
use super::{actions, conditions, outputs};
use crate::aws::{Aws, gone};
use crate::kind::{CallError, Effect, Outputs, Tags};
use crate::kinds::shared::elb::int;
use crate::kinds::shared::elb_tags;
use crate::value::Resolvable;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: ListenerRuleSpec,
    },
    /// Its conditions; requests go where they went.
    UpdateConditions {
        arn: Resolvable,
        spec: ListenerRuleSpec,
    },
    /// Its conditions and its actions.
    Update {
        arn: Resolvable,
        spec: ListenerRuleSpec,
    },
    /// The same, once tasks are where it leads and none is in the target groups that it drops.
    Narrow {
        arn: Resolvable,
        spec: ListenerRuleSpec,
    },
    /// Its priority, and those of other rules of its listener.
    UpdatePriorities {
        arn: Resolvable,
        spec: ListenerRuleSpec,
        alongside: Vec<Place>,
    },
    Tag {
        arn: Resolvable,
        spec: ListenerRuleSpec,
        tags: Tags,
    },
    Untag {
        arn: Resolvable,
        spec: ListenerRuleSpec,
        keys: Vec<String>,
    },
    Delete {
        arn: String,
        key: String,
        name: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } => ("CreateRule", &spec.name),
            Self::UpdateConditions { spec, .. }
            | Self::Update { spec, .. }
            | Self::Narrow { spec, .. } => ("ModifyRule", &spec.name),
            Self::UpdatePriorities { spec, .. } => ("SetRulePriorities", &spec.name),
            Self::Tag { spec, .. } => ("AddTags", &spec.name),
            Self::Untag { spec, .. } => ("RemoveTags", &spec.name),
            Self::Delete { name, .. } => ("DeleteRule", name),
        };
        write!(f, "elasticloadbalancing:{operation} {name}")
    }
}

impl Call {
    pub(super) fn effect(&self) -> Effect<ListenerRuleSpec> {
        match self {
            Self::Create { spec } => Effect::Create(spec.without_secret()),
            Self::UpdateConditions { spec, .. } => {
                Effect::update(&spec.without_secret(), &CONDITIONS)
            }
            Self::Update { spec, .. } | Self::Narrow { spec, .. } => {
                Effect::update(&spec.without_secret(), &REWRITTEN)
            }
            Self::UpdatePriorities { spec, alongside, .. } => {
                let others = alongside.iter().map(|place| placed(spec, place));
                let all = others.chain([spec.clone()]);
                Effect::All(all.map(|spec| Effect::update(&spec, &["priority"])).collect())
            }
            Self::Tag { spec, .. } | Self::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Self::Delete { key, .. } => Effect::Delete(key.clone()),
        }
    }

    pub(super) async fn perform(&self, aws: &Aws) -> Result<Outputs, CallError> {
        match self {
            Self::Create { spec } => return create(aws, spec).await,
            Self::UpdateConditions { arn, spec } => {
                let request = aws
                    .elbv2
                    .modify_rule()
                    .rule_arn(arn.text())
                    .set_conditions(Some(conditions::sdk(spec)));
                aws.write("elasticloadbalancing:ModifyRule", || request.clone().send()).await?;
            }
            Self::Update { arn, spec } | Self::Narrow { arn, spec } => {
                let request = aws
                    .elbv2
                    .modify_rule()
                    .rule_arn(arn.text())
                    .set_conditions(Some(conditions::sdk(spec)))
                    .set_actions(Some(actions::sdk(spec)));
                aws.write("elasticloadbalancing:ModifyRule", || request.clone().send()).await?;
            }
            Self::UpdatePriorities { arn, spec, alongside } => {
                let own = spec.priority.map(|priority| (arn.text(), priority));
                let others = alongside.iter().map(|place| (place.arn.as_str(), place.priority));
                let pairs = own.into_iter().chain(others).map(priority_pair).collect();
                let request = aws.elbv2.set_rule_priorities().set_rule_priorities(Some(pairs));
                let operation = "elasticloadbalancing:SetRulePriorities";
                aws.write(operation, || request.clone().send()).await?;
            }
            Self::Tag { arn, tags, .. } => return elb_tags::tag(aws, arn, tags).await,
            Self::Untag { arn, keys, .. } => return elb_tags::untag(aws, arn, keys).await,
            Self::Delete { arn, .. } => {
                let request = aws.elbv2.delete_rule().rule_arn(arn);
                let operation = "elasticloadbalancing:DeleteRule";
                gone(aws.write(operation, || request.clone().send()).await)?;
            }
        }
        Ok(Outputs::new())
    }
}

async fn create(aws: &Aws, spec: &ListenerRuleSpec) -> Result<Outputs, CallError> {
    let request = aws
        .elbv2
        .create_rule()
        .listener_arn(spec.listener.text())
        .set_priority(spec.priority.map(int))
        .set_conditions(Some(conditions::sdk(spec)))
        .set_actions(Some(actions::sdk(spec)))
        .set_tags(Some(elb_tags::sdk_tags(&spec.tags)));
    let reply = aws.write("elasticloadbalancing:CreateRule", || request.clone().send()).await?;
    Ok(reply.rules().first().and_then(|rule| rule.rule_arn()).map(outputs).unwrap_or_default())
}

/// Another rule of the same listener, as far as its priority goes.
fn placed(leader: &ListenerRuleSpec, place: &Place) -> ListenerRuleSpec {
    let (name, priority) = (place.name.clone(), Some(place.priority));
    ListenerRuleSpec { name, priority, ..leader.clone() }
}

fn priority_pair((arn, priority): (&str, u32)) -> RulePriorityPair {
    RulePriorityPair::builder().rule_arn(arn).priority(int(priority)).build()
}
