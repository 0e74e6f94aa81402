//! What a cancelled run leaves rolling out: ECS goes on with it, whether anybody follows it or not.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::events::{self, rollout::StillRolling};
use crate::execute::{Event, Outcome};
use crate::kind::CallError;
use crate::plan::Plan;
use crate::rollout::{Progress, Tasks};
use crate::value::Address;

/// The newest look at each rollout, by the position of its action.
#[derive(Debug, Default)]
pub struct Rolling(Mutex<BTreeMap<usize, Progress>>);

/// A rollout that nobody follows any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The service's document.
    manifest: Address,
    new: Tasks,
}

impl Rolling {
    pub fn hear(&self, event: &Event) {
        if let Event::Rollout { action, progress } = event {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(*action, (**progress).clone());
        }
    }

    /// The rollouts that were cancelled while they were followed.
    pub fn left(&self, plan: &Plan, outcomes: &[Outcome]) -> Vec<Left> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_cancelled = |action: &usize| {
            matches!(
                outcomes.get(*action),
                Some(Outcome::Failed { error: CallError::Cancelled, .. })
            )
        };
        let left = all.iter().filter(|(action, _)| is_cancelled(action));
        left.map(|(action, progress)| Left {
            manifest: plan.actions[*action].manifest.address.clone(),
            new: progress.new.clone(),
        })
        .collect()
    }
}

impl Left {
    /// `service/web is still rolling out shop-prod-web:42 (1 of 2 tasks run); …`
    pub fn line(&self) -> String {
        let Self { manifest, new: Tasks { revision, desired, running, .. } } = self;
        let name = &manifest.name;
        format!(
            "{manifest} is still rolling out {revision} ({running} of {desired} tasks run); `ecsctl wait {name}` follows it.\n"
        )
    }

    pub fn event(&self) -> events::Event {
        let (address, new) = (self.manifest.to_string(), (&self.new).into());
        events::Event::StillRolling(StillRolling { address, new })
    }
}
