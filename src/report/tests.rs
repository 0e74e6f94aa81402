//! What people and programs read of a plan.

use anstream::adapter::strip_str;
use serde_json::json;

use super::events::{apply, plan as plans, run};
use super::plan::{Details, body};
use super::words::WIDTH;
use crate::diff::{FieldChange, Path};
use crate::execute::{Event, Outcome};
use crate::fakes::{ALL, Lab, disk, net, of_document, pool, port, recipe, shop, unit};
use crate::kind::{CallError, DesiredRow, Manifest, PlannedCall};
use crate::manifest::node::Span;
use crate::manifest::source::Sources;
use crate::plan::{Action, Options, Plan, Unmanaged, Verb};
use crate::value::{Address, Reference, Value};

fn sources() -> (Sources, Span) {
    let mut sources = Sources::default();
    let source = sources.add("manifests/shop/web.yaml", "# shop\nkind: Service\n");
    (sources, Span { source, range: 7..20 })
}

/// As a terminal without colours shows it.
fn drawn(plan: &Plan, is_verbose: bool) -> String {
    let details = Details::new();
    let details = is_verbose.then_some(&details);
    let text = strip_str(&body(plan, &sources().0, details)).to_string();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "no line ends in spaces");
        let is_cut = !is_verbose && !line.starts_with("Plan:");
        assert!(!is_cut || line.chars().count() <= WIDTH, "{line}");
    }
    text
}

/// Rows of a document in a file.
fn written(rows: Vec<DesiredRow>, document: &str) -> Vec<DesiredRow> {
    let (kind, name) = document.split_once('/').unwrap();
    let manifest = Manifest { address: Address::new(kind, name), origin: Some(sources().1) };
    rows.into_iter().map(|row| DesiredRow { manifest: manifest.clone(), ..row }).collect()
}

async fn planned(before: &[DesiredRow], after: &[DesiredRow], options: &Options) -> Plan {
    let lab = Lab::new();
    lab.apply(before).await;
    lab.plan_with(after, options).await.unwrap()
}

#[tokio::test]
async fn what_is_created_is_listed_compactly() {
    let mut rows = written(shop(), "service/web");
    rows.extend(written(vec![net("one-with-a-long-name", "a"), net("b", "a")], "network/main"));
    let plan = Lab::new().plan(&rows).await;
    insta::assert_snapshot!(drawn(&plan, false), @r#"
    + service/web                                   manifests/shop/web.yaml:2
        + disk/uploads, net/public, pool/web, port/https, recipe/web, unit/web
        1 fake:Create  disk/uploads
        4 fake:Create  net/public
        5 fake:Create  pool/web
        6 fake:Create  port/https
        7 fake:Create  recipe/web
        8 fake:Create  unit/web
        9 wait         until unit/web is out

    + network/main                                  manifests/shop/web.yaml:2
        + net/b, net/one-with-a-long-name
        2 fake:Create  net/b
        3 fake:Create  net/one-with-a-long-name

    Plan: 2 to create, 0 to update, 0 to replace, 0 to delete · 8 API calls, 1 wait.
    "#);
    let spec = json!({ "name": "b", "zone": "a", "size": null, "tags": {} });
    let details = Details::from([(Address::new("net", "b"), ALL[0].tree(&spec))]);
    insta::assert_snapshot!(strip_str(&body(&plan, &sources().0, Some(&details))), @r#"
    + service/web                                   manifests/shop/web.yaml:2
        + disk/uploads
        + net/public
        + pool/web
        + port/https
        + recipe/web
        + unit/web
        1 fake:Create  disk/uploads
        4 fake:Create  net/public
        5 fake:Create  pool/web
        6 fake:Create  port/https
        7 fake:Create  recipe/web
        8 fake:Create  unit/web
        9 wait         until unit/web is out

    + network/main                                  manifests/shop/web.yaml:2
        + net/b
            name  b
            zone  a
        + net/one-with-a-long-name
        2 fake:Create  net/b
        3 fake:Create  net/one-with-a-long-name

    Plan: 2 to create, 0 to update, 0 to replace, 0 to delete · 8 API calls, 1 wait.
    "#);
}

#[tokio::test]
async fn each_change_has_its_symbol_and_its_reason() {
    let before = [
        recipe("web", "one"),
        unit("web", "web", Some("web")),
        pool("web", "http", "5"),
        net("public", "a"),
        port("https", "public", 443),
        disk("uploads", 5),
    ];
    let mut after = vec![
        recipe("web", "two"),
        unit("web", "web", Some("web")),
        pool("web", "tcp", "5"),
        net("public", "b"),
        port("https", "public", 443),
        disk("uploads", 6),
    ];
    after[1].ignore = vec![("count".to_owned(), "owned by scaling".to_owned())];
    after[1].spec["count"] = json!(2);
    after[1].spec["variables"] = json!({ "LOG_LEVEL": "info" });
    let plan = planned(&before, &written(after, "service/web"), &Options::default()).await;
    insta::assert_snapshot!(drawn(&plan, false), @r#"
    ~ service/web                                   manifests/shop/web.yaml:2
        -/+ disk/uploads  deleted, then created anew, its data is lost
            size  5 → 6
        -/+ pool/web  created anew, then the old one is deleted
        ^ recipe/web  web:1 → new revision
            steps  [one] → [two]
        ~ unit/web
            pool  pool-e29ae0ced716e4a9c → (known after pool/web is created)
            taskDefinition        recipe/web:1 → (new revision of recipe/web)
            variables[LOG_LEVEL]  (none) → info
            count                 unchanged, owned by scaling
        -/+ net/public  deleted, then created anew
            zone  a → b
        -/+ port/https  deleted, then created anew
         1 fake:Delete  disk/uploads
         2 fake:Create  disk/uploads
         3 fake:Create  pool/web
         4 fake:Revise  recipe/web
         5 fake:Update  unit/web pool taskDefinition variables
         6 wait         until unit/web is out
         7 fake:Delete  pool/web
         8 fake:Delete  port/https
         9 fake:Delete  net/public
        10 fake:Create  net/public
        11 fake:Create  port/https

    Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 10 API calls, 1 wait.
    "#);
}

#[tokio::test]
async fn what_is_in_no_manifest_is_listed_and_deleted_only_when_asked() {
    let rows = [net("public", "a"), port("https", "public", 443), disk("uploads", 5)];
    let plan = planned(&rows, &[], &Options::default()).await;
    insta::assert_snapshot!(drawn(&plan, false), @r#"
    ? disk/uploads  of service/web  uploads
    ? net/public    of service/web  public
    ? port/https    of service/web  arn:aws:fake:eu-west-1:4…556666:net/public:1:443
      in no manifest: kept, unless you say --prune

    Nothing to change: 0 resources as the manifests say.
    "#);
    let prune = Options { prune: true, ..Options::default() };
    insta::assert_snapshot!(drawn(&planned(&rows, &[], &prune).await, false), @r#"
    - service/web
        - disk/uploads  its data is lost
        - port/https, net/public
        1 fake:Delete  disk/uploads
        2 fake:Delete  port/https
        3 fake:Delete  net/public

    Plan: 0 to create, 0 to update, 0 to replace, 1 to delete · 3 API calls, 0 waits.
    "#);
    let plan = planned(&rows, &rows, &Options::default()).await;
    insta::assert_snapshot!(drawn(&plan, false), @r#"
    Nothing to change: 3 resources as the manifests say.
    "#);
}

fn texts(items: &[&str]) -> Vec<Value> {
    items.iter().map(|item| Value::Text((*item).to_owned())).collect()
}

fn change(path: Path, before: Option<Value>, after: Option<Value>) -> FieldChange {
    FieldChange { path, before, after }
}

fn field(name: &str) -> Path {
    Path::default().field(name)
}

/// An update of `service/web` with one call.
fn update(changes: Vec<FieldChange>) -> Action {
    let line = "ecs:UpdateService shop-prod-web".to_owned();
    Action {
        address: Address::new("service", "web"),
        manifest: Manifest { address: Address::new("service", "web"), origin: Some(sources().1) },
        verb: Verb::Update,
        is_replacement: false,
        is_second_part: false,
        loses_data: false,
        changes,
        unmanaged: vec![],
        calls: vec![PlannedCall { kind: "service", json: json!({}), line, is_late: false }],
        needs: [].into(),
        refers_to: [].into(),
    }
}

/// Values of every length and sort.
fn long() -> Plan {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let image = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend";
    let arn = |resource: &str| text(&format!("arn:aws:ecs:eu-west-1:444455556666:{resource}"));
    let groups = |names: &[&str]| Some(Value::Set(texts(names)));
    let container = Path::default().field("containers").name("app");
    let sidecar = Value::Struct(
        [
            ("image", Value::Text(format!("{image}:2"))),
            ("memory", Value::Null),
            ("essential", Value::Bool(true)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
    );
    let words: Vec<&str> = "serve --port 8080 --workers 4 --log-level info".split(' ').collect();
    let mut turned = words.clone();
    turned.rotate_left(2);
    let reference = |kind, name| Value::Reference(Reference::new(Address::new(kind, name), "id"));
    let mut pending = texts(&["sg-0a1b2c3d4e5f60718"]);
    pending.push(reference("security-group", "service-web"));
    let mut action = update(vec![
        change(container.field("image"), text(&format!("{image}:1")), text(&format!("{image}:2"))),
        change(
            container.field("environment").name("PASSWORD"),
            None,
            Some(Value::Sensitive("0".repeat(64))),
        ),
        change(Path::default().field("containers").name("metrics"), None, Some(sidecar)),
        change(
            field("command"),
            Some(Value::List(texts(&words))),
            Some(Value::List(texts(&turned))),
        ),
        change(
            field("taskDefinition"),
            arn("task-definition/web:41"),
            arn("task-definition/web:42"),
        ),
        change(field("role"), text("arn:aws:iam::1:role/web"), text("arn:aws:iam::2:role/web")),
        change(
            field("subnets"),
            groups(&["subnet-0000000000000000a", "subnet-0000000000000000b"]),
            groups(&["subnet-0000000000000000b", "subnet-0000000000000000c"]),
        ),
        change(
            field("securityGroups"),
            groups(&["sg-0a1b2c3d4e5f60718"]),
            Some(Value::Set(pending)),
        ),
        change(field("digest"), text("old"), Some(Value::Pending)),
        change(field("cluster"), text("c"), Some(reference("cluster", "main"))),
    ]);
    action.unmanaged = vec![
        Unmanaged {
            path: field("desiredCount"),
            reason: "owned by scaling".to_owned(),
            live: Some(Value::Number(7.into())),
        },
        Unmanaged {
            path: field("tags").name("a"),
            reason: "in lifecycle.ignoreChanges".to_owned(),
            live: text(&format!("{image}/{image}")),
        },
    ];
    let mut group = update(vec![]);
    group.address = Address::new("security-group", "service-web");
    group.verb = Verb::Create;
    group.calls[0].line = "ec2:CreateSecurityGroup shop-prod-web".to_owned();
    let mut wait = group.calls[0].clone();
    wait.line =
        "wait until the deployment of shop-prod-web that has a long name succeeds".to_owned();
    action.calls.push(wait);
    Plan { actions: vec![group, action], unchanged: 3, ..Plan::default() }
}

#[test]
fn long_values_are_cut_and_lists_show_what_differs() {
    insta::assert_snapshot!(drawn(&long(), false), @r#"
    ~ service/web                                   manifests/shop/web.yaml:2
        + security-group/service-web
        ~ service/web
            containers[app].image
                - 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend:1
                + 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend:2
            containers[app].environment[PASSWORD]  (none) → (sensitive)
            containers[metrics]
                + essential: true
                + image: 444455556666.dkr.ecr.eu-w…amazonaws.com/shop/web-frontend:2
            command
                - [serve, --port, 8080, --workers, 4, --log-level, info]
                + [8080, --workers, 4, --log-level, info, serve, --port]
            taskDefinition  task-definition/web:41 → task-definition/web:42
            role            arn:aws:iam::1:role/web → arn:aws:iam::2:role/web
            subnets
                - subnet-0000000000000000a
                + subnet-0000000000000000c
            securityGroups
                + (known after security-group/service-web is created)
            digest          old → (known after apply)
            cluster         c → (known after apply)
            desiredCount    unchanged, owned by scaling (live 7)
            tags[a]
                unchanged, in lifecycle.ignoreChanges
                live 444455556666.dkr.ecr.eu-west-…1.amazonaws.com/shop/web-frontend
        1 ec2:CreateSecurityGroup  shop-prod-web
        2 ecs:UpdateService        shop-prod-web
        3 wait until the deployment of shop-prod-web that has a long name succeeds

    Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 2 API calls, 1 wait.
    "#);
}

#[test]
fn all_of_it_is_shown_when_asked_for() {
    insta::assert_snapshot!(drawn(&long(), true), @r#"
    ~ service/web                                   manifests/shop/web.yaml:2
        + security-group/service-web
        ~ service/web
            containers[app].image
                - 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend:1
                + 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend:2
            containers[app].environment[PASSWORD]  (none) → (sensitive)
            containers[metrics]
                + essential: true
                + image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend:2
            command
                - [serve, --port, 8080, --workers, 4, --log-level, info]
                + [8080, --workers, 4, --log-level, info, serve, --port]
            taskDefinition
                - arn:aws:ecs:eu-west-1:444455556666:task-definition/web:41
                + arn:aws:ecs:eu-west-1:444455556666:task-definition/web:42
            role          arn:aws:iam::1:role/web → arn:aws:iam::2:role/web
            subnets
                - subnet-0000000000000000a
                + subnet-0000000000000000c
            securityGroups
                + (known after security-group/service-web is created)
            digest        old → (known after apply)
            cluster       c → (known after apply)
            desiredCount  unchanged, owned by scaling (live 7)
            tags[a]
                unchanged, in lifecycle.ignoreChanges
                live 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend/444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/web-frontend
        1 ec2:CreateSecurityGroup  shop-prod-web
        2 ecs:UpdateService        shop-prod-web
        3 wait until the deployment of shop-prod-web that has a long name succeeds

    Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 2 API calls, 1 wait.
    "#);
}

#[test]
fn secrets_are_in_no_form_of_a_plan() {
    let plan = long();
    let events: Vec<String> =
        plans::events(&plan, &sources().0).iter().map(ToString::to_string).collect();
    for text in [drawn(&plan, false), drawn(&plan, true), events.join("\n")] {
        assert!(text.contains("(sensitive)"));
        assert!(!text.contains("00000000000000000000"), "not even the digest: {text}");
    }
}

#[tokio::test]
async fn programs_read_a_plan_as_events() {
    let old = of_document("gone", net("old", "a"));
    let before = [recipe("web", "one"), unit("web", "web", None), old];
    let mut after = written(vec![recipe("web", "two"), unit("web", "web", None)], "service/web");
    after[1].spec["seed"] = json!(2);
    let plan = planned(&before, &after, &Options::default()).await;
    let lines: Vec<String> =
        plans::events(&plan, &sources().0).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"type":"action","address":"recipe/web","manifest":"service/web","place":{"file":"manifests/shop/web.yaml","line":2},"verb":"revise","replacement":false,"losesData":false,"changes":[{"path":"steps","before":"[one]","after":"[two]"}],"unmanaged":[],"calls":["fake:Revise recipe/web"]}
    {"type":"action","address":"unit/web","manifest":"service/web","place":{"file":"manifests/shop/web.yaml","line":2},"verb":"update","replacement":false,"losesData":false,"changes":[{"path":"taskDefinition","before":"arn:aws:fake:eu-west-1:444455556666:recipe/web:1","after":"(recipe/web#arn)"}],"unmanaged":[{"path":"seed","reason":"set on creation only","live":"1"}],"calls":["fake:Update unit/web taskDefinition","wait until unit/web is out"]}
    {"type":"orphan","address":"net/old","manifest":"service/gone","key":"old"}
    {"type":"plan","actions":2,"calls":3,"orphans":1,"unchanged":0}
    "#);
}

#[test]
fn programs_read_a_run_as_events() {
    let plan = long();
    let happened = [
        Event::Started { action: 1 },
        Event::Call { action: 1, call: 0 },
        Event::Failed { action: 0, message: "no".to_owned() },
        Event::Skipped { action: 1, because: 0 },
        Event::Done { action: 1 },
    ];
    let outcomes = [
        Outcome::Done,
        Outcome::Failed { call: 0, error: CallError::Cancelled },
        Outcome::Skipped { because: 1 },
        Outcome::Cancelled,
    ];
    let events = happened.iter().map(|event| apply::happened(event, &plan));
    let lines: Vec<String> =
        events.chain([run::end(&outcomes, 8)]).map(|event| event.to_string()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"type":"started","address":"service/web"}
    {"type":"call","address":"service/web","call":"ecs:UpdateService shop-prod-web"}
    {"type":"failed","address":"security-group/service-web","message":"no"}
    {"type":"skipped","address":"service/web","because":"security-group/service-web"}
    {"type":"done","address":"service/web"}
    {"type":"end","done":1,"failed":1,"notTried":2,"exitCode":8}
    "#);
}
