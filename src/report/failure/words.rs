//! What a report of a failure says, part by part.

use std::collections::BTreeMap;

use super::{Part, Shape};
use crate::report::words::{counted, duration, plural};
use crate::rollout::diagnosis::{blamed, showing};
use crate::rollout::{End, Failure, is_telling};
use crate::runtime::{Container, Event, Task};
use crate::value::Address;

/// Of a task's 32 digits: enough to find it among others.
const SHORT_ID: usize = 8;

pub(super) struct Words<'a> {
    pub(super) failure: &'a Failure,
    pub(super) address: &'a Address,
}

impl Words<'_> {
    /// What happened.
    pub(super) fn head(&self) -> String {
        let Failure { revision, end, elapsed, .. } = self.failure;
        let failed = self.failure.failed_tasks();
        let tasks = match failed {
            0 => String::new(),
            count => format!(", {} failed", counted(count.into(), "task")),
        };
        let after = duration(*elapsed);
        format!("{}: the deployment of {revision} {end} ({after}{tasks})", self.address)
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        let parts = [
            prose("why", self.reason(), 1, 5),
            prose("paused", self.pause(), 1, 5),
            prose("cause", self.cause(), 2, 1),
            prose("task", self.task(), 1, 3),
            prose("container", self.container(), 1, 4),
            Part { label: "log", texts: self.log(), least: 3, rank: 7, shape: Shape::Log },
            prose("targets", self.targets(), 1, 6),
            prose("event", self.event(), 1, 8),
            prose("now", [self.now()], 1, 2),
            prose("not read", self.unread(), 1, 9),
            Part { label: "to do", texts: self.remedies(), least: 3, rank: 2, shape: Shape::Items },
            prose("commands", self.commands(), 3, 0),
        ];
        parts.into_iter().filter(|part| !part.texts.is_empty()).collect()
    }

    /// In ECS's words; what is no more than the cause is not said twice.
    fn reason(&self) -> Option<String> {
        let Failure { reason, evidence, diagnosis, end, progress, .. } = self.failure;
        let cause = diagnosis.as_ref().map(|found| &found.cause);
        let is_ours = *end == End::Hopeless && reason.as_ref() == cause;
        if is_ours || (progress.pause.is_some() && *end == End::TimedOut) {
            return None;
        }
        let reason = reason.clone().or_else(|| evidence.reason.clone())?;
        let is_named = evidence.alarms.iter().all(|alarm| reason.contains(alarm));
        if is_named {
            Some(reason)
        } else {
            Some(format!("{reason} (alarms: {})", evidence.alarms.join(", ")))
        }
    }

    fn pause(&self) -> Option<String> {
        let pause = self.failure.progress.pause.as_ref()?;
        let hook = &pause.hook;
        let until = pause.expires_at.map(|at| format!(" until {at}"));
        let then = pause.on_timeout.as_deref().map(|action| match action {
            "CONTINUE" => ", and then goes on",
            "ROLLBACK" => ", and then rolls back",
            _ => "",
        });
        let (until, then) = (until.unwrap_or_default(), then.unwrap_or_default());
        Some(format!("it waits for somebody to decide at hook {hook}{until}{then}"))
    }

    fn cause(&self) -> Option<String> {
        let found = self.failure.diagnosis.as_ref()?;
        Some(format!("{} [{}]", found.cause, found.code))
    }

    /// The task whose log is shown, else one that shows the cause, else the newest.
    fn shown(&self) -> Option<&Task> {
        let evidence = &self.failure.evidence;
        let written = evidence.logs.first().map(crate::runtime::LogLine::task);
        let code = self.failure.diagnosis.as_ref().map(|found| found.code);
        let by_log = evidence.tasks.iter().find(|task| Some(task.id()) == written);
        let alike = || showing(evidence, code?).first().copied();
        by_log.or_else(alike).or(evidence.tasks.first())
    }

    fn task(&self) -> Option<String> {
        let task = self.shown()?;
        let id: String = task.id().chars().take(SHORT_ID).collect();
        let code = self.failure.diagnosis.as_ref().map(|found| found.code);
        let alike = code.map_or(0, |code| showing(&self.failure.evidence, code).len());
        let others = if alike > 1 { format!(", one of {alike} alike") } else { String::new() };
        let code = task.stop_code.as_deref().unwrap_or("stopped");
        let reason = task.stopped_reason.as_deref().unwrap_or("ECS gives no reason");
        Some(format!("{id}{others}: {code}: {reason}"))
    }

    fn container(&self) -> Option<String> {
        let task = self.shown()?;
        let container = self.speaker(task)?;
        let Container { name, image, exit_code, reason, .. } = container;
        let exit = exit_code.map_or("never ran".to_owned(), |code| format!("exit code {code}"));
        let stopped = task.stopped_reason.as_deref().unwrap_or_default();
        let reason = reason.as_deref().filter(|reason| !stopped.contains(*reason));
        let reason = reason.map(|reason| format!(", {reason}")).unwrap_or_default();
        Some(format!("{name}: {exit}{reason}, image {image}"))
    }

    /// The container whose log is shown, else the one that is to blame.
    fn speaker<'t>(&self, task: &'t Task) -> Option<&'t Container> {
        let line = self.failure.evidence.logs.first();
        let by_log = line.and_then(|line| {
            let is_it = |container: &&Container| container.name == line.container();
            task.containers.iter().find(is_it).filter(|_| line.task() == task.id())
        });
        by_log.or_else(|| blamed(task))
    }

    fn log(&self) -> Vec<String> {
        let lines = self.failure.evidence.logs.iter();
        lines.flat_map(|line| line.message.lines()).map(str::to_owned).collect()
    }

    /// `2 targets: Target.Timeout: Request timed out`, what most have first.
    fn targets(&self) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for target in &self.failure.evidence.targets {
            let texts = [target.reason.as_deref(), target.description.as_deref()];
            let why = texts.into_iter().flatten().collect::<Vec<_>>().join(": ");
            *counts.entry(why).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let line = |(why, count): (String, usize)| format!("{}: {why}", plural(count, "target"));
        counts.into_iter().map(line).collect()
    }

    /// The newest one that tells of trouble, and of more than the reason does.
    fn event(&self) -> Option<String> {
        let reason = self.failure.reason.as_deref().unwrap_or_default().trim_end_matches('.');
        let is_said = |event: &&Event| !reason.is_empty() && event.message.contains(reason);
        let mut events = self.failure.evidence.events.iter();
        let event = events.find(|event| is_telling(event) && !is_said(event))?;
        let prefix = format!("(service {}) ", self.failure.service);
        let message = event.message.strip_prefix(&prefix).unwrap_or(&event.message);
        Some(format!("{} {message}", event.at.strftime("%H:%M:%S UTC:")))
    }

    fn now(&self) -> String {
        let Failure { running, revision, previous, progress, .. } = self.failure;
        let new = &progress.new;
        let is_new = running.as_ref() == Some(revision);
        let beside = if running.is_some() && new.desired > 0 && !is_new {
            format!(
                "; of {revision} {} of {} run",
                new.running,
                plural(new.desired as usize, "task")
            )
        } else {
            String::new()
        };
        let most = match running {
            None => "no task of the service runs".to_owned(),
            Some(running) if running == revision => {
                format!("{running} runs, the revision that was deployed")
            }
            Some(running) if Some(running) == previous.as_ref() => {
                format!("{running} runs, the revision from before")
            }
            Some(running) => format!("{running} runs"),
        };
        most + &beside
    }

    fn unread(&self) -> Option<String> {
        let unread = &self.failure.evidence.unread;
        let missing = unread.iter().filter_map(|text| text.strip_suffix(": not allowed"));
        let missing: Vec<&str> = missing.collect();
        let allow = if missing.is_empty() {
            String::new()
        } else {
            format!("; to see more, allow yourself {}", missing.join(", "))
        };
        (!unread.is_empty()).then(|| format!("{}{allow}", unread.join("; ")))
    }

    fn remedies(&self) -> Vec<String> {
        let found = self.failure.diagnosis.as_ref();
        found.map(|found| found.remedies.clone()).unwrap_or_default()
    }

    fn commands(&self) -> Vec<String> {
        let name = &self.address.name;
        let Failure { end, previous, progress, evidence, .. } = self.failure;
        let back = previous.as_ref().map_or_else(
            || "It is the first deployment: there is no revision to go back to.".to_owned(),
            |previous| format!("`ecsctl rollback {name}` goes back to {previous}."),
        );
        let more = if self.failure.diagnosis.is_none() && is_unexplained(*end) {
            Some(format!(
                "Nothing that was read tells why: see `ecsctl events {name}` and `ecsctl logs {name}`."
            ))
        } else {
            (!evidence.logs.is_empty())
                .then(|| format!("`ecsctl logs {name}` shows all of its log."))
        };
        let texts = match end {
            End::TimedOut if progress.pause.is_some() => {
                vec![format!("`ecsctl resume {name}` lets it go on; {}", lower(&back))]
            }
            End::TimedOut => vec![
                format!("It goes on: `ecsctl wait {name}` waits again, `--timeout` longer."),
                back,
            ],
            End::Hopeless => vec!["It goes on until somebody ends it.".to_owned(), back],
            End::Failed | End::RollbackFailed | End::Stopped => vec![back],
            End::RolledBack => vec!["Apply again once that is corrected.".to_owned()],
            End::Superseded => vec![format!(
                "`ecsctl history {name}` tells what took its place; apply again to put this there."
            )],
            End::ServiceGone => vec!["Apply again to make the service anew.".to_owned()],
        };
        texts.into_iter().chain(more).collect()
    }
}

/// Whether something must have gone wrong that ends so.
fn is_unexplained(end: End) -> bool {
    match end {
        End::Failed | End::RolledBack | End::RollbackFailed => true,
        End::Stopped | End::Superseded | End::ServiceGone | End::Hopeless | End::TimedOut => false,
    }
}

fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next();
    first.into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

fn prose(
    label: &'static str,
    texts: impl IntoIterator<Item = String>,
    least: usize,
    rank: u8,
) -> Part {
    Part { label, texts: texts.into_iter().collect(), least, rank, shape: Shape::Prose }
}
