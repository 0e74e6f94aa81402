//! What is said of a command in a container: where it runs, or what is in its way and what to do.

use std::fmt::Write as _;

use owo_colors::OwoColorize as _;

use super::events::{Event, containers};
use super::words::plural;
use crate::exec::{Obstacle, Target};
use crate::runtime::short;

/// `/bin/sh in web/app, task 1f3c…`
pub fn place(service: &str, target: &Target, command: &str) -> String {
    format!("{command} in {service}/{}, task {}", target.container, short(&target.task))
}

/// What would run in a real account.
pub fn would_run(service: &str, target: &Target, command: &str) -> String {
    format!(
        "Nothing runs in a mock account. On AWS this would start a session with {}:\n  {}\n",
        target.name(),
        place(service, target, command)
    )
}

/// That nobody could tell whether the role suffices.
pub fn unknown_role(role: &str) -> String {
    format!(
        "Not checked: whether role {role} allows ssmmessages:*, since iam:SimulatePrincipalPolicy was not \
         answered. A session that does not begin may lack it.\n"
    )
}

/// That the token is less hidden than it could be.
pub fn old_plugin(version: &str) -> String {
    format!(
        "The Session Manager plugin {version} is old: the session's token can be seen in this machine's \
         list of processes while it runs. Versions after 1.2.497.0 hide it.\n"
    )
}

/// One line that names how much is in the way.
pub fn summary(service: &str, obstacles: &[Obstacle]) -> String {
    let is = if obstacles.len() == 1 { "is" } else { "are" };
    format!("no command can run in {service}: {} {is} in the way", plural(obstacles.len(), "thing"))
}

/// Everything that is in the way, each with what to do.
pub fn obstacles(service: &str, obstacles: &[Obstacle]) -> String {
    let mut text = format!("{} {}\n", "error:".red().bold(), summary(service, obstacles));
    for obstacle in obstacles {
        let (message, hint) = said(service, obstacle);
        let _ = writeln!(text, "  - {message}\n    {} {hint}", "hint:".cyan());
    }
    text
}

/// The same as events.
pub fn obstacle_events(service: &str, obstacles: &[Obstacle]) -> Vec<Event> {
    let event = |obstacle: &Obstacle| {
        let (message, hint) = said(service, obstacle);
        Event::Obstacle(containers::Obstacle { message, hint })
    };
    obstacles.iter().map(event).collect()
}

/// What is missing, and what to do about it.
fn said(service: &str, obstacle: &Obstacle) -> (String, String) {
    let list = |items: &[String]| items.join(", ");
    let (message, hint) = match obstacle {
        Obstacle::NoPlugin => (
            "`session-manager-plugin` is not on the PATH".to_owned(),
            "install it: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html".to_owned(),
        ),
        Obstacle::Off => (
            format!("service {service} does not let commands be run in its containers"),
            format!("set `enableExecuteCommand: true` in its manifest and run `ecsctl apply`; tasks that go on running need `ecsctl restart {service}`"),
        ),
        Obstacle::TaskIsOlder { task } => (
            format!("task {task} was started before `enableExecuteCommand` was switched on"),
            format!("replace it: `ecsctl restart {service}`"),
        ),
        Obstacle::NoTask { desired: 0 } => (
            format!("service {service} has no tasks: its desired count is 0"),
            format!("start one: `ecsctl scale {service}=1`"),
        ),
        Obstacle::NoTask { desired } => (
            format!("no task of service {service} is RUNNING, and {desired} should be"),
            format!("see why: `ecsctl status {service}`, `ecsctl events {service}`"),
        ),
        Obstacle::NoSuchTask { prefix, tasks } if tasks.is_empty() => (
            format!("there is no task {prefix} of service {service}, which has none"),
            format!("see why: `ecsctl status {service}`"),
        ),
        Obstacle::NoSuchTask { prefix, tasks } => (
            format!("there is no task {prefix} of service {service}"),
            format!("its tasks are {}", list(tasks)),
        ),
        Obstacle::SeveralTasks { prefix, tasks } => (
            format!("{} of service {service} begin with {prefix}", plural(tasks.len(), "task")),
            format!("name one of {}", list(tasks)),
        ),
        Obstacle::TaskDoesNotRun { task, status } => (
            format!("task {task} is {status}, not RUNNING"),
            "wait until it runs, or choose another one".to_owned(),
        ),
        Obstacle::NoSuchContainer { name, containers } => (
            format!("the task has no container `{name}`"),
            format!("its containers are {}", list(containers)),
        ),
        Obstacle::ContainerDoesNotRun { name, status } => (
            format!("container {name} is {status}, not RUNNING"),
            format!("see why: `ecsctl logs {service} --container {name}`"),
        ),
        Obstacle::NoAgent { container, status: None, .. } => (
            format!("container {container} has no ExecuteCommandAgent"),
            format!("the agent may still be starting; if it does not come, replace the task: `ecsctl restart {service}`"),
        ),
        Obstacle::NoAgent { container, status: Some(status), reason } => {
            let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            (
                format!("the ExecuteCommandAgent of container {container} is {status}, not RUNNING{reason}"),
                format!("if it does not start by itself, replace the task: `ecsctl restart {service}`"),
            )
        }
        Obstacle::NoRole => (
            "the task has no task role, as which the agent in it speaks to the Session Manager".to_owned(),
            "add a TaskRole document, name it in `taskRole`, and run `ecsctl apply`; ecsctl adds the permissions for ECS Exec to it".to_owned(),
        ),
        Obstacle::Denied { role, actions } => (
            format!("task role {role} does not allow {}", list(actions)),
            "allow them on `*` in the role's policy; of a role that ecsctl made, `ecsctl apply` does it".to_owned(),
        ),
    };
    (message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_obstacle_has_a_cure() {
        let text = |text: &str| text.to_owned();
        let all = [
            Obstacle::NoPlugin,
            Obstacle::Off,
            Obstacle::TaskIsOlder { task: text("1f3c") },
            Obstacle::NoTask { desired: 0 },
            Obstacle::NoTask { desired: 2 },
            Obstacle::NoSuchTask { prefix: text("f"), tasks: vec![] },
            Obstacle::NoSuchTask { prefix: text("f"), tasks: vec![text("1a"), text("1b")] },
            Obstacle::SeveralTasks { prefix: text("1"), tasks: vec![text("1a"), text("1b")] },
            Obstacle::TaskDoesNotRun { task: text("1a"), status: text("PENDING") },
            Obstacle::NoSuchContainer { name: text("db"), containers: vec![text("app")] },
            Obstacle::ContainerDoesNotRun { name: text("app"), status: text("STOPPED") },
            Obstacle::NoAgent { container: text("app"), status: None, reason: None },
            Obstacle::NoAgent {
                container: text("app"),
                status: Some(text("STOPPED")),
                reason: Some(text("no memory")),
            },
            Obstacle::NoRole,
            Obstacle::Denied { role: text("web"), actions: vec![text("a:B"), text("a:C")] },
        ];
        let plain = anstream::adapter::strip_str(&obstacles("web", &all)).to_string();
        insta::assert_snapshot!(plain, @"
        error: no command can run in web: 15 things are in the way
          - `session-manager-plugin` is not on the PATH
            hint: install it: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html
          - service web does not let commands be run in its containers
            hint: set `enableExecuteCommand: true` in its manifest and run `ecsctl apply`; tasks that go on running need `ecsctl restart web`
          - task 1f3c was started before `enableExecuteCommand` was switched on
            hint: replace it: `ecsctl restart web`
          - service web has no tasks: its desired count is 0
            hint: start one: `ecsctl scale web=1`
          - no task of service web is RUNNING, and 2 should be
            hint: see why: `ecsctl status web`, `ecsctl events web`
          - there is no task f of service web, which has none
            hint: see why: `ecsctl status web`
          - there is no task f of service web
            hint: its tasks are 1a, 1b
          - 2 tasks of service web begin with 1
            hint: name one of 1a, 1b
          - task 1a is PENDING, not RUNNING
            hint: wait until it runs, or choose another one
          - the task has no container `db`
            hint: its containers are app
          - container app is STOPPED, not RUNNING
            hint: see why: `ecsctl logs web --container app`
          - container app has no ExecuteCommandAgent
            hint: the agent may still be starting; if it does not come, replace the task: `ecsctl restart web`
          - the ExecuteCommandAgent of container app is STOPPED, not RUNNING (no memory)
            hint: if it does not start by itself, replace the task: `ecsctl restart web`
          - the task has no task role, as which the agent in it speaks to the Session Manager
            hint: add a TaskRole document, name it in `taskRole`, and run `ecsctl apply`; ecsctl adds the permissions for ECS Exec to it
          - task role web does not allow a:B, a:C
            hint: allow them on `*` in the role's policy; of a role that ecsctl made, `ecsctl apply` does it
        ");
    }
}
