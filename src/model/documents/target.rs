//! How a load balancer treats the tasks of a service: the fields of its target group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Seconds;

/// What a health check speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum HealthCheckProtocol {
    /// A request whose status counts.
    Http,
    /// The same over TLS.
    Https,
    /// A connection; Network Load Balancers only.
    Tcp,
}

impl HealthCheckProtocol {
    /// As AWS spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::Tcp => "TCP",
        }
    }

    /// Whether it asks for a path and gets a status.
    pub fn is_http(self) -> bool {
        match self {
            Self::Http | Self::Https => true,
            Self::Tcp => false,
        }
    }
}

/// Keep sending a client to the same task: for how long, by a cookie of the load balancer, or by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Stickiness {
    /// For this long, 1s to 7d, by a cookie of the load balancer.
    For(Seconds),
    /// By what, and for how long.
    By(StickinessBy),
}

impl<'de> Deserialize<'de> for Stickiness {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let time = |text: String| {
            Seconds::try_from(text).map(Self::For).map_err(|error| error.to_string())
        };
        super::either::deserialize_map(deserializer, time, Self::By)
    }
}

/// What tells a client again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StickinessBy {
    /// `lb_cookie`, `app_cookie`, or `source_ip` for a Network Load Balancer.
    #[serde(rename = "type")]
    pub stickiness_type: StickinessType,
    /// How long a cookie lasts, 1s to 7d. Default: 1d.
    pub duration: Option<Seconds>,
    /// Name of the application's cookie, with `app_cookie`.
    pub cookie: Option<String>,
}

/// What tells a client again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StickinessType {
    /// A cookie of the load balancer.
    LbCookie,
    /// A cookie of the application.
    AppCookie,
    /// The client's address; Network Load Balancers only.
    SourceIp,
}

/// Which task gets the next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// One after the other.
    #[default]
    RoundRobin,
    /// The one with the fewest requests in progress.
    LeastOutstandingRequests,
    /// Any, with less for those that fail.
    WeightedRandom,
}

impl Algorithm {
    /// As AWS spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
            Self::WeightedRandom => "weighted_random",
        }
    }
}
