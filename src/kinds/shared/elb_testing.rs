//! What the tests of the kinds of Elastic Load Balancing share.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::json;

use crate::aws::replay::{Replay, json as json_reply, xml};
use crate::facts::{Facts, NetworkFacts};
use crate::kind::{DesiredRow, Kind, Live, LiveRow, Manifest, Scope, Survey};
use crate::kinds::ALL;
use crate::model::resolved::service::{
    Capacity, CircuitBreaker, CpuArchitecture, ExecutionRole, LaunchType, Logging,
    OperatingSystemFamily, Priority, PropagateTags, ProtocolVersion, Rule, Service, ServiceNetwork,
    Target, TargetHealthCheck, Task,
};
use crate::model::stack::{Lifecycle, Resource, Stack};
use crate::value::{Address, Resolvable};

pub(crate) const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:444455556666";

pub(crate) fn own_tags(resource: &str) -> BTreeMap<String, Resolvable> {
    let manifest = Manifest { address: Address::new("service", "web"), origin: None };
    let resource = Address::parse(resource).unwrap();
    scope().tags(&manifest, &resource, false, &BTreeMap::new())
}

fn scope() -> Scope {
    Scope { app: "shop".to_owned(), environment: "prod".to_owned() }
}

/// A request's parameters, one to a line, without action and version of the API.
pub(crate) fn parameters(body: &str) -> String {
    let pairs = form_urlencoded::parse(body.as_bytes()).skip(2);
    pairs
        .flat_map(|(key, value)| [key.into_owned(), "=".into(), value.into_owned(), "\n".into()])
        .collect()
}

/// Sends a call and returns the parameters of its request.
pub(crate) async fn sent<K: Kind>(call: K::Call, answer: &str) -> String {
    let replay = Replay::new([xml(200, answer)]);
    K::perform(&replay.aws(), &call).await.unwrap();
    let operation = call.to_string();
    let operation = operation.split([':', ' ']).nth(1).unwrap();
    let body = &replay.bodies()[0];
    assert!(body.starts_with(&format!("Action={operation}&")), "{operation}: {body}");
    parameters(body)
}

/// A reply of the tagging API that lists resources with their tags.
pub(crate) fn listing(resources: &[(&str, &BTreeMap<String, Resolvable>)]) -> HttpResponse {
    let mapping = |(arn, tags): &(&str, &BTreeMap<String, Resolvable>)| {
        let tags: Vec<_> =
            tags.iter().map(|(key, value)| json!({"Key": key, "Value": value.text()})).collect();
        json!({"ResourceARN": arn, "Tags": tags})
    };
    let resources: Vec<_> = resources.iter().map(mapping).collect();
    json_reply(200, &json!({"ResourceTagMappingList": resources}).to_string())
}

/// A reply of `DescribeTags`.
pub(crate) fn tags(resources: &[(&str, &BTreeMap<String, Resolvable>)]) -> HttpResponse {
    let member = |(key, value): (&String, &Resolvable)| {
        format!("<member><Key>{key}</Key><Value>{value}</Value></member>")
    };
    let description = |(arn, tags): &(&str, &BTreeMap<String, Resolvable>)| {
        let tags: String = tags.iter().map(member).collect();
        let tags = format!(
            "{tags}<member><Key>aws:cloudformation:stack-name</Key><Value>x</Value></member>"
        );
        format!("<member><ResourceArn>{arn}</ResourceArn><Tags>{tags}</Tags></member>")
    };
    let descriptions: String = resources.iter().map(description).collect();
    reply("DescribeTags", &format!("<TagDescriptions>{descriptions}</TagDescriptions>"))
}

/// A reply in the frame that every operation has.
pub(crate) fn reply(operation: &str, result: &str) -> HttpResponse {
    xml(
        200,
        &format!(
            r#"<{operation}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><{operation}Result>{result}</{operation}Result></{operation}Response>"#
        ),
    )
}

/// With a network named `main`.
pub(crate) fn facts() -> Facts {
    let network =
        NetworkFacts { vpc: "vpc-1".to_owned(), subnets: vec![], load_balancer_subnets: vec![] };
    Facts { networks: BTreeMap::from([("main".to_owned(), network)]), ..crate::laws::facts() }
}

/// A way from the load balancer `public` to port 80 of a container.
pub(crate) fn target(listener: &str, container: &str) -> Target {
    Target {
        target_group_name: "shop-prod-web".to_owned(),
        load_balancer: "public".to_owned(),
        listener: listener.to_owned(),
        container: container.to_owned(),
        container_port: 80,
        rule: Rule { priority: Priority::Automatic, hosts: vec![], paths: vec!["/*".to_owned()] },
        health_check: TargetHealthCheck {
            path: "/".to_owned(),
            interval: 30,
            timeout: 5,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            matcher: "200".to_owned(),
        },
        protocol_version: ProtocolVersion::Http1,
        deregistration_delay: 60,
        stickiness: None,
        attributes: BTreeMap::new(),
    }
}

/// A stack of services that are reached by these targets.
pub(crate) fn stack<const N: usize>(services: [(&str, Vec<Target>); N]) -> Stack {
    let services = services.map(|(name, targets)| (name.to_owned(), service(name, targets)));
    let scope = scope();
    Stack {
        app: scope.app,
        environment: scope.environment,
        services: BTreeMap::from(services),
        ..Stack::default()
    }
}

fn service(name: &str, load_balancers: Vec<Target>) -> Resource<Service> {
    let value = Service {
        cluster: "main".to_owned(),
        capacity: Capacity::LaunchType(LaunchType::Fargate),
        platform_version: "LATEST".to_owned(),
        desired_count: 1,
        task: task(),
        network: ServiceNetwork {
            network: "main".to_owned(),
            assign_public_ip: false,
            security_group_name: format!("shop-prod-{name}"),
            security_groups: vec![],
        },
        load_balancers,
        minimum_healthy_percent: 100,
        maximum_percent: 200,
        circuit_breaker: CircuitBreaker::default(),
        health_check_grace_period: None,
        enable_execute_command: false,
        propagate_tags: PropagateTags::Service,
        availability_zone_rebalancing: true,
        scaling: None,
    };
    Resource {
        name: name.to_owned(),
        origin: None,
        physical_name: format!("shop-prod-{name}"),
        lifecycle: Lifecycle::default(),
        tags: BTreeMap::new(),
        value,
    }
}

fn task() -> Task {
    Task {
        family: "shop-prod-web".to_owned(),
        cpu: 256,
        memory: 512,
        cpu_architecture: CpuArchitecture::X86,
        operating_system_family: OperatingSystemFamily::Linux,
        ephemeral_storage: None,
        task_role: None,
        execution_role: ExecutionRole::Arn("arn:aws:iam::444455556666:role/x".to_owned()),
        containers: vec![],
        volumes: BTreeMap::new(),
        logging: Logging::Disabled,
    }
}

fn desired<K: Kind>(spec: &K::Spec) -> DesiredRow {
    DesiredRow {
        address: Address::new(K::NAME, "x"),
        spec: json!(spec),
        manifest: Manifest { address: Address::new("service", "web"), origin: None },
        protect: false,
        ignore: vec![],
        after: vec![],
    }
}

/// The rows of a kind, read from these replies in turn.
pub(crate) async fn observed<K: Kind>(
    wanted: &[K::Spec],
    is_deep: bool,
    replies: impl IntoIterator<Item = HttpResponse>,
) -> (Vec<LiveRow>, usize) {
    let replay = Replay::new(replies);
    let (aws, scope, facts) = (replay.aws(), scope(), facts());
    let desired: Vec<_> = wanted.iter().map(desired::<K>).collect();
    let survey = Survey::new(&aws, &scope, &facts, ALL, &desired, is_deep);
    let rows = survey.rows(K::NAME).await.unwrap();
    (rows.to_vec(), replay.bodies().len())
}

pub(crate) fn live<S>(spec: S, arn: &str) -> Live<S>
where
    S: serde::Serialize,
{
    let tags = serde_json::from_value(json!(spec)["tags"].clone()).unwrap();
    Live {
        outputs: BTreeMap::from([("arn".to_owned(), arn.to_owned())]),
        marks: crate::kind::Marks::of(&tags),
        depth: crate::kind::Depth::Full,
        spec,
    }
}
