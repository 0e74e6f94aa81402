//! Exact requests, tokens, and what is read from replies in AWS's own shape.

use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::kinds::samples;
use crate::value::{Address, resolve};

const USER: &str = "uid: 1000, gid: 1001, secondaryGids: [7, 5]";

/// The access point `web` of an existing and of a managed file system.
fn desired(point: &str) -> Vec<Desired<AccessPointSpec>> {
    let stack = samples::stack(&format!(
        "{{ kind: FileSystem, name: shared, fileSystemId: fs-0123abcd, accessPoints: {{ web: {{ {point} }} }} }}\n---\n\
         {{ kind: FileSystem, name: uploads, accessPoints: {{ web: {{ {point} }} }} }}"
    ));
    AccessPoint::desired(&stack, &samples::facts())
}

fn point(path: &str, permissions: &str) -> String {
    format!("path: {path}, permissions: '{permissions}', {USER}")
}

fn described(spec: &AccessPointSpec) -> String {
    let tag = |(key, value): (&String, &Resolvable)| json!({"Key": key, "Value": value.text()});
    let mut tags: Vec<_> = spec.tags.iter().map(tag).collect();
    tags.push(json!({"Key": "aws:cloudformation:stack-name", "Value": "x"}));
    json!({
        "ClientToken": spec.client_token, "Name": "shop-prod-shared-web", "Tags": tags,
        "AccessPointId": "fsap-1", "AccessPointArn": "arn:fsap-1", "FileSystemId": "fs-0123abcd",
        "PosixUser": {"Uid": 1000, "Gid": 1001, "SecondaryGids": [7, 5]},
        "RootDirectory": {"Path": "/web", "CreationInfo": {
            "OwnerUid": 1000, "OwnerGid": 1001, "Permissions": "755"}},
        "OwnerId": "444455556666", "LifeCycleState": "available"
    })
    .to_string()
}

#[test]
fn an_existing_file_system_is_named_by_its_id_and_a_managed_one_by_reference() {
    let rows = desired(&point("/web", "0755"));
    let of: Vec<_> =
        rows.iter().map(|row| (row.name.as_str(), row.spec.file_system_id.to_string())).collect();
    assert_eq!(
        of,
        [
            ("shared-web", "fs-0123abcd".to_owned()),
            ("uploads-web", "file-system/uploads#id".to_owned())
        ]
    );
    assert_eq!(rows[0].spec.tags["ecsctl:manifest"].text(), "file-system/shared");
    assert_eq!(rows[0].spec.tags["Name"].text(), "shop-prod-shared-web");
}

#[test]
fn what_cannot_be_changed_makes_another_token() {
    let token = |point: &str| desired(point)[0].spec.client_token.clone();
    let first = token(&point("/web", "755"));
    assert!(first.starts_with("shop-prod-shared-web-"), "{first}");
    assert_eq!(first, token(&point("/web", "0755")));
    assert_ne!(first, token(&point("/web2", "0755")));
    assert_ne!(first, token(&point("/web", "0750")));
    assert_ne!(first, token("path: /web, ownerUid: 1000, ownerGid: 1001"));
}

#[tokio::test(start_paused = true)]
async fn each_call_sends_all_that_it_is_about() {
    let spec = desired(&point("/web", "755")).remove(0).spec;
    let spec = AccessPointSpec {
        client_token: "token".to_owned(),
        tags: Tags::from([(NAME_TAG.to_owned(), "x".into())]),
        ..spec
    };
    let root = AccessPointSpec {
        posix_user: PosixUser::Own,
        root_directory: RootDirectory { path: "/".to_owned(), creation_info: None },
        ..spec.clone()
    };
    let id = || Resolvable::from("fsap-1");
    let what = "access point x".to_owned();
    let calls = [
        Call::Create { spec: spec.clone() },
        Call::Create { spec: root },
        Call::AwaitAvailable { id: id(), what: what.clone() },
        Call::Tag {
            id: id(),
            spec: spec.clone(),
            tags: Tags::from([("team".to_owned(), "api".into())]),
        },
        Call::Untag { id: id(), spec: spec.clone(), keys: vec!["owner".to_owned()] },
        Call::Delete { id: id(), spec: spec.clone() },
        Call::AwaitGone { id: id(), what },
    ];
    let available = format!(r#"{{"AccessPoints": [{}]}}"#, described(&spec));
    let creating = available.replace(r#""available""#, r#""creating""#);
    let gone = r#"{"__type": "AccessPointNotFound", "ErrorCode": "AccessPointNotFound"}"#;
    let mut replies = vec![reply(200, &described(&spec)), reply(200, &described(&spec))];
    replies.extend([reply(200, &creating), reply(200, &available)]);
    replies.extend([reply(200, "{}"), reply(200, "{}"), reply(404, gone), reply(404, gone)]);
    let replay = Replay::new(replies);
    let aws = replay.aws();
    let made = AccessPoint::perform(&aws, &calls[0]).await.unwrap();
    assert_eq!((made["id"].as_str(), made["arn"].as_str()), ("fsap-1", "arn:fsap-1"));
    for call in &calls[1..] {
        AccessPoint::perform(&aws, call).await.unwrap();
    }
    assert_eq!(
        replay.bodies(),
        [
            r#"{"ClientToken":"token","FileSystemId":"fs-0123abcd","PosixUser":{"Uid":1000,"Gid":1001,"SecondaryGids":[5,7]},"RootDirectory":{"Path":"/web","CreationInfo":{"OwnerUid":1000,"OwnerGid":1001,"Permissions":"0755"}},"Tags":[{"Key":"Name","Value":"x"}]}"#,
            r#"{"ClientToken":"token","FileSystemId":"fs-0123abcd","RootDirectory":{"Path":"/"},"Tags":[{"Key":"Name","Value":"x"}]}"#,
            "",
            "",
            r#"{"Tags":[{"Key":"team","Value":"api"}]}"#,
            "",
            "",
            ""
        ]
    );
}

#[test]
fn waits_are_about_the_new_access_point() {
    let address = Address::new("access-point", "shared-web");
    let spec = desired(&point("/web", "755")).remove(0).spec;
    let calls = AccessPoint::lower(&Change::Create { address: &address, spec: &spec });
    let lines: Vec<_> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "elasticfilesystem:CreateAccessPoint shop-prod-shared-web",
            "wait until access point shop-prod-shared-web is available"
        ]
    );
    let mut wait = serde_json::to_value(&calls[1]).unwrap();
    assert_eq!(resolve(&mut wait, &|_| None)[0].to_string(), "access-point/shared-web#id");
}

#[tokio::test]
async fn what_aws_answers_reads_back_and_orphans_are_found_on_other_file_systems() {
    let wanted = desired(&point("/web", "0755")).remove(0).spec;
    let orphan = described(&wanted)
        .replace("fsap-1", "fsap-2")
        .replace("fs-0123abcd", "fs-other")
        .replace(&wanted.client_token, "old");
    let foreign = described(&wanted)
        .replace(&wanted.client_token, "foreign")
        .replace(r#"{"Key":"ecsctl:app","Value":"shop"},"#, "");
    let listed = r#"{"ResourceTagMappingList": [
        {"ResourceARN": "arn:aws:elasticfilesystem:eu-west-1:444455556666:access-point/fsap-1"},
        {"ResourceARN": "arn:aws:elasticfilesystem:eu-west-1:444455556666:access-point/fsap-2"}]}"#;
    let replay = Replay::new([
        reply(200, r#"{"FileSystems": []}"#),
        reply(200, &format!(r#"{{"AccessPoints": [{}, {foreign}]}}"#, described(&wanted))),
        reply(200, listed),
        reply(200, &format!(r#"{{"AccessPoints": [{orphan}]}}"#)),
    ]);
    let aws = replay.aws();
    let (scope, facts) = (samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = AccessPoint::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows[0].spec, wanted);
    assert_eq!(rows[0].outputs["id"], "fsap-1");
    let keys: Vec<_> = rows[1..].iter().map(|row| AccessPoint::key(&row.spec)).collect();
    assert_eq!(keys, ["fs-other/old"]);
}
