//! An Application Load Balancer and its listeners.

use std::collections::BTreeMap;

pub use crate::model::documents::load_balancer::{ContentType, ListenerProtocol, Scheme};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
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
    pub deletion_protection: bool,
    /// By AWS's own key, without those that have a field here.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub name: String,
    pub protocol: ListenerProtocol,
    pub port: u16,
    pub tls: Option<Tls>,
    pub default_action: DefaultAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// ARNs; the first is the default certificate.
    pub certificates: Vec<String>,
    pub ssl_policy: String,
}

/// What happens to requests that no rule takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultAction {
    Redirect {
        protocol: ListenerProtocol,
        port: u16,
        /// 301 or 302.
        status: u16,
    },
    FixedResponse {
        status: u16,
        content_type: ContentType,
        body: String,
    },
}
