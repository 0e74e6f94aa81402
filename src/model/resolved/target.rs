//! How requests reach a service: its target groups.

use std::collections::BTreeMap;

pub use super::rule::{Priority, Rule};
pub use crate::model::documents::listener::ListenerProtocol;
pub use crate::model::documents::routing::{Algorithm, HealthCheckProtocol, ProtocolVersion};

/// A target group of the service, and the listener rule that it has for itself; from a Network Load
/// Balancer the listener itself leads to it.
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
    /// What the load balancer speaks to the tasks.
    pub protocol: ListenerProtocol,
    pub target_type: TargetType,
    /// Its own; none when requests come by one of the load balancer's, or without any.
    pub rule: Option<Rule>,
    /// None with the strategy `ROLLING`.
    pub shift: Option<Shift>,
    pub health_check: TargetHealthCheck,
    /// Without a meaning where `protocol` is not HTTP.
    pub protocol_version: ProtocolVersion,
    /// Seconds.
    pub deregistration_delay: u32,
    pub stickiness: Stickiness,
    /// None is as the load balancer does.
    pub cross_zone: Option<bool>,
    /// What only one type of load balancer knows.
    pub traits: Traits,
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

/// What a target group consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetType {
    /// Tasks, which have addresses of their own.
    Ip,
    /// Instances, with a port for each task.
    Instance,
}

/// What tells a client again, so that the same task gets its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stickiness {
    Off,
    /// Seconds that the cookie lasts.
    LoadBalancerCookie {
        duration: u32,
    },
    ApplicationCookie {
        name: String,
        /// Seconds.
        duration: u32,
    },
    SourceIp,
}

/// How a load balancer of one type treats its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traits {
    Application {
        algorithm: Algorithm,
        /// Seconds; 0 is off.
        slow_start: u32,
    },
    Network {
        preserve_client_ip: bool,
        proxy_protocol: bool,
        connection_termination: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealthCheck {
    pub protocol: HealthCheckProtocol,
    /// None is the port that gets the requests.
    pub port: Option<u16>,
    /// Only with HTTP.
    pub path: Option<String>,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
    /// HTTP statuses, or gRPC ones with `ProtocolVersion::Grpc`; only with HTTP.
    pub matcher: Option<String>,
}
