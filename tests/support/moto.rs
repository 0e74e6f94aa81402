//! `moto_server` on a port of its own, ended with its owner.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// A server; accounts in it are independent of each other.
pub struct Moto {
    process: Child,
    pub url: String,
    directory: TempDir,
}

static BARE: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
static PATCHED: Mutex<Weak<Moto>> = Mutex::new(Weak::new());

impl Moto {
    /// `moto_server` as it is, shared by the tests that run at the same time.
    pub fn bare() -> Arc<Self> {
        shared(&BARE, || Self::started(Command::new(server()).args(["-H", "127.0.0.1", "-p", "0"])))
    }

    /// `patched_moto.py`: moto with our patch, which records operations. Shared likewise.
    pub fn patched() -> Arc<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/patched_moto.py");
        shared(&PATCHED, || Self::started(Command::new(python()).arg(script)))
    }

    /// A server of its own that checks signatures and policies from the first request on.
    pub fn strict() -> Self {
        let mut command = Command::new(server());
        command.args(["-H", "127.0.0.1", "-p", "0"]).env("INITIAL_NO_AUTH_ACTION_COUNT", "0");
        Self::started(&mut command)
    }

    fn started(command: &mut Command) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut process = command
            // Where patched_moto.py writes its record; moto_server does not read it.
            .env("ECSCTL_RECORD", directory.path().join("operations"))
            // Without them no service gets to a steady state, and no role can have a policy of AWS's own.
            .env("MOTO_ECS_SERVICE_RUNNING", "50")
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = process.stderr.take().expect("stderr is piped");
        let (tell, told) = channel();
        thread::spawn(move || drain(stderr, &tell));
        let url = address(&told).unwrap_or_else(|told| {
            // It may have ended by itself: then its words say why.
            let _ = process.kill();
            panic!("moto_server told no address: {told}")
        });
        Self { process, url, directory }
    }

    /// How often each operation was asked for with an access key, such as `ecs:DescribeServices`.
    pub fn operations(&self, access_key: &str) -> BTreeMap<String, u64> {
        let record = std::fs::read_to_string(self.directory.path().join("operations")).unwrap();
        let mut operations = BTreeMap::new();
        for line in record.lines() {
            if let Some(operation) = line.strip_prefix(access_key) {
                *operations.entry(operation.trim_start().to_owned()).or_default() += 1;
            }
        }
        operations
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.process.kill().expect("the server is ours, and runs until now");
        self.process.wait().expect("what was ended can be waited for");
    }
}

/// The server that runs, or a new one when the last test that had it is over.
fn shared(slot: &Mutex<Weak<Moto>>, start: impl FnOnce() -> Moto) -> Arc<Moto> {
    let mut slot = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    slot.upgrade().unwrap_or_else(|| {
        let moto = Arc::new(start());
        *slot = Arc::downgrade(&moto);
        moto
    })
}

/// The Python that the server runs on, which has boto3.
pub fn python() -> PathBuf {
    server().with_file_name("python")
}

fn server() -> PathBuf {
    let installed =
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/moto/bin/moto_server");
    let path = std::env::var_os("ECSCTL_MOTO_SERVER").map_or_else(installed, PathBuf::from);
    assert!(path.exists(), "{} is missing: `tests/run` installs it", path.display());
    path
}

/// Reads all that the server tells, so that it never waits for a reader.
fn drain(stderr: ChildStderr, tell: &Sender<String>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        // Nobody listens any more once the address is known.
        let _ = tell.send(line);
    }
}

/// The address that the server tells within 30 seconds, else all that it told.
fn address(told: &Receiver<String>) -> Result<String, String> {
    let mut all = String::new();
    while let Ok(line) = told.recv_timeout(Duration::from_secs(30)) {
        if let Some((_, address)) = line.split_once("Running on ") {
            return Ok(address.trim().to_owned());
        }
        all.push_str(&line);
        all.push('\n');
    }
    Err(all)
}
