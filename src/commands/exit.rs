//! Exit codes, and the failures that lead to them.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use owo_colors::OwoColorize as _;

use crate::aws::{AwsError, ErrorKind};
use crate::backend::MockError;
use crate::plan::PlanError;
use crate::report::events::{Event, run};
use crate::session::SessionError;

/// How a command ends. The numbers are frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Error,
    /// `plan --detailed-exitcode` found changes.
    Changes,
    Credentials,
    /// A rollout failed or was rolled back.
    Rollout,
    /// A policy or protection forbids it.
    Forbidden,
    /// The plan is stale.
    Stale,
    Locked,
    Cancelled,
    TimedOut,
    Usage,
    /// As the program ended that ran on the user's behalf.
    Program(u8),
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Credentials => 3,
            Self::Rollout => 4,
            Self::Forbidden => 5,
            Self::Stale => 6,
            Self::Locked => 7,
            Self::Cancelled => 8,
            Self::TimedOut => 9,
            Self::Usage => 64,
            Self::Program(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    /// A lowercase fragment.
    pub message: String,
    pub hint: Option<String>,
    /// What is wrong with the manifests, if that is the reason: drawn, and as events.
    pub problems: Option<Box<Problems>>,
}

/// Problems as people and as programs read them.
#[derive(Debug)]
pub struct Problems {
    pub drawn: String,
    pub events: Vec<Event>,
    /// For GitHub Actions, where the program runs there.
    pub annotations: String,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, problems: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For people. Problems speak for themselves.
    pub(super) fn text(&self) -> String {
        if let Some(problems) = &self.problems {
            return problems.drawn.clone();
        }
        let hint = self.hint.as_ref().map(|hint| format!("  {} {hint}\n", "hint:".cyan()));
        format!("{} {}\n{}", "error:".red().bold(), self.message, hint.unwrap_or_default())
    }

    /// For programs: the problems, then the error.
    pub(super) fn events(&self) -> Vec<Event> {
        let problems = self.problems.iter().flat_map(|problems| problems.events.iter().cloned());
        let (message, hint) = (self.message.clone(), self.hint.clone());
        let error = Event::Error(run::Error { exit_code: self.exit.code(), message, hint });
        problems.chain([error]).collect()
    }
}

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        let exit = match error.kind {
            ErrorKind::Credentials
            | ErrorKind::Region
            | ErrorKind::Account
            | ErrorKind::Unreachable => Exit::Credentials,
            ErrorKind::Timeout => Exit::TimedOut,
            ErrorKind::Denied
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Quota
            | ErrorKind::Throttled
            | ErrorKind::Invalid
            | ErrorKind::Service => Exit::Error,
        };
        let hint = error.hint();
        Self { hint, ..Self::new(exit, error.to_string()) }
    }
}

impl From<MockError> for Failure {
    fn from(error: MockError) -> Self {
        let message = with_causes(&error);
        let (exit, hint) = match error {
            MockError::Locked { .. } => (Exit::Locked, "wait until it is done, then try again"),
            MockError::Io { .. } => {
                (Exit::Error, "choose a file in a directory that is there and writable")
            }
            MockError::Malformed { .. } => {
                (Exit::Error, "choose another file, or delete this one for an empty account")
            }
            MockError::Format { .. } => {
                (Exit::Error, "use the ecsctl that wrote it, or choose another file")
            }
        };
        Self::new(exit, message).hint(hint)
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Aws(error) => error.into(),
            SessionError::Plan(error) => error.into(),
        }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let message = error.to_string();
        match error {
            PlanError::Cycle(_) => Self::new(Exit::Error, message),
            PlanError::SameName(_) => Self::new(Exit::Error, message)
                .hint("rename one of them, or give it an `awsName` of its own"),
            PlanError::Foreign(foreign) => {
                let adopt: Vec<_> =
                    foreign.iter().map(|found| format!("--adopt {}", found.address)).collect();
                let hint = format!("to take over what is there, pass {}", adopt.join(" "));
                Self::new(Exit::Forbidden, message).hint(hint)
            }
            PlanError::Protected(_) => Self::new(Exit::Forbidden, message)
                .hint("put the document back if it is gone, set `lifecycle.protect: false` in it, and apply that first"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Error, format!("cannot write: {error}"))
    }
}

/// A message with those of its causes.
pub fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    message
}
