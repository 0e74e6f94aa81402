//! How requests reach a service: its target groups and listener rules.

use std::collections::BTreeMap;

pub use crate::model::documents::routing::ProtocolVersion;

/// A target group of the service and the listener rule that leads to it.
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
    pub rule: Rule,
    /// None with the strategy `ROLLING`.
    pub shift: Option<Shift>,
    pub health_check: TargetHealthCheck,
    pub protocol_version: ProtocolVersion,
    /// Seconds.
    pub deregistration_delay: u32,
    /// Seconds that the cookie lasts; none is off.
    pub stickiness: Option<u32>,
    /// By AWS's own key, without those that have a field here.
    pub attributes: BTreeMap<String, String>,
}

/// Where ECS shifts requests to: each deployment goes to the one of two target groups that the tasks
/// before are not in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Physical name of the second target group.
    pub target_group_name: String,
    /// A listener by name, the requests of which try the new tasks out first.
    pub test_listener: Option<String>,
}

/// Which requests a target group takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub priority: Priority,
    pub hosts: Vec<String>,
    /// `/*` when neither hosts nor paths are written, since a rule needs a condition.
    pub paths: Vec<String>,
}

/// The place of a rule among those of its listener: the lowest is tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// 1 to 50000, unique for the listener.
    Explicit(u32),
    /// The more specific hosts and paths first. Which number that is depends on the account too: a
    /// rule keeps the one that it has.
    Automatic,
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
