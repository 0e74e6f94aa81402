//! The rules of a listener: which requests they take, and what those of a load balancer do with them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::authentication::Authenticate;
use super::common::{Name, Text};
use super::load_balancer::{FixedResponse, Redirect};
use super::units::Seconds;

/// A rule of one of the load balancer's listeners, beside those that services add: it shares requests between
/// services, redirects them or answers by itself. Give one of `forward`, `redirect` and `fixedResponse`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadBalancerRule {
    /// Name of the rule, unique in the load balancer.
    #[schemars(with = "Name", example = &"canary")]
    pub name: String,
    /// One of the listeners. Default: the only one, or the only one without a redirect.
    pub listener: Option<String>,
    /// Hosts to take requests for, such as `shop.example.com` or `*.example.com`. Default: any.
    #[serde(default)]
    #[schemars(with = "Vec<HostPattern>")]
    pub hosts: Vec<String>,
    /// Paths to take requests for, such as `/api/*`. Default: any.
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
    /// Services to share requests between, 1 to 5. Each has this load balancer among its `loadBalancers`, which says how
    /// requests reach its tasks.
    #[serde(default)]
    pub forward: Vec<ForwardTarget>,
    /// Keep sending a client to the same service for this long, 1s to 7d, by a cookie. Default: off.
    pub stickiness: Option<Seconds>,
    /// Send requests elsewhere.
    pub redirect: Option<Redirect>,
    /// Answer requests.
    pub fixed_response: Option<FixedResponse>,
}

/// A service that gets some of a rule's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ForwardTarget {
    /// A `Service` by name.
    #[schemars(example = &"web")]
    pub service: String,
    /// Its share of the requests, relative to the other weights, 0 to 999. Default: 1.
    #[schemars(range(max = 999))]
    pub weight: Option<u32>,
}

/// A parameter of a request's query; `*` stands for any characters, `?` for any one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QueryPattern {
    /// Its name, at most 128 characters. Default: any.
    #[schemars(length(min = 1, max = 128), example = &"version")]
    pub key: Option<String>,
    /// Its value, at most 128 characters.
    #[schemars(with = "ConditionText")]
    pub value: Text,
}

/// A number or up to 128 characters; `*` stands for any characters, `?` for any one.
#[derive(JsonSchema)]
#[schemars(extend("type" = ["string", "number", "boolean"], "minLength" = 1, "maxLength" = 128))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `Text`; this is what the schema says of them"
)]
struct ConditionText(String);

/// The value of a header, at most 128 characters; `*` stands for any characters, `?` for any one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("type" = ["string", "number", "boolean"], "minLength" = 1, "maxLength" = 128))]
pub struct HeaderPattern(pub String);

/// A method in capitals, such as `GET`; at most 40 letters, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend(
    "pattern" = "^[A-Z_-]{1,40}$",
    "patternErrorMessage" = "expected a method in capitals such as `GET`"
))]
pub struct Method(pub String);

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
pub(super) struct HostPattern(String);

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
pub(super) struct PathPattern(String);
