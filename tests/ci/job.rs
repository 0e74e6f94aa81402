//! The steps of action.yml, run one after the other as GitHub's runner does: its scripts in bash, with
//! a `gh` and a `cargo` that only note what they are asked for.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

const CARGO: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$*" >> "$STUBS/cargo.log"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin" && cp "$ECSCTL_PROGRAM" "$2/bin/ecsctl"
"#;

/// Replies with the ids in the file `known` to a question for comments.
const GH: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$*" >> "$STUBS/gh.log"
printf '%s\n' "$GH_TOKEN $MARKER" >> "$STUBS/gh.token"
for argument; do
    case $argument in
        --paginate) cat "$STUBS/known" 2>/dev/null ;;
        body=@*) cp "${argument#body=@}" "$STUBS/body.md" ;;
    esac
done
true
"#;

/// What action.yml says.
pub(super) fn action() -> Json {
    serde_saphyr::from_str(include_str!("../../action.yml")).unwrap()
}

/// A repository with one service, in which the action runs.
pub(super) struct Job {
    pub(super) home: TempDir,
    inputs: BTreeMap<String, String>,
    event: BTreeMap<&'static str, String>,
}

/// How a run of the action ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    /// The outputs of the action.
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) log: String,
}

impl Job {
    pub(super) fn on(event: &str, reference: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = |name: &str| home.path().join(name);
        for directory in ["stubs", "temp", "work/manifests"] {
            fs::create_dir_all(file(directory)).unwrap();
        }
        for (name, text) in [("cargo", CARGO), ("gh", GH)] {
            let path = file("stubs").join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let event = BTreeMap::from([("name", event.to_owned()), ("ref", reference.to_owned())]);
        let job = Self { home, inputs: BTreeMap::new(), event };
        job.write("app.yaml", "kind: Service\nname: web\nimage: nginx:${TAG:-1}\n");
        job
    }

    #[must_use]
    pub(super) fn input(mut self, name: &str, value: &str) -> Self {
        assert!(action()["inputs"].get(name).is_some(), "the action has an input `{name}`");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn write(&self, manifest: &str, text: &str) {
        fs::write(self.file("work/manifests").join(manifest), text).unwrap();
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// What a file holds; nothing when it is not there.
    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Runs the steps until one fails.
    pub(super) fn run(&self) -> Ran {
        let action = action();
        let mut values = self.values(&action);
        let (mut code, mut log) = (0, String::new());
        for step in action["runs"]["steps"].as_array().unwrap() {
            if code != 0 || !holds(step["if"].as_str().unwrap_or_default(), &values) {
                continue;
            }
            let Some(script) = step["run"].as_str() else { continue };
            let (ended, said, outputs) = self.step(step, script, &values);
            code = ended;
            log += &said;
            for (name, value) in outputs {
                let id = step["id"].as_str().unwrap_or_default();
                values.insert(format!("steps.{id}.outputs.{name}"), value);
            }
        }
        let outputs = action["outputs"].as_object().unwrap().iter();
        let outputs = outputs.map(|(name, output)| {
            (name.clone(), filled(output["value"].as_str().unwrap(), &values))
        });
        Ran { code, outputs: outputs.collect(), log }
    }

    /// What expressions may refer to.
    fn values(&self, action: &Json) -> BTreeMap<String, String> {
        let path = |name: &str| self.file(name).to_str().unwrap().to_owned();
        let github = [
            ("github.token", "the-token".to_owned()),
            ("github.action_path", env!("CARGO_MANIFEST_DIR").to_owned()),
            ("github.action_repository", "example/ecsctl".to_owned()),
            ("github.server_url", "https://github.com".to_owned()),
            ("github.event.repository.default_branch", "main".to_owned()),
            ("github.event.pull_request.number", "7".to_owned()),
            ("runner.temp", path("temp")),
        ];
        let mut values: BTreeMap<String, String> =
            github.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        for (name, input) in action["inputs"].as_object().unwrap() {
            let default = filled(input["default"].as_str().unwrap(), &values);
            let value = self.inputs.get(name).cloned().unwrap_or(default);
            values.insert(format!("inputs.{name}"), value);
        }
        values
    }

    fn step(
        &self,
        step: &Json,
        script: &str,
        values: &BTreeMap<String, String>,
    ) -> (i32, String, Vec<(String, String)>) {
        let output = self.file("output");
        fs::write(&output, "").unwrap();
        let script_file = self.file("script.sh");
        fs::write(&script_file, script).unwrap();
        let directory = filled(step["working-directory"].as_str().unwrap_or("."), values);
        let mut command = self.bash(&script_file);
        command.current_dir(self.file("work").join(directory)).env("GITHUB_OUTPUT", &output);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, filled(value.as_str().unwrap(), values));
        }
        let ran = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let outputs = fs::read_to_string(&output).unwrap();
        let outputs = outputs.lines().map(|line| line.split_once('=').unwrap());
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        (ran.status.code().unwrap_or(-1), text(&ran.stdout) + &text(&ran.stderr), outputs)
    }

    /// `shell: bash`, in an environment that holds nothing by accident.
    fn bash(&self, script: &Path) -> Command {
        let stubs = self.file("stubs");
        let path = format!("{}:{}", stubs.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(script)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("STUBS", stubs)
            .env("ECSCTL_PROGRAM", env!("CARGO_BIN_EXE_ecsctl"))
            .env("ECSCTL_MOCK", self.file("account.json"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", self.file("work"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary.md"))
            .env("GITHUB_REPOSITORY", "example/shop")
            .env("GITHUB_EVENT_NAME", &self.event["name"])
            .env("GITHUB_REF", &self.event["ref"])
            .env("RUNNER_TEMP", self.file("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64");
        command
    }
}

/// A text with the values of its expressions; what is not known is empty, as in GitHub.
fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |filled, part| {
        let (expression, rest) = part.split_once("}}").unwrap();
        let value = values.get(expression.trim()).map(String::as_str).unwrap_or_default();
        filled + value + rest
    })
}

/// Whether a condition holds: the action needs only comparisons with a text.
fn holds(condition: &str, values: &BTreeMap<String, String>) -> bool {
    let value = |name: &str| values.get(name.trim()).cloned().unwrap_or_default();
    let text = |literal: &str| literal.trim().trim_matches('\'').to_owned();
    if condition.is_empty() {
        return true;
    }
    if let Some((name, literal)) = condition.split_once("!=") {
        return value(name) != text(literal);
    }
    let (name, literal) = condition.split_once("==").unwrap();
    value(name) == text(literal)
}
