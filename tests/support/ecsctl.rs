//! The program as users run it: built, in an environment that holds nothing by accident.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

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
        let output = Command::new(env!("CARGO_BIN_EXE_ecsctl"))
            .args(arguments)
            .current_dir(self.home.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("ECSCTL_MANIFESTS", &self.manifests)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
