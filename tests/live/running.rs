//! One-off tasks on moto, whose tasks move on by one status at each look, and whose containers end with 0
//! whatever they do. What they write is written by the test.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use aws_sdk_ecs::types::Task;
use serde_json::{Value as Json, json};

use super::journey::Journey;
use crate::support::account::Account;
use crate::support::moto::Moto;

/// The shop's job; moto runs no container without a memory of its own.
const MIGRATE: &str = "
kind: Job
name: migrate
containers:
  - name: migrate
    image: ${REGISTRY}/shop-web:${TAG:-1.8.2}
    memory: 256
    command: [migrate, --to, latest]
timeout: 30m
";

/// Runs something, and writes lines for it as soon as its task is there. Returns the events.
async fn run(shop: &Journey, arguments: &[&str], container: &str, lines: &[&str]) -> Vec<Json> {
    let arguments = [&["run", "--output", "json"], arguments].concat();
    let mut command = shop.ecsctl.start(&arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut events = vec![];
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let event: Json = serde_json::from_str(&line.unwrap()).unwrap();
        if event["type"] == "taskStarted" {
            write_logs(&shop.account, container, event["task"].as_str().unwrap(), lines).await;
        }
        events.push(event);
    }
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "{events:#?}");
    events
}

async fn write_logs(account: &Account, container: &str, task: &str, lines: &[&str]) {
    let logs = account.logs();
    let groups = logs.describe_log_groups().send().await.unwrap();
    let names = groups.log_groups().iter().filter_map(|group| group.log_group_name());
    let of_container = |name: &&str| name.ends_with(&format!("/{container}"));
    let group = names.into_iter().find(of_container).unwrap().to_owned();
    let stream = format!("{container}/{container}/{task}");
    let created = logs.create_log_stream().log_group_name(&group).log_stream_name(&stream);
    created.send().await.unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let event = |(index, line): (usize, &&str)| {
        let at = i64::try_from(now).unwrap() + i64::try_from(index).unwrap();
        InputLogEvent::builder().timestamp(at).message(*line).build().unwrap()
    };
    let put = logs.put_log_events().log_group_name(group).log_stream_name(stream);
    let events = lines.iter().enumerate().map(event).collect();
    put.set_log_events(Some(events)).send().await.unwrap();
}

fn logged(events: &[Json]) -> Vec<&str> {
    let lines = events.iter().filter(|event| event["type"] == "log");
    lines.map(|event| event["message"].as_str().unwrap()).collect()
}

/// What moto knows of a task, by its event.
async fn task(shop: &Journey, events: &[Json]) -> Task {
    let started = events.iter().find(|event| event["type"] == "taskStarted").unwrap();
    let (cluster, id) = ("shop-dev-main", started["task"].as_str().unwrap());
    let found = shop.account.ecs().describe_tasks().cluster(cluster).tasks(id).send().await;
    found.unwrap().tasks()[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_and_a_task_of_a_service_run_to_their_end() {
    let shop = Journey::new("shop", Account::of(Moto::bare(), "222222222214").await);
    shop.manifests.write("migrate.yaml", MIGRATE);
    let image = "image: ${REGISTRY}/shop-worker:${TAG:-1.8.2}\n";
    let containers = format!("containers:\n  - name: worker\n    memory: 256\n    {image}");
    shop.manifests.edit("worker.yaml", image, &containers);
    shop.manifests.cut("worker.yaml", "command:", "logging:");
    shop.apply();
    // moto forgets the worker's capacity providers when it is created.
    shop.apply();

    let events = run(&shop, &["migrate"], "migrate", &["up 1", "up 2"]).await;
    assert_eq!(logged(&events), ["up 1", "up 2"]);
    let end = events.last().unwrap();
    assert_eq!((&end["type"], &end["exitCode"]), (&json!("end"), &json!(0)));
    assert_eq!(end["tasks"][0]["containers"][0]["exitCode"], 0, "moto says 0 of each container");
    let statuses: Vec<_> = events.iter().filter(|event| event["type"] == "taskStatus").collect();
    assert_eq!(statuses.last().unwrap()["status"], "STOPPED");
    let ran = task(&shop, &events).await;
    assert_eq!(ran.started_by(), Some("ecsctl/shop/dev"));
    assert!(ran.task_definition_arn().unwrap().ends_with("/shop-dev-migrate:1"));

    let arguments = ["worker", "--container-env", "QUEUE=late", "--", "worker", "--once"];
    let events = run(&shop, &arguments, "worker", &["sent"]).await;
    assert_eq!(logged(&events), ["sent"]);
    let ran = task(&shop, &events).await;
    assert!(ran.task_definition_arn().unwrap().ends_with("/shop-dev-worker:1"));
    let overrides = &ran.overrides().unwrap().container_overrides()[0];
    assert_eq!(overrides.name(), Some("worker"));
    assert_eq!(overrides.command(), ["worker", "--once"]);
    assert_eq!(overrides.environment()[0].name(), Some("QUEUE"));
}
