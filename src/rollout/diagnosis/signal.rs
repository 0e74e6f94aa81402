//! What a row recognises a symptom by.

use std::fmt;

use super::symptom::{Health, Symptom};

/// One way to recognise a row. Texts are compared without regard to case, and written in lowercase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Why a task or its containers stopped: all of the first, and one of the second if there are any.
    Stopped(&'static [&'static str], &'static [&'static str]),
    /// A service event, likewise.
    Event(&'static [&'static str], &'static [&'static str]),
    /// A task's stop code.
    StopCode(&'static str),
    /// The exit code of the container that is to blame.
    Exit(i32),
    /// Any exit code but 0.
    Failed,
    /// One of the last lines that the container wrote.
    Wrote(&'static str),
    /// Health checks of a load balancer that fail in this way.
    Unhealthy(Health),
    /// An alarm of the deployment went off.
    Alarm,
}

impl Signal {
    pub(super) fn is_in(&self, symptom: &Symptom<'_>) -> bool {
        let says = |all: &[&str], any: &[&str]| {
            all.iter().all(|word| symptom.words.contains(word))
                && (any.is_empty() || any.iter().any(|word| symptom.words.contains(word)))
        };
        match self {
            Self::Stopped(all, any) => symptom.task.is_some() && says(all, any),
            Self::Event(all, any) => symptom.event.is_some() && says(all, any),
            Self::StopCode(code) => {
                symptom.task.is_some_and(|task| task.stop_code.as_deref() == Some(code))
            }
            Self::Exit(code) => symptom.exit_code() == Some(*code),
            Self::Failed => symptom.exit_code().is_some_and(|code| code != 0),
            Self::Wrote(word) => symptom.wrote(word),
            Self::Unhealthy(health) => symptom.health == Some(*health),
            Self::Alarm => symptom.is_alarm,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(all, any) => write!(f, "a stopped reason with {}", words(all, any)),
            Self::Event(all, any) => write!(f, "an event with {}", words(all, any)),
            Self::StopCode(code) => write!(f, "the stop code `{code}`"),
            Self::Exit(code) => write!(f, "the exit code {code}"),
            Self::Failed => write!(f, "any exit code but 0"),
            Self::Wrote(word) => write!(f, "a line of the log with `{word}`"),
            Self::Unhealthy(health) => write!(f, "failing health checks{health}"),
            Self::Alarm => write!(f, "an alarm of the deployment that went off"),
        }
    }
}

fn words(all: &[&str], any: &[&str]) -> String {
    let quoted = |words: &[&str], between: &str| {
        words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(between)
    };
    match (all.is_empty(), any.is_empty()) {
        (_, true) => quoted(all, " and "),
        (true, false) => quoted(any, " or "),
        (false, false) => format!("{} and {}", quoted(all, " and "), quoted(any, " or ")),
    }
}
