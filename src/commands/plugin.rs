//! The Session Manager plugin: found, and run in the place of ecsctl until its session ends.

use std::io::{self, ErrorKind};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

use super::exit::{Exit, Failure};
use crate::exec::{Join, RESPONSE};

const PLUGIN: &str = "session-manager-plugin";

/// The version of the plugin on the PATH; none if there is no such program. One that does not tell its
/// version has an empty one.
pub(super) async fn version() -> Option<String> {
    let ask = || Command::new(PLUGIN).arg("--version").stdin(Stdio::null()).output();
    match tokio::task::spawn_blocking(ask).await {
        Ok(Ok(told)) => Some(String::from_utf8_lossy(&told.stdout).trim().to_owned()),
        Ok(Err(_)) | Err(_) => None,
    }
}

/// The profile that the environment names.
#[expect(clippy::disallowed_methods, reason = "the plugin wants by name what the SDK finds itself")]
pub(super) fn usual_profile() -> Option<String> {
    std::env::var("AWS_PROFILE").ok()
}

/// Where ECS is. The AWS CLI gives this to the plugin, and so do we.
#[expect(clippy::disallowed_methods, reason = "the plugin wants by name what the SDK finds itself")]
pub(super) fn endpoint(region: &str, partition: &str) -> String {
    let names = ["AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL"];
    let own = names.into_iter().find_map(|name| std::env::var(name).ok());
    let suffix = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    own.unwrap_or_else(|| format!("https://ecs.{region}.{suffix}"))
}

/// Joins a session and stays until it ends. Keys such as Ctrl-C are for the session; a signal to end goes
/// to the plugin, and the terminal is afterwards as it was.
pub(super) async fn join(join: &Join<'_>, takes_environment: bool) -> Result<Exit, Failure> {
    let failed = |error: io::Error| {
        Failure::new(Exit::Error, format!("cannot run `{PLUGIN}`: {error}"))
            .hint("the session that was started ends by itself after some time")
    };
    let mut command = Command::new(PLUGIN);
    if takes_environment {
        command.args(join.arguments(RESPONSE.to_owned())).env(RESPONSE, join.response());
    } else {
        command.args(join.arguments(join.response()));
    }
    let _terminal = Screen::now();
    let mut caught = Caught::new().map_err(failed)?;
    let child = command.spawn().map_err(failed)?;
    Ok(exit_of(caught.until_end(child).await.map_err(failed)?))
}

/// A program that a signal ended has no code: shells say 128 and the signal's number.
fn exit_of(status: ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    match code.and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Exit::Done,
        Some(code) => Exit::Program(code),
        None => Exit::Error,
    }
}

/// Signals that would end ecsctl, and leave the plugin alone with the terminal.
struct Caught {
    interrupt: Signals,
    quit: Signals,
    suspend: Signals,
    terminate: Signals,
    hang_up: Signals,
}

impl Caught {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            suspend: signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn until_end(&mut self, mut child: Child) -> io::Result<ExitStatus> {
        let id = Pid::from_child(&child);
        let mut waiting = tokio::task::spawn_blocking(move || child.wait());
        loop {
            let passed_on = tokio::select! {
                ended = &mut waiting => return ended?,
                // The terminal sends these to the plugin too.
                _ = self.interrupt.recv() => None,
                _ = self.quit.recv() => None,
                _ = self.suspend.recv() => None,
                _ = self.terminate.recv() => Some(Signal::TERM),
                _ = self.hang_up.recv() => Some(Signal::HUP),
            };
            if let Some(signal) = passed_on {
                match kill_process(id, signal) {
                    // It has just ended by itself.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    sent => sent?,
                }
            }
        }
    }
}

/// How the terminal is set up, and will be again.
struct Screen(Option<Termios>);

impl Screen {
    fn now() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(settings) = &self.0 {
            // A terminal that is gone needs no settings.
            let _ = tcsetattr(io::stdin(), OptionalActions::Drain, settings);
        }
    }
}
