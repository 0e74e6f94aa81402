//! What people do to running services between two applies, as data: from what runs and an intent to a
//! few calls, and to what is then waited for. Pure; `Backend` carries the calls out.

mod deploy;
mod hold;
mod refusal;
mod restart;
mod rollback;
mod scale;
#[cfg(test)]
mod testing;

use std::collections::BTreeMap;
use std::fmt;

use crate::rollout::Rollout;
use crate::rollout::verdict::primary;
use crate::runtime::{HookAction, Service, ServiceId, StopType, revision_of, short};

pub use deploy::{Images, deploy};
pub use hold::{abort, resume};
pub use refusal::{Refusal, RefusalKind};
pub use restart::restart;
pub use rollback::{Candidate, candidates, roll_back, stop_and_go_back, target};
pub use scale::{Scaling, scale};

/// A service of the manifests, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// As in the manifests.
    pub name: String,
    pub id: ServiceId,
}

/// What is done to one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub subject: Subject,
    pub differences: Vec<Difference>,
    /// What one should know before it is done, in sentences.
    pub notes: Vec<String>,
    /// In this order.
    pub calls: Vec<Call>,
    pub awaited: Awaited,
}

/// A field that will be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `containers[app].image`
    pub field: String,
    pub before: String,
    pub after: String,
}

/// A revision of a task definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// The one that an earlier call of the change registers.
    Registered,
    /// By its ARN.
    Existing(String),
}

/// One API operation; `Display` is its line in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A revision like `base`, an ARN, but for the images of these containers.
    Register {
        base: String,
        images: BTreeMap<String, String>,
    },
    /// Sends what is given, and nothing else.
    Update {
        id: ServiceId,
        task_definition: Option<Revision>,
        count: Option<u32>,
        forces_deployment: bool,
    },
    /// The ARN is that of a service deployment.
    Stop {
        service: String,
        deployment: String,
        how: StopType,
    },
    Continue {
        service: String,
        deployment: String,
        hook: String,
        action: HookAction,
    },
}

/// What ends a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Awaited {
    /// The deployment that the last call starts.
    Started { task_definition: Revision, previous: String, baking: u32 },
    /// The one that is under way already.
    UnderWay { rollout: Box<Rollout>, wanted: Wanted },
    /// So many tasks run.
    Count(u32),
}

/// The end of a deployment that is what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Success,
    /// The revision before runs again.
    Back,
    Stopped,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register { base, .. } => {
                let family = revision_of(base).map_or(short(base), |(family, _)| family);
                write!(f, "ecs:RegisterTaskDefinition {family}, like {}", short(base))
            }
            Self::Update { id, .. } => write!(f, "ecs:UpdateService {}", id.service),
            Self::Stop { service, how, .. } => {
                write!(f, "ecs:StopServiceDeployment {service} {}", how.word())
            }
            Self::Continue { service, action, .. } => {
                write!(f, "ecs:ContinueServiceDeployment {service} {}", action.word())
            }
        }
    }
}

impl Change {
    /// What is waited for, as a line of the plan.
    pub fn wait(&self) -> String {
        let service = &self.subject.id.service;
        match &self.awaited {
            Awaited::Started { .. } => format!("wait until the deployment of {service} succeeds"),
            Awaited::UnderWay { wanted: Wanted::Success, .. } => {
                format!("wait until the deployment of {service} succeeds")
            }
            Awaited::UnderWay { wanted: Wanted::Back, .. } => {
                format!("wait until {service} is back at the revision before")
            }
            Awaited::UnderWay { wanted: Wanted::Stopped, .. } => {
                format!("wait until the deployment of {service} is stopped")
            }
            Awaited::Count(count) => format!("wait until {service} runs {count} tasks"),
        }
    }
}

/// What a new deployment ends, if another one has not ended yet.
fn superseded(service: &Service) -> Option<String> {
    let primary = primary(service)?;
    let is_under_way = primary.rollout_state.as_deref() == Some("IN_PROGRESS");
    let revision = short(&primary.task_definition);
    is_under_way.then(|| format!("it ends the deployment of {revision}, which is under way"))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service/{}", self.name)
    }
}
