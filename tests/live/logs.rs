//! `ecsctl logs` on moto's CloudWatch Logs: lines that the SDK writes while the program follows.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::{done, ended};

const GROUP: &str = "/ecsctl/shop/default";

/// Two services, deployed.
struct Shop {
    /// Its server runs as long as this lives.
    _account: Account,
    _manifests: Manifests,
    ecsctl: Ecsctl,
    logs: aws_sdk_cloudwatchlogs::Client,
}

impl Shop {
    async fn new(id: &str) -> Self {
        let account = Account::of(Moto::bare(), id).await;
        let manifests = Manifests::empty("shop");
        for name in ["web", "api"] {
            let text = format!("{{ kind: Service, name: {name}, image: nginx, port: 80 }}");
            manifests.write(&format!("{name}.yaml"), &text);
        }
        let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
        done(ecsctl.run(&["apply", "--auto-approve"]));
        let logs = account.logs();
        for (service, task) in [("web", "1f3c"), ("web", "77aa"), ("api", "c0ff")] {
            let (group, stream) = (format!("{GROUP}/{service}"), stream(service, task));
            let made = logs.create_log_stream().log_group_name(group).log_stream_name(stream);
            made.send().await.unwrap();
        }
        Self { _account: account, _manifests: manifests, ecsctl, logs }
    }

    /// Writes lines with these times as a container does.
    async fn write(&self, service: &str, task: &str, lines: &[(Timestamp, String)]) {
        let event = |(at, message): &(Timestamp, String)| {
            let event = InputLogEvent::builder().timestamp(at.as_millisecond()).message(message);
            event.build().unwrap()
        };
        self.logs
            .put_log_events()
            .log_group_name(format!("{GROUP}/{service}"))
            .log_stream_name(stream(service, task))
            .set_log_events(Some(lines.iter().map(event).collect()))
            .send()
            .await
            .unwrap();
    }

    fn messages(&self, arguments: &[&str]) -> Vec<String> {
        let run = done(self.ecsctl.run(&[&["logs", "--output", "json"], arguments].concat()));
        messages(run.stdout.lines().map(str::to_owned))
    }
}

fn stream(service: &str, task: &str) -> String {
    format!("{service}/{service}/{task}")
}

fn messages(lines: impl Iterator<Item = String>) -> Vec<String> {
    let events = lines.map(|line| serde_json::from_str::<Json>(&line).unwrap());
    let lines = events.filter(|event| event["type"] == "log");
    lines.map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

fn ago(seconds: i64) -> Timestamp {
    Timestamp::now() - Duration::from_secs(u64::try_from(seconds).unwrap())
}

fn end(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
}

#[tokio::test]
async fn what_is_there_is_found_by_time_pattern_and_task() {
    let shop = Shop::new("222222222271").await;
    let line = |seconds, message: &str| (ago(seconds), message.to_owned());
    shop.write("web", "1f3c", &[line(7200, "old"), line(60, "GET 200"), line(40, "ERROR a")]).await;
    shop.write("web", "77aa", &[line(50, "ERROR b")]).await;
    shop.write("api", "c0ff", &[line(55, "GET api 200")]).await;

    assert_eq!(shop.messages(&[]), ["GET 200", "GET api 200", "ERROR b", "ERROR a"]);
    assert_eq!(shop.messages(&["--since", "3h", "web"]), ["old", "GET 200", "ERROR b", "ERROR a"]);
    assert_eq!(shop.messages(&["--limit", "2"]), ["ERROR b", "ERROR a"]);
    assert_eq!(shop.messages(&["--filter", "GET"]), ["GET 200", "GET api 200"]);
    assert_eq!(shop.messages(&["--task", "77"]), ["ERROR b"]);
    let until = ago(52).to_string();
    assert_eq!(shop.messages(&["--until", &until, "web"]), ["GET 200"]);
    assert_eq!(shop.messages(&["--since", &until, "web"]), ["ERROR b", "ERROR a"]);

    let text = done(shop.ecsctl.run(&["logs", "api", "--timestamps", "none"])).stdout;
    assert_eq!(text, "api/api c0ff    GET api 200\n");
    shop.logs.delete_log_group().log_group_name(format!("{GROUP}/api")).send().await.unwrap();
    let gone = ended(shop.ecsctl.run(&["logs", "api"]), 1);
    assert!(gone.stderr.contains("log group /ecsctl/shop/default/api does not exist"), "{gone:?}");
}

#[tokio::test]
async fn following_shows_every_line_once_and_in_order_until_it_is_interrupted() {
    let shop = Shop::new("222222222272").await;
    let now = Timestamp::now();
    shop.write("web", "1f3c", &[(now, "before".to_owned())]).await;
    let mut command = shop.ecsctl.start(&["logs", "--follow", "--output", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains(r#""type":"start""#));

    let mut expected = vec![(now, "before".to_owned())];
    for round in 0..5 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let now = Timestamp::now();
        for (number, (service, task)) in
            [("web", "1f3c"), ("web", "77aa"), ("api", "c0ff")].into_iter().enumerate()
        {
            // Three of a time, and what another stream says is a second old when it comes.
            let at = now - Duration::from_millis(u64::try_from(number).unwrap() * 500);
            let text = |part| format!("{service} {task} {round}.{part}");
            let written: Vec<_> = (0..3).map(|part| (at, text(part))).collect();
            shop.write(service, task, &written).await;
            expected.extend(written);
        }
    }
    let reading = std::thread::spawn(move || lines.map(Result::unwrap).collect::<Vec<_>>());
    // They wait 5 seconds for each other, and are looked for each 2 seconds.
    tokio::time::sleep(Duration::from_secs(4)).await;
    end(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    let lines = reading.join().unwrap();
    assert!(lines.last().unwrap().starts_with(r#"{"type":"end""#), "{lines:#?}");
    expected.sort_by_key(|(at, _)| at.as_millisecond());
    let expected: Vec<String> = expected.into_iter().map(|(_, message)| message).collect();
    assert_eq!(messages(lines.into_iter()), expected);
}

#[tokio::test]
async fn a_limit_holds_for_what_was_there_before_only() {
    let shop = Shop::new("222222222273").await;
    let old: Vec<_> = (0..200).map(|n| (ago(300 - n), format!("old {n}"))).collect();
    shop.write("web", "1f3c", &old).await;
    let mut command = shop.ecsctl.start(&["logs", "web", "-F", "-n", "2", "--timestamps", "none"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "web/web 1f3c    old 198");
    shop.write("web", "1f3c", &[(ago(6), "new".to_owned())]).await;
    assert_eq!(lines.next().unwrap(), "web/web 1f3c    old 199");
    assert_eq!(lines.next().unwrap(), "web/web 1f3c    new");
    end(&child);
    assert_eq!(lines.next(), None);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
