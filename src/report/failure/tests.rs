//! Reports of failures: what they say, and that they end in time.

use proptest::prelude::*;

use super::*;
use crate::report::lines::columns;
use crate::rollout::diagnosis::{diagnose, rows};
use crate::rollout::{End, Evidence, Progress};
use crate::runtime::{LogLine, TargetHealth};

fn address() -> Address {
    Address::new("service", "web")
}

fn failure(end: End, evidence: Evidence) -> Failure {
    Failure {
        service: "shop-prod-web".to_owned(),
        deployment: "ecs-svc/2".to_owned(),
        revision: "shop-prod-web:42".to_owned(),
        end,
        reason: Some("ECS deployment circuit breaker: tasks failed to start.".to_owned()),
        running: Some("shop-prod-web:41".to_owned()),
        previous: Some("shop-prod-web:41".to_owned()),
        elapsed: 95,
        progress: Progress::default(),
        diagnosis: diagnose(&evidence),
        evidence,
    }
}

fn shown(failure: &Failure) -> String {
    let text = text(failure, &address(), &str::to_owned);
    anstream::adapter::strip_str(&text).to_string()
}

fn fits(text: &str) {
    assert!(text.lines().count() <= LINES, "{} lines:\n{text}", text.lines().count());
    for line in text.lines() {
        assert!(columns(line) <= COLUMNS, "{} columns: {line}", columns(line));
    }
}

fn evidence_of(code: &str) -> Evidence {
    rows().find(|row| row.code == code).unwrap().example.evidence()
}

fn lines(count: usize, message: &str) -> Vec<LogLine> {
    let line = |number: usize| LogLine {
        id: String::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
        stream: "app/app/0f3a6c1d2b4e4f5a8c9d0e1f2a3b4c5d".to_owned(),
        message: format!("{number} {message}"),
    };
    (1..=count).map(line).collect()
}

#[test]
fn a_crash_is_told_with_its_last_words() {
    let mut evidence = evidence_of("application-failed");
    evidence.logs = lines(12, "\u{1b}[31mError\u{1b}[0m: connect ECONNREFUSED 10.0.3.4:5432");
    evidence.unread = vec!["elasticloadbalancing:DescribeTargetHealth: not allowed".to_owned()];
    let text = shown(&failure(End::RolledBack, evidence));
    fits(&text);
    insta::assert_snapshot!(text, @"");
}

#[test]
fn the_longest_report_keeps_something_of_everything() {
    let mut evidence = evidence_of("secret-denied");
    evidence.logs = lines(40, &"long ".repeat(60));
    evidence.tasks[0].containers[0].reason = Some("why ".repeat(90));
    evidence.events = evidence_of("no-cpu").events;
    evidence.alarms = vec!["shop-prod-web-5xx".to_owned(), "shop-prod-web-latency".to_owned()];
    evidence.unread = vec!["logs:GetLogEvents: not allowed".to_owned()];
    let target = |reason: &str| TargetHealth { reason: Some(reason.to_owned()), ..TargetHealth::default() };
    evidence.targets = ["Target.Timeout", "Target.Timeout", "Target.NotRegistered"].map(target).into();
    let mut failure = failure(End::Failed, evidence);
    failure.reason = Some("ECS gives a long reason. ".repeat(12));
    let text = shown(&failure);
    fits(&text);
    insta::assert_snapshot!(text, @"");
}

#[test]
fn secrets_are_masked_before_lines_are_broken() {
    let mut evidence = evidence_of("application-failed");
    let secret = "correct horse battery staple";
    evidence.logs = lines(1, &format!("{} {secret}", "x".repeat(70)));
    let failure = failure(End::Failed, evidence);
    let masked = |text: &str| text.replace(secret, "(sensitive)");
    let text = text(&failure, &address(), &masked);
    assert!(text.contains("(sens") && !text.contains("horse"), "{text}");
}

#[test]
fn every_row_and_every_end_fits() {
    use End::*;
    for end in [Failed, RolledBack, RollbackFailed, Stopped, Superseded, ServiceGone, Hopeless, TimedOut] {
        for row in rows() {
            let text = shown(&failure(end, row.example.evidence()));
            fits(&text);
            assert!(text.contains(row.code), "{text}");
        }
    }
}

#[test]
fn programs_get_all_of_it() {
    let failure = failure(End::RolledBack, evidence_of("image-not-found"));
    let event = event(&failure, &address());
    assert_eq!(event["type"], "rolloutFailed");
    assert_eq!(event["address"], "service/web");
    assert_eq!(event["failure"]["end"], "rolledBack");
    assert_eq!(event["failure"]["diagnosis"]["code"], "image-not-found");
    assert_eq!(event["failure"]["diagnosis"]["isHopeless"], true);
    assert_eq!(event["failure"]["evidence"]["tasks"][0]["stopCode"], "TaskFailedToStart");
}

proptest! {
    #[test]
    fn no_text_breaks_the_frame(words in ".*", reason in "\\PC{0,400}", count in 0..30usize) {
        let mut evidence = evidence_of("application-failed");
        evidence.logs = lines(count, &words);
        evidence.tasks[0].stopped_reason = Some(reason.clone());
        evidence.unread = vec![words];
        let mut failure = failure(End::Failed, evidence);
        failure.reason = Some(reason);
        fits(&shown(&failure));
    }
}
