//! Listener rules: which requests go to which target group.

mod calls;
mod observe;
mod priorities;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shared::routing::{Route, routes};
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::resolved::service::{Priority, Rule};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};
pub use calls::Call;

#[derive(Debug)]
pub struct ListenerRule;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerRuleSpec {
    /// The name in the rule's address: AWS has none for it. A foreign rule's is its ARN.
    pub name: String,
    /// ARN.
    pub listener: Resolvable,
    /// `None` until [`Kind::settle`] has chosen one.
    pub priority: Option<u32>,
    /// In the order of the manifest.
    pub hosts: Vec<String>,
    pub paths: Set<String>,
    /// ARN of the target group that all requests go to.
    pub target_group: Resolvable,
    /// Conditions and actions that no manifest asks for, by type.
    pub other: Set<String>,
    /// Rules that this one takes turns with, by ARN: AWS exchanges priorities only in one call.
    pub swap: Option<BTreeMap<String, u32>>,
    pub tags: Tags,
}

impl Kind for ListenerRule {
    const NAME: &'static str = "listener-rule";

    type Spec = ListenerRuleSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ListenerRuleSpec>> {
        routes(stack).iter().map(|route| desired(stack, route)).collect()
    }

    fn key(spec: &ListenerRuleSpec) -> String {
        format!("{}/{}", spec.listener, spec.name)
    }

    fn settle(desired: &mut [Desired<ListenerRuleSpec>], live: &[Live<ListenerRuleSpec>]) {
        priorities::settle(desired, live);
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ListenerRuleSpec],
    ) -> Result<Vec<Live<ListenerRuleSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, ListenerRuleSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => vec![Call::Create { spec: without_swap(spec) }],
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => vec![Call::Delete {
                arn: live.outputs["arn"].clone(),
                key: Self::key(&live.spec),
                name: live.spec.name.clone(),
            }],
        }
    }

    fn effect(call: &Call) -> Effect<ListenerRuleSpec> {
        call.effect()
    }

    fn outputs(spec: &ListenerRuleSpec, assigned: &Assigned<'_>) -> Outputs {
        let listener = spec.listener.text().rsplit("listener/").next().unwrap_or_default();
        let resource = format!("listener-rule/{listener}/{}", &assigned.id[..16]);
        outputs(&assigned.arn("elasticloadbalancing", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        call.perform(aws).await
    }

    fn examples() -> Vec<ListenerRuleSpec> {
        let base = ListenerRuleSpec {
            name: "web-public-https".to_owned(),
            listener: "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/shop-prod-public/50dc6c495c0c9188/f2f7dc8efc522ab2".into(),
            priority: Some(100),
            hosts: vec!["shop.example.com".to_owned(), "www.example.com".to_owned()],
            paths: Set::from_iter(["/api/*".to_owned()]),
            target_group: "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067".into(),
            other: Set::default(),
            swap: None,
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        vec![
            base.clone(),
            ListenerRuleSpec { other: Set::from_iter(["source-ip".to_owned()]), ..base.clone() },
            ListenerRuleSpec {
                priority: None,
                hosts: vec![],
                paths: Set::from_iter(["/*".to_owned()]),
                tags: Tags::from([("owner".to_owned(), "web".into())]),
                ..base
            },
        ]
    }
}

fn desired(stack: &Stack, route: &Route<'_>) -> Desired<ListenerRuleSpec> {
    let origin = Origin::of(stack, "service", route.service);
    let Rule { priority, hosts, paths } = &route.target.rule;
    let listener = format!("{}-{}", route.target.load_balancer, route.target.listener);
    let spec = ListenerRuleSpec {
        name: route.name.clone(),
        listener: Resolvable::reference("listener", &listener, "arn"),
        priority: match priority {
            Priority::Explicit(priority) => Some(*priority),
            Priority::Automatic => None,
        },
        hosts: hosts.clone(),
        paths: paths.iter().cloned().collect(),
        target_group: Resolvable::reference("target-group", &route.name, "arn"),
        other: Set::default(),
        swap: None,
        tags: origin.tags(ListenerRule::NAME, &route.name),
    };
    origin.part(&route.name, spec)
}

/// Calls carry what a rule is, not how it came to be.
fn without_swap(spec: &ListenerRuleSpec) -> ListenerRuleSpec {
    ListenerRuleSpec { swap: None, ..spec.clone() }
}

fn update(
    change: &Change<'_, ListenerRuleSpec>,
    spec: &ListenerRuleSpec,
    live: &Live<ListenerRuleSpec>,
) -> Vec<Call> {
    let (arn, alongside) = (change.own("arn"), spec.swap.clone().unwrap_or_default());
    let spec = without_swap(spec);
    let mut calls = vec![];
    if change.touches("priority") {
        calls.push(Call::UpdatePriorities { arn: arn.clone(), spec: spec.clone(), alongside });
    }
    if ["hosts", "paths", "targetGroup", "other"].iter().any(|field| change.touches(field)) {
        calls.push(Call::Update { arn: arn.clone(), spec: spec.clone() });
    }
    calls.extend(TagsChange::between(&live.spec.tags, &spec.tags).calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    ));
    calls
}

fn outputs(arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned())])
}
