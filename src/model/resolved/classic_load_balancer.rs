//! A Classic Load Balancer, and the service behind it.

pub use crate::model::documents::load_balancer::{ListenerProtocol, Scheme};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicLoadBalancer {
    pub scheme: Scheme,
    /// A network by name.
    pub network: String,
    /// Physical name of its own security group.
    pub security_group_name: String,
    /// Ids of further ones.
    pub security_groups: Vec<String>,
    /// CIDR blocks that may reach every listener.
    pub ingress: Vec<String>,
    pub listeners: Vec<Listener>,
    /// Seconds.
    pub idle_timeout: u32,
    pub cross_zone: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub name: String,
    pub protocol: ListenerProtocol,
    pub port: u16,
    /// ARN; only with TLS.
    pub certificate: Option<String>,
}

/// How requests reach a service from a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicTarget {
    /// A Classic Load Balancer by name.
    pub load_balancer: String,
    pub container: String,
    pub container_port: u16,
    /// Port of the instances; 0 when there is no fixed one, which cannot work.
    pub host_port: u16,
    pub health_check: HealthCheck,
    /// Seconds that a leaving instance has for its requests.
    pub draining: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// `HTTP:8080/healthz` or `TCP:8080`.
    pub target: String,
    /// Seconds.
    pub interval: u32,
    /// Seconds.
    pub timeout: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
}
