//! Signals while calls are under way that get no reply.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::done;
use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::support::proxy::{Answer, Call, Proxy, Script};

/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_hours(1);

/// Says when a service is written, and keeps back the reply.
struct Silent(std::sync::mpsc::Sender<()>);

impl Script for Silent {
    fn answer(&mut self, call: &Call) -> Answer {
        if call.operation != "CreateService" {
            return Answer::Pass;
        }
        self.0.send(()).unwrap();
        Answer::Wait(FOR_EVER)
    }
}

fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
}

/// What a run prints to whom these signals are sent while `CreateService` waits for its reply.
async fn interrupted(account: &str, signals: &[&str]) -> String {
    let account = Account::of(Moto::bare(), account).await;
    let manifests = Manifests::example("hello");
    let (tell, told) = channel();
    let proxy = Proxy::before(&account.moto.url, Silent(tell));
    let ecsctl = account.open_through(&proxy.url, Ecsctl::new(manifests.path()));
    let mut command = ecsctl.start(&["apply", "--auto-approve"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    told.recv().unwrap();
    for signal in signals {
        send(signal, &child);
    }
    // It ends though the reply never comes.
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(8), "{signals:?}");
    drop(proxy);
    let again = account.open_to(Ecsctl::new(manifests.path()));
    done(again.run(&["apply", "--auto-approve"]));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn the_first_signal_waits_a_little_for_replies_and_says_what_is_not_known() {
    for (account, signal) in [("333333333320", "INT"), ("333333333321", "TERM")] {
        let told = interrupted(account, &[signal]).await;
        let unknown = "cancelled before its reply came: whether it took effect is not known";
        assert!(told.contains(unknown), "{told}");
        assert!(told.contains("Not done: 6 resources done, 1 failed"), "{told}");
    }
}

#[tokio::test]
async fn the_second_signal_ends_it_at_once() {
    let told = interrupted("333333333322", &["INT", "TERM"]).await;
    assert!(!told.contains("Not done"), "{told}");
}
