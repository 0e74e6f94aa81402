//! Services changed between two applies: other images, back again, more tasks; and what the next plan
//! says of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::ecsctl::Run;
use crate::support::events::Events;
use crate::{Application, done, ended, set};

const SERVICE: &str = "hello-default-hello";

/// The example, deployed.
fn hello() -> Application {
    let hello = Application::example("hello");
    hello.apply();
    hello
}

/// Two services of two containers each.
fn pair() -> Application {
    let service = |name: &str| {
        format!(
            "kind: Service\nname: {name}\ndesiredCount: 2\ncontainers:\n  - {{ name: app, image: \"shop:1\" }}\n  - {{ name: proxy, image: \"envoy:1\" }}\n"
        )
    };
    let pair = Application::written("pair", &[service("api"), service("web")].join("---\n"));
    pair.apply();
    pair
}

impl Application {
    /// What becomes of the next deployments of a service.
    fn script(&self, service: &str, rollouts: &Json) {
        let mut account: Json = serde_json::from_str(&self.account()).unwrap();
        account["script"]["rollouts"][service] = rollouts.clone();
        self.write_account(&account.to_string());
    }

    fn deploy(&self, image: &str) -> Run {
        self.run(&["deploy", "hello", "--image", image, "--auto-approve"])
    }

    /// The revision that the service runs, and its image in the account.
    fn running(&self, service: &str) -> String {
        let account: Json = serde_json::from_str(&self.account()).unwrap();
        let services = account["running"]["services"].as_object().unwrap();
        let (_, found) = services.iter().find(|(key, _)| key.ends_with(service)).unwrap();
        let arn = found["deployments"][0]["taskDefinition"].as_str().unwrap();
        arn.rsplit('/').next().unwrap().to_owned()
    }
}

#[test]
fn a_deployed_image_is_the_only_change_and_the_next_plan_shows_it() {
    let hello = hello();
    let run = done(hello.deploy("nginx:1.28"));
    insta::assert_snapshot!(run.stdout, @"
    ecsctl deploy · hello / default · 000000000000 us-east-1

    service/hello
      ~ containers[hello].image  public.ecr.aws/nginx/nginx:1.27 → nginx:1.28
        1 ecs:RegisterTaskDefinition hello-default-hello, like hello-default-hello:1
        2 ecs:UpdateService hello-default-hello
          wait until the deployment of hello-default-hello succeeds


    Done: service/hello runs hello-default-hello:2.
    ");
    insta::assert_snapshot!(run.stderr, @"
    · service/hello  ecs:RegisterTaskDefinition hello-default-hello, like hello-default-hello:1
    · service/hello  ecs:UpdateService hello-default-hello
    · service/hello  0 s: hello-default-hello:2 · in progress · new 0/1 running, 1 pending, 0 failed · old 1/1 running, 0 pending, 0 failed · circuit breaker 0 of 3
    · service/hello  1 min 30 s: successful · new 1/1 running, 0 pending, 0 failed · no old tasks
    ");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:2");
    let comes_back = [
        "revise task-definition/hello containers[hello].image",
        "update service/hello taskDefinition",
    ];
    assert_eq!(hello.plan().changes(), set(&comes_back));
}

#[test]
fn an_image_that_runs_already_is_not_deployed_unless_forced() {
    let hello = hello();
    let image = "public.ecr.aws/nginx/nginx:1.27";
    let run = done(hello.deploy(image));
    insta::assert_snapshot!(run.stdout, @"
    ecsctl deploy · hello / default · 000000000000 us-east-1
    Nothing to do: service/hello runs that already, as hello-default-hello:1; --force deploys it again.
    ");
    let arguments = ["deploy", "hello", "--image", image, "--auto-approve", "--force"];
    let forced = done(hello.run(&arguments));
    insta::assert_snapshot!(forced.stdout, @"
    ecsctl deploy · hello / default · 000000000000 us-east-1

    service/hello
        1 ecs:UpdateService hello-default-hello
          wait until the deployment of hello-default-hello succeeds


    Done: service/hello runs hello-default-hello:1.
    ");
    assert_eq!(hello.plan().changes(), set(&[]), "nothing was registered");
}

#[test]
fn images_that_ci_owns_stay_through_applies_failures_and_rollbacks() {
    let hello = Application::example("hello");
    let owned =
        "kind: Service\nname: hello\nlifecycle: { ignoreChanges: [\"containers[hello].image\"] }";
    hello.manifests.edit("hello.yaml", "kind: Service\nname: hello", owned);
    hello.apply();
    done(hello.deploy("nginx:1.28"));
    assert_eq!(hello.plan().changes(), set(&[]), "after a deploy");
    hello.manifests.edit("hello.yaml", "port: 80", "port: 80\ncpu: 1 vCPU\nmemory: 2 GB");
    hello.apply();
    assert_eq!(hello.plan().changes(), set(&[]), "after a change of something else");
    assert!(hello.account().contains("nginx:1.28"));
    done(hello.deploy("nginx:1.29"));
    assert_eq!(hello.plan().changes(), set(&[]), "after the next deploy");
    hello.script(SERVICE, &json!([{"outcome": "rollsBack", "reason": "tasks failed to start"}]));
    ended(hello.deploy("nginx:1.30"), 4);
    assert_eq!(hello.plan().changes(), set(&[]), "after a deploy that was rolled back");
    done(hello.run(&["rollback", "hello", "--auto-approve"]));
    assert_eq!(hello.plan().changes(), set(&[]), "after a rollback");
}

#[test]
fn a_deploy_that_is_rolled_back_has_failed() {
    let hello = hello();
    hello.script(SERVICE, &json!([{"outcome": "rollsBack", "reason": "tasks failed to start"}]));
    let run = ended(hello.deploy("nginx:1.28"), 4);
    assert!(run.stdout.contains("hello-default-hello:1 runs, the revision from before"), "{run:?}");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:1");
    let waited = ended(hello.run(&["wait", "hello"]), 4);
    insta::assert_snapshot!(waited.stdout, @"
    ecsctl wait · hello / default · 000000000000 us-east-1

      ✗ service/hello: the deployment of hello-default-hello:2 failed and was rolled back (0 s)
        why        tasks failed to start
        now        hello-default-hello:1 runs, the revision from before
        commands   Apply again once that is corrected.
                   Nothing that was read tells why: see `ecsctl events hello` and `ecsctl logs hello`.
    ");
}

#[test]
fn a_rollback_passes_over_what_failed() {
    let hello = hello();
    done(hello.deploy("nginx:1.28"));
    hello.script(SERVICE, &json!([{"outcome": "rollsBack", "reason": "tasks failed to start"}]));
    ended(hello.deploy("nginx:1.29"), 4);
    done(hello.deploy("nginx:1.30"));
    let back = done(hello.run(&["rollback", "hello", "--auto-approve"]));
    insta::assert_snapshot!(back.stdout, @"
    ecsctl rollback · hello / default · 000000000000 us-east-1

    service/hello
      ~ taskDefinition           hello-default-hello:4 → hello-default-hello:2
      ~ containers[hello].image  nginx:1.30 → nginx:1.28
      hello-default-hello:2 was last deployed with success at 2026-01-01T00:03:10Z
        1 ecs:UpdateService hello-default-hello
          wait until the deployment of hello-default-hello succeeds


    Done: service/hello runs hello-default-hello:2.
    ");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:2");
    let named = done(hello.run(&["rollback", "hello", "--to", "1", "--auto-approve"]));
    assert!(named.stdout.contains("hello-default-hello:2 → hello-default-hello:1"), "{named:?}");
    assert_eq!(hello.plan().changes(), set(&[]), "the first revision is the manifest's");
}

#[test]
fn a_revision_that_was_applied_and_left_is_a_difference() {
    let hello = hello();
    hello.manifests.edit("hello.yaml", "nginx:1.27", "nginx:1.28");
    hello.apply();
    done(hello.run(&["rollback", "hello", "--auto-approve"]));
    assert_eq!(hello.running(SERVICE), "hello-default-hello:1");
    assert_ne!(hello.plan().changes(), set(&[]));
    hello.apply();
    assert_eq!(hello.plan().changes(), set(&[]));
}

#[test]
fn what_cannot_be_rolled_back_says_why() {
    let hello = hello();
    let refused = |arguments: &[&str], code| {
        let run =
            ended(hello.run(&[&["rollback", "hello", "--auto-approve"], arguments].concat()), code);
        run.stderr
    };
    insta::assert_snapshot!(refused(&[], 1), @"
    error: there is nothing to go back to for hello: no other revision of it was deployed with success
      hint: deploy what shall run with `ecsctl deploy` or `ecsctl apply`
    ");
    insta::assert_snapshot!(refused(&["--to", "7"], 64), @"
    error: there is no revision hello-default-hello:7
      hint: the active revisions are hello-default-hello:1
    ");
    insta::assert_snapshot!(refused(&["--to", "hello-default-helo:1"], 64), @"
    error: `hello-default-helo:1` is no revision of hello-default-hello
      hint: did you mean `hello-default-hello:1`?
    ");
    let same = done(hello.run(&["rollback", "hello", "--auto-approve", "--to", "1"]));
    assert!(
        same.stdout.contains("Nothing to do: service/hello runs hello-default-hello:1 already")
    );
    let off_terminal = ended(hello.run(&["rollback", "hello"]), 64);
    assert!(off_terminal.stderr.contains("pass --auto-approve"), "{off_terminal:?}");
}

#[test]
fn a_deployment_under_way_is_stopped_and_ecs_goes_back() {
    let hello = hello();
    hello.script(SERVICE, &json!([{"outcome": "neverEnds"}]));
    let begun =
        done(hello.run(&["deploy", "hello", "--image", "a:1", "--auto-approve", "--no-wait"]));
    insta::assert_snapshot!(begun.stdout, @"
    ecsctl deploy · hello / default · 000000000000 us-east-1

    service/hello
      ~ containers[hello].image  public.ecr.aws/nginx/nginx:1.27 → a:1
        1 ecs:RegisterTaskDefinition hello-default-hello, like hello-default-hello:1
        2 ecs:UpdateService hello-default-hello
          wait until the deployment of hello-default-hello succeeds


    Begun: service/hello is rolling out hello-default-hello:2; follow on with `ecsctl wait hello`.
    ");
    let back = done(hello.run(&["rollback", "hello", "--auto-approve"]));
    insta::assert_snapshot!(back.stdout, @"
    ecsctl rollback · hello / default · 000000000000 us-east-1

    service/hello
      the deployment of hello-default-hello:2 is under way
      it is stopped, and ECS goes back to hello-default-hello:1
        1 ecs:StopServiceDeployment hello-default-hello ROLLBACK
          wait until hello-default-hello is back at the revision before


    Done: service/hello is back, and runs hello-default-hello:1.
    ");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:1");
    ended(hello.run(&["wait", "hello"]), 4);
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to_and_can_be_aborted() {
    let hello = Application::example("hello");
    hello.write_account(r#"{"format": 1, "clock": 0, "resources": {}, "script": {"rollouts": {"hello-default-hello": [{"outcome": "neverEnds"}]}}}"#);
    ended(hello.run(&["apply", "--auto-approve", "--timeout", "1"]), 9);
    let refused = ended(hello.run(&["rollback", "hello", "--auto-approve"]), 1);
    insta::assert_snapshot!(refused.stderr, @"
    error: there is nothing to go back to: hello has never run another revision
      hint: `ecsctl abort hello` stops the deployment as it is
    ");
    let aborted = done(hello.run(&["abort", "hello"]));
    insta::assert_snapshot!(aborted.stdout, @"
    ecsctl abort · hello / default · 000000000000 us-east-1

    service/hello
      the deployment of hello-default-hello:1 is under way
      tasks of both revisions may go on running; `ecsctl rollback` goes back instead
        1 ecs:StopServiceDeployment hello-default-hello ABORT
          wait until the deployment of hello-default-hello is stopped


    Done: service/hello is stopped; it runs nothing.
    ");
    let again = ended(hello.run(&["abort", "hello"]), 1);
    insta::assert_snapshot!(again.stderr, @"
    error: no deployment of hello is under way
    ");
    ended(hello.run(&["wait"]), 4);
}

#[test]
fn a_hook_that_waits_is_told_to_go_on_or_back() {
    let paused = json!([{
        "outcome": "succeeds",
        "pause": {"at": 10, "hook": "approve", "seconds": 86400, "onTimeout": "ROLLBACK"}
    }]);
    let hello = hello();
    let deploy_and_leave = |image| {
        hello.script(SERVICE, &paused);
        let arguments = ["deploy", "hello", "--image", image, "--auto-approve", "--timeout", "1"];
        let run = ended(hello.run(&arguments), 9);
        assert!(run.stderr.contains("paused by hook approve"), "{run:?}");
    };
    deploy_and_leave("a:1");
    let on = done(hello.run(&["resume", "hello"]));
    insta::assert_snapshot!(on.stdout, @"
    ecsctl resume · hello / default · 000000000000 us-east-1

    service/hello
      the deployment of hello-default-hello:2 is under way
      it waits for hook approve
        1 ecs:ContinueServiceDeployment hello-default-hello CONTINUE
          wait until the deployment of hello-default-hello succeeds


    Done: service/hello runs hello-default-hello:2.
    ");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:2");
    let idle = ended(hello.run(&["resume", "hello"]), 1);
    assert!(idle.stderr.contains("no deployment of hello is under way"), "{idle:?}");

    deploy_and_leave("b:1");
    let back = done(hello.run(&["resume", "hello", "--rollback"]));
    insta::assert_snapshot!(back.stdout, @"
    ecsctl resume · hello / default · 000000000000 us-east-1

    service/hello
      the deployment of hello-default-hello:3 is under way
      it waits for hook approve
        1 ecs:ContinueServiceDeployment hello-default-hello ROLLBACK
          wait until hello-default-hello is back at the revision before


    Done: service/hello is back, and runs hello-default-hello:2.
    ");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:2");
}

#[test]
fn a_count_is_changed_and_the_plan_says_so() {
    let pair = pair();
    let run = done(pair.run(&["scale", "web", "5"]));
    insta::assert_snapshot!(run.stdout, @"
    ecsctl scale · pair / default · 000000000000 us-east-1

    service/web
      ~ desiredCount  2 → 5
      the next `ecsctl apply` sets it back: the manifest says 2
        1 ecs:UpdateService pair-default-web
          wait until pair-default-web runs 5 tasks


    Done: service/web runs 5 tasks.
    ");
    assert_eq!(pair.plan().changes(), set(&["update service/web desiredCount"]));
    let same = done(pair.run(&["scale", "web", "5"]));
    assert!(same.stdout.contains("Nothing to do"), "{same:?}");
}

#[test]
fn a_count_that_scaling_owns_needs_force() {
    let hello = Application::example("hello");
    hello.manifests.edit(
        "hello.yaml",
        "port: 80",
        "port: 80\nscaling: { min: 2, max: 10, targetTracking: [{ metric: cpu, target: 60 }] }",
    );
    hello.apply();
    let refused = ended(hello.run(&["scale", "hello", "5"]), 1);
    insta::assert_snapshot!(refused.stderr, @"
    error: Application Auto Scaling owns the count, between 2 and 10
      hint: change `scaling` in the manifest, or pass --force to set a count that scaling may change again
    ");
    done(hello.run(&["scale", "hello", "5", "--force"]));
    assert_eq!(hello.plan().changes(), set(&[]));
}

#[test]
fn a_deploy_is_asked_about_on_a_terminal() {
    let hello = hello();
    let before = hello.account();
    let deploy = ["deploy", "hello", "--image", "a:1"];
    let no = ended(hello.ecsctl.run_on_terminal(&deploy, &[("Do this?", "n")]), 8);
    assert!(no.stdout.contains("nothing was changed"), "{no:?}");
    assert_eq!(hello.account(), before);
    let yes = done(hello.ecsctl.run_on_terminal(&deploy, &[("Do this?", "y")]));
    assert!(yes.stdout.contains("runs hello-default-hello:2"), "{yes:?}");
    let off_terminal = ended(hello.run(&deploy), 64);
    assert!(off_terminal.stderr.contains("pass --auto-approve"), "{off_terminal:?}");
}

#[test]
fn a_call_that_fails_leaves_what_runs_and_can_be_tried_again() {
    let hello = hello();
    let mut account: Json = serde_json::from_str(&hello.account()).unwrap();
    account["script"]["faults"] =
        json!([{"call": "ecs:UpdateService", "effect": "error", "code": "ThrottlingException"}]);
    hello.write_account(&account.to_string());
    let failed = ended(hello.deploy("a:1"), 1);
    assert!(failed.stdout.contains("ThrottlingException"), "{failed:?}");
    assert_eq!(hello.running(SERVICE), "hello-default-hello:1");
    assert_eq!(hello.plan().changes(), set(&[]), "what was registered runs nowhere");
    done(hello.deploy("a:1"));
    assert_eq!(hello.running(SERVICE), "hello-default-hello:3");
}

#[test]
fn several_services_are_restarted_side_by_side() {
    let pair = pair();
    pair.script(
        "pair-default-api",
        &json!([{"outcome": "rollsBack", "reason": "tasks failed to start"}]),
    );
    let run = ended(pair.run(&["restart", "web", "api"]), 4);
    insta::assert_snapshot!(run.stdout, @"
    ecsctl restart · pair / default · 000000000000 us-east-1

    service/api
        1 ecs:UpdateService pair-default-api
          wait until the deployment of pair-default-api succeeds
    service/web
        2 ecs:UpdateService pair-default-web
          wait until the deployment of pair-default-web succeeds


      ✗ service/api: the deployment of pair-default-api:1 failed and was rolled back (1 min 53 s)
        why        tasks failed to start
        now        pair-default-api:1 runs, the revision that was deployed
        commands   Apply again once that is corrected.
                   Nothing that was read tells why: see `ecsctl events api` and `ecsctl logs api`.
    Done: service/web runs pair-default-web:1.
    Not done: 1 service done, 1 failed, 0 left.
    ");
    assert_eq!(pair.running("pair-default-web"), "pair-default-web:1");
    let waited = ended(pair.run(&["wait"]), 4);
    assert!(waited.stdout.contains("Done: service/web runs pair-default-web:1."), "{waited:?}");
}

#[test]
fn wait_follows_what_others_left_to_its_end() {
    let pair = pair();
    assert!(
        done(pair.run(&["wait"])).stdout.contains("Done: service/api runs pair-default-api:1.")
    );
    done(pair.run(&["restart", "web", "--no-wait"]));
    done(pair.run(&["wait", "web"]));
    pair.script(
        "pair-default-web",
        &json!([{"outcome": "fails", "reason": "tasks failed to start"}]),
    );
    done(pair.run(&["restart", "web", "--no-wait"]));
    let failed = ended(pair.run(&["wait", "web"]), 4);
    assert!(failed.stdout.contains("why        tasks failed to start"), "{failed:?}");
    pair.script("pair-default-web", &json!([{"outcome": "neverEnds"}]));
    done(pair.run(&["restart", "web", "--no-wait"]));
    ended(pair.run(&["wait", "web", "--timeout", "1"]), 9);
}

#[test]
fn what_happens_is_told_in_events() {
    let hello = hello();
    let arguments = ["deploy", "hello", "--image", "a:1", "--auto-approve", "--output", "json"];
    let events = Events::of(&done(hello.run(&arguments)));
    let types: Vec<&str> =
        events.as_json().iter().filter_map(|event| event["type"].as_str()).collect();
    let mut brief = types.clone();
    brief.dedup();
    assert_eq!(brief, ["start", "planned", "call", "rollout", "done", "end"], "{types:?}");
    let start = &events.as_json()[0];
    assert_eq!((&start["command"], &start["account"]), (&json!("deploy"), &json!("000000000000")));
    let end = json!({"type": "end", "done": 1, "failed": 0, "notTried": 0, "exitCode": 0});
    assert_eq!(events.as_json().last(), Some(&end));
    hello.script(SERVICE, &json!([{"outcome": "rollsBack", "reason": "tasks failed to start"}]));
    let arguments = ["restart", "hello", "--output", "json"];
    let events = Events::of(&ended(hello.run(&arguments), 4));
    let failed = events.as_json().iter().find(|event| event["type"] == "rolloutFailed").unwrap();
    assert_eq!(failed["failure"]["end"], "rolledBack");
}

#[test]
fn a_signal_ends_the_following_and_says_how_to_follow_on() {
    for signal in ["INT", "TERM"] {
        let hello = hello();
        hello.script(SERVICE, &json!([{"outcome": "neverEnds", "pace": 100}]));
        let mut command = hello.ecsctl.start(&["restart", "hello", "--timeout", "1440"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let narration = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut narration = narration.map(Result::unwrap);
        assert!(narration.any(|line| line.contains("in progress")), "SIG{signal}");
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert!(narration.any(|line| line.starts_with("Stopping")), "SIG{signal}");
        let out = std::io::read_to_string(child.stdout.take().unwrap()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(8), "SIG{signal}");
        let line = "left service/hello is rolling out hello-default-hello:1; follow on with `ecsctl wait hello`";
        assert!(out.contains(line), "{out}");
        let goes_on = hello.account();
        assert!(goes_on.contains("IN_PROGRESS"), "{goes_on}");
    }
}

#[test]
fn services_are_named_as_in_the_manifests() {
    let hello = hello();
    for arguments in [
        &["deploy", "helo", "--image", "a:1", "--auto-approve"][..],
        &["rollback", "helo", "--auto-approve"],
        &["abort", "helo"],
        &["resume", "helo"],
        &["scale", "helo", "1"],
        &["restart", "helo"],
        &["wait", "helo"],
    ] {
        let run = ended(hello.run(arguments), 64);
        assert!(run.stderr.contains("did you mean `hello`?"), "{run:?}");
    }
    let never = Application::example("hello");
    let run = ended(never.run(&["restart", "hello"]), 1);
    assert!(run.stderr.contains("deploy it with `ecsctl apply`"), "{run:?}");
}
