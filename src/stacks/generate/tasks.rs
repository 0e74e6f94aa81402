//! Generates tasks: their size, containers and volumes.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::capacity::{Ground, Place};
use super::{Part, Platform, entries, fixed, merged, object, one_of, some_of};

pub(super) fn size(ground: Ground) -> Part {
    if ground != Ground::Fargate {
        return one_of([json!({ "memory": "1 GB" }), json!({ "cpu": 512, "memory": "2 GB" })]);
    }
    one_of([
        json!({}),
        json!({ "cpu": 256, "memory": "2 GB" }),
        json!({ "cpu": "0.5 vCPU" }),
        json!({ "memory": "4 GB" }),
    ])
}

/// Fields of a task that depend on what it runs on.
pub(super) fn settings(place: &Place) -> Part {
    if place.ground == Ground::Fargate {
        return object(vec![
            ("platformVersion", one_of([json!("LATEST"), json!("1.4.0")])),
            ("runtimePlatform", fixed(json!({ "cpuArchitecture": "ARM64" }))),
            ("ephemeralStorage", one_of([json!(50), json!("100 GB")])),
            ("pidMode", fixed(json!("task"))),
        ]);
    }
    let instances = object(vec![
        ("placementConstraints", constraints()),
        ("taskPlacementConstraints", fixed(json!(["attribute:ecs.instance-type =~ m6i.*"]))),
        ("pidMode", one_of([json!("host"), json!("task")])),
        ("ipcMode", one_of([json!("host"), json!("task"), json!("none")])),
    ]);
    let preferred = if place.is_daemon { fixed(json!({})) } else { preferences() };
    merged(vec![instances, preferred])
}

fn preferences() -> Part {
    let zones = json!({ "type": "spread", "field": "attribute:ecs.availability-zone" });
    object(vec![(
        "placementStrategy",
        one_of([
            json!([zones.clone(), { "type": "binpack", "field": "memory" }]),
            json!([{ "type": "spread", "field": "instanceId" }, zones]),
            json!([{ "type": "random" }]),
        ]),
    )])
}

fn constraints() -> Part {
    some_of(
        1,
        [
            json!({ "type": "distinctInstance" }),
            json!({ "type": "memberOf", "expression": "attribute:ecs.availability-zone != eu-west-1c" }),
        ],
    )
}

pub(super) fn logging(ground: Ground) -> Part {
    let journal = match ground {
        Ground::Fargate => json!({ "retention": 60 }),
        Ground::Awsvpc | Ground::Bridge | Ground::Host | Ground::External => {
            json!({ "driver": "fluentd", "options": { "fluentd-address": "localhost:24224" } })
        }
    };
    one_of([
        journal,
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

/// The containers of a service with its volumes, all of which the first one mounts.
pub(super) fn containers(platform: &Platform, ground: Ground) -> Part {
    let mounted = |(mut service, volumes): (Json, Json)| {
        mount(&mut service, &volumes);
        service["volumes"] = volumes;
        service
    };
    (several_or_one(ground), volumes(platform, ground)).prop_map(mounted).boxed()
}

/// The shorthand, or up to three containers that wait for each other.
fn several_or_one(ground: Ground) -> Part {
    let ports = ports(ground);
    let shorthand = merged(vec![
        fixed(json!({ "image": "web:${TAG}", "port": 8000 })),
        object(vec![
            ("command", some_of(0, [json!("serve"), json!("--port"), json!(8000)])),
            ("environment", environment()),
            ("secrets", secrets()),
        ]),
    ]);
    let first = merged(vec![
        container("app", ground),
        fixed(json!({ "name": "app", "image": "app:${TAG}" })),
        ports,
        fixed(
            json!({ "healthCheck": { "command": "curl -f http://localhost:8000", "interval": "10s" } }),
        ),
    ]);
    let links = if ground == Ground::Bridge {
        one_of([json!({ "links": ["app:api"] }), json!({ "volumesFrom": { "app": {} } })])
    } else {
        fixed(json!({}))
    };
    let second = merged(vec![
        container("sidecar", ground),
        fixed(
            json!({ "name": "sidecar", "image": "sidecar:1", "essential": false, "dependsOn": { "app": "HEALTHY" } }),
        ),
        links,
    ]);
    let third = merged(vec![
        container("metrics", ground),
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

/// The ports of the first container: on instances at any of theirs, or at one that is written.
fn ports(ground: Ground) -> Part {
    let admin = json!({ "container": 8001, "name": "admin" });
    let any = json!({ "ports": [8000, admin] });
    match ground {
        Ground::Fargate | Ground::Awsvpc | Ground::Host => fixed(any),
        Ground::Bridge | Ground::External => {
            let written = json!({ "ports": [{ "container": 8000, "host": 8080 }, admin] });
            one_of([any, written, json!({ "ports": [8000], "portRanges": ["8100-8110"] })])
        }
    }
}

/// What only containers on instances have.
fn instance_fields(ground: Ground) -> Part {
    let linux = one_of([
        json!({ "initProcessEnabled": true, "capabilities": { "add": ["NET_ADMIN"], "drop": ["MKNOD"] } }),
        json!({ "devices": { "/dev/fuse": { "permissions": ["read"] } }, "sharedMemorySize": 128 }),
        json!({ "maxSwap": 64, "swappiness": 10, "tmpfs": { "/run": { "size": 64, "mountOptions": ["noexec"] } } }),
    ]);
    let mut fields = vec![
        ("linuxParameters", linux),
        ("privileged", fixed(json!(true))),
        ("dockerSecurityOptions", fixed(json!(["no-new-privileges"]))),
    ];
    if ground != Ground::External {
        fields.push(("gpu", fixed(json!(1))));
    }
    if !ground.has_interface() {
        fields.extend([
            ("hostname", fixed(json!("app"))),
            ("extraHosts", fixed(json!({ "database": "10.0.0.5" }))),
            ("dnsServers", fixed(json!(["10.0.0.2"]))),
        ]);
    }
    object(fields)
}

fn container(name: &'static str, ground: Ground) -> Part {
    let fields = object(vec![
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
        ("restartPolicy", fixed(json!({ "ignoredExitCodes": [0] }))),
        ("systemControls", fixed(json!({ "net.core.somaxconn": 1024 }))),
    ]);
    if ground == Ground::Fargate { fields } else { merged(vec![fields, instance_fields(ground)]) }
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

/// Scratch space, volumes on the platform's file systems, and those of instances.
fn volumes(platform: &Platform, ground: Ground) -> Part {
    let mut choices = vec![("scratch".to_owned(), json!({}))];
    if ground != Ground::External {
        platform.of("FileSystem").for_each(|file_system| choices.extend(mounts(file_system)));
    }
    if ground != Ground::Fargate {
        let docker =
            json!({ "scope": "shared", "autoprovision": true, "labels": { "team": "web" } });
        choices.push(("data".to_owned(), json!({ "host": { "sourcePath": "/var/data" } })));
        choices.push(("cache".to_owned(), json!({ "docker": docker })));
    }
    let most = choices.len();
    prop::sample::subsequence(choices, 0..=most)
        .prop_map(|volumes| Json::Object(volumes.into_iter().collect()))
        .boxed()
}

/// A file system as a volume, whole and by each of its access points.
fn mounts(file_system: &Json) -> Vec<(String, Json)> {
    let name = file_system["name"].as_str().expect("a name");
    let whole = json!({ "efs": { "fileSystem": name, "iam": "ENABLED" } });
    let points = file_system["accessPoints"].as_object();
    let points = points.into_iter().flat_map(serde_json::Map::keys).map(|point| {
        let efs = json!({ "fileSystem": name, "accessPoint": point });
        (format!("{name}-{point}"), json!({ "efs": efs }))
    });
    std::iter::once((name.to_owned(), whole)).chain(points).collect()
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
