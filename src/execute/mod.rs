//! The walk along a plan: independent actions side by side, each after all that it needs.

#[cfg(test)]
mod tests;
mod walk;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::watch;

use crate::backend::Subject;
use crate::follow::follow;
use crate::kind::{CallError, Outputs, PlannedCall};
use crate::plan::{Action, Plan};
use crate::rollout::Progress;
use crate::session::Ground;
use crate::value::{Reference, resolve};

use walk::Walk;

/// Actions that run at the same time. AWS's own rates are kept elsewhere, call by call.
const SIDE_BY_SIDE: usize = 32;

/// How long a call may still take once the run is cancelled: whoever stops a run does not wait long.
const GRACE: Duration = Duration::from_secs(5);

/// How an action ended.
#[derive(Debug)]
pub enum Outcome {
    Done,
    /// The call at this position failed; those after it were not tried.
    Failed {
        call: usize,
        error: CallError,
    },
    /// Something that it needs was not done: the position of that action.
    Skipped {
        because: usize,
    },
    /// It was not begun when the run was cancelled.
    Cancelled,
}

/// What happens while a plan runs; actions and calls by position.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Started {
        action: usize,
    },
    Call {
        action: usize,
        call: usize,
    },
    /// A rollout, each time it was looked at.
    Rollout {
        action: usize,
        progress: Box<Progress>,
    },
    Done {
        action: usize,
    },
    Failed {
        action: usize,
        message: String,
    },
    Skipped {
        action: usize,
        because: usize,
    },
}

struct Run<L> {
    ground: Arc<Ground>,
    plan: Arc<Plan>,
    outputs: Mutex<BTreeMap<Reference, String>>,
    cancelled: watch::Receiver<bool>,
    listener: L,
}

/// Runs every action of `plan`. One that fails stops only those that need it. After `cancelled`
/// turns true no call is begun, and those under way are finished, but not the waits.
pub async fn execute(
    ground: Arc<Ground>,
    plan: Arc<Plan>,
    cancelled: watch::Receiver<bool>,
    listener: impl Fn(Event) + Send + Sync + 'static,
) -> Vec<Outcome> {
    let outputs = Mutex::new(plan.outputs.clone());
    let run = Run { ground, plan, outputs, cancelled, listener };
    let mut walk = Walk::new(&run.plan.actions);
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < SIDE_BY_SIDE
            && let Some(action) = walk.next()
        {
            running.push(run.action(action).map(move |outcome| (action, outcome)));
        }
        let Some((action, outcome)) = running.next().await else { break };
        for (skipped, because) in walk.finish(action, outcome) {
            (run.listener)(Event::Skipped { action: skipped, because });
        }
    }
    walk.outcomes()
}

impl<L: Fn(Event) + Sync> Run<L> {
    async fn action(&self, index: usize) -> Outcome {
        if *self.cancelled.borrow() {
            return Outcome::Cancelled;
        }
        (self.listener)(Event::Started { action: index });
        let action = &self.plan.actions[index];
        for (position, planned) in action.calls.iter().enumerate() {
            // Between two calls of an action too: the next plan finds what is left.
            let ended = if *self.cancelled.borrow() {
                Err(CallError::Cancelled)
            } else {
                (self.listener)(Event::Call { action: index, call: position });
                self.isolated(index, planned).await
            };
            if let Err(error) = ended {
                (self.listener)(Event::Failed { action: index, message: error.to_string() });
                return Outcome::Failed { call: position, error };
            }
        }
        (self.listener)(Event::Done { action: index });
        Outcome::Done
    }

    /// One call, whose panic is its own failure; others go on.
    async fn isolated(&self, index: usize, planned: &PlannedCall) -> Result<(), CallError> {
        let call = AssertUnwindSafe(self.call(index, planned)).catch_unwind();
        let call = call.map(|ended| ended.unwrap_or_else(|_| Err(panicked())));
        if !planned.is_wait() {
            let too_long = async {
                self.cancellation().await;
                tokio::time::sleep(GRACE).await;
            };
            return tokio::select! {
                ended = call => ended,
                () = too_long => Err(CallError::Abandoned),
            };
        }
        tokio::select! {
            ended = call => ended,
            () = self.cancellation() => Err(CallError::Cancelled),
        }
    }

    /// Passes when the run is cancelled, and else never.
    async fn cancellation(&self) {
        let mut cancelled = self.cancelled.clone();
        if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
            // Nobody is left who could cancel.
            std::future::pending::<()>().await;
        }
    }

    async fn call(&self, index: usize, planned: &PlannedCall) -> Result<(), CallError> {
        let action = &self.plan.actions[index];
        let mut call = planned.clone();
        let mut resolved = self.resolve(&mut call.json)?;
        resolved.extend(self.relied_on(action));
        let ground = &self.ground;
        let kind = ground.kinds.iter().find(|kind| kind.name() == call.kind);
        let kind = kind.expect("plans hold calls of registered kinds");
        let subject = Subject {
            scope: &ground.scope,
            facts: &ground.facts,
            address: &action.address,
            manifest: &action.manifest,
        };
        let outputs = ground.backend.run(*kind, subject, &call, &resolved).await?;
        self.remember(action, outputs);
        let Some(rollout) = kind.rollout(&call.json) else { return Ok(()) };
        let tell = |progress| {
            (self.listener)(Event::Rollout { action: index, progress: Box::new(progress) });
        };
        follow(&ground.backend, &rollout, ground.rollout_limit, &tell).await
    }

    /// Resolves every reference of a call, and says to what.
    fn resolve(&self, json: &mut serde_json::Value) -> Result<Vec<(Reference, String)>, CallError> {
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let used = RefCell::new(vec![]);
        let missing = resolve(json, &|reference| {
            let value = outputs.get(reference)?.clone();
            used.borrow_mut().push((reference.clone(), value.clone()));
            Some(value)
        });
        match missing.first() {
            None => Ok(used.into_inner()),
            Some(reference) => Err(CallError::Defect(format!("`{reference}` is not known"))),
        }
    }

    /// What the planner resolved in an action's calls: it must still be there too.
    fn relied_on(&self, action: &Action) -> Vec<(Reference, String)> {
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |reference: &Reference| {
            outputs.get(reference).map(|value| (reference.clone(), value.clone()))
        };
        action.refers_to.iter().filter_map(known).collect()
    }

    fn remember(&self, action: &Action, new: Outputs) {
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for (attribute, value) in new {
            outputs.insert(Reference::new(action.address.clone(), &attribute), value);
        }
    }
}

fn panicked() -> CallError {
    CallError::Defect("ecsctl failed inside; this is a defect, please report it".to_owned())
}
