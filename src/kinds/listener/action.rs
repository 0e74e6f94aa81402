//! What a listener does with requests that no rule takes.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, ForwardActionConfig, RedirectActionConfig,
    RedirectActionStatusCodeEnum,
};
use serde::{Deserialize, Serialize};

use crate::kinds::shared::routing::Route;
use crate::model::resolved::load_balancer::{ContentType, DefaultAction as Resolved};
use crate::value::Resolvable;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DefaultAction {
    /// To the same host, path and query.
    Redirect { protocol: String, port: u16, status: u16 },
    FixedResponse { status: u16, content_type: String, body: String },
    /// To the target group with this ARN.
    Forward { target_group: Resolvable },
    /// What no manifest asks for: the types of the actions.
    Other { types: BTreeSet<String> },
}

impl DefaultAction {
    /// None for a listener that waits for a service: AWS makes none without an action.
    pub(super) fn of(resolved: &Resolved, route: Option<&Route<'_>>) -> Option<Self> {
        Some(match resolved {
            Resolved::Redirect { protocol, port, status } => Self::Redirect {
                protocol: protocol.word().to_owned(),
                port: *port,
                status: *status,
            },
            Resolved::FixedResponse { status, content_type, body } => Self::FixedResponse {
                status: *status,
                content_type: content_type_text(*content_type).to_owned(),
                body: body.clone(),
            },
            Resolved::Service => Self::Forward {
                target_group: Resolvable::reference("target-group", &route?.name, "arn"),
            },
        })
    }

    /// As AWS shows it, which fills in what a redirect keeps.
    pub(super) fn observed(actions: &[Action]) -> Self {
        let known = match actions {
            [action] => action
                .redirect_config()
                .and_then(redirect)
                .or_else(|| action.fixed_response_config().map(fixed_response))
                .or_else(|| forward(action)),
            _ => None,
        };
        let types = || {
            let types = actions.iter().filter_map(|action| action.r#type());
            types.map(|r#type| r#type.as_str().to_owned()).collect()
        };
        known.unwrap_or_else(|| Self::Other { types: types() })
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Redirect { protocol, port, status } => {
                let status = RedirectActionStatusCodeEnum::from(format!("HTTP_{status}").as_str());
                let config = RedirectActionConfig::builder()
                    .protocol(protocol)
                    .port(port.to_string())
                    .status_code(status)
                    .build();
                Action::builder().r#type(ActionTypeEnum::Redirect).redirect_config(config).build()
            }
            Self::FixedResponse { status, content_type, body } => {
                let config = FixedResponseActionConfig::builder()
                    .status_code(status.to_string())
                    .content_type(content_type)
                    .message_body(body)
                    .build();
                let action = Action::builder().r#type(ActionTypeEnum::FixedResponse);
                action.fixed_response_config(config).build()
            }
            Self::Forward { target_group } => Action::builder()
                .r#type(ActionTypeEnum::Forward)
                .target_group_arn(target_group.text())
                .build(),
            Self::Other { types } => Action::builder()
                .set_type(types.first().map(|r#type| r#type.as_str().into()))
                .build(),
        }
    }
}

/// `None` for one that changes more than protocol and port.
fn redirect(config: &RedirectActionConfig) -> Option<DefaultAction> {
    let keeps = |part: Option<&str>, default: &str| part.is_none_or(|part| part == default);
    let keeps_rest = keeps(config.host(), "#{host}")
        && keeps(config.path(), "/#{path}")
        && keeps(config.query(), "#{query}");
    let status = config.status_code()?.as_str().strip_prefix("HTTP_")?.parse().ok()?;
    let (protocol, port) = (config.protocol()?.to_owned(), config.port()?.parse().ok()?);
    keeps_rest.then_some(DefaultAction::Redirect { protocol, port, status })
}

fn fixed_response(config: &FixedResponseActionConfig) -> DefaultAction {
    DefaultAction::FixedResponse {
        status: config.status_code().and_then(|status| status.parse().ok()).unwrap_or_default(),
        content_type: config.content_type().unwrap_or("text/plain").to_owned(),
        body: config.message_body().unwrap_or_default().to_owned(),
    }
}

/// `None` for one to several target groups. AWS shows a single one twice: in the action and, with a
/// weight, in its configuration.
fn forward(action: &Action) -> Option<DefaultAction> {
    let configured = action.forward_config().map(ForwardActionConfig::target_groups);
    let target_group = match configured.unwrap_or_default() {
        [] => action.target_group_arn()?,
        [only] => only.target_group_arn()?,
        [_, _, ..] => return None,
    };
    Some(DefaultAction::Forward { target_group: target_group.into() })
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
