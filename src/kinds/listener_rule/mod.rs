//! Listener rules: which requests go to which target group.

mod calls;
mod observe;
mod priorities;
mod shifted;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::shared::routing::{Route, routes};
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
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
    /// ARN of the target group that requests go to.
    pub target_group: Resolvable,
    /// ARNs of those that it forwards to beside that one, with less weight. ECS registers tasks only
    /// with target groups that a listener has; so a new one is beside the old one at first.
    pub other_target_groups: Set<Resolvable>,
    /// ARN of the one of several that most requests go to. Where ECS shifts requests between two, it
    /// decides on that.
    pub busiest: Option<Resolvable>,
    /// Conditions and actions that no manifest asks for, by type.
    pub other: Set<String>,
    pub swap: Option<Swap>,
    pub tags: Tags,
}

/// How a rule gets its priority among those that take each other's: AWS exchanges them in one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Swap {
    /// Its call has these places too.
    Leads(Vec<Place>),
    /// In the call of another one.
    Follows,
}

/// A priority, and the rule that it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub arn: String,
    pub name: String,
    pub priority: u32,
}

impl Kind for ListenerRule {
    const NAME: &'static str = "listener-rule";
    const FIELDS: &'static [(&'static str, Policy)] = &[("swap", Policy::Note)];

    type Spec = ListenerRuleSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ListenerRuleSpec>> {
        let routes = routes(stack);
        let rows = routes.iter().flat_map(|route| {
            let test = route.test.as_ref().zip(route.target.shift.as_ref());
            let test = test.and_then(|(name, shift)| Some((name, shift.test_listener.as_ref()?)));
            let test = test.map(|(name, listener)| desired(stack, route, name, listener));
            [desired(stack, route, &route.name, &route.target.listener)].into_iter().chain(test)
        });
        rows.collect()
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

    /// Tasks are in the old target group until they are replaced.
    fn is_late(call: &Call) -> bool {
        matches!(call, Call::Narrow { .. })
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
            other_target_groups: Set::default(),
            busiest: None,
            other: Set::default(),
            swap: None,
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        vec![
            base.clone(),
            ListenerRuleSpec { other: Set::from_iter(["source-ip".to_owned()]), ..base.clone() },
            ListenerRuleSpec {
                other_target_groups: Set::from_iter(["arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-4e5f6a7b/943f017f100becff".into()]),
                ..base.clone()
            },
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

/// The rule of a route with this name in its address, on this listener of its load balancer.
fn desired(
    stack: &Stack,
    route: &Route<'_>,
    name: &str,
    listener: &str,
) -> Desired<ListenerRuleSpec> {
    let origin = Origin::of(stack, "service", route.service);
    let Rule { priority, hosts, paths } = &route.target.rule;
    let listener = format!("{}-{listener}", route.target.load_balancer);
    let alternate = route.alternate.iter();
    let spec = ListenerRuleSpec {
        name: name.to_owned(),
        listener: Resolvable::reference("listener", &listener, "arn"),
        priority: match priority {
            Priority::Explicit(priority) => Some(*priority),
            Priority::Automatic => None,
        },
        hosts: hosts.clone(),
        paths: paths.iter().cloned().collect(),
        target_group: Resolvable::reference("target-group", &route.name, "arn"),
        other_target_groups: alternate
            .map(|name| Resolvable::reference("target-group", name, "arn"))
            .collect(),
        busiest: None,
        other: Set::default(),
        swap: None,
        tags: origin.tags(ListenerRule::NAME, name),
    };
    origin.part(name, spec)
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
    let (arn, swap) = (change.own("arn"), spec.swap.clone());
    let spec = without_swap(spec);
    let mut calls = vec![];
    if change.touches("priority") && swap != Some(Swap::Follows) {
        let alongside = match swap {
            Some(Swap::Leads(places)) => places,
            Some(Swap::Follows) | None => vec![],
        };
        calls.push(Call::UpdatePriorities { arn: arn.clone(), spec: spec.clone(), alongside });
    }
    calls.extend(rewrites(change, &spec, &live.spec));
    calls.extend(TagsChange::between(&live.spec.tags, &spec.tags).calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    ));
    calls
}

/// Adds target groups before it takes any away.
fn rewrites(
    change: &Change<'_, ListenerRuleSpec>,
    spec: &ListenerRuleSpec,
    live: &ListenerRuleSpec,
) -> Vec<Call> {
    let touches = |fields: &[&str]| fields.iter().any(|field| change.touches(field));
    let narrows = touches(&["targetGroup", "otherTargetGroups"]) && forwards(live);
    let spec = &shifted::kept(spec, live);
    let wide = if narrows { beside(live, spec) } else { spec.clone() };
    let is_wide = (&wide.target_group, &wide.other_target_groups)
        == (&live.target_group, &live.other_target_groups);
    let updates = !is_wide || touches(&["hosts", "paths", "other"]);
    let arn = change.own("arn");
    let rewrites_action = !is_wide || touches(&["other"]);
    let update = updates.then(|| {
        if rewrites_action {
            Call::Update { arn: arn.clone(), spec: wide }
        } else {
            Call::UpdateConditions { arn: arn.clone(), spec: wide }
        }
    });
    update.into_iter().chain(narrows.then(|| Call::Narrow { arn, spec: spec.clone() })).collect()
}

/// Whether requests go to a target group at all.
fn forwards(live: &ListenerRuleSpec) -> bool {
    !live.target_group.text().is_empty()
}

/// The rule as it is wanted, but with the new target group beside those that it has.
fn beside(live: &ListenerRuleSpec, spec: &ListenerRuleSpec) -> ListenerRuleSpec {
    let others = live.other_target_groups.0.iter().chain([&spec.target_group]);
    let others = others.filter(|other| **other != live.target_group).cloned().collect();
    let target_group = live.target_group.clone();
    ListenerRuleSpec { target_group, other_target_groups: others, ..spec.clone() }
}

fn outputs(arn: &str) -> Outputs {
    Outputs::from([("arn".to_owned(), arn.to_owned())])
}
