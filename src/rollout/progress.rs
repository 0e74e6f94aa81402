//! How far a rollout has come: what a live view shows, and one event a change elsewhere.

use serde::Serialize;

use super::diagnosis::Diagnosis;
use crate::runtime::{Breaker, Event, Pause};

/// A rollout at one look.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The service's name in ECS.
    pub service: String,
    /// Seconds since it is followed.
    pub elapsed: u64,
    /// The service deployment's status, or the deployment's rollout state.
    pub status: String,
    pub new: Tasks,
    /// Of every other deployment together.
    pub old: Option<Tasks>,
    /// Of a deployment that shifts requests.
    pub stage: Option<String>,
    pub weights: Option<Weights>,
    pub breaker: Option<Breaker>,
    pub targets: Option<TargetCounts>,
    pub pause: Option<Pause>,
    /// The newest one since it began.
    pub event: Option<Event>,
    /// What is wrong, as soon as it is known.
    pub trouble: Option<Diagnosis>,
}

/// Tasks of one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tasks {
    /// `shop-prod-web:42`
    pub revision: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    pub failed: u32,
}

/// Percent of requests that go to the new revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Weights {
    pub production: f64,
    pub test: Option<f64>,
}

/// Targets of a service's target groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TargetCounts {
    pub healthy: u32,
    pub total: u32,
}
