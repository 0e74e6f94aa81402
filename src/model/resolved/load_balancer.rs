//! An Application Load Balancer and its listeners.

use std::collections::BTreeMap;

use super::rule::BalancerRule;
pub use crate::model::documents::load_balancer::{
    ContentType, FixedResponse, ListenerProtocol, Scheme,
};

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
    /// Those that are no service's own.
    pub rules: Vec<BalancerRule>,
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
    Redirect(Redirect),
    FixedResponse(FixedResponse),
}

/// Where requests are sent to. What is none is as in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub protocol: Option<ListenerProtocol>,
    pub port: Option<u16>,
    pub host: Option<String>,
    pub path: Option<String>,
    pub query: Option<String>,
    /// 301 or 302.
    pub status: u16,
}
