//! Logging users in at the load balancer, before their requests reach a service.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;
use super::units::Seconds;

/// Who logs users in: one of `oidc` and `cognito`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Authenticate {
    /// An OIDC identity provider.
    pub oidc: Option<Oidc>,
    /// A user pool of Amazon Cognito.
    pub cognito: Option<Cognito>,
}

/// An OIDC identity provider, and our client there. Its redirect URI is
/// `https://<host>/oauth2/idpresponse`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Oidc {
    /// Issuer of the tokens.
    #[schemars(with = "HttpsUrl", example = &"https://login.example.com")]
    pub issuer: String,
    /// Where users log in.
    #[schemars(with = "HttpsUrl")]
    pub authorization_endpoint: String,
    /// Where the load balancer gets tokens.
    #[schemars(with = "HttpsUrl")]
    pub token_endpoint: String,
    /// Where the load balancer asks who a user is.
    #[schemars(with = "HttpsUrl")]
    pub user_info_endpoint: String,
    /// Id of the client.
    pub client_id: String,
    /// Secret of the client: a variable, such as `${OIDC_CLIENT_SECRET}`. AWS keeps it and never shows it. ecsctl shows and
    /// stores no more of it than 8 hex digits of a hash in a tag of the rule, by which it sees that the secret has changed.
    pub client_secret: ClientSecret,
    /// What to ask for, separated by spaces. Default: `openid`.
    pub scope: Option<String>,
    /// Time until users log in again, 1s to 7d. Default: 7d.
    pub session_timeout: Option<Seconds>,
    /// Name of the session's cookie. Default: `AWSELBAuthSessionCookie`.
    pub session_cookie: Option<String>,
    /// What happens to requests of users who are not logged in. Default: `authenticate`.
    #[serde(default)]
    pub on_unauthenticated_request: OnUnauthenticatedRequest,
    /// Further parameters of the request to log in, such as `prompt: login`. At most 10.
    #[serde(default)]
    pub extra_parameters: BTreeMap<String, Text>,
}

/// A user pool of Amazon Cognito, and our client there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cognito {
    /// ARN of the user pool.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:cognito-idp:.+:userpool/.+$"))]
    pub user_pool_arn: String,
    /// Id of the client, which must have a secret.
    pub user_pool_client_id: String,
    /// Domain prefix of the pool, or its own domain.
    pub user_pool_domain: String,
    /// What to ask for, separated by spaces. Default: `openid`.
    pub scope: Option<String>,
    /// Time until users log in again, 1s to 7d. Default: 7d.
    pub session_timeout: Option<Seconds>,
    /// Name of the session's cookie. Default: `AWSELBAuthSessionCookie`.
    pub session_cookie: Option<String>,
    /// What happens to requests of users who are not logged in. Default: `authenticate`.
    #[serde(default)]
    pub on_unauthenticated_request: OnUnauthenticatedRequest,
    /// Further parameters of the request to log in, such as `prompt: login`. At most 10.
    #[serde(default)]
    pub extra_parameters: BTreeMap<String, Text>,
}

/// What happens to requests of users who are not logged in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnauthenticatedRequest {
    /// They are sent to log in.
    #[default]
    Authenticate,
    /// They go on, without the headers that say who it is.
    Allow,
    /// They are answered with 401.
    Deny,
}

/// A secret, which nothing shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("type" = ["string", "number"], "minLength" = 1))]
pub struct ClientSecret(pub String);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}

/// An address that begins with `https://`.
#[derive(JsonSchema)]
#[schemars(extend(
    "pattern" = "^https://[^ ]+$",
    "patternErrorMessage" = "expected an address such as `https://login.example.com/oauth2/authorize`"
))]
#[expect(
    dead_code,
    reason = "fields of this type hold a `String`; this is what the schema says of them"
)]
struct HttpsUrl(String);
