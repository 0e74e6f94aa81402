//! One-off tasks of jobs and services: what they show, and how they end.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::ecsctl::Run;
use crate::support::events::Events;
use crate::{Application, done, ended};

const FAMILY: &str = "shop-default-migrate";

const APP: &str = "
kind: Job
name: migrate
image: shop/migrate:1
command: [migrate, up]
timeout: 30m
---
kind: Service
name: web
containers:
  - { name: proxy, image: nginx, essential: false }
  - { name: app, image: shop/web:1 }
";

/// An application with a job and a service, deployed.
fn shop() -> Application {
    let shop = Application::written("shop", APP);
    shop.apply();
    shop
}

/// What becomes of the next tasks of a family.
fn script(shop: &Application, family: &str, runs: &Json) {
    let mut account: Json = serde_json::from_str(&shop.account()).unwrap();
    account["script"] = json!({"runs": {family: runs}});
    shop.write_account(&account.to_string());
}

fn tasks(shop: &Application) -> Vec<Json> {
    let account: Json = serde_json::from_str(&shop.account()).unwrap();
    let tasks = account["running"]["tasks"].as_array().unwrap().iter();
    tasks.filter(|task| task["group"].as_str().unwrap().starts_with("family:")).cloned().collect()
}

/// What it told beside the results, without the ids of tasks.
fn told(run: &Run) -> String {
    let ids = regex_lite::Regex::new("[0-9a-f]{32}").unwrap();
    ids.replace_all(&run.stderr, "[task]").into_owned()
}

#[test]
fn a_job_runs_to_its_end_and_what_it_writes_is_the_result() {
    let shop = shop();
    script(&shop, FAMILY, &json!([{"seconds": 8, "logs": ["up 1", "up 2"]}]));
    let run = done(shop.run(&["run", "migrate"]));
    assert_eq!(run.stdout, "up 1\nup 2\n");
    insta::assert_snapshot!(told(&run), @"
    Running 1 task of job/migrate: shop-default-migrate:1 on FARGATE in cluster shop-default-main.
      · task [task]  PROVISIONING
      · task [task]  PENDING
      · task [task]  RUNNING
      · task [task]  STOPPED
      ✓ task [task]  migrate exited with 0
    ");
    let task = &tasks(&shop)[0];
    assert_eq!(task["startedBy"], "ecsctl/shop/default");
    assert_eq!(task["lastStatus"], "STOPPED");
}

#[test]
fn the_exit_code_is_that_of_the_container() {
    let shop = shop();
    script(&shop, FAMILY, &json!([{"exitCode": 3, "logs": ["no such column"]}]));
    let run = ended(shop.run(&["run", "migrate", "--", "migrate", "down"]), 3);
    assert_eq!(run.stdout, "no such column\n");
    insta::assert_snapshot!(told(&run), @"
    Running 1 task of job/migrate: shop-default-migrate:1 on FARGATE in cluster shop-default-main.
      · task [task]  PROVISIONING
      · task [task]  PENDING
      · task [task]  RUNNING
      · task [task]  STOPPED
      ✗ task [task]  migrate exited with 3
          cause: Container migrate ended by itself with exit code 3: the application failed, its log says why.
          → Read the last lines of its log, and correct the application, its `environment`, or what it connects to.
    ");
}

#[test]
fn a_task_that_never_started_ends_like_a_rollout_that_failed() {
    let shop = shop();
    let reason = "CannotPullContainerError: pull image manifest has been retried 1 time(s): docker.io/shop/migrate:1: not found";
    script(
        &shop,
        FAMILY,
        &json!([{
            "stopCode": "TaskFailedToStart", "stoppedReason": "Task failed to start",
            "containers": {"migrate": {"reason": reason}}, "logs": ["never written"]
        }]),
    );
    let run = ended(shop.run(&["run", "migrate"]), 4);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("did not start\n"), "{}", run.stderr);
    assert!(run.stderr.contains("Task failed to start (TaskFailedToStart)\n"), "{}", run.stderr);
    assert!(run.stderr.contains(reason), "{}", run.stderr);
}

#[test]
fn who_was_told_to_stop_has_not_done_its_work_whatever_it_says() {
    let shop = shop();
    let reason = "Your Spot Task was interrupted.";
    let stopped = json!([{"stopCode": "SpotInterruption", "stoppedReason": reason}]);
    script(&shop, FAMILY, &stopped);
    let run = ended(shop.run(&["run", "migrate"]), 4);
    assert!(run.stderr.contains("was interrupted by AWS"), "{}", run.stderr);
}

#[test]
fn a_run_is_stopped_when_its_time_is_over() {
    let shop = shop();
    let slow = json!([{"seconds": 7200}, {"seconds": 7200}, {"seconds": 1500}]);
    script(&shop, FAMILY, &slow);
    let run = ended(shop.run(&["run", "migrate", "--timeout", "90s"]), 9);
    assert!(run.stderr.contains("stopped after 90 seconds\n"), "{}", run.stderr);
    let task = tasks(&shop).pop().unwrap();
    assert_eq!(task["stopCode"], "UserInitiated");
    assert_eq!(task["stoppedReason"], "ecsctl run: the time is up");
    let run = ended(shop.run(&["run", "migrate"]), 9);
    assert!(run.stderr.contains("stopped after 1800 seconds\n"), "the job's own: {}", run.stderr);
    done(shop.run(&["run", "migrate"]));
}

#[test]
fn several_tasks_run_side_by_side_and_the_worst_one_counts() {
    let shop = shop();
    let runs = json!([{"logs": ["one"]}, {"exitCode": 7, "logs": ["two"]}, {"exitCode": 2}]);
    script(&shop, FAMILY, &runs);
    let run = ended(shop.run(&["run", "migrate", "--count", "12"]), 7);
    assert_eq!(tasks(&shop).len(), 12);
    let mut lines: Vec<_> =
        run.stdout.lines().map(|line| line.split_once(" | ").unwrap()).collect();
    lines.sort_by_key(|(_, message)| *message);
    assert_eq!(lines.iter().map(|(_, message)| *message).collect::<Vec<_>>(), ["one", "two"]);
    assert!(lines.iter().all(|(task, _)| task.len() == 8), "{lines:?}");
}

#[test]
fn a_task_that_finds_no_place_is_explained() {
    let shop = shop();
    script(&shop, FAMILY, &json!([{"failure": "RESOURCE:MEMORY"}]));
    let run = ended(shop.run(&["run", "migrate"]), 4);
    insta::assert_snapshot!(told(&run), @"
    Running 1 task of job/migrate: shop-default-migrate:1 on FARGATE in cluster shop-default-main.
      ✗ no place for a task: RESOURCE:MEMORY
          → no instance has room for it: pass --cpu or --memory to ask for less, stop other tasks, or add instances
    ");
    assert_eq!(tasks(&shop).len(), 0);
}

#[test]
fn a_service_lends_its_task_definition_and_network() {
    let shop = shop();
    script(&shop, "shop-default-web", &json!([{"logs": ["ready"]}]));
    let run = done(shop.run(&[
        "run",
        "web",
        "--container-env",
        "MODE=console",
        "--",
        "console",
        "--batch",
    ]));
    assert!(run.stdout.contains("app | ready\n"), "{}", run.stdout);
    assert!(run.stderr.contains("app exited with 0"), "the essential one: {}", run.stderr);
    let run = ended(shop.run(&["run", "web", "--container", "ap"]), 64);
    assert!(run.stderr.contains("did you mean `app`?"), "{}", run.stderr);
}

#[test]
fn programs_hear_of_every_step() {
    let shop = shop();
    script(&shop, FAMILY, &json!([{"exitCode": 4, "logs": ["half way"]}]));
    let arguments = ["run", "migrate", "--output", "json", "--container-env", "TOKEN=hunter2"];
    let run = ended(shop.run(&arguments), 4);
    assert!(!run.stdout.contains("hunter2") && run.stderr.is_empty(), "{run:?}");
    let events = Events::of(&run);
    let kinds: Vec<_> =
        events.as_json().iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = ["start", "taskStarted", "taskStatus", "taskStatus", "log", "taskStatus", "end"];
    assert_eq!(kinds, expected);
    let end = events.as_json().last().unwrap();
    assert_eq!((&end["exitCode"], &end["timedOut"]), (&json!(4), &json!(false)));
    assert_eq!(end["tasks"][0]["outcome"], "exited", "the container's own code");
    assert_eq!(
        end["tasks"][0]["containers"][0],
        json!({"name": "migrate", "exitCode": 4, "reason": null})
    );
}

#[test]
fn a_detached_run_says_only_which_tasks_it_started() {
    let shop = shop();
    let run = done(shop.run(&["run", "migrate", "--detach"]));
    let task = &tasks(&shop)[0];
    assert_eq!(run.stdout.trim_end(), task["arn"].as_str().unwrap().rsplit('/').next().unwrap());
    assert_eq!(task["lastStatus"], "PROVISIONING");
    assert!(told(&run).ends_with("`ecsctl tasks stop [task]` stops it.\n"), "{}", run.stderr);
}

#[test]
fn a_task_that_was_left_is_listed_and_stopped() {
    let shop = shop();
    let id = done(shop.run(&["run", "migrate", "--detach"])).stdout.trim_end().to_owned();
    let listed = done(shop.run(&["tasks", "migrate"])).stdout;
    assert!(listed.contains(&id[..8]) && listed.contains("migrate"), "{listed}");
    assert!(done(shop.run(&["tasks"])).stdout.contains(&id[..8]));
    let stopped = done(shop.run(&["tasks", "stop", &id[..8], "--auto-approve"])).stdout;
    assert_eq!(stopped, format!("Stopping {id} of migrate.\n"));
    assert!(!done(shop.run(&["tasks"])).stdout.contains(&id[..8]));
    let over = done(shop.run(&["tasks", "migrate", "--stopped"])).stdout;
    assert!(over.contains("UserInitiated"), "{over}");
}

#[test]
fn a_lost_reply_starts_no_second_task() {
    let shop = shop();
    let mut account: Json = serde_json::from_str(&shop.account()).unwrap();
    account["script"] = json!({"faults": [{"call": "ecs:RunTask", "effect": "lostReply"}]});
    shop.write_account(&account.to_string());
    done(shop.run(&["run", "migrate"]));
    assert_eq!(tasks(&shop).len(), 1);
}

#[test]
fn what_cannot_be_run_is_said_before_anything_is_started() {
    let new = Application::written("shop", APP);
    let run = ended(new.run(&["run", "migrate"]), 1);
    insta::assert_snapshot!(run.stderr, @"
    error: job/migrate was never applied: there is no task-definition/migrate
      hint: run `ecsctl apply` first
    ");
    let run = ended(new.run(&["run", "web"]), 1);
    insta::assert_snapshot!(run.stderr, @"
    error: service/web was never applied: there is no service/web
      hint: run `ecsctl apply` first
    ");
    let run = ended(new.run(&["run", "migrat"]), 64);
    insta::assert_snapshot!(run.stderr, @"
    error: there is no job or service `migrat` in the manifests
      hint: did you mean `migrate`?
    ");
    let run = ended(new.run(&["run", "migrate", "--container-env", "hunter2"]), 64);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    let long = "x".repeat(9000);
    new.apply();
    let run = ended(new.run(&["run", "migrate", "--", &long]), 64);
    assert!(run.stderr.contains("ECS takes 8192"), "{}", run.stderr);
    assert_eq!(tasks(&new).len(), 0);
}

#[test]
fn what_is_live_is_run_even_if_the_manifests_say_otherwise() {
    let shop = shop();
    let line = "The manifests say otherwise of job/migrate than what is live, which is run: `ecsctl plan` shows how.\n";
    assert!(!done(shop.run(&["run", "migrate"])).stderr.contains(line));
    shop.manifests.edit("app.yaml", "shop/migrate:1", "shop/migrate:2");
    let run = done(shop.run(&["run", "migrate"]));
    assert!(run.stderr.starts_with(line), "{}", run.stderr);
    assert!(run.stderr.contains("shop-default-migrate:1 on FARGATE"), "{}", run.stderr);
    assert_eq!(tasks(&shop)[1]["containers"][0]["image"], "shop/migrate:1");
    shop.manifests.edit("app.yaml", "shop/migrate:2", "shop/migrate:${TAG}");
    let run = done(shop.run(&["run", "migrate"]));
    assert!(!run.stderr.contains(line), "what is not known does not differ: {}", run.stderr);
}

#[test]
fn a_signal_leaves_the_task_running_unless_it_shall_be_stopped() {
    for (arguments, status) in [
        (&["run", "migrate"][..], "RUNNING"),
        (&["run", "migrate", "--stop-on-interrupt"], "STOPPED"),
    ] {
        let shop = shop();
        script(&shop, FAMILY, &json!([{"seconds": 7200, "pace": 50, "logs": ["on my way"]}]));
        let mut command = shop.ecsctl.start(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut narration = BufReader::new(child.stderr.take().unwrap()).lines();
        let runs = |line: &String| line.ends_with("RUNNING");
        assert!(narration.by_ref().map(Result::unwrap).any(|line| runs(&line)));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
        let narration: Vec<String> = narration.map(Result::unwrap).collect();
        assert_eq!(child.wait().unwrap().code(), Some(8));
        let task = &tasks(&shop)[0];
        assert_eq!(task["lastStatus"], status, "{narration:#?}");
        let id = task["arn"].as_str().unwrap().rsplit('/').next().unwrap();
        let says = |text: &str| narration.iter().any(|line| line.contains(text));
        if status == "RUNNING" {
            assert!(says(&format!(
                "Task {id} goes on (RUNNING); `ecsctl tasks stop {id}` stops it."
            )));
        } else {
            assert!(says(&format!("cancelled: ECS stops {id}")), "{narration:#?}");
        }
    }
}
