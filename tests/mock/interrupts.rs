//! A run that is stopped says so, and the next one goes on from there.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::{Application, set};

#[test]
fn a_signal_stops_before_the_next_call_and_the_next_run_goes_on() {
    for signal in ["INT", "TERM"] {
        let mut fleet = String::new();
        for number in 0..200 {
            let _ = writeln!(fleet, "---\nkind: Service\nname: s{number}\nimage: nginx\nport: 80");
        }
        let fleet = Application::written("fleet", &fleet);
        let mut command = fleet.ecsctl.start(&["apply", "--auto-approve"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut narration = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(narration.next().unwrap().unwrap().starts_with("  · "));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let narration: Vec<String> = narration.map(Result::unwrap).collect();
        assert_eq!(child.wait().unwrap().code(), Some(8), "SIG{signal}");
        let stopping = "Stopping: calls under way are finished, none is begun.";
        assert!(narration.iter().any(|line| line.starts_with(stopping)), "{narration:#?}");

        let begun = fleet.size();
        assert!(begun < 1000, "SIG{signal} came too late: {begun}");
        fleet.apply();
        assert_eq!((fleet.plan().changes(), fleet.size()), (set(&[]), 1002));
    }
}

/// A rollout that takes its time: an hour for each look.
const SLOW: &str = r#"{"format": 1, "clock": 0, "resources": {}, "script": {"rollouts": {
    "hello-default-hello": [{"outcome": "succeeds", "seconds": 60, "pace": 3600000}]
}}}"#;

#[test]
fn what_is_still_rolling_out_is_said_and_followed_by_the_next_run() {
    for signal in ["INT", "TERM"] {
        let hello = Application::example("hello");
        hello.write_account(SLOW);
        let mut command = hello.ecsctl.start(&["apply", "--auto-approve"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut narration = BufReader::new(child.stderr.take().unwrap()).lines();
        let follows = |line: &String| line.contains("wait until the deployment");
        assert!(narration.by_ref().map(Result::unwrap).any(|line| follows(&line)));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let narration: Vec<String> = narration.map(Result::unwrap).collect();
        assert_eq!(child.wait().unwrap().code(), Some(8), "SIG{signal}");
        let left = "service/hello is still rolling out hello-default-hello:1 (0 of 1 tasks run); `ecsctl wait hello` follows it.";
        assert!(narration.iter().any(|line| line == left), "{narration:#?}");

        let account = hello.account().replace("3600000", "0");
        hello.write_account(&account);
        assert_eq!(hello.plan().changes(), set(&["update service/hello rollout"]));
        hello.apply();
        assert_eq!(hello.plan().changes(), set(&[]));
    }
}
