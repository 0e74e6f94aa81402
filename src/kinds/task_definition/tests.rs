//! Exact requests, and what is read from replies in AWS's own shape.

use serde_json::{Value as Json, json};

use super::bodies::{
    described, external_request, full_request, instance_request, read_back, windows_request,
};
use super::examples::{external_example, full_example, instance_example, windows_example};
use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::kind::{DIGEST_TAG, Depth, LiveRow, Marks};
use crate::kinds::samples;

mod desired;
mod revise;

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
    let error =
        TaskDefinition::perform(&replay.aws(), &register(full_example())).await.unwrap_err();
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
