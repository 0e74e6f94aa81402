//! Changes of running services: what is planned, and what goes on without being followed.

use schemars::JsonSchema;
use serde::Serialize;

use super::plan::Change as Changed;
use crate::operate::{Change, Difference, Subject};
use crate::runtime::Service;

/// A change of a service that is about to be made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// The service: `service/name`.
    pub address: String,
    /// What it changes.
    pub changes: Vec<Changed>,
    /// What to know about it, in a sentence each.
    pub notes: Vec<String>,
    /// Its calls in order, such as `ecs:UpdateService shop-prod-web`.
    pub calls: Vec<String>,
}

/// How many tasks run, while a number of them is waited for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// The service: `service/name`.
    pub address: String,
    /// Tasks that should run.
    pub desired: u32,
    /// Tasks that run.
    pub running: u32,
    /// Tasks that are being started.
    pub pending: u32,
}

/// A change goes on, and nobody follows it any more.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftRolling {
    /// The service: `service/name`.
    pub address: String,
    /// What goes on, and how to follow it: a lowercase fragment.
    pub text: String,
}

impl Planned {
    pub fn of(change: &Change) -> Self {
        let changes = change.differences.iter().map(|Difference { field, before, after }| {
            let (before, after) = (Some(before.clone()), Some(after.clone()));
            Changed { path: field.clone(), before, after }
        });
        Self {
            address: change.subject.to_string(),
            changes: changes.collect(),
            notes: change.notes.clone(),
            calls: change.calls.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Counted {
    pub fn of(subject: &Subject, service: &Service) -> Self {
        let Service { desired, running, pending, .. } = *service;
        Self { address: subject.to_string(), desired, running, pending }
    }
}
