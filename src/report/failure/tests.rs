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
    insta::assert_snapshot!(text, @"
    ✗ service/web: the deployment of shop-prod-web:42 failed and was rolled back (1 min 35 s, 1 task
      failed)
      why        ECS deployment circuit breaker: tasks failed to start.
      cause      Container app ended by itself with exit code 1: the application failed, its log says
                 why. [application-failed]
      task       0f3a6c1d: EssentialContainerExited: Essential container in task exited
      container  app: exit code 1, image 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2
      log        1 Error: connect ECONNREFUSED 10.0.3.4:5432
                 2 Error: connect ECONNREFUSED 10.0.3.4:5432
                 3 Error: connect ECONNREFUSED 10.0.3.4:5432
                 4 Error: connect ECONNREFUSED 10.0.3.4:5432
                 5 Error: connect ECONNREFUSED 10.0.3.4:5432
                 6 Error: connect ECONNREFUSED 10.0.3.4:5432
                 7 Error: connect ECONNREFUSED 10.0.3.4:5432
                 8 Error: connect ECONNREFUSED 10.0.3.4:5432
                 9 Error: connect ECONNREFUSED 10.0.3.4:5432
                 10 Error: connect ECONNREFUSED 10.0.3.4:5432
                 11 Error: connect ECONNREFUSED 10.0.3.4:5432
                 12 Error: connect ECONNREFUSED 10.0.3.4:5432
      now        shop-prod-web:41 runs, the revision from before
      not read   elasticloadbalancing:DescribeTargetHealth: not allowed; to see more, allow yourself …
      to do      - Read the last lines of its log, and correct the application, its `environment`, or
                   what it connects to.
      commands   Apply again once that is corrected.
                 `ecsctl logs web` shows all of its log.
    ");
}

#[test]
fn the_longest_report_keeps_something_of_everything() {
    let mut evidence = evidence_of("secret-denied");
    evidence.logs = lines(40, &"long ".repeat(60));
    evidence.tasks[0].containers[0].reason = Some("why ".repeat(90));
    evidence.events = evidence_of("no-cpu").events;
    evidence.alarms = vec!["shop-prod-web-5xx".to_owned(), "shop-prod-web-latency".to_owned()];
    evidence.unread = vec!["logs:GetLogEvents: not allowed".to_owned()];
    let target =
        |reason: &str| TargetHealth { reason: Some(reason.to_owned()), ..TargetHealth::default() };
    evidence.targets =
        ["Target.Timeout", "Target.Timeout", "Target.NotRegistered"].map(target).into();
    let mut failure = failure(End::Failed, evidence);
    failure.reason = Some("ECS gives a long reason. ".repeat(12));
    let text = shown(&failure);
    fits(&text);
    insta::assert_snapshot!(text, @"
    ✗ service/web: the deployment of shop-prod-web:42 failed (1 min 35 s, 1 task failed)
      why        ECS gives a long reason. ECS gives a long reason. ECS gives a long reason. ECS gives…
      cause      Role shop-prod-web-execution may not read secret
                 arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy.
                 [secret-denied]
      task       0f3a6c1d: TaskFailedToStart: ResourceInitializationError: unable to pull secrets or
                 registry auth: execution resource retrieval failed: unable to retrieve secret from
                 asm: service call has been retried 1 time(s): failed to fetch secret
                 arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy from
                 secrets manager: AccessDeniedException: User:
                 arn:aws:sts::444455556666:assumed-role/shop-prod-web-execution/0f3a6c1d is not …
      container  app: never ran, why why why why why why why why why why why why why why why why why …
      log        38 long long long long long long long long long long long long long long long long l…
                 39 long long long long long long long long long long long long long long long long l…
                 40 long long long long long long long long long long long long long long long long l…
      targets    2 targets: Target.Timeout …
      event      00:00:00 UTC: was unable to place a task because no container instance met all of it…
      now        shop-prod-web:41 runs, the revision from before
      not read   logs:GetLogEvents: not allowed; to see more, allow yourself logs:GetLogEvents
      to do      - Allow the execution role (not the task role) `secretsmanager:GetSecretValue` on it,
                   and `kms:Decrypt` on its key if that is your own.
                 - Without `executionRole` ecsctl makes the role and allows it what `secrets` names:
                   leave it out, or complete your own.
      commands   `ecsctl rollback web` goes back to shop-prod-web:41.
                 `ecsctl logs web` shows all of its log.
    ");
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
    let ends = [
        End::Failed,
        End::RolledBack,
        End::RollbackFailed,
        End::Stopped,
        End::Superseded,
        End::ServiceGone,
        End::Hopeless,
        End::TimedOut,
    ];
    for end in ends {
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
