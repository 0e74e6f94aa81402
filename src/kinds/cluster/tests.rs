//! Exact requests and observation.

use super::*;
use crate::aws::replay::{Replay, json};
use crate::diff::{FieldChange, Path};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::Address;

async fn sent(calls: &[Call], answer: &str) -> Vec<String> {
    let replay = Replay::new(calls.iter().map(|_| json(200, answer)));
    let aws = replay.aws();
    for call in calls {
        Cluster::perform(&aws, call).await.unwrap();
    }
    replay.bodies()
}

#[tokio::test]
async fn a_new_cluster_is_made_whole_and_awaited() {
    let spec = Cluster::examples().remove(0);
    let address = Address::new("cluster", "main");
    let calls = Cluster::lower(&Change::Create { address: &address, spec: &spec });
    let reply = r#"{"cluster": {"clusterArn": "arn:main"}, "clusters": [{"clusterName": "shop-prod-main", "status": "ACTIVE", "attachmentsStatus": "UPDATE_COMPLETE"}]}"#;
    assert_eq!(
        sent(&calls, reply).await,
        [
            r#"{"clusterName":"shop-prod-main","tags":[{"key":"team","value":"web"}],"settings":[{"name":"containerInsights","value":"disabled"}],"configuration":{"executeCommandConfiguration":{"kmsKeyId":"alias/sessions","logging":"OVERRIDE","logConfiguration":{"cloudWatchLogGroupName":"/sessions","cloudWatchEncryptionEnabled":true,"s3BucketName":"sessions","s3EncryptionEnabled":true,"s3KeyPrefix":"shop"}}}}"#,
            r#"{"clusters":["shop-prod-main"],"include":["ATTACHMENTS"]}"#,
        ]
    );
}

#[tokio::test]
async fn an_update_sends_what_changed() {
    let mut before = Cluster::examples().remove(0);
    before.tags.insert("old".to_owned(), "1".into());
    let spec = ClusterSpec {
        container_insights: ContainerInsights::Enhanced,
        execute_command: ExecuteCommand::default(),
        tags: Tags::from([("team".to_owned(), "api".into())]),
        ..before.clone()
    };
    let change =
        |path: &str| FieldChange { path: Path::default().field(path), before: None, after: None };
    let fields = [change("containerInsights"), change("executeCommand"), change("tags[team]")];
    let live = Live {
        outputs: outputs("shop-prod-main", "arn:main".to_owned()),
        marks: Marks::default(),
        spec: before,
        depth: Depth::Full,
    };
    let address = Address::new("cluster", "main");
    let change = |fields| Change::Update { address: &address, spec: &spec, live: &live, fields };
    let calls = Cluster::lower(&change(&fields));
    let reply = r#"{"clusters": [{"status": "ACTIVE"}]}"#;
    let bodies = sent(&calls, reply).await;
    let arn = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";
    assert_eq!(
        bodies,
        [
            r#"{"cluster":"shop-prod-main","settings":[{"name":"containerInsights","value":"enhanced"}],"configuration":{"executeCommandConfiguration":{"logging":"DEFAULT"}}}"#.to_owned(),
            format!(r#"{{"resourceArn":"{arn}","tags":[{{"key":"team","value":"api"}}]}}"#),
            format!(r#"{{"resourceArn":"{arn}","tagKeys":["old"]}}"#),
        ]
    );
    let calls = Cluster::lower(&change(&fields[..1]));
    assert_eq!(
        sent(&calls[..1], reply).await,
        [
            r#"{"cluster":"shop-prod-main","settings":[{"name":"containerInsights","value":"enhanced"}]}"#
        ]
    );
}

#[tokio::test]
async fn what_was_made_reads_back_the_same() {
    let owned = r#"{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-old", "Tags": []}, {"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:service/shop-prod-main/web", "Tags": []}]}"#;
    let clusters = r#"{"clusters": [
        {"clusterArn": "arn:main", "clusterName": "shop-prod-main", "status": "ACTIVE",
         "registeredContainerInstancesCount": 0, "runningTasksCount": 3, "pendingTasksCount": 0, "activeServicesCount": 1,
         "statistics": [], "tags": [{"key": "team", "value": "web"}, {"key": "aws:cloudformation:stack-name", "value": "x"}],
         "settings": [{"name": "containerInsights", "value": "disabled"}],
         "capacityProviders": ["FARGATE_SPOT", "FARGATE"],
         "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}, {"capacityProvider": "FARGATE", "weight": 0, "base": 1}],
         "configuration": {"executeCommandConfiguration": {"kmsKeyId": "alias/sessions", "logging": "OVERRIDE", "logConfiguration":
            {"cloudWatchLogGroupName": "/sessions", "cloudWatchEncryptionEnabled": true, "s3BucketName": "sessions", "s3EncryptionEnabled": true, "s3KeyPrefix": "shop"}}}},
        {"clusterName": "shop-prod-bare", "status": "ACTIVE", "capacityProviders": null},
        {"clusterName": "shop-prod-old", "status": "INACTIVE"}], "failures": []}"#;
    let replay = Replay::new([json(200, owned), json(200, clusters)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let wanted = Cluster::examples().remove(0);
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = Cluster::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows.len(), 2, "a deleted cluster is absent");
    let share = |weight, base| Share { weight, base };
    let capacity = Capacity {
        providers: ["FARGATE", "FARGATE_SPOT"].map(str::to_owned).into_iter().collect(),
        default_strategy: BTreeMap::from([
            ("FARGATE".to_owned(), share(0, 1)),
            ("FARGATE_SPOT".to_owned(), share(3, 0)),
        ]),
    };
    assert_eq!(rows[0].spec, ClusterSpec { capacity: Some(capacity), ..wanted });
    let bare = ClusterSpec {
        name: "shop-prod-bare".to_owned(),
        container_insights: ContainerInsights::Disabled,
        execute_command: ExecuteCommand::default(),
        capacity: Some(Capacity::default()),
        tags: Tags::new(),
    };
    assert_eq!(rows[1].spec, bare);
    assert_eq!(
        replay.bodies()[1],
        r#"{"clusters":["shop-prod-main","shop-prod-old"],"include":["SETTINGS","CONFIGURATIONS","TAGS"]}"#
    );
}
