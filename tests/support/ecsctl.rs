//! The program as users run it: built, in an environment that holds nothing by accident.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

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
        Run::of(self.command(PROGRAM).args(arguments))
    }

    /// Runs it on a terminal, where after each first text the second one is typed. What it writes is
    /// all in `stdout`.
    pub fn run_on_terminal(&self, arguments: &[&str], typed: &[(&str, &str)]) -> Run {
        let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
        let script = serde_json::to_string(typed).unwrap();
        Run::of(self.command("python3").args([helper, &script, PROGRAM]).args(arguments))
    }

    /// Runs a shell's commands on a terminal.
    pub fn shell_on_terminal(&self, script: &str) -> Run {
        let helper = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
        Run::of(self.command("python3").args([helper, "[]", "/bin/sh", "-c", script]))
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
