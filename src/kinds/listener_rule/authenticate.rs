//! Logging users in before a rule does anything else.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, AuthenticateCognitoActionConditionalBehaviorEnum,
    AuthenticateCognitoActionConfig, AuthenticateOidcActionConditionalBehaviorEnum,
    AuthenticateOidcActionConfig,
};
use serde::{Deserialize, Serialize};

use crate::model::resolved::rule as model;
use crate::model::resolved::rule::Provider;
use crate::value::{Sensitive, digest};

/// As much of a hash as tells two secrets apart, and too little to confirm a guess.
const DIGEST_LENGTH: usize = 8;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Authenticate {
    /// Nobody has to log in.
    Off,
    Oidc(Oidc),
    Cognito(Cognito),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Oidc {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub user_info_endpoint: String,
    pub client_id: String,
    /// AWS takes it and never shows it; a tag of the rule tells whether it has changed.
    pub client_secret: Option<Sensitive>,
    pub scope: String,
    /// Seconds.
    pub session_timeout: u32,
    pub session_cookie: String,
    pub on_unauthenticated_request: String,
    pub extra_parameters: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cognito {
    pub user_pool_arn: String,
    pub user_pool_client_id: String,
    pub user_pool_domain: String,
    pub scope: String,
    /// Seconds.
    pub session_timeout: u32,
    pub session_cookie: String,
    pub on_unauthenticated_request: String,
    pub extra_parameters: BTreeMap<String, String>,
}

impl Authenticate {
    pub(super) fn of(resolved: Option<&model::Authenticate>) -> Self {
        let Some(resolved) = resolved else { return Self::Off };
        let scope = resolved.scope.clone();
        let session_cookie = resolved.session_cookie.clone();
        let on_unauthenticated_request = behaviour(resolved.on_unauthenticated_request).to_owned();
        let extra_parameters = resolved.extra_parameters.clone();
        let session_timeout = resolved.session_timeout;
        match resolved.provider.clone() {
            Provider::Oidc {
                issuer,
                authorization_endpoint,
                token_endpoint,
                user_info_endpoint,
                client_id,
                client_secret,
            } => Self::Oidc(Oidc {
                issuer,
                authorization_endpoint,
                token_endpoint,
                user_info_endpoint,
                client_id,
                client_secret: Some(Sensitive(client_secret.0)),
                scope,
                session_timeout,
                session_cookie,
                on_unauthenticated_request,
                extra_parameters,
            }),
            Provider::Cognito { user_pool_arn, user_pool_client_id, user_pool_domain } => {
                Self::Cognito(Cognito {
                    user_pool_arn,
                    user_pool_client_id,
                    user_pool_domain,
                    scope,
                    session_timeout,
                    session_cookie,
                    on_unauthenticated_request,
                    extra_parameters,
                })
            }
        }
    }

    /// AWS fills in what was left out, moto does not.
    pub(super) fn observed(actions: &[Action]) -> Self {
        let oidc = actions.iter().find_map(Action::authenticate_oidc_config);
        let cognito = actions.iter().find_map(Action::authenticate_cognito_config);
        match (oidc, cognito) {
            (Some(config), _) => Self::Oidc(Oidc::observed(config)),
            (None, Some(config)) => Self::Cognito(Cognito::observed(config)),
            (None, None) => Self::Off,
        }
    }

    pub(super) fn action(&self) -> Option<Action> {
        match self {
            Self::Off => None,
            Self::Oidc(oidc) => {
                let action = Action::builder().r#type(ActionTypeEnum::AuthenticateOidc);
                Some(action.authenticate_oidc_config(oidc.config()).build())
            }
            Self::Cognito(cognito) => {
                let action = Action::builder().r#type(ActionTypeEnum::AuthenticateCognito);
                Some(action.authenticate_cognito_config(cognito.config()).build())
            }
        }
    }

    /// As AWS shows it.
    #[must_use]
    pub(super) fn without_secret(&self) -> Self {
        match self {
            Self::Oidc(oidc) => Self::Oidc(Oidc { client_secret: None, ..oidc.clone() }),
            Self::Off | Self::Cognito(_) => self.clone(),
        }
    }

    /// What a tag says of the secret.
    pub(super) fn secret_digest(&self) -> Option<String> {
        let Self::Oidc(Oidc { issuer, client_id, client_secret: Some(secret), .. }) = self else {
            return None;
        };
        let text = format!("{issuer} {client_id} {}", secret.0);
        Some(digest(text.as_bytes())[..DIGEST_LENGTH].to_owned())
    }
}

fn behaviour(on_unauthenticated_request: model::OnUnauthenticatedRequest) -> &'static str {
    match on_unauthenticated_request {
        model::OnUnauthenticatedRequest::Authenticate => "authenticate",
        model::OnUnauthenticatedRequest::Allow => "allow",
        model::OnUnauthenticatedRequest::Deny => "deny",
    }
}

/// AWS's default for what a reply leaves out.
fn or(text: Option<&str>, default: &str) -> String {
    text.unwrap_or(default).to_owned()
}

fn seconds(timeout: Option<i64>) -> u32 {
    timeout.and_then(|seconds| seconds.try_into().ok()).unwrap_or(604_800)
}

fn parameters(
    read: Option<&std::collections::HashMap<String, String>>,
) -> BTreeMap<String, String> {
    read.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Empty ones are not sent.
fn sent(
    parameters: &BTreeMap<String, String>,
) -> Option<std::collections::HashMap<String, String>> {
    let all = || parameters.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    (!parameters.is_empty()).then(all)
}

impl Oidc {
    fn observed(config: &AuthenticateOidcActionConfig) -> Self {
        let behaviour = config.on_unauthenticated_request();
        Self {
            issuer: or(config.issuer(), ""),
            authorization_endpoint: or(config.authorization_endpoint(), ""),
            token_endpoint: or(config.token_endpoint(), ""),
            user_info_endpoint: or(config.user_info_endpoint(), ""),
            client_id: or(config.client_id(), ""),
            // What a reply might say of it is nothing to hold.
            client_secret: None,
            scope: or(config.scope(), "openid"),
            session_timeout: seconds(config.session_timeout()),
            session_cookie: or(config.session_cookie_name(), "AWSELBAuthSessionCookie"),
            on_unauthenticated_request: or(
                behaviour.map(AuthenticateOidcActionConditionalBehaviorEnum::as_str),
                "authenticate",
            ),
            extra_parameters: parameters(config.authentication_request_extra_params()),
        }
    }

    fn config(&self) -> AuthenticateOidcActionConfig {
        AuthenticateOidcActionConfig::builder()
            .issuer(&self.issuer)
            .authorization_endpoint(&self.authorization_endpoint)
            .token_endpoint(&self.token_endpoint)
            .user_info_endpoint(&self.user_info_endpoint)
            .client_id(&self.client_id)
            .set_client_secret(self.client_secret.as_ref().map(|secret| secret.0.clone()))
            .scope(&self.scope)
            .session_timeout(self.session_timeout.into())
            .session_cookie_name(&self.session_cookie)
            .on_unauthenticated_request(self.on_unauthenticated_request.as_str().into())
            .set_authentication_request_extra_params(sent(&self.extra_parameters))
            .build()
    }
}

impl Cognito {
    fn observed(config: &AuthenticateCognitoActionConfig) -> Self {
        let behaviour = config.on_unauthenticated_request();
        Self {
            user_pool_arn: config.user_pool_arn().unwrap_or_default().to_owned(),
            user_pool_client_id: config.user_pool_client_id().unwrap_or_default().to_owned(),
            user_pool_domain: config.user_pool_domain().unwrap_or_default().to_owned(),
            scope: or(config.scope(), "openid"),
            session_timeout: seconds(config.session_timeout()),
            session_cookie: or(config.session_cookie_name(), "AWSELBAuthSessionCookie"),
            on_unauthenticated_request: or(
                behaviour.map(AuthenticateCognitoActionConditionalBehaviorEnum::as_str),
                "authenticate",
            ),
            extra_parameters: parameters(config.authentication_request_extra_params()),
        }
    }

    fn config(&self) -> AuthenticateCognitoActionConfig {
        AuthenticateCognitoActionConfig::builder()
            .user_pool_arn(&self.user_pool_arn)
            .user_pool_client_id(&self.user_pool_client_id)
            .user_pool_domain(&self.user_pool_domain)
            .scope(&self.scope)
            .session_timeout(self.session_timeout.into())
            .session_cookie_name(&self.session_cookie)
            .on_unauthenticated_request(self.on_unauthenticated_request.as_str().into())
            .set_authentication_request_extra_params(sent(&self.extra_parameters))
            .build()
    }
}
