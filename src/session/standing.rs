//! Where and how a task runs that is started by itself: as what is live says, not as the manifests do.

#[cfg(test)]
mod tests;

use serde_json::Value as Json;

use super::{Ground, SessionError};
use crate::kind::{AnyKind, DesiredRow, LiveRow};
use crate::kinds::service::of_job;
use crate::model::resolved::job::{Job, PropagateTags};
use crate::model::resolved::service::Service;
use crate::model::resolved::workload::Workload;
use crate::model::stack::{Resource, Stack};
use crate::plan::Options;
use crate::runtime::Placement;
use crate::value::{Address, Reference, resolve};

const SERVICE: &str = "service";

const TASK_DEFINITION: &str = "task-definition";

/// Whose task is run.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    Service(&'a Resource<Service>),
    Job(&'a Resource<Job>),
}

/// What is live of it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub placement: Placement,
    /// Its tasks get tags.
    pub propagates_tags: bool,
    /// `apply` would change its task definition, or what comes with it.
    pub differs: bool,
}

/// Why no task of it can be run.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{target} was never applied: there is no {missing}")]
    NotApplied { target: Address, missing: Address },
    #[error("{target} cannot be read")]
    Unreadable { target: Address, source: serde_json::Error },
}

impl<'a> Target<'a> {
    /// The address of its document.
    pub fn address(self) -> Address {
        let workload = self.workload();
        Address::new(workload.kind.noun(), workload.name)
    }

    pub fn workload(self) -> Workload<'a> {
        match self {
            Self::Service(service) => service.into(),
            Self::Job(job) => job.into(),
        }
    }

    /// Seconds after which a run is stopped.
    pub fn timeout(self) -> Option<u32> {
        match self {
            Self::Service(_) => None,
            Self::Job(job) => job.value.timeout,
        }
    }
}

impl Ground {
    /// What of a service or a job is live.
    pub async fn standing(
        &self,
        stack: &Stack,
        target: Target<'_>,
    ) -> Result<Standing, StandingError> {
        let survey = self.plan(self.desired(stack), &Options::default(), false).await?;
        let live =
            Live { kinds: self.kinds, desired: &survey.desired, rows: &survey.observed.rows };
        let address = target.address();
        let missing = |missing| StandingError::NotApplied { target: target.address(), missing };
        let (mut spec, propagates_tags) = match target {
            Target::Service(_) => {
                let row = live.row(&address).ok_or_else(|| missing(address.clone()))?;
                // There is no service for the task to get them from.
                (row.spec.clone(), row.spec["propagateTags"] != "NONE")
            }
            Target::Job(job) => {
                let propagates_tags = job.value.propagate_tags == PropagateTags::TaskDefinition;
                (of_job(stack, &self.facts, job), propagates_tags)
            }
        };
        let left = resolve(&mut spec, &|reference| live.output(reference));
        // The task definition says most plainly that it was never applied.
        let telling = left.iter().max_by_key(|it| it.address().kind == TASK_DEFINITION);
        if let Some(reference) = telling {
            return Err(missing(reference.address().clone()));
        }
        let placement = placement(spec)
            .map_err(|source| StandingError::Unreadable { target: address.clone(), source })?;
        let differs = survey
            .plan
            .actions
            .iter()
            .any(|action| action.manifest.address == address && action.address.kind != SERVICE);
        Ok(Standing { placement, propagates_tags, differs })
    }
}

/// `RunTask` takes a launch type or a strategy, never both.
fn placement(spec: Json) -> Result<Placement, serde_json::Error> {
    let mut placement: Placement = serde_json::from_value(spec)?;
    if !placement.capacity_provider_strategy.is_empty() {
        placement.launch_type = None;
    }
    Ok(placement)
}

/// The live counterparts of desired rows.
struct Live<'a> {
    kinds: &'static [&'static dyn AnyKind],
    desired: &'a [DesiredRow],
    rows: &'a [LiveRow],
}

impl Live<'_> {
    fn row(&self, address: &Address) -> Option<&LiveRow> {
        let desired = self.desired.iter().find(|row| row.address == *address)?;
        let kind = self.kinds.iter().find(|kind| kind.name() == address.kind)?;
        let mut spec = desired.spec.clone();
        resolve(&mut spec, &|reference| self.output(reference));
        let key = kind.key(&spec);
        self.rows.iter().find(|row| row.kind == kind.name() && row.key == key)
    }

    fn output(&self, reference: &Reference) -> Option<String> {
        self.row(reference.address())?.outputs.get(reference.attribute()).cloned()
    }
}
