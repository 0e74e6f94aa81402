//! Listener rules against recorded requests and replies, and the choice of priorities.

use serde_json::json;

use super::*;
use crate::diff::diff;
use crate::kind::Manifest;
use crate::kinds::shared::elb_testing::{self as testing, ARN, own_tags, reply, sent};
use crate::value::{Address, Value};

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

/// What is called to get a rule from `before` to `after`.
fn lowered(before: &ListenerRuleSpec, after: &ListenerRuleSpec) -> Vec<Call> {
    let address = Address::new(ListenerRule::NAME, &before.name);
    let fields = diff(&Value::of(before), &Value::of(after));
    let live = testing::live(before.clone(), "arn:x");
    let change =
        Change::Update { address: &address, spec: after, live: &live, fields: &fields };
    ListenerRule::lower(&change)
}

fn forwarding(target_group: &str, others: &[&str]) -> ListenerRuleSpec {
    ListenerRuleSpec {
        hosts: vec!["a.example.com".to_owned()],
        paths: Set::default(),
        target_group: target_group.into(),
        other_target_groups: others.iter().map(|other| Resolvable::from(*other)).collect(),
        ..ListenerRule::examples().remove(0)
    }
}

#[tokio::test]
async fn a_new_target_group_is_beside_the_old_one_until_that_one_is_not_needed() {
    let (old, both, new) =
        (forwarding("arn:old", &[]), forwarding("arn:old", &["arn:new"]), forwarding("arn:new", &[]));
    let mut requests = vec![];
    for call in lowered(&old, &new) {
        let is_late = ListenerRule::is_late(&call);
        let call = match call {
            Call::Update { spec, .. } => Call::Update { arn: "arn:x".into(), spec },
            Call::Narrow { spec, .. } => Call::Narrow { arn: "arn:x".into(), spec },
            other => panic!("{other:?}"),
        };
        let answer = "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>";
        requests.push((is_late, sent::<ListenerRule>(call, answer).await));
    }
    let conditions = "RuleArn=arn:x\nConditions.member.1.Field=host-header\n\
         Conditions.member.1.HostHeaderConfig.Values.member.1=a.example.com\n";
    let groups = "Actions.member.1.ForwardConfig.TargetGroups.member";
    let wide = format!(
        "{conditions}Actions.member.1.Type=forward\n\
         {groups}.1.TargetGroupArn=arn:old\n{groups}.1.Weight=1\n\
         {groups}.2.TargetGroupArn=arn:new\n{groups}.2.Weight=0\n"
    );
    let narrow = format!(
        "{conditions}Actions.member.1.Type=forward\nActions.member.1.TargetGroupArn=arn:new\n"
    );
    assert_eq!(requests, [(false, wide), (true, narrow)]);

    let lines = |calls: Vec<Call>| calls.iter().map(ListenerRule::is_late).collect::<Vec<_>>();
    assert_eq!(lines(lowered(&both, &new)), [true], "an interrupted run is finished");
    assert_eq!(lines(lowered(&both, &old)), [true], "or taken back");
    let elsewhere = ListenerRuleSpec { paths: Set::from_iter(["/x".to_owned()]), ..both.clone() };
    assert_eq!(lines(lowered(&elsewhere, &new)), [false, true], "conditions do not wait");
    let redirect = forwarding("", &[]);
    assert_eq!(lines(lowered(&redirect, &new)), [false], "nothing to let go of");
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
         </Conditions><Actions><member><Type>fixed-response</Type></member></Actions></member>\
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
    assert_eq!(rows[1].spec["other"], json!(["fixed-response", "source-ip"]));
    assert_eq!(rows[2].spec["targetGroup"], "arn:old");
    assert_eq!(rows[2].spec["otherTargetGroups"], json!(["arn:new"]));
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
        spec("web", None, &["shop.example.com"], "/api"),
        spec("web", None, &["shop.example.com"], "/api*"),
        spec("web", None, &["shop.example.com"], "/*"),
        spec("web", None, &["*.example.com"], "/api"),
        spec("web", None, &[], "/api"),
        spec("web", None, &[], "/*"),
        spec("web", None, &[], "*"),
    ];
    let priorities: Vec<u32> =
        in_order.iter().map(|spec| chosen(std::slice::from_ref(spec), &[])[0]).collect();
    assert!(priorities.is_sorted_by(|a, b| a < b), "{priorities:?}");
    assert!((1..=50_000).contains(&priorities[0]) && priorities[8] <= 50_000, "{priorities:?}");
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

/// A rule between whose target groups ECS has shifted all requests to the second one.
fn shifted() -> (ListenerRuleSpec, ListenerRuleSpec) {
    let wanted = ListenerRule::examples().swap_remove(2);
    let busiest = wanted.other_target_groups.0.first().cloned();
    let live = ListenerRuleSpec { busiest, ..wanted.clone() };
    (wanted, live)
}

#[test]
fn requests_stay_where_ecs_sent_them() {
    let (wanted, live) = shifted();
    let conditions = ListenerRuleSpec { hosts: vec!["a.example.com".to_owned()], ..wanted.clone() };
    let calls = lowered(&live, &conditions);
    assert!(matches!(calls[..], [Call::UpdateConditions { .. }]), "{calls:?}");
    let more: Resolvable = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/more/1".into();
    let wider = ListenerRuleSpec { target_group: more, ..wanted };
    let calls = lowered(&live, &wider);
    let Some(Call::Update { spec, .. }) = calls.first() else { panic!("{calls:?}") };
    assert_eq!(spec.busiest, live.busiest, "the new target group has no tasks yet");
}

#[test]
fn a_rule_reads_the_same_before_and_after_a_deployment() {
    let groups = [
        crate::kinds::samples::parent("target-group", "web-public-http", &[("arn", "blue")]),
        crate::kinds::samples::parent("target-group", "web-public-http-alternate", &[("arn", "green")]),
    ];
    for by_weight in [vec!["blue", "green"], vec!["green", "blue"]] {
        assert_eq!(super::shifted::arranged(by_weight, &groups), ["blue", "green"]);
    }
}
