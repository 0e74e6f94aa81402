//! Rules that the laws run over.

use std::collections::BTreeMap;

use super::authenticate::{Authenticate, Cognito, Oidc};
use super::spec::{Action, Forward, ListenerRuleSpec, QueryPattern, Weighted};
use crate::kind::Tags;
use crate::kinds::shared::answers::{FixedResponse, Redirect};
use crate::value::Set;

const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:444455556666";

pub(super) fn all() -> Vec<ListenerRuleSpec> {
    vec![
        plain(),
        weighted(),
        ListenerRuleSpec { other: set(["transform"]), ..plain() },
        ListenerRuleSpec { action: redirect(), authenticate: cognito(), ..unconditional() },
        ListenerRuleSpec { action: fixed_response(), ..unconditional() },
    ]
}

fn set<const N: usize>(texts: [&str; N]) -> Set<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn plain() -> ListenerRuleSpec {
    ListenerRuleSpec {
        name: "web-public-https".to_owned(),
        listener: format!("{ARN}:listener/app/shop-prod-public/50dc6c495c0c9188/f2f7dc8efc522ab2")
            .into(),
        priority: Some(100),
        hosts: vec!["shop.example.com".to_owned(), "www.example.com".to_owned()],
        paths: set(["/api/*"]),
        headers: BTreeMap::new(),
        methods: Set::default(),
        query: Set::default(),
        source_ips: Set::default(),
        authenticate: Authenticate::Off,
        action: forward(&[("web-0a1b2c3d/73e2d6bc24d8a067", 1)], 0),
        other: Set::default(),
        swap: None,
        tags: Tags::from([("team".to_owned(), "web".into())]),
    }
}

fn unconditional() -> ListenerRuleSpec {
    ListenerRuleSpec {
        priority: None,
        hosts: vec![],
        paths: set(["/*"]),
        tags: Tags::from([("owner".to_owned(), "web".into())]),
        ..plain()
    }
}

/// With a condition of each kind.
fn weighted() -> ListenerRuleSpec {
    let groups = [("web-0a1b2c3d/73e2d6bc24d8a067", 90), ("next-4e5f6a7b/943f017f100becff", 10)];
    let query = [(Some("version"), "2"), (None, "beta")];
    ListenerRuleSpec {
        headers: BTreeMap::from([
            ("X-Channel".to_owned(), set(["beta*"])),
            ("User-Agent".to_owned(), set(["*Mobile*"])),
        ]),
        methods: set(["GET", "POST"]),
        query: query
            .map(|(key, value)| QueryPattern {
                key: key.map(ToOwned::to_owned),
                value: value.to_owned(),
            })
            .into_iter()
            .collect(),
        source_ips: set(["10.0.0.0/8"]),
        authenticate: oidc(),
        action: forward(&groups, 3600),
        ..plain()
    }
}

fn forward(groups: &[(&str, u32)], stickiness: u32) -> Action {
    let group = |(name, weight): &(&str, u32)| Weighted {
        target_group: format!("{ARN}:targetgroup/shop-prod-{name}").into(),
        weight: *weight,
    };
    Action::Forward(Forward {
        target_groups: groups.iter().map(group).collect(),
        stickiness,
        busiest: None,
    })
}

fn redirect() -> Action {
    Action::Redirect(Redirect {
        protocol: "#{protocol}".to_owned(),
        port: "#{port}".to_owned(),
        host: "www.#{host}".to_owned(),
        path: "/new/#{path}".to_owned(),
        query: "#{query}&from=old".to_owned(),
        status: 302,
    })
}

fn fixed_response() -> Action {
    Action::FixedResponse(FixedResponse {
        status: 503,
        content_type: "text/html".to_owned(),
        body: "<p>Later".to_owned(),
    })
}

fn oidc() -> Authenticate {
    Authenticate::Oidc(Oidc {
        issuer: "https://login.example.com".to_owned(),
        authorization_endpoint: "https://login.example.com/authorize".to_owned(),
        token_endpoint: "https://login.example.com/token".to_owned(),
        user_info_endpoint: "https://login.example.com/userinfo".to_owned(),
        client_id: "shop".to_owned(),
        // AWS never shows it.
        client_secret: None,
        scope: "openid email".to_owned(),
        session_timeout: 3600,
        session_cookie: "login".to_owned(),
        on_unauthenticated_request: "deny".to_owned(),
        extra_parameters: BTreeMap::from([("prompt".to_owned(), "login".to_owned())]),
    })
}

fn cognito() -> Authenticate {
    Authenticate::Cognito(Cognito {
        user_pool_arn: "arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_shop"
            .to_owned(),
        user_pool_client_id: "7c2f".to_owned(),
        user_pool_domain: "shop".to_owned(),
        scope: "openid".to_owned(),
        session_timeout: 604_800,
        session_cookie: "AWSELBAuthSessionCookie".to_owned(),
        on_unauthenticated_request: "authenticate".to_owned(),
        extra_parameters: BTreeMap::from([("lang".to_owned(), "de".to_owned())]),
    })
}
