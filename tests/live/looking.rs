//! Looking around in an account that has no service deployments and no events.

use super::journey::Journey;
use crate::support::account::Account;
use crate::support::events::Events;
use crate::support::moto::Moto;
use crate::{done, ended};

#[tokio::test]
async fn services_their_past_and_their_tasks() {
    let hello = Journey::new("hello", Account::of(Moto::bare(), "222222222271").await);
    let absent = done(hello.ecsctl.run(&["status"]));
    assert!(absent.stdout.contains("! hello is not deployed"), "{}", absent.stdout);
    hello.apply();
    let status = done(hello.ecsctl.run(&["status"]));
    let row = status.stdout.lines().nth(1).unwrap_or_default().to_owned();
    // How many tasks run is a setting of the server's.
    assert!(row.starts_with("hello    50/1   1 "), "{}", status.stdout);
    let full = done(hello.ecsctl.run(&["status", "hello", "--output", "json"]));
    let found = Events::of(&full).as_json()[1].clone();
    assert_eq!(
        (&found["revision"], &found["images"][0]["image"], &found["capacity"]),
        (
            &"hello-default-hello:1".into(),
            &"public.ecr.aws/nginx/nginx:1.27".into(),
            &"FARGATE".into()
        ),
        "{found}"
    );
    assert_eq!(done(hello.ecsctl.run(&["events"])).stderr, "There are no events.\n");

    hello.manifests.edit("hello.yaml", "nginx:1.27", "nginx:1.28");
    hello.apply();
    let past = done(hello.ecsctl.run(&["history", "hello"]));
    assert!(past.stderr.contains("what became of each is not known"), "{}", past.stderr);
    let told = done(hello.ecsctl.run(&["history", "hello", "--output", "json"]));
    assert_eq!(Events::of(&told).as_json()[1]["type"], "unread", "{}", told.stdout);
    let rows: Vec<&str> = past.stdout.lines().skip(1).collect();
    assert_eq!(rows.len(), 2, "{}", past.stdout);
    assert!(rows[0].contains("2    not known") && rows[0].ends_with("1.28"), "{}", rows[0]);

    // moto's services start no tasks of their own.
    assert_eq!(done(hello.ecsctl.run(&["tasks"])).stdout, "No task runs.\n");
    ended(hello.ecsctl.run(&["tasks", "stop", "--auto-approve", "abc"]), 1);
}
