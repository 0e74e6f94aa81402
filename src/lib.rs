//! `ecsctl` deploys applications to Amazon ECS from YAML manifests.

pub mod aws;
pub mod backend;
pub mod cli;
pub mod commands;
pub mod diff;
pub mod exec;
pub mod execute;
pub mod facts;
#[cfg(test)]
mod fakes;
pub mod follow;
pub mod forecast;
pub mod kind;
pub mod kinds;
#[cfg(test)]
mod laws;
pub mod logs;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod report;
pub mod rollout;
pub mod runtime;
#[cfg(test)]
mod semantics;
pub mod session;
#[cfg(test)]
mod stacks;
#[cfg(test)]
mod storms;
pub mod value;
pub mod verify;
