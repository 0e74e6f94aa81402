//! For pipelines and programs: JSON events, streams, closed pipes.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::support::events::Events;
use crate::{Application, done, ended};

#[test]
fn every_command_writes_events_and_the_first_says_their_version() {
    let hello = Application::example("hello");
    for arguments in [
        &["validate"][..],
        &["render"],
        &["plan"],
        &["apply", "--auto-approve"],
        &["apply", "--auto-approve"],
        &["destroy", "--auto-approve"],
        &["init", "-f", "new"],
    ] {
        let run = done(hello.run(&[arguments, &["--output", "json"]].concat()));
        let events = Events::of(&run);
        let start = &events.as_json()[0];
        assert_eq!((&start["type"], &start["schema"]), (&json!("start"), &json!(1)), "{run:?}");
        assert_eq!(start["command"], arguments[0]);
    }
}

#[test]
fn a_run_is_told_in_events_to_its_end() {
    let hello = Application::example("hello");
    let apply = || Events::of(&hello.run(&["apply", "--auto-approve", "--output", "json"]));
    let events = apply();
    let of = |kind: &str| events.as_json().iter().filter(|event| event["type"] == kind).count();
    assert_eq!((of("action"), of("started"), of("done")), (7, 7, 7));
    let end = events.as_json().last().unwrap();
    assert_eq!(*end, json!({"type": "end", "done": 7, "failed": 0, "notTried": 0, "exitCode": 0}));
    assert_eq!(
        apply().as_json().last().unwrap()["type"],
        "end",
        "also when there is nothing to do"
    );
}

#[test]
fn a_rollback_is_a_failure_with_its_own_exit_code() {
    let hello = Application::example("hello");
    hello.apply();
    hello.manifests.edit("hello.yaml", "nginx:1.27", "nginx:1.28");
    let script = r#"{"rollouts": {"hello-default-hello": [{"outcome": "rollsBack", "reason": "tasks failed to start"}]}}"#;
    let mut account: serde_json::Value = serde_json::from_str(&hello.account()).unwrap();
    account["script"] = serde_json::from_str(script).unwrap();
    std::fs::write(hello.ecsctl.file("account.json"), account.to_string()).unwrap();
    let failed = ended(hello.run(&["apply", "--auto-approve"]), 4);
    let summary = failed.stdout.split_once("wait.\n").unwrap().1;
    insta::assert_snapshot!(summary, @"
      ✗ service/hello: the deployment of hello-default-hello:2 failed and was rolled back (1 min 53 s)
        why        tasks failed to start
        now        hello-default-hello:1 runs, the revision from before
        commands   Apply again once that is corrected.
                   Nothing that was read tells why: see `ecsctl events hello` and `ecsctl logs hello`.
    Not done: 1 resource done, 1 failed, 0 not tried. Run the same command again to go on from here.
    ");
    assert_ne!(hello.plan().changes(), crate::set(&[]), "the new image is still to come");
}

#[test]
fn results_go_to_stdout_and_narration_to_stderr() {
    let hello = Application::example("hello");
    let plan = done(hello.run(&["plan", "--out", "plan.json"]));
    assert!(plan.stdout.ends_with("waits.\n"), "{plan:?}");
    assert_eq!(plan.stderr, "Saved to plan.json: `ecsctl apply plan.json` does exactly this.\n");
    let apply = done(hello.run(&["apply", "--auto-approve"]));
    assert!(apply.stdout.ends_with("\n\nDone: 7 resources.\n"), "{apply:?}");
    assert!(
        apply.stderr.lines().all(|line| line.starts_with("  · ") || line.starts_with("  ✓ ")),
        "{apply:?}"
    );
}

#[test]
fn a_reader_that_goes_away_stops_nothing() {
    let shop = Application::example("shop");
    for arguments in [&["plan", "-v"][..], &["apply", "--auto-approve"], &["render"], &["schema"]] {
        let mut command = shop.ecsctl.start(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("failed:"), "{stderr}");
    }
    assert_eq!(shop.plan().changes(), crate::set(&[]), "apply did all of it");
}

#[test]
fn colour_comes_on_request_only() {
    let hello = Application::example("hello");
    let is_colored = |arguments: &[&str]| {
        let run = hello.run(arguments);
        (run.stdout + &run.stderr).contains('\u{1b}')
    };
    assert!(!is_colored(&["plan"]));
    assert!(is_colored(&["plan", "--color", "always"]));
    assert!(!is_colored(&["plan", "--color", "always", "--output", "json"]));
}

#[test]
fn what_becomes_of_tasks_on_instances_is_an_event_and_no_part_of_a_saved_plan() {
    let cluster = "{ kind: Cluster, name: main, instances: [{ name: general, min: 1, max: 2 }] }";
    let service =
        "{ kind: Service, name: web, image: nginx, port: 80, launchType: EC2, memory: 512 }";
    let shop = Application::written("shop", &format!("{cluster}\n---\n{service}\n"));
    let advice = json!({
        "type": "advice",
        "address": "service/web",
        "text": "fits: 1 task of 0 CPU and 512 MiB; at its peak 1 runs on 1 of 1 instance (as planned: none is registered yet)",
    });
    assert!(shop.plan().as_json().contains(&advice), "{:?}", shop.plan().as_json());
    done(shop.run(&["plan", "--out", "plan.json"]));
    let saved = std::fs::read_to_string(shop.ecsctl.file("plan.json")).unwrap();
    assert!(!saved.contains("fits"), "{saved}");
    let run = done(shop.run(&["apply", "plan.json"]));
    assert!(run.stdout.contains("! service/web\n    fits: 1 task"), "{}", run.stdout);
}
