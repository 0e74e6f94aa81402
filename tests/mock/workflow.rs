//! In a job of GitHub Actions, which reads along what the program prints.

use std::fs;

use crate::{Application, ended, set};

const SERVICE: &str = "kind: Service\nname: web\nimage: nginx:1\ndesiredCount: 1\n";

/// An application in a job; the summary of its step is the file `summary.md`.
fn job(text: &str) -> Application {
    let application = Application::written("shop", text);
    let file = |name: &str| application.ecsctl.file(name).to_str().unwrap().to_owned();
    let (home, summary) = (file(""), file("summary.md"));
    application
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", home.trim_end_matches('/'))
        .env("GITHUB_STEP_SUMMARY", &summary)
}

/// The lines on which GitHub's runner acts.
fn commands(text: &str) -> Vec<&str> {
    let lines = text.split(['\n', '\r']);
    lines.filter(|line| line.trim_start().starts_with("::") || line.contains("##[")).collect()
}

fn summary(application: &Application) -> String {
    fs::read_to_string(application.ecsctl.file("summary.md")).unwrap_or_default()
}

#[test]
fn the_documents_of_a_plan_are_groups_of_the_log() {
    let shop = job(SERVICE);
    let plan = crate::done(shop.run(&["plan"]));
    let groups = commands(&plan.stdout);
    assert!(groups[0].starts_with("::group::+ "), "{groups:?}");
    assert!(groups.iter().any(|line| line.starts_with("::group::+ service/web ")), "{groups:?}");
    assert_eq!(groups.iter().filter(|line| **line == "::endgroup::").count() * 2, groups.len());
    let last = plan.stdout.lines().last().unwrap();
    assert!(last.starts_with("Plan: "), "the summary is in no group: {last}");
    let outside = Application::written("shop", SERVICE).run(&["plan"]);
    assert_eq!(commands(&outside.stdout), [""; 0]);
}

#[test]
fn problems_are_annotations_beside_their_text() {
    let shop = job("kind: Service\nname: web\nimage: nginx\nprot: 80\n");
    for arguments in [&["plan"][..], &["validate"], &["apply", "--auto-approve"], &["render"]] {
        let run = ended(shop.run(arguments), 1);
        let annotations = commands(&run.stderr);
        let [annotation] = &annotations[..] else { panic!("{arguments:?}: {run:?}") };
        assert!(annotation.starts_with("::error file="), "{annotation}");
        let rest = "app.yaml,line=4,col=1,endLine=4,endColumn=5,title=unknown-field::";
        assert!(annotation.contains(rest), "{annotation}");
        assert!(run.stderr.contains("error[unknown-field]"), "the text is there too: {run:?}");
    }
    let failure = ended(shop.run(&["plan", "-f", "no::where,"]), 1);
    assert_eq!(
        commands(&failure.stderr),
        [
            "::error title=missing-directory::no directory `no::where,`%0Agive the directory of the manifests with `--manifests`, or run `ecsctl init`"
        ]
    );
    let usage = ended(shop.run(&["plna"]), 64);
    assert!(commands(&usage.stderr)[0].starts_with("::error title=ecsctl::"), "{usage:?}");
}

#[test]
fn files_are_named_from_the_top_of_the_repository() {
    let shop = job(SERVICE);
    let directory = shop.ecsctl.file("deploy/manifests");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("a.yaml"), "kind: Srevice\n").unwrap();
    let mut command = shop.ecsctl.start(&["validate", "-f", "manifests"]);
    let output = command.current_dir(shop.ecsctl.file("deploy")).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("\n::error file=deploy/manifests/a.yaml,line=1,"), "{stderr}");
}

#[test]
fn a_failed_action_is_an_annotation_and_no_text_of_others_is_a_command() {
    let shop = job(SERVICE);
    shop.write_account(
        r#"{"format": 1, "clock": 0, "resources": {}, "script": {"rollouts": {"shop-default-web":
        [{"outcome": "fails", "reason": "no\n::error::pwned\n ##[add-path]/evil @all"}]}}}"#,
    );
    let run = ended(shop.run(&["apply", "--auto-approve"]), 4);
    let annotations = commands(&run.stderr);
    let [annotation] = &annotations[..] else { panic!("{run:?}") };
    assert!(annotation.contains("app.yaml,line=1,col=1,title=service/web::"), "{annotation}");
    assert!(annotation.contains("%0A::error::pwned%0A"), "{annotation}");
    let groups = commands(&run.stdout);
    assert!(groups.iter().all(|line| line.contains("group::")), "{groups:?}");
    assert!(run.stdout.contains("pwned"), "it is shown, and does nothing: {}", run.stdout);
    insta::assert_snapshot!(summary(&shop).trim_start().replace('\u{200b}', "{0}"), @r"
    ### ecsctl: shop / default

    **Not done:** 6 resources done, 1 failed, 0 not tried.

    - <code>service/web</code> failed: <code>the deployment of shop-default-web:1 to service shop-default-web failed: no\n::error::pwned\n #{0}#[add-path]/evil @all</code>
    ");
}

#[test]
fn events_are_no_commands_either() {
    let shop = job(SERVICE);
    shop.apply();
    let variables = "environment: { A: '##[add-path]/evil' }";
    shop.manifests.write("app.yaml", &format!("{SERVICE}{variables}\n"));
    for arguments in [&["plan"][..], &["plan", "--output", "json"], &["plan", "--markdown"]] {
        let run = crate::done(shop.run(arguments));
        let found = commands(&run.stdout);
        assert!(found.iter().all(|line| line.contains("group::")), "{arguments:?}: {found:?}");
        assert!(run.stdout.contains("evil"), "{}", run.stdout);
    }
    let change = "update service/web taskDefinition";
    assert!(shop.plan().changes().is_superset(&set(&[change])), "{:?}", shop.plan().changes());
}

#[test]
fn a_comment_is_written_beside_a_saved_plan_and_into_the_summary() {
    let shop = job(SERVICE);
    let arguments = ["plan", "--markdown", "--out", "plan.json", "--detailed-exitcode"];
    let run = ended(shop.run(&arguments), 2);
    assert!(run.stdout.starts_with("<!-- ecsctl plan shop/default -->\n### "), "{}", run.stdout);
    assert!(run.stdout.contains("**7 to create, "), "{}", run.stdout);
    assert_eq!(summary(&shop), format!("\n{}", run.stdout));
    let applied = crate::done(shop.run(&["apply", "plan.json"]));
    assert!(applied.stdout.ends_with("Done: 7 resources.\n"), "{}", applied.stdout);
    assert!(summary(&shop).ends_with("**Done:** 7 resources.\n"), "{}", summary(&shop));
    let unchanged = crate::done(shop.run(&arguments));
    assert!(unchanged.stdout.contains("**Nothing to change:** 7 resources"), "{unchanged:?}");
    ended(shop.run(&["plan", "--markdown", "--output", "json"]), 64);
}

#[test]
fn a_secret_is_in_no_comment_or_annotation_however_it_is_escaped() {
    let text = "kind: Service\nname: web\nimage: nginx\nenvironment: { LINK: 'a${DB_PASSWORD}' }\n";
    let shop = job(text);
    let secret = "DB_PASSWORD=<h&2>%,";
    crate::done(shop.run(&["apply", "--auto-approve", "--set", "DB_PASSWORD=old"]));
    let plan = crate::done(shop.run(&["plan", "--markdown", "--set", secret]));
    assert!(plan.stdout.contains("+     a(sensitive)\n"), "{}", plan.stdout);
    shop.manifests.write("app.yaml", &format!("{text}desiredCount: ${{DB_PASSWORD}}\n"));
    for arguments in [&["plan"][..], &["validate"], &["validate", "--format", "github"]] {
        let run = ended(shop.run(&[arguments, &["--set", secret]].concat()), 1);
        let written = run.stdout + &run.stderr;
        assert!(written.contains("::error file="), "{arguments:?}: {written}");
        assert!(!written.contains("h&2") && !written.contains("&amp;2"), "{written}");
    }
}
