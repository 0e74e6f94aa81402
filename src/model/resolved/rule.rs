//! Listener rules: which requests they take, in which order, and what happens to them.

use std::collections::BTreeMap;

use super::load_balancer::{FixedResponse, Redirect};
pub use crate::model::documents::authentication::{ClientSecret, OnUnauthenticatedRequest};

/// Which requests a rule takes, and who must be logged in for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub priority: Priority,
    pub conditions: Conditions,
    pub authenticate: Option<Authenticate>,
}

/// What must hold for a request, all of it; a list is for any one of its values, and empty for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conditions {
    pub hosts: Vec<String>,
    /// `/*` when no condition is written, since a rule needs one.
    pub paths: Vec<String>,
    /// By name.
    pub headers: BTreeMap<String, Vec<String>>,
    pub methods: Vec<String>,
    pub query: Vec<QueryPattern>,
    /// CIDR blocks.
    pub source_ips: Vec<String>,
}

impl Conditions {
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The values that may have wildcards.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        let query =
            self.query.iter().flat_map(|pattern| pattern.key.iter().chain([&pattern.value]));
        let headers = self.headers.values().flatten();
        self.hosts.iter().chain(&self.paths).chain(headers).chain(query).map(String::as_str)
    }

    /// How many values AWS counts.
    pub fn count(&self) -> usize {
        let headers: usize = self.headers.values().map(Vec::len).sum();
        let lists = [&self.hosts, &self.paths, &self.methods, &self.source_ips];
        headers + self.query.len() + lists.map(Vec::len).iter().sum::<usize>()
    }
}

/// A parameter of a query; without a key, any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueryPattern {
    pub key: Option<String>,
    pub value: String,
}

/// The place of a rule among those of its listener: the lowest is tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// 1 to 50000, unique for the listener.
    Explicit(u32),
    /// The more specific conditions first. Which number that is depends on the account too: a
    /// rule keeps the one that it has.
    Automatic,
}

/// Who logs users in, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticate {
    pub provider: Provider,
    pub scope: String,
    /// Seconds.
    pub session_timeout: u32,
    pub session_cookie: String,
    pub on_unauthenticated_request: OnUnauthenticatedRequest,
    pub extra_parameters: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    Oidc {
        issuer: String,
        authorization_endpoint: String,
        token_endpoint: String,
        user_info_endpoint: String,
        client_id: String,
        client_secret: ClientSecret,
    },
    Cognito {
        user_pool_arn: String,
        user_pool_client_id: String,
        user_pool_domain: String,
    },
}

/// A rule of a load balancer that is no service's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancerRule {
    /// Unique in the load balancer.
    pub name: String,
    /// A listener by name.
    pub listener: String,
    pub rule: Rule,
    pub action: RuleAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleAction {
    Forward {
        shares: Vec<Share>,
        /// Seconds that a client stays with a service; none is off.
        stickiness: Option<u32>,
    },
    Redirect(Redirect),
    FixedResponse(FixedResponse),
}

/// A service's part of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// A service by name.
    pub service: String,
    /// Which of its `loadBalancers` the requests reach it by.
    pub target: usize,
    pub weight: u32,
}
