//! Exact requests, and what is read from replies in AWS's own shape.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::bodies::{
    described, external_request, full_request, instance_request, read_back, windows_request,
};
use super::examples::{
    external_example, full_example, instance_example, named, windows_example,
};
use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::kind::{DIGEST_TAG, Depth, LiveRow, Marks};
use crate::kinds::samples;
use crate::value::Resolvable;

const ARN: &str = bodies::ARN;

fn ok(body: &Json) -> aws_smithy_runtime_api::client::orchestrator::HttpResponse {
    reply(200, &body.to_string())
}

fn bodies(replay: &Replay) -> Vec<Json> {
    replay.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

fn operations(replay: &Replay) -> Vec<String> {
    let targets = replay.header("x-amz-target").into_iter();
    targets.map(|target| target.rsplit('.').next().unwrap_or_default().to_owned()).collect()
}

fn with_digest(digest: &str) -> TaskDefinitionSpec {
    let mut spec = full_example();
    spec.tags.insert(DIGEST_TAG.to_owned(), digest.into());
    spec
}

fn register(spec: TaskDefinitionSpec) -> Call {
    Call::Register { spec: Box::new(spec) }
}

fn registered(revision: u32) -> Json {
    json!({"taskDefinition": {"taskDefinitionArn": format!("{ARN}:{revision}"), "revision": revision}})
}

fn digest_tags(digest: &str) -> Json {
    json!([
        {"key": "team", "value": "web"},
        {"key": DIGEST_TAG, "value": digest},
        {"key": "aws:cloudformation:stack-name", "value": "x"}
    ])
}

/// What is registered, for each launch type.
fn requests() -> [(TaskDefinitionSpec, Json); 4] {
    [
        (full_example(), full_request()),
        (instance_example(), instance_request()),
        (windows_example(), windows_request()),
        (external_example(), external_request()),
    ]
}

#[tokio::test]
async fn every_field_is_registered() {
    for (spec, request) in requests() {
        let replay = Replay::new([ok(&registered(42))]);
        let found = TaskDefinition::perform(&replay.aws(), &register(spec)).await.unwrap();
        assert_eq!(found, outputs(format!("{ARN}:42"), 42));
        assert_eq!(bodies(&replay), [request]);
    }
}

#[tokio::test]
async fn every_field_is_read_as_it_was_registered() {
    for (spec, request) in requests() {
        let read = read_back(&request, 41, "ACTIVE", &json!([{"key": "team", "value": "web"}]));
        let row = deepened(&Replay::new([ok(&read)]), &spec).await;
        assert_eq!(row.spec, spec);
    }
}

#[tokio::test]
async fn what_moto_makes_of_an_external_definition_is_no_interface_of_its_own() {
    let mut request = external_request();
    request["networkMode"] = json!("awsvpc");
    let read = read_back(&request, 41, "ACTIVE", &json!([]));
    let row = deepened(&Replay::new([ok(&read)]), &external_example()).await;
    assert_eq!(row.spec.network_mode, "bridge");
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_does_not_register_twice() {
    let lost = || reply(500, r#"{"__type": "ServerException", "message": "Service Unavailable"}"#);
    let newest = ok(&described(42, "ACTIVE", &digest_tags("new")));
    let replay = Replay::new([lost(), newest]);
    let call = register(with_digest("new"));
    let found = TaskDefinition::perform(&replay.aws(), &call).await.unwrap();
    assert_eq!(found["revision"], "42");
    assert_eq!(operations(&replay), ["RegisterTaskDefinition", "DescribeTaskDefinition"]);

    let older = ok(&described(41, "ACTIVE", &digest_tags("old")));
    let replay = Replay::new([lost(), older, ok(&registered(42))]);
    let found = TaskDefinition::perform(&replay.aws(), &call).await.unwrap();
    assert_eq!(found["revision"], "42");
    assert_eq!(operations(&replay).last().unwrap(), "RegisterTaskDefinition");
}

#[tokio::test]
async fn a_refused_registration_is_not_repeated() {
    let refused = r#"{"__type": "ClientException", "message": "No Fargate configuration exists for given values."}"#;
    let replay = Replay::new([reply(400, refused)]);
    let error = TaskDefinition::perform(&replay.aws(), &register(full_example())).await.unwrap_err();
    assert!(error.to_string().contains("No Fargate configuration"), "{error}");
}

#[tokio::test]
async fn every_revision_is_deregistered_and_deleted_by_tens() {
    let arns: Vec<String> = (1..=11).map(|revision| format!("{ARN}:{revision}")).collect();
    let replay = Replay::new([
        ok(&json!({"taskDefinitionArns": [format!("{ARN}:12"), format!("{ARN}-admin:1")]})),
        ok(&json!({})),
        ok(&json!({"taskDefinitionArns": arns})),
        ok(&json!({"taskDefinitions": [], "failures": []})),
        ok(&json!({"taskDefinitions": [], "failures": []})),
    ]);
    let family = "shop-prod-web".to_owned();
    for call in [Call::Deregister { family: family.clone() }, Call::Delete { family }] {
        TaskDefinition::perform(&replay.aws(), &call).await.unwrap();
    }
    assert_eq!(
        bodies(&replay),
        [
            json!({"familyPrefix": "shop-prod-web", "status": "ACTIVE"}),
            json!({"taskDefinition": format!("{ARN}:12")}),
            json!({"familyPrefix": "shop-prod-web", "status": "INACTIVE"}),
            json!({"taskDefinitions": arns[..10]}),
            json!({"taskDefinitions": arns[10..]}),
        ]
    );
}

#[tokio::test]
async fn tags_are_written_to_the_revision_in_use() {
    let replay = Replay::new([ok(&json!({})), ok(&json!({}))]);
    let live = Live {
        spec: full_example(),
        outputs: outputs(format!("{ARN}:41"), 41),
        marks: Marks::default(),
        depth: Depth::Full,
    };
    let wanted = TaskDefinitionSpec {
        tags: Tags::from([("owner".to_owned(), "shop".into())]),
        ..full_example()
    };
    let calls = tag_calls(&wanted, &live);
    for call in &calls {
        TaskDefinition::perform(&replay.aws(), call).await.unwrap();
    }
    let arn = format!("{ARN}:41");
    assert_eq!(
        bodies(&replay),
        [
            json!({"resourceArn": arn, "tags": [{"key": "owner", "value": "shop"}]}),
            json!({"resourceArn": arn, "tagKeys": ["team"]}),
        ]
    );
}

fn service_row(revision: u32) -> LiveRow {
    let spec = json!({"taskDefinition": format!("{ARN}:{revision}")});
    LiveRow { spec, ..samples::parent("service", "web", &[]) }
}

async fn observed(
    replay: &Replay,
    wanted: &[TaskDefinitionSpec],
    services: &[LiveRow],
) -> Vec<Live<TaskDefinitionSpec>> {
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    observe::rows(&survey, wanted, services).await.unwrap()
}

#[tokio::test]
async fn the_revision_in_use_is_known_by_its_digest_alone() {
    let mapping = json!({"ResourceARN": format!("{ARN}:41"), "Tags": [
        {"Key": "team", "Value": "web"}, {"Key": DIGEST_TAG, "Value": "old"}
    ]});
    let replay = Replay::new([
        ok(&json!({"ResourceTagMappingList": [mapping]})),
        ok(&json!({"families": ["shop-prod-web"]})),
    ]);
    let rows = observed(&replay, &[full_example()], &[service_row(41)]).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].depth, rows[0].marks.digest.as_deref()), (Depth::Shallow, Some("old")));
    assert_eq!(rows[0].outputs, outputs(format!("{ARN}:41"), 41));
    // A revision that somebody registered without tags belongs to whom its service does.
    assert_eq!(rows[0].marks.scope, Some(samples::scope()));
    assert_eq!(
        bodies(&replay),
        [
            json!({"ResourceARNList": [format!("{ARN}:41")]}),
            json!({"familyPrefix": "shop-prod-", "status": "ACTIVE"}),
        ]
    );
}

#[tokio::test]
async fn tags_that_the_tagging_api_has_not_heard_of_are_read_directly() {
    let replay = Replay::new([
        ok(&json!({"ResourceTagMappingList": []})),
        ok(&json!({"tags": digest_tags("old")})),
        ok(&json!({"families": []})),
    ]);
    let rows = observed(&replay, &[full_example()], &[service_row(41)]).await;
    assert_eq!(rows[0].marks.digest.as_deref(), Some("old"));
    assert!(!rows[0].spec.tags.keys().any(|key| key.starts_with("aws:")));
}

#[tokio::test]
async fn a_family_without_a_service_is_read_in_full() {
    let wanted = full_example();
    let foreign = json!([{"key": "team", "value": "other"}]);
    let mut other = described(3, "ACTIVE", &foreign);
    other["taskDefinition"]["family"] = json!("shop-prod-job");
    let replay = Replay::new([
        ok(&json!({"families": ["shop-prod-job", "shop-prod-web"]})),
        ok(&other),
        ok(&described(41, "ACTIVE", &json!([{"key": "team", "value": "web"}]))),
    ]);
    let rows = observed(&replay, std::slice::from_ref(&wanted), &[]).await;
    assert_eq!(rows.len(), 1, "a family of nobody's is none of ours");
    assert_eq!((rows[0].depth, &rows[0].spec), (Depth::Full, &wanted));
}

#[tokio::test]
async fn a_family_with_inactive_revisions_only_is_absent() {
    let replay = Replay::new([
        ok(&json!({"families": ["shop-prod-web"]})),
        ok(&described(41, "INACTIVE", &json!([]))),
    ]);
    assert!(observed(&replay, &[full_example()], &[]).await.is_empty());
}

async fn deepened(replay: &Replay, wanted: &TaskDefinitionSpec) -> Live<TaskDefinitionSpec> {
    let row = Live {
        spec: full_example(),
        outputs: outputs(format!("{ARN}:41"), 41),
        marks: Marks::default(),
        depth: Depth::Shallow,
    };
    let rows = observe::deepen(&replay.aws(), std::slice::from_ref(wanted), vec![row]).await;
    rows.unwrap().pop().unwrap()
}

#[tokio::test]
async fn a_newest_revision_that_is_wanted_is_the_live_one() {
    let wanted = with_digest("new");
    let newest = || ok(&described(42, "ACTIVE", &digest_tags("new")));
    let row = deepened(&Replay::new([newest()]), &wanted).await;
    assert_eq!((row.outputs["revision"].as_str(), &row.spec), ("42", &wanted));

    // Somebody else's newest revision is not what the service runs.
    let in_use = ok(&described(41, "ACTIVE", &digest_tags("old")));
    let row = deepened(&Replay::new([newest(), in_use]), &with_digest("other")).await;
    assert_eq!(row.outputs["revision"], "41");
}

const SHOP: &str = "
{ kind: FileSystem, name: uploads, accessPoints: { web: { path: /web } } }
---
{ kind: FileSystem, name: shared, fileSystemId: fs-0123abcd }
---
{ kind: TaskRole, name: web }
---
kind: Service
name: web
taskRole: web
containers:
  - name: app
    image: shop-web:1
    ports: [{ container: 8080, name: http, appProtocol: http }]
    environment: { LOG_LEVEL: info }
    secrets:
      DB: ssm:/shop/db
      WHOLE: secretsmanager:shop/api
      KEYED: secretsmanager:shop/api:key
      STAGED: secretsmanager:shop/api::AWSPREVIOUS
    dependsOn: { init: SUCCESS }
    ulimits: { nofile: { soft: 1024, hard: 2048 } }
    repositoryCredentials: secretsmanager:registry
  - { name: init, image: shop-web:1, essential: false }
volumes:
  scratch: {}
  uploads: { efs: { fileSystem: uploads, accessPoint: web } }
  shared: { efs: { fileSystem: shared } }
";

#[test]
fn a_service_becomes_its_task_definition() {
    let stack = samples::stack(SHOP);
    let mut rows = TaskDefinition::desired(&stack, &samples::facts());
    let row = rows.pop().unwrap();
    assert_eq!((row.name.as_str(), row.spec.family.as_str()), ("web", "shop-prod-web"));
    let reference = |kind: &str, name: &str, output: &str| {
        Some(Resolvable::reference(kind, name, output))
    };
    assert_eq!(row.spec.task_role, reference("role", "task-web", "arn"));
    assert_eq!(row.spec.execution_role, reference("role", "execution-web", "arn"));
    let app = &row.spec.containers["app"];
    assert_eq!(app.ports.keys().collect::<Vec<_>>(), ["8080/tcp"]);
    assert_eq!(app.depends_on, named("init", "SUCCESS".to_owned()));
    assert_eq!(app.ulimits.keys().collect::<Vec<_>>(), ["nofile"]);
    let secret = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api";
    assert_eq!(
        app.secrets,
        BTreeMap::from([
            ("DB".to_owned(), "/shop/db".to_owned()),
            ("STAGED".to_owned(), format!("{secret}::AWSPREVIOUS:")),
            ("WHOLE".to_owned(), secret.to_owned()),
            ("KEYED".to_owned(), format!("{secret}:key::")),
        ])
    );
    assert_eq!(app.repository_credentials.as_deref(), Some("registry"));
    let logging = app.logging.as_ref().unwrap();
    assert_eq!(logging.group, reference("log-group", "web", "id"));
    assert_eq!(
        logging.options,
        Environment::from([("awslogs-region", "eu-west-1"), ("awslogs-stream-prefix", "web")])
    );
    let uploads = row.spec.volumes["uploads"].efs.as_ref().unwrap();
    assert_eq!(Some(uploads.file_system.clone()), reference("file-system", "uploads", "id"));
    assert_eq!(uploads.access_point, reference("access-point", "uploads-web", "id"));
    let shared = row.spec.volumes["shared"].efs.as_ref().unwrap();
    assert_eq!(shared.file_system, "fs-0123abcd".into());
    assert_eq!(row.spec.volumes["scratch"].efs, None);
}

const BOX: &str = "
kind: Service
name: web
launchType: EC2
pidMode: task
taskPlacementConstraints: ['attribute:rack == a']
containers:
  - name: app
    image: shop-web:1
    memory: 256
    gpu: 2
    ports: [80, { container: 81, host: 8081 }]
    portRanges: [9000-9010/udp]
    linuxParameters: { devices: { /dev/fuse: {} }, tmpfs: { /run: { size: 1 GB } } }
    restartPolicy: {}
  - { name: proxy, image: shop-web:1, memory: 64, links: [app], volumesFrom: { app: { readOnly: true } } }
volumes:
  data: { host: { sourcePath: /data } }
  shared: { docker: {} }
";

fn spec_of(manifest: &str) -> TaskDefinitionSpec {
    let rows = TaskDefinition::desired(&samples::stack(manifest), &samples::facts());
    rows.into_iter().next().unwrap().spec
}

#[test]
fn an_instance_is_asked_for_just_what_is_written() {
    let spec = spec_of(BOX);
    assert_eq!((spec.cpu, spec.memory, spec.network_mode.as_str()), (None, None, "bridge"));
    assert_eq!(spec.requires_compatibilities.0.iter().collect::<Vec<_>>(), ["EC2"]);
    assert_eq!(spec.pid_mode.as_deref(), Some("task"));
    assert_eq!(spec.placement_constraints.0.iter().collect::<Vec<_>>(), ["attribute:rack == a"]);
    let app = &spec.containers["app"];
    assert_eq!((app.ports["80/tcp"].host_port, app.ports["81/tcp"].host_port), (0, 8081));
    assert_eq!(app.port_ranges.0.iter().collect::<Vec<_>>(), ["9000-9010/udp"]);
    assert_eq!(app.gpu.as_deref(), Some("2"));
    let fuse = &app.linux_parameters.devices["/dev/fuse"];
    assert_eq!((fuse.container_path.as_str(), fuse.permissions.0.len()), ("/dev/fuse", 3));
    assert_eq!(app.linux_parameters.tmpfs["/run"].size, 1024);
    assert_eq!(app.restart_policy.as_ref().unwrap().restart_attempt_period, 300);
    assert!(spec.containers["proxy"].volumes_from["app"].read_only);
    let docker = spec.volumes["shared"].docker.as_ref().unwrap();
    assert_eq!((docker.scope.as_str(), docker.driver.as_str()), ("task", "local"));
    assert_eq!(spec.volumes["data"].host.as_ref().unwrap().source_path, "/data");
}

#[test]
fn a_port_of_an_instance_is_the_containers_own_in_the_mode_host() {
    let host = spec_of(&BOX.replace("ports: [80,", "ports: [{ container: 80, host: 0 },")
        .replace(", host: 8081", "")
        .replace("    portRanges: [9000-9010/udp]\n", "")
        .replace("links: [app], ", "")
        .replace("pidMode: task", "networkMode: host"));
    let ports = &host.containers["app"].ports;
    assert_eq!((ports["80/tcp"].host_port, ports["81/tcp"].host_port), (80, 81));
}

#[test]
fn windows_on_instances_has_no_network_mode_but_awsvpc() {
    let windows = "{ kind: Service, name: web, image: x, memory: 512, launchType: EC2, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2025_CORE }, volumes: { files: { fsxWindows: { fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/shop/domain', domain: corp.example.com } } } }";
    let spec = spec_of(windows);
    assert_eq!(spec.network_mode, "<default>");
    let files = spec.volumes["files"].fsx_windows.as_ref().unwrap();
    assert_eq!(files.credentials, "arn:aws:ssm:eu-west-1:444455556666:parameter/shop/domain");
    let spec = spec_of(&windows.replace("launchType: EC2", "launchType: EC2, networkMode: awsvpc"));
    assert_eq!(spec.network_mode, "awsvpc");
}
