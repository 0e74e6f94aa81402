//! How a service's new revision is rolled out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a new revision is rolled out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Deployment {
    /// Tasks that must stay healthy during a rollout, in percent of `desiredCount`, rounded up. Default: 100, with
    /// `scheduling: DAEMON` 0.
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: Option<u32>,
    /// Tasks that may run during a rollout, in percent of `desiredCount`, rounded down. Default: 200, with
    /// `scheduling: DAEMON` 100, which it must be.
    #[schemars(range(min = 100, max = 1000))]
    pub maximum_percent: Option<u32>,
    /// Give up a rollout whose tasks keep failing.
    pub circuit_breaker: CircuitBreaker,
}

/// Gives up a rollout whose tasks keep failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CircuitBreaker {
    /// Give up. Default: true.
    pub enable: bool,
    /// Go back to the last revision that worked. Default: true.
    pub rollback: bool,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self { enable: true, rollback: true }
    }
}
