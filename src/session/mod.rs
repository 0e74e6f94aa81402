//! From a stack and an account to a plan: desired rows, observation, and planning until all that
//! decides is read.

mod placement;
mod standing;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::aws::AwsError;
use crate::backend::{Backend, Observed, Query};
use crate::facts::Facts;
use crate::kind::{AnyKind, DesiredRow, LiveRow, Scope};
use crate::model::stack::Stack;
use crate::plan::{self, Options, Plan, PlanError, Planned, Situation};

pub use standing::{Standing, StandingError, Target};

/// The account, and what of it a run is about.
pub struct Ground {
    pub kinds: &'static [&'static dyn AnyKind],
    pub backend: Backend,
    pub scope: Scope,
    pub facts: Facts,
    /// How long a deployment may take.
    pub rollout_limit: Duration,
}

/// How long a deployment may take unless somebody says otherwise.
pub const ROLLOUT_LIMIT: Duration = Duration::from_mins(15);

/// A plan, with what it was made from.
#[derive(Debug)]
pub struct Survey {
    pub plan: Plan,
    pub desired: Vec<DesiredRow>,
    pub observed: Observed,
    /// Live rows that are known by their digest only.
    pub shallow: usize,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl Ground {
    /// The ground for a stack: its scope, and the facts that its rows depend on.
    pub async fn of(stack: &Stack, backend: Backend) -> Result<Self, AwsError> {
        let facts = backend.facts(stack).await?;
        let (kinds, scope) = (crate::kinds::ALL, Scope::of(stack));
        Ok(Self { kinds, backend, scope, facts, rollout_limit: ROLLOUT_LIMIT })
    }

    /// The rows that a stack's manifests ask for.
    pub fn desired(&self, stack: &Stack) -> Vec<DesiredRow> {
        self.kinds.iter().flat_map(|kind| kind.desired(stack, &self.facts)).collect()
    }

    /// Observes the account and plans the way to `desired`.
    pub async fn plan(
        &self,
        mut desired: Vec<DesiredRow>,
        options: &Options,
        is_deep: bool,
    ) -> Result<Survey, SessionError> {
        let (kinds, scope, facts) = (self.kinds, &self.scope, &self.facts);
        let query = Query { kinds, scope, facts, desired: &desired, is_deep };
        let mut observed = self.backend.observe(query).await?;
        settle(kinds, &mut desired, &observed.rows);
        loop {
            let situation = Situation { kinds, scope, desired: &desired, live: &observed.rows };
            match plan::plan(&situation, options)? {
                Planned::Plan(plan) => {
                    let shallow = observed.rows.iter().filter(|row| row.is_shallow()).count();
                    return Ok(Survey { plan, desired, observed, shallow });
                }
                Planned::NeedsDepth(shallow) => {
                    let query = Query { kinds, scope, facts, desired: &desired, is_deep };
                    self.backend.deepen(query, shallow, &mut observed).await?;
                }
            }
        }
    }
}

/// Lets the kinds choose what depends on what is live.
pub(crate) fn settle(
    kinds: &[&'static dyn AnyKind],
    desired: &mut Vec<DesiredRow>,
    live: &[LiveRow],
) {
    let mut by_kind: BTreeMap<String, Vec<DesiredRow>> = BTreeMap::new();
    for row in desired.drain(..) {
        by_kind.entry(row.address.kind.clone()).or_default().push(row);
    }
    for kind in kinds {
        if let Some(rows) = by_kind.get_mut(kind.name()) {
            let live: Vec<&LiveRow> = live.iter().filter(|row| row.kind == kind.name()).collect();
            kind.settle(rows, &live);
        }
    }
    desired.extend(by_kind.into_values().flatten());
}
