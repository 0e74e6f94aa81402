//! What is put when, exact requests, and observation.

use serde_json::json;

use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::diff::{FieldChange, Path};
use crate::kind::Marks;
use crate::kinds::samples;

const ACTIVE: &str = r#"{"clusters": [{"status": "ACTIVE", "attachmentsStatus": "UPDATE_COMPLETE"}], "cluster": {}}"#;
const GENERAL: &str = "arn:aws:ecs:eu-west-1:444455556666:capacity-provider/shop-prod-main-general";

fn with(providers: &[&str]) -> ClusterCapacityProvidersSpec {
    ClusterCapacityProvidersSpec {
        capacity_providers: providers.iter().map(|provider| Resolvable::from(*provider)).collect(),
        default_capacity_provider_strategy: BTreeMap::new(),
        ..ClusterCapacityProviders::examples().remove(0)
    }
}

fn updated(before: &[&str], after: &[&str]) -> Vec<Call> {
    let address = Address::new("cluster-capacity-providers", "main");
    let row = Live {
        outputs: outputs("arn:main"),
        marks: Marks::default(),
        spec: with(before),
        depth: Depth::Full,
    };
    let path = Path::default().field("capacityProviders");
    let fields = [FieldChange { path, before: None, after: None }];
    let spec = with(after);
    let change = Change::Update { address: &address, spec: &spec, live: &row, fields: &fields };
    ClusterCapacityProviders::lower(&change)
}

#[test]
fn a_clusters_own_providers_are_awaited_and_those_of_fargate_and_others_are_named() {
    let stack = samples::stack(
        "{ kind: Cluster, name: main, instances: [{ name: general }, { name: batch, capacityProvider: DISABLED }], capacityProviders: [FARGATE, theirs, general], defaultCapacityProviderStrategy: [{ provider: general }] }",
    );
    let rows = ClusterCapacityProviders::desired(&stack, &samples::facts());
    let providers: Vec<String> =
        rows[0].spec.capacity_providers.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        providers,
        [
            "FARGATE",
            "arn:aws:ecs:eu-west-1:444455556666:capacity-provider/theirs",
            "capacity-provider/main-general#arn",
        ]
    );
    let strategy = &rows[0].spec.default_capacity_provider_strategy;
    assert_eq!(strategy.keys().collect::<Vec<_>>(), ["shop-prod-main-general"]);
}

#[test]
fn what_is_added_comes_before_the_services_and_what_is_dropped_goes_after_them() {
    let late = |calls: &[Call]| -> Vec<bool> { calls.iter().map(calls::is_late).collect() };
    let added = updated(&["FARGATE"], &["FARGATE", GENERAL]);
    assert_eq!(late(&added), [false, false]);
    let dropped = updated(&["FARGATE", GENERAL], &["FARGATE"]);
    assert_eq!(late(&dropped), [true, true]);
    let swapped = updated(&["FARGATE"], &[GENERAL]);
    assert_eq!(late(&swapped), [false, false, true, true]);
    assert_eq!(
        [&swapped[0], &swapped[2]],
        [
            &Call::Put { spec: with(&["FARGATE", GENERAL]) },
            &Call::Narrow { spec: with(&[GENERAL]) },
        ]
    );
}

#[tokio::test]
async fn both_lists_are_sent_whole_and_a_delete_empties_them() {
    let mut spec = ClusterCapacityProviders::examples().remove(1);
    let share = Share { weight: 2, base: 1 };
    spec.default_capacity_provider_strategy.insert("shop-prod-main-general".to_owned(), share);
    let address = Address::new("cluster-capacity-providers", "main");
    let row = Live {
        outputs: Outputs::new(),
        marks: Marks::default(),
        spec: spec.clone(),
        depth: Depth::Full,
    };
    let changes = [
        Change::Create { address: &address, spec: &spec },
        Change::Delete { address: &address, live: &row },
    ];
    let calls: Vec<Call> = changes.iter().flat_map(ClusterCapacityProviders::lower).collect();
    let replay = Replay::new(calls.iter().map(|_| reply(200, ACTIVE)));
    let aws = replay.aws();
    for call in &calls {
        ClusterCapacityProviders::perform(&aws, call).await.unwrap();
    }
    assert_eq!(
        replay.bodies(),
        [
            r#"{"cluster":"shop-prod-main","capacityProviders":["FARGATE","shop-prod-main-general"],"defaultCapacityProviderStrategy":[{"capacityProvider":"shop-prod-main-general","weight":2,"base":1}]}"#,
            r#"{"clusters":["shop-prod-main"],"include":["ATTACHMENTS"]}"#,
            r#"{"cluster":"shop-prod-main","capacityProviders":[],"defaultCapacityProviderStrategy":[]}"#,
            r#"{"clusters":["shop-prod-main"],"include":["ATTACHMENTS"]}"#,
        ]
    );
}

#[tokio::test]
async fn providers_that_cannot_be_attached_are_an_error() {
    let failed = r#"{"clusters": [{"status": "ACTIVE", "attachmentsStatus": "UPDATE_FAILED"}]}"#;
    let aws = Replay::new([reply(200, failed)]).aws();
    let call = Call::AwaitAttached { name: "main".to_owned(), is_narrowed: false };
    let error = ClusterCapacityProviders::perform(&aws, &call).await.unwrap_err();
    assert!(error.to_string().contains("could not attach its capacity providers"), "{error}");
}

#[tokio::test]
async fn what_was_put_is_read_from_the_row_of_its_cluster() {
    let owned = r#"{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main", "Tags": []}]}"#;
    let cluster = json!({"clusters": [{
        "clusterArn": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main",
        "clusterName": "shop-prod-main", "status": "ACTIVE",
        "tags": [{"key": "ecsctl:app", "value": "shop"}, {"key": "ecsctl:environment", "value": "prod"}],
        "capacityProviders": ["shop-prod-main-general", "FARGATE"],
        "defaultCapacityProviderStrategy": [],
    }]});
    let replay = Replay::new([reply(200, owned), reply(200, &cluster.to_string())]);
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let wanted = ClusterCapacityProviders::examples().remove(1);
    let survey = samples::survey(&aws, &scope, &facts);
    let rows =
        ClusterCapacityProviders::observe(&survey, std::slice::from_ref(&wanted)).await.unwrap();
    assert_eq!(rows[0].spec, wanted);
    assert_eq!(rows[0].marks.scope, Some(scope.clone()), "as the cluster's tags say");
    assert_eq!(replay.bodies().len(), 2, "one read for the cluster and its association");
}
