//! What a load balancer speaks, and how its listeners secure that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a listener speaks to clients, and a load balancer to tasks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListenerProtocol {
    /// HTTP without encryption.
    Http,
    /// HTTP over TLS.
    Https,
    /// TCP connections.
    Tcp,
    /// UDP datagrams.
    Udp,
    /// Both on one port, such as DNS.
    TcpUdp,
    /// TCP over TLS.
    Tls,
}

impl ListenerProtocol {
    /// As AWS spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::TcpUdp => "TCP_UDP",
            Self::Tls => "TLS",
        }
    }

    /// None for what is spoken on any port.
    pub fn default_port(self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https | Self::Tls => Some(443),
            Self::Tcp | Self::Udp | Self::TcpUdp => None,
        }
    }

    /// Whether an Application Load Balancer speaks it; the others are a Network Load Balancer's.
    pub fn is_http(self) -> bool {
        match self {
            Self::Http | Self::Https => true,
            Self::Tcp | Self::Udp | Self::TcpUdp | Self::Tls => false,
        }
    }

    /// Whether it needs a certificate.
    pub fn is_secure(self) -> bool {
        match self {
            Self::Https | Self::Tls => true,
            Self::Http | Self::Tcp | Self::Udp | Self::TcpUdp => false,
        }
    }

    /// The transport protocols that reach it, as security groups spell them.
    pub fn transports(self) -> &'static [&'static str] {
        match self {
            Self::Http | Self::Https | Self::Tcp | Self::Tls => &["tcp"],
            Self::Udp => &["udp"],
            Self::TcpUdp => &["tcp", "udp"],
        }
    }
}

/// What a redirect may lead to.
#[derive(JsonSchema)]
#[schemars(rename_all = "UPPERCASE")]
#[expect(
    dead_code,
    reason = "fields of this type hold a `ListenerProtocol`; this is what the schema says of them"
)]
pub(super) enum WebProtocol {
    /// HTTP without encryption.
    Http,
    /// HTTP over TLS.
    Https,
}

/// How a TLS listener negotiates the protocol within (ALPN).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum AlpnPolicy {
    /// HTTP/1.1 and 1.0 only.
    #[serde(rename = "HTTP1Only")]
    Http1Only,
    /// HTTP/2 only.
    #[serde(rename = "HTTP2Only")]
    Http2Only,
    /// HTTP/1.1 before HTTP/2.
    #[serde(rename = "HTTP2Optional")]
    Http2Optional,
    /// HTTP/2 before HTTP/1.1.
    #[serde(rename = "HTTP2Preferred")]
    Http2Preferred,
    /// No negotiation.
    None,
}

impl AlpnPolicy {
    /// As AWS spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http1Only => "HTTP1Only",
            Self::Http2Only => "HTTP2Only",
            Self::Http2Optional => "HTTP2Optional",
            Self::Http2Preferred => "HTTP2Preferred",
            Self::None => "None",
        }
    }
}

/// Mutual TLS: clients prove with a certificate who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MutualAuthentication {
    /// `verify` by a trust store, or `passthrough` to the tasks.
    pub mode: MutualMode,
    /// ARN of the trust store that `verify` needs.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:elasticloadbalancing:.+:truststore/.+$"))]
    pub trust_store: Option<String>,
    /// Take certificates that have expired. Default: false.
    #[serde(default)]
    pub ignore_client_certificate_expiry: bool,
    /// Tell clients which authorities the trust store knows. Default: false.
    #[serde(default)]
    pub advertise_trust_store_ca_names: bool,
}

/// Who checks the certificates of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MutualMode {
    /// The load balancer.
    Verify,
    /// The tasks: they get the certificates in a header.
    Passthrough,
}
