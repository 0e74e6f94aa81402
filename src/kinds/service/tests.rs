//! Exact requests, and what is read from replies in AWS's own shape.

mod instances;
mod strategies;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value as Json, json};

use super::examples::{on_fargate as example, on_spot};
use super::*;
use crate::aws::replay::{Replay, json as reply};
use crate::diff::{FieldChange, Path};
use crate::kind::{Depth, LiveRow, Marks};
use crate::kinds::samples;
use crate::value::{Address, Set};

const CLUSTER: &str = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";
const SERVICE: &str = "arn:aws:ecs:eu-west-1:444455556666:service/shop-prod-main/shop-prod-web";
const FAMILY: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web";
const TARGET_GROUP: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web/0123";

fn ok(body: &Json) -> HttpResponse {
    reply(200, &body.to_string())
}

fn bodies(replay: &Replay) -> Vec<Json> {
    replay.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

fn network_request() -> Json {
    json!({"awsvpcConfiguration": {
        "subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"
    }})
}

fn deployment_request() -> Json {
    json!({
        "strategy": "ROLLING",
        "deploymentCircuitBreaker": {
            "enable": true, "rollback": true, "resetOnHealthyTask": true,
            "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50}
        },
        "maximumPercent": 200,
        "minimumHealthyPercent": 100
    })
}

/// With all that is turned off, so that it is turned off.
fn whole_deployment_request() -> Json {
    let mut request = deployment_request();
    request["alarms"] = json!({"alarmNames": [], "enable": false, "rollback": false});
    request["earlySuccessCriteria"] = json!({"enable": false});
    request["lifecycleHooks"] = json!([]);
    request["bakeTimeInMinutes"] = json!(0);
    request
}

fn load_balancers_request() -> Json {
    json!([{"targetGroupArn": TARGET_GROUP, "containerName": "app", "containerPort": 8080}])
}

fn written() -> Json {
    json!({"service": {
        "serviceArn": SERVICE,
        "deployments": [
            {"id": "ecs-svc/2", "status": "PRIMARY"}, {"id": "ecs-svc/1", "status": "ACTIVE"}
        ]
    }})
}

#[tokio::test]
async fn every_field_is_created() {
    let replay = Replay::new([ok(&written()), ok(&written())]);
    let call = Call::Create { spec: Box::new(example()) };
    let found = Service::perform(&replay.aws(), &call).await.unwrap();
    assert_eq!((found["arn"].as_str(), found["deployment"].as_str()), (SERVICE, "ecs-svc/2"));
    Service::perform(&replay.aws(), &call).await.unwrap();
    let [mut sent, again] = <[Json; 2]>::try_from(bodies(&replay)).unwrap();
    assert_eq!(sent, again, "the same intent has the same client token");
    let token = sent.as_object_mut().unwrap().shift_remove("clientToken").unwrap();
    assert_eq!(token.as_str().unwrap().len(), 32);
    assert_eq!(
        sent,
        json!({
            "cluster": CLUSTER,
            "serviceName": "shop-prod-web",
            "taskDefinition": format!("{FAMILY}:41"),
            "loadBalancers": load_balancers_request(),
            "desiredCount": 2,
            "launchType": "FARGATE",
            "platformVersion": "LATEST",
            "deploymentConfiguration": deployment_request(),
            "networkConfiguration": network_request(),
            "healthCheckGracePeriodSeconds": 60,
            "schedulingStrategy": "REPLICA",
            "tags": [{"key": "team", "value": "web"}],
            "enableECSManagedTags": true,
            "propagateTags": "SERVICE",
            "enableExecuteCommand": true,
            "availabilityZoneRebalancing": "ENABLED"
        })
    );
}

#[tokio::test]
async fn a_strategy_takes_the_place_of_the_launch_type() {
    let replay = Replay::new([ok(&written())]);
    let call = Call::Create { spec: Box::new(on_spot()) };
    Service::perform(&replay.aws(), &call).await.unwrap();
    let sent = &bodies(&replay)[0];
    assert_eq!(
        sent["capacityProviderStrategy"],
        json!([
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}
        ])
    );
    for absent in ["launchType", "loadBalancers", "healthCheckGracePeriodSeconds"] {
        assert_eq!(sent.get(absent), None, "{absent}");
    }
}

#[test]
fn a_service_that_takes_up_a_strategy_has_no_launch_type_left() {
    let spec = Box::new(on_spot());
    let fields = vec!["capacityProviderStrategy".to_owned()];
    let call = Call::Update { spec, fields, force_new_deployment: true };
    let Effect::All(effects) = Service::effect(&call) else { panic!("an update that deploys") };
    let [Effect::Update { fields, .. }, Effect::Deploy(_)] = &effects[..] else { panic!() };
    assert_eq!(*fields, ["capacityProviderStrategy", "launchType", "rollout"]);
}

fn live_row(spec: ServiceSpec) -> Live<ServiceSpec> {
    let outputs = Outputs::from([("arn".to_owned(), SERVICE.to_owned())]);
    Live { spec, outputs, marks: Marks::default(), depth: Depth::Full }
}

/// `network.subnets` or `tags[team]` as a path.
fn path(text: &str) -> Path {
    let (fields, name) = text.split_once('[').unwrap_or((text, ""));
    let path = fields.split('.').fold(Path::default(), |path, field| path.field(field));
    if name.is_empty() { path } else { path.name(name.trim_end_matches(']')) }
}

fn lowered(paths: &[&str], spec: &ServiceSpec) -> Vec<Call> {
    let fields: Vec<FieldChange> = paths
        .iter()
        .map(|text| FieldChange { path: path(text), before: None, after: None })
        .collect();
    let (address, live) = (Address::new("service", "web"), live_row(example()));
    Service::lower(&Change::Update { address: &address, spec, live: &live, fields: &fields })
}

#[tokio::test]
async fn each_field_is_updated_by_itself_and_forces_a_deployment_where_it_must() {
    let table = [
        ("taskDefinition", json!({"taskDefinition": format!("{FAMILY}:41")}), true),
        ("desiredCount", json!({"desiredCount": 2}), false),
        (
            "capacityProviderStrategy",
            json!({"capacityProviderStrategy": [], "forceNewDeployment": true}),
            true,
        ),
        ("platformVersion", json!({"platformVersion": "LATEST"}), true),
        ("network.subnets", json!({"networkConfiguration": network_request()}), true),
        ("loadBalancers", json!({"loadBalancers": load_balancers_request()}), true),
        (
            "deployment.maximumPercent",
            json!({"deploymentConfiguration": whole_deployment_request()}),
            false,
        ),
        ("healthCheckGracePeriodSeconds", json!({"healthCheckGracePeriodSeconds": 60}), false),
        (
            "enableExecuteCommand",
            json!({"enableExecuteCommand": true, "forceNewDeployment": true}),
            true,
        ),
        (
            "enableECSManagedTags",
            json!({"enableECSManagedTags": true, "forceNewDeployment": true}),
            true,
        ),
        ("propagateTags", json!({"propagateTags": "SERVICE", "forceNewDeployment": true}), true),
        ("availabilityZoneRebalancing", json!({"availabilityZoneRebalancing": "ENABLED"}), false),
    ];
    for (path, mut body, starts_deployment) in table {
        let calls = lowered(&[path], &example());
        let follows = matches!(calls.last(), Some(Call::AwaitRollout(_)));
        assert_eq!(follows, starts_deployment, "{path}");
        let replay = Replay::new([ok(&written())]);
        let found = Service::perform(&replay.aws(), &calls[0]).await.unwrap();
        assert_eq!(found["deployment"], "ecs-svc/2");
        body["cluster"] = json!(CLUSTER);
        body["service"] = json!("shop-prod-web");
        assert_eq!(bodies(&replay), [body], "{path}");
    }
}

#[tokio::test]
async fn removed_load_balancers_are_cleared_with_an_empty_list() {
    let spec = ServiceSpec { load_balancers: Set::default(), ..example() };
    let replay = Replay::new([ok(&written())]);
    let calls = lowered(&["loadBalancers"], &spec);
    Service::perform(&replay.aws(), &calls[0]).await.unwrap();
    assert_eq!(bodies(&replay)[0]["loadBalancers"], json!([]));
}

#[test]
fn many_changes_are_one_update_after_the_tags() {
    let spec = ServiceSpec { tags: Tags::from([("owner".to_owned(), "shop".into())]), ..example() };
    let paths =
        ["desiredCount", "enableExecuteCommand", "tags[owner]", "tags[team]", "taskDefinition"];
    let calls = lowered(&paths, &spec);
    let lines: Vec<String> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "ecs:TagResource shop-prod-web",
            "ecs:UntagResource shop-prod-web",
            "ecs:UpdateService shop-prod-web",
            "wait until the deployment of shop-prod-web succeeds",
        ]
    );
    let Call::Update { fields, force_new_deployment, .. } = &calls[2] else { panic!("{calls:?}") };
    assert_eq!(fields, &["desiredCount", "enableExecuteCommand", "taskDefinition"]);
    assert!(!force_new_deployment, "the task definition starts one already");
}

#[tokio::test(start_paused = true)]
async fn a_service_is_scaled_down_deleted_and_waited_for() {
    let draining = json!({"services": [{"status": "DRAINING"}]});
    let inactive = json!({"services": [{"status": "INACTIVE"}]});
    let replay = Replay::new([ok(&written()), ok(&json!({})), ok(&draining), ok(&inactive)]);
    let address = Address::new("service", "web");
    let live = live_row(example());
    let calls = Service::lower(&Change::Delete { address: &address, live: &live });
    for call in &calls {
        Service::perform(&replay.aws(), call).await.unwrap();
    }
    let sent = bodies(&replay);
    let service = json!({"cluster": CLUSTER, "service": "shop-prod-web", "desiredCount": 0});
    assert_eq!(sent[0], service);
    let service = json!({"cluster": CLUSTER, "service": "shop-prod-web", "force": true});
    assert_eq!(sent[1], service);
    assert_eq!(sent.len(), 4);
}

#[tokio::test]
async fn deleting_what_is_gone_is_a_success() {
    let gone = r#"{"__type": "ServiceNotFoundException", "message": "Service not found."}"#;
    let replay = Replay::new([reply(400, gone)]);
    let call = Call::Delete { cluster: CLUSTER.to_owned(), service: "shop-prod-web".to_owned() };
    Service::perform(&replay.aws(), &call).await.unwrap();
}

fn owned_tags() -> Json {
    json!([
        {"key": "team", "value": "web"},
        {"key": "ecsctl:app", "value": "shop"},
        {"key": "ecsctl:environment", "value": "prod"},
        {"key": "aws:cloudformation:stack-name", "value": "x"}
    ])
}

/// What `DescribeServices` answers about `example`, with all that AWS fills in.
fn described() -> Json {
    json!({
        "serviceArn": SERVICE,
        "serviceName": "shop-prod-web",
        "clusterArn": CLUSTER,
        "loadBalancers": load_balancers_request(),
        "serviceRegistries": [],
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "taskDefinition": format!("{FAMILY}:41"),
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {
                "enable": true, "rollback": true, "resetOnHealthyTask": true,
                "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50}
            },
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "alarms": {"alarmNames": [], "rollback": false, "enable": false},
            "strategy": "ROLLING",
            "bakeTimeInMinutes": 0
        },
        "deployments": [{
            "id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": format!("{FAMILY}:41"),
            "desiredCount": 2, "pendingCount": 0, "runningCount": 2, "failedTasks": 0,
            "createdAt": 1_700_000_000.0, "rolloutState": "COMPLETED", "platformVersion": "1.4.0",
            "rolloutStateReason": "ECS deployment ecs-svc/1 completed."
        }],
        "roleArn": "arn:aws:iam::444455556666:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [],
        "createdAt": 1_700_000_000.0,
        "placementConstraints": [],
        "placementStrategy": [],
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-2", "subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"
        }},
        "healthCheckGracePeriodSeconds": 60,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "tags": owned_tags(),
        "enableECSManagedTags": true,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": true,
        "availabilityZoneRebalancing": "ENABLED"
    })
}

fn owned_example() -> ServiceSpec {
    let tags = [("team", "web"), ("ecsctl:app", "shop"), ("ecsctl:environment", "prod")];
    let tags = tags.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    ServiceSpec { tags, ..example() }
}

async fn observed(
    replay: &Replay,
    wanted: &[ServiceSpec],
    clusters: &[LiveRow],
) -> Vec<Live<ServiceSpec>> {
    let (aws, scope, facts) = (replay.aws(), samples::scope(), samples::facts());
    let survey = samples::survey(&aws, &scope, &facts);
    observe::rows(&survey, wanted, clusters).await.unwrap()
}

fn cluster_row(name: &str) -> LiveRow {
    let arn = format!("arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-{name}");
    LiveRow {
        kind: "cluster",
        key: name.to_owned(),
        spec: json!({}),
        outputs: Outputs::from([("arn".to_owned(), arn)]),
        marks: Marks { resource: Some(Address::new("cluster", name)), ..Marks::default() },
        depth: Depth::Full,
    }
}

fn owned(arns: &[&str]) -> HttpResponse {
    let listed: Vec<Json> =
        arns.iter().map(|arn| json!({"ResourceARN": arn, "Tags": []})).collect();
    ok(&json!({"ResourceTagMappingList": listed}))
}

#[tokio::test]
async fn a_service_reads_back_as_it_was_wanted() {
    let wanted =
        ServiceSpec { cluster: Resolvable::reference("cluster", "main", "arn"), ..owned_example() };
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [described()], "failures": []}))]);
    let clusters = [cluster_row("main"), cluster_row("other")];
    let rows = observed(&replay, &[wanted], &clusters).await;
    assert_eq!(rows[0].spec, owned_example());
    assert_eq!(rows[0].outputs["deployment"], "ecs-svc/1");
    assert_eq!(
        bodies(&replay)[1],
        json!({"cluster": CLUSTER, "services": ["shop-prod-web"], "include": ["TAGS"]})
    );
}

#[tokio::test]
async fn orphans_are_found_by_their_arns_and_the_dead_are_left_out() {
    let mut inactive = described();
    inactive["status"] = json!("INACTIVE");
    let mut draining = described();
    draining["status"] = json!("DRAINING");
    let arns: Vec<String> = (0..11).map(|number| format!("{SERVICE}-{number}")).collect();
    let arns: Vec<&str> = arns.iter().map(String::as_str).collect();
    let missing = r#"{"__type": "ClusterNotFoundException", "message": "Cluster not found."}"#;
    let replay = Replay::new([
        owned(&arns),
        ok(&json!({"services": [described(), inactive, draining]})),
        reply(400, missing),
    ]);
    let rows = observed(&replay, &[], &[]).await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].marks.scope.is_some());
    let sizes: Vec<usize> = bodies(&replay)[1..]
        .iter()
        .map(|body| body["services"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [10, 1]);
}

#[tokio::test]
async fn what_is_left_out_of_a_reply_is_awss_default() {
    let mut bare = described();
    for field in [
        "deploymentConfiguration",
        "healthCheckGracePeriodSeconds",
        "propagateTags",
        "schedulingStrategy",
        "availabilityZoneRebalancing",
        "loadBalancers",
    ] {
        bare.as_object_mut().unwrap().shift_remove(field);
    }
    bare["taskDefinition"] = json!("shop-prod-web:42");
    let replay = Replay::new([owned(&[]), ok(&json!({"services": [bare]}))]);
    let spec = observed(&replay, &[example()], &[]).await.pop().unwrap().spec;
    assert_eq!(spec.task_definition, format!("{FAMILY}:42").into());
    assert_eq!(spec.deployment.maximum_percent, 200);
    let CircuitBreaker { enable, rollback, .. } = spec.deployment.circuit_breaker;
    assert_eq!((enable, rollback, spec.deployment.strategy.as_str()), (false, false, "ROLLING"));
    assert_eq!(spec.health_check_grace_period_seconds, Some(0));
    assert_eq!(
        (spec.propagate_tags.as_str(), spec.scheduling_strategy.as_str()),
        ("NONE", "REPLICA")
    );
    assert_eq!(spec.availability_zone_rebalancing, None);
    assert_eq!(spec.load_balancers, Set::default());
}

#[test]
fn a_service_waits_for_what_leads_to_it_and_starts_within_its_scaling() {
    let stack = samples::stack(
        "
{ kind: LoadBalancer, name: public }
---
{ kind: FileSystem, name: uploads }
---
{ kind: FileSystem, name: shared, fileSystemId: fs-0123abcd }
---
kind: Service
name: web
image: nginx
port: 8080
network: { securityGroups: [sg-0123abcd] }
loadBalancers: [{ loadBalancer: public }]
volumes: { uploads: { efs: { fileSystem: uploads } }, shared: { efs: { fileSystem: shared } } }
scaling: { min: 2, max: 10, targetTracking: [{ metric: cpu, target: 60 }] }
",
    );
    let rows = Service::desired(&stack, &samples::facts());
    let row = &rows[0];
    let after: Vec<String> = row.after.iter().map(ToString::to_string).collect();
    assert_eq!(
        after,
        [
            "cluster-capacity-providers/main",
            "listener-rule/web-public-http",
            "mount-target/uploads-eu-west-1a",
            "mount-target/uploads-eu-west-1b",
        ]
    );
    assert_eq!(row.spec.desired_count, Some(2));
    assert_eq!(row.ignore, [("desiredCount".to_owned(), "owned by scaling".to_owned())]);
    assert_eq!(row.spec.cluster, Resolvable::reference("cluster", "main", "arn"));
    assert_eq!(row.spec.task_definition, Resolvable::reference("task-definition", "web", "arn"));
    let subnets: Vec<&str> =
        row.spec.network.as_ref().unwrap().subnets.0.iter().map(String::as_str).collect();
    assert_eq!(subnets, ["subnet-a", "subnet-b"]);
    let groups = Set::from_iter([
        Resolvable::reference("security-group", "service-web", "id"),
        "sg-0123abcd".into(),
    ]);
    assert_eq!(row.spec.network.as_ref().unwrap().security_groups, groups);
    let target = row.spec.load_balancers.0.first().unwrap();
    let group = Some(Resolvable::reference("target-group", "web-public-http", "arn"));
    assert_eq!((&target.target_group, target.port), (&group, 8080));
}

#[test]
fn behind_a_network_load_balancer_a_service_waits_for_the_listener() {
    let stack = samples::stack(
        "
{ kind: LoadBalancer, name: edge, type: network, listeners: [{ name: tcp, protocol: TCP, port: 80 }] }
---
{ kind: Service, name: web, image: nginx, port: 80, loadBalancers: [{ loadBalancer: edge }] }
",
    );
    let rows = Service::desired(&stack, &samples::facts());
    let after: Vec<String> = rows[0].after.iter().map(ToString::to_string).collect();
    assert_eq!(after, ["cluster-capacity-providers/main", "listener/edge-tcp"]);
}

fn lines(live: RolloutState, paths: &[&str]) -> Vec<String> {
    let live = live_row(ServiceSpec { rollout: live, ..example() });
    let fields: Vec<FieldChange> = paths
        .iter()
        .map(|text| FieldChange { path: path(text), before: None, after: None })
        .collect();
    let (address, spec) = (Address::new("service", "web"), example());
    let change = Change::Update { address: &address, spec: &spec, live: &live, fields: &fields };
    Service::lower(&change).iter().map(ToString::to_string).collect()
}

#[test]
fn a_deployment_that_was_left_behind_is_followed_and_a_failed_one_started_again() {
    let wait = "wait until the deployment of shop-prod-web succeeds";
    assert_eq!(lines(RolloutState::InProgress, &["rollout"]), [wait]);
    assert_eq!(
        lines(RolloutState::Failed, &["rollout"]),
        ["ecs:UpdateService shop-prod-web", wait]
    );
    let row = live_row(ServiceSpec { rollout: RolloutState::Failed, ..example() });
    let spec = example();
    let address = Address::new("service", "web");
    let fields = [FieldChange { path: path("rollout"), before: None, after: None }];
    let change = Change::Update { address: &address, spec: &spec, live: &row, fields: &fields };
    let Some(Call::Update { fields, force_new_deployment, .. }) =
        Service::lower(&change).into_iter().next()
    else {
        panic!("a failed deployment is not started again");
    };
    assert_eq!((fields, force_new_deployment), (vec![], true));
}

#[test]
fn a_new_count_is_waited_for() {
    assert_eq!(
        lines(RolloutState::Completed, &["desiredCount"]),
        ["ecs:UpdateService shop-prod-web", "wait until shop-prod-web runs 2 tasks"]
    );
}
