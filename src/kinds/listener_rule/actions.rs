//! The actions of a rule in AWS's form, both ways.

use aws_sdk_elasticloadbalancingv2::types::{
    Action as Sdk, ActionTypeEnum, ForwardActionConfig, TargetGroupStickinessConfig,
    TargetGroupTuple,
};

use super::spec::{Action, Forward, ListenerRuleSpec, Weighted};
use crate::kinds::shared::answers::Answer;
use crate::kinds::shared::elb::{int, unsigned};

/// Logging in comes first; the last action is the one that ends with an answer.
pub(super) fn sdk(spec: &ListenerRuleSpec) -> Vec<Sdk> {
    let last = match &spec.action {
        Action::Forward(to) => Some(forward(to)),
        Action::Redirect(redirect) => Some(redirect.action()),
        Action::FixedResponse(response) => Some(response.action()),
        Action::Other => None,
    };
    let mut actions: Vec<Sdk> = spec.authenticate.action().into_iter().chain(last).collect();
    if actions.len() > 1 {
        for (action, order) in actions.iter_mut().zip(1..) {
            action.order = Some(order);
        }
    }
    actions
}

fn forward(forward: &Forward) -> Sdk {
    let action = Sdk::builder().r#type(ActionTypeEnum::Forward);
    let groups = &forward.target_groups.0;
    let only = groups.first().filter(|group| groups.len() == 1 && group.weight == 1);
    if let Some(only) = only.filter(|_| forward.stickiness == 0) {
        return action.target_group_arn(only.target_group.text()).build();
    }
    let weighted = |group: &Weighted| {
        let tuple = TargetGroupTuple::builder().target_group_arn(group.target_group.text());
        tuple.weight(int(group.weight)).build()
    };
    let is_sticky = forward.stickiness > 0;
    let stickiness = TargetGroupStickinessConfig::builder()
        .enabled(is_sticky)
        .set_duration_seconds(is_sticky.then(|| int(forward.stickiness)));
    let config = ForwardActionConfig::builder()
        .set_target_groups(Some(groups.iter().map(weighted).collect()))
        .target_group_stickiness_config(stickiness.build());
    action.forward_config(config.build()).build()
}

/// What the rule ends with.
pub(super) fn observed(actions: &[Sdk]) -> Action {
    let mut last = actions.iter().filter(|action| !is_authentication(action));
    let Some(action) = last.next_back() else { return Action::Other };
    match (action.r#type(), Answer::observed(action)) {
        (_, Some(Answer::Redirect(redirect))) => Action::Redirect(redirect),
        (_, Some(Answer::FixedResponse(response))) => Action::FixedResponse(response),
        (Some(ActionTypeEnum::Forward), None) => Action::Forward(forwarded(action)),
        (_, None) => Action::Other,
    }
}

/// The types of the actions that say more than a spec can hold.
pub(super) fn others(actions: &[Sdk]) -> impl Iterator<Item = String> + use<> {
    let (logins, rest): (Vec<&Sdk>, Vec<&Sdk>) =
        actions.iter().partition(|action| is_authentication(action));
    let is_odd = |action: &&Sdk| matches!(observed(std::slice::from_ref(*action)), Action::Other);
    let odd = rest.iter().copied().filter(is_odd);
    let surplus = logins.iter().copied().skip(1).chain(rest.iter().copied().skip(1));
    let types: Vec<String> = odd
        .chain(surplus)
        .filter_map(|action| Some(action.r#type()?.as_str().to_owned()))
        .collect();
    types.into_iter()
}

fn is_authentication(action: &Sdk) -> bool {
    action.authenticate_oidc_config().is_some() || action.authenticate_cognito_config().is_some()
}

/// AWS shows a single target group twice: in the action and, with a weight, in its configuration.
/// moto shows what was sent.
fn forwarded(action: &Sdk) -> Forward {
    let config = action.forward_config();
    let weighted = |group: &TargetGroupTuple| Weighted {
        target_group: group.target_group_arn().unwrap_or_default().into(),
        weight: group.weight().map_or(1, |weight| unsigned(Some(weight))),
    };
    let configured = config.map(ForwardActionConfig::target_groups).unwrap_or_default();
    let only = || Weighted {
        target_group: action.target_group_arn().unwrap_or_default().into(),
        weight: 1,
    };
    let groups = match configured {
        [] => [only()].into_iter().collect(),
        groups => groups.iter().map(weighted).collect(),
    };
    let stickiness = config.and_then(ForwardActionConfig::target_group_stickiness_config);
    let stickiness = stickiness.filter(|stickiness| stickiness.enabled() == Some(true));
    Forward::new(groups, stickiness.map_or(0, |it| unsigned(it.duration_seconds())))
}
