//! Which actions follow from what is live and what is desired, and in which order.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::fakes::{ALL, Lab, disk, gate, net, of_document, pool, port, recipe, scope, shop, unit};
use crate::kind::{DIGEST_TAG, Depth};
use crate::value::Resolvable;

/// A plan in short: `~ net/a size 1→2 after -/+net/b`.
fn sketch(plan: &Plan) -> String {
    let name = |action: &Action| {
        let again = if action.is_replacement { "!" } else { "" };
        let then = if action.is_second_part { " then" } else { "" };
        format!("{}{again}{then} {}", action.verb.symbol(), action.address)
    };
    let line = |action: &Action| {
        let mut line = name(action);
        for change in &action.changes {
            let text =
                |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
            let (before, after) = (text(&change.before), text(&change.after));
            let _ = write!(line, " {}: {before}→{after}", change.path);
        }
        for needed in &action.needs {
            let _ = write!(line, " <{}>", name(&plan.actions[*needed]));
        }
        line
    };
    let orphans = plan.orphans.iter().map(|orphan| format!("? {}", orphan.address));
    plan.actions.iter().map(line).chain(orphans).collect::<Vec<_>>().join("\n")
}

async fn settled(rows: &[DesiredRow]) -> Lab {
    let lab = Lab::new();
    lab.apply(rows).await;
    lab
}

/// Applies, and plans the same again.
async fn converges(lab: &Lab, rows: &[DesiredRow]) {
    lab.apply(rows).await;
    assert_eq!(sketch(&lab.plan(rows).await), "");
}

fn prune() -> Options {
    Options { prune: true, ..Options::default() }
}

#[tokio::test]
async fn what_is_referred_to_is_created_first() {
    let lab = Lab::new();
    insta::assert_snapshot!(sketch(&lab.plan(&shop()).await), @r#"
    + disk/uploads
    + net/public
    + pool/web
    + port/https <+ net/public>
    + recipe/web
    + unit/web <+ pool/web> <+ recipe/web>
    "#);
    converges(&lab, &shop()).await;
}

#[tokio::test]
async fn a_new_revision_changes_what_refers_to_it() {
    let rows = |step| [recipe("r", step), unit("u", "r", None)];
    let lab = settled(&rows("one")).await;
    insta::assert_snapshot!(sketch(&lab.plan(&rows("two")).await), @r#"
    ^ recipe/r steps: [one]→[two]
    ~ unit/u taskDefinition: arn:aws:fake:eu-west-1:444455556666:recipe/r:1→(recipe/r#arn) <^ recipe/r>
    "#);
    converges(&lab, &rows("two")).await;
}

#[tokio::test]
async fn what_is_ignored_for_nothing_is_said() {
    let mut rows = [net("a", "eu-west-1a"), of_document("net/a", net("b", "eu-west-1b"))];
    rows[0].ignore =
        ["zone", "zoen", "size[1]"].map(|path| (path.to_owned(), String::new())).to_vec();
    let plan = Lab::new().plan(&rows).await;
    let texts: Vec<_> =
        plan.advice.iter().map(|it| format!("{} {}", it.address, it.text)).collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    service/web `lifecycle.ignoreChanges` has no effect on `zoen`: no resource of it has this field
    ");
}

#[tokio::test]
async fn tags_are_written_in_place_on_revisions_too() {
    let mut rows = [recipe("r", "one"), unit("u", "r", None)];
    let lab = settled(&rows).await;
    rows[0].spec["tags"]["team"] = json!("web");
    insta::assert_snapshot!(sketch(&lab.plan(&rows).await), @"~ recipe/r tags[team]: -→web");
    converges(&lab, &rows).await;
}

#[tokio::test]
async fn a_replaced_parent_takes_its_children_along() {
    let rows = |zone| [net("n", zone), port("p", "n", 1)];
    let lab = settled(&rows("a")).await;
    insta::assert_snapshot!(sketch(&lab.plan(&rows("b")).await), @r#"
    -! port/p
    -! net/n <-! port/p>
    +! net/n zone: a→b <-! net/n>
    + port/p <+! net/n>
    "#);
    converges(&lab, &rows("b")).await;
    assert_eq!(lab.live().await.len(), 2);
}

#[tokio::test]
async fn a_replaced_parent_takes_orphans_along_that_hang_on_it() {
    let lab = settled(&[net("n", "a"), port("p", "n", 1)]).await;
    insta::assert_snapshot!(sketch(&lab.plan(&[net("n", "b")]).await), @r#"
    - port/p
    -! net/n <- port/p>
    +! net/n zone: a→b <-! net/n>
    "#);
    converges(&lab, &[net("n", "b")]).await;
}

#[tokio::test]
async fn what_aws_lets_go_in_use_takes_nothing_along() {
    let of_recipes = |row| of_document("recipes", row);
    let rows = [of_recipes(recipe("r", "x")), unit("u", "r", None)];
    let lab = settled(&rows).await;
    let mut renamed = of_recipes(recipe("r", "x"));
    renamed.spec["family"] = json!("other");
    insta::assert_snapshot!(sketch(&lab.plan(&[renamed]).await), @r#"
    + recipe/r
    -! recipe/r <+ recipe/r>
    ? unit/u
    "#);
}

#[tokio::test]
async fn a_new_key_is_created_before_the_superseded_one_goes() {
    let rows = |protocol| [pool("p", protocol, "1"), recipe("r", "x"), unit("u", "r", Some("p"))];
    let lab = settled(&rows("http")).await;
    insta::assert_snapshot!(sketch(&lab.plan(&rows("tcp")).await), @r#"
    + pool/p
    ~ unit/u pool: pool-c4f3d06703c9bd523→(pool/p#id) <+ pool/p>
    -! pool/p <+ pool/p> <~ unit/u>
    "#);
    converges(&lab, &rows("tcp")).await;
}

/// A unit behind a gate, as a service behind its listener rule.
fn gated(protocol: &str) -> Vec<DesiredRow> {
    let mut unit = unit("u", "r", Some("p"));
    unit.after = vec![Address::new("gate", "g")];
    vec![pool("p", protocol, "1"), gate("g", &["pool/p"]), recipe("r", "x"), unit]
}

#[tokio::test]
async fn what_others_may_still_use_is_taken_away_after_them_and_before_it_goes() {
    let lab = settled(&gated("http")).await;
    insta::assert_snapshot!(sketch(&lab.plan(&gated("tcp")).await), @r#"
    + pool/p
    ~ gate/g guests: [pool-c4f3d06703c9bd523]→[(pool/p#id)] <+ pool/p>
    ~ unit/u pool: pool-c4f3d06703c9bd523→(pool/p#id) <+ pool/p> <~ gate/g>
    ~ then gate/g guests: [pool-c4f3d06703c9bd523]→[(pool/p#id)] <~ gate/g> <~ unit/u>
    -! pool/p <+ pool/p> <~ gate/g> <~ unit/u> <~ then gate/g>
    "#);
    converges(&lab, &gated("tcp")).await;
}

#[tokio::test]
async fn what_only_takes_away_holds_nobody_up() {
    let rows = |guests: &[&str], pool: &str, size: u32| {
        let mut net = net("n", "a");
        net.spec["size"] = json!(size);
        let mut gate = gate("g", guests);
        gate.after = vec![net.address.clone()];
        let mut unit = unit("u", "r", Some(pool));
        unit.after = vec![gate.address.clone()];
        let pools = [self::pool("a", "tcp", "1"), self::pool("b", "tcp", "1")];
        pools.into_iter().chain([net, gate, recipe("r", "x"), unit]).collect::<Vec<_>>()
    };
    let lab = settled(&rows(&["pool/a", "pool/b"], "b", 1)).await;
    insta::assert_snapshot!(sketch(&lab.plan(&rows(&["pool/a"], "a", 2)).await), @r#"
    ~ net/n size: 1→2
    ~ unit/u pool: pool-ccdfe300a16ea1ee7→pool-08aa969a11b69998d <~ net/n>
    ~ gate/g guests: [pool-08aa969a11b69998d, pool-ccdfe300a16ea1ee7]→[pool-08aa969a11b69998d] <~ net/n> <~ unit/u>
    "#);
    converges(&lab, &rows(&["pool/a"], "a", 2)).await;
}

#[tokio::test]
async fn what_uses_the_same_keeps_it_though_it_depends_on_nobody() {
    let rows = |guests: &[&str], pool: &str| {
        let pools = [self::pool("a", "tcp", "1"), self::pool("b", "tcp", "1")];
        let gates = [gate("f", guests), gate("g", guests)];
        let units = [recipe("r", "x"), unit("u", "r", Some(pool))];
        pools.into_iter().chain(gates).chain(units).collect::<Vec<_>>()
    };
    let lab = settled(&rows(&["pool/a", "pool/b"], "b")).await;
    let mut after = rows(&["pool/a"], "a");
    after.remove(1);
    insta::assert_snapshot!(sketch(&lab.plan_with(&after, &prune()).await.unwrap()), @r#"
    ~ unit/u pool: pool-ccdfe300a16ea1ee7→pool-08aa969a11b69998d
    ~ gate/f guests: [pool-08aa969a11b69998d, pool-ccdfe300a16ea1ee7]→[pool-08aa969a11b69998d] <~ unit/u>
    ~ gate/g guests: [pool-08aa969a11b69998d, pool-ccdfe300a16ea1ee7]→[pool-08aa969a11b69998d] <~ unit/u>
    - pool/b <~ unit/u> <~ gate/f> <~ gate/g>
    "#);
}

#[tokio::test]
async fn both_parts_of_an_action_count_in_a_saved_plan() {
    let lab = settled(&gated("http")).await;
    let plan = lab.plan(&gated("tcp")).await;
    let second = plan.actions.iter().position(|action| action.is_second_part).unwrap();
    let mut other = plan.clone();
    other.actions[second].calls[0].json["line"] = json!("another");
    let moved = file::moved(&file::fingerprints(&plan), &file::fingerprints(&other));
    assert_eq!(moved, BTreeSet::from(["~ gate/g".to_owned()]));
}

#[tokio::test]
async fn orphans_stay_unless_pruned_and_go_in_reverse_order() {
    let lab = settled(&shop()).await;
    let other = of_document("other", disk("more", 5));
    insta::assert_snapshot!(sketch(&lab.plan(&[other]).await), @r#"
    + disk/more
    ? disk/uploads
    ? net/public
    ? pool/web
    ? port/https
    ? recipe/web
    ? unit/web
    "#);
    let plan = lab.plan_with(&[], &prune()).await.unwrap();
    insta::assert_snapshot!(sketch(&plan), @r#"
    - disk/uploads
    - port/https
    - net/public <- port/https>
    - unit/web
    - pool/web <- unit/web>
    - recipe/web <- unit/web>
    "#);
    assert!(plan.actions.iter().any(|action| action.loses_data));
    lab.run(plan).await;
    assert_eq!(lab.live().await, vec![]);
}

/// The document is still there and does not say them any more: that is a change, not an orphan.
#[tokio::test]
async fn what_a_document_no_longer_says_goes_but_for_data() {
    let lab = settled(&shop()).await;
    insta::assert_snapshot!(sketch(&lab.plan(&[net("public", "a")]).await), @r#"
    - port/https
    - unit/web
    - pool/web <- unit/web>
    - recipe/web <- unit/web>
    ? disk/uploads
    "#);
}

#[tokio::test]
async fn what_must_be_there_first_is_though_no_field_says_so() {
    let mut rows = [net("a", "x"), net("b", "x")];
    rows[0].after = vec![Address::new("net", "b"), Address::new("net", "not-in-the-plan")];
    insta::assert_snapshot!(sketch(&Lab::new().plan(&rows).await), @r#"
    + net/b
    + net/a <+ net/b>
    "#);
}

#[tokio::test]
async fn names_that_look_like_a_reference_are_text() {
    for name in ["$ref", "$digest"] {
        let mut rows = [recipe("r", "x"), unit("u", "r", None)];
        rows[1].spec["variables"] = json!({ name: "recipe/r#arn" });
        let lab = settled(&rows).await;
        let live = lab.live().await;
        let unit = live.iter().find(|row| row.kind == "unit").unwrap();
        assert_eq!(unit.spec["variables"], rows[1].spec["variables"]);
        assert_eq!(sketch(&lab.plan(&rows).await), "");
    }
}

#[tokio::test]
async fn two_rows_that_would_be_one_resource_are_refused() {
    let mut rows = [net("a", "x"), net("b", "x"), port("p", "a", 1), port("q", "b", 1)];
    converges(&Lab::new(), &rows).await;
    rows[1].spec["name"] = json!("a");
    let lab = Lab::new();
    let error = lab.plan_with(&rows, &Options::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "two resources of one name: net/a and net/b (a)");

    // What they belong to may not exist yet.
    let rows = [net("a", "x"), port("p", "a", 1), port("q", "a", 1)];
    let wanted = "two resources of one name: port/p and port/q (net/a#arn:1)";
    let error = lab.plan_with(&rows, &Options::default()).await.unwrap_err();
    assert_eq!(error.to_string(), wanted);
}

#[tokio::test]
async fn a_circle_is_named() {
    let mut rows = [recipe("a", "x"), recipe("b", "x")];
    rows[0].spec["net"] = json!(Resolvable::reference("recipe", "b", "arn"));
    rows[1].spec["net"] = json!(Resolvable::reference("recipe", "a", "arn"));
    let error = Lab::new().plan_with(&rows, &Options::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "resources refer to each other in a circle: recipe/a → recipe/b → recipe/a"
    );
    let mut rows = [net("a", "x"), net("b", "x")];
    rows[0].after = vec![Address::new("net", "b")];
    rows[1].after = vec![Address::new("net", "a")];
    let error = Lab::new().plan_with(&rows, &Options::default()).await.unwrap_err();
    assert!(matches!(error, PlanError::Cycle(_)), "{error}");
}

#[tokio::test]
async fn protection_is_the_manifests_or_the_tags() {
    let mut protected = disk("d", 1);
    protected.spec["tags"]["ecsctl:protect"] = json!("true");
    let lab = settled(&[protected]).await;
    let refused = |result: Result<Plan, PlanError>| result.unwrap_err().to_string();
    let wanted = "protected by `lifecycle.protect`: disk/d";
    assert_eq!(refused(lab.plan_with(&[], &prune()).await), wanted);
    assert_eq!(refused(lab.plan_with(&[disk("d", 2)], &Options::default()).await), wanted);

    let lab = settled(&[disk("d", 1)]).await;
    let mut row = disk("d", 2);
    row.protect = true;
    assert_eq!(refused(lab.plan_with(&[row], &Options::default()).await), wanted);
    let protected = BTreeSet::from([Address::new("disk", "d")]);
    let options = Options { protected, ..prune() };
    assert_eq!(refused(lab.plan_with(&[], &options).await), wanted);
}

#[tokio::test]
async fn what_somebody_else_owns_is_left_alone_unless_adopted() {
    let mut theirs = net("a", "x");
    theirs.spec["tags"]["ecsctl:app"] = json!("blog");
    let lab = settled(&[theirs]).await;
    let error = lab.plan_with(&[net("a", "x")], &Options::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "not owned by this application: net/a (a, of blog / prod)");
    let adopt = BTreeSet::from([Address::new("net", "a")]);
    let options = Options { adopt, ..Options::default() };
    let plan = lab.plan_with(&[net("a", "x")], &options).await.unwrap();
    assert_eq!(sketch(&plan), "~ net/a tags[ecsctl:app]: blog→shop");
    lab.run(plan).await;
    assert_eq!(sketch(&lab.plan(&[net("a", "x")]).await), "");
    assert_eq!(sketch(&lab.plan_with(&[], &Options::default()).await.unwrap()), "? net/a");
}

fn counting(count: u32, variable: &str) -> DesiredRow {
    let mut row = unit("u", "r", None);
    row.spec["count"] = json!(count);
    row.spec["variables"] = json!({ "A.B": variable, "C]": variable });
    row.ignore = vec![
        ("count".to_owned(), "owned by scaling".to_owned()),
        ("variables[A.B]".to_owned(), "in lifecycle.ignoreChanges".to_owned()),
    ];
    row
}

#[tokio::test]
async fn what_others_own_is_carried_over_and_noted() {
    let lab = settled(&[recipe("r", "x"), counting(7, "live")]).await;
    let mut row = counting(2, "live");
    row.spec["seed"] = json!(2);
    row.spec["variables"]["A.B"] = json!("manifest");
    let rows = [recipe("r", "x"), row];
    assert_eq!(sketch(&lab.plan(&rows).await), "");

    let mut rows = rows;
    rows[1].spec["variables"]["C]"] = json!("manifest");
    let plan = lab.plan(&rows).await;
    assert_eq!(sketch(&plan), "~ unit/u variables[C]]: live→manifest");
    let note = |unmanaged: &Unmanaged| {
        let live = unmanaged.live.as_ref().map(Value::to_string).unwrap_or_default();
        format!("{} {} (live {live})", unmanaged.path, unmanaged.reason)
    };
    let notes: Vec<_> = plan.actions[0].unmanaged.iter().map(note).collect();
    insta::assert_snapshot!(notes.join("\n"), @r"
    count owned by scaling (live 7)
    seed set on creation only (live 1)
    variables[A.B] in lifecycle.ignoreChanges (live live)
    ");
    lab.run(plan).await;
    let live = lab.live().await;
    let spec = &live.iter().find(|row| row.kind == "unit").unwrap().spec;
    let variables = json!({ "A.B": "live", "C]": "manifest" });
    assert_eq!(
        (&spec["count"], &spec["seed"], &spec["variables"]),
        (&json!(7), &json!(1), &variables)
    );
}

/// Live rows whose deep fields were not read.
fn shallow(mut rows: Vec<LiveRow>) -> Vec<LiveRow> {
    let empty = [("pool", "attributes", json!({})), ("recipe", "steps", json!([]))];
    for row in &mut rows {
        for (_, field, value) in empty.iter().filter(|(kind, ..)| *kind == row.kind) {
            row.spec[*field] = value.clone();
            row.depth = Depth::Shallow;
        }
    }
    rows
}

fn planned(desired: &[DesiredRow], live: &[LiveRow], options: &Options) -> Planned {
    let (kinds, scope) = (ALL, &scope());
    plan(&Situation { kinds, scope, desired, live }, options).unwrap()
}

fn asked(desired: &[DesiredRow], live: &[LiveRow], options: &Options) -> Vec<String> {
    match planned(desired, live, options) {
        Planned::Plan(_) => vec![],
        Planned::NeedsDepth(rows) => rows
            .iter()
            .map(|row| {
                let leaves = if row.wanted.is_none() { " leaves" } else { "" };
                format!("{} {}{leaves}", row.kind, row.key)
            })
            .collect(),
    }
}

#[tokio::test]
async fn digests_answer_for_what_was_not_read() {
    let rows = |step, attribute| {
        [recipe("r", step), pool("p", "http", attribute), unit("u", "r", Some("p"))]
    };
    let lab = settled(&rows("x", "1")).await;
    let full = lab.live().await;
    let live = shallow(full.clone());
    let none = Options::default();
    let Planned::Plan(same) = planned(&rows("x", "1"), &live, &none) else { panic!("a plan") };
    assert_eq!((sketch(&same).as_str(), same.unchanged), ("", 3));
    assert_eq!(asked(&rows("x", "2"), &live, &none), ["pool p-http"]);
    assert_eq!(asked(&rows("y", "2"), &live, &none), ["pool p-http", "recipe r"]);
    assert_eq!(asked(&rows("x", "1")[..2], &live, &prune()), [""; 0]);
    assert_eq!(asked(&[], &live, &prune()), ["pool p-http leaves", "recipe r leaves"]);
    let superseded = [recipe("r", "x"), pool("p", "tcp", "1")];
    assert_eq!(asked(&superseded, &live, &none), ["pool p-http leaves"]);
    let mut lost = live;
    for row in &mut lost {
        row.marks.digest = None;
    }
    assert_eq!(asked(&rows("x", "1"), &lost, &none), ["pool p-http", "recipe r"]);
}

#[tokio::test]
async fn a_digest_that_is_wrong_alone_is_written_again() {
    let rows = [pool("p", "http", "1")];
    let lab = settled(&rows).await;
    let mut live = lab.live().await;
    live[0].spec["tags"][DIGEST_TAG] = json!("old");
    let Planned::Plan(plan) = planned(&rows, &live, &Options::default()) else { panic!("a plan") };
    let digest = crate::value::digest_of(&json!({ "attributes": { "delay": "1" } }));
    assert_eq!(sketch(&plan), format!("~ pool/p tags[ecsctl:digest]: old→{digest}"));
    assert_eq!(plan.actions[0].calls[0].line, "fake:Update pool/p tags");
}

#[tokio::test]
async fn a_changed_deep_field_is_shown_without_its_digest_and_written_with_it() {
    let lab = settled(&[pool("p", "http", "1")]).await;
    let plan = lab.plan(&[pool("p", "http", "2")]).await;
    assert_eq!(sketch(&plan), "~ pool/p attributes[delay]: 1→2");
    let lines: Vec<_> = plan.actions[0].calls.iter().map(|call| call.line.as_str()).collect();
    assert_eq!(lines, ["fake:Update pool/p attributes", "fake:Update pool/p tags"]);
    converges(&lab, &[pool("p", "http", "2")]).await;
}

#[tokio::test]
async fn two_leftovers_at_one_address_both_count_in_a_saved_plan() {
    let lab = settled(&[pool("p", "http", "1")]).await;
    let one = lab.plan(&[pool("p", "tcp", "1")]).await;
    let mut two = one.clone();
    let mut leftover =
        two.actions.iter().find(|action| action.verb == Verb::Delete).cloned().unwrap();
    leftover.calls[0].json["line"] = json!("another");
    two.actions.insert(0, leftover);
    let moved = file::moved(&file::fingerprints(&one), &file::fingerprints(&two));
    assert_eq!(moved, BTreeSet::from(["- pool/p".to_owned()]));
}

fn after() -> Vec<DesiredRow> {
    vec![
        unit("web", "web", Some("web")),
        unit("api", "web", None),
        recipe("web", "test"),
        pool("web", "tcp", "5"),
        port("https", "public", 443),
        net("public", "b"),
    ]
}

fn live() -> Vec<LiveRow> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { settled(&shop()).await.live().await })
}

proptest! {
    #[test]
    fn a_plan_does_not_depend_on_the_order_of_rows(
        desired in Just(after()).prop_shuffle(),
        live in Just(live()).prop_shuffle(),
    ) {
        let of = |desired: &[DesiredRow], live: &[LiveRow]| {
            format!("{:?}", planned(desired, live, &prune()))
        };
        let mut sorted = live.clone();
        sorted.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
        prop_assert_eq!(of(&desired, &live), of(&after(), &sorted));
    }
}
