//! Changes of running services: their plan, how far they have come, and how they ended.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use owo_colors::OwoColorize as _;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::words::{plural, widest};
use crate::kind::CallError;
use crate::operate::{Change, Difference, Subject};
use crate::rollout::{Failure, Progress};
use crate::runtime::Service;

/// So many seconds later a rollout is spoken of again, even if nothing changed.
const HEARTBEAT: u64 = 30;

/// Where a command works.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    pub command: &'a str,
    pub app: &'a str,
    pub environment: &'a str,
    /// ARN of a cluster, which names the account and the Region.
    pub cluster: Option<&'a str>,
}

impl Heading<'_> {
    fn place(&self) -> Option<(&str, &str)> {
        let mut parts = self.cluster?.split(':').skip(3);
        Some((parts.next()?, parts.next()?))
    }

    /// The first line.
    pub fn text(&self) -> String {
        let Heading { command, app, environment, .. } = self;
        let place = self.place().map(|(region, account)| format!(" · {account} {region}"));
        format!("ecsctl {command} · {app} / {environment}{}\n", place.unwrap_or_default())
    }

    /// What the first event says.
    pub fn event(&self) -> Json {
        let (region, account) = self.place().unzip();
        json!({
            "command": self.command,
            "app": self.app,
            "environment": self.environment,
            "account": account,
            "region": region,
        })
    }
}

/// One thing that is planned or happens. Addresses are `service/web`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    Planned {
        address: String,
        changes: Vec<Changed<'a>>,
        notes: &'a [String],
        calls: Vec<String>,
    },
    Call {
        address: String,
        call: String,
    },
    Rollout {
        address: String,
        progress: &'a Progress,
    },
    /// How many tasks run, while a count is waited for.
    Tasks {
        address: String,
        desired: u32,
        running: u32,
        pending: u32,
    },
    Done {
        address: String,
        text: &'a str,
    },
    /// It goes on, and nobody follows it.
    LeftRolling {
        address: String,
        text: &'a str,
    },
    Failed {
        address: String,
        message: String,
        failure: Option<&'a Failure>,
    },
    End {
        done: usize,
        failed: usize,
        not_tried: usize,
        exit_code: u8,
    },
}

/// A field that will be another.
#[derive(Clone, Debug, Serialize)]
pub struct Changed<'a> {
    path: &'a str,
    before: &'a str,
    after: &'a str,
}

impl<'a> Event<'a> {
    pub fn planned(change: &'a Change) -> Self {
        let changes = change
            .differences
            .iter()
            .map(|Difference { field, before, after }| Changed { path: field, before, after });
        Self::Planned {
            address: change.subject.to_string(),
            changes: changes.collect(),
            notes: &change.notes,
            calls: change.calls.iter().map(ToString::to_string).collect(),
        }
    }

    pub fn tasks(subject: &Subject, service: &Service) -> Self {
        let Service { desired, running, pending, .. } = *service;
        Self::Tasks { address: subject.to_string(), desired, running, pending }
    }

    pub fn failed(subject: &Subject, error: &'a CallError) -> Self {
        let failure = match error {
            CallError::Rollout(failure) => Some(&**failure),
            CallError::Aws(_)
            | CallError::Refused { .. }
            | CallError::Cancelled
            | CallError::Defect(_) => None,
        };
        Self::Failed { address: subject.to_string(), message: error.to_string(), failure }
    }

    pub fn json(&self) -> Json {
        serde_json::to_value(self).expect("events have string keys only")
    }
}

/// What will be done to some services, as apply shows its plan.
pub fn plan(changes: &[Change]) -> String {
    let mut text = String::new();
    let mut number = 0;
    for change in changes {
        let _ = writeln!(text, "{}", change.subject.to_string().bold());
        let width = widest(change.differences.iter().map(|field| field.field.as_str()));
        for Difference { field, before, after } in &change.differences {
            let _ = writeln!(text, "  {} {field:<width$}  {before} → {after}", "~".yellow());
        }
        for note in &change.notes {
            let _ = writeln!(text, "  {note}");
        }
        for call in &change.calls {
            number += 1;
            let _ = writeln!(text, "    {number} {call}");
        }
        let _ = writeln!(text, "      {}", change.wait());
    }
    text
}

/// What became of one service that was not done.
pub fn failed(subject: &Subject, error: &CallError) -> String {
    let hint = match error {
        CallError::Aws(error) => error.hint(),
        CallError::Refused { .. }
        | CallError::Rollout(_)
        | CallError::Cancelled
        | CallError::Defect(_) => None,
    };
    let hint = hint.map(|hint| format!("      hint: {hint}\n")).unwrap_or_default();
    format!("  {} {subject}\n      {error}\n{hint}", "failed".red())
}

/// Of a service whose deployment ended otherwise than was asked for.
pub fn missed(subject: &Subject, text: &str) -> String {
    format!("  {} {subject}\n      {text}\n", "failed".red())
}

/// Of a service that nobody follows any more.
pub fn left(subject: &Subject, text: &str) -> String {
    format!("  {} {subject} {text}\n", "left".yellow())
}

/// One that is left to go on, as was asked for.
pub fn begun(subject: &Subject, text: &str) -> String {
    format!("{} {subject} {text}.\n", "Begun:".green().bold())
}

/// One that is done.
pub fn done(subject: &Subject, text: &str) -> String {
    format!("{} {subject} {text}.\n", "Done:".green().bold())
}

/// The last line where something was not done.
pub fn summary(done: usize, failed: usize, not_tried: usize) -> String {
    let done = plural(done, "service");
    format!("{} {done} done, {failed} failed, {not_tried} left.\n", "Not done:".red().bold())
}

/// Lines about rollouts while they run: one for each change, and one now and then.
#[derive(Debug, Default)]
pub struct Lines {
    last: Mutex<BTreeMap<String, (String, u64)>>,
}

impl Lines {
    /// The next line about a rollout, if there is something to say.
    pub fn next(&self, subject: &Subject, progress: &Progress) -> Option<String> {
        self.changed(subject, describe(progress), progress.elapsed)
    }

    /// The next line about a count, if it changed.
    pub fn next_count(&self, subject: &Subject, service: &Service) -> Option<String> {
        let Service { running, desired, pending, .. } = service;
        self.changed(subject, format!("{running} of {desired} tasks run, {pending} pending"), 0)
    }

    fn changed(&self, subject: &Subject, line: String, elapsed: u64) -> Option<String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = last
            .get(&subject.name)
            .is_none_or(|(said, at)| *said != line || elapsed >= at + HEARTBEAT);
        let text = format!("  · {subject}  {line}\n");
        is_new.then(|| {
            last.insert(subject.name.clone(), (line, elapsed));
            text
        })
    }
}

fn describe(progress: &Progress) -> String {
    let Progress { status, new, stage, pause, trouble, .. } = progress;
    let mut line =
        format!("{} {status}: {} of {} tasks run", new.revision, new.running, new.desired);
    if new.failed > 0 {
        let _ = write!(line, ", {} failed", new.failed);
    }
    let stage = stage.iter().map(ToString::to_string);
    let pause = pause.iter().map(|pause| format!("waits for hook {}", pause.hook));
    let trouble = trouble.iter().map(|trouble| trouble.cause.clone());
    for part in stage.chain(pause).chain(trouble) {
        let _ = write!(line, ", {part}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::{Awaited, Call};
    use crate::rollout::Tasks;
    use crate::runtime::{Pause, ServiceId};

    fn subject() -> Subject {
        let id = ServiceId { cluster: "main".to_owned(), service: "shop-prod-web".to_owned() };
        Subject { name: "web".to_owned(), id }
    }

    fn change() -> Change {
        let difference = |field: &str, before: &str, after: &str| Difference {
            field: field.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        Change {
            subject: subject(),
            differences: vec![
                difference("desiredCount", "2", "5"),
                difference("containers[app].image", "shop:1", "shop:2"),
            ],
            notes: vec!["a note".to_owned()],
            calls: vec![Call::Update {
                id: subject().id,
                task_definition: None,
                count: Some(5),
                forces_deployment: false,
            }],
            awaited: Awaited::Count(5),
        }
    }

    #[test]
    fn a_plan_has_its_fields_calls_and_wait() {
        let text = plan(&[change(), change()]);
        insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @"
        service/web
          ~ desiredCount           2 → 5
          ~ containers[app].image  shop:1 → shop:2
          a note
            1 ecs:UpdateService shop-prod-web
              wait until shop-prod-web runs 5 tasks
        service/web
          ~ desiredCount           2 → 5
          ~ containers[app].image  shop:1 → shop:2
          a note
            2 ecs:UpdateService shop-prod-web
              wait until shop-prod-web runs 5 tasks
        ");
        insta::assert_snapshot!(Event::planned(&change()).json(), @r#"
        {"type":"planned","address":"service/web","changes":[{"path":"desiredCount","before":"2","after":"5"},{"path":"containers[app].image","before":"shop:1","after":"shop:2"}],"notes":["a note"],"calls":["ecs:UpdateService shop-prod-web"]}
        "#);
    }

    #[test]
    fn a_heading_names_the_account() {
        let cluster = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";
        let heading =
            Heading { command: "deploy", app: "shop", environment: "prod", cluster: Some(cluster) };
        assert_eq!(heading.text(), "ecsctl deploy · shop / prod · 444455556666 eu-west-1\n");
        assert_eq!(heading.event()["account"], "444455556666");
        let nowhere = Heading { cluster: None, ..heading };
        assert_eq!(nowhere.text(), "ecsctl deploy · shop / prod\n");
    }

    #[test]
    fn a_rollout_is_spoken_of_when_it_changes_and_now_and_then() {
        let at = |elapsed, running| Progress {
            elapsed,
            status: "IN_PROGRESS".to_owned(),
            new: Tasks { revision: "web:2".to_owned(), desired: 2, running, ..Tasks::default() },
            ..Progress::default()
        };
        let lines = Lines::default();
        let said = |progress: &Progress| lines.next(&subject(), progress);
        let first = "  · service/web  web:2 IN_PROGRESS: 0 of 2 tasks run\n";
        assert_eq!(said(&at(0, 0)).as_deref(), Some(first));
        assert_eq!(said(&at(5, 0)), None);
        assert!(said(&at(10, 1)).is_some());
        assert_eq!(said(&at(39, 1)), None);
        assert!(said(&at(40, 1)).is_some());
        let pause = Some(Pause { hook: "approve".to_owned(), ..Pause::default() });
        let paused = said(&Progress { pause, ..at(41, 1) }).unwrap();
        assert!(paused.ends_with("1 of 2 tasks run, waits for hook approve\n"), "{paused}");
    }
}
