//! A saved plan does what it says, or nothing.

use crate::{Application, done, ended, set};

#[test]
fn it_is_done_without_asking_while_it_holds() {
    let shop = Application::example("shop");
    done(shop.run(&["plan", "-e", "prod", "--out", "plan.json"]));
    let applied = done(shop.run(&["apply", "plan.json"]));
    assert!(applied.stdout.starts_with("ecsctl apply · shop / prod"), "it knows its environment");
    let plan = done(shop.run(&["plan", "-e", "prod"])).stdout;
    assert!(plan.contains("Nothing to change"), "{plan}");
}

#[test]
fn it_is_refused_when_manifests_account_or_environment_are_others() {
    let shop = Application::example("shop");
    shop.apply();
    shop.manifests.edit("worker.yaml", "retention: 14", "retention: 30");
    done(shop.run(&["plan", "--out", "plan.json"]));
    let before = shop.account();

    shop.manifests.edit("worker.yaml", "retention: 30", "retention: 60");
    let stale = ended(shop.run(&["apply", "plan.json"]), 6);
    insta::assert_snapshot!(stale.stderr, @"
    error: the saved plan is stale: the account or the manifests moved since; different now: ~ log-group/worker
      hint: make a new one with `ecsctl plan --out FILE`
    ");
    assert_eq!((stale.stdout.as_str(), shop.account()), ("", before));

    shop.manifests.edit("worker.yaml", "retention: 60", "retention: 30");
    let other = ended(shop.run(&["apply", "-e", "prod", "plan.json"]), 6);
    assert!(other.stderr.contains("the saved plan is for shop / dev"), "{other:?}");

    done(shop.run(&["apply", "plan.json"]));
    assert_eq!(shop.plan().changes(), set(&[]));
    ended(shop.run(&["apply", "plan.json"]), 6);
}

#[test]
fn changes_are_an_exit_code_on_request() {
    let hello = Application::example("hello");
    ended(hello.run(&["plan", "--detailed-exitcode"]), 2);
    done(hello.run(&["plan"]));
    hello.apply();
    done(hello.run(&["plan", "--detailed-exitcode"]));
}
