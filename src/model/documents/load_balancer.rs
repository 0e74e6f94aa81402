//! `kind: LoadBalancer`: an Application, Network or Classic Load Balancer, its listeners and who may reach it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, Tags, Text};
pub use super::listener::{AlpnPolicy, ListenerProtocol, MutualAuthentication, MutualMode};
use super::rule::LoadBalancerRule;
use super::units::Seconds;

/// A load balancer that services are reached by: an application, network or classic one, or one that is there already.
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
    /// An Application Load Balancer that is there already: ecsctl finds it, and only adds rules to its listeners. No
    /// other field goes with it but `listeners`, each with a name and its port.
    pub existing: Option<Existing>,
    /// Who reaches it. Default: `internet-facing`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Network to put it in. Default: the only one.
    pub network: Option<String>,
    /// `ipv4`, `dualstack`, or `dualstack-without-public-ipv4` for an Application Load Balancer. Default: `ipv4`.
    #[serde(default)]
    pub ip_address_type: IpAddressType,
    /// Fixed addresses of a Network Load Balancer, one for each of its subnets, by subnet id or Availability Zone: the
    /// allocation id of an Elastic IP, or a private IPv4 address with `scheme: internal`. AWS fixes them on creation:
    /// another one replaces the load balancer, and one that is removed here stays. Default: AWS picks them.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, FixedAddress>")]
    pub addresses: BTreeMap<String, String>,
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
    /// Close connections that were idle for this long, 1s to 4000s. Default: 60s. A Network Load Balancer has it for
    /// each listener.
    pub idle_timeout: Option<Seconds>,
    /// Send requests to the tasks of all Availability Zones. Application Load Balancers always do. Default: false; for a
    /// Classic Load Balancer true.
    pub cross_zone: Option<bool>,
    /// Remove HTTP headers whose names are not valid. Default: false.
    pub drop_invalid_headers: Option<bool>,
    /// Log each request, or each TLS connection of a Network Load Balancer, to S3. Default: off.
    pub access_logs: Option<LogBucket>,
    /// Log each connection to an Application Load Balancer to S3. Default: off.
    pub connection_logs: Option<LogBucket>,
    /// Refuse to delete the load balancer, in AWS itself: turn it off in an apply of its own first. Default: false.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Further attributes by AWS's own key, such as `routing.http2.enabled: false`. One that is
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
    /// TCP, UDP and TLS, each listener to one service.
    Network,
    /// A Classic Load Balancer, AWS's generation before: for one service on EC2 instances, at a fixed port of them.
    Classic,
}

/// Which load balancer is meant: by one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Existing {
    /// Its ARN.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:elasticloadbalancing:.+:loadbalancer/.+$"))]
    pub arn: Option<String>,
    /// Its name in AWS.
    pub name: Option<String>,
    /// Tags that it alone has.
    #[serde(default)]
    pub tags: BTreeMap<String, Text>,
}

/// Which addresses a load balancer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IpAddressType {
    /// IPv4.
    #[default]
    Ipv4,
    /// IPv4 and IPv6; the subnets need IPv6 blocks.
    Dualstack,
    /// IPv6, and private IPv4 addresses.
    DualstackWithoutPublicIpv4,
}

/// The allocation id of an Elastic IP, such as `eipalloc-0123456789abcdef0`, or a private IPv4 address.
#[derive(JsonSchema)]
#[schemars(extend(
    "pattern" = r"^(eipalloc-[0-9a-f]{8,17}|[0-9]{1,3}(\.[0-9]{1,3}){3})$",
    "patternErrorMessage" = "expected an allocation id such as `eipalloc-0123456789abcdef0`, or a private IPv4 address"
))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `String`; this is what the schema says of them"
)]
struct FixedAddress(String);

/// Where logs go: a bucket whose policy lets Elastic Load Balancing write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LogBucket {
    /// Name of the S3 bucket, in the load balancer's Region.
    pub bucket: String,
    /// What the keys of the objects begin with. Default: nothing.
    #[serde(default)]
    pub prefix: String,
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
    /// `HTTP` or `HTTPS`; `TCP`, `UDP`, `TCP_UDP` or `TLS` for a Network Load Balancer. `HTTPS` and `TLS` need a
    /// certificate. Only a listener that is there already has none.
    pub protocol: Option<ListenerProtocol>,
    /// Port, 1 to 65535. Default: 80 for HTTP, 443 for HTTPS and TLS.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// ARN of a listener that is there already, in place of its port.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:elasticloadbalancing:.+:listener/.+$"))]
    pub arn: Option<String>,
    /// ARNs of ACM certificates; the first is the default one.
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^arn:[a-z-]+:(acm|iam):.+$")))]
    pub certificates: Vec<String>,
    /// Security policy: which TLS versions and ciphers are spoken. Default: `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    #[schemars(example = &"ELBSecurityPolicy-TLS13-1-2-2021-06")]
    pub ssl_policy: Option<String>,
    /// Which HTTP version a TLS listener prefers. Default: `None`, it does not negotiate.
    pub alpn_policy: Option<AlpnPolicy>,
    /// Ask clients of an HTTPS listener for certificates. Default: off.
    pub mutual_authentication: Option<MutualAuthentication>,
    /// Close connections of a TCP listener that were idle for this long, 60s to 6000s. Default: 350s.
    pub idle_timeout: Option<Seconds>,
    /// Send every request that no rule takes elsewhere.
    pub redirect: Option<Redirect>,
    /// Answer every request that no rule takes. Default: status 404.
    pub fixed_response: Option<FixedResponse>,
}

/// Where requests are sent to: another listener, or any address. In `host`, `path` and `query`, `#{protocol}`, `#{host}`,
/// `#{port}`, `#{path}` and `#{query}` stand for the parts of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Redirect {
    /// Listener of the same load balancer.
    pub to: Option<String>,
    /// Protocol, when there is no `to`. Default: `HTTPS`; that of the request with `host`, `path` or `query`.
    #[schemars(with = "Option<super::listener::WebProtocol>")]
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
