//! What listeners and their rules do with requests other than forward them.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, RedirectActionConfig,
    RedirectActionStatusCodeEnum,
};
use serde::{Deserialize, Serialize};

use crate::model::resolved::load_balancer::{self as model, ContentType, ListenerProtocol};

/// Sends requests elsewhere; `#{host}` and the like stand for the parts of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// `HTTP`, `HTTPS` or `#{protocol}`.
    pub protocol: String,
    /// A number or `#{port}`.
    pub port: String,
    pub host: String,
    pub path: String,
    pub query: String,
    /// 301 or 302.
    pub status: u16,
}

/// Answers requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FixedResponse {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

impl Redirect {
    pub(in crate::kinds) fn of(resolved: &model::Redirect) -> Self {
        let part = |part: Option<&str>, request: &str| part.unwrap_or(request).to_owned();
        Self {
            protocol: part(resolved.protocol.map(ListenerProtocol::word), "#{protocol}"),
            port: part(resolved.port.map(|port| port.to_string()).as_deref(), "#{port}"),
            host: part(resolved.host.as_deref(), "#{host}"),
            path: part(resolved.path.as_deref(), "/#{path}"),
            query: part(resolved.query.as_deref(), "#{query}"),
            status: resolved.status,
        }
    }

    /// AWS fills in what is kept of a request, moto does not.
    fn observed(config: &RedirectActionConfig) -> Self {
        let part = |part: Option<&str>, request: &str| part.unwrap_or(request).to_owned();
        let status = config.status_code().and_then(|code| code.as_str().strip_prefix("HTTP_"));
        Self {
            protocol: part(config.protocol(), "#{protocol}"),
            port: part(config.port(), "#{port}"),
            host: part(config.host(), "#{host}"),
            path: part(config.path(), "/#{path}"),
            query: part(config.query(), "#{query}"),
            status: status.and_then(|status| status.parse().ok()).unwrap_or_default(),
        }
    }

    pub(in crate::kinds) fn action(&self) -> Action {
        let status = format!("HTTP_{}", self.status);
        let config = RedirectActionConfig::builder()
            .protocol(&self.protocol)
            .port(&self.port)
            .host(&self.host)
            .path(&self.path)
            .query(&self.query)
            .status_code(RedirectActionStatusCodeEnum::from(status.as_str()))
            .build();
        Action::builder().r#type(ActionTypeEnum::Redirect).redirect_config(config).build()
    }
}

impl FixedResponse {
    pub(in crate::kinds) fn of(resolved: &model::FixedResponse) -> Self {
        Self {
            status: resolved.status,
            content_type: content_type_text(resolved.content_type).to_owned(),
            body: resolved.body.clone(),
        }
    }

    fn observed(config: &FixedResponseActionConfig) -> Self {
        Self {
            status: config.status_code().and_then(|status| status.parse().ok()).unwrap_or_default(),
            content_type: config.content_type().unwrap_or("text/plain").to_owned(),
            body: config.message_body().unwrap_or_default().to_owned(),
        }
    }

    pub(in crate::kinds) fn action(&self) -> Action {
        let config = FixedResponseActionConfig::builder()
            .status_code(self.status.to_string())
            .content_type(&self.content_type)
            .message_body(&self.body)
            .build();
        let action = Action::builder().r#type(ActionTypeEnum::FixedResponse);
        action.fixed_response_config(config).build()
    }
}

/// An answer in AWS's form.
pub(in crate::kinds) enum Answer {
    Redirect(Redirect),
    FixedResponse(FixedResponse),
}

impl Answer {
    /// `None` for another action.
    pub(in crate::kinds) fn observed(action: &Action) -> Option<Self> {
        let redirect = action.redirect_config().map(Redirect::observed).map(Self::Redirect);
        redirect.or_else(|| {
            action.fixed_response_config().map(FixedResponse::observed).map(Self::FixedResponse)
        })
    }
}

fn content_type_text(content_type: ContentType) -> &'static str {
    match content_type {
        ContentType::Plain => "text/plain",
        ContentType::Css => "text/css",
        ContentType::Html => "text/html",
        ContentType::JavaScript => "application/javascript",
        ContentType::Json => "application/json",
    }
}
