//! The walk along a plan: independent actions side by side, each after all that it needs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::backend::Subject;
use crate::kind::{CallError, Outputs};
use crate::plan::{Action, Plan};
use crate::session::Ground;
use crate::value::{Reference, resolve};

/// Actions that run at the same time. AWS's own rates are kept elsewhere, call by call.
const SIDE_BY_SIDE: usize = 32;

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
    Started { action: usize },
    Call { action: usize, call: usize },
    Done { action: usize },
    Failed { action: usize, message: String },
    Skipped { action: usize, because: usize },
}

struct Run {
    ground: Arc<Ground>,
    plan: Arc<Plan>,
    outputs: Mutex<BTreeMap<Reference, String>>,
    listener: Box<dyn Fn(Event) + Send + Sync>,
}

/// Runs every action of `plan`. One that fails stops only those that need it. After `cancelled`
/// turns true no call is begun, and those under way are finished.
pub async fn execute(
    ground: Arc<Ground>,
    plan: Arc<Plan>,
    cancelled: watch::Receiver<bool>,
    listener: impl Fn(Event) + Send + Sync + 'static,
) -> Vec<Outcome> {
    let outputs = Mutex::new(plan.outputs.clone());
    let run = Arc::new(Run { ground, plan, outputs, listener: Box::new(listener) });
    let mut walk = Walk::new(&run.plan.actions);
    let permits = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut tasks = JoinSet::new();
    let mut positions = BTreeMap::new();
    loop {
        while let Some(action) = walk.next() {
            let (run, permits, cancelled) = (run.clone(), permits.clone(), cancelled.clone());
            let task = tasks.spawn(async move {
                let _permit = permits.acquire().await.expect("the semaphore is never closed");
                run.action(action, &cancelled).await
            });
            positions.insert(task.id(), action);
        }
        let Some(finished) = tasks.join_next_with_id().await else { break };
        let (action, outcome) = match finished {
            Ok((task, outcome)) => (positions[&task], outcome),
            Err(panic) => (positions[&panic.id()], panicked()),
        };
        for (skipped, because) in walk.finish(action, outcome) {
            (run.listener)(Event::Skipped { action: skipped, because });
        }
    }
    walk.outcomes()
}

fn panicked() -> Outcome {
    let error =
        CallError::Defect("ecsctl failed inside; this is a defect, please report it".to_owned());
    Outcome::Failed { call: 0, error }
}

impl Run {
    async fn action(&self, index: usize, cancelled: &watch::Receiver<bool>) -> Outcome {
        let action = &self.plan.actions[index];
        for (position, _) in action.calls.iter().enumerate() {
            if *cancelled.borrow() {
                let error = CallError::Cancelled;
                return if position == 0 {
                    Outcome::Cancelled
                } else {
                    Outcome::Failed { call: position, error }
                };
            }
            if position == 0 {
                (self.listener)(Event::Started { action: index });
            }
            (self.listener)(Event::Call { action: index, call: position });
            if let Err(error) = self.call(action, position).await {
                (self.listener)(Event::Failed { action: index, message: error.to_string() });
                return Outcome::Failed { call: position, error };
            }
        }
        (self.listener)(Event::Done { action: index });
        Outcome::Done
    }

    async fn call(&self, action: &Action, position: usize) -> Result<(), CallError> {
        let mut call = action.calls[position].clone();
        let resolved = self.resolve(&mut call.json)?;
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
        Ok(())
    }

    /// Resolves every reference of a call, and says to what.
    fn resolve(&self, json: &mut serde_json::Value) -> Result<Vec<(Reference, String)>, CallError> {
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let used = Mutex::new(vec![]);
        let missing = resolve(json, &|reference| {
            let value = outputs.get(reference)?.clone();
            used.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((reference.clone(), value.clone()));
            Some(value)
        });
        match missing.first() {
            None => Ok(used.into_inner().unwrap_or_else(PoisonError::into_inner)),
            Some(reference) => Err(CallError::Defect(format!("`{reference}` is not known"))),
        }
    }

    fn remember(&self, action: &Action, new: Outputs) {
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for (attribute, value) in new {
            outputs.insert(Reference::new(action.address.clone(), &attribute), value);
        }
    }
}

/// Which actions can run, and how those that ran ended.
struct Walk {
    missing: Vec<usize>,
    needed_by: Vec<Vec<usize>>,
    ready: VecDeque<usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Walk {
    fn new(actions: &[Action]) -> Self {
        let mut needed_by = vec![vec![]; actions.len()];
        for (index, action) in actions.iter().enumerate() {
            for needed in &action.needs {
                needed_by[*needed].push(index);
            }
        }
        let missing: Vec<usize> = actions.iter().map(|action| action.needs.len()).collect();
        let ready = (0..actions.len()).filter(|index| missing[*index] == 0).collect();
        Self { missing, needed_by, ready, outcomes: actions.iter().map(|_| None).collect() }
    }

    fn next(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Returns what is skipped because of this outcome, each with the action that it needed.
    fn finish(&mut self, action: usize, outcome: Outcome) -> Vec<(usize, usize)> {
        let is_done = matches!(outcome, Outcome::Done);
        let is_cancelled = matches!(outcome, Outcome::Cancelled);
        self.outcomes[action] = Some(outcome);
        let mut skipped = vec![];
        let mut open: Vec<(usize, usize)> =
            self.needed_by[action].iter().map(|waiting| (*waiting, action)).collect();
        while let Some((waiting, because)) = open.pop() {
            if is_done {
                self.missing[waiting] -= 1;
                if self.missing[waiting] == 0 && self.outcomes[waiting].is_none() {
                    self.ready.push_back(waiting);
                }
            } else if self.outcomes[waiting].is_none() {
                let outcome =
                    if is_cancelled { Outcome::Cancelled } else { Outcome::Skipped { because } };
                self.outcomes[waiting] = Some(outcome);
                skipped.push((waiting, because));
                open.extend(self.needed_by[waiting].iter().map(|next| (*next, because)));
            }
        }
        if is_cancelled { vec![] } else { skipped }
    }

    fn outcomes(self) -> Vec<Outcome> {
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Cancelled)).collect()
    }
}
