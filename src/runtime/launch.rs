//! Tasks that are started one by one: what `RunTask` is told, what it may refuse, and how such a task
//! ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{LogSource, Task};

/// Where and how a task runs: the fields of a service that say so, by the names that its row has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// ARN.
    pub cluster: String,
    /// ARN with its revision.
    pub task_definition: String,
    /// Where there is no capacity provider strategy.
    pub launch_type: Option<String>,
    #[serde(default)]
    pub capacity_provider_strategy: Vec<Share>,
    /// Only Fargate has one.
    pub platform_version: Option<String>,
    /// None in network modes without an interface for each task.
    pub network: Option<LaunchNetwork>,
    #[serde(default)]
    pub placement_strategy: Vec<Preference>,
    #[serde(default)]
    pub placement_constraints: Vec<Constraint>,
    #[serde(default)]
    pub enable_execute_command: bool,
}

/// A capacity provider's part in a strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub provider: String,
    pub weight: u32,
    pub base: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchNetwork {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    /// `ENABLED` or `DISABLED`.
    pub assign_public_ip: String,
}

/// Which instances a task is rather put on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// `binpack`, `random` or `spread`.
    #[serde(rename = "type")]
    pub kind: String,
    pub field: Option<String>,
}

/// What an instance must meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// `distinctInstance` or `memberOf`.
    #[serde(rename = "type")]
    pub kind: String,
    pub expression: Option<String>,
}

/// One task to start, as often as is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Launch {
    pub placement: Placement,
    pub overrides: Overrides,
    /// The task gets the tags of its task definition.
    pub propagates_tags: bool,
    pub tags: BTreeMap<String, String>,
    pub started_by: String,
}

/// What is otherwise than the task definition says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overrides {
    /// CPU units of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// MiB of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerOverride>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerOverride {
    pub name: String,
    /// Empty: the task definition's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// In addition to the task definition's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
}

/// What a task definition says that matters to who runs a task of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runnable {
    pub containers: Vec<RunnableContainer>,
    pub logs: Vec<LogSource>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnableContainer {
    pub name: String,
    /// The task ends with it.
    pub is_essential: bool,
}

/// What came of a `RunTask`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Launched {
    pub tasks: Vec<Task>,
    pub refusals: Vec<Refusal>,
}

/// A task that found no place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Such as `RESOURCE:MEMORY`.
    pub reason: String,
    /// The container instance that did not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How a task ended, seen from the container that it was run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "outcome", content = "exitCode")]
pub enum Ended {
    Exited(i32),
    /// Its containers did not run: the image, a secret or the network is to blame.
    NeverStarted,
    /// AWS took its capacity away.
    Interrupted,
    /// Somebody stopped it.
    Stopped,
    /// It stopped, and ECS does not say with which code.
    Silent,
}

impl Placement {
    /// `FARGATE`, or the capacity providers: `FARGATE_SPOT 3 + FARGATE 1`.
    pub fn capacity(&self) -> String {
        let shares = self.capacity_provider_strategy.iter();
        let shares: Vec<_> =
            shares.map(|share| format!("{} {}", share.provider, share.weight)).collect();
        match &self.launch_type {
            Some(launch_type) => launch_type.clone(),
            None => shares.join(" + "),
        }
    }
}

impl Overrides {
    /// Characters of what `RunTask` is sent, of which it takes 8192.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
    pub fn size(&self) -> usize {
        let pair = |(name, value): (&String, &String)| json!({"name": name, "value": value});
        let container = |container: &ContainerOverride| {
            let environment: Vec<Json> = container.environment.iter().map(pair).collect();
            json!({"name": container.name, "command": container.command, "environment": environment})
        };
        let containers: Vec<Json> = self.container.iter().map(container).collect();
        json!({"containerOverrides": containers}).to_string().chars().count()
    }
}

impl Ended {
    /// Of a task that has stopped. The stop code goes before the exit code: who is told to stop and
    /// says 0 has not done what it was there for.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
    pub fn of(task: &Task, container: &str) -> Self {
        match task.stop_code.as_deref() {
            Some("TaskFailedToStart") => return Self::NeverStarted,
            Some("SpotInterruption" | "TerminationNotice" | "InfrastructureHealth") => {
                return Self::Interrupted;
            }
            Some("UserInitiated" | "ServiceSchedulerInitiated") => return Self::Stopped,
            Some(_) | None => {}
        }
        let own = task.containers.iter().find(|own| own.name == container);
        own.and_then(|own| own.exit_code).map_or(Self::Silent, Self::Exited)
    }

    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }

    /// The container's own exit code, as far as a process can have it. A task that did not run to its
    /// end is like a rollout that failed: 4; one that does not say how it ended did not succeed: 1.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Exited(code) => u8::try_from(code).unwrap_or(u8::MAX),
            Self::NeverStarted | Self::Interrupted | Self::Stopped => 4,
            Self::Silent => 1,
        }
    }
}

impl Refusal {
    /// What is wrong, and what to do about it.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
    pub fn advice(&self) -> &'static str {
        let reason = self.reason.to_ascii_uppercase();
        let starts = |prefix: &str| reason.starts_with(prefix);
        if starts("RESOURCE:CPU") || starts("RESOURCE:MEMORY") {
            "no instance has room for it: pass --cpu or --memory to ask for less, stop other tasks, or add instances"
        } else if starts("RESOURCE:PORTS") {
            "the host ports of its containers are taken on every instance: leave the host port out, or add instances"
        } else if starts("RESOURCE:GPU") {
            "no instance has a GPU to spare: wait for other tasks to end, or add instances with GPUs"
        } else if starts("RESOURCE:ENI") {
            "no instance has a network interface to spare: turn on `awsvpcTrunking` for the account, or add instances"
        } else if starts("RESOURCE") {
            "no instance has enough of this resource: stop other tasks, or add instances"
        } else if starts("AGENT") {
            "the ECS agent of the instance is not connected: restart it, or replace the instance"
        } else if starts("ATTRIBUTE") {
            "no instance has an attribute that the task needs, such as its log driver, its network mode or its processor: see `requiresAttributes` of the task definition, and update the instances' agent"
        } else if starts("LOCATION") {
            "the instances are in other Availability Zones than the subnets: add subnets in theirs, or instances in the subnets'"
        } else if starts("INACTIVE") {
            "the instance or its cluster is no longer registered: wait for a new one"
        } else if starts("MEMBEROF") || starts("DISTINCTINSTANCE") || starts("CONSTRAINT") {
            "no instance meets the placement constraints: change them, or add instances that do"
        } else if starts("CAPACITY") || starts("RESOURCE_UNAVAILABLE") {
            "AWS has no capacity of this kind now: try again later, in more Availability Zones, or on another capacity provider"
        } else {
            "see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Container;

    fn stopped(stop_code: Option<&str>, exit_code: Option<i32>) -> Task {
        let container = |name: &str, exit_code| Container {
            name: name.to_owned(),
            exit_code,
            ..Container::default()
        };
        Task {
            stop_code: stop_code.map(str::to_owned),
            containers: vec![container("log", Some(9)), container("app", exit_code)],
            ..Task::default()
        }
    }

    #[test]
    fn a_task_ends_as_its_container_did_unless_somebody_else_ended_it() {
        let ended = |stop_code, exit_code| Ended::of(&stopped(stop_code, exit_code), "app");
        assert_eq!(ended(Some("EssentialContainerExited"), Some(3)), Ended::Exited(3));
        assert_eq!(ended(None, Some(0)), Ended::Exited(0), "moto says no stop code");
        assert_eq!(ended(Some("EssentialContainerExited"), None), Ended::Silent);
        assert_eq!(ended(Some("TaskFailedToStart"), None), Ended::NeverStarted);
        assert_eq!(ended(Some("SpotInterruption"), Some(0)), Ended::Interrupted);
        assert_eq!(ended(Some("UserInitiated"), Some(0)), Ended::Stopped);
    }

    #[test]
    fn each_known_refusal_has_advice_of_its_own() {
        let advice =
            |reason: &str| Refusal { reason: reason.into(), ..Refusal::default() }.advice();
        let known = [
            "RESOURCE:MEMORY",
            "RESOURCE:PORTS",
            "RESOURCE:GPU",
            "RESOURCE:ENI",
            "RESOURCE:DISK",
            "AGENT",
            "ATTRIBUTE",
            "LOCATION",
            "INACTIVE",
            "MemberOf placement constraint unsatisfied",
            "Capacity is unavailable at this time",
            "something new",
        ];
        let all: std::collections::BTreeSet<_> = known.iter().map(|it| advice(it)).collect();
        assert_eq!(all.len(), known.len());
        assert_eq!(advice("RESOURCE:CPU"), advice("RESOURCE:MEMORY"));
    }
}
