//! Every field and stage of a rollout at several widths, and screens that are too small.

use anstream::adapter::strip_str;

use super::*;
use crate::rollout::diagnosis::Diagnosis;
use crate::rollout::{Progress, TargetCounts, Tasks, Weights};
use crate::runtime::{Breaker, Event, Pause};

fn tasks(number: u32, running: u32, pending: u32, failed: u32) -> Tasks {
    let revision = format!("shop-prod-web:{number}");
    Tasks { revision, desired: 3, running, pending, failed }
}

fn rolling() -> Progress {
    Progress {
        service: "shop-prod-web".to_owned(),
        elapsed: 92,
        status: "IN_PROGRESS".to_owned(),
        new: tasks(42, 1, 2, 0),
        old: Some(tasks(41, 2, 0, 0)),
        ..Progress::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it fills fields that may be empty")]
fn event(message: &str) -> Option<Event> {
    let at = "2026-01-01T00:01:00Z".parse().unwrap();
    Some(Event { id: "1".to_owned(), at, message: message.to_owned() })
}

fn shifting() -> Progress {
    Progress {
        stage: Some("POST_TEST_TRAFFIC_SHIFT".to_owned()),
        weights: Some(Weights { production: 12.5, test: Some(100.0) }),
        breaker: Some(Breaker { failures: 0, threshold: 3 }),
        targets: Some(TargetCounts { healthy: 2, total: 3 }),
        pause: Some(Pause {
            hook: "approve".to_owned(),
            expires_at: Some("2026-01-01T01:05:10Z".parse().unwrap()),
            on_timeout: Some("ROLLBACK".to_owned()),
        }),
        event: event("(service shop-prod-web) has started 1 tasks: (task 1dc5c17a422b4dc1a9d6)."),
        ..rolling()
    }
}

fn troubled() -> Progress {
    Progress {
        new: tasks(42, 0, 3, 2),
        breaker: Some(Breaker { failures: 2, threshold: 3 }),
        event: event(
            "(service shop-prod-web) was unable to place a task. Reason: ResourceInitializationError: 日本語のメッセージ, \u{1b}[31mred\u{1b}[0m\nand more.",
        ),
        trouble: Some(Diagnosis {
            code: "image-not-found",
            cause: "no task can start, since the image registry.example.com/shop-web:1.9.0-rc.1 is not in the registry".to_owned(),
            remedies: vec!["push the image, or correct `image` of the container app in web.yaml".to_owned()],
            is_hopeless: true,
        }),
        ..rolling()
    }
}

fn seen<'a>(label: &'a str, progress: &'a Progress) -> Seen<'a> {
    Seen { label, progress, elapsed: progress.elapsed, spinner: '⠋' }
}

fn screen(page: &Page<'_>, width: usize, height: usize) -> String {
    let lines = page.lines(width, height);
    assert!(lines.len() <= height, "{lines:#?}");
    for line in &lines {
        assert!(layout::columns(line) <= width, "{line}");
    }
    strip_str(&lines.join("\n")).to_string()
}

fn block(progress: &Progress, width: usize) -> String {
    let rollouts = vec![seen("service/web", progress)];
    screen(&Page { rollouts, ..Page::default() }, width, 50)
}

#[test]
fn a_plain_rollout_takes_two_lines() {
    insta::assert_snapshot!(block(&rolling(), 79), @"
    ⠋ service/web  shop-prod-web:42  1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
    ");
    insta::assert_snapshot!(block(&rolling(), 39), @"
    ⠋ service/web  shop-prod-web:42
      1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed
      old 2/3 running, 0 pending, 0 failed
    ");
}

#[test]
fn a_first_deployment_has_no_old_tasks() {
    let first = Progress { old: None, ..rolling() };
    insta::assert_snapshot!(block(&first, 79), @"
    ⠋ service/web  shop-prod-web:42  1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed
    ");
}

#[test]
fn all_that_is_known_at_80_columns() {
    insta::assert_snapshot!(block(&shifting(), 79), @"
    ⠋ service/web  shop-prod-web:42  1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      post test traffic shift · traffic to new 12.5% production, 100% test
      circuit breaker 0 of 3 · 2 of 3 targets healthy
      paused by hook approve · until 2026-01-01 01:05 UTC, then it rolls back
      resume with `ecsctl resume web`
      has started 1 tasks: (task 1dc5c17a422b4dc1a9d6).
    ");
}

#[test]
fn all_that_is_known_at_40_columns() {
    insta::assert_snapshot!(block(&shifting(), 39), @"
    ⠋ service/web  shop-prod-web:42
      1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed
      old 2/3 running, 0 pending, 0 failed
      post test traffic shift
      traffic to new 12.5% production,
      100% test · circuit breaker 0 of 3
      2 of 3 targets healthy
      paused by hook approve
      until 2026-01-01 01:05 UTC,
      then it rolls back
      resume with `ecsctl resume web`
      has started 1 tasks: (task 1dc5c17a4…
    ");
}

#[test]
fn all_that_is_known_at_120_columns() {
    insta::assert_snapshot!(block(&shifting(), 119), @"
    ⠋ service/web  shop-prod-web:42  1 min 32 s  in progress
      new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
      post test traffic shift · traffic to new 12.5% production, 100% test · circuit breaker 0 of 3
      2 of 3 targets healthy
      paused by hook approve · until 2026-01-01 01:05 UTC, then it rolls back · resume with `ecsctl resume web`
      has started 1 tasks: (task 1dc5c17a422b4dc1a9d6).
    ");
    assert_eq!(block(&shifting(), 199).lines().count(), 5, "a line for each subject");
}

#[test]
fn trouble_is_said_in_full_sentences() {
    insta::assert_snapshot!(block(&troubled(), 79), @"
    ⠋ service/web  shop-prod-web:42  1 min 32 s  in progress
      new 0/3 running, 3 pending, 2 failed · old 2/3 running, 0 pending, 0 failed
      circuit breaker 2 of 3
      was unable to place a task. Reason: ResourceInitializationError: 日本語の…
      ! no task can start, since the image
        registry.example.com/shop-web:1.9.0-rc.1 is not in the registry
      hint: push the image, or correct `image` of the container app in web.yaml
    ");
    insta::assert_snapshot!(block(&troubled(), 39), @"
    ⠋ service/web  shop-prod-web:42
      1 min 32 s  in progress
      new 0/3 running, 3 pending, 2 failed
      old 2/3 running, 0 pending, 0 failed
      circuit breaker 2 of 3
      was unable to place a task. Reason: …
      ! no task can start, since the image
        registry.example.com/shop-web:1.9.…
        is not in the registry
      hint: push the image, or correct
            `image` of the container app i…
    ");
}

#[test]
fn no_screen_is_too_narrow() {
    let (shifting, troubled) = (shifting(), troubled());
    for width in 0..20 {
        let rollouts = vec![seen("service/web", &shifting), seen("service/api", &troubled)];
        let page = Page { rollouts, others: vec!["x".repeat(30)], footer: Some("1 of 2".into()) };
        for height in 0..30 {
            screen(&page, width, height);
        }
    }
}

#[test]
fn pauses_say_what_comes_when_nobody_decides() {
    let paused = |on_timeout: Option<&str>| {
        let pause = Pause {
            hook: "approve".to_owned(),
            expires_at: Some("2026-01-01T01:05:10Z".parse().unwrap()),
            on_timeout: on_timeout.map(str::to_owned),
        };
        let progress = Progress { pause: Some(pause), ..rolling() };
        facts::pause("service/web", &progress).remove(1)
    };
    let all = [None, Some("ROLLBACK"), Some("CONTINUE"), Some("LATER_THAN_US")].map(paused);
    insta::assert_snapshot!(all.join("\n"), @"
    until 2026-01-01 01:05 UTC
    until 2026-01-01 01:05 UTC, then it rolls back
    until 2026-01-01 01:05 UTC, then it goes on
    until 2026-01-01 01:05 UTC, then later than us
    ");
}

#[test]
fn what_goes_badly_is_red() {
    let colors = |progress: &Progress| {
        Page { rollouts: vec![seen("service/web", progress)], ..Page::default() }.lines(79, 9)[0]
            .contains("\u{1b}[31m")
    };
    assert!(!colors(&rolling()));
    assert!(colors(&troubled()));
    for (status, is_red) in
        [("SUCCESSFUL", false), ("ROLLBACK_IN_PROGRESS", true), ("STOP_REQUESTED", true)]
    {
        let progress = Progress { status: status.to_owned(), ..rolling() };
        assert_eq!(colors(&progress), is_red, "{status}");
    }
}

/// Ten services, of which the last one is in trouble.
fn ten(rolling: &Progress, troubled: &Progress, height: usize) -> String {
    let labels: Vec<String> = (0..10).map(|number| format!("service/s{number}")).collect();
    let rollouts = labels
        .iter()
        .enumerate()
        .map(|(position, label)| seen(label, if position == 9 { troubled } else { rolling }));
    let page = Page {
        rollouts: rollouts.collect(),
        others: vec!["  ⠋ rule/web  1 s  elbv2:ModifyRule".to_owned()],
        footer: Some("5 of 16 done".to_owned()),
    };
    screen(&page, 79, height)
}

#[test]
fn a_screen_that_is_too_low_shows_what_is_in_trouble_first() {
    let (rolling, troubled) = (rolling(), troubled());
    let all = ten(&rolling, &troubled, 40);
    assert!(all.starts_with("  ⠋ service/s0"), "{all}");
    assert!(all.ends_with("  ⠋ rule/web  1 s  elbv2:ModifyRule\n  5 of 16 done"), "{all}");
    insta::assert_snapshot!(ten(&rolling, &troubled, 19), @"
    ⠋ service/s9  shop-prod-web:42  1 min 32 s  in progress
      new 0/3 running, 3 pending, 2 failed · old 2/3 running, 0 pending, 0 failed
      circuit breaker 2 of 3
      was unable to place a task. Reason: ResourceInitializationError: 日本語の…
      ! no task can start, since the image
        registry.example.com/shop-web:1.9.0-rc.1 is not in the registry
      hint: push the image, or correct `image` of the container app in web.yaml
    ⠋ service/s0  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s1  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s2  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s3  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s4  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s5  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s6  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s7  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s8  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ rule/web  1 s  elbv2:ModifyRule
    5 of 16 done
    ");
    insta::assert_snapshot!(ten(&rolling, &troubled, 12), @"
    ⠋ service/s9  shop-prod-web:42  1 min 32 s  in progress
      new 0/3 running, 3 pending, 2 failed · old 2/3 running, 0 pending, 0 failed
      circuit breaker 2 of 3
      was unable to place a task. Reason: ResourceInitializationError: 日本語の…
      ! no task can start, since the image
        registry.example.com/shop-web:1.9.0-rc.1 is not in the registry
      hint: push the image, or correct `image` of the container app in web.yaml
    ⠋ service/s0  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s1  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s2  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    ⠋ service/s3  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    and 6 more · 5 of 16 done
    ");
    insta::assert_snapshot!(ten(&rolling, &troubled, 3), @"
    ⠋ service/s9  shop-prod-web:42  0/3 running  1 min 32 s  in progress
    ⠋ service/s0  shop-prod-web:42  1/3 running  1 min 32 s  in progress
    and 9 more · 5 of 16 done
    ");
}

#[test]
fn one_line_per_change_and_none_without() {
    let looks = [
        rolling(),
        Progress { elapsed: 95, ..rolling() },
        Progress { elapsed: 98, event: event("(service shop-prod-web) is busy."), ..rolling() },
        Progress { elapsed: 100, new: tasks(42, 2, 1, 0), ..rolling() },
        Progress { elapsed: 105, new: tasks(42, 2, 1, 0), ..shifting() },
        Progress { elapsed: 110, new: tasks(42, 2, 1, 0), pause: None, ..shifting() },
        Progress { elapsed: 115, pause: None, ..troubled() },
        Progress { elapsed: 120, old: None, status: "SUCCESSFUL".to_owned(), ..rolling() },
    ];
    let mut before = None;
    let mut lines = String::new();
    for look in &looks {
        lines.push_str(&change("service/web", before, look).unwrap_or_default());
        before = Some(look);
    }
    insta::assert_snapshot!(lines, @"
    · service/web  1 min 32 s: shop-prod-web:42 · in progress · new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed
    · service/web  1 min 40 s: new 2/3 running, 1 pending, 0 failed
    · service/web  1 min 45 s: post test traffic shift · traffic to new 12.5% production, 100% test · circuit breaker 0 of 3 · 2 of 3 targets healthy · paused by hook approve, until 2026-01-01 01:05 UTC, then it rolls back, resume with `ecsctl resume web`
    · service/web  1 min 50 s: no longer paused
    · service/web  1 min 55 s: new 0/3 running, 3 pending, 2 failed · circuit breaker 2 of 3 · trouble: no task can start, since the image registry.example.com/shop-web:1.9.0-rc.1 is not in the registry · hint: push the image, or correct `image` of the container app in web.yaml
    · service/web  2 min 0 s: successful · new 1/3 running, 2 pending, 0 failed · no old tasks
    ");
    assert!(is_same(&looks[0], &looks[1]));
    assert!(!is_same(&looks[1], &looks[2]));
}

#[test]
fn heartbeats_say_how_far_it_is() {
    insta::assert_snapshot!(heartbeat("service/web", &shifting(), 125), @"
      … service/web  2 min 5 s: shop-prod-web:42 · in progress · new 1/3 running, 2 pending, 0 failed · old 2/3 running, 0 pending, 0 failed · post test traffic shift · traffic to new 12.5% production, 100% test · circuit breaker 0 of 3 · 2 of 3 targets healthy · paused by hook approve, until 2026-01-01 01:05 UTC, then it rolls back, resume with `ecsctl resume web` · newest event: has started 1 tasks: (task 1dc5c17a422b4dc1a9d6).
    ");
}
