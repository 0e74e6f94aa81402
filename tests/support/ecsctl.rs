//! The program as users run it: built, in an environment that holds nothing by accident.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::events_schema;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ecsctl");

/// The program with a set of manifests.
pub struct Ecsctl {
    manifests: PathBuf,
    home: TempDir,
    environment: Vec<(String, String)>,
}

/// How one run of it ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ecsctl {
    pub fn new(manifests: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { manifests: manifests.to_owned(), home, environment: vec![] }
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs it in its empty home directory.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let run = Run::of(self.command(PROGRAM).args(arguments));
        if self.writes_events(arguments) {
            events_schema::check(&run.stdout);
        }
        run
    }

    /// Whether what comes out are events: some commands write texts of another form.
    fn writes_events(&self, arguments: &[&str]) -> bool {
        const TEXTS: [&str; 6] =
            ["schema", "explain", "completions", "--format", "--help", "--version"];
        let is_asked = arguments.windows(2).any(|pair| pair == ["--output", "json"])
            || arguments.contains(&"--output=json")
            || self.environment.contains(&("ECSCTL_OUTPUT".to_owned(), "json".to_owned()));
        is_asked && !arguments.iter().any(|argument| TEXTS.contains(argument))
    }

    /// Runs it on a terminal of 80 columns, where after each first text the second one is typed. What it
    /// writes is all in `stdout`.
    pub fn run_on_terminal(&self, arguments: &[&str], typed: &[(&str, &str)]) -> Run {
        let script: Vec<Value> = typed.iter().map(|step| json!(step)).collect();
        self.run_on_screen((80, 24), arguments, &script)
    }

    /// Runs it on a terminal with so many columns and rows; tests/support/terminal.py says what the
    /// steps are.
    pub fn run_on_screen(&self, size: (u16, u16), arguments: &[&str], steps: &[Value]) -> Run {
        let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
        let size = format!("{}x{}", size.0, size.1);
        let steps = json!(steps).to_string();
        Run::of(self.command("python3").args([helper, &size, &steps, PROGRAM]).args(arguments))
    }

    /// Runs a shell's commands on a terminal.
    pub fn shell_on_terminal(&self, script: &str) -> Run {
        let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
        Run::of(self.command("python3").args([helper, "80x24", "[]", "/bin/sh", "-c", script]))
    }

    /// The program, to be started in another way.
    pub fn start(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(PROGRAM);
        command.args(arguments);
        command
    }

    /// A file in the directory that it runs in.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.home.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("ECSCTL_MANIFESTS", &self.manifests)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
