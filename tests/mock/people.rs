//! What people read.

use crate::{Application, done};

#[test]
fn a_plan_that_creates_everything() {
    let hello = Application::example("hello");
    let text = done(hello.run(&["plan"])).stdout;
    insta::assert_snapshot!(without_place(&hello, &text), @"
    ecsctl plan · hello / default · 000000000000 us-east-1 · 0 resources observed in the mock account

    + cluster/main
        + cluster/main, cluster-capacity-providers/main
         1 ecs:CreateCluster                hello-default-main
         2 wait until cluster hello-default-main is active
         3 ecs:PutClusterCapacityProviders  hello-default-main
         4 wait until cluster hello-default-main has its capacity providers

    + service/hello                                 hello/hello.yaml:1
        + log-group/hello, role/execution-hello, security-group/service-hello,
          task-definition/hello, service/hello
         5 logs:CreateLogGroup         /ecsctl/hello/default/hello
         6 logs:PutRetentionPolicy     /ecsctl/hello/default/hello
         7 iam:CreateRole              hello-default-hello-execution
         8 iam:PutRolePolicy           hello-default-hello-execution ecsctl
         9 ec2:CreateSecurityGroup     hello-default-hello
        10 ecs:RegisterTaskDefinition  hello-default-hello
        11 ecs:CreateService           hello-default-hello
        12 wait until the deployment of hello-default-hello succeeds

    Plan: 2 to create, 0 to update, 0 to replace, 0 to delete · 9 API calls, 3 waits.
    ");
}

#[test]
fn a_plan_that_changes_an_image() {
    let hello = Application::example("hello");
    hello.apply();
    hello.manifests.edit("hello.yaml", "nginx:1.27", "nginx:1.28");
    let text = done(hello.run(&["plan"])).stdout;
    insta::assert_snapshot!(without_place(&hello, &text), @"
    ecsctl plan · hello / default · 000000000000 us-east-1 · 7 resources observed in the mock account

    ~ service/hello                                 hello/hello.yaml:1
        ^ task-definition/hello  hello-default-hello:1 → new revision
            containers[hello].image
                - public.ecr.aws/nginx/nginx:1.27
                + public.ecr.aws/nginx/nginx:1.28
        ~ service/hello
            taskDefinition
                - task-definition/hello-default-hello:1
                + (new revision of task-definition/hello)
        1 ecs:RegisterTaskDefinition  hello-default-hello
        2 ecs:UpdateService           hello-default-hello
        3 wait until the deployment of hello-default-hello succeeds

    Plan: 0 to create, 1 to update, 0 to replace, 0 to delete · 2 API calls, 1 wait.
    ");
}

#[test]
fn a_plan_without_changes() {
    let hello = Application::example("hello");
    hello.apply();
    insta::assert_snapshot!(done(hello.run(&["plan"])).stdout, @"
    ecsctl plan · hello / default · 000000000000 us-east-1 · 7 resources observed in the mock account

    Nothing to change: 7 resources as the manifests say.
    ");
}

#[test]
fn creates_show_their_fields_on_request() {
    let hello = Application::example("hello");
    let field = "containers[hello].image";
    assert!(!done(hello.run(&["plan"])).stdout.contains(field));
    assert!(done(hello.run(&["plan", "-v"])).stdout.contains(field));
}

#[test]
fn help_names_every_command_and_fits_a_screen() {
    let hello = Application::example("hello");
    let help = done(hello.run(&["--help"])).stdout;
    for command in [
        "init",
        "validate",
        "render",
        "plan",
        "apply",
        "destroy",
        "logs",
        "exec",
        "schema",
        "completions",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let text = done(hello.run(&[command, "--help"])).stdout;
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
}

fn without_place(application: &Application, text: &str) -> String {
    text.replace(application.manifests.path().to_str().unwrap(), "hello")
}
