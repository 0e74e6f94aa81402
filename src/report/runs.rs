//! Tasks that are run by themselves, as they go: text, and events.

use std::fmt::Write as _;

use jiff::Timestamp;
use owo_colors::OwoColorize as _;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::words::{counted, plural};
use crate::rollout::diagnosis::Diagnosis;
use crate::rollout::{Outcome, RunEvent};
use crate::runtime::{Container, Ended, LogLine, Placement, Refusal, Task, short};
use crate::value::Address;

/// Of those that ended well, and of the others: what is told; the rest is counted.
const TOLD: usize = 3;

/// How lines of different containers are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Sources {
    pub tasks: usize,
    /// Of each task, those that write.
    pub containers: usize,
}

/// What is about to be run, and where.
pub fn heading(target: &Address, placement: &Placement, count: u32) -> String {
    let revision = short(&placement.task_definition);
    let (cluster, capacity) = (short(&placement.cluster), placement.capacity());
    let tasks = plural(count as usize, "task");
    format!("Running {tasks} of {target}: {revision} on {capacity} in cluster {cluster}.\n")
}

/// One thing that happened, for people; log lines are results, and told by [`line`].
pub fn happened(event: &RunEvent) -> String {
    match event {
        RunEvent::Started(task) | RunEvent::Status(task) => {
            format!("  · task {}  {}\n", task.id(), task.last_status)
        }
        RunEvent::Refused(refusal) => refused(refusal),
        RunEvent::Line(_) => String::new(),
        RunEvent::Unread(error) => format!("  · the logs are not shown: {error}\n"),
        RunEvent::TimedOut(seconds) => {
            format!("  · stopped after {}\n", counted(*seconds, "second"))
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    let Refusal { reason, arn, detail } = refusal;
    let place = arn.iter().map(|arn| format!(" ({})", short(arn)));
    let detail = detail.iter().map(|detail| format!(": {detail}"));
    let more: String = place.chain(detail).collect();
    format!(
        "  {} no place for a task: {reason}{more}\n      {} {}\n",
        "✗".red(),
        "→".cyan(),
        refusal.advice()
    )
}

/// A line of a container, with where it comes from if there are several.
pub fn line(line: &LogLine, sources: Sources) -> String {
    let message = line.message.trim_end_matches(['\r', '\n']);
    let task = line.task().get(..8).unwrap_or(line.task());
    match (sources.tasks > 1, sources.containers > 1) {
        (false, false) => format!("{message}\n"),
        (false, true) => format!("{} | {message}\n", line.container()),
        (true, false) => format!("{task} | {message}\n"),
        (true, true) => format!("{task} {} | {message}\n", line.container()),
    }
}

/// How tasks ended: those that did not end well first.
pub fn ends(outcomes: &[Outcome], container: &str) -> String {
    let (well, badly): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.ended.is_success());
    let told = |outcomes: &[&Outcome], rest: &str| {
        let mut text: String =
            outcomes.iter().take(TOLD).map(|outcome| end(outcome, container)).collect();
        if outcomes.len() > TOLD {
            let _ = writeln!(
                text,
                "    and {} that {rest}",
                plural(outcomes.len() - TOLD, "more task")
            );
        }
        text
    };
    told(&badly, "did not end well") + &told(&well, "exited with 0")
}

fn end(outcome: &Outcome, container: &str) -> String {
    let Outcome { task, ended, diagnosis } = outcome;
    let mark = if ended.is_success() { "✓".green().to_string() } else { "✗".red().to_string() };
    let mut text = format!("  {mark} task {}  {}\n", task.id(), how(*ended, container));
    if ended.is_success() {
        return text;
    }
    text.extend(why_stopped(task));
    text.extend(task.containers.iter().filter_map(unusual));
    text.extend(diagnosis.iter().map(blame));
    text
}

/// That it stopped because its container exited says nothing new.
fn why_stopped(task: &Task) -> Option<String> {
    let reason = task.stopped_reason.as_ref()?;
    match task.stop_code.as_deref() {
        Some("EssentialContainerExited") => None,
        Some(code) => Some(format!("      {reason} ({code})\n")),
        None => Some(format!("      {reason}\n")),
    }
}

fn how(ended: Ended, container: &str) -> String {
    match ended {
        Ended::Exited(code) => format!("{container} exited with {code}"),
        Ended::NeverStarted => "did not start".to_owned(),
        Ended::Interrupted => "was interrupted by AWS".to_owned(),
        Ended::Stopped => "was stopped from outside".to_owned(),
        Ended::Silent => {
            format!("stopped, and ECS does not say with which code {container} exited")
        }
    }
}

/// A container that has more to say than that it ended.
fn unusual(container: &Container) -> Option<String> {
    let reason = container.reason.as_ref()?;
    let code = container.exit_code.iter().map(|code| format!(" exited with {code}"));
    let code: String = code.collect();
    Some(format!("      {} ({}){code}: {reason}\n", container.name, container.image))
}

fn blame(diagnosis: &Diagnosis) -> String {
    let mut text = format!("      {} {}\n", "cause:".bold(), diagnosis.cause);
    for remedy in &diagnosis.remedies {
        let _ = writeln!(text, "      {} {remedy}", "→".cyan());
    }
    text
}

/// What goes on after ecsctl has ended.
pub fn left(tasks: &[Task]) -> String {
    let line = |task: &Task| {
        let id = task.id();
        format!("Task {id} goes on ({}); `ecsctl tasks stop {id}` stops it.\n", task.last_status)
    };
    tasks.iter().map(line).collect()
}

/// One thing that happened, for programs.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Event<'a> {
    TaskStarted {
        task: &'a str,
        status: &'a str,
        task_definition: &'a str,
        capacity: &'a str,
    },
    TaskRefused {
        reason: &'a str,
        arn: Option<&'a str>,
        detail: Option<&'a str>,
        advice: &'a str,
    },
    TaskStatus {
        task: &'a str,
        status: &'a str,
    },
    Log {
        task: &'a str,
        container: &'a str,
        at: Timestamp,
        message: &'a str,
    },
    LogsUnread {
        message: &'a str,
    },
    TimedOut {
        seconds: u64,
    },
    /// Nobody follows it any more.
    TaskLeft {
        task: &'a str,
        status: &'a str,
    },
    End {
        exit_code: u8,
        timed_out: bool,
        tasks: Vec<TaskEnd<'a>>,
        refused: usize,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskEnd<'a> {
    task: &'a str,
    #[serde(flatten)]
    ended: Ended,
    stop_code: Option<&'a str>,
    stopped_reason: Option<&'a str>,
    containers: Vec<ContainerEnd<'a>>,
    diagnosis: Option<&'a Diagnosis>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerEnd<'a> {
    name: &'a str,
    exit_code: Option<i32>,
    reason: Option<&'a str>,
}

/// One thing that happened, as an event.
pub fn event(event: &RunEvent) -> Json {
    written(&match event {
        RunEvent::Started(task) => Event::TaskStarted {
            task: task.id(),
            status: &task.last_status,
            task_definition: short(&task.task_definition),
            capacity: &task.capacity,
        },
        RunEvent::Refused(refusal) => Event::TaskRefused {
            reason: &refusal.reason,
            arn: refusal.arn.as_deref(),
            detail: refusal.detail.as_deref(),
            advice: refusal.advice(),
        },
        RunEvent::Status(task) => Event::TaskStatus { task: task.id(), status: &task.last_status },
        RunEvent::Line(line) => Event::Log {
            task: line.task(),
            container: line.container(),
            at: line.at,
            message: line.message.trim_end_matches(['\r', '\n']),
        },
        RunEvent::Unread(message) => Event::LogsUnread { message },
        RunEvent::TimedOut(seconds) => Event::TimedOut { seconds: *seconds },
    })
}

/// A task that goes on, as an event.
pub fn left_event(task: &Task) -> Json {
    written(&Event::TaskLeft { task: task.id(), status: &task.last_status })
}

/// The last event of a run.
pub fn end_event(exit_code: u8, timed_out: bool, outcomes: &[Outcome], refused: usize) -> Json {
    let tasks = outcomes.iter().map(task_end).collect();
    written(&Event::End { exit_code, timed_out, tasks, refused })
}

fn task_end(outcome: &Outcome) -> TaskEnd<'_> {
    let task = &outcome.task;
    let containers = task.containers.iter().map(|container| ContainerEnd {
        name: &container.name,
        exit_code: container.exit_code,
        reason: container.reason.as_deref(),
    });
    TaskEnd {
        task: task.id(),
        ended: outcome.ended,
        stop_code: task.stop_code.as_deref(),
        stopped_reason: task.stopped_reason.as_deref(),
        containers: containers.collect(),
        diagnosis: outcome.diagnosis.as_ref(),
    }
}

fn written(event: &Event<'_>) -> Json {
    json!(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(id: &str, ended: Ended) -> Outcome {
        let task = Task { arn: format!("arn:task/main/{id}"), ..Task::default() };
        Outcome { task, ended, diagnosis: None }
    }

    fn never_started() -> Outcome {
        let Outcome { task, ended, .. } = outcome("0123456789", Ended::NeverStarted);
        let container = Container {
            name: "app".to_owned(),
            image: "shop:1".to_owned(),
            reason: Some("CannotPullContainerError: manifest unknown".to_owned()),
            ..Container::default()
        };
        let task = Task {
            stop_code: Some("TaskFailedToStart".to_owned()),
            stopped_reason: Some("Task failed to start".to_owned()),
            containers: vec![container],
            ..task
        };
        let diagnosis = Diagnosis {
            code: "image-not-found",
            cause: "The image shop:1 does not exist.".to_owned(),
            remedies: vec!["Push it.".to_owned()],
            is_hopeless: true,
        };
        Outcome { task, ended, diagnosis: Some(diagnosis) }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn what_did_not_end_well_is_explained_first() {
        let outcomes =
            [outcome("a", Ended::Exited(0)), never_started(), outcome("b", Ended::Exited(3))];
        insta::assert_snapshot!(plain(&ends(&outcomes, "app")), @"
        ✗ task 0123456789  did not start
            Task failed to start (TaskFailedToStart)
            app (shop:1): CannotPullContainerError: manifest unknown
            cause: The image shop:1 does not exist.
            → Push it.
        ✗ task b  app exited with 3
        ✓ task a  app exited with 0
        ");
    }

    #[test]
    fn many_failures_stay_below_a_screen() {
        let badly = (0..50).map(|_| never_started());
        let well = (0..50).map(|_| outcome("a", Ended::Exited(0)));
        let text = ends(&badly.chain(well).collect::<Vec<_>>(), "app");
        assert!(text.lines().count() <= 25, "{text}");
        assert!(text.contains("and 47 more tasks that did not end well"), "{text}");
    }

    #[test]
    fn lines_say_where_they_come_from_when_there_are_several_places() {
        let said = LogLine {
            id: String::new(),
            at: Timestamp::UNIX_EPOCH,
            stream: "migrate/app/0123456789abcdef".to_owned(),
            message: "done\r\n".to_owned(),
        };
        let of = |tasks, containers| line(&said, Sources { tasks, containers });
        assert_eq!(of(1, 1), "done\n");
        assert_eq!(of(1, 2), "app | done\n");
        assert_eq!(of(2, 1), "01234567 | done\n");
        assert_eq!(of(2, 2), "01234567 app | done\n");
    }

    #[test]
    fn the_last_event_tells_exit_codes_of_containers_from_ecsctl_s_own() {
        let event = end_event(4, false, &[outcome("b", Ended::Exited(4)), never_started()], 0);
        assert_eq!(
            (&event["tasks"][0]["outcome"], &event["tasks"][0]["exitCode"]),
            (&json!("exited"), &json!(4))
        );
        assert_eq!(
            (&event["tasks"][1]["outcome"], &event["tasks"][1]["exitCode"]),
            (&json!("neverStarted"), &Json::Null)
        );
        assert_eq!(event["tasks"][1]["containers"][0]["exitCode"], Json::Null);
        assert_eq!(event["exitCode"], 4);
    }
}
