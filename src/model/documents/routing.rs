//! How load balancers send requests to a service.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::authentication::Authenticate;
use super::common::Text;
use super::listener::ListenerProtocol;
use super::rule::{HeaderPattern, HostPattern, Method, PathPattern, QueryPattern};
pub use super::target::{Algorithm, HealthCheckProtocol, Stickiness, StickinessBy, StickinessType};
use super::units::Seconds;

/// A load balancer that sends requests to the service: a target group, and a rule of a listener. A listener of a Network
/// Load Balancer has no rules: it belongs to the one service that names it.
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
    /// Paths to take requests for, such as `/api/*`. Default: any. At most 5 values of all conditions together, with
    /// at most 6 of the wildcards `*` and `?`.
    #[serde(default)]
    #[schemars(with = "Vec<PathPattern>")]
    pub paths: Vec<String>,
    /// Headers that requests must have, by name, each with one of these values; `*` and `?` are wildcards. Default: any.
    #[serde(default)]
    pub headers: BTreeMap<String, Vec<HeaderPattern>>,
    /// Methods to take requests for, such as `GET`. Default: any.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Parameters of the query, one of which requests must have. Default: any.
    #[serde(default)]
    pub query: Vec<QueryPattern>,
    /// CIDR blocks that requests come from; behind a proxy, that is the proxy's address. Default: any.
    #[serde(default)]
    #[schemars(example = &["10.0.0.0/8"])]
    pub source_ips: Vec<String>,
    /// Order among the listener's rules, 1 to 50000, lowest first. Default: more specific conditions first.
    #[schemars(range(min = 1, max = 50000))]
    pub priority: Option<u32>,
    /// Have users log in first; needs an HTTPS listener.
    pub authenticate: Option<Authenticate>,
    /// One of the load balancer's `rules`, whose `forward` names this service. Requests come by that one then, and
    /// there are no conditions here. Default: a rule of the service's own.
    pub rule: Option<String>,
    /// Another listener of the load balancer, by which the new tasks of a deployment get requests first; with the
    /// strategies `BLUE_GREEN`, `LINEAR` and `CANARY`. Default: none.
    pub test_listener: Option<String>,
    /// How the load balancer checks the tasks.
    #[serde(default)]
    pub health_check: TargetHealthCheck,
    /// Time that a stopping task has to finish its requests, 0s to 3600s. Default: 60s.
    pub deregistration_delay: Option<Seconds>,
    /// Close the connections of a stopping task when that time ends; Network Load Balancers only. Default: false.
    pub connection_termination: Option<bool>,
    /// Keep sending a client to the same task: for a time such as `1h`, or by `type`. Default: off.
    pub stickiness: Option<Stickiness>,
    /// Time in which a new task gets more and more of its share of requests, 30s to 900s. Default: off.
    pub slow_start: Option<Seconds>,
    /// Which task gets the next request. Default: `round_robin`.
    pub algorithm: Option<Algorithm>,
    /// Send requests to the tasks of all Availability Zones. Default: as the load balancer does.
    pub cross_zone: Option<bool>,
    /// Let tasks see the clients' addresses; Network Load Balancers only. Default: false for tasks with addresses of
    /// their own, true for others; UDP always does.
    pub preserve_client_ip: Option<bool>,
    /// Tell tasks the clients' addresses by the proxy protocol, version 2; Network Load Balancers only. Default: false.
    pub proxy_protocol: Option<bool>,
    /// What the load balancer speaks to the tasks: `HTTP` or `HTTPS`; behind a TLS listener `TCP` or `TLS`. Default:
    /// `HTTP`, or as the listener of a Network Load Balancer, without TLS.
    pub protocol: Option<ListenerProtocol>,
    /// Which HTTP the load balancer speaks to the tasks. Default: `HTTP1`.
    #[serde(default)]
    pub protocol_version: ProtocolVersion,
    /// Further target group attributes by AWS's own key, such as `load_balancing.algorithm.anomaly_mitigation: on`. One
    /// that is removed here keeps its last value in AWS; to undo it, write AWS's default first.
    #[serde(default)]
    pub attributes: BTreeMap<String, Text>,
}

/// How a load balancer checks the tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TargetHealthCheck {
    /// What the check speaks: `HTTP`, `HTTPS`, or `TCP` for a Network Load Balancer. Default: `HTTP`; `TCP` for a Network
    /// Load Balancer, unless there is a `path`.
    pub protocol: Option<HealthCheckProtocol>,
    /// Port to check, 1 to 65535, when it is not the one that gets the requests.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
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
            protocol: None,
            port: None,
            path: None,
            interval: Seconds(30),
            timeout: Seconds(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: None,
        }
    }
}

/// Which HTTP a load balancer speaks to the tasks.
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
