//! What is wrong on the command line is said in one clear message, with the documented exit code,
//! before anything is touched.

use std::fs;

use crate::{Application, done, ended};

/// Arguments, the exit code, what is said, and what may help.
struct Case(&'static [&'static str], i32, &'static str, &'static str);

const CASES: &[Case] = &[
    Case(
        &["plan", "-f", "nowhere"],
        1,
        "no directory `nowhere`",
        "give the directory of the manifests with `--manifests`, or run `ecsctl init`",
    ),
    Case(
        &["plan", "-f", "text.txt"],
        1,
        "`text.txt` is not a directory",
        "give the directory that holds the manifests",
    ),
    Case(&["plan", "-f", "dangling"], 1, "`dangling/a.yaml` does not exist", ""),
    Case(&["plan", "-f", "latin"], 1, "`latin/a.yaml` is not UTF-8 text", "save the file with"),
    Case(&["plan", "-f", "empty"], 1, "no documents in `empty`", "or run `ecsctl init`"),
    Case(&["plan", "--set", "TAG"], 64, "`--set` has no `=`", "write --set NAME=VALUE"),
    Case(&["plan", "--set", "1=2"], 64, "`--set` names `1`", "write --set NAME=VALUE"),
    Case(&["plan", "--var-file", "nowhere.env"], 1, "`nowhere.env` does not exist", "--var-file"),
    Case(&["plan", "-e", "prdo"], 64, "unknown environment `prdo`", "did you mean `prod`?"),
    Case(&["plan", "-e", "qa"], 64, "unknown environment `qa`", "the environments are dev, prod"),
    Case(
        &["plan", "-f", "several"],
        64,
        "the application has several environments and no default",
        "choose one with `-e`: one, two",
    ),
    Case(
        &["plan", "--mock", "text.txt"],
        1,
        "`text.txt` is not a mock account",
        "delete this one for an empty account",
    ),
    Case(
        &["plan", "--mock", "future.json"],
        1,
        "`future.json` has format 99; this ecsctl reads format 1",
        "use the ecsctl that wrote it",
    ),
    Case(&["plan", "--mock", "empty"], 1, "cannot read the mock account `empty`", "choose a file"),
    Case(
        &["apply", "--auto-approve", "--mock", "nowhere/a.json"],
        1,
        "cannot lock the mock account `nowhere/a.json`",
        "choose a file in a directory that is there and writable",
    ),
    Case(
        &["apply", "nowhere.json"],
        1,
        "cannot read the plan `nowhere.json`: No such file or directory",
        "save one with `ecsctl plan --out FILE`",
    ),
    Case(&["apply", "text.txt"], 1, "cannot read the plan `text.txt`: it is no plan", "save one"),
    Case(
        &["apply", "future.json"],
        1,
        "cannot read the plan `future.json`: it has format 99, this ecsctl reads 1",
        "save one",
    ),
    Case(&["apply", "account.json"], 1, "cannot read the plan `account.json`", "save one"),
    Case(
        &["plan", "--out", "nowhere/plan.json"],
        1,
        "cannot write `nowhere/plan.json`",
        "choose a file in a directory that is there and writable",
    ),
    Case(&["apply"], 64, "`ecsctl apply` asks before it changes anything", "pass --auto-approve"),
    Case(&["destroy"], 64, "`ecsctl destroy` asks before", "pass --auto-approve"),
    Case(&["plan", "--adopt", "main"], 64, "`--adopt main` is not an address", "kind/name"),
    Case(
        &["plan", "--output", "xml"],
        64,
        "invalid value 'xml' for '--output <FORMAT>'",
        "human, json",
    ),
    Case(
        &["plna"],
        64,
        "unrecognized subcommand 'plna'",
        "some similar subcommands exist: 'explain', 'plan'",
    ),
    Case(&["apply", "--timeout", "0", "--auto-approve"], 64, "0 is not in 1..=1440", ""),
    Case(&["apply", "a.json", "--prune"], 64, "cannot be used with", "--prune"),
];

/// The shop, in a directory with files that are not what the arguments take them for.
fn shop() -> Application {
    let shop = Application::example("shop");
    let write = |name: &str, text: &[u8]| {
        let file = shop.ecsctl.file(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("text.txt", b"Just a text.\n");
    write("future.json", b"{\"format\": 99}\n");
    write("latin/a.yaml", b"name: \xe9\n");
    write("several/a.yaml", b"kind: App\nname: a\nenvironments: { one: {}, two: {} }\n");
    fs::create_dir(shop.ecsctl.file("empty")).unwrap();
    fs::create_dir(shop.ecsctl.file("dangling")).unwrap();
    std::os::unix::fs::symlink("nowhere", shop.ecsctl.file("dangling/a.yaml")).unwrap();
    shop.apply();
    shop
}

#[test]
fn each_mistake_has_one_message_and_its_exit_code() {
    let shop = shop();
    let before = shop.account();
    for Case(arguments, code, message, hint) in CASES {
        let run = ended(shop.run(arguments), *code);
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(message), "{arguments:?}: {}", run.stderr);
        assert!(said.contains(hint), "{arguments:?}: {}", run.stderr);
        assert_eq!(said.matches(message).count(), 1, "{arguments:?}: {}", run.stderr);
        assert!(
            !arguments.contains(&"apply") || run.stdout.is_empty(),
            "{arguments:?}: {}",
            run.stdout
        );
    }
    assert_eq!(shop.account(), before);
}

#[test]
fn programs_get_each_mistake_as_events() {
    let shop = shop();
    for Case(arguments, code, _, _) in CASES.iter().filter(|case| !case.0.contains(&"--output")) {
        let run = shop.run(&[*arguments, &["--output", "json"]].concat());
        let events = crate::support::events::Events::of(&run);
        let [first, .., last] = events.as_json() else { panic!("{arguments:?}: {run:?}") };
        assert_eq!(
            (&first["type"], &first["schema"]),
            (&"start".into(), &1.into()),
            "{arguments:?}"
        );
        assert_eq!(last["type"], "error", "{arguments:?}");
        assert_eq!(last["exitCode"], run.code, "{arguments:?}");
        assert_eq!(run.code, *code, "{arguments:?}: {run:?}");
    }
}

#[test]
fn an_account_in_use_is_locked() {
    let hello = Application::example("hello");
    hello.apply();
    let lock = fs::File::create(hello.ecsctl.file("account.json.lock")).unwrap();
    lock.lock().unwrap();
    let refused = ended(hello.run(&["apply", "--auto-approve"]), 7);
    insta::assert_snapshot!(refused.stderr, @"
    error: another ecsctl is at work on `account.json`
      hint: wait until it is done, then try again
    ");
    done(hello.run(&["plan"]));
    drop(lock);
    hello.apply();
}
