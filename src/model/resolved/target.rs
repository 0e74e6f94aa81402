//! How requests reach a service: its target groups.

use std::collections::BTreeMap;

pub use super::rule::{Priority, Rule};
pub use crate::model::documents::routing::ProtocolVersion;

/// A target group of the service, and the listener rule that it has for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Physical name of the target group.
    pub target_group_name: String,
    /// A load balancer by name.
    pub load_balancer: String,
    /// One of its listeners by name.
    pub listener: String,
    pub container: String,
    pub container_port: u16,
    /// Its own; none when requests come by one of the load balancer's.
    pub rule: Option<Rule>,
    pub health_check: TargetHealthCheck,
    pub protocol_version: ProtocolVersion,
    /// Seconds.
    pub deregistration_delay: u32,
    /// Seconds that the cookie lasts; none is off.
    pub stickiness: Option<u32>,
    /// By AWS's own key, without those that have a field here.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealthCheck {
    pub path: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    /// HTTP statuses, or gRPC ones with `ProtocolVersion::Grpc`.
    pub matcher: String,
}
