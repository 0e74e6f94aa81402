//! Generates applications that are valid by construction: documents that need few words here, the others beside.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

use super::application::Application;

mod balancers;
mod capacity;
mod clusters;
mod deployments;
mod jobs;
mod routes;
mod scaling;
mod services;
mod tasks;

/// A part of a document.
type Part = BoxedStrategy<Json>;

/// A mapping whose fields are each there or not.
fn object(fields: Vec<(&'static str, Part)>) -> Part {
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
fn merged(parts: Vec<Part>) -> Part {
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

fn one_of<const N: usize>(choices: [Json; N]) -> Part {
    select(Vec::from(choices)).boxed()
}

fn fixed(part: Json) -> Part {
    Just(part).boxed()
}

/// Some of the items, at least `least` of them, in their order.
fn some_of<const N: usize>(least: usize, items: [Json; N]) -> Part {
    subsequence(Vec::from(items), least..=N).prop_map(Json::Array).boxed()
}

/// A mapping of some of the entries.
fn entries<const N: usize>(entries: [(&'static str, Json); N]) -> Part {
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
struct Platform {
    documents: Vec<Json>,
}

impl Platform {
    /// The documents of a kind.
    fn of(&self, kind: &str) -> impl Iterator<Item = &Json> {
        self.documents.iter().filter(move |document| document["kind"] == kind)
    }

    /// The names of the documents of a kind.
    fn names(&self, kind: &str) -> Vec<Json> {
        self.of(kind).map(|document| document["name"].clone()).collect()
    }
}

/// A whole application.
pub(super) fn applications() -> impl Strategy<Value = Application> {
    let any = platforms().prop_flat_map(|platform| {
        let services = services::services(&platform);
        let parts = (services, balancers::shares(), jobs::jobs(&platform));
        parts.prop_map(move |(services, shares, jobs)| {
            let jobs = jobs::beside(&services, jobs);
            let mut documents = [platform.documents.clone(), services].concat();
            balancers::share(&mut documents, shares);
            documents.extend(jobs);
            Application { documents }
        })
    });
    any.prop_filter("two rules take the same requests", |application| application.stack().is_ok())
}

fn platforms() -> impl Strategy<Value = Platform> {
    let networks = documents("Network", ["main"], 0..=1, network());
    let roles = documents("TaskRole", ["web", "worker"], 0..=2, task_role());
    let balancers =
        documents("LoadBalancer", ["public", "internal"], 0..=2, balancers::application());
    let edges = documents("LoadBalancer", ["edge"], 0..=1, balancers::network());
    let shared = documents("LoadBalancer", ["shared"], 0..=1, balancers::existing());
    let balancers = (balancers, edges, shared);
    let balancers = balancers.prop_map(|(all, edges, shared)| [all, edges, shared].concat());
    let file_systems = documents("FileSystem", ["uploads", "shared_data"], 0..=2, file_system());
    (app(), networks, clusters::clusters(), roles, balancers, file_systems).prop_map(
        |(app, networks, clusters, roles, balancers, file_systems)| {
            let groups = [vec![app], networks, clusters, roles, balancers, file_systems];
            Platform { documents: groups.concat() }
        },
    )
}

/// Documents of a kind, each with another of the names.
fn documents<const N: usize>(
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
