//! Rollouts on a real `moto_server` whose replies a proxy of our own turns into those that AWS documents:
//! moto has no rollouts. Log lines come from moto's own logs.

mod ecs;
mod scenarios;

use std::sync::Arc;

use aws_sdk_cloudwatchlogs::types::InputLogEvent;

use crate::done;
use crate::support::account::Account;
use crate::support::ecsctl::{Ecsctl, Run};
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::support::proxy::{Proxy, Script};
use ecs::{CLUSTER, Ecs, TASK};
use scenarios::{Scenario, scenarios};

const APP: &str = "
kind: Service
name: web
image: public.ecr.aws/shop/web:${TAG:-1}
port: 80
desiredCount: 2
deployment: { circuitBreaker: { enable: true, rollback: true } }
";

const BEHIND_A_LOAD_BALANCER: &str = "
loadBalancers: [{ loadBalancer: public, listener: http, port: 80 }]
---
kind: LoadBalancer
name: public
listeners: [{ name: http, port: 80, protocol: HTTP }]
";

/// Says nothing of its own.
struct Silence;

impl Script for Silence {}

/// The second deployment of a service, which goes as the scenario says.
async fn deployed(moto: Arc<Moto>, number: usize, scenario: Scenario) -> Run {
    let account = Account::of(moto, &format!("3333333333{number:02}")).await;
    let manifests = Manifests::empty("shop");
    let balancer = if scenario.targets.is_some() { BEHIND_A_LOAD_BALANCER } else { "" };
    manifests.write("app.yaml", &format!("{APP}{balancer}"));
    let proxy = Proxy::before(&account.moto.url, Silence);
    let ecsctl = account.open_through(&proxy.url, Ecsctl::new(manifests.path()));
    if !scenario.is_first {
        done(ecsctl.run(&["apply", "--auto-approve"]));
        write_logs(&account, scenario.logs).await;
    }
    proxy.say(Ecs::new(scenario));
    ecsctl.run(&["apply", "--auto-approve", "--set", "TAG=2"])
}

/// What the stopped task's container wrote before it ended.
async fn write_logs(account: &Account, lines: &[&str]) {
    if lines.is_empty() {
        return;
    }
    let logs = account.logs();
    let groups = logs.describe_log_groups().send().await.unwrap();
    let group = groups.log_groups()[0].log_group_name().unwrap().to_owned();
    let stream = format!("web/web/{TASK}");
    let created = logs.create_log_stream().log_group_name(&group).log_stream_name(&stream);
    created.send().await.unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let event = |(index, line): (usize, &&str)| {
        let at = i64::try_from(now).unwrap() + i64::try_from(index).unwrap();
        InputLogEvent::builder().timestamp(at).message(*line).build().unwrap()
    };
    let events = lines.iter().enumerate().map(event).collect();
    let put = logs.put_log_events().log_group_name(group).log_stream_name(stream);
    put.set_log_events(Some(events)).send().await.unwrap();
}

/// What of a run's report is the same each time.
fn report(run: &Run) -> String {
    let report = run.stdout.split_once("Plan:").map_or("", |(_, rest)| rest);
    let report = report.split_once("\n\n").map_or("", |(_, rest)| rest);
    let same = [
        (r"\(((\d+) min )?\d+ s", "([n] s"),
        (r"tasks\s+failed\)", "tasks failed)"),
        (r"\d\d:\d\d:\d\d UTC", "[time]"),
    ];
    same.iter().fold(report.replace(CLUSTER, "[cluster]"), |report, (pattern, text)| {
        regex_lite::Regex::new(pattern).unwrap().replace_all(&report, *text).into_owned()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rollout_ends_with_the_truth_about_it() {
    let moto = Moto::bare();
    let runs = scenarios().into_iter().enumerate().map(|(number, scenario)| {
        let (moto, name, code) = (moto.clone(), scenario.name, scenario.code);
        tokio::spawn(async move { (name, code, deployed(moto, number, scenario).await) })
    });
    let runs: Vec<_> = runs.collect();
    let mut reports = vec![];
    for run in runs {
        let (name, code, run) = run.await.unwrap();
        let report = report(&run);
        assert_eq!(run.code, code, "{name}:\n{}\n{}", run.stdout, run.stderr);
        let lines = report.lines().count();
        // And the line that sums up the run.
        assert!(lines <= 25 + 1, "{name}: {lines} lines:\n{report}");
        reports.push(format!("# {name}: exit {code}\n{report}"));
    }
    insta::assert_snapshot!(reports.join("\n"));
}
