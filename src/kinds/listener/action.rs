//! What a listener does with requests that no rule takes.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::Action;
use serde::{Deserialize, Serialize};

use crate::kinds::shared::answers::{Answer, FixedResponse, Redirect};
use crate::model::resolved::load_balancer::DefaultAction as Resolved;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DefaultAction {
    Redirect(Redirect),
    FixedResponse(FixedResponse),
    /// What no manifest asks for: the types of the actions.
    Other {
        types: BTreeSet<String>,
    },
}

impl DefaultAction {
    pub(super) fn of(resolved: &Resolved) -> Self {
        match resolved {
            Resolved::Redirect(redirect) => Self::Redirect(Redirect::of(redirect)),
            Resolved::FixedResponse(response) => Self::FixedResponse(FixedResponse::of(response)),
        }
    }

    pub(super) fn observed(actions: &[Action]) -> Self {
        let answer = match actions {
            [action] => Answer::observed(action),
            _ => None,
        };
        match answer {
            Some(Answer::Redirect(redirect)) => Self::Redirect(redirect),
            Some(Answer::FixedResponse(response)) => Self::FixedResponse(response),
            None => {
                let types = actions.iter().filter_map(|action| action.r#type());
                Self::Other { types: types.map(|r#type| r#type.as_str().to_owned()).collect() }
            }
        }
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Redirect(redirect) => redirect.action(),
            Self::FixedResponse(response) => response.action(),
            Self::Other { types } => Action::builder()
                .set_type(types.first().map(|r#type| r#type.as_str().into()))
                .build(),
        }
    }
}
