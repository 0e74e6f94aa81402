//! The secret of an OIDC client: AWS gets it, and nobody sees it.

use serde_json::json;

use super::desired::SECRET_TAG;
use super::*;
use crate::diff::diff;
use crate::kinds::samples;
use crate::kinds::shared::elb_testing::{self as testing, sent};
use crate::value::{Address, Value, resolve};

const SECRET: &str = "hunter2-of-the-shop";

fn wanted(secret: &str) -> ListenerRuleSpec {
    let text = format!(
        "
kind: LoadBalancer
name: public
listeners: [{{ name: https, protocol: HTTPS, certificates: ['arn:aws:acm:a'] }}]
---
kind: Service
name: web
image: nginx
port: 80
loadBalancers:
  - loadBalancer: public
    authenticate:
      oidc:
        issuer: https://login.example.com
        authorizationEndpoint: https://login.example.com/authorize
        tokenEndpoint: https://login.example.com/token
        userInfoEndpoint: https://login.example.com/userinfo
        clientId: shop
        clientSecret: {secret}
"
    );
    let stack = samples::stack(&text);
    let mut json = json!(ListenerRule::desired(&stack, &samples::facts()).remove(0).spec);
    resolve(&mut json, &|reference| Some(reference.to_string()));
    serde_json::from_value(json).unwrap()
}

/// As it reads back.
fn live() -> Live<ListenerRuleSpec> {
    testing::live(wanted(SECRET).without_secret(), "arn:x")
}

fn lowered(spec: &ListenerRuleSpec) -> Vec<Call> {
    let address = Address::new(ListenerRule::NAME, &spec.name);
    let live = live();
    let fields: Vec<_> = diff(&Value::of(&live.spec), &Value::of(spec))
        .into_iter()
        .filter(|change| !change.path.is_below("authenticate[oidc].clientSecret"))
        .collect();
    let change = Change::Update { address: &address, spec, live: &live, fields: &fields };
    ListenerRule::lower(&change)
}

#[test]
fn only_its_change_shows() {
    assert_eq!(lowered(&wanted(SECRET)), []);
    let lines: Vec<_> = lowered(&wanted("another")).iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "elasticloadbalancing:ModifyRule web-public-https",
            "elasticloadbalancing:AddTags web-public-https",
        ]
    );
    let tag = |secret| wanted(secret).tags[SECRET_TAG].text().to_owned();
    assert_eq!((tag(SECRET).len(), tag(SECRET) == tag("another")), (8, false));
}

#[tokio::test]
async fn aws_gets_it_with_every_change() {
    let spec = wanted(SECRET);
    let create = sent::<ListenerRule>(
        Call::Create { spec },
        "<CreateRuleResponse><CreateRuleResult/></CreateRuleResponse>",
    );
    let secret = format!("Actions.member.1.AuthenticateOidcConfig.ClientSecret={SECRET}\n");
    assert!(create.await.contains(&secret));
    let mut calls = lowered(&wanted("another"));
    let Call::Update { spec, .. } = calls.remove(0) else { panic!("{calls:?}") };
    let update = Call::Update { arn: "arn:x".into(), spec };
    let answer = "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>";
    assert!(sent::<ListenerRule>(update, answer).await.contains("ClientSecret=another\n"));
}

#[test]
fn nothing_else_holds_it() {
    let spec = wanted(SECRET);
    let create = Call::Create { spec: spec.clone() };
    let mut told = vec![
        format!("{spec:?} {create:?} {create}"),
        Value::of(&spec).to_string(),
        format!("{:?}", ListenerRule::effect(&create)),
    ];
    for call in lowered(&wanted("another")) {
        told.push(format!("{call} {call:?} {:?}", ListenerRule::effect(&call)));
    }
    let Effect::Create(kept) = ListenerRule::effect(&create) else { panic!("a new rule") };
    told.push(json!(kept).to_string());
    for text in told {
        assert!(!text.contains(SECRET) && !text.contains("another"), "{text}");
    }
}
