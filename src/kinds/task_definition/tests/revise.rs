//! Revisions like another one but for their images.

use std::collections::BTreeMap;

use super::*;
use crate::kinds::task_definition::revise;

/// What AWS assigns, and no registration says.
const ASSIGNED: &[&str] = &[
    "taskDefinitionArn",
    "revision",
    "status",
    "compatibilities",
    "requiresAttributes",
    "registeredAt",
    "registeredBy",
];

fn images() -> BTreeMap<String, String> {
    BTreeMap::from([("app".to_owned(), "shop-web:2".to_owned())])
}

/// A description, with what ecsctl's manifests cannot say.
fn live(request: &Json) -> Json {
    let mut read = read_back(request, 41, "ACTIVE", &digest_tags("old"));
    let definition = &mut read["taskDefinition"];
    definition["proxyConfiguration"] = json!({
        "type": "APPMESH", "containerName": "envoy",
        "properties": [{"name": "ProxyIngressPort", "value": "15000"}]
    });
    let container = &mut definition["containerDefinitions"][0];
    container["firelensConfiguration"] = json!({"type": "fluentbit", "options": {"a": "b"}});
    container["credentialSpecs"] = json!(["credentialspec:file://x"]);
    read
}

fn expected(described: &Json) -> Json {
    let mut expected = described["taskDefinition"].clone();
    let fields = expected.as_object_mut().unwrap();
    fields.retain(|field, _| !ASSIGNED.contains(&field.as_str()));
    for container in expected["containerDefinitions"].as_array_mut().unwrap() {
        if container["name"] == "app" {
            container["image"] = json!("shop-web:2");
        }
    }
    expected["tags"] = json!([{"key": "team", "value": "web"}]);
    expected
}

#[tokio::test]
async fn all_but_the_image_is_registered_as_it_was_described() {
    for (_, request) in requests() {
        let described = live(&request);
        let replay = Replay::new([ok(&described), ok(&registered(43))]);
        let arn = revise(&replay.aws(), &format!("{ARN}:41"), &images()).await.unwrap();
        assert_eq!(arn, format!("{ARN}:43"));
        let sent = bodies(&replay);
        assert_eq!(sent[0]["taskDefinition"], json!(format!("{ARN}:41")));
        assert_eq!(sent[1], expected(&described));
    }
}

#[tokio::test]
async fn no_tags_are_sent_where_there_are_none() {
    let mut described = described(41, "ACTIVE", &json!([]));
    described.as_object_mut().unwrap().shift_remove("tags");
    let replay = Replay::new([ok(&described), ok(&registered(42))]);
    revise(&replay.aws(), &format!("{ARN}:41"), &images()).await.unwrap();
    assert_eq!(bodies(&replay)[1].get("tags"), None);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_told_by_the_content_of_the_newest_revision() {
    let lost = || reply(500, r#"{"__type": "ServerException", "message": "Service Unavailable"}"#);
    let base = || ok(&described(41, "ACTIVE", &digest_tags("old")));
    let mut newest = described(42, "ACTIVE", &json!([]));
    for container in newest["taskDefinition"]["containerDefinitions"].as_array_mut().unwrap() {
        if container["name"] == "app" {
            container["image"] = json!("shop-web:2");
        }
    }
    let replay = Replay::new([base(), lost(), ok(&newest)]);
    let arn = revise(&replay.aws(), &format!("{ARN}:41"), &images()).await.unwrap();
    assert_eq!(arn, format!("{ARN}:42"));

    let replay = Replay::new([base(), lost(), base(), ok(&registered(42))]);
    revise(&replay.aws(), &format!("{ARN}:41"), &images()).await.unwrap();
    assert_eq!(operations(&replay).last().unwrap(), "RegisterTaskDefinition");
}

#[tokio::test]
async fn what_is_not_there_is_no_base() {
    let missing =
        r#"{"__type": "ClientException", "message": "Unable to describe task definition."}"#;
    let replay = Replay::new([reply(400, missing)]);
    let error = revise(&replay.aws(), &format!("{ARN}:41"), &images()).await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}
