//! Listener rules against recorded requests and replies, and the choice of priorities.

use serde_json::json;

use super::spec::{Action, Forward, Place, Swap, Weighted};
use super::*;
use crate::aws::replay::Replay;
use crate::diff::diff;
use crate::kind::{Manifest, Tags};
use crate::kinds::samples;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};
use crate::value::{Address, Resolvable, Set, Value};

const LISTENER: &str = "app/shop-prod-public/50dc6c495c0c9188/f2f7dc8efc522ab2";

fn rule_arn(id: &str) -> String {
    format!("{ARN}:listener-rule/{LISTENER}/{id}")
}

#[tokio::test]
async fn every_field_is_sent() {
    let spec = ListenerRule::examples().remove(0);
    let create = sent::<ListenerRule>(
        Call::Create { spec: spec.clone() },
        "<CreateRuleResponse><CreateRuleResult/></CreateRuleResponse>",
    );
    let body = "Conditions.member.1.Field=host-header\n\
         Conditions.member.1.HostHeaderConfig.Values.member.1=shop.example.com\n\
         Conditions.member.1.HostHeaderConfig.Values.member.2=www.example.com\n\
         Conditions.member.2.Field=path-pattern\n\
         Conditions.member.2.PathPatternConfig.Values.member.1=/api/*\n";
    let action = format!(
        "Actions.member.1.Type=forward\n\
         Actions.member.1.TargetGroupArn={ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067\n"
    );
    assert_eq!(
        create.await,
        format!(
            "ListenerArn={ARN}:listener/{LISTENER}\n{body}Priority=100\n{action}\
             Tags.member.1.Key=team\nTags.member.1.Value=web\n"
        )
    );
    let modify = sent::<ListenerRule>(
        Call::Update { arn: "arn:x".into(), spec: spec.clone() },
        "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>",
    );
    assert_eq!(modify.await, format!("RuleArn=arn:x\n{body}{action}"));
    let alongside = vec![place("y", 7)];
    let swap = sent::<ListenerRule>(
        Call::UpdatePriorities { arn: "arn:x".into(), spec, alongside },
        "<SetRulePrioritiesResponse><SetRulePrioritiesResult/></SetRulePrioritiesResponse>",
    );
    assert_eq!(
        swap.await,
        "RulePriorities.member.1.RuleArn=arn:x\nRulePriorities.member.1.Priority=100\n\
         RulePriorities.member.2.RuleArn=arn:y\nRulePriorities.member.2.Priority=7\n"
    );
}

fn place(name: &str, priority: u32) -> Place {
    Place { arn: format!("arn:{name}"), name: name.to_owned(), priority }
}

/// The request for an example without what all have.
async fn modified(example: usize) -> String {
    let spec = ListenerRule::examples().remove(example);
    let answer = "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>";
    sent::<ListenerRule>(Call::Update { arn: "arn:x".into(), spec }, answer).await
}

#[tokio::test]
async fn every_condition_and_action_is_sent() {
    insta::assert_snapshot!(modified(1).await, @"
    RuleArn=arn:x
    Conditions.member.1.Field=host-header
    Conditions.member.1.HostHeaderConfig.Values.member.1=shop.example.com
    Conditions.member.1.HostHeaderConfig.Values.member.2=www.example.com
    Conditions.member.2.Field=path-pattern
    Conditions.member.2.PathPatternConfig.Values.member.1=/api/*
    Conditions.member.3.Field=http-header
    Conditions.member.3.HttpHeaderConfig.HttpHeaderName=User-Agent
    Conditions.member.3.HttpHeaderConfig.Values.member.1=*Mobile*
    Conditions.member.4.Field=http-header
    Conditions.member.4.HttpHeaderConfig.HttpHeaderName=X-Channel
    Conditions.member.4.HttpHeaderConfig.Values.member.1=beta*
    Conditions.member.5.Field=http-request-method
    Conditions.member.5.HttpRequestMethodConfig.Values.member.1=GET
    Conditions.member.5.HttpRequestMethodConfig.Values.member.2=POST
    Conditions.member.6.Field=query-string
    Conditions.member.6.QueryStringConfig.Values.member.1.Value=beta
    Conditions.member.6.QueryStringConfig.Values.member.2.Key=version
    Conditions.member.6.QueryStringConfig.Values.member.2.Value=2
    Conditions.member.7.Field=source-ip
    Conditions.member.7.SourceIpConfig.Values.member.1=10.0.0.0/8
    Actions.member.1.Type=authenticate-oidc
    Actions.member.1.AuthenticateOidcConfig.Issuer=https://login.example.com
    Actions.member.1.AuthenticateOidcConfig.AuthorizationEndpoint=https://login.example.com/authorize
    Actions.member.1.AuthenticateOidcConfig.TokenEndpoint=https://login.example.com/token
    Actions.member.1.AuthenticateOidcConfig.UserInfoEndpoint=https://login.example.com/userinfo
    Actions.member.1.AuthenticateOidcConfig.ClientId=shop
    Actions.member.1.AuthenticateOidcConfig.SessionCookieName=login
    Actions.member.1.AuthenticateOidcConfig.Scope=openid email
    Actions.member.1.AuthenticateOidcConfig.SessionTimeout=3600
    Actions.member.1.AuthenticateOidcConfig.AuthenticationRequestExtraParams.entry.1.key=prompt
    Actions.member.1.AuthenticateOidcConfig.AuthenticationRequestExtraParams.entry.1.value=login
    Actions.member.1.AuthenticateOidcConfig.OnUnauthenticatedRequest=deny
    Actions.member.1.Order=1
    Actions.member.2.Type=forward
    Actions.member.2.Order=2
    Actions.member.2.ForwardConfig.TargetGroups.member.1.TargetGroupArn=arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-next-4e5f6a7b/943f017f100becff
    Actions.member.2.ForwardConfig.TargetGroups.member.1.Weight=10
    Actions.member.2.ForwardConfig.TargetGroups.member.2.TargetGroupArn=arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067
    Actions.member.2.ForwardConfig.TargetGroups.member.2.Weight=90
    Actions.member.2.ForwardConfig.TargetGroupStickinessConfig.Enabled=true
    Actions.member.2.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds=3600
    ");
    insta::assert_snapshot!(modified(3).await, @"
    RuleArn=arn:x
    Conditions.member.1.Field=path-pattern
    Conditions.member.1.PathPatternConfig.Values.member.1=/*
    Actions.member.1.Type=authenticate-cognito
    Actions.member.1.AuthenticateCognitoConfig.UserPoolArn=arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_shop
    Actions.member.1.AuthenticateCognitoConfig.UserPoolClientId=7c2f
    Actions.member.1.AuthenticateCognitoConfig.UserPoolDomain=shop
    Actions.member.1.AuthenticateCognitoConfig.SessionCookieName=AWSELBAuthSessionCookie
    Actions.member.1.AuthenticateCognitoConfig.Scope=openid
    Actions.member.1.AuthenticateCognitoConfig.SessionTimeout=604800
    Actions.member.1.AuthenticateCognitoConfig.AuthenticationRequestExtraParams.entry.1.key=lang
    Actions.member.1.AuthenticateCognitoConfig.AuthenticationRequestExtraParams.entry.1.value=de
    Actions.member.1.AuthenticateCognitoConfig.OnUnauthenticatedRequest=authenticate
    Actions.member.1.Order=1
    Actions.member.2.Type=redirect
    Actions.member.2.Order=2
    Actions.member.2.RedirectConfig.Protocol=#{protocol}
    Actions.member.2.RedirectConfig.Port=#{port}
    Actions.member.2.RedirectConfig.Host=www.#{host}
    Actions.member.2.RedirectConfig.Path=/new/#{path}
    Actions.member.2.RedirectConfig.Query=#{query}&from=old
    Actions.member.2.RedirectConfig.StatusCode=HTTP_302
    ");
    insta::assert_snapshot!(modified(4).await, @"
    RuleArn=arn:x
    Conditions.member.1.Field=path-pattern
    Conditions.member.1.PathPatternConfig.Values.member.1=/*
    Actions.member.1.Type=fixed-response
    Actions.member.1.FixedResponseConfig.MessageBody=<p>Later
    Actions.member.1.FixedResponseConfig.StatusCode=503
    Actions.member.1.FixedResponseConfig.ContentType=text/html
    ");
}

/// What is called to get a rule from `before` to `after`.
fn lowered(before: &ListenerRuleSpec, after: &ListenerRuleSpec) -> Vec<Call> {
    let address = Address::new(ListenerRule::NAME, &before.name);
    let fields = diff(&Value::of(before), &Value::of(after));
    let live = testing::live(before.clone(), "arn:x");
    let change = Change::Update { address: &address, spec: after, live: &live, fields: &fields };
    ListenerRule::lower(&change)
}

fn forward(groups: &[(&str, u32)]) -> Action {
    let group =
        |(arn, weight): &(&str, u32)| Weighted { target_group: (*arn).into(), weight: *weight };
    Action::Forward(Forward::new(groups.iter().map(group).collect(), 0))
}

fn forwarding(groups: &[(&str, u32)]) -> ListenerRuleSpec {
    ListenerRuleSpec {
        hosts: vec!["a.example.com".to_owned()],
        paths: Set::default(),
        action: forward(groups),
        ..ListenerRule::examples().remove(0)
    }
}

fn with_arn(call: Call) -> Call {
    match call {
        Call::Update { spec, .. } => Call::Update { arn: "arn:x".into(), spec },
        Call::Narrow { spec, .. } => Call::Narrow { arn: "arn:x".into(), spec },
        other => other,
    }
}

#[tokio::test]
async fn a_new_target_group_is_beside_the_old_one_until_that_one_is_not_needed() {
    let mut requests = vec![];
    for call in lowered(&forwarding(&[("arn:old", 1)]), &forwarding(&[("arn:new", 1)])) {
        let is_late = ListenerRule::is_late(&call);
        let answer = "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>";
        requests.push((is_late, sent::<ListenerRule>(with_arn(call), answer).await));
    }
    let conditions = "RuleArn=arn:x\nConditions.member.1.Field=host-header\n\
         Conditions.member.1.HostHeaderConfig.Values.member.1=a.example.com\n";
    let groups = "Actions.member.1.ForwardConfig.TargetGroups.member";
    let wide = format!(
        "{conditions}Actions.member.1.Type=forward\n\
         {groups}.1.TargetGroupArn=arn:new\n{groups}.1.Weight=0\n\
         {groups}.2.TargetGroupArn=arn:old\n{groups}.2.Weight=1\n\
         Actions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled=false\n"
    );
    let narrow = format!(
        "{conditions}Actions.member.1.Type=forward\nActions.member.1.TargetGroupArn=arn:new\n"
    );
    assert_eq!(requests, [(false, wide), (true, narrow)]);
}

/// The target groups that a rule has after each call, `!` for late ones.
fn steps(before: &ListenerRuleSpec, after: &ListenerRuleSpec) -> String {
    let step = |call: &Call| {
        let (Call::Update { spec, .. } | Call::Narrow { spec, .. }) = call else {
            panic!("{call:?}")
        };
        let groups = match &spec.action {
            Action::Forward(forward) => forward
                .target_groups
                .0
                .iter()
                .map(|group| format!("{} {}", group.target_group, group.weight))
                .collect::<Vec<_>>()
                .join(", "),
            Action::Redirect(_) | Action::FixedResponse(_) | Action::Other => "none".to_owned(),
        };
        format!("{}{groups}", if ListenerRule::is_late(call) { "!" } else { "" })
    };
    lowered(before, after).iter().map(step).collect::<Vec<_>>().join(" -> ")
}

#[test]
fn requests_move_when_tasks_are_where_they_go() {
    let path = |spec: ListenerRuleSpec| ListenerRuleSpec {
        paths: Set::from_iter(["/x".to_owned()]),
        ..spec
    };
    let (one, both) = (forwarding(&[("old", 1)]), forwarding(&[("new", 0), ("old", 1)]));
    let shared = |web, next| forwarding(&[("next", next), ("web", web)]);
    let answer =
        ListenerRuleSpec { action: ListenerRule::examples().remove(4).action, ..one.clone() };
    let many = |names: [&'static str; 3]| forwarding(&names.map(|name| (name, 1)));
    let cases = [
        ("an interrupted run is finished", &both, &forwarding(&[("new", 1)])),
        ("or taken back", &both, &one),
        ("conditions do not wait", &path(both.clone()), &forwarding(&[("new", 1)])),
        ("there is nothing to let go of", &answer, &one),
        ("tasks end their requests", &one, &answer),
        ("a service joins", &forwarding(&[("web", 1)]), &shared(90, 10)),
        ("one is prepared", &forwarding(&[("web", 1)]), &shared(1, 0)),
        ("it gets its first requests", &shared(1, 0), &shared(90, 10)),
        ("more follow", &shared(90, 10), &shared(50, 50)),
        ("one leaves", &shared(90, 10), &forwarding(&[("next", 1)])),
        ("one is made anew", &shared(90, 10), &forwarding(&[("web", 90), ("nova", 10)])),
        ("too many are made anew", &many(["a", "b", "c"]), &many(["d", "e", "f"])),
    ];
    let told: Vec<_> =
        cases.iter().map(|(case, from, to)| format!("{case}: {}", steps(from, to))).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    an interrupted run is finished: !new 1
    or taken back: !old 1
    conditions do not wait: new 0, old 1 -> !new 1
    there is nothing to let go of: old 1
    tasks end their requests: !none
    a service joins: next 0, web 1 -> !next 10, web 90
    one is prepared: next 0, web 1
    it gets its first requests: !next 10, web 90
    more follow: next 50, web 50
    one leaves: !next 1
    one is made anew: next 10, nova 0, web 90 -> !nova 10, web 90
    too many are made anew: d 1, e 1, f 1
    ");
}

/// As AWS shows them: values and target group twice, a foreign rule, the default one.
fn described() -> String {
    let group = format!("{ARN}:targetgroup/shop-prod-web-0a1b2c3d/73e2d6bc24d8a067");
    format!(
        "<Rules><member><RuleArn>{}</RuleArn><Priority>100</Priority><IsDefault>false</IsDefault><Conditions>\
         <member><Field>path-pattern</Field><Values><member>/api/*</member></Values>\
         <PathPatternConfig><Values><member>/api/*</member></Values></PathPatternConfig></member>\
         <member><Field>host-header</Field><Values><member>shop.example.com</member><member>www.example.com</member></Values>\
         <HostHeaderConfig><Values><member>shop.example.com</member><member>www.example.com</member></Values></HostHeaderConfig></member>\
         </Conditions><Actions><member><Type>forward</Type><TargetGroupArn>{group}</TargetGroupArn><Order>1</Order><ForwardConfig>\
         <TargetGroups><member><TargetGroupArn>{group}</TargetGroupArn><Weight>1</Weight></member></TargetGroups>\
         <TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig></ForwardConfig></member></Actions></member>\
         <member><RuleArn>{}</RuleArn><Priority>7</Priority><IsDefault>false</IsDefault><Conditions>\
         <member><Field>source-ip</Field><SourceIpConfig><Values><member>10.0.0.0/8</member></Values></SourceIpConfig></member>\
         <member><Field>source-ip</Field><SourceIpConfig><Values><member>10.1.0.0/16</member></Values></SourceIpConfig></member>\
         </Conditions><Actions><member><Type>jwt-validation</Type></member></Actions></member>\
         <member><RuleArn>{}</RuleArn><Priority>8</Priority><IsDefault>false</IsDefault><Conditions/>\
         <Actions><member><Type>forward</Type><Order>1</Order><ForwardConfig><TargetGroups>\
         <member><TargetGroupArn>arn:new</TargetGroupArn><Weight>0</Weight></member>\
         <member><TargetGroupArn>arn:old</TargetGroupArn><Weight>1</Weight></member></TargetGroups>\
         <TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig></ForwardConfig></member></Actions></member>\
         <member><RuleArn>{}</RuleArn><Priority>default</Priority><IsDefault>true</IsDefault></member></Rules>",
        rule_arn("own"),
        rule_arn("foreign"),
        rule_arn("moving"),
        rule_arn("default"),
    )
}

#[tokio::test]
async fn what_is_there_reads_back_as_it_was_wanted() {
    let tags = own_tags("listener-rule/web-public-https");
    let wanted = ListenerRuleSpec { tags: tags.clone(), ..ListenerRule::examples().remove(0) };
    let balancer = format!("{ARN}:loadbalancer/app/shop-prod-public/50dc6c495c0c9188");
    let listener = format!("{ARN}:listener/{LISTENER}");
    let balancers = format!(
        "<LoadBalancers><member><LoadBalancerArn>{balancer}</LoadBalancerArn>\
         <LoadBalancerName>shop-prod-public</LoadBalancerName></member></LoadBalancers>"
    );
    let listeners = format!(
        "<Listeners><member><ListenerArn>{listener}</ListenerArn><LoadBalancerArn>{balancer}</LoadBalancerArn>\
         <Protocol>HTTP</Protocol><Port>80</Port></member></Listeners>"
    );
    let replies = [
        testing::listing(&[
            (&balancer, &own_tags("load-balancer/public")),
            (&rule_arn("own"), &tags),
        ]),
        reply("DescribeLoadBalancers", &balancers),
        reply("DescribeListeners", &listeners),
        testing::tags(&[(&listener, &own_tags("listener/public-http"))]),
        reply("DescribeRules", &described()),
        testing::tags(&[(&rule_arn("foreign"), &Tags::new())]),
    ];
    let (rows, calls) =
        testing::observed::<ListenerRule>(std::slice::from_ref(&wanted), false, replies).await;
    assert_eq!((rows.len(), calls), (3, 6));
    assert_eq!(rows[0].spec, json!(wanted));
    assert_eq!(rows[0].key, format!("{listener}/web-public-https"));
    assert_eq!(rows[1].spec["name"], rule_arn("foreign"));
    assert_eq!(rows[1].spec["priority"], 7);
    assert_eq!(rows[1].spec["other"], json!(["jwt-validation", "source-ip"]));
    assert_eq!(rows[1].spec["sourceIps"], json!(["10.0.0.0/8"]));
    assert_eq!(rows[2].spec["action"], json!(forward(&[("arn:new", 0), ("arn:old", 1)])));
    assert_eq!(rows[2].spec["other"], json!([]));
}

fn spec(name: &str, priority: Option<u32>, hosts: &[&str], path: &str) -> ListenerRuleSpec {
    ListenerRuleSpec {
        name: name.to_owned(),
        listener: Resolvable::reference("listener", "public-https", "arn"),
        priority,
        hosts: hosts.iter().map(ToString::to_string).collect(),
        paths: Set::from_iter([path.to_owned()]),
        tags: own_tags(&format!("listener-rule/{name}")),
        ..ListenerRule::examples().remove(0)
    }
}

fn by_header(spec: ListenerRuleSpec) -> ListenerRuleSpec {
    let value = Set::from_iter(["beta".to_owned()]);
    ListenerRuleSpec { headers: [("X-Channel".to_owned(), value)].into(), ..spec }
}

fn wanted(spec: &ListenerRuleSpec) -> Desired<ListenerRuleSpec> {
    Desired {
        name: spec.name.clone(),
        spec: spec.clone(),
        manifest: Manifest { address: Address::new("service", "web"), origin: None },
        protect: false,
        ignore: vec![],
        after: vec![],
    }
}

fn live(spec: &ListenerRuleSpec) -> Live<ListenerRuleSpec> {
    let listener = format!("{ARN}:listener/{LISTENER}").into();
    testing::live(ListenerRuleSpec { listener, ..spec.clone() }, &rule_arn(&spec.name))
}

fn settled(
    specs: &[ListenerRuleSpec],
    live: &[Live<ListenerRuleSpec>],
) -> Vec<Desired<ListenerRuleSpec>> {
    let mut rows: Vec<_> = specs.iter().map(wanted).collect();
    ListenerRule::settle(&mut rows, live);
    rows
}

fn chosen(specs: &[ListenerRuleSpec], live: &[Live<ListenerRuleSpec>]) -> Vec<u32> {
    settled(specs, live).iter().map(|row| row.spec.priority.unwrap()).collect()
}

#[test]
fn more_specific_rules_come_first() {
    let long = format!("/{}", "a".repeat(200));
    let in_order = [
        spec("web", None, &["shop.example.com"], &long),
        spec("web", None, &["shop.example.com"], "/api/v1/*"),
        ListenerRuleSpec {
            methods: Set::from_iter(["GET".to_owned()]),
            ..by_header(spec("web", None, &["shop.example.com"], "/api"))
        },
        by_header(spec("web", None, &["shop.example.com"], "/api")),
        spec("web", None, &["shop.example.com"], "/api"),
        by_header(spec("web", None, &["shop.example.com"], "/api*")),
        spec("web", None, &["shop.example.com"], "/api*"),
        spec("web", None, &["shop.example.com"], "/*"),
        spec("web", None, &["*.example.com"], "/api"),
        spec("web", None, &[], "/api"),
        spec("web", None, &[], "/*"),
        by_header(ListenerRuleSpec { paths: Set::default(), ..spec("web", None, &[], "") }),
        spec("web", None, &[], "*"),
    ];
    let priorities: Vec<u32> =
        in_order.iter().map(|spec| chosen(std::slice::from_ref(spec), &[])[0]).collect();
    assert!(priorities.is_sorted_by(|a, b| a < b), "{priorities:?}");
    assert!((1..=50_000).contains(&priorities[0]) && priorities[12] <= 50_000, "{priorities:?}");
}

#[test]
fn a_rule_keeps_its_place_whoever_comes_or_goes() {
    let names: Vec<String> = (0..100).map(|index| format!("service-{index}")).collect();
    let specs: Vec<_> = names.iter().map(|name| spec(name, None, &[], "/*")).collect();
    let first = chosen(&specs[50..], &[]);
    let rows: Vec<_> = settled(&specs[50..], &[]).iter().map(|row| live(&row.spec)).collect();
    let all = chosen(&specs, &rows);
    assert_eq!(all[50..], first);
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), 100);
}

/// A quota beyond AWS's 100 rules may fill a band; those behind it stay where they are.
#[test]
fn rules_behind_a_full_band_keep_their_places() {
    let names: Vec<String> = (0..300).map(|index| format!("service-{index}")).collect();
    let specs: Vec<_> = names.iter().map(|name| spec(name, None, &[], "/some/*")).collect();
    let first = settled(&specs, &[]);
    let rows: Vec<_> = first.iter().map(|row| live(&row.spec)).collect();
    let priorities: Vec<_> = first.iter().map(|row| row.spec.priority.unwrap()).collect();
    assert_eq!(chosen(&specs, &rows), priorities);
}

#[test]
fn a_foreign_rule_and_an_explicit_priority_are_not_taken() {
    let web = spec("web", None, &[], "/*");
    let usual = chosen(std::slice::from_ref(&web), &[])[0];
    let foreign = ListenerRuleSpec { priority: Some(usual), tags: Tags::new(), ..web.clone() };
    assert_ne!(chosen(std::slice::from_ref(&web), &[live(&foreign)])[0], usual);
    let explicit = spec("api", Some(usual), &[], "/api");
    let kept = live(&ListenerRuleSpec { priority: Some(usual), ..web.clone() });
    let rows = settled(&[explicit, web.clone()], &[kept]);
    assert_ne!(rows[1].spec.priority, Some(usual));
    assert_eq!(rows[0].after, [Address::new("listener-rule", "web")]);
    let moved = live(&ListenerRuleSpec { priority: Some(3), ..web.clone() });
    assert_eq!(chosen(&[web], &[moved])[0], usual);
}

#[test]
fn rules_that_change_places_do_so_in_one_call() {
    let rows = [("a", 1), ("b", 2), ("c", 3)]
        .map(|(name, priority)| live(&spec(name, Some(priority), &[], "/*")));
    let specs = [("a", 2), ("b", 3), ("c", 1), ("d", 4)]
        .map(|(name, priority)| spec(name, Some(priority), &[], "/*"));
    let settled = settled(&specs, &rows);
    let place = |name: &str, priority| Place { arn: rule_arn(name), ..place(name, priority) };
    let places = vec![place("b", 3), place("c", 1)];
    let swaps: Vec<_> = settled.iter().map(|row| row.spec.swap.clone()).collect();
    let leads = Some(Swap::Leads(places.clone()));
    assert_eq!(swaps, [leads, Some(Swap::Follows), Some(Swap::Follows), None]);
    let after: Vec<_> = settled.iter().map(|row| row.after.len()).collect();
    assert_eq!(after, [0, 1, 1, 0]);
    let calls: Vec<_> =
        rows.iter().zip(&settled).flat_map(|(live, row)| lowered(&live.spec, &row.spec)).collect();
    let [Call::UpdatePriorities { alongside, spec, .. }] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((alongside, &spec.swap), (&places, &None));
    let Effect::All(effects) = ListenerRule::effect(&calls[0]) else { panic!("one call for all") };
    let effects = effects.iter().map(|effect| match effect {
        Effect::Update { spec, .. } => (spec.name.as_str(), spec.priority),
        other => panic!("{other:?}"),
    });
    assert_eq!(effects.collect::<Vec<_>>(), [("b", Some(3)), ("c", Some(1)), ("a", Some(2))]);
}

#[test]
fn an_existing_listener_gets_rules_and_one_without_rules_none() {
    let stack = samples::stack(samples::EXISTING);
    let rows = ListenerRule::desired(&stack, &samples::existing_facts());
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.name, "web-shared-https");
    assert_eq!(row.spec.listener, Resolvable::from(samples::EXISTING_LISTENER));
    let stack = samples::stack(
        "
{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }
---
{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge }] }
",
    );
    assert!(ListenerRule::desired(&stack, &samples::facts()).is_empty());
}

#[tokio::test]
async fn rules_at_listeners_of_others_are_found_while_they_are_named_and_after() {
    let own = own_tags("listener-rule/web-shared-https");
    let left = format!("{ARN}:listener-rule/app/left/1/2/3");
    let replay = Replay::new([
        testing::listing(&[(&left, &own), (&rule_arn("1"), &own)]),
        reply("DescribeLoadBalancers", "<LoadBalancers/>"),
        reply("DescribeRules", "<Rules/>"),
        reply("DescribeRules", "<Rules/>"),
        reply("DescribeRules", "<Rules/>"),
    ]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::existing_facts());
    let survey = samples::survey(&aws, &scope, &facts);
    assert!(survey.rows(ListenerRule::NAME).await.unwrap().is_empty());
    let asked: Vec<_> = replay.bodies().iter().filter_map(|body| listener_asked(body)).collect();
    let listeners = ["app/left/1/2", "app/shared/1/2", LISTENER];
    assert_eq!(asked, listeners.map(|listener| format!("{ARN}:listener/{listener}")));
}

fn listener_asked(body: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(body.as_bytes());
    pairs.find(|(key, _)| key == "ListenerArn").map(|(_, arn)| arn.into_owned())
}

const ALTERNATE: &str = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-4e5f6a7b/943f017f100becff";

fn share(target_group: &str, weight: u32) -> Weighted {
    Weighted { target_group: target_group.into(), weight }
}

fn shifting(groups: [Weighted; 2], busiest: Option<&str>) -> Action {
    let busiest = busiest.map(Resolvable::from);
    Action::Forward(Forward { target_groups: Set::from_iter(groups), stickiness: 0, busiest })
}

#[test]
fn requests_stay_where_ecs_sent_them() {
    let action = |busiest| shifting([share("arn:blue", 1), share(ALTERNATE, 0)], busiest);
    let wanted = ListenerRuleSpec { action: action(None), ..ListenerRule::examples().remove(0) };
    let live = ListenerRuleSpec { action: action(Some(ALTERNATE)), ..wanted.clone() };
    let conditions = ListenerRuleSpec { hosts: vec!["a.example.com".to_owned()], ..wanted.clone() };
    let calls = lowered(&live, &conditions);
    assert!(matches!(calls[..], [Call::UpdateConditions { .. }]), "{calls:?}");

    let moved = shifting([share("arn:new", 1), share(ALTERNATE, 0)], None);
    let calls = lowered(&live, &ListenerRuleSpec { action: moved, ..wanted });
    let weights = |call: &Call| {
        let (Call::Update { spec, .. } | Call::Narrow { spec, .. }) = call else {
            panic!("{call}")
        };
        let Action::Forward(to) = &spec.action else { panic!("{:?}", spec.action) };
        let groups = to.target_groups.0.iter();
        groups.map(|group| (group.target_group.text().to_owned(), group.weight)).collect::<Vec<_>>()
    };
    let expected = |groups: &[(&str, u32)]| {
        groups.iter().map(|(arn, weight)| ((*arn).to_owned(), *weight)).collect::<Vec<_>>()
    };
    assert_eq!(
        calls.iter().map(weights).collect::<Vec<_>>(),
        [
            expected(&[(ALTERNATE, 1), ("arn:blue", 0), ("arn:new", 0)]),
            expected(&[(ALTERNATE, 1), ("arn:new", 0)]),
        ],
        "the new target group has no tasks yet"
    );
}

#[test]
fn a_rule_reads_the_same_before_and_after_a_deployment() {
    let groups = [
        samples::parent("target-group", "web-public-http", &[("arn", "blue")]),
        samples::parent("target-group", "web-public-http-alternate", &[("arn", "green")]),
    ];
    for (blue, green, busiest) in [(1, 0, "blue"), (0, 1, "green"), (95, 5, "blue")] {
        let live = shifting([share("blue", blue), share("green", green)], None);
        let read = super::shifted::arranged(live, &groups);
        let same = [share("blue", 1), share("green", 0)];
        assert_eq!(read, shifting(same, Some(busiest)));
    }
}
