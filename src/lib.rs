//! `ecsctl` deploys applications to Amazon ECS from YAML manifests.

pub mod aws;
pub mod manifest;
