//! Rollouts as they are watched: on a real pseudo-terminal, and in lines and events elsewhere.

use serde_json::{Value, json};

use crate::support::events::Events;
use crate::support::screens::{Screens, assert_calm};
use crate::{Application, done, ended};

const APPLY: &[&str] = &["apply", "--auto-approve"];

/// Milliseconds for each look.
const PACE: u64 = 120;

/// Nobody waits for the next look of these.
const FOREVER: u64 = 600_000;

fn service(name: &str, more: &str) -> String {
    format!(
        "---\nkind: Service\nname: {name}\nimage: nginx:1.27\nport: 80\ndesiredCount: 3\n{more}"
    )
}

/// An application that runs, whose next deployments go by `script`: a rollout per service.
fn scripted(services: &[(&str, &str)], script: &[(&str, Value)]) -> Application {
    let manifests: String = services.iter().map(|(name, more)| service(name, more)).collect();
    let shop = Application::written("shop", &manifests);
    shop.apply();
    shop.manifests.write("app.yaml", &manifests.replace("nginx:1.27", "nginx:1.28"));
    let mut account: Value = serde_json::from_str(&shop.account()).unwrap();
    // Some time later, so that what was said of the deployment before is of the past.
    account["clock"] = json!(account["clock"].as_u64().unwrap() + 3600);
    for (service, rollout) in script {
        account["script"]["rollouts"][format!("shop-default-{service}")] = json!([rollout]);
    }
    shop.write_account(&account.to_string());
    shop
}

fn web(rollout: Value) -> Application {
    scripted(&[("web", "")], &[("web", rollout)])
}

fn succeeding() -> Application {
    web(json!({"outcome": "succeeds", "seconds": 30, "pace": PACE}))
}

fn blue_green() -> Application {
    let rollout = json!({
        "outcome": "succeeds",
        "seconds": 60,
        "pace": PACE,
        "stages": [
            {"at": 0, "stage": "SCALE_UP", "productionWeight": 0.0, "testWeight": 0.0},
            {"at": 20, "stage": "TEST_TRAFFIC_SHIFT", "productionWeight": 0.0, "testWeight": 100.0},
            {"at": 30, "stage": "PRODUCTION_TRAFFIC_SHIFT", "productionWeight": 100.0, "testWeight": 100.0},
            {"at": 45, "stage": "BAKE_TIME", "productionWeight": 100.0, "testWeight": 100.0},
        ],
        "pause": {"at": 20, "hook": "approve", "seconds": 40, "onTimeout": "CONTINUE"},
    });
    scripted(&[("web", "deployment: { strategy: BLUE_GREEN }\n")], &[("web", rollout)])
}

fn failing() -> Value {
    json!({
        "outcome": "rollsBack",
        "reason": "ECS deployment circuit breaker: tasks failed to start.",
        "seconds": 30,
        "pace": PACE,
        "stoppedTasks": {
            "count": 3,
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": {"web": {"exitCode": 1}},
        },
        "events": [{"at": 10, "message": "(service shop-default-web) has started 1 tasks: (task 0123)."}],
    })
}

/// The program's end on a screen: what it drew is gone, and the cursor is there.
fn assert_tidy(screens: &Screens) {
    assert!(!screens.is_cursor_hidden());
    assert!(!screens.last().contains(['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']));
}

#[test]
fn one_service_succeeds() {
    let run = done(succeeding().ecsctl.run_on_screen((80, 24), APPLY, &[]));
    let screens = Screens::of(&run.stdout, (80, 24));
    insta::assert_snapshot!(screens.of_label("service/web").join("\n\n"), @"
    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 2/3 running, 1 pending, 0 failed · old 1/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3

    ⠿ service/web  shop-default-web:2  <time>  successful
      new 3/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3
      has reached a steady state.
    ");
    let last = screens.last();
    insta::assert_snapshot!(&last[last.find("  ✓ service/web").unwrap()..], @"
      ✓ service/web  done in 38 s: shop-default-web:2, 3 of 3 tasks run

    Done: 2 resources.
    ");
    assert_calm(&run.stdout);
    assert_tidy(&screens);
}

#[test]
fn a_blue_green_deployment_shifts_requests_and_waits_for_somebody() {
    let run = done(blue_green().ecsctl.run_on_screen((80, 24), APPLY, &[]));
    let screens = Screens::of(&run.stdout, (80, 24));
    insta::assert_snapshot!(screens.of_label("service/web").join("\n\n"), @"
    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      scale up · traffic to new 0% production, 0% test

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      test traffic shift · traffic to new 0% production, 100% test

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      test traffic shift · traffic to new 0% production, 100% test
      paused by hook approve · until 2026-01-01 01:02 UTC, then it goes on
      resume with `ecsctl resume web`

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      test traffic shift · traffic to new 0% production, 100% test

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      production traffic shift · traffic to new 100% production, 100% test

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 2/3 running, 1 pending, 0 failed · old 1/3 running, 0 pending, 0 failed
      bake time · traffic to new 100% production, 100% test

    ⠿ service/web  shop-default-web:2  <time>  successful
      new 3/3 running, 0 pending, 0 failed
      bake time · traffic to new 100% production, 100% test
      has reached a steady state.
    ");
    assert_calm(&run.stdout);
    assert_tidy(&screens);
}

#[test]
fn several_services_roll_out_at_once_and_one_is_in_trouble() {
    let waiting = json!({"outcome": "neverEnds", "pace": FOREVER});
    let shop = scripted(
        &[("api", ""), ("web", ""), ("worker", "")],
        &[("api", waiting.clone()), ("web", failing()), ("worker", waiting)],
    );
    let interrupt = [json!(["✗ service/web", "\u{3}"])];
    let run = ended(shop.ecsctl.run_on_screen((80, 24), APPLY, &interrupt), 4);
    let screens = Screens::of(&run.stdout, (80, 24));
    let drawn = screens.drawn();
    let is_going_back = |screen: &&String| screen.contains("rollback in progress");
    insta::assert_snapshot!(drawn.iter().find(is_going_back).unwrap(), @"
    ⠿ service/api  shop-default-api:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3
    ⠿ service/web  shop-default-web:2  <time>  rollback in progress
      new 0/3 running, 3 pending, 3 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 3 of 3
      deployment failed: ECS deployment circuit breaker: tasks failed to start.
      ! Container web ended by itself with exit code 1: the application failed,
        its log says why.
      hint: Read the last lines of its log, and correct the application, its
            `environment`, or what it connects to.
    ⠿ service/worker  shop-default-worker:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3
    3 of 6 done
    ");
    insta::assert_snapshot!(screens.of_label("service/web").join("\n\n"), @"
    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 0 of 3

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 1 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 1 of 3
      has started 1 tasks: (task 0123).
      ! Container web ended by itself with exit code 1: the application failed,
        its log says why.
      hint: Read the last lines of its log, and correct the application, its
            `environment`, or what it connects to.

    ⠿ service/web  shop-default-web:2  <time>  in progress
      new 0/3 running, 3 pending, 2 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 2 of 3
      has started 1 tasks: (task 0123).
      ! Container web ended by itself with exit code 1: the application failed,
        its log says why.
      hint: Read the last lines of its log, and correct the application, its
            `environment`, or what it connects to.

    ⠿ service/web  shop-default-web:2  <time>  rollback in progress
      new 0/3 running, 3 pending, 3 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 3 of 3
      deployment failed: ECS deployment circuit breaker: tasks failed to start.
      ! Container web ended by itself with exit code 1: the application failed,
        its log says why.
      hint: Read the last lines of its log, and correct the application, its
            `environment`, or what it connects to.

    ⠿ service/web  shop-default-web:2  <time>  rollback successful
      new 0/0 running, 0 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
      circuit breaker 3 of 3
      deployment failed: ECS deployment circuit breaker: tasks failed to start.
      ! Container web ended by itself with exit code 1: the application failed,
        its log says why.
      hint: Read the last lines of its log, and correct the application, its
            `environment`, or what it connects to.
    ");
    assert_calm(&run.stdout);
    assert_tidy(&screens);
    let is_told = run.stdout.contains("Stopping: calls under way are finished");
    assert!(is_told, "{}", screens.last());
}

#[test]
fn a_narrow_screen_has_more_lines() {
    let run = done(blue_green().ecsctl.run_on_screen((40, 24), APPLY, &[]));
    let screens = Screens::of(&run.stdout, (40, 24));
    let drawn = screens.of_label("service/web");
    insta::assert_snapshot!(drawn.iter().find(|screen| screen.contains("paused")).unwrap(), @"
    ⠿ service/web  shop-default-web:2  <time>
      in progress
      new 1/3 running, 2 pending, 0 failed
      old 2/3 running, 0 pending, 0 failed
      test traffic shift
      traffic to new 0% production,
      100% test
      paused by hook approve
      until 2026-01-01 01:02 UTC,
      then it goes on
      resume with `ecsctl resume web`
    ");
    assert_calm(&run.stdout);
    assert_tidy(&screens);
}

#[test]
fn a_low_screen_says_how_much_it_does_not_show() {
    let waiting = || json!({"outcome": "neverEnds", "pace": FOREVER});
    let names: Vec<String> = (0..9).map(|number| format!("s{number}")).collect();
    let services: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let script: Vec<(&str, Value)> = services.iter().map(|(name, _)| (*name, waiting())).collect();
    let shop = scripted(&services, &script);
    let interrupt = [json!(["and 4 more", "\u{3}"])];
    let run = ended(shop.ecsctl.run_on_screen((80, 7), APPLY, &interrupt), 8);
    let screens = Screens::of(&run.stdout, (80, 7));
    let is_full = |screen: &&String| screen.contains("and 4 more");
    insta::assert_snapshot!(screens.drawn().iter().find(is_full).unwrap(), @"
    ⠿ service/s0  shop-default-s0:2  0/3 running  <time>  in progress
    ⠿ service/s1  shop-default-s1:2  0/3 running  <time>  in progress
    ⠿ service/s2  shop-default-s2:2  0/3 running  <time>  in progress
    ⠿ service/s3  shop-default-s3:2  0/3 running  <time>  in progress
    ⠿ service/s4  shop-default-s4:2  0/3 running  <time>  in progress
    and 4 more · 9 of 18 done
    ");
    assert_calm(&run.stdout);
    assert_tidy(&screens);
}

#[test]
fn a_screen_may_change_its_size() {
    let steps = [
        json!(["in progress", [140, 30]]),
        json!(["test traffic shift", [100, 20]]),
        json!(["bake time", [90, 40]]),
    ];
    let run = done(blue_green().ecsctl.run_on_screen((80, 24), APPLY, &steps));
    let screens = Screens::of(&run.stdout, (80, 24));
    for screen in screens.drawn() {
        assert_eq!(screen.matches("service/web").count(), 1, "{screen}");
    }
    assert_eq!(screens.last().matches("✓ service/web").count(), 1, "{}", screens.last());
    assert_tidy(&screens);
}

#[test]
fn the_second_interrupt_shows_the_cursor_too() {
    let waiting = web(json!({"outcome": "neverEnds", "pace": FOREVER}));
    let twice = [json!(["in progress", "\u{3}\u{3}"])];
    let run = ended(waiting.ecsctl.run_on_screen((80, 24), APPLY, &twice), 8);
    assert!(!Screens::of(&run.stdout, (80, 24)).is_cursor_hidden());
}

#[test]
fn without_a_screen_each_change_is_a_line() {
    let narrated = |shop: Application| {
        let stderr = done(shop.run(APPLY)).stderr;
        let lines: Vec<&str> = stderr.lines().filter(|it| it.contains("service/web")).collect();
        let mut once = lines.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), lines.len(), "no line is written twice: {stderr}");
        lines.join("\n")
    };
    insta::assert_snapshot!(narrated(succeeding()), @"
    · service/web  ecs:UpdateService shop-default-web
    · service/web  wait until the deployment of shop-default-web succeeds
    · service/web  0 s: shop-default-web:2 · in progress · new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed · circuit breaker 0 of 3
    · service/web  12 s: new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
    · service/web  23 s: new 2/3 running, 1 pending, 0 failed · old 1/3 running, 0 pending, 0 failed
    · service/web  38 s: successful · new 3/3 running, 0 pending, 0 failed · no old tasks
    ✓ service/web  done in 38 s: shop-default-web:2, 3 of 3 tasks run
    ");
    insta::assert_snapshot!(narrated(blue_green()), @"
    · service/web  ecs:UpdateService shop-default-web
    · service/web  wait until the deployment of shop-default-web succeeds
    · service/web  0 s: shop-default-web:2 · in progress · new 0/3 running, 3 pending, 0 failed · old 3/3 running, 0 pending, 0 failed
    · service/web  5 s: scale up · traffic to new 0% production, 0% test
    · service/web  23 s: new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed · test traffic shift · traffic to new 0% production, 100% test
    · service/web  38 s: paused by hook approve, until 2026-01-01 01:02 UTC, then it goes on, resume with `ecsctl resume web`
    · service/web  1 min 8 s: no longer paused
    · service/web  1 min 23 s: production traffic shift · traffic to new 100% production, 100% test
    · service/web  1 min 38 s: new 2/3 running, 1 pending, 0 failed · old 1/3 running, 0 pending, 0 failed · bake time
    · service/web  1 min 53 s: successful · new 3/3 running, 0 pending, 0 failed · no old tasks
    ✓ service/web  done in 1 min 53 s: shop-default-web:2, 3 of 3 tasks run
    ");
}

#[test]
fn a_dumb_terminal_gets_the_same_lines() {
    let lines = |text: &str| -> Vec<String> {
        let of_web = text.lines().filter(|line| line.starts_with("  · service/web"));
        of_web.map(|line| line.trim_end().to_owned()).collect()
    };
    let piped = lines(&done(blue_green().run(APPLY)).stderr);
    let dumb = blue_green().env("TERM", "dumb");
    let run = done(dumb.ecsctl.run_on_screen((80, 24), APPLY, &[]));
    assert_eq!(lines(&run.stdout), piped);
    assert!(piped.len() > 5 && !run.stdout.contains('\u{1b}'), "{}", run.stdout);
}

#[test]
fn programs_hear_of_each_look_that_saw_something_new() {
    let run = done(succeeding().run(&[APPLY, &["--output", "json"]].concat()));
    let events = Events::of(&run);
    let is_rollout = |event: &&Value| event["type"] == "rollout";
    let looks: Vec<&Value> = events.as_json().iter().filter(is_rollout).collect();
    assert!(looks.iter().all(|look| look["address"] == "service/web"), "{looks:#?}");
    let seen = |look: &Value| {
        let progress = &look["progress"];
        let number = |name: &str| progress["new"][name].as_u64().unwrap();
        let status = progress["status"].as_str().unwrap();
        let elapsed = &progress["elapsed"];
        format!("{elapsed} s {status} {}/{}", number("running"), number("desired"))
    };
    let seen: Vec<String> = looks.iter().map(|look| seen(look)).collect();
    insta::assert_snapshot!(seen.join("\n"), @"
    0 s IN_PROGRESS 0/3
    12 s IN_PROGRESS 1/3
    23 s IN_PROGRESS 2/3
    38 s SUCCESSFUL 3/3
    ");
    for pair in looks.windows(2) {
        let timeless = |look: &Value| {
            let mut progress = look["progress"].clone();
            progress["elapsed"] = json!(0);
            progress
        };
        assert_ne!(timeless(pair[0]), timeless(pair[1]));
    }
}
