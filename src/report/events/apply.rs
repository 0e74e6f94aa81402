//! What happens while a plan runs.

use schemars::JsonSchema;
use serde::Serialize;

use super::Event;
use super::rollout::Rollout;
use crate::execute::Event as Happened;
use crate::plan::Plan;

/// An action was begun.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// The resource: `kind/name`.
    pub address: String,
}

/// A call of an action was begun: one request to AWS, or a wait.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The resource: `kind/name`.
    pub address: String,
    /// The call as the plan has it, such as `ecs:UpdateService shop-prod-web`.
    pub call: String,
}

/// An action was done: all its calls succeeded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// The resource: `kind/name`.
    pub address: String,
}

/// A call of an action failed. Those after it are not tried.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// The resource: `kind/name`.
    pub address: String,
    /// What went wrong, in a sentence.
    pub message: String,
}

/// An action was not tried, for something that it needs was not done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// The resource: `kind/name`.
    pub address: String,
    /// The resource that was not done.
    pub because: String,
}

/// One thing that happened while a plan ran.
pub fn happened(event: &Happened, plan: &Plan) -> Event {
    let address = |action: &usize| plan.actions[*action].address.to_string();
    match event {
        Happened::Started { action } => Event::Started(Started { address: address(action) }),
        Happened::Call { action, call } => {
            let call = plan.actions[*action].calls[*call].line.clone();
            Event::Call(Call { address: address(action), call })
        }
        Happened::Rollout { action, progress } => {
            Event::Rollout(Box::new(Rollout::of(&address(action), progress)))
        }
        Happened::Done { action } => Event::Done(Done { address: address(action) }),
        Happened::Failed { action, message } => {
            Event::Failed(Failed { address: address(action), message: message.clone() })
        }
        Happened::Skipped { action, because } => {
            Event::Skipped(Skipped { address: address(action), because: address(because) })
        }
    }
}
