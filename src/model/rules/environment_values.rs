//! Environment variables: each from one source, and nothing secret in plain text.

use std::collections::BTreeSet;

use super::table::{Entry, service};
use super::{ContainerView, Scope, escape};
use crate::manifest::problem::Problem;

const MOST_FILES: usize = 10;
/// Parts of names whose values are secret.
const SECRET_WORDS: [&str; 8] =
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY"];
/// Ends of names that only say where a secret is, or something about it.
const HARMLESS_ENDS: [&str; 9] =
    ["_FILE", "_PATH", "_URL", "_NAME", "_ARN", "_TTL", "_EXPIRY", "_LENGTH", "_ID"];

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "secret-and-environment",
        rule: "A variable is in `environment` or in `secrets`, not in both",
        source: "Amazon ECS API Reference, Secret",
        wrong: service!("environment: { KEY: a }, secrets: { KEY: 'ssm:/key' }"),
        right: service!("environment: { KEY: a }, secrets: { OTHER: 'ssm:/key' }"),
    },
    Entry {
        code: "plain-secret",
        rule: "What looks like a secret is not plain text in the task definition, which many may read",
        source: "Amazon ECS Developer Guide, best practices for secrets",
        wrong: service!("environment: { DB_PASSWORD: hunter2 }"),
        right: service!(
            "environment: { DB_PASSWORD_FILE: /run/x, TOKEN_TTL: 60, USE_TOKEN: true }"
        ),
    },
    Entry {
        code: "environment-name",
        rule: "A variable has a name, without `=`",
        source: "",
        wrong: service!("secrets: { 'KEY=x': 'ssm:/key' }"),
        right: service!("secrets: { KEY: 'ssm:/key' }"),
    },
    Entry {
        code: "environment-file",
        rule: "An environment file is the ARN of an object in S3 that ends with `.env`; each is listed once",
        source: "Amazon ECS API Reference, EnvironmentFile",
        wrong: service!("environmentFiles: ['s3://bucket/a.env']"),
        right: service!("environmentFiles: ['arn:aws:s3:::bucket/a.env']"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope
        .each_workload(|workload| workload.containers().flat_map(|view| container(&view)).collect())
}

fn container(view: &ContainerView<'_>) -> Vec<Problem> {
    let environment = view.container.environment.keys();
    let in_both =
        environment.clone().filter(|name| view.container.secrets.contains_key(*name)).map(|name| {
            Problem::error(
                "secret-and-environment",
                format!("`{name}` is both in `environment` and in `secrets`"),
            )
            .at(&view.key(&format!("/secrets/{}", escape(name))), "here")
            .at(&view.key(&format!("/environment/{}", escape(name))), "and here")
            .hint("remove one of them")
        });
    let plain =
        view.container.environment.iter().filter(|(name, value)| looks_secret(name, value)).map(
            |(name, _)| {
                Problem::warning(
                    "plain-secret",
                    format!("`{name}` looks like a secret, but is plain text"),
                )
                .at(
                    &view.key(&format!("/environment/{}", escape(name))),
                    "everyone who reads the task definition sees it",
                )
                .hint(format!("put the value in SSM and write `secrets: {{ {name}: ssm:/… }}`"))
            },
        );
    in_both.chain(plain).chain(names(view)).chain(files(view)).collect()
}

/// The environment of a process is a list of `NAME=value`.
fn names(view: &ContainerView<'_>) -> Vec<Problem> {
    let environment = view.container.environment.keys().map(|name| ("environment", name));
    let secrets = view.container.secrets.keys().map(|name| ("secrets", name));
    let wrong =
        environment.chain(secrets).filter(|(_, name)| name.is_empty() || name.contains('='));
    let problem = |(field, name): (&str, &String)| {
        let message = format!("`{name}` in `{field}` is no name for a variable");
        Problem::error("environment-name", message)
            .at(&view.key(&format!("/{field}/{}", escape(name))), "is empty or has a `=`")
            .hint("write a name such as `LOG_LEVEL`, and the value after the colon")
    };
    wrong.map(problem).collect()
}

fn looks_secret(name: &str, value: &str) -> bool {
    let name = name.to_uppercase();
    let is_harmless_value =
        value.is_empty() || ["true", "false"].contains(&value.to_lowercase().as_str());
    !is_harmless_value
        && SECRET_WORDS.iter().any(|word| name.contains(word))
        && !HARMLESS_ENDS.iter().any(|end| name.ends_with(end))
}

fn files(view: &ContainerView<'_>) -> Vec<Problem> {
    let files = &view.container.environment_files;
    let mut problems = vec![];
    if files.len() > MOST_FILES {
        let message = format!(
            "a container has at most {MOST_FILES} environment files, but this has {}",
            files.len()
        );
        problems.push(
            Problem::error("environment-file", message)
                .at(&view.key("/environmentFiles"), "too many"),
        );
    }
    let mut seen = BTreeSet::new();
    for (index, file) in files.iter().enumerate() {
        let place = view.value(&format!("/environmentFiles/{index}"));
        let is_object = file
            .strip_prefix("arn:")
            .is_some_and(|rest| rest.contains(":s3:::") && rest.contains('/'));
        if !is_object || file.rsplit_once('.').is_none_or(|(_, extension)| extension != "env") {
            let message = format!("`{file}` is not the ARN of an environment file");
            let problem = Problem::error("environment-file", message)
                .at(&place, "expected an object that ends with `.env`");
            problems.push(problem.hint("write it as `arn:aws:s3:::bucket/path/name.env`"));
        } else if !seen.insert(file) {
            problems.push(
                Problem::error("environment-file", format!("`{file}` is listed twice"))
                    .at(&place, "again here"),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_service;

    #[test]
    fn variables_come_from_one_source_and_hold_no_secret() {
        insta::assert_snapshot!(report_service(&[
            ("environment: { KEY: a }, secrets: { KEY: 'ssm:/key' }", "environment: { KEY: a }, secrets: { OTHER: 'ssm:/key' }"),
            ("environment: { DB_PASSWORD: hunter2 }", "environment: { DB_PASSWORD_FILE: /run/x, TOKEN_TTL: 60, USE_TOKEN: true }"),
            ("environment: { stripe_api_key: sk_1 }", "secrets: { stripe_api_key: 'ssm:/stripe' }"),
            ("environment: { '': a }", "environment: { A: '' }"),
            ("secrets: { 'KEY=x': 'ssm:/key' }", "secrets: { KEY: 'ssm:/key' }"),
            ("environmentFiles: ['s3://bucket/a.env']", "environmentFiles: ['arn:aws:s3:::bucket/a.env']"),
            ("environmentFiles: ['arn:aws:s3:::bucket/a.txt']", "environmentFiles: ['arn:aws:s3:::bucket/a.env', 'arn:aws:s3:::bucket/b.env']"),
            ("environmentFiles: ['arn:aws:s3:::bucket/a.env', 'arn:aws:s3:::bucket/a.env']", "environmentFiles: []"),
        ]), @r#"
        secret-and-environment: `KEY` is both in `environment` and in `secrets` [KEY: here] [KEY: and here] -> remove one of them
        warning plain-secret: `DB_PASSWORD` looks like a secret, but is plain text [DB_PASSWORD: everyone who reads the task definition sees it] -> put the value in SSM and write `secrets: { DB_PASSWORD: ssm:/… }`
        warning plain-secret: `stripe_api_key` looks like a secret, but is plain text [stripe_api_key: everyone who reads the task definition sees it] -> put the value in SSM and write `secrets: { stripe_api_key: ssm:/… }`
        environment-name: `` in `environment` is no name for a variable ['': is empty or has a `=`] -> write a name such as `LOG_LEVEL`, and the value after the colon
        environment-name: `KEY=x` in `secrets` is no name for a variable ['KEY=x': is empty or has a `=`] -> write a name such as `LOG_LEVEL`, and the value after the colon
        environment-file: `s3://bucket/a.env` is not the ARN of an environment file ['s3://bucket/a.env': expected an object that ends with `.env`] -> write it as `arn:aws:s3:::bucket/path/name.env`
        environment-file: `arn:aws:s3:::bucket/a.txt` is not the ARN of an environment file ['arn:aws:s3:::bucket/a.txt': expected an object that ends with `.env`] -> write it as `arn:aws:s3:::bucket/path/name.env`
        environment-file: `arn:aws:s3:::bucket/a.env` is listed twice ['arn:aws:s3:::bucket/a.env': again here]
        "#);
    }
}
