//! `ecsctl logs` on a mock account: what was written, and what is written while somebody follows.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::{Application, done, ended};

const WEB: &str = "/ecsctl/shop/dev/web";
const API: &str = "/ecsctl/shop/dev/api";

/// The shop, deployed.
fn shop() -> Application {
    let shop = Application::example("shop");
    shop.apply();
    shop
}

fn change(application: &Application, change: impl FnOnce(&mut Json)) {
    let mut account: Json = serde_json::from_str(&application.account()).unwrap();
    change(&mut account);
    application.write_account(&account.to_string());
}

/// A line of a task, so many seconds after the beginning of the year.
fn line(stream: &str, second: f64, message: &str) -> Json {
    let year = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let at = year + std::time::Duration::from_secs_f64(second);
    json!({"at": at.to_string(), "stream": stream, "message": message})
}

/// Makes these the logs, and it half past one.
fn write(application: &Application, logs: &Json) {
    change(application, |account| {
        account["running"]["logs"] = logs.clone();
        account["clock"] = json!(5400);
    });
}

fn written() -> Json {
    json!({
        WEB: [
            line("web/app/1f3c2ab4", 3000.0, "GET / 200"),
            line("web/app/77aa00bb", 3001.5, "ERROR cannot connect\n  at db.connect\n  at main"),
            line("web/metrics/1f3c2ab4", 3001.25, "scraped 14 series"),
        ],
        API: [
            line("api/api/c0ffee00", 10.0, "long ago"),
            line("api/api/c0ffee00", 3001.0, "GET /api/health 200"),
        ],
    })
}

#[test]
fn services_and_containers_are_one_text() {
    let shop = shop();
    write(&shop, &written());
    let all = done(shop.run(&["logs"]));
    insta::assert_snapshot!(all.stdout, @"
    00:50:00.000Z web/app       1f3c2a  GET / 200
    00:50:01.000Z api/api       c0ffee  GET /api/health 200
    00:50:01.250Z web/metrics   1f3c2a  scraped 14 series
    00:50:01.500Z web/app       77aa00  ERROR cannot connect
                                          at db.connect
                                          at main
    ");
    assert_eq!(all.stderr, "");
    let shown = |arguments: &[&str]| {
        let run = done(shop.run(&[&["logs", "--timestamps", "none"], arguments].concat()));
        run.stdout.lines().map(|line| line[..18].trim_end().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&["api"]), ["api/api c0ffee  GE"]);
    assert_eq!(shown(&["api", "--since", "2h"]), ["api/api c0ffee  lo", "api/api c0ffee  GE"]);
    assert_eq!(shown(&["api", "--since", "2h", "-n", "1"]), ["api/api c0ffee  GE"]);
    assert_eq!(shown(&["api", "--until", "2026-01-01T00:10:00Z"]), ["api/api c0ffee  lo"]);
    assert_eq!(shown(&["web", "-c", "metrics"]), ["web/metrics 1f3c2a"]);
    assert_eq!(shown(&["--task", "1f3"]), ["web/app       1f3c", "web/metrics   1f3c"]);
    assert_eq!(shown(&["--filter", "200", "--limit", "1"]), ["api/api       c0ff"]);
}

#[test]
fn by_default_it_is_the_newest_hundred_lines() {
    let shop = shop();
    let lines = |service: &str, offset: f64| -> Vec<Json> {
        let stream = format!("{service}/x/1f3c2ab4");
        (0..90).map(|n| line(&stream, 3000.0 + f64::from(n) + offset, &format!("n{n}"))).collect()
    };
    write(&shop, &json!({WEB: lines("web", 0.0), API: lines("api", 0.5)}));
    let count = |arguments: &[&str]| {
        let run = done(shop.run(&[&["logs"], arguments].concat()));
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!(lines.is_sorted(), "{lines:#?}");
        (lines.len(), lines.first().map(|line| line.ends_with("  n40")))
    };
    assert_eq!(count(&[]), (100, Some(true)));
    assert_eq!(count(&["--since", "2h"]), (180, Some(false)));
    assert_eq!(count(&["--tail", "3"]), (3, Some(false)));
}

#[test]
fn lines_are_events_too() {
    let shop = shop();
    write(&shop, &written());
    let run = done(shop.run(&["logs", "web", "--filter", "ERROR", "--output", "json"]));
    let events: Vec<Json> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let id = events[1]["id"].clone();
    assert!(id.as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(
        Json::from(events),
        json!([
            {"type": "start", "schema": 1, "command": "logs"},
            {"type": "log", "at": "2026-01-01T00:50:01.5Z", "service": "web", "container": "app",
             "task": "77aa00bb", "stream": "web/app/77aa00bb",
             "message": "ERROR cannot connect\n  at db.connect\n  at main", "id": id},
            {"type": "end", "exitCode": 0},
        ])
    );
}

#[test]
fn a_line_drives_no_terminal_and_tells_no_secret() {
    let manifest = "{ kind: Service, name: web, image: nginx, port: 80, environment: { DB_PASSWORD: '${DB_PASSWORD}' } }";
    let web = Application::written("web", manifest).env("DB_PASSWORD", "hunter2\nhunter3");
    web.apply();
    let evil =
        "\u{1b}]0;owned\u{7}\u{1b}[2Jpass hunter2\nhunter3 hun\u{1b}[0mter2\u{9b}31m\u{202e}";
    write(&web, &json!({"/ecsctl/web/default/web": [line("web/web/1f3c2ab4", 3000.0, evil)]}));
    for color in ["never", "always"] {
        let run = done(web.run(&["logs", "--timestamps", "none", "--color", color]));
        let plain = run.stdout.replace("\u{1b}[36m", "").replace("\u{1b}[39m", "");
        assert_eq!(run.stdout == plain, color == "never");
        assert!(plain.starts_with("web/web 1f3c2a  pass (sensitive) hun"), "{plain:?}");
        assert!(!plain.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}']), "{plain:?}");
    }
    let json = done(web.run(&["logs", "--output", "json"])).stdout;
    assert!(
        !json.contains(['\u{1b}', '\u{9b}', '\u{202e}']) && !json.contains("hunter3"),
        "{json}"
    );
    let raw = done(web.run(&["logs", "--raw"])).stdout;
    assert!(raw.contains("\u{1b}[2Jpass (sensitive)"), "{raw:?}");
}

/// Lines that come while virtual time passes, some of them long after they were written.
fn script() -> Json {
    let web: Vec<Json> = (0..60)
        .map(|n| {
            let late = [0, 3, 1, 25][n % 4];
            let container = ["app", "metrics"][n % 2];
            json!({"at": n / 3, "arrives": n / 3 + late, "container": container, "task": n % 2,
                   "message": format!("line {n}")})
        })
        .collect();
    let api: Vec<Json> = (0..20).map(|n| json!({"at": n, "message": format!("api {n}")})).collect();
    json!({"shop-dev-web": web, "shop-dev-api": api})
}

#[test]
fn following_shows_every_line_once_until_the_script_is_over() {
    let shop = shop();
    write(&shop, &json!({WEB: [line("web/app/1f3c2ab4", 3500.0, "before")]}));
    change(&shop, |account| account["script"]["logs"] = script());
    let run = done(shop.run(&["logs", "-F", "--timestamps", "full"]));
    let lines: Vec<&str> = run.stdout.lines().collect();
    let messages: BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line.split_once("  ")?.1.trim_start().split("  ").last())
        .collect();
    assert_eq!((lines.len(), messages.len()), (81, 81), "{}", run.stdout);
    assert!(lines[0].ends_with("before"), "{}", run.stdout);
    // Those that come in time are in order; one in four lines of web comes too late for that.
    let in_time = |line: &&&str| {
        let number = line.rsplit(' ').next().unwrap().parse::<usize>();
        line.contains("  api ") || number.is_ok_and(|number| number % 4 != 3)
    };
    let times: Vec<&str> = lines.iter().filter(in_time).map(|line| &line[..24]).collect();
    assert_eq!(times.len(), 65);
    assert!(times.is_sorted(), "{times:#?}");
    let again = done(shop.run(&["logs", "-F", "--timestamps", "full"]));
    assert_eq!(again.stdout, run.stdout, "the account is only read");
}

#[test]
fn a_reader_that_goes_away_ends_it_silently() {
    let shop = shop();
    let lines: Vec<Json> =
        (0..20_000).map(|n| json!({"at": n, "message": format!("line {n}")})).collect();
    change(&shop, |account| account["script"]["logs"] = json!({"shop-dev-api": lines}));
    for output in ["human", "json"] {
        let mut command = shop.ecsctl.start(&["logs", "--follow", "--output", output]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let shop = shop();
    let unknown = ended(shop.run(&["logs", "webb"]), 64);
    assert!(unknown.stderr.contains("did you mean `web`?"), "{unknown:?}");
    let unknown = ended(shop.run(&["logs", "web", "-c", "db"]), 64);
    assert!(unknown.stderr.contains("the containers are app, metrics"), "{unknown:?}");
    let wrong = ended(shop.run(&["logs", "--since", "yesterday"]), 64);
    assert!(wrong.stderr.contains("such as 30s, 10m, 2h, 1d12h"), "{wrong:?}");
    let nothing =
        done(shop.run(&["logs", "web", "--filter", "x", "--since", "2026-01-01T00:00:00Z"]));
    assert_eq!(
        (nothing.stdout.as_str(), nothing.stderr.as_str()),
        (
            "",
            "No line matches since 2026-01-01T00:00:00Z. --since looks further back, as in --since 1d.\n"
        )
    );
    change(&shop, |account| {
        account["resources"]["log-group"].as_object_mut().unwrap().remove(API).unwrap();
    });
    let some = done(shop.run(&["logs"]));
    assert_eq!(some.stderr.lines().next(), Some("log group /ecsctl/shop/dev/api does not exist"));
    let none = ended(shop.run(&["logs", "api", "--follow"]), 1);
    assert!(none.stderr.contains("log group /ecsctl/shop/dev/api does not exist"), "{none:?}");
}

#[test]
fn another_driver_has_no_lines_here() {
    let web = "{ kind: Service, name: web, image: nginx, port: 80, logging: { driver: splunk, options: { splunk-url: x }, secretOptions: { splunk-token: 'ssm:/splunk' } } }";
    let web = Application::written("web", web);
    for is_deployed in [false, true] {
        if is_deployed {
            web.apply();
        }
        let run = ended(web.run(&["logs"]), 1);
        let cause = "web/web logs with the driver splunk: its lines are not in CloudWatch Logs";
        assert!(run.stderr.contains(cause), "{run:?}");
    }
}
