//! Tasks that are run by themselves, as they go.

use std::fmt::Write as _;

use owo_colors::OwoColorize as _;

use super::words::{counted, plural};
use crate::rollout::diagnosis::Diagnosis;
use crate::rollout::{RunEvent, TaskOutcome};
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
pub fn ends(outcomes: &[TaskOutcome], container: &str) -> String {
    let (well, badly): (Vec<&TaskOutcome>, Vec<&TaskOutcome>) =
        outcomes.iter().partition(|outcome| outcome.ended.is_success());
    let told = |outcomes: &[&TaskOutcome], rest: &str| {
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

fn end(outcome: &TaskOutcome, container: &str) -> String {
    let TaskOutcome { task, ended, diagnosis } = outcome;
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn outcome(id: &str, ended: Ended) -> TaskOutcome {
        let task = Task { arn: format!("arn:task/main/{id}"), ..Task::default() };
        TaskOutcome { task, ended, diagnosis: None }
    }

    fn never_started() -> TaskOutcome {
        let TaskOutcome { task, ended, .. } = outcome("0123456789", Ended::NeverStarted);
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
        TaskOutcome { task, ended, diagnosis: Some(diagnosis) }
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
}
