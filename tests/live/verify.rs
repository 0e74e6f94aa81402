//! Checks against an account: first nothing is there, then all of it. The patched moto, whose record of
//! calls shows that no value is read; the registry is our own fake.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::support::account::Account;
use crate::support::ecsctl::{Ecsctl, Run};
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::support::registry::Registry;
use crate::{done, ended, set};

const ACCOUNT: &str = "222222222271";
const NO_CERTIFICATE: &str =
    "arn:aws:acm:eu-west-1:222222222271:certificate/11111111-2222-3333-4444-555555555555";

fn manifests(registry: &str) -> Manifests {
    let manifests = Manifests::empty("shop");
    let text = format!(
        "\
kind: LoadBalancer
name: public
listeners: [{{ name: https, protocol: HTTPS, certificates: ['{NO_CERTIFICATE}'] }}]
---
kind: Service
name: web
executionRole: arn:aws:iam::{ACCOUNT}:role/start
loadBalancers: [{{ loadBalancer: public, hosts: [shop.example.com] }}]
containers:
  - name: app
    image: {ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/web:1
    ports: [8080]
    secrets: {{ KEY: 'secretsmanager:shop/api', DB: 'ssm:/shop/db' }}
    environmentFiles: ['arn:aws:s3:::shop-settings/web app.env']
  - name: proxy
    image: {registry}/tools/proxy:2
"
    );
    manifests.write("app.yaml", &text);
    manifests
}

/// Severity and code of each finding.
fn findings(run: &Run) -> BTreeSet<String> {
    let events = run.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let found = events.filter(|event| event["type"] == "check");
    let text = |event: &Json, name: &str| event["problem"][name].as_str().unwrap().to_owned();
    found.map(|event| format!("{} {}", text(&event, "severity"), text(&event, "code"))).collect()
}

/// What moto cannot say: it has neither IAM's simulator nor Fargate's quota.
const UNKNOWN: [&str; 2] = ["warning quota-unchecked", "warning role-unchecked"];

#[tokio::test]
async fn what_is_missing_is_told_and_what_is_there_passes() {
    let account = Account::of(Moto::patched(), ACCOUNT).await;
    let registry =
        Registry::with(&[("tools/proxy:2", "linux/amd64"), ("tools/proxy:3", "linux/arm64")]);
    let manifests = manifests(&registry.host);
    let ecsctl = account.open_to_checked(Ecsctl::new(manifests.path()));
    let verify = || ecsctl.run(&["verify", "--output", "json"]);

    let nothing = set(&[
        "error image-missing",
        "error secret-missing",
        "error environment-file-missing",
        "error role-missing",
        "error no-route",
        "error certificate-missing",
        "warning quota-unchecked",
    ]);
    let run = ended(verify(), 1);
    assert_eq!(findings(&run), nothing, "{}", run.stdout);
    let refused = ended(ecsctl.run(&["apply", "--auto-approve", "--output", "json"]), 1);
    let cheap = set(&["error image-missing", "error secret-missing", "error certificate-missing"]);
    assert_eq!(findings(&refused), cheap);
    let clusters = account.ecs().list_clusters().send().await.unwrap();
    assert_eq!(clusters.cluster_arns(), [] as [String; 0], "nothing was changed");

    let certificate = account.run("tests/support/surroundings.py");
    manifests.edit("app.yaml", NO_CERTIFICATE, certificate.trim());
    let before = account.moto.operations(&account.access_key);
    assert_eq!(findings(&done(verify())), set(&UNKNOWN));
    let after = account.moto.operations(&account.access_key);
    let read = after.keys().any(|operation| {
        operation.contains("GetSecretValue") || operation.contains("GetParameter")
    });
    assert!(!read, "no value is read: {after:#?}");
    assert!(after.len() > before.len(), "{before:#?}");

    manifests.edit("app.yaml", "web:1", "web:arm");
    manifests.edit("app.yaml", "proxy:2", "proxy:3");
    manifests.edit("app.yaml", "shop.example.com", "example.com");
    let wrong = set(&["error image-platform", "error certificate-hosts", UNKNOWN[0], UNKNOWN[1]]);
    let run = ended(verify(), 1);
    assert_eq!(findings(&run), wrong);
    assert_eq!(run.stdout.matches("is built for linux/arm64").count(), 2, "{}", run.stdout);

    manifests.edit("app.yaml", "web:arm", "web:1");
    manifests.edit("app.yaml", "proxy:3", "proxy:1");
    manifests.edit("app.yaml", "[example.com]", "[shop.example.com]");
    let run = ended(ecsctl.run(&["apply", "--auto-approve"]), 1);
    assert!(run.stderr.contains("image-missing"), "{}", run.stderr);
    manifests.edit("app.yaml", "proxy:1", "proxy:2");
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let asked = registry.asked();
    let tokens = asked.iter().filter(|path| path.starts_with("/token?service=fake")).count();
    assert!(tokens > 0 && asked.iter().any(|path| path.contains("/blobs/")), "{asked:#?}");
    done(ecsctl.run(&["destroy", "--auto-approve"]));
}

/// Nobody answers for it, which says nothing of the image.
#[tokio::test]
async fn a_registry_that_cannot_be_reached_is_a_warning() {
    let account = Account::of(Moto::patched(), "222222222272").await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let manifests = Manifests::empty("shop");
    manifests
        .write("app.yaml", &format!("kind: Service\nname: web\nimage: 127.0.0.1:{port}/web:1\n"));
    let ecsctl = account.open_to_checked(Ecsctl::new(manifests.path()));
    let run = done(ecsctl.run(&["apply", "--auto-approve"]));
    assert!(run.stderr.contains("image-unchecked"), "{}", run.stderr);
    assert!(run.stderr.contains("refused"), "{}", run.stderr);
}
