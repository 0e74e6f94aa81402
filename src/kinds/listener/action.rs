//! What a listener does with requests that no rule takes.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, ForwardActionConfig};
use serde::{Deserialize, Serialize};

use crate::kinds::shared::answers::{Answer, FixedResponse, Redirect};
use crate::kinds::shared::routing::Route;
use crate::model::resolved::load_balancer::DefaultAction as Resolved;
use crate::value::Resolvable;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DefaultAction {
    Redirect(Redirect),
    FixedResponse(FixedResponse),
    /// To the target group with this ARN.
    Forward {
        target_group: Resolvable,
    },
    /// What no manifest asks for: the types of the actions.
    Other {
        types: BTreeSet<String>,
    },
}

impl DefaultAction {
    /// None for a listener that waits for a service: AWS makes none without an action.
    pub(super) fn of(resolved: &Resolved, route: Option<&Route<'_>>) -> Option<Self> {
        Some(match resolved {
            Resolved::Redirect(redirect) => Self::Redirect(Redirect::of(redirect)),
            Resolved::FixedResponse(response) => Self::FixedResponse(FixedResponse::of(response)),
            Resolved::Service => Self::Forward {
                target_group: Resolvable::reference("target-group", &route?.name, "arn"),
            },
        })
    }

    pub(super) fn observed(actions: &[Action]) -> Self {
        let known = match actions {
            [action] => answer(action).or_else(|| forward(action)),
            _ => None,
        };
        let types = || {
            let types = actions.iter().filter_map(|action| action.r#type());
            types.map(|r#type| r#type.as_str().to_owned()).collect()
        };
        known.unwrap_or_else(|| Self::Other { types: types() })
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Redirect(redirect) => redirect.action(),
            Self::FixedResponse(response) => response.action(),
            Self::Forward { target_group } => Action::builder()
                .r#type(ActionTypeEnum::Forward)
                .target_group_arn(target_group.text())
                .build(),
            Self::Other { types } => Action::builder()
                .set_type(types.first().map(|r#type| r#type.as_str().into()))
                .build(),
        }
    }
}

fn answer(action: &Action) -> Option<DefaultAction> {
    Some(match Answer::observed(action)? {
        Answer::Redirect(redirect) => DefaultAction::Redirect(redirect),
        Answer::FixedResponse(response) => DefaultAction::FixedResponse(response),
    })
}

/// `None` for one to several target groups. AWS shows a single one twice: in the action and, with a
/// weight, in its configuration.
fn forward(action: &Action) -> Option<DefaultAction> {
    let configured = action.forward_config().map(ForwardActionConfig::target_groups);
    let target_group = match configured.unwrap_or_default() {
        [] => action.target_group_arn()?,
        [only] => only.target_group_arn()?,
        [_, _, ..] => return None,
    };
    Some(DefaultAction::Forward { target_group: target_group.into() })
}
