//! No secret in an output or a plan file, however it gets into a manifest.

use crate::{Application, done};

const MANIFEST: &str = "\
kind: Service
name: hello
image: nginx
port: 80
environment:
  DB_PASSWORD: ${DB_PASSWORD}
  DATABASE_URL: db://user:${DB_PASSWORD}@db/shop
  GREETING: it is ${DB_PASSWORD}
";

#[test]
fn a_secret_variable_is_nowhere() {
    let hello = Application::written("hello", MANIFEST);
    let mut written = String::new();
    for (password, commands) in [
        ("DB_PASSWORD=hunter2", &["plan", "apply"][..]),
        ("DB_PASSWORD=hunter22", &["plan", "apply", "render", "validate"]),
    ] {
        for command in commands {
            for format in ["human", "json"] {
                let mut arguments = vec![*command, "-v", "--set", password, "--output", format];
                match *command {
                    "plan" => arguments.extend(["--out", "plan.json"]),
                    "apply" => arguments.push("--auto-approve"),
                    _ => {}
                }
                let run = done(hello.run(&arguments));
                written += &(run.stdout + &run.stderr);
            }
        }
        written += &std::fs::read_to_string(hello.ecsctl.file("plan.json")).unwrap();
    }
    assert!(!written.contains("hunter2"), "{written}");
    assert!(written.contains("containers[hello].environment[DB_PASSWORD]"), "{written}");
    assert!(written.contains("GREETING]  (sensitive) → it is (sensitive)"), "{written}");
    assert!(hello.account().contains("db://user:hunter22@db/shop"), "the container gets it");
}

#[test]
fn a_problem_does_not_show_it_either() {
    let hello = Application::written("hello", &format!("{MANIFEST}desiredCount: ${{API_TOKEN}}\n"));
    for format in ["human", "json"] {
        let arguments =
            ["plan", "--set", "API_TOKEN=hunter2", "--set", "DB_PASSWORD=x", "--output", format];
        let run = crate::ended(hello.run(&arguments), 1);
        assert!(!(run.stdout + &run.stderr).contains("hunter2"));
    }
}

/// The variable's own name promises no secret: the field does.
const LOGIN: &str = "\
kind: LoadBalancer
name: public
listeners: [{ name: https, protocol: HTTPS, certificates: ['arn:aws:iam::444455556666:server-certificate/a'] }]
---
kind: Service
name: hello
image: nginx
port: 80
loadBalancers:
  - loadBalancer: public
    authenticate:
      oidc:
        issuer: https://login.example.com
        authorizationEndpoint: https://login.example.com/authorize
        tokenEndpoint: https://login.example.com/token
        userInfoEndpoint: https://login.example.com/userinfo
        clientId: shop
        clientSecret: ${OIDC}
";

#[test]
fn the_secret_of_a_login_is_nowhere() {
    let hello = Application::written("hello", LOGIN);
    let mut written = String::new();
    for secret in ["OIDC=hunter2", "OIDC=hunter22"] {
        for command in ["plan", "apply", "render", "validate"] {
            for format in ["human", "json"] {
                let mut arguments = vec![command, "-v", "--set", secret, "--output", format];
                match command {
                    "plan" => arguments.extend(["--out", "plan.json"]),
                    "apply" => arguments.push("--auto-approve"),
                    _ => {}
                }
                let run = done(hello.run(&arguments));
                written += &(run.stdout + &run.stderr);
            }
        }
        written += &std::fs::read_to_string(hello.ecsctl.file("plan.json")).unwrap();
        written += &hello.account();
    }
    assert!(!written.contains("hunter2"), "{written}");
    assert!(written.contains("tags[ecsctl:client-secret]"), "{written}");
}
