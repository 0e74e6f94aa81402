//! The account behind one seam: AWS, or a mock of it in a file.

mod group;
mod instances;
mod live;
mod load_balancer;
mod mock;
mod network;
mod runtime;
mod script;
mod verify;

use std::collections::BTreeMap;

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::forecast::Instance;
use crate::kind::{AnyKind, CallError, DesiredRow, LiveRow, Manifest, Outputs, PlannedCall, Scope};
use crate::model::stack::Stack;
use crate::plan::Shallow;
use crate::value::{Address, Reference};
use crate::verify::{Answers, Questions};

pub use mock::{Access, MockAccount, MockError};
pub use runtime::{
    ExecRequest, LogOrder, LogPage, LogQuery, Position, ServiceUpdate, Stopwatch, TASKS_PER_RUN,
    TaskQuery, TasksOf,
};

/// Where observations come from and calls go to.
pub enum Backend {
    Live(Box<Aws>),
    Mock(MockAccount),
}

/// What was read of an account, and how many calls it took.
#[derive(Debug)]
pub struct Observed {
    pub rows: Vec<LiveRow>,
    /// API calls by operation; none are made to the mock account.
    pub calls: Option<BTreeMap<String, u64>>,
}

/// What is observed: the rows that a scope wants, and all that it owns.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub kinds: &'a [&'static dyn AnyKind],
    pub scope: &'a Scope,
    pub facts: &'a Facts,
    pub desired: &'a [DesiredRow],
    /// Read what digests answer for too.
    pub is_deep: bool,
}

/// The resource that a call works on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub scope: &'a Scope,
    pub facts: &'a Facts,
    pub address: &'a Address,
    pub manifest: &'a Manifest,
}

impl Backend {
    pub async fn facts(&self, stack: &Stack) -> Result<Facts, AwsError> {
        match self {
            Self::Live(aws) => live::facts(aws, stack).await,
            Self::Mock(_) => Ok(mock::facts(stack)),
        }
    }

    pub async fn observe(&self, query: Query<'_>) -> Result<Observed, AwsError> {
        match self {
            Self::Live(aws) => live::observe(aws, query).await,
            Self::Mock(account) => Ok(Observed { rows: account.rows(query.kinds)?, calls: None }),
        }
    }

    /// Reads `shallow` rows in full and puts them in the place of those in `rows`.
    pub async fn deepen(
        &self,
        query: Query<'_>,
        shallow: Vec<Shallow>,
        observed: &mut Observed,
    ) -> Result<(), AwsError> {
        match self {
            Self::Live(aws) => live::deepen(aws, query, shallow, observed).await,
            Self::Mock(_) => Ok(()),
        }
    }

    /// The instances of a cluster that take tasks; none from a mock account, which does not know them.
    pub async fn container_instances(
        &self,
        cluster: &str,
    ) -> Result<Option<Vec<Instance>>, AwsError> {
        match self {
            Self::Live(aws) => Ok(Some(instances::read(aws, cluster).await?)),
            Self::Mock(_) => Ok(None),
        }
    }

    /// What must be known before a plan can work, as far as it can be read.
    pub async fn answers(&self, facts: &Facts, questions: &Questions) -> Answers {
        match self {
            Self::Live(aws) => verify::answers(aws, facts, questions).await,
            Self::Mock(account) => account.answers(questions),
        }
    }

    /// The API calls so far by operation; none are made to the mock account.
    pub fn calls(&self) -> Option<BTreeMap<String, u64>> {
        match self {
            Self::Live(aws) => Some(aws.calls.by_operation()),
            Self::Mock(_) => None,
        }
    }

    /// Carries out one call in which every reference is resolved. `references` says to what, and
    /// what else the resource refers to.
    pub async fn run(
        &self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
        references: &[(Reference, String)],
    ) -> Result<Outputs, CallError> {
        match self {
            Self::Live(aws) => kind.perform(aws, &call.json).await,
            Self::Mock(account) => account.run(kind, subject, call, references),
        }
    }

    /// Nothing that was done is lost after this.
    pub fn finish(&self) -> Result<(), MockError> {
        match self {
            Self::Live(_) => Ok(()),
            Self::Mock(account) => account.save(),
        }
    }
}
