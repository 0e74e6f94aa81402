//! `kind: LoadBalancer`: an Application Load Balancer, its listeners and who may reach it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, Tags, Text};
use super::rule::LoadBalancerRule;
use super::units::Seconds;

/// An Application Load Balancer, which services add rules to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadBalancer {
    /// Name by which services refer to this load balancer.
    #[schemars(with = "Name")]
    pub name: String,
    /// Physical name, when it must not be `<app>-<environment>-<name>`. At most 32 letters, digits and hyphens.
    pub aws_name: Option<String>,
    /// Type of the load balancer. Default: `application`.
    #[serde(default, rename = "type")]
    pub balancer_type: BalancerType,
    /// Who reaches it. Default: `internet-facing`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Network to put it in. Default: the only one.
    pub network: Option<String>,
    /// What it listens on. Default: one HTTP listener named `http` on port 80.
    #[serde(default)]
    pub listeners: Vec<Listener>,
    /// Rules of the listeners that are no service's own: requests shared between services, redirects, fixed answers.
    #[serde(default)]
    pub rules: Vec<LoadBalancerRule>,
    /// CIDR blocks that may reach the listeners. Default: `0.0.0.0/0`.
    #[schemars(example = &["10.0.0.0/8"])]
    pub ingress: Option<Vec<String>>,
    /// Ids of further security groups. At most 4.
    #[serde(default)]
    pub security_groups: Vec<SecurityGroupId>,
    /// Close connections that were idle for this long, 1s to 4000s. Default: 60s.
    pub idle_timeout: Option<Seconds>,
    /// Refuse to delete the load balancer, in AWS itself. Default: false.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Further attributes by AWS's own key, such as `routing.http.drop_invalid_header_fields.enabled: true`. One that is
    /// removed here keeps its last value in AWS; to undo it, write AWS's default first.
    #[serde(default)]
    pub attributes: BTreeMap<String, Text>,
    /// Tags for the load balancer and its security group.
    #[serde(default)]
    pub tags: Tags,
    /// How changes are treated.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

/// Type of a load balancer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BalancerType {
    /// HTTP and HTTPS, routed by host and path.
    #[default]
    Application,
}

/// Where a load balancer can be reached from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// From the internet; needs public subnets.
    #[default]
    InternetFacing,
    /// From inside the VPC only.
    Internal,
}

/// The id of a security group, such as `sg-0123456789abcdef0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("pattern" = "^sg-[0-9a-f]{8,17}$", "patternErrorMessage" = "expected the id of a security group such as `sg-0123456789abcdef0`"))]
pub struct SecurityGroupId(pub String);

/// A port that the load balancer listens on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Listener {
    /// Name by which services and redirects refer to this listener.
    #[schemars(example = &"https")]
    #[schemars(with = "Name")]
    pub name: String,
    /// `HTTP` or `HTTPS`; `HTTPS` needs a certificate.
    pub protocol: ListenerProtocol,
    /// Port, 1 to 65535. Default: 80 for HTTP, 443 for HTTPS.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// ARNs of ACM certificates; the first is the default one.
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^arn:[a-z-]+:(acm|iam):.+$")))]
    pub certificates: Vec<String>,
    /// Security policy: which TLS versions and ciphers are spoken. Default: `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    #[schemars(example = &"ELBSecurityPolicy-TLS13-1-2-2021-06")]
    pub ssl_policy: Option<String>,
    /// Send every request that no rule takes elsewhere.
    pub redirect: Option<Redirect>,
    /// Answer every request that no rule takes. Default: status 404.
    pub fixed_response: Option<FixedResponse>,
}

/// What a listener speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum ListenerProtocol {
    /// HTTP without encryption.
    Http,
    /// HTTP over TLS.
    Https,
}

/// Where requests are sent to: another listener, or any address. In `host`, `path` and `query`, `#{protocol}`, `#{host}`,
/// `#{port}`, `#{path}` and `#{query}` stand for the parts of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Redirect {
    /// Listener of the same load balancer.
    pub to: Option<String>,
    /// Protocol, when there is no `to`. Default: `HTTPS`; that of the request with `host`, `path` or `query`.
    pub protocol: Option<ListenerProtocol>,
    /// Port, when there is no `to`. Default: 443 for HTTPS, 80 for HTTP; that of the request with its protocol.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Host, such as `www.#{host}`. At most 128 characters. Default: that of the request.
    #[schemars(length(min = 1, max = 128), example = &"www.example.com")]
    pub host: Option<String>,
    /// Path, such as `/new/#{path}`; `#{path}` has no leading slash. At most 128 characters. Default: that of the request.
    #[schemars(regex(pattern = "^/"), length(max = 128), example = &"/new/#{path}")]
    #[schemars(extend("patternErrorMessage" = "expected a path that begins with `/`"))]
    pub path: Option<String>,
    /// Query without its `?`, such as `#{query}&from=old`; empty for none. At most 128 characters. Default: that of the request.
    #[schemars(length(max = 128))]
    pub query: Option<String>,
    /// 301 is permanent and cached by browsers, 302 is not. Default: 301.
    #[schemars(extend("enum" = [301, 302]))]
    pub status: u16,
}

impl Default for Redirect {
    fn default() -> Self {
        Self {
            to: None,
            protocol: None,
            port: None,
            host: None,
            path: None,
            query: None,
            status: 301,
        }
    }
}

/// A fixed answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct FixedResponse {
    /// HTTP status, 200 to 599 without 3xx.
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// `text/plain`, `text/css`, `text/html`, `application/javascript` or `application/json`.
    pub content_type: ContentType,
    /// The body. At most 1024 characters.
    #[schemars(length(max = 1024))]
    pub body: String,
}

impl Default for FixedResponse {
    fn default() -> Self {
        Self { status: 404, content_type: ContentType::default(), body: "Not found".to_owned() }
    }
}

/// Content type of a fixed answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ContentType {
    /// Plain text.
    #[default]
    #[serde(rename = "text/plain")]
    Plain,
    /// CSS.
    #[serde(rename = "text/css")]
    Css,
    /// HTML.
    #[serde(rename = "text/html")]
    Html,
    /// JavaScript.
    #[serde(rename = "application/javascript")]
    JavaScript,
    /// JSON.
    #[serde(rename = "application/json")]
    Json,
}
