use super::*;
use crate::aws::replay::{Replay, json};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::{Address, Resolvable, resolve};

const CREATED: &str = r#"{"OwnerId": "444455556666", "CreationToken": "shop-prod-uploads",
    "FileSystemId": "fs-1", "CreationTime": 1, "LifeCycleState": "creating",
    "NumberOfMountTargets": 0, "SizeInBytes": {"Value": 0}, "PerformanceMode": "generalPurpose",
    "Tags": []}"#;

fn desired() -> Desired<FileSystemSpec> {
    let stack = samples::stack(
        "
kind: FileSystem
name: uploads
lifecycleRules: { toArchive: 30d, toInfrequentAccess: 1d, toPrimary: true }
tags: { team: web }
lifecycle: { protect: true }
",
    );
    FileSystem::desired(&stack, &samples::facts()).remove(0)
}

fn live(spec: FileSystemSpec) -> Live<FileSystemSpec> {
    let outputs = outputs("fs-1", "arn:fs-1".to_owned());
    Live { spec, outputs, marks: Marks::default(), depth: Depth::Full }
}

fn lines(calls: &[Call]) -> Vec<String> {
    calls.iter().map(ToString::to_string).collect()
}

/// What each of `calls` sends about `fs-1`, as AWS answers with `replies`.
async fn sent(calls: &[Call], replies: &[&str]) -> Vec<String> {
    let replay = Replay::new(replies.iter().map(|body| json(200, body)));
    let aws = replay.aws();
    for call in calls {
        let mut call = serde_json::to_value(call).unwrap();
        resolve(&mut call, &|_| Some("fs-1".to_owned()));
        FileSystem::perform(&aws, &serde_json::from_value(call).unwrap()).await.unwrap();
    }
    replay.bodies()
}

#[test]
fn a_document_is_one_file_system_that_carries_its_name_and_protection() {
    let row = desired();
    assert!(row.protect);
    assert_eq!(row.spec.tags["Name"].text(), "shop-prod-uploads");
    assert_eq!(row.spec.tags["ecsctl:protect"].text(), "true");
    assert_eq!(row.spec.tags["ecsctl:resource"].text(), "file-system/uploads");
    let policies: Vec<_> =
        row.spec.lifecycle_policies.iter().map(|(to, rule)| format!("{to}={rule}")).collect();
    assert_eq!(
        policies,
        [
            "transitionToArchive=AFTER_30_DAYS",
            "transitionToIA=AFTER_1_DAY",
            "transitionToPrimaryStorageClass=AFTER_1_ACCESS"
        ]
    );
}

#[test]
fn an_existing_file_system_is_left_alone() {
    let stack = samples::stack("{ kind: FileSystem, name: uploads, fileSystemId: fs-0123abcd }");
    assert_eq!(FileSystem::desired(&stack, &samples::facts()).len(), 0);
}

#[test]
fn a_key_by_id_or_alias_is_the_one_that_aws_answers_with() {
    let arn = "arn:aws:kms:eu-west-1:444455556666:key/1234";
    for (wanted, settled) in
        [("1234", arn), (arn, arn), ("alias/shop", arn), ("5678", "5678"), ("234", "234")]
    {
        let mut row = desired();
        row.spec.kms_key_id = Some(wanted.to_owned());
        let live = live(FileSystemSpec { kms_key_id: Some(arn.to_owned()), ..row.spec.clone() });
        let mut rows = [row];
        FileSystem::settle(&mut rows, &[live]);
        assert_eq!(rows[0].spec.kms_key_id.as_deref(), Some(settled), "{wanted}");
    }
}

#[tokio::test(start_paused = true)]
async fn creation_waits_and_needs_no_call_for_backups() {
    let row = desired();
    let address = Address::new("file-system", "uploads");
    let spec = FileSystemSpec { tags: Tags::from([("Name".to_owned(), "x".into())]), ..row.spec };
    let spec = FileSystemSpec {
        kms_key_id: Some("alias/shop".to_owned()),
        throughput_mode: "provisioned".to_owned(),
        provisioned_throughput: Some(64),
        ..spec
    };
    let calls = FileSystem::lower(&Change::Create { address: &address, spec: &spec });
    assert_eq!(
        lines(&calls),
        [
            "elasticfilesystem:CreateFileSystem x",
            "wait until file system x is available",
            "elasticfilesystem:PutLifecycleConfiguration x"
        ]
    );
    assert!(
        matches!(&calls[2], Call::UpdateLifecycle { id: Resolvable::Reference(id), .. } if id.to_string() == "file-system/uploads#id")
    );
    let creating = format!(r#"{{"FileSystems": [{CREATED}]}}"#);
    let available = creating.replace("creating", "available");
    let bodies = sent(&calls, &[CREATED, &creating, &available, "{}"]).await;
    assert_eq!(
        bodies[0],
        r#"{"Backup":true,"CreationToken":"shop-prod-uploads","Encrypted":true,"KmsKeyId":"alias/shop","PerformanceMode":"generalPurpose","ProvisionedThroughputInMibps":64.0,"Tags":[{"Key":"Name","Value":"x"}],"ThroughputMode":"provisioned"}"#
    );
    assert_eq!(
        bodies[3],
        r#"{"LifecyclePolicies":[{"TransitionToArchive":"AFTER_30_DAYS"},{"TransitionToIA":"AFTER_1_DAY"},{"TransitionToPrimaryStorageClass":"AFTER_1_ACCESS"}]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn every_later_call_sends_what_changed() {
    let id = || Resolvable::from("fs-1");
    let spec = FileSystemSpec {
        throughput_mode: "provisioned".to_owned(),
        provisioned_throughput: Some(128),
        lifecycle_policies: BTreeMap::new(),
        backup: false,
        ..desired().spec
    };
    let what = "file system x".to_owned();
    let calls = [
        Call::Update { id: id(), spec: spec.clone() },
        Call::UpdateLifecycle { id: id(), spec: spec.clone() },
        Call::UpdateBackup { id: id(), spec: spec.clone() },
        Call::Tag {
            id: id(),
            spec: spec.clone(),
            tags: Tags::from([("team".to_owned(), "api".into())]),
        },
        Call::Untag { id: id(), spec: spec.clone(), keys: vec!["owner".to_owned()] },
        Call::Delete { id: id(), spec },
        Call::AwaitGone { id: id(), what },
    ];
    let deleting = format!(r#"{{"FileSystems": [{CREATED}]}}"#).replace("creating", "deleting");
    let replies = [CREATED, "{}", "{}", "{}", "{}", "{}", &deleting, r#"{"FileSystems": []}"#];
    assert_eq!(
        sent(&calls, &replies).await,
        [
            r#"{"ProvisionedThroughputInMibps":128.0,"ThroughputMode":"provisioned"}"#,
            r#"{"LifecyclePolicies":[]}"#,
            r#"{"BackupPolicy":{"Status":"DISABLED"}}"#,
            r#"{"Tags":[{"Key":"team","Value":"api"}]}"#,
            "",
            "",
            "",
            ""
        ]
    );
}

#[tokio::test]
async fn what_aws_answers_reads_back_as_what_was_wanted() {
    let wanted = desired().spec;
    let tags: Vec<_> = wanted
        .tags
        .iter()
        .map(|(key, value)| format!(r#"{{"Key": "{key}", "Value": "{}"}}"#, value.text()))
        .collect();
    let described = format!(
        r#"{{"FileSystems": [
            {{"OwnerId": "444455556666", "CreationToken": "shop-prod-uploads", "FileSystemId": "fs-1",
              "FileSystemArn": "arn:aws:elasticfilesystem:eu-west-1:444455556666:file-system/fs-1",
              "CreationTime": 1.7e9, "LifeCycleState": "available", "Name": "shop-prod-uploads",
              "NumberOfMountTargets": 3, "SizeInBytes": {{"Value": 6144, "ValueInIA": 0}},
              "PerformanceMode": "generalPurpose", "Encrypted": true,
              "KmsKeyId": "arn:aws:kms:eu-west-1:444455556666:key/1234", "ThroughputMode": "elastic",
              "FileSystemProtection": {{"ReplicationOverwriteProtection": "ENABLED"}},
              "Tags": [{}, {{"Key": "aws:elasticfilesystem:default-backup", "Value": "enabled"}}]}},
            {}, {}]}}"#,
        tags.join(","),
        CREATED.replace("shop-prod-uploads", "foreign"),
        CREATED.replace("creating", "deleting"),
    );
    let replay = Replay::new([
        json(200, &described),
        json(
            200,
            r#"{"LifecyclePolicies": [{"TransitionToIA": "AFTER_1_DAY"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}, {"TransitionToArchive": "AFTER_30_DAYS"}]}"#,
        ),
        json(200, r#"{"BackupPolicy": {"Status": "ENABLING"}}"#),
    ]);
    let aws = replay.aws();
    let (scope, facts) = (samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = FileSystem::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].depth, Depth::Shallow);
    let rows = FileSystem::deepen(&survey, &[], rows).await.unwrap();
    let kms_key_id = Some("arn:aws:kms:eu-west-1:444455556666:key/1234".to_owned());
    assert_eq!(rows[0].spec, FileSystemSpec { kms_key_id, ..wanted });
    assert_eq!(rows[0].outputs["id"], "fs-1");
    assert_eq!(rows[0].marks.resource, Some(Address::new("file-system", "uploads")));
}

#[tokio::test]
async fn a_file_system_without_a_backup_policy_has_no_backups() {
    let replay = Replay::new([
        json(200, r#"{"LifecyclePolicies": []}"#),
        json(
            404,
            r#"{"__type": "PolicyNotFound", "ErrorCode": "PolicyNotFound", "Message": "No policy"}"#,
        ),
    ]);
    let rows = observe::deepened(&replay.aws(), vec![live(desired().spec)]).await.unwrap();
    assert!(!rows[0].spec.backup && rows[0].spec.lifecycle_policies.is_empty());
}
