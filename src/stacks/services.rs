//! Generates services that fit a platform.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::generate::{Part, Platform, documents, entries, fixed, merged, object, one_of, some_of};

const NAMES: [&str; 6] = [
    "web",
    "api",
    "worker",
    "mail_sender",
    "shop",
    "a-service-whose-name-is-too-long-for-much-that-is-named-after-it",
];

/// One to five services.
pub(super) fn services(platform: &Platform) -> BoxedStrategy<Vec<Json>> {
    documents("Service", NAMES, 1..=5, service(platform))
        .prop_map(|services| {
            services
                .into_iter()
                .enumerate()
                .map(|(index, service)| ranked(service, index))
                .collect()
        })
        .boxed()
}

/// Explicit priorities are unique at a listener.
fn ranked(mut service: Json, index: usize) -> Json {
    for (position, target) in
        service["loadBalancers"].as_array_mut().into_iter().flatten().enumerate()
    {
        if let Some(priority) = target.get_mut("priority") {
            *priority = json!(1 + index * 10 + position);
        }
    }
    if service["loadBalancers"].is_null() {
        service.as_object_mut().expect("a document").shift_remove("loadBalancers");
    }
    service
}

pub(super) fn strategy() -> Part {
    one_of([
        json!([{ "provider": "FARGATE" }]),
        json!([{ "provider": "FARGATE_SPOT", "weight": 3 }, { "provider": "FARGATE", "base": 1 }]),
        json!([{ "provider": "FARGATE", "weight": 1 }, { "provider": "FARGATE_SPOT", "weight": 1 }]),
    ])
}

fn service(platform: &Platform) -> Part {
    let mounts = volumes(platform);
    let head = cluster(platform);
    let task = merged(vec![size(), capacity(), rollout(), task()]);
    let routed = routes(platform);
    let body = (containers(), mounts, routed, any::<bool>(), scaling()).prop_map(
        |(containers, volumes, routes, is_scaled, scaling)| {
            let mut service = containers;
            mount(&mut service, &volumes);
            if is_scaled {
                service["scaling"] = scaling;
            }
            if routes.as_array().is_some_and(|routes| !routes.is_empty()) {
                service["loadBalancers"] = routes;
            }
            if volumes.as_object().is_some_and(|volumes| !volumes.is_empty()) {
                service["volumes"] = volumes;
            }
            service
        },
    );
    merged(vec![head, task, body.boxed(), role(platform)])
}

fn cluster(platform: &Platform) -> Part {
    let names = platform.names("Cluster");
    let choices = prop::sample::select(names).prop_map(|name| json!({ "cluster": name }));
    choices.boxed()
}

/// A role, as IAM authorisation of a volume needs it.
fn role(platform: &Platform) -> Part {
    let mut roles = platform.names("TaskRole");
    roles.push(json!("arn:aws:iam::444455556666:role/other"));
    let exec = object(vec![("enableExecuteCommand", fixed(json!(true)))]);
    let role = prop::sample::select(roles).prop_map(|role| json!({ "taskRole": role }));
    merged(vec![role.boxed(), exec])
}

fn size() -> Part {
    one_of([
        json!({}),
        json!({ "cpu": 256, "memory": "2 GB" }),
        json!({ "cpu": "0.5 vCPU" }),
        json!({ "memory": "4 GB" }),
    ])
}

fn capacity() -> Part {
    prop_oneof![
        fixed(json!({})),
        fixed(json!({ "launchType": "FARGATE" })),
        strategy().prop_map(|strategy| json!({ "capacity": strategy })),
    ]
    .boxed()
}

fn rollout() -> Part {
    one_of([
        json!({}),
        json!({ "deployment": { "minimumHealthyPercent": 0, "maximumPercent": 100 } }),
        json!({ "deployment": { "circuitBreaker": { "enable": false, "rollback": false } } }),
        json!({ "deployment": { "maximumPercent": 150, "minimumHealthyPercent": 50 }, "desiredCount": 4 }),
        json!({ "desiredCount": 2, "availabilityZoneRebalancing": "DISABLED" }),
    ])
}

fn task() -> Part {
    object(vec![
        ("platformVersion", one_of([json!("LATEST"), json!("1.4.0")])),
        ("runtimePlatform", fixed(json!({ "cpuArchitecture": "ARM64" }))),
        ("ephemeralStorage", one_of([json!(50), json!("100 GB")])),
        ("executionRole", fixed(json!("arn:aws:iam::444455556666:role/execution"))),
        ("network", fixed(json!({ "securityGroups": ["sg-0123456789abcdef2"] }))),
        ("network", fixed(json!({ "assignPublicIp": "DISABLED" }))),
        ("healthCheckGracePeriod", one_of([json!("90s"), json!("10s")])),
        ("propagateTags", one_of([json!("TASK_DEFINITION"), json!("NONE")])),
        ("logging", logging()),
        ("tags", entries([("tier", json!("service")), ("owner", json!("me"))])),
        ("lifecycle", fixed(json!({ "ignoreChanges": ["desiredCount"] }))),
    ])
}

fn logging() -> Part {
    one_of([
        json!({ "retention": 14 }),
        json!({ "disabled": true }),
        json!({ "group": "/existing" }),
        json!({ "options": { "awslogs-multiline-pattern": "^[0-9]" } }),
        json!({
            "driver": "splunk",
            "options": { "splunk-url": "https://splunk.example.com" },
            "secretOptions": { "splunk-token": "ssm:/splunk" },
        }),
    ])
}

/// The shorthand, or up to three containers that wait for each other.
fn containers() -> Part {
    let shorthand = merged(vec![
        fixed(json!({ "image": "web:${TAG}", "port": 8000 })),
        object(vec![
            ("command", some_of(0, [json!("serve"), json!("--port"), json!(8000)])),
            ("environment", environment()),
            ("secrets", secrets()),
        ]),
    ]);
    let first = merged(vec![
        container("app"),
        fixed(
            json!({ "name": "app", "image": "app:${TAG}", "ports": [8000, { "container": 8001, "name": "admin" }] }),
        ),
        fixed(
            json!({ "healthCheck": { "command": "curl -f http://localhost:8000", "interval": "10s" } }),
        ),
    ]);
    let second = merged(vec![
        container("sidecar"),
        fixed(
            json!({ "name": "sidecar", "image": "sidecar:1", "essential": false, "dependsOn": { "app": "HEALTHY" } }),
        ),
    ]);
    let third = merged(vec![
        container("metrics"),
        fixed(
            json!({ "name": "metrics", "image": "metrics:1", "ports": [{ "container": 9000, "protocol": "udp" }] }),
        ),
        one_of([json!({ "dependsOn": { "app": "START" } }), json!({})]),
    ]);
    let several = (first, second, third, 1..=3_usize).prop_map(|(first, second, third, count)| {
        let all = [first, second, third];
        json!({ "containers": all[..count] })
    });
    prop_oneof![shorthand, several].boxed()
}

fn container(name: &'static str) -> Part {
    object(vec![
        ("cpu", one_of([json!(32), json!(64)])),
        ("memory", one_of([json!(128), json!("64 MB")])),
        ("command", some_of(1, [json!(name), json!("run")])),
        ("entryPoint", fixed(json!(["/bin/sh", "-c"]))),
        ("workingDirectory", fixed(json!("/srv"))),
        ("user", one_of([json!("app:app"), json!(1000)])),
        ("environment", environment()),
        ("secrets", secrets()),
        (
            "environmentFiles",
            some_of(1, [json!("arn:aws:s3:::config/a.env"), json!("arn:aws:s3:::config/b.env")]),
        ),
        ("stopTimeout", one_of([json!("10s"), json!("2m")])),
        ("startTimeout", fixed(json!("30s"))),
        ("dockerLabels", fixed(json!({ "com.example.part": name }))),
        ("ulimits", fixed(json!({ "nofile": { "soft": 1024, "hard": 65535 } }))),
        ("linuxParameters", fixed(json!({ "initProcessEnabled": true }))),
        ("repositoryCredentials", fixed(json!("secretsmanager:registry"))),
    ])
}

fn environment() -> Part {
    entries([("LOG_LEVEL", json!("info")), ("DEBUG", json!(false)), ("REPLICAS", json!(3))])
}

fn secrets() -> Part {
    entries([
        ("DB", json!("ssm:/shop/db")),
        ("KEY", json!("secretsmanager:shop/api:key")),
        ("OLD_KEY", json!("secretsmanager:shop/api:key:AWSPREVIOUS")),
    ])
}

/// Scratch space and volumes on the platform's file systems.
fn volumes(platform: &Platform) -> Part {
    let mut choices = vec![("scratch".to_owned(), json!({}))];
    for file_system in platform.of("FileSystem") {
        let name = file_system["name"].as_str().expect("a name");
        choices.push((name.to_owned(), json!({ "efs": { "fileSystem": name, "iam": "ENABLED" } })));
        let points = file_system["accessPoints"].as_object();
        for point in points.into_iter().flat_map(serde_json::Map::keys) {
            let efs = json!({ "fileSystem": name, "accessPoint": point });
            choices.push((format!("{name}-{point}"), json!({ "efs": efs })));
        }
    }
    let most = choices.len();
    prop::sample::subsequence(choices, 0..=most)
        .prop_map(|volumes| Json::Object(volumes.into_iter().collect()))
        .boxed()
}

/// Mounts every volume in the first container.
fn mount(service: &mut Json, volumes: &Json) {
    let names = volumes.as_object().into_iter().flat_map(serde_json::Map::keys);
    let mounts: Vec<_> =
        names.map(|name| json!({ "volume": name, "path": format!("/mnt/{name}") })).collect();
    if mounts.is_empty() {
        return;
    }
    match service.get_mut("containers") {
        Some(containers) => containers[0]["mounts"] = json!(mounts),
        None => service["mounts"] = json!(mounts),
    }
}

/// Two rules of a listener must not take the same requests: these hardly ever do.
fn paths() -> Part {
    let path = "/[a-z]{3,8}(/[*])?".prop_map(|path| json!(path));
    prop::collection::btree_set(path.prop_map(|path| path.to_string()), 1..=2)
        .prop_map(|paths| {
            let paths = paths.iter().map(|path| serde_json::from_str::<Json>(path).expect("JSON"));
            json!({ "paths": paths.collect::<Vec<_>>() })
        })
        .boxed()
}

/// Target groups at the platform's listeners.
fn routes(platform: &Platform) -> Part {
    let target = |balancer: &Json| {
        let name = balancer["name"].clone();
        if balancer["type"] == "network" {
            return network_target(balancer);
        }
        merged(vec![
            fixed(json!({ "loadBalancer": name })),
            prop::sample::select(listeners(balancer)).boxed(),
            paths(),
            object(vec![
                ("hosts", some_of(1, [json!("shop.example.com"), json!("*.example.com")])),
                ("headers", fixed(json!({ "X-Channel": ["beta*"] }))),
                ("priority", fixed(json!(1))),
                ("port", fixed(json!(8000))),
                ("healthCheck", health_check()),
                ("deregistrationDelay", one_of([json!("10s"), json!(0)])),
                ("stickiness", one_of([json!("1h"), json!("1d")])),
                ("protocolVersion", one_of([json!("HTTP2"), json!("HTTP1")])),
                ("slowStart", fixed(json!(60))),
                (
                    "attributes",
                    fixed(json!({ "load_balancing.algorithm.anomaly_mitigation": "on" })),
                ),
            ]),
        ])
    };
    let targets: Vec<Part> = platform.of("LoadBalancer").map(target).collect();
    if targets.is_empty() {
        return fixed(json!([]));
    }
    let target = proptest::strategy::Union::new(targets);
    prop::collection::vec(target, 0..=2).prop_map(Json::Array).boxed()
}

/// A target behind a Network Load Balancer.
fn network_target(balancer: &Json) -> Part {
    merged(vec![
        fixed(json!({ "loadBalancer": balancer["name"] })),
        prop::sample::select(listeners(balancer)).boxed(),
        object(vec![
            ("port", fixed(json!(8000))),
            ("healthCheck", one_of([json!({ "path": "/up" }), json!({ "port": 9000 })])),
            ("stickiness", fixed(json!({ "type": "source_ip" }))),
            ("preserveClientIp", one_of([json!(true), json!(false)])),
            ("proxyProtocol", fixed(json!(true))),
            ("crossZone", one_of([json!(true), json!(false)])),
        ]),
    ])
}

/// The listeners that send nothing elsewhere.
fn listeners(balancer: &Json) -> Vec<Json> {
    let written = balancer["listeners"].as_array();
    let serving = written.into_iter().flatten().filter(|listener| listener["redirect"].is_null());
    let named: Vec<_> = serving.map(|listener| json!({ "listener": listener["name"] })).collect();
    if named.is_empty() { vec![json!({})] } else { named }
}

fn health_check() -> Part {
    object(vec![
        ("path", one_of([json!("/healthz"), json!("/")])),
        ("interval", one_of([json!("10s"), json!("60s")])),
        ("healthyThreshold", one_of([json!(2), json!(3)])),
        ("matcher", one_of([json!("200-299"), json!(204)])),
    ])
}

fn scaling() -> Part {
    let tracking = some_of(
        0,
        [
            json!({ "metric": "cpu", "target": 60 }),
            json!({ "metric": "memory", "target": 75, "disableScaleIn": true }),
            json!({ "metric": "memory", "target": 75, "scaleInCooldown": "10m" }),
        ],
    );
    (tracking, 2..=3_u32, 4..=10_u32)
        .prop_map(|(tracking, min, max)| {
            let mut tracking = tracking.as_array().cloned().unwrap_or_default();
            tracking.dedup_by_key(|item| item["metric"].clone());
            json!({ "min": min, "max": max, "targetTracking": tracking })
        })
        .boxed()
}
