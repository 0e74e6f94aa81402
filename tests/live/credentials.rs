//! What keeps a run from beginning at all: exit code 3, at once.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::account::{Account, REGION};
use crate::support::ecsctl::{Ecsctl, Run};
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;

fn hello(endpoint: &str) -> (Manifests, Ecsctl) {
    let manifests = Manifests::example("hello");
    let ecsctl = Ecsctl::new(manifests.path())
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", REGION)
        .env("AWS_ENDPOINT_URL", endpoint);
    (manifests, ecsctl)
}

fn assert_refused(run: &Run, because: &str) {
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains(because), "{run:?}");
    assert_eq!(run.stdout, "");
}

#[test]
fn an_endpoint_that_nobody_serves_is_told_within_seconds() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (_manifests, ecsctl) = hello(&format!("http://127.0.0.1:{port}"));
    let begin = Instant::now();
    assert_refused(&ecsctl.run(&["plan"]), "the endpoint cannot be reached");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}

#[test]
fn keys_that_the_account_does_not_know_are_refused() {
    let moto = Moto::strict();
    let (_manifests, ecsctl) = hello(&moto.url);
    assert_refused(&ecsctl.run(&["plan"]), "sts:GetCallerIdentity");
}

#[tokio::test]
async fn another_account_than_the_environment_names_is_refused() {
    let account = Account::of(Moto::bare(), "111122223333").await;
    let manifests = Manifests::example("shop");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    let run = ecsctl.run(&["plan", "-e", "prod"]);
    assert_refused(&run, "belong to account 111122223333, but 444455556666 is expected");
}
