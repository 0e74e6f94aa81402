//! Services on EC2 instances: placement, daemons, and launch types that follow a strategy.

use super::*;
use crate::kinds::service::examples::{daemon, on_instances};

fn described_on_instances() -> Json {
    let mut read = described();
    let fields = read.as_object_mut().unwrap();
    for field in ["launchType", "networkConfiguration", "platformVersion", "platformFamily"] {
        fields.shift_remove(field);
    }
    read["capacityProviderStrategy"] =
        json!([{"capacityProvider": "shop-prod-main-general", "weight": 1, "base": 0}]);
    read["placementStrategy"] = json!([
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "MEMORY"}
    ]);
    read["placementConstraints"] = json!([
        {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m6i.*"},
        {"type": "distinctInstance"}
    ]);
    read
}

#[tokio::test]
async fn placement_is_created_and_reads_back() {
    let replay = Replay::new([ok(&written())]);
    let call = Call::Create { spec: Box::new(on_instances()) };
    Service::perform(&replay.aws(), &call).await.unwrap();
    let sent = &bodies(&replay)[0];
    assert_eq!(
        sent["placementStrategy"],
        json!([
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "memory"}
        ])
    );
    assert_eq!(
        sent["placementConstraints"],
        json!([
            {"type": "distinctInstance"},
            {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m6i.*"}
        ])
    );
    for absent in ["launchType", "networkConfiguration", "platformVersion"] {
        assert_eq!(sent.get(absent), None, "{absent}");
    }
    let read = ok(&json!({"services": [described_on_instances()]}));
    let rows = observed(&Replay::new([owned(&[]), read]), &[on_instances()], &[]).await;
    let tags = owned_example().tags;
    assert_eq!(rows[0].spec, ServiceSpec { tags, ..on_instances() });
}

#[tokio::test]
async fn placement_changes_in_place_and_is_cleared_with_empty_lists() {
    let cleared = ServiceSpec {
        placement_strategy: vec![],
        placement_constraints: Set::default(),
        ..on_instances()
    };
    let calls = lowered(&["placementStrategy", "placementConstraints"], &cleared);
    let [update] = &calls[..] else { panic!("it starts no deployment: {calls:?}") };
    let replay = Replay::new([ok(&written())]);
    Service::perform(&replay.aws(), update).await.unwrap();
    assert_eq!(
        bodies(&replay)[0],
        json!({
            "cluster": CLUSTER, "service": "shop-prod-web",
            "placementStrategy": [], "placementConstraints": []
        })
    );
}

#[test]
fn placement_is_cleared_before_a_service_moves_to_fargate() {
    let paths = ["capacityProviderStrategy", "placementStrategy", "platformVersion"];
    let calls = lowered(&paths, &on_spot());
    let fields: Vec<_> = calls
        .iter()
        .filter_map(|call| match call {
            Call::Update { fields, .. } => Some(fields.join(" ")),
            _ => None,
        })
        .collect();
    assert_eq!(fields, ["placementStrategy", "capacityProviderStrategy platformVersion"]);
}

#[tokio::test]
async fn a_classic_load_balancer_is_named() {
    let spec = Service::examples().swap_remove(3);
    let replay = Replay::new([ok(&written())]);
    Service::perform(&replay.aws(), &Call::Create { spec: Box::new(spec.clone()) }).await.unwrap();
    let sent = json!([
        {"loadBalancerName": "shop-prod-old", "containerName": "app", "containerPort": 8080}
    ]);
    assert_eq!(bodies(&replay)[0]["loadBalancers"], sent);
    let mut read = described();
    read["loadBalancers"] = sent;
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [read]}))]);
    let rows = observed(&replay, &[example()], &[]).await;
    assert_eq!(rows[0].spec.load_balancers, spec.load_balancers);
}

#[test]
fn what_takes_the_place_of_a_daemon_has_the_count_of_the_manifest() {
    let stack = samples::stack(
        "{ kind: Service, name: web, image: nginx, memory: 512, launchType: EC2, lifecycle: { ignoreChanges: [desiredCount] } }",
    );
    let mut rows = Service::desired(&stack, &samples::facts());
    let marks = Marks { resource: Some(Address::new("service", "web")), ..Marks::default() };
    let live = |spec| Live { spec, outputs: Outputs::new(), marks: marks.clone(), depth: Depth::Full };
    Service::settle(&mut rows, &[live(example())]);
    assert!(!rows[0].ignore.is_empty(), "others own the count of a service");
    Service::settle(&mut rows, &[live(daemon())]);
    assert_eq!(rows[0].ignore, []);
}

#[tokio::test]
async fn a_daemon_has_no_count_and_goes_without_one() {
    let replay = Replay::new([ok(&written())]);
    let call = Call::Create { spec: Box::new(daemon()) };
    Service::perform(&replay.aws(), &call).await.unwrap();
    let sent = &bodies(&replay)[0];
    assert_eq!(sent["schedulingStrategy"], "DAEMON");
    assert_eq!(sent.get("desiredCount"), None);
    assert_eq!(sent["deploymentConfiguration"]["minimumHealthyPercent"], 0);
    assert_eq!(sent["deploymentConfiguration"]["maximumPercent"], 100);

    let mut read = described();
    read["schedulingStrategy"] = json!("DAEMON");
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [read]}))]);
    let row = observed(&replay, &[daemon()], &[]).await.pop().unwrap();
    assert_eq!(row.spec.desired_count, None, "it is the number of instances");
    let address = Address::new("service", "web");
    let lines: Vec<String> = Service::lower(&Change::Delete { address: &address, live: &row })
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        ["ecs:DeleteService shop-prod-web", "wait until service shop-prod-web is gone"]
    );
}

/// The desired service with this launch type, beside a live one on this strategy.
fn settled(launch_type: &str, providers: &[&str]) -> ServiceSpec {
    let items = providers.iter().map(|provider| StrategyItem {
        provider: (*provider).to_owned(),
        weight: 1,
        base: 0,
    });
    let live = live_row(ServiceSpec {
        launch_type: None,
        capacity_provider_strategy: items.collect(),
        ..example()
    });
    let stack = samples::stack("{ kind: Service, name: web, image: nginx }");
    let mut rows = Service::desired(&stack, &samples::facts());
    rows[0].spec.launch_type = Some(launch_type.to_owned());
    Service::settle(&mut rows, &[live]);
    rows.swap_remove(0).spec
}

#[test]
fn a_strategy_gives_way_to_the_launch_type_in_place() {
    let providers = |spec: &ServiceSpec| {
        let items = spec.capacity_provider_strategy.0.iter();
        items.map(|item| item.provider.clone()).collect::<Vec<_>>()
    };
    for live in ["FARGATE_SPOT", "shop-prod-main-general"] {
        let spec = settled("FARGATE", &[live]);
        assert_eq!(
            (spec.launch_type.clone(), providers(&spec)),
            (None, vec!["FARGATE".to_owned()])
        );
        assert_eq!(spec.on_launch_type().launch_type.as_deref(), Some("FARGATE"));
        assert!(providers(&spec.on_launch_type()).is_empty());
    }
    let spec = settled("EC2", &["shop-prod-main-general"]);
    assert_eq!((spec.launch_type.clone(), providers(&spec)), (None, vec![]), "back to its own");
    assert_eq!(spec.on_launch_type().launch_type.as_deref(), Some("EC2"));
    for (launch_type, live) in [("EC2", &["FARGATE"][..]), ("EC2", &[]), ("FARGATE", &[])] {
        let spec = settled(launch_type, live);
        assert_eq!((spec.launch_type.as_deref(), spec.returns_to), (Some(launch_type), None));
    }
}
