//! A load balancer and its listeners, or one that is there already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule::BalancerRule;
pub use crate::model::documents::load_balancer::{
    AlpnPolicy, ContentType, FixedResponse, IpAddressType, ListenerProtocol, LogBucket,
    MutualAuthentication, MutualMode, Scheme,
};

/// Type of a load balancer, but for the generation before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BalancerType {
    Application,
    Network,
}

/// One that ecsctl makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    pub balancer_type: BalancerType,
    pub scheme: Scheme,
    /// A network by name.
    pub network: String,
    pub ip_address_type: IpAddressType,
    /// The allocation id of an Elastic IP, or a private IPv4 address, by subnet id or Availability Zone.
    pub addresses: BTreeMap<String, String>,
    /// Physical name of its own security group.
    pub security_group_name: String,
    /// Ids of further ones.
    pub security_groups: Vec<String>,
    /// CIDR blocks that may reach every listener.
    pub ingress: Vec<String>,
    pub listeners: Vec<Listener>,
    /// Those that are no service's own.
    pub rules: Vec<BalancerRule>,
    /// Seconds; only an Application Load Balancer has one.
    pub idle_timeout: Option<u32>,
    /// Only a Network Load Balancer can be without.
    pub cross_zone: Option<bool>,
    /// Only an Application Load Balancer knows headers.
    pub drop_invalid_headers: Option<bool>,
    pub access_logs: Option<LogBucket>,
    /// Only of an Application Load Balancer.
    pub connection_logs: Option<LogBucket>,
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
    /// Seconds; only a TCP listener has one of its own.
    pub idle_timeout: Option<u32>,
    pub default_action: DefaultAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// ARNs; the first is the default certificate.
    pub certificates: Vec<String>,
    pub ssl_policy: String,
    /// Only of a TLS listener.
    pub alpn_policy: Option<AlpnPolicy>,
    /// None is off.
    pub mutual_authentication: Option<MutualAuthentication>,
}

/// What happens to requests that no rule takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultAction {
    Redirect(Redirect),
    FixedResponse(FixedResponse),
    /// A Network Load Balancer's: all goes to the service that names the listener.
    Service,
}

/// One that is there already, whose listeners get rules and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingLoadBalancer {
    pub known_by: KnownBy,
    pub listeners: BTreeMap<String, ExistingListener>,
}

/// What an existing load balancer is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownBy {
    Arn(String),
    Name(String),
    /// It has all of these, and is the only one.
    Tags(BTreeMap<String, String>),
}

/// What an existing listener is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExistingListener {
    Arn(String),
    Port(u16),
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
