//! Generates applications that are valid by construction: what is shared here, the services beside it.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

use super::application::Application;
use super::services;

/// A part of a document.
pub(super) type Part = BoxedStrategy<Json>;

/// A mapping whose fields are each there or not.
pub(super) fn object(fields: Vec<(&'static str, Part)>) -> Part {
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, part)| prop::option::weighted(0.4, part).prop_map(move |part| (name, part)))
        .collect();
    let mapping = |fields: Vec<(&str, Option<Json>)>| {
        let there = fields.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
        Json::Object(there.collect())
    };
    fields.prop_map(mapping).boxed()
}

/// The fields of several mappings; later ones win.
pub(super) fn merged(parts: Vec<Part>) -> Part {
    let all = |parts: Vec<Json>| {
        let fields = parts.into_iter().flat_map(|part| match part {
            Json::Object(fields) => fields,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                Map::new()
            }
        });
        Json::Object(fields.collect())
    };
    parts.prop_map(all).boxed()
}

pub(super) fn one_of<const N: usize>(choices: [Json; N]) -> Part {
    select(Vec::from(choices)).boxed()
}

pub(super) fn fixed(part: Json) -> Part {
    Just(part).boxed()
}

/// Some of the items, at least `least` of them, in their order.
pub(super) fn some_of<const N: usize>(least: usize, items: [Json; N]) -> Part {
    subsequence(Vec::from(items), least..=N).prop_map(Json::Array).boxed()
}

/// A mapping of some of the entries.
pub(super) fn entries<const N: usize>(entries: [(&'static str, Json); N]) -> Part {
    let mapping = |entries: Vec<(&str, Json)>| {
        Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    subsequence(Vec::from(entries), 0..=N).prop_map(mapping).boxed()
}

fn tags() -> Part {
    entries([("team", json!("checkout")), ("tier", json!("gold")), ("cost center", json!(42))])
}

/// What services refer to.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub(super) documents: Vec<Json>,
}

impl Platform {
    /// The documents of a kind.
    pub(super) fn of(&self, kind: &str) -> impl Iterator<Item = &Json> {
        self.documents.iter().filter(move |document| document["kind"] == kind)
    }

    /// The names of the documents of a kind.
    pub(super) fn names(&self, kind: &str) -> Vec<Json> {
        self.of(kind).map(|document| document["name"].clone()).collect()
    }
}

/// A whole application.
pub(super) fn applications() -> impl Strategy<Value = Application> {
    let any = platforms().prop_flat_map(|platform| {
        let Platform { documents } = platform.clone();
        services::services(&platform).prop_map(move |services| {
            let documents = documents.iter().cloned().chain(services).collect();
            Application { documents }
        })
    });
    any.prop_filter("two rules take the same requests", |application| application.stack().is_ok())
}

fn platforms() -> impl Strategy<Value = Platform> {
    let networks = documents("Network", ["main"], 0..=1, network());
    let clusters = documents("Cluster", ["main", "batch"], 1..=2, cluster());
    let roles = documents("TaskRole", ["web", "worker"], 0..=2, task_role());
    let balancers = documents("LoadBalancer", ["public", "internal"], 0..=2, load_balancer());
    let edges = documents("LoadBalancer", ["edge"], 0..=1, network_load_balancer());
    let shared = documents("LoadBalancer", ["shared"], 0..=1, existing_load_balancer());
    let balancers = (balancers, edges, shared);
    let balancers = balancers.prop_map(|(all, edges, shared)| [all, edges, shared].concat());
    let file_systems = documents("FileSystem", ["uploads", "shared_data"], 0..=2, file_system());
    (app(), networks, clusters, roles, balancers, file_systems).prop_map(
        |(app, networks, clusters, roles, balancers, file_systems)| {
            let groups = [vec![app], networks, clusters, roles, balancers, file_systems];
            Platform { documents: groups.concat() }
        },
    )
}

/// Documents of a kind, each with another of the names.
pub(super) fn documents<const N: usize>(
    kind: &'static str,
    names: [&'static str; N],
    count: std::ops::RangeInclusive<usize>,
    fields: Part,
) -> BoxedStrategy<Vec<Json>> {
    let names = subsequence(names.to_vec(), count);
    let headed = move |names: Vec<&'static str>| {
        let heads = names.into_iter().map(|name| fixed(json!({ "kind": kind, "name": name })));
        heads.map(|head| merged(vec![head, fields.clone()])).collect::<Vec<_>>()
    };
    names.prop_flat_map(headed).boxed()
}

fn app() -> Part {
    let environment = object(vec![
        ("tags", entries([("stage", json!("production")), ("tier", json!("silver"))])),
        ("variables", fixed(json!({ "TAG": "1.9.0" }))),
    ]);
    let environment = merged(vec![
        environment,
        fixed(json!({ "account": "444455556666", "region": "eu-west-1" })),
    ]);
    let head = environment.prop_map(|environment| {
        json!({ "kind": "App", "name": "shop", "environments": { "prod": environment }, "variables": { "TAG": "1.8.2" } })
    });
    merged(vec![head.boxed(), object(vec![("tags", tags())])])
}

fn network() -> Part {
    let subnets = || {
        one_of([
            json!("all"),
            json!("public"),
            json!("private"),
            json!({ "ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] }),
            json!({ "tags": { "tier": "app" } }),
        ])
    };
    object(vec![
        (
            "vpc",
            one_of([
                json!("default"),
                json!({ "id": "vpc-0123456789abcdef0" }),
                json!({ "tags": { "Name": "main" } }),
            ]),
        ),
        ("subnets", subnets()),
        ("loadBalancerSubnets", subnets()),
        ("assignPublicIp", one_of([json!("ENABLED"), json!("DISABLED")])),
    ])
}

fn cluster() -> Part {
    let exec = one_of([
        json!({ "logging": "NONE" }),
        json!({ "kmsKey": "alias/exec" }),
        json!({ "logging": "OVERRIDE", "logGroup": "/exec", "logEncryption": true }),
        json!({ "logging": "OVERRIDE", "s3Bucket": "sessions", "s3KeyPrefix": "exec" }),
    ]);
    object(vec![
        ("containerInsights", one_of([json!("enabled"), json!("enhanced")])),
        ("defaultCapacityProviderStrategy", services::strategy()),
        ("executeCommand", exec),
        ("tags", tags()),
    ])
}

fn task_role() -> Part {
    let statements = some_of(
        1,
        [
            json!({ "sid": "Read", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"] }),
            json!({ "effect": "Deny", "actions": ["s3:*"], "resources": ["*"] }),
            json!({
                "actions": ["sqs:SendMessage", "sqs:ReceiveMessage"],
                "resources": ["*"],
                "conditions": { "StringEquals": { "aws:RequestedRegion": ["eu-west-1"] } },
            }),
        ],
    );
    object(vec![
        ("description", one_of([json!("for the web"), json!("for all")])),
        ("statements", statements),
        (
            "managedPolicies",
            some_of(1, [json!("AmazonSQSFullAccess"), json!("AmazonS3ReadOnlyAccess")]),
        ),
        ("permissionsBoundary", fixed(json!("arn:aws:iam::444455556666:policy/bound"))),
        ("maxSessionDuration", one_of([json!("1h"), json!("12h")])),
        ("tags", tags()),
    ])
}

fn load_balancer() -> Part {
    let https = || {
        json!({
            "name": "https",
            "protocol": "HTTPS",
            "certificates": ["arn:aws:acm:eu-west-1:444455556666:certificate/a"],
        })
    };
    let listeners = one_of([
        json!([{ "name": "http", "protocol": "HTTP" }]),
        json!([{ "name": "web", "protocol": "HTTP", "port": 8080, "fixedResponse": { "status": 503, "body": "later" } }]),
        json!([{ "name": "http", "protocol": "HTTP", "redirect": { "to": "https" } }, https()]),
        json!([https(), { "name": "http", "protocol": "HTTP", "redirect": { "port": 8443, "status": 302 } }]),
        json!([https(), { "name": "plain", "protocol": "HTTP" }]),
    ]);
    let rules = some_of(
        1,
        [
            json!({ "name": "old", "hosts": ["old"], "redirect": { "host": "new", "status": 302 } }),
            json!({ "name": "later", "methods": ["PUT"], "fixedResponse": { "status": 503 } }),
        ],
    );
    let routed = one_of([
        json!([{ "name": "http", "protocol": "HTTP" }]),
        json!([{ "name": "http", "protocol": "HTTP", "redirect": { "to": "https" } }, https()]),
    ]);
    let routed = merged(vec![
        routed.prop_map(|listeners| json!({ "listeners": listeners })).boxed(),
        rules.prop_map(|rules| json!({ "rules": rules })).boxed(),
    ]);
    let plain = object(vec![("listeners", listeners)]);
    let listeners = prop_oneof![2 => plain, 1 => routed].boxed();
    let rest = object(vec![
        ("scheme", one_of([json!("internal"), json!("internet-facing")])),
        ("ingress", some_of(1, [json!("10.0.0.0/8"), json!("192.168.0.0/16")])),
        ("securityGroups", fixed(json!(["sg-0123456789abcdef0"]))),
        ("idleTimeout", one_of([json!("30s"), json!("60s"), json!("2m")])),
        ("deletionProtection", fixed(json!(true))),
        ("dropInvalidHeaders", one_of([json!(true), json!(false)])),
        (
            "accessLogs",
            one_of([json!({ "bucket": "logs" }), json!({ "bucket": "logs", "prefix": "a" })]),
        ),
        ("attributes", entries([("routing.http2.enabled", json!(false))])),
        ("tags", tags()),
    ]);
    merged(vec![listeners, rest])
}

fn network_load_balancer() -> Part {
    let listeners = one_of([
        json!([{ "name": "tcp", "protocol": "TCP", "port": 9000 }]),
        json!([
            { "name": "tcp", "protocol": "TCP", "port": 9000, "idleTimeout": "10m" },
            { "name": "tls", "protocol": "TLS", "certificates": ["arn:aws:acm:eu-west-1:444455556666:certificate/a"], "alpnPolicy": "HTTP2Optional" },
        ]),
    ]);
    let fields = object(vec![
        ("crossZone", one_of([json!(true), json!(false)])),
        ("ipAddressType", fixed(json!("dualstack"))),
        ("addresses", fixed(json!({ "eu-west-1a": "eipalloc-0123456789abcdef0" }))),
        ("accessLogs", fixed(json!({ "bucket": "logs" }))),
        ("tags", tags()),
    ]);
    let listeners = listeners.prop_map(|listeners| json!({ "listeners": listeners }));
    merged(vec![fixed(json!({ "type": "network" })), listeners.boxed(), fields])
}

fn existing_load_balancer() -> Part {
    let existing = one_of([
        json!({ "name": "shared" }),
        json!({ "tags": { "team": "edge" } }),
        json!({ "arn": "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/app/shared/1" }),
    ]);
    let listeners = json!([{ "name": "http", "port": 80 }, { "name": "https", "port": 443 }]);
    existing
        .prop_map(move |existing| json!({ "existing": existing, "listeners": listeners }))
        .boxed()
}

fn file_system() -> Part {
    let throughput = one_of([
        json!({}),
        json!({ "throughputMode": "bursting" }),
        json!({ "throughputMode": "provisioned", "provisionedThroughput": 64 }),
        json!({ "throughputMode": "bursting", "performanceMode": "maxIO" }),
    ]);
    let point = merged(vec![
        one_of([json!({ "path": "/web" }), json!({ "path": "/a/b" })]),
        object(vec![
            ("uid", one_of([json!(1000), json!(1001)])),
            ("permissions", one_of([json!("0750"), json!("0755")])),
            ("ownerUid", fixed(json!(7))),
        ]),
    ]);
    let points = prop::collection::btree_map(select(vec!["web", "jobs"]), point, 0..=2);
    let managed = object(vec![
        ("encrypted", fixed(json!(true))),
        ("kmsKey", fixed(json!("alias/files"))),
        (
            "lifecycleRules",
            one_of([
                json!({ "toInfrequentAccess": "30d" }),
                json!({ "toInfrequentAccess": 7, "toArchive": 90, "toPrimary": true }),
            ]),
        ),
        ("backup", one_of([json!(true), json!(false)])),
        ("tags", tags()),
    ]);
    let managed = merged(vec![managed, throughput]);
    let existing = merged(vec![
        fixed(json!({ "fileSystemId": "fs-0123456789abcdef0" })),
        object(vec![("securityGroup", fixed(json!("sg-0123456789abcdef1")))]),
    ]);
    let source = prop_oneof![3 => managed, 1 => existing].boxed();
    merged(vec![
        source,
        object(vec![("accessPoints", points.prop_map(|points| json!(points)).boxed())]),
    ])
}
