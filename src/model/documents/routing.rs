//! How load balancers send requests to a service.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;
use super::units::Seconds;

/// A load balancer that sends requests to the service: a target group and a rule of a listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ServiceLoadBalancer {
    /// A `LoadBalancer` by name.
    #[schemars(example = &"public")]
    pub load_balancer: String,
    /// One of its listeners. Default: the only one, or the only one without a redirect.
    pub listener: Option<String>,
    /// Container that gets the requests. Default: the first essential one with a port.
    pub container: Option<String>,
    /// Its port, 1 to 65535. Default: its first.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Hosts to take requests for, such as `shop.example.com` or `*.example.com`. Default: any.
    #[serde(default)]
    #[schemars(with = "Vec<HostPattern>")]
    pub hosts: Vec<String>,
    /// Paths to take requests for, such as `/api/*`. Default: any. At most 5 hosts and paths together, with
    /// at most 6 of the wildcards `*` and `?`.
    #[serde(default)]
    #[schemars(with = "Vec<PathPattern>")]
    pub paths: Vec<String>,
    /// Order among the listener's rules, 1 to 50000, lowest first. Default: more specific hosts and paths first.
    #[schemars(range(min = 1, max = 50000))]
    pub priority: Option<u32>,
    /// Another listener of the load balancer, by which the new tasks of a deployment get requests first; with the
    /// strategies `BLUE_GREEN`, `LINEAR` and `CANARY`. Default: none.
    pub test_listener: Option<String>,
    /// How the load balancer checks the tasks.
    #[serde(default)]
    pub health_check: TargetHealthCheck,
    /// Time that a stopping task has to finish its requests, 0s to 3600s. Default: 60s.
    pub deregistration_delay: Option<Seconds>,
    /// Keep sending a client to the same task for this long, 1s to 7d, by a cookie. Default: off.
    pub stickiness: Option<Seconds>,
    /// What the load balancer speaks to the tasks. Default: `HTTP1`.
    #[serde(default)]
    pub protocol_version: ProtocolVersion,
    /// Further target group attributes by AWS's own key, such as `slow_start.duration_seconds: 60`. One that is removed
    /// here keeps its last value in AWS; to undo it, write AWS's default first.
    #[serde(default)]
    pub attributes: BTreeMap<String, Text>,
}

/// A host, at most 128 characters; `*` stands for any characters, `?` for any one.
#[derive(JsonSchema)]
#[schemars(extend(
    "pattern" = "^[A-Za-z0-9_.*?-]+$",
    "maxLength" = 128,
    "patternErrorMessage" = "expected a host such as `shop.example.com`, without protocol, port or path"
))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `String`; this is what the schema says of them"
)]
struct HostPattern(String);

/// A path that begins with `/` or `*`, at most 128 characters; `*` stands for any characters, `?` for any one.
///
/// The query of a request is no part of its path.
#[derive(JsonSchema)]
#[schemars(extend(
    "pattern" = r#"^[/*][A-Za-z0-9_.$/~"'@:+;&*?-]*$"#,
    "maxLength" = 128,
    "patternErrorMessage" = r#"expected a path such as `/api/*`, of letters, digits and `_-.$/~"'@:+;&`; `?` stands for any one character, and what follows it is no query"#
))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `String`; this is what the schema says of them"
)]
struct PathPattern(String);

/// How a load balancer checks the tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TargetHealthCheck {
    /// Path to ask for. Default: `/`; for gRPC `/AWS.ALB/healthcheck`.
    #[schemars(regex(pattern = "^/"), length(max = 1024), example = &"/healthz")]
    #[schemars(extend("patternErrorMessage" = "expected a path that begins with `/`"))]
    pub path: Option<String>,
    /// Time between two checks, 5s to 300s. Default: 30s.
    pub interval: Seconds,
    /// Time until a check counts as failed, 2s to 120s and less than `interval`. Default: 5s.
    pub timeout: Seconds,
    /// Successes in a row until a task is healthy, 2 to 10. Default: 5.
    #[schemars(range(min = 2, max = 10))]
    pub healthy_threshold: u32,
    /// Failures in a row until a task is unhealthy, 2 to 10. Default: 2.
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy_threshold: u32,
    /// Statuses that count as success: `200`, `200,302` or `200-299`. Default: `200`; for gRPC `12`.
    pub matcher: Option<Text>,
}

impl Default for TargetHealthCheck {
    fn default() -> Self {
        Self {
            path: None,
            interval: Seconds(30),
            timeout: Seconds(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: None,
        }
    }
}

/// What a load balancer speaks to the tasks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC; needs an HTTPS listener.
    Grpc,
}
