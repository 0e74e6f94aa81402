//! Changes of running services: their plan, how far they have come, and how they ended.

use std::fmt::Write as _;

use owo_colors::OwoColorize as _;

use super::events::run::{Account, Start};
use super::failure;
use super::words::{plural, widest};
use crate::kind::CallError;
use crate::operate::{Change, Difference, Subject};
use crate::runtime::Service;
use crate::value::Address;

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
    pub fn event(&self) -> Start {
        let account = self.place().map(|(region, account)| Account {
            account: account.to_owned(),
            region: region.to_owned(),
        });
        Start {
            app: Some(self.app.to_owned()),
            environment: Some(self.environment.to_owned()),
            account,
            ..Start::of(self.command)
        }
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

/// What became of one service that was not done. `masked` takes secrets out of a text.
pub fn failed(subject: &Subject, error: &CallError, masked: &dyn Fn(&str) -> String) -> String {
    let hint = match error {
        CallError::Rollout(rollout) => {
            let address = Address::new("service", &subject.name);
            return failure::text(rollout, &address, masked);
        }
        CallError::Aws(error) => error.hint(),
        CallError::Refused { .. }
        | CallError::Cancelled
        | CallError::Abandoned
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

/// How many tasks run, while a number of them is waited for.
pub fn count(service: &Service) -> String {
    let Service { running, desired, pending, .. } = service;
    format!("{running} of {desired} tasks run, {pending} pending")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::{Awaited, Call};
    use crate::report::events::Event;
    use crate::report::events::operations::Planned;
    use crate::runtime::ServiceId;

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
        insta::assert_snapshot!(Event::Planned(Planned::of(&change())), @r#"
        {"type":"planned","address":"service/web","changes":[{"path":"desiredCount","before":"2","after":"5"},{"path":"containers[app].image","before":"shop:1","after":"shop:2"}],"notes":["a note"],"calls":["ecs:UpdateService shop-prod-web"]}
        "#);
    }

    #[test]
    fn a_heading_names_the_account() {
        let cluster = "arn:aws:ecs:eu-west-1:444455556666:cluster/shop-prod-main";
        let heading =
            Heading { command: "deploy", app: "shop", environment: "prod", cluster: Some(cluster) };
        assert_eq!(heading.text(), "ecsctl deploy · shop / prod · 444455556666 eu-west-1\n");
        assert_eq!(heading.event().account.unwrap().account, "444455556666");
        let nowhere = Heading { cluster: None, ..heading };
        assert_eq!(nowhere.text(), "ecsctl deploy · shop / prod\n");
    }
}
