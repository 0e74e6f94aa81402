//! Whether a command can run in a container, in which, and how a session is joined; pure.

mod plugin;

use std::cmp::Reverse;

use crate::runtime::{Container, ExecPermission, Service, Task, short};

pub use plugin::{Join, RESPONSE, takes_environment};

/// What somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What the id of the task begins with.
    pub task: Option<&'a str>,
    pub container: Option<&'a str>,
    /// Containers in the manifest's order; the first is the one that is meant when none is named.
    pub usual: &'a [String],
}

/// What is known of the service.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub service: &'a Service,
    /// Those that run or are about to.
    pub tasks: &'a [Task],
    pub permission: &'a ExecPermission,
    pub has_plugin: bool,
}

/// Where the command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// ARN.
    pub cluster: String,
    /// ARN.
    pub task: String,
    pub container: String,
    /// What the Session Manager calls the container.
    pub runtime_id: String,
}

impl Target {
    /// What the Session Manager calls the whole.
    pub fn name(&self) -> String {
        let (cluster, task) = (short(&self.cluster), short(&self.task));
        format!("ecs:{cluster}_{task}_{}", self.runtime_id)
    }
}

/// Something without which no command can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    NoPlugin,
    /// Neither the service nor the task lets commands be run.
    Off,
    /// The task started before the service let commands be run.
    TaskIsOlder {
        task: String,
    },
    NoTask {
        desired: u32,
    },
    NoSuchTask {
        prefix: String,
        tasks: Vec<String>,
    },
    SeveralTasks {
        prefix: String,
        tasks: Vec<String>,
    },
    TaskDoesNotRun {
        task: String,
        status: String,
    },
    NoSuchContainer {
        name: String,
        containers: Vec<String>,
    },
    ContainerDoesNotRun {
        name: String,
        status: String,
    },
    /// The agent in the container.
    NoAgent {
        container: String,
        status: Option<String>,
        reason: Option<String>,
    },
    NoRole,
    Denied {
        role: String,
        actions: Vec<String>,
    },
}

/// The task that is meant: of those that run, the healthiest, then the newest.
pub fn task<'a>(wish: &Wish<'_>, tasks: &'a [Task], desired: u32) -> Result<&'a Task, Obstacle> {
    let ids = |tasks: &[&Task]| tasks.iter().map(|task| task.id().to_owned()).collect();
    let Some(prefix) = wish.task.map(short) else {
        let running = tasks.iter().filter(|task| task.last_status == "RUNNING");
        let best = running.max_by_key(|task| (health(task), task.created_at, Reverse(task.id())));
        return best.ok_or(Obstacle::NoTask { desired });
    };
    let matching: Vec<&Task> = tasks.iter().filter(|task| task.id().starts_with(prefix)).collect();
    let prefix = prefix.to_owned();
    match matching[..] {
        [task] if task.last_status == "RUNNING" => Ok(task),
        [task] => Err(Obstacle::TaskDoesNotRun {
            task: task.id().to_owned(),
            status: task.last_status.clone(),
        }),
        [] => Err(Obstacle::NoSuchTask { prefix, tasks: ids(&tasks.iter().collect::<Vec<_>>()) }),
        _ => Err(Obstacle::SeveralTasks { prefix, tasks: ids(&matching) }),
    }
}

fn health(task: &Task) -> u8 {
    match task.health.as_deref() {
        Some("HEALTHY") => 2,
        Some("UNHEALTHY") => 0,
        _ => 1,
    }
}

/// Where the command runs, or everything that is in its way.
pub fn examine(wish: &Wish<'_>, situation: &Situation<'_>) -> Result<Target, Vec<Obstacle>> {
    let service = situation.service;
    let mut obstacles = vec![];
    if !situation.has_plugin {
        obstacles.push(Obstacle::NoPlugin);
    }
    let task = task(wish, situation.tasks, service.desired).map_err(|obstacle| {
        obstacles.push(obstacle);
    });
    let is_on = task.map_or(service.enable_execute_command, |task| task.enable_execute_command);
    match task {
        _ if is_on => {}
        Ok(task) if service.enable_execute_command => {
            obstacles.push(Obstacle::TaskIsOlder { task: task.id().to_owned() });
        }
        _ => obstacles.push(Obstacle::Off),
    }
    let found = task.ok().map(|task| (task, container(wish, task)));
    if let Some((_, Err(obstacle))) = &found {
        obstacles.push(obstacle.clone());
    }
    // Where commands are off there is no agent, and that is said already.
    if let Some((_, Ok(container))) = &found
        && is_on
    {
        obstacles.extend(agent(container));
    }
    obstacles.extend(permission(situation.permission));
    match found {
        Some((task, Ok(container))) if obstacles.is_empty() => Ok(Target {
            cluster: task.cluster.clone(),
            task: task.arn.clone(),
            container: container.name.clone(),
            runtime_id: container.runtime_id.clone().unwrap_or_default(),
        }),
        _ => Err(obstacles),
    }
}

fn container<'a>(wish: &Wish<'_>, task: &'a Task) -> Result<&'a Container, Obstacle> {
    let by_name = |name: &str| task.containers.iter().find(|container| container.name == name);
    let usual = || wish.usual.iter().find_map(|name| by_name(name));
    let found = match wish.container {
        Some(name) => by_name(name),
        None => usual().or(task.containers.first()),
    };
    let container = found.ok_or_else(|| Obstacle::NoSuchContainer {
        name: wish.container.unwrap_or_default().to_owned(),
        containers: task.containers.iter().map(|container| container.name.clone()).collect(),
    })?;
    if container.last_status == "RUNNING" {
        return Ok(container);
    }
    let (name, status) = (container.name.clone(), container.last_status.clone());
    Err(Obstacle::ContainerDoesNotRun { name, status })
}

fn agent(container: &Container) -> Option<Obstacle> {
    let agent = container.exec_agent.as_ref();
    let runs = agent.is_some_and(|agent| agent.last_status == "RUNNING");
    (!runs).then(|| Obstacle::NoAgent {
        container: container.name.clone(),
        status: agent.map(|agent| agent.last_status.clone()),
        reason: agent.and_then(|agent| agent.reason.clone()),
    })
}

fn permission(permission: &ExecPermission) -> Option<Obstacle> {
    match permission {
        ExecPermission::Granted | ExecPermission::Unknown { .. } => None,
        ExecPermission::NoRole => Some(Obstacle::NoRole),
        ExecPermission::Denied { role, actions } => {
            Some(Obstacle::Denied { role: role.clone(), actions: actions.clone() })
        }
    }
}

/// The words of a command as one line, which the agent splits as a shell does. One word may be a line
/// already.
pub fn command_line(words: &[String]) -> String {
    match words {
        [] => "/bin/sh".to_owned(),
        [line] => line.clone(),
        words => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./=:,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
