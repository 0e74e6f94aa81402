//! How deployments end, and what people are told: each with its exit code and the whole report.

#![expect(clippy::needless_pass_by_value, reason = "scripts read better where they are used")]

use serde_json::{Value as Json, json};

use crate::support::events::Events;
use crate::{Application, ended, set};

const SHOP: &str = "
kind: App
name: shop
---
kind: LoadBalancer
name: public
---
kind: Service
name: web
image: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.1
port: 8080
desiredCount: 2
secrets: { API_KEY: 'secretsmanager:shop/api' }
loadBalancers: [{ loadBalancer: public, healthCheck: { path: /healthz } }]
deployment: {}
";

/// Lines of a report.
const MOST: usize = 25;

/// Columns of a report.
const WIDTH: usize = 100;

/// The shop, its service deployed once, and a new image to deploy.
fn running() -> Application {
    let shop = Application::written("shop", SHOP);
    shop.apply();
    shop.manifests.edit("app.yaml", "shop-web:1.8.1", "shop-web:1.8.2");
    shop
}

/// The same without anything that ends a deployment.
fn without_breaker() -> Application {
    let shop = running();
    let off = "deployment: { circuitBreaker: { enable: false } }";
    shop.manifests.edit("app.yaml", "deployment: {}", off);
    shop
}

/// The shop before its first deployment.
fn new() -> Application {
    let shop = Application::written("shop", SHOP);
    shop.manifests.edit("app.yaml", "shop-web:1.8.1", "shop-web:1.8.2");
    shop.write_account(r#"{"format": 1, "clock": 0, "resources": {}}"#);
    shop
}

/// The next deployment takes this course.
fn scripted(shop: &Application, rollout: Json) {
    let mut account: Json = serde_json::from_str(&shop.account()).unwrap();
    account["script"] = json!({"rollouts": {"shop-default-web": [rollout]}});
    shop.write_account(&account.to_string());
}

/// What is told of the deployment that failed.
fn report(shop: &Application, rollout: Json, arguments: &[&str], code: i32) -> String {
    scripted(shop, rollout);
    let run = ended(shop.run(&[&["apply", "--auto-approve"], arguments].concat()), code);
    let (_, report) = run.stdout.split_once("  ✗ ").unwrap();
    let (report, _) = report.split_once("Not done: ").unwrap();
    let report = format!("  ✗ {report}");
    assert!(report.lines().count() <= MOST, "{report}");
    assert!(report.lines().all(|line| line.chars().count() <= WIDTH), "{report}");
    report
}

/// Tasks that stop, and the breaker's end of it.
fn failing(outcome: &str, stopped: Json) -> Json {
    json!({
        "outcome": outcome,
        "reason": "ECS deployment circuit breaker: tasks failed to start.",
        "seconds": 120,
        "stoppedTasks": stopped,
    })
}

fn unstarted(reason: &str) -> Json {
    json!({"count": 3, "stopCode": "TaskFailedToStart", "stoppedReason": reason})
}

const PULL: &str = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found";

/// After a rollback the new image is still to come.
const STILL_TO_COME: &[&str] = &["update service/web taskDefinition"];

fn still_differs(shop: &Application) {
    assert_ne!(shop.plan().changes(), set(&[]), "the new image is still to come");
}

#[test]
fn success() {
    let shop = running();
    scripted(&shop, json!({"outcome": "succeeds"}));
    let run = ended(shop.run(&["apply", "--auto-approve"]), 0);
    assert!(run.stdout.contains("Done: "), "{run:?}");
    assert_eq!(shop.plan().changes(), set(&[]));
}

#[test]
fn slow_but_fine() {
    let shop = running();
    scripted(&shop, json!({"outcome": "succeeds", "seconds": 1500}));
    ended(shop.run(&["apply", "--auto-approve", "--timeout", "30"]), 0);
    assert_eq!(shop.plan().changes(), set(&[]));
}

#[test]
fn an_image_that_does_not_exist() {
    let shop = running();
    let report = report(&shop, failing("rollsBack", unstarted(PULL)), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (2 min 23 s, 3
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container web
                 does not exist in its registry. [image-not-found]
      task       49bf8f2c, one of 3 alike: TaskFailedToStart: CannotPullContainerError: pull image
                 manifest has been retried 1 time(s): failed to resolve ref
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2:
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found
      container  web: never ran, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        shop-default-web:1 runs, the revision from before
      to do      - Push it, or correct `image`: repository, Region and tag.
                 - A tag that was pushed again or removed after a deployment takes the digest away
                   that ECS pinned: deploy again.
      commands   Apply again once that is corrected.
    ");
    assert_eq!(shop.plan().changes(), set(STILL_TO_COME));
}

#[test]
fn a_secret_that_may_not_be_read() {
    let shop = running();
    let reason = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-EaPYTy from secrets manager: AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/shop-default-web-execution/0f3a6c1d is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-EaPYTy because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400";
    let report = report(&shop, failing("rollsBack", unstarted(reason)), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (2 min 23 s, 3
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Role shop-default-web-execution may not read secret
                 arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-EaPYTy. [secret-denied]
      task       49bf8f2c, one of 3 alike: TaskFailedToStart: ResourceInitializationError: unable to
                 pull secrets or registry auth: execution resource retrieval failed: unable to
                 retrieve secret from asm: service call has been retried 1 time(s): failed to fetch
                 secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-EaPYTy from
                 secrets manager: AccessDeniedException: User:
                 arn:aws:sts::444455556666:assumed-role/shop-default-web-execution/0f3a6c1d is not
                 authorized to perform: secretsmanager:GetSecretValue on resource:
                 arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/api-EaPYTy because no
                 identity-based policy allows the secretsmanager:GetSecretValue action status code:
                 400
      container  web: never ran, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        shop-default-web:1 runs, the revision from before
      to do      - Allow the execution role (not the task role) `secretsmanager:GetSecretValue` on it,
                   and `kms:Decrypt` on its key if that is your own.
                 - Without `executionRole` ecsctl makes the role and allows it what `secrets` names:
                   leave it out, or complete your own.
      commands   Apply again once that is corrected.
    ");
    still_differs(&shop);
}

#[test]
fn a_crash_loop() {
    let shop = running();
    let stopped = json!({
        "count": 4,
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": {"web": {"exitCode": 1}},
    });
    let mut script = failing("rollsBack", stopped);
    script["logs"] = json!([
        "> shop-web@1.8.2 start",
        "> node server.js",
        "\u{1b}[32minfo\u{1b}[0m: connecting to postgres://db.internal:5432/shop",
        "node:internal/process/promises:394",
        "      triggerUncaughtException(err, true /* fromPromise */);",
        "\u{1b}[31mError\u{1b}[0m: connect ECONNREFUSED 10.0.3.4:5432",
        "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)",
    ]);
    let report = report(&shop, script, &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (2 min 23 s, 4
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Container web ended by itself with exit code 1: the application failed, its log says
                 why. [application-failed]
      task       a69bc6a8, one of 4 alike: EssentialContainerExited: Essential container in task
                 exited
      container  web: exit code 1, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      log        > shop-web@1.8.2 start
                 > node server.js
                 info: connecting to postgres://db.internal:5432/shop
                 node:internal/process/promises:394
                       triggerUncaughtException(err, true /* fromPromise */);
                 Error: connect ECONNREFUSED 10.0.3.4:5432
                     at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
      now        shop-default-web:1 runs, the revision from before
      to do      - Read the last lines of its log, and correct the application, its `environment`, or
                   what it connects to.
      commands   Apply again once that is corrected.
                 `ecsctl logs web` shows all of its log.
    ");
    still_differs(&shop);
}

#[test]
fn health_checks_of_the_load_balancer_that_fail() {
    let shop = running();
    let stopped = json!({
        "count": 3,
        "stopCode": "ServiceSchedulerInitiated",
        "stoppedReason": "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-default-web/6d0ecf831eec9f09)",
        "containers": {"web": {"exitCode": 143}},
    });
    let mut script = failing("rollsBack", stopped);
    let target = json!({
        "state": "unhealthy",
        "reason": "Target.ResponseCodeMismatch",
        "description": "Health checks failed with these codes: [404]",
    });
    script["targets"] = json!([target, target]);
    script["logs"] =
        json!(["listening on 0.0.0.0:8080", "GET /healthz 404 1 ms", "GET /healthz 404 0 ms"]);
    script["events"] = json!([{"at": 40, "message": "(service shop-default-web) (port 8080) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-default-web/6d0ecf831eec9f09) due to (reason Health checks failed with these codes: [404])."}]);
    let report = report(&shop, script, &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (2 min 23 s, 3
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      The application answers health checks of target group shop-default-web with 404.
                 [target-wrong-code]
      task       49bf8f2c, one of 3 alike: ServiceSchedulerInitiated: Task failed ELB health checks in
                 (target-group
                 arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-default-web/6d0e
                 cf831eec9f09)
      container  web: exit code 143, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      log        listening on 0.0.0.0:8080
                 GET /healthz 404 1 ms
                 GET /healthz 404 0 ms
      targets    2 targets: Target.ResponseCodeMismatch: Health checks failed with these codes: [404]
      event      00:04:33 UTC: (port 8080) is unhealthy in (target-group
                 arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-default-web/6d0e
                 cf831eec9f09) due to (reason Health checks failed with these codes: [404]).
      now        shop-default-web:1 runs, the revision from before
      to do      - Let `healthCheck.path` of the entry in `loadBalancers` be one that answers 200
                   without login and redirect.
                 - Or accept the code with `healthCheck.matcher`, such as `200-399`.
                 - For 5xx raise `healthCheckGracePeriod`, if the application only needs longer to
                   start.
      commands   Apply again once that is corrected.
                 `ecsctl logs web` shows all of its log.
    ");
    still_differs(&shop);
}

#[test]
fn health_checks_of_the_container_that_fail() {
    let shop = running();
    let stopped = json!({
        "count": 3,
        "stopCode": "ServiceSchedulerInitiated",
        "stoppedReason": "Task failed container health checks",
        "containers": {"web": {"exitCode": 137}},
    });
    let mut script = failing("rollsBack", stopped);
    script["logs"] = json!(["/bin/sh: 1: curl: not found"]);
    let report = report(&shop, script, &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (2 min 23 s, 3
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Container web fails its own health check. [container-unhealthy]
      task       49bf8f2c, one of 3 alike: ServiceSchedulerInitiated: Task failed container health
                 checks
      container  web: exit code 137, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      log        /bin/sh: 1: curl: not found
      now        shop-default-web:1 runs, the revision from before
      to do      - Run `healthCheck.command` in the image: what it calls, such as `curl`, must be
                   there, and end with 0.
                 - Raise `healthCheck.startPeriod` if the application needs longer to start, or
                   `timeout` and `retries`.
                 - Check 127.0.0.1 in place of `localhost`, which may mean IPv6.
      commands   Apply again once that is corrected.
                 `ecsctl logs web` shows all of its log.
    ");
    still_differs(&shop);
}

#[test]
fn no_capacity() {
    let shop = running();
    let script = json!({
        "outcome": "neverEnds",
        "seconds": 86400,
        "events": [{"at": 10, "message": "(service shop-default-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 333ba941dd6f4762985db166b212d795) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."}],
    });
    let report = report(&shop, script, &["--timeout", "10"], 9);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 is still in progress (10 min 0 s)
      cause      No instance has enough memory left for a task; container instance
                 333ba941dd6f4762985db166b212d795 comes closest. [no-memory]
      event      00:03:52 UTC: was unable to place a task because no container instance met all of its
                 requirements. The closest matching (container-instance
                 333ba941dd6f4762985db166b212d795) has insufficient memory available. For more
                 information, see the Troubleshooting section of the Amazon ECS Developer Guide.
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      to do      - Raise `max` of the cluster's `instances`, or use larger instance types.
                 - Lower `memory` (or reserve less with `memoryReservation`), or
                   `deployment.minimumHealthyPercent`, so that old tasks make room.
      commands   It goes on: `ecsctl wait web` waits again, `--timeout` longer.
                 `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn a_breaker_without_rollback() {
    let shop = running();
    let report = report(&shop, failing("fails", unstarted(PULL)), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed (2 min 8 s, 3 tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container web
                 does not exist in its registry. [image-not-found]
      task       49bf8f2c, one of 3 alike: TaskFailedToStart: CannotPullContainerError: pull image
                 manifest has been retried 1 time(s): failed to resolve ref
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2:
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found
      container  web: never ran, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      to do      - Push it, or correct `image`: repository, Region and tag.
                 - A tag that was pushed again or removed after a deployment takes the digest away
                   that ECS pinned: deploy again.
      commands   `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn a_rollback_that_fails_too() {
    let shop = running();
    let stopped = json!({
        "count": 3,
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": {"web": {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}},
    });
    let report = report(&shop, failing("rollbackFails", stopped), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed, and so did its rollback (2 min 23 s, 3
      tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Container web used more memory than it may, and was killed. [out-of-memory]
      task       49bf8f2c, one of 3 alike: EssentialContainerExited: Essential container in task
                 exited
      container  web: exit code 137, OutOfMemoryError: Container killed due to memory usage, image
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      to do      - Raise `memory` of the container, and of the service if that is the limit.
                 - Keep the heap of a runtime below the limit, such as with `-XX:MaxRAMPercentage` or
                   `--max-old-space-size`.
      commands   `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn an_alarm_that_rolls_back() {
    let shop = running();
    let script = json!({
        "outcome": "rollsBack",
        "reason": "Service deployment rolled back because of alarms.",
        "seconds": 300,
        "alarms": ["shop-web-5xx", "shop-web-latency"],
    });
    let report = report(&shop, script, &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 failed and was rolled back (5 min 23 s)
      why        Service deployment rolled back because of alarms. (alarms: shop-web-5xx,
                 shop-web-latency)
      cause      What the service does with the new revision set off alarms shop-web-5xx,
                 shop-web-latency. [alarm]
      event      00:08:48 UTC: (deployment ecs-svc/1503252985940635646) deployment failed: Service
                 deployment rolled back because of alarms.
      now        shop-default-web:1 runs, the revision from before
      to do      - Compare the metric of the alarm before and during the deployment, and the logs of
                   the new tasks.
                 - An alarm that is too narrow for a deployment can be left out of
                   `deployment.alarms.names`.
      commands   Apply again once that is corrected.
    ");
    still_differs(&shop);
}

#[test]
fn a_person_who_stops_it() {
    let shop = running();
    let script = json!({"outcome": "stopped", "reason": "Service deployment stopped by user.", "seconds": 60});
    let report = report(&shop, script, &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 was stopped (1 min 8 s)
      why        Service deployment stopped by user.
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      commands   `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn another_deployment_in_its_place() {
    let shop = running();
    let report = report(&shop, json!({"outcome": "superseded", "seconds": 60}), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 was superseded by another deployment (1 min 8
      s)
      why        Superseded by another service deployment.
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      commands   `ecsctl history web` tells what took its place; apply again to put this there.
    ");
    still_differs(&shop);
}

#[test]
fn nothing_decided_in_time() {
    let shop = running();
    let script = json!({"outcome": "neverEnds", "seconds": 7200});
    let report = report(&shop, script, &["--timeout", "15"], 9);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 is still in progress (15 min 0 s)
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      commands   It goes on: `ecsctl wait web` waits again, `--timeout` longer.
                 `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn a_first_deployment_that_fails() {
    let shop = new();
    let report = report(&shop, failing("fails", unstarted(PULL)), &[], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:1 failed (2 min 8 s, 3 tasks failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container web
                 does not exist in its registry. [image-not-found]
      task       14a51f79, one of 3 alike: TaskFailedToStart: CannotPullContainerError: pull image
                 manifest has been retried 1 time(s): failed to resolve ref
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2:
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found
      container  web: never ran, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        no task of the service runs
      to do      - Push it, or correct `image`: repository, Region and tag.
                 - A tag that was pushed again or removed after a deployment takes the digest away
                   that ECS pinned: deploy again.
      commands   It is the first deployment: there is no revision to go back to.
    ");
    still_differs(&shop);
}

#[test]
fn a_hook_that_nobody_decides() {
    let shop = running();
    let script = json!({
        "outcome": "succeeds",
        "seconds": 120,
        "pause": {"at": 60, "hook": "approval", "seconds": 7200, "onTimeout": "ROLLBACK"},
    });
    let report = report(&shop, script, &["--timeout", "10"], 9);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 is still in progress (10 min 0 s)
      paused     it waits for somebody to decide at hook approval until 2026-01-01T02:04:40Z, and then
                 rolls back
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 1 of 2 tasks
                 run
      commands   `ecsctl resume web` lets it go on; `ecsctl rollback web` goes back to
                 shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn no_hope_and_nothing_that_ends_it() {
    let shop = without_breaker();
    let script = json!({
        "outcome": "neverEnds",
        "seconds": 300,
        "stoppedTasks": {"count": 10, "stopCode": "TaskFailedToStart", "stoppedReason": PULL},
    });
    let report = report(&shop, script, &["--timeout", "60"], 4);
    insta::assert_snapshot!(report, @"
    ✗ service/web: the deployment of shop-default-web:2 cannot succeed, and nothing will end it (1 min
      38 s, 3 tasks failed)
      cause      Image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2 of container web
                 does not exist in its registry. [image-not-found]
      task       49bf8f2c, one of 3 alike: TaskFailedToStart: CannotPullContainerError: pull image
                 manifest has been retried 1 time(s): failed to resolve ref
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2:
                 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found
      container  web: never ran, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      now        shop-default-web:1 runs, the revision from before; of shop-default-web:2 0 of 2 tasks
                 run
      to do      - Push it, or correct `image`: repository, Region and tag.
                 - A tag that was pushed again or removed after a deployment takes the digest away
                   that ECS pinned: deploy again.
      commands   It goes on until somebody ends it.
                 `ecsctl rollback web` goes back to shop-default-web:1.
    ");
    still_differs(&shop);
}

#[test]
fn programs_get_the_failure_as_an_event() {
    let shop = running();
    scripted(&shop, failing("rollsBack", unstarted(PULL)));
    let run = ended(shop.run(&["apply", "--auto-approve", "--output", "json"]), 4);
    let events = Events::of(&run);
    let failed: Vec<&Json> =
        events.as_json().iter().filter(|event| event["type"] == "rolloutFailed").collect();
    let [failed] = failed[..] else { panic!("{run:?}") };
    assert_eq!(failed["address"], "service/web");
    let failure = &failed["failure"];
    assert_eq!(failure["end"], "rolledBack");
    assert_eq!(failure["running"], failure["previous"]);
    assert_eq!(failure["diagnosis"]["code"], "image-not-found");
    assert_eq!(failure["evidence"]["tasks"].as_array().unwrap().len(), 3);
}

#[test]
fn each_service_that_fails_has_a_report_of_its_own() {
    let shop = running();
    let other = "---\nkind: Service\nname: api\nimage: nginx\nport: 80\n";
    shop.manifests.write("api.yaml", other);
    let mut account: Json = serde_json::from_str(&shop.account()).unwrap();
    let script = failing("fails", unstarted(PULL));
    account["script"] =
        json!({"rollouts": {"shop-default-web": [script], "shop-default-api": [script]}});
    shop.write_account(&account.to_string());
    let run = ended(shop.run(&["apply", "--auto-approve"]), 4);
    let heads: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("  ✗ ")).collect();
    assert_eq!(heads.len(), 2, "{}", run.stdout);
    assert!(heads[0].contains("service/api") && heads[1].contains("service/web"), "{heads:?}");
}
