//! `ecsctl exec`: its checks on a mock account, and its session with a plugin and an AWS of our own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::ecsctl::{Ecsctl, Run};
use crate::support::fake_aws::FakeAws;
use crate::support::manifests::Manifests;
use crate::{Application, done, ended};

const WEB: &str = "\
kind: TaskRole
name: web
---
kind: Service
name: web
image: nginx
port: 80
taskRole: web
enableExecuteCommand: true
";

fn change(application: &Application, change: impl FnOnce(&mut Json)) {
    let mut account: Json = serde_json::from_str(&application.account()).unwrap();
    change(&mut account);
    application.write_account(&account.to_string());
}

fn deployed() -> Application {
    let web = Application::written("shop", WEB);
    web.apply();
    web
}

/// With what differs from account to account left out.
fn without_ids(text: &str) -> String {
    let is_id =
        |word: &str| word.len() >= 32 && word.chars().all(|letter| letter.is_ascii_hexdigit());
    let words = text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .map(|word| {
            let bare = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            if is_id(bare) { word.replace(bare, "(id)") } else { word.to_owned() }
        })
        .collect()
}

#[test]
fn a_mock_account_says_what_would_run() {
    let web = deployed();
    let run = done(web.run(&["exec", "web", "--", "sh", "-c", "echo $HOME"]));
    insta::assert_snapshot!(without_ids(&run.stdout), @"
    Nothing runs in a mock account. On AWS this would start a session with ecs:shop-default-main_(id)_(id)-4b5e57f6eb:
      sh -c 'echo $HOME' in web/web, task (id)
    ");
    assert_eq!(run.stderr, "");
    let run = done(web.run(&["exec", "web", "--output", "json"]));
    let events: Vec<Json> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["command"], "exec");
    let exec = &events[1];
    assert_eq!(
        (&exec["type"], &exec["container"], &exec["command"], &exec["starts"]),
        (&json!("exec"), &json!("web"), &json!("/bin/sh"), &json!(false))
    );
    assert_eq!(events[2], json!({"type": "end", "exitCode": 0}));
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let web = Application::written("shop", "{ kind: Service, name: web, image: nginx, port: 80 }");
    let never = ended(web.run(&["exec", "web"]), 1);
    assert!(never.stderr.contains("deploy it with `ecsctl apply`"), "{never:?}");
    web.apply();
    let run = ended(web.run(&["exec", "web", "--container", "db"]), 1);
    assert_eq!(run.stdout, "");
    insta::assert_snapshot!(run.stderr, @"
    error: no command can run in web: 3 things are in the way
      - service web does not let commands be run in its containers
        hint: set `enableExecuteCommand: true` in its manifest and run `ecsctl apply`; tasks that go on running need `ecsctl restart web`
      - the task has no container `db`
        hint: its containers are web
      - the task has no task role, as which the agent in it speaks to the Session Manager
        hint: add a TaskRole document, name it in `taskRole`, and run `ecsctl apply`; ecsctl adds the permissions for ECS Exec to it
    ");
    let run = ended(web.run(&["exec", "web", "--output", "json"]), 1);
    let kinds: Vec<String> = run
        .stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<Json>(line).unwrap()["type"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds, ["start", "obstacle", "obstacle", "error"]);
}

#[test]
fn tasks_agents_and_roles_are_looked_at() {
    let web = deployed();
    let said =
        |arguments: &[&str]| ended(web.run(&[&["exec", "web"], arguments].concat()), 1).stderr;
    assert!(said(&["--task", "zz"]).contains("there is no task zz of service web"));
    change(&web, |account| {
        account["running"]["tasks"][0]["containers"][0]["execAgent"]["lastStatus"] =
            json!("STOPPED");
    });
    assert!(said(&[]).contains("the ExecuteCommandAgent of container web is STOPPED"));
    change(&web, |account| {
        account["running"]["tasks"][0]["enableExecuteCommand"] = json!(false);
    });
    let text = said(&[]);
    assert!(text.contains("was started before `enableExecuteCommand` was switched on"), "{text}");
    assert!(text.contains("`ecsctl restart web`") && !text.contains("Agent"), "{text}");
    change(&web, |account| {
        let roles = account["resources"]["role"].as_object_mut().unwrap();
        for role in roles.values_mut() {
            role["spec"]["statements"].as_object_mut().unwrap().remove("ExecuteCommand");
        }
        account["running"]["tasks"] = json!([]);
    });
    let text = said(&[]);
    assert!(text.contains("does not allow ssmmessages:CreateControlChannel"), "{text}");
    assert!(text.contains("no task of service web is RUNNING, and 1 should be"), "{text}");
}

/// The program with a plugin that writes down how it was called.
struct Session {
    _manifests: Manifests,
    ecsctl: Ecsctl,
    aws: FakeAws,
}

impl Session {
    fn new(version: &str, ends: &str) -> Self {
        let manifests = Manifests::empty("shop");
        manifests.write("app.yaml", WEB);
        let aws = FakeAws::started();
        let ecsctl = aws.open_to(Ecsctl::new(manifests.path()));
        let bin = ecsctl.file("bin");
        fs::create_dir(&bin).unwrap();
        let plugin = bin.join("session-manager-plugin");
        let script = format!(
            "#!/bin/sh\n\
             if [ \"$1\" = --version ]; then echo {version}; exit 0; fi\n\
             printf '%s\\n' \"$@\" > arguments\n\
             printf '%s' \"$AWS_SSM_START_SESSION_RESPONSE\" > response\n\
             {ends}\n"
        );
        fs::write(&plugin, script).unwrap();
        fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        Self { _manifests: manifests, ecsctl: ecsctl.env("PATH", &path), aws }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.ecsctl.run(&[&["exec", "web"], arguments].concat())
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.ecsctl.file(name)).unwrap()
    }
}

#[test]
fn the_plugin_gets_the_session_as_from_the_aws_cli() {
    let session = Session::new("1.2.536.0", "echo in the container; exit 7");
    let run = ended(session.run(&["--", "ls", "-l", "/my files"]), 7);
    assert_eq!(run.stdout, "in the container\n");
    assert_eq!(run.stderr, "ls -l '/my files' in web/web, task 1f3c2ab4\n");
    let endpoint = &session.aws.url;
    assert_eq!(
        session.file("arguments"),
        format!(
            "AWS_SSM_START_SESSION_RESPONSE\neu-west-1\nStartSession\n\n\
             {{\"Target\":\"ecs:shop-default-main_1f3c2ab4_1f3c2ab4-2871\"}}\n{endpoint}\n"
        )
    );
    let response: Json = serde_json::from_str(&session.file("response")).unwrap();
    assert_eq!(
        response,
        json!({"SessionId": "ecs-execute-command-1", "StreamUrl": "wss://stream", "TokenValue": "tok-secret"})
    );
    let asked = session.aws.requests("ExecuteCommand");
    assert_eq!(
        asked,
        [json!({
            "cluster": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-default-main",
            "task": "arn:aws:ecs:eu-west-1:444455556666:task/shop-default-main/1f3c2ab4",
            "container": "web", "command": "ls -l '/my files'", "interactive": true,
        })]
    );
}

#[test]
fn the_token_is_in_no_output() {
    for version in ["1.2.536.0", "1.2.497.0"] {
        let session = Session::new(version, "exit 0");
        for output in ["human", "json"] {
            let run = done(session.run(&["--output", output, "-v"]));
            assert!(!(run.stdout + &run.stderr).contains("tok-secret"));
        }
        let is_old = version == "1.2.497.0";
        assert_eq!(session.file("arguments").contains("tok-secret"), is_old);
        assert_eq!(session.file("response").contains("tok-secret"), !is_old);
        let told =
            session.run(&[]).stderr.contains("can be seen in this machine's list of processes");
        assert_eq!(told, is_old);
    }
}

#[test]
fn without_a_plugin_no_session_is_started() {
    let session = Session::new("1.2.536.0", "exit 0");
    let empty = session.ecsctl.file("empty");
    fs::create_dir(&empty).unwrap();
    let mut command = session.ecsctl.start(&["exec", "web"]);
    let output = command.env("PATH", &empty).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("`session-manager-plugin` is not on the PATH"), "{stderr}");
    assert_eq!(session.aws.requests("ExecuteCommand"), [] as [Json; 0]);
}

#[test]
fn keys_are_the_session_s_and_a_signal_to_end_reaches_it() {
    let ends = "trap 'exit 9' TERM\ntouch begun\nwhile :; do sleep 0.05; done";
    let session = Session::new("1.2.536.0", ends);
    let mut command = session.ecsctl.start(&["exec", "web"]);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !session.ecsctl.file("begun").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(child.try_wait().unwrap().is_none());
    }
    let id = child.id().to_string();
    let send = |signal: &str| Command::new("kill").args(["-s", signal, &id]).status().unwrap();
    assert!(send("INT").success() && send("QUIT").success() && send("TSTP").success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none(), "the session goes on");
    assert!(send("TERM").success());
    assert_eq!(child.wait().unwrap().code(), Some(9));
}

#[test]
fn the_terminal_is_afterwards_as_it_was() {
    let session = Session::new("1.2.536.0", "stty raw -echo; exit 0");
    let program = "stty -a > before; ecsctl exec web; stty -a > after";
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_ecsctl")).parent().unwrap();
    let shell =
        session.ecsctl.shell_on_terminal(&format!("PATH={}:$PATH; {program}", path.display()));
    done(shell);
    assert_eq!(session.file("before"), session.file("after"));
    assert!(session.file("before").contains(" echo "));
}
