//! `ecsctl` deploys applications to Amazon ECS from YAML manifests.

pub mod manifest;
pub mod model;
pub mod report;
