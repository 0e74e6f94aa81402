//! Derivation, exact requests and observation.

use serde_json::json;

use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::diff::{FieldChange, Path};
use crate::kind::{Depth, Marks};
use crate::kinds::samples;
use crate::value::Address;

const OWNED: &str = r#"{"ResourceTagMappingList": []}"#;
const UPDATED: &str = r#"{"capacityProviders": [{"name": "x", "updateStatus": "UPDATE_COMPLETE"}], "capacityProvider": {"capacityProviderArn": "arn:made"}}"#;

fn live(spec: &CapacityProviderSpec) -> Live<CapacityProviderSpec> {
    Live {
        outputs: outputs(&spec.name, "arn:provider".to_owned()),
        marks: Marks::default(),
        spec: spec.clone(),
        depth: Depth::Full,
    }
}

async fn sent(calls: &[Call], answer: &str) -> Vec<String> {
    let replay = Replay::new(calls.iter().map(|_| reply(200, answer)));
    let aws = replay.aws();
    for call in calls {
        CapacityProvider::perform(&aws, call).await.unwrap();
    }
    replay.bodies()
}

#[test]
fn each_group_with_managed_capacity_has_a_provider() {
    let stack = samples::stack(
        "{ kind: Cluster, name: main, instances: [{ name: general, capacityProvider: { managedScaling: false, targetCapacity: 80 } }, { name: old, autoScalingGroup: legacy }, { name: batch, capacityProvider: DISABLED, cpuTarget: 60 }] }",
    );
    let mut facts = samples::facts();
    facts.auto_scaling_groups.insert("legacy".to_owned(), "arn:legacy".to_owned());
    let rows = CapacityProvider::desired(&stack, &facts);
    let [general, old] = &rows[..] else { panic!("two: {rows:?}") };
    assert_eq!((general.name.as_str(), old.name.as_str()), ("main-general", "main-old"));
    assert_eq!(general.spec.name, "shop-prod-main-general");
    let group = general.spec.auto_scaling_group.to_string();
    assert_eq!(group, "auto-scaling-group/main-general#arn");
    assert!(!general.spec.managed_scaling.enabled);
    assert_eq!(general.spec.managed_scaling.target_capacity, 80);
    assert!(!general.spec.managed_termination_protection, "ECS protects only what it scales");
    assert_eq!(old.spec.auto_scaling_group, "arn:legacy".into());
    assert_eq!(old.spec.managed_scaling.instance_warmup_period, None);
    assert!(
        !old.spec.managed_termination_protection,
        "it needs protected instances, and the group is not ours"
    );
    assert!(old.spec.name.starts_with("shop-prod-main-old-"), "{}", old.spec.name);
}

#[tokio::test]
async fn each_call_sends_all_that_it_is_about() {
    let [spec, after] = &CapacityProvider::examples()[..] else { panic!("two examples") };
    let address = Address::new("capacity-provider", "main-general");
    let change =
        |path: &str| FieldChange { path: Path::default().field(path), before: None, after: None };
    let row = live(spec);
    let fields = [change("managedScaling"), change("tags")];
    let mut calls = CapacityProvider::lower(&Change::Create { address: &address, spec });
    let update = Change::Update { address: &address, spec: after, live: &row, fields: &fields };
    calls.extend(CapacityProvider::lower(&update));
    let group = spec.auto_scaling_group.text();
    assert_eq!(
        sent(&calls, UPDATED).await,
        [
            format!(r#"{{"name":"shop-prod-main-general","autoScalingGroupProvider":{{"autoScalingGroupArn":"{group}","managedScaling":{{"status":"ENABLED","targetCapacity":90,"minimumScalingStepSize":1,"maximumScalingStepSize":100,"instanceWarmupPeriod":120}},"managedTerminationProtection":"ENABLED","managedDraining":"ENABLED"}},"tags":[{{"key":"team","value":"web"}}]}}"#),
            r#"{"name":"shop-prod-main-general","autoScalingGroupProvider":{"managedScaling":{"status":"DISABLED","targetCapacity":90,"minimumScalingStepSize":1,"maximumScalingStepSize":100,"instanceWarmupPeriod":120},"managedTerminationProtection":"DISABLED","managedDraining":"DISABLED"}}"#.to_owned(),
            r#"{"capacityProviders":["shop-prod-main-general"],"include":["TAGS"]}"#.to_owned(),
            r#"{"resourceArn":"arn:provider","tagKeys":["team"]}"#.to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_delete_that_fails_later_says_why() {
    let row = live(&CapacityProvider::examples()[0]);
    let address = Address::new("capacity-provider", "main-general");
    let calls = CapacityProvider::lower(&Change::Delete { address: &address, live: &row });
    let gone = r#"{"capacityProviders": [], "failures": [{"reason": "MISSING"}]}"#;
    assert_eq!(
        sent(&calls, gone).await,
        [
            r#"{"capacityProvider":"shop-prod-main-general"}"#,
            r#"{"capacityProviders":["shop-prod-main-general"],"include":["TAGS"]}"#,
        ]
    );
    let failed = r#"{"capacityProviders": [{"name": "x", "status": "ACTIVE", "updateStatus": "DELETE_FAILED", "updateStatusReason": "it is associated with cluster: main"}]}"#;
    let aws = Replay::new([reply(200, failed)]).aws();
    let error = CapacityProvider::perform(&aws, &calls[1]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ecs:DescribeCapacityProviders failed: capacity provider shop-prod-main-general is not gone: it is associated with cluster: main"
    );
}

#[tokio::test]
async fn what_was_made_reads_back_the_same_and_attached_ones_are_found() {
    let wanted = CapacityProvider::examples().remove(0);
    let owned = r#"{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:cluster/main", "Tags": []}, {"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:capacity-provider/tagged", "Tags": []}]}"#;
    let clusters = r#"{"clusters": [{"clusterName": "main", "status": "ACTIVE", "capacityProviders": ["FARGATE", "attached"]}]}"#;
    let found = json!({"capacityProviders": [
        {"capacityProviderArn": "arn:general", "name": wanted.name, "status": "ACTIVE", "type": "EC2_AUTOSCALING",
         "autoScalingGroupProvider": {"autoScalingGroupArn": wanted.auto_scaling_group.text(),
            "managedScaling": {"status": "ENABLED", "targetCapacity": 90, "minimumScalingStepSize": 1, "maximumScalingStepSize": 100, "instanceWarmupPeriod": 120},
            "managedTerminationProtection": "ENABLED", "managedDraining": "ENABLED"},
         "tags": [{"key": "team", "value": "web"}]},
        {"name": "attached", "status": "INACTIVE", "autoScalingGroupProvider": {"autoScalingGroupArn": "arn:group"}},
        {"name": "tagged", "status": "ACTIVE", "managedInstancesProvider": {}},
    ], "failures": []});
    let replies = [owned, clusters, &found.to_string()].map(|body| reply(200, body));
    let replay = Replay::new(replies);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    let rows = CapacityProvider::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    let specs: Vec<_> = rows.into_iter().map(|row| row.spec).collect();
    assert_eq!(specs, [wanted], "not what is deleted, nor what has no group");
    assert_eq!(
        replay.bodies()[2],
        r#"{"capacityProviders":["attached","shop-prod-main-general","tagged"],"include":["TAGS"]}"#
    );
}

#[tokio::test]
async fn without_instances_nothing_is_asked() {
    let replay = Replay::new([reply(200, OWNED)]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let rows = CapacityProvider::observe(&samples::survey(&aws, &scope, &facts), &[]).await;
    assert!(rows.unwrap().is_empty());
    assert_eq!(replay.bodies().len(), 1, "the list that all kinds share");
}
