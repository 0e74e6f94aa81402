//! Looking around: what services, their past and their tasks look like after deployments of all kinds.

#![expect(clippy::needless_pass_by_value, reason = "scripts read better where they are used")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::ecsctl::Run;
use crate::support::events::Events;
use crate::{Application, done, ended};

/// Two services; alarms can end the deployments of `web`.
const SHOP: &str = "
kind: Service
name: web
image: registry.example/shop-web:1
port: 8080
desiredCount: 2
cpu: 0.5 vCPU
memory: 1 GB
deployment:
  circuitBreaker: { rollback: true }
  alarms: { names: [web-errors] }
---
kind: Service
name: worker
image: registry.example/shop-worker:1
scaling: { min: 1, max: 4, targetTracking: [{ metric: cpu, target: 60 }] }
";

fn shop() -> Application {
    let shop = Application::written("shop", SHOP);
    shop.apply();
    shop
}

/// Changes the account's file.
fn edit(shop: &Application, change: impl FnOnce(&mut Json)) {
    let mut account: Json = serde_json::from_str(&shop.account()).unwrap();
    change(&mut account);
    shop.write_account(&account.to_string());
}

/// Deploys the next image of `web`, which goes as it says here.
fn deploy(shop: &Application, tag: u32, rollout: Json) -> Run {
    edit(shop, |account| {
        account["script"] = json!({"rollouts": {"shop-default-web": [rollout]}});
    });
    let from = format!("shop-web:{}", tag - 1);
    shop.manifests.edit("app.yaml", &from, &format!("shop-web:{tag}"));
    shop.run(&["apply", "--auto-approve", "--timeout", "5"])
}

fn shown(shop: &Application, arguments: &[&str]) -> String {
    let run = done(shop.run(arguments));
    assert_eq!(run.stderr, "");
    run.stdout
}

fn events(shop: &Application, arguments: &[&str]) -> Vec<Json> {
    let run = done(shop.run(&[arguments, &["--output", "json"]].concat()));
    Events::of(&run).as_json().to_vec()
}

fn crash() -> Json {
    json!({
        "outcome": "rollsBack",
        "reason": "ECS deployment circuit breaker: tasks failed to start.",
        "stoppedTasks": {
            "count": 3,
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": {"web": {"exitCode": 1, "reason": "panic at startup"}},
        },
    })
}

#[test]
fn services_that_are_well_are_a_table() {
    let shop = shop();
    insta::assert_snapshot!(shown(&shop, &["status"]), @"
    SERVICE  TASKS  REV  DEPLOYMENT          SCALING  ALARMS  IMAGE
    web      2/2    1    succeeded 90 s ago           ok      shop-web:1
    worker   1/1    1    succeeded now       1–4              shop-worker:1
    ");
    done(shop.run(&["status", "--exit-code"]));
    shop.manifests.write("later.yaml", "{ kind: Service, name: later, image: nginx }");
    insta::assert_snapshot!(shown(&shop, &["status"]), @"
    SERVICE  TASKS  REV  DEPLOYMENT          SCALING  ALARMS  IMAGE
    later                not deployed
    web      2/2    1    succeeded 90 s ago           ok      shop-web:1
    worker   1/1    1    succeeded now       1–4              shop-worker:1

    ! later is not deployed; `ecsctl apply` does it
    ");
    ended(shop.run(&["status", "--exit-code"]), 1);
    let empty = Application::written("shop", SHOP);
    insta::assert_snapshot!(shown(&empty, &["status", "web"]), @"
    web  shop-default-web in cluster shop-default-main
      status      not deployed
    ");
    assert_eq!(shown(&empty, &["tasks"]), "No task runs.\n");
    ended(empty.run(&["history", "web"]), 1);
}

#[test]
fn a_failure_in_the_past_is_told_by_all() {
    let shop = shop();
    ended(deploy(&shop, 2, crash()), 4);
    insta::assert_snapshot!(shown(&shop, &["status"]), @"
    SERVICE  TASKS  REV  DEPLOYMENT           SCALING  ALARMS  IMAGE
    web      2/2    1    rolled back now               ok      shop-web:1
    worker   1/1    1    succeeded 113 s ago  1–4              shop-worker:1

    ! web: the deployment of shop-default-web:1 is a rollback of one that failed
    ");
    insta::assert_snapshot!(shown(&shop, &["status", "web"]), @"
    web  shop-default-web in cluster shop-default-main
      tasks       2 of 2 running
      revision    shop-default-web:1
      images      web  registry.example/shop-web:1
      deployment  rolled back now: shop-default-web:2
                  ECS deployment circuit breaker: tasks failed to start.
      size        0.5 vCPU and 1 GiB a task, X86_64; 1 vCPU and 2 GiB for 2 tasks
      capacity    FARGATE
      alarms      web-errors ok, ends deployments
      tasks lost  49bf8f2c stopped 15 s ago: EssentialContainerExited: Essential
                    container in task exited
                  container web exited with 1: panic at startup
                  1a207763 stopped 45 s ago: EssentialContainerExited: Essential
                    container in task exited
                  container web exited with 1: panic at startup
                  1dcd4e73 stopped 75 s ago: EssentialContainerExited: Essential
                    container in task exited
                  container web exited with 1: panic at startup
      events      now: has reached a steady state.
                  15 s ago: rolling back to shop-default-web:1.
                  15 s ago: (deployment ecs-svc/1503252985940635646) deployment
                    failed: ECS deployment circuit breaker: tasks failed to start.
                  3 m ago: has reached a steady state.
    ");
    ended(shop.run(&["status", "--exit-code", "web"]), 1);
    insta::assert_snapshot!(shown(&shop, &["history", "web"]), @"
    WHEN       REV  OUTCOME           TOOK      IMAGES
    113 s ago  2    rolled back to 1  1 m 53 s  2
    4 m ago    1    succeeded         1 m 30 s  1

    shop-default-web:2: ECS deployment circuit breaker: tasks failed to start.
    ");
    insta::assert_snapshot!(shown(&shop, &["events"]), @"
      3 m ago  web     has reached a steady state.
    113 s ago  worker  has reached a steady state.
     15 s ago  web     (deployment ecs-svc/1503252985940635646) deployment failed:
                       ECS deployment circuit breaker: tasks failed to start.
     15 s ago  web     rolling back to shop-default-web:1.
          now  web     has reached a steady state.
    ");
    insta::assert_snapshot!(shown(&shop, &["tasks", "--stopped"]), @"
    49bf8f2c  web  shop-default-web:2  stopped 15 s ago
      EssentialContainerExited: Essential container in task exited
      web exited with 1: panic at startup
    1a207763  web  shop-default-web:2  stopped 45 s ago
      EssentialContainerExited: Essential container in task exited
      web exited with 1: panic at startup
    1dcd4e73  web  shop-default-web:2  stopped 75 s ago
      EssentialContainerExited: Essential container in task exited
      web exited with 1: panic at startup
    ");

    let past = events(&shop, &["history", "web"]);
    assert_eq!(past[1]["type"], "deployment");
    assert_eq!(
        (&past[1]["outcome"], &past[1]["rolledBackTo"], &past[2]["outcome"]),
        (&json!("rolledBack"), &json!("shop-default-web:1"), &json!("succeeded"))
    );
    assert_eq!(events(&shop, &["history", "web", "--limit", "1"]).len(), 2);
    let tasks = events(&shop, &["tasks", "web", "--stopped"]);
    assert_eq!(tasks[1]["containers"][0]["exitCode"], 1);
}

#[test]
fn a_rollout_that_was_left_under_way_is_in_progress() {
    let shop = shop();
    ended(deploy(&shop, 2, json!({"outcome": "neverEnds"})), 9);
    insta::assert_snapshot!(shown(&shop, &["status"]), @"
    SERVICE  TASKS  REV  DEPLOYMENT           SCALING  ALARMS  IMAGE
    web      2/2    2    in progress for 5 m           ok      shop-web:2
    worker   1/1    1    succeeded 5 m ago    1–4              shop-worker:1

    ! web: the deployment of shop-default-web:2 is in progress
    ");
    insta::assert_snapshot!(shown(&shop, &["history", "web"]), @"
    WHEN     REV  OUTCOME      TOOK      IMAGES
    5 m ago  2    in progress            2
    8 m ago  1    succeeded    1 m 30 s  1
    ");
    ended(
        deploy(
            &shop,
            3,
            json!({
                "outcome": "neverEnds",
                "pause": {"at": 0, "hook": "approve", "seconds": 86400, "onTimeout": "ROLLBACK"},
                "stages": [{"at": 0, "stage": "POST_TEST_TRAFFIC_SHIFT", "testWeight": 100.0}],
            }),
        ),
        9,
    );
    insta::assert_snapshot!(shown(&shop, &["status", "web"]), @"
    web  shop-default-web in cluster shop-default-main
      tasks       2 of 2 running, 2 pending
      revision    shop-default-web:3
      images      web  registry.example/shop-web:3
      deployment  paused for 5 m
                  0 of 2 tasks of shop-default-web:3 running
                  stage POST_TEST_TRAFFIC_SHIFT, 100 % of test requests
                  circuit breaker: 0 of 3 failures that end it
                  hook approve waits for a decision; in 23 h: ROLLBACK
      size        0.5 vCPU and 1 GiB a task, X86_64; 1 vCPU and 2 GiB for 2 tasks
      capacity    FARGATE
      alarms      web-errors ok, ends deployments
      events      11 m ago: has reached a steady state.
    ");
    let status = events(&shop, &["status"]);
    let expires = status[1]["deployment"]["pause"]["expiresAt"].as_str().unwrap();
    assert!(expires.starts_with("2026-01-02T00:"), "{expires}");
    insta::assert_snapshot!(shown(&shop, &["history", "web"]), @"
    WHEN      REV  OUTCOME      TOOK      IMAGES
    5 m ago   3    in progress            3
    10 m ago  2    superseded   5 m       2
    13 m ago  1    succeeded    1 m 30 s  1

    shop-default-web:2: Superseded by another service deployment.
    ");
}

#[test]
fn alarms_and_scaling_are_as_the_account_s_file_has_them() {
    let shop = shop();
    edit(&shop, |account| {
        account["running"]["alarms"] = json!([{
            "name": "web-errors", "state": "ALARM", "changedAt": "2026-01-01T00:00:30Z",
            "reason": "Threshold Crossed: 7 errors.",
        }]);
        account["running"]["scaling"] = json!({"service/shop-default-main/shop-default-worker": {
            "at": "2026-01-01T00:01:00Z", "status": "Successful",
            "description": "Setting desired count to 1.", "cause": "a minimum",
        }});
    });
    insta::assert_snapshot!(shown(&shop, &["status"]), @"
    SERVICE  TASKS  REV  DEPLOYMENT          SCALING  ALARMS     IMAGE
    web      2/2    1    succeeded 90 s ago           1 of 1 on  shop-web:1
    worker   1/1    1    succeeded now       1–4                 shop-worker:1

    ! web: alarm web-errors is on
    ");
    insta::assert_snapshot!(shown(&shop, &["status", "-v"]), @"
    web  shop-default-web in cluster shop-default-main
      tasks       2 of 2 running
      revision    shop-default-web:1
      images      web  registry.example/shop-web:1
      deployment  succeeded 90 s ago
      size        0.5 vCPU and 1 GiB a task, X86_64; 1 vCPU and 2 GiB for 2 tasks
      capacity    FARGATE
      alarms      web-errors on for 2 m, ends deployments: Threshold Crossed: 7
                    errors.
      events      90 s ago: has reached a steady state.

    worker  shop-default-worker in cluster shop-default-main
      tasks       1 of 1 running
      revision    shop-default-worker:1
      images      worker  registry.example/shop-worker:1
      deployment  succeeded now
      size        0.25 vCPU and 512 MiB a task, X86_64
      capacity    FARGATE
      scaling     from 1 to 4 tasks
                  2 m ago: Setting desired count to 1. Successful
      alarms      TargetTracking-service/shop-default-main/shop-default-worker-AlarmHigh-1db98db6
                    ok, scales
                  TargetTracking-service/shop-default-main/shop-default-worker-AlarmLow-1db98db6
                    ok, scales
      events      now: has reached a steady state.
    ");
}

#[test]
fn tasks_are_stopped_by_the_beginnings_of_their_ids() {
    let shop = shop();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let tasks = events(&shop, arguments).into_iter().skip(1);
        tasks.map(|task| task["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = ids(&["tasks", "web"]);
    let ending = |arguments: &[&str]| shop.run(&[&["tasks", "stop"], arguments].concat());
    let nobody = ended(ending(&[&before[0]]), 64);
    assert!(nobody.stderr.contains("pass --auto-approve"), "{}", nobody.stderr);
    let absent = ended(ending(&["--auto-approve", "xyz"]), 1);
    insta::assert_snapshot!(absent.stderr, @"
    error: no task of the application begins with `xyz`
      hint: `ecsctl tasks` lists them
    ");
    let many = ended(ending(&["--auto-approve", ""]), 1);
    assert!(many.stderr.contains("begins with ``"), "{}", many.stderr);

    let stopped =
        done(ending(&["--auto-approve", "--reason", "stuck", &before[0][..8], &before[0]]));
    let expected = format!("Stopping {} of web: the service starts another one.\n", before[0]);
    assert_eq!(stopped.stdout, expected, "once");
    let after = ids(&["tasks", "web"]);
    assert_eq!((after.len(), after.contains(&before[0])), (2, false));
    let lost = events(&shop, &["tasks", "web", "--stopped"]);
    assert_eq!(
        (&lost[1]["id"], &lost[1]["stopCode"], &lost[1]["stoppedReason"]),
        (&json!(before[0]), &json!("UserInitiated"), &json!("stuck"))
    );
    let stopped = done(ending(&["--auto-approve", &after[0], "--output", "json"]));
    let events = Events::of(&stopped);
    let event = &events.as_json()[1];
    assert_eq!((&event["type"], &event["id"]), (&json!("taskStopped"), &json!(after[0])));
}

#[test]
fn tasks_that_begin_alike_are_refused_and_a_person_is_asked() {
    let shop = shop();
    edit(&shop, |account| {
        for (number, task) in
            account["running"]["tasks"].as_array_mut().unwrap().iter_mut().enumerate()
        {
            let arn = task["arn"].as_str().unwrap();
            task["arn"] = json!(format!("{}/abc{number}", arn.rsplit_once('/').unwrap().0));
        }
    });
    let refused = ended(shop.run(&["tasks", "stop", "--auto-approve", "abc"]), 64);
    insta::assert_snapshot!(refused.stderr, @"
    error: `abc` is the beginning of 3 tasks: abc1, abc0, abc2
      hint: give more of its id
    ");
    let ambiguous = ["tasks", "stop", "abc1"];
    let no = ended(shop.ecsctl.run_on_terminal(&ambiguous, &[("Stop them?", "n")]), 8);
    assert!(no.stdout.contains("abc1 of web: shop-default-web:1"), "{}", no.stdout);
    let yes = done(shop.ecsctl.run_on_terminal(&ambiguous, &[("Stop them?", "y")]));
    assert!(yes.stdout.contains("Stopping abc1 of web"), "{}", yes.stdout);
}

#[test]
fn events_are_chosen_by_time_and_count() {
    let shop = shop();
    done(deploy(
        &shop,
        2,
        json!({"outcome": "succeeds", "events": [
            {"at": 5, "message": "(service shop-default-web) has started 2 tasks: (task 1) (task 2)."},
        ]}),
    ));
    let messages = |arguments: &[&str]| -> Vec<String> {
        let told = events(&shop, &[&["events"], arguments].concat()).into_iter().skip(1);
        told.map(|told| format!("{} {}", told["service"], told["message"])).collect()
    };
    let all = messages(&[]);
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(messages(&["--limit", "1"]), all[3..]);
    assert_eq!(messages(&["--since", "1m"]), all[3..]);
    assert_eq!(messages(&["--since", "2026-01-01T00:00:00Z", "web"]).len(), 3);
    let wrong = ended(shop.run(&["events", "--since", "soon"]), 64);
    assert!(wrong.stderr.contains("such as 30s, 10m, 2h"), "{}", wrong.stderr);
    assert_eq!(
        done(shop.run(&["events", "--since", "1s", "worker"])).stderr,
        "There are no events.\n"
    );
}

/// A command that goes on until it is interrupted.
struct Endless {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Endless {
    fn start(shop: &Application, arguments: &[&str]) -> Self {
        let mut command: Command = shop.ecsctl.start(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// The first line from here on that has `text` in it.
    fn line_with(&mut self, text: &str) {
        let found = self.lines.by_ref().map(Result::unwrap).find(|line| line.contains(text));
        assert!(found.is_some(), "{text}");
    }

    fn ends_by(mut self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "SIG{signal}");
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        // Also when the test fails on the way; what has ended cannot be ended again.
        let _ = self.child.kill();
    }
}

#[test]
fn a_watch_tells_what_changes_until_it_is_interrupted() {
    let shop = shop();
    let mut text = Endless::start(&shop, &["status", "--watch", "--interval", "1"]);
    let mut json = Endless::start(&shop, &["status", "-w", "--interval", "1", "--output", "json"]);
    assert!(text.line().starts_with("SERVICE"));
    assert!(text.line().starts_with("web ") && text.line().starts_with("worker "));
    for expected in ["start", "serviceStatus", "serviceStatus"] {
        assert!(json.line().starts_with(&format!("{{\"type\":\"{expected}\"")));
    }
    ended(deploy(&shop, 2, crash()), 4);
    let expected = "web  the deployment of shop-default-web:1 is a rollback of one that failed";
    text.line_with(expected);
    json.line_with("\"standing\":\"rolledBack\"");
    text.ends_by("INT");
    json.ends_by("TERM");
}

#[test]
fn events_are_followed() {
    let shop = shop();
    let mut followed = Endless::start(&shop, &["events", "--follow", "--limit", "1"]);
    assert_eq!(followed.line(), "2026-01-01T00:03:10Z  worker  has reached a steady state.");
    ended(deploy(&shop, 2, crash()), 4);
    followed.line_with("deployment failed: ECS deployment circuit breaker");
    followed.ends_by("TERM");
}

#[test]
fn a_terminal_is_drawn_again_in_place() {
    let shop = shop();
    let typed = [("SERVICE", ""), ("SERVICE", "\u{3}")];
    let run = done(shop.ecsctl.run_on_terminal(&["status", "--watch", "--interval", "1"], &typed));
    assert!(run.stdout.matches("SERVICE").count() >= 2, "{:?}", run.stdout);
    assert!(run.stdout.contains("\u{1b}["), "{:?}", run.stdout);
}

#[test]
fn a_reader_that_goes_away_stops_nothing() {
    let shop = shop();
    for arguments in [&["status", "-v"][..], &["events"], &["history", "web"], &["tasks"]] {
        let mut command = shop.ecsctl.start(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}
