//! The action on pull requests, on the default branch, and in two jobs.

use std::fs;

use super::job::{Job, Ran, action};

fn pull_request() -> Job {
    Job::on("pull_request", "refs/pull/7/merge")
}

fn push() -> Job {
    Job::on("push", "refs/heads/main")
}

fn ended(ran: Ran, code: i32) -> Ran {
    assert_eq!(ran.code, code, "{}", ran.log);
    ran
}

#[test]
fn inputs_are_described_and_no_script_has_an_expression_in_it() {
    let action = action();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
    }
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "what is put into a script may be a script: {script}");
    }
}

#[test]
fn a_pull_request_gets_one_comment() {
    let job = pull_request();
    let ran = ended(job.run(), 0);
    assert_eq!((&*ran.outputs["command"], &*ran.outputs["has-changes"]), ("plan", "true"));
    assert_eq!(ran.outputs["digest"].len(), 64);
    let comment = job.read("stubs/body.md");
    assert!(comment.starts_with("<!-- ecsctl plan work/default -->\n"), "{comment}");
    assert_eq!(comment, fs::read_to_string(&ran.outputs["markdown-file"]).unwrap());
    assert!(job.read("summary.md").contains(&comment));
    let asked = job.read("stubs/gh.log");
    assert!(
        asked.contains("--method POST repos/example/shop/issues/7/comments --field"),
        "{asked}"
    );
    let token = "the-token <!-- ecsctl plan work/default -->\n";
    assert_eq!(job.read("stubs/gh.token"), token.repeat(2), "it looks for its own comment");
    assert_eq!(job.read("account.json"), "", "nothing was changed");

    fs::write(job.file("stubs/known"), "11\n12\n").unwrap();
    ended(job.run(), 0);
    let asked = job.read("stubs/gh.log");
    assert!(asked.contains("--method PATCH repos/example/shop/issues/comments/12 "), "{asked}");
}

#[test]
fn the_default_branch_gets_what_was_planned() {
    let job = push();
    let ran = ended(job.run(), 0);
    assert_eq!(ran.outputs["command"], "apply");
    assert!(ran.log.contains("Done: 7 resources."), "{}", ran.log);
    assert!(job.read("summary.md").contains("**Done:** 7 resources."));
    assert_eq!(job.read("stubs/gh.log"), "", "there is nothing to comment on");
    let again = ended(job.run(), 0);
    assert_eq!(again.outputs["has-changes"], "false");

    let branch = Job::on("push", "refs/heads/feature");
    assert_eq!(ended(branch.run(), 0).outputs["command"], "plan");
    assert_eq!(branch.read("account.json"), "");
}

#[test]
fn a_plan_of_another_job_is_applied_byte_for_byte_or_not_at_all() {
    let planned = push().input("command", "plan");
    let outputs = ended(planned.run(), 0).outputs;
    let plan = fs::read_to_string(&outputs["plan-file"]).unwrap();
    let job = push()
        .input("command", "apply")
        .input("plan-file", "plan.json")
        .input("plan-digest", &outputs["digest"]);
    let file = job.file("work/plan.json");

    fs::write(&file, format!("{plan} ")).unwrap();
    let refused = ended(job.run(), 6);
    assert!(
        refused.log.contains("::error title=ecsctl apply::the saved plan is not"),
        "{refused:?}"
    );

    fs::write(&file, &plan).unwrap();
    job.write("more.yaml", "kind: Service\nname: worker\nimage: nginx\n");
    let stale = ended(job.run(), 6);
    assert!(stale.log.contains("::error title=ecsctl apply::the saved plan is stale"), "{stale:?}");
    assert_eq!(job.read("account.json"), "", "nothing was changed");

    fs::remove_file(job.file("work/manifests/more.yaml")).unwrap();
    assert!(ended(job.run(), 0).log.contains("Done: 7 resources."));
}

#[test]
fn mistakes_end_the_job_with_annotations_and_without_a_comment() {
    let job = pull_request();
    job.write("app.yaml", "kind: Service\nname: web\nimage: nginx\nprot: 80\n");
    let ran = ended(job.run(), 1);
    assert!(ran.log.contains("::error file=manifests/app.yaml,line=4,"), "{}", ran.log);
    assert_eq!(job.read("stubs/gh.log"), "");
    let ran = ended(pull_request().input("command", "destroy").run(), 64);
    assert!(ran.log.contains("::error title=ecsctl::the input `command`"), "{}", ran.log);
}

#[test]
fn arguments_arrive_and_are_never_scripts() {
    let job = push().input("args", "--set TAG=2\n--timeout 20").input("command", "plan");
    let ran = ended(job.run(), 64);
    assert!(ran.log.contains("unexpected argument '--timeout'"), "{}", ran.log);
    let job = push().input("args", "--set TAG=2").input("apply-args", "--timeout 20");
    ended(job.run(), 0);
    assert!(job.read("account.json").contains("nginx:2"));

    for input in ["args", "plan-args", "manifests", "environment", "version", "aws-region"] {
        let job = pull_request().input(input, "$(touch pwned)`touch pwned`\"; touch pwned; '");
        job.run();
        assert!(!job.file("work/pwned").exists() && !job.file("pwned").exists(), "{input}");
    }
}

#[test]
fn it_is_built_from_its_own_checkout_or_from_a_tag() {
    let job = pull_request().input("comment", "false");
    ended(job.run(), 0);
    let built = job.read("stubs/cargo.log");
    assert!(built.starts_with("install --locked --root "), "{built}");
    assert!(built.contains(concat!(" --path ", env!("CARGO_MANIFEST_DIR"))), "{built}");
    assert_eq!(job.read("stubs/gh.log"), "", "comments are not wanted");
    let job = pull_request().input("version", "v0.1.0");
    ended(job.run(), 0);
    let built = job.read("stubs/cargo.log");
    assert!(
        built.contains("--git https://github.com/example/ecsctl --tag v0.1.0 ecsctl"),
        "{built}"
    );
}
