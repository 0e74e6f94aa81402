//! A plan that was saved does what it says, or nothing.

use crate::done;
use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;

#[tokio::test]
async fn it_is_done_while_it_holds_and_refused_when_the_account_moved() {
    let account = Account::of(Moto::bare(), "222222222221").await;
    let manifests = Manifests::example("hello");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    let save_and_apply = || {
        done(ecsctl.run(&["plan", "--out", "saved.json"]));
        done(ecsctl.run(&["apply", "saved.json"]));
    };
    save_and_apply();
    // What moto forgot of the first.
    save_and_apply();

    manifests.edit("hello.yaml", "nginx:1.27", "nginx:1.28");
    done(ecsctl.run(&["plan", "--out", "saved.json"]));
    let count = account.ecs().update_service().cluster("hello-default-main");
    count.service("hello-default-hello").desired_count(5).send().await.unwrap();
    let before = account.inventory().await;
    let run = ecsctl.run(&["apply", "saved.json"]);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.stderr.contains("different now: ~ service/hello"), "{run:?}");
    assert_eq!(account.inventory().await, before, "no revision was registered");
}
