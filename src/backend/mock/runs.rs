//! Tasks of a mock account that are run by themselves: how they start, what they write, how they end.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::super::runtime::Position;
use super::super::script::{Fault, FaultEffect, ScriptedRun, StoppedContainer};
use super::MockAccount;
use super::running::setting::{ContainerSetting, containers, time};
use super::running::tasks::stop;
use super::state::State;
use crate::aws::{AwsError, ErrorKind};
use crate::runtime::{
    Container, Launch, Launched, LogLine, Refusal, Runnable, RunnableContainer, Task, short,
};
use crate::value::{digest, digest_of};

/// Virtual seconds after which a task is no longer provisioned.
const PROVISIONED: u64 = 1;

/// Virtual seconds after which its containers run.
const STARTED: u64 = 3;

/// A task that has not stopped, and what becomes of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Run {
    script: ScriptedRun,
    /// Virtual second.
    began: u64,
    /// Lines so far.
    written: usize,
}

impl MockAccount {
    pub(in crate::backend) fn runnable(&self, task_definition: &str) -> Runnable {
        let state = self.state();
        let spec = state.task_definition(task_definition);
        let all = containers(spec);
        let container = |container: &ContainerSetting| RunnableContainer {
            name: container.name.clone(),
            is_essential: is_essential(spec, &container.name),
        };
        Runnable {
            containers: all.iter().map(container).collect(),
            logs: all.into_iter().filter_map(|container| container.log).collect(),
        }
    }

    /// Unique among the runs of the account, and the same for the same account.
    pub(in crate::backend) fn run_token(&self, launch: &Launch) -> String {
        let state = self.state();
        let tasks: Vec<&str> = state.running.tasks.iter().map(|task| task.arn.as_str()).collect();
        digest_of(&json!([launch, state.clock, tasks]))
    }

    pub(in crate::backend) fn run_tasks(
        &self,
        launch: &Launch,
        count: u32,
        token: &str,
    ) -> Result<Launched, AwsError> {
        let mut state = self.state();
        let family = family(&launch.placement.task_definition).to_owned();
        state.unsaved += 1;
        let fault = state.script.strike(&format!("ecs:RunTask {family}"));
        if let Some(fault) = &fault {
            state.is_dead |= fault.effect == FaultEffect::Killed;
        }
        match fault {
            Some(Fault {
                effect: FaultEffect::Error | FaultEffect::Killed, code, message, ..
            }) => {
                let message = format!("{code}: {message}");
                Err(AwsError::new("ecs:RunTask", ErrorKind::Service, message))
            }
            // The SDK asks again with the same token, and gets the same tasks.
            Some(Fault { effect: FaultEffect::LostReply, .. }) => {
                state.run(launch, &family, count, token);
                Ok(state.run(launch, &family, count, token))
            }
            None => Ok(state.run(launch, &family, count, token)),
        }
    }

    pub(in crate::backend) fn tasks_by_arn(&self, arns: &[String]) -> Vec<Task> {
        let state = self.state();
        let asked = state.running.tasks.iter().filter(|task| arns.contains(&task.arn));
        let mut tasks: Vec<Task> = asked.cloned().collect();
        tasks.sort_by(|a, b| a.arn.cmp(&b.arn));
        tasks
    }

    pub(in crate::backend) async fn let_pass(&self, by: Duration) {
        let pace = self.state().let_runs_pass(by);
        if let Some(milliseconds) = pace {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
    }

    pub(in crate::backend) fn log_lines_after(
        &self,
        group: &str,
        stream: &str,
        position: &mut Position,
    ) -> Vec<LogLine> {
        let state = self.state();
        let seen = position.0.as_deref().and_then(|count| count.parse().ok()).unwrap_or(0);
        let all = state.running.logs.get(group).into_iter().flatten();
        let own = all.filter(|line| line.stream == stream);
        let lines: Vec<LogLine> = own.skip(seen).cloned().collect();
        position.0 = Some((seen + lines.len()).to_string());
        lines
    }
}

impl State {
    /// A token that came before starts nothing.
    fn run(&mut self, launch: &Launch, family: &str, count: u32, token: &str) -> Launched {
        let mut launched = Launched::default();
        for number in 0..count {
            let task = self.new_task(launch, family, &format!("{token} {number}"));
            if let Some(known) = self.running.tasks.iter().find(|known| known.arn == task.arn) {
                launched.tasks.push(known.clone());
                continue;
            }
            let script = self.script.next_run(family);
            if let Some(reason) = script.failure {
                launched.refusals.push(Refusal { reason, ..Refusal::default() });
                continue;
            }
            let run = Run { script, began: self.clock, written: 0 };
            self.running.runs.insert(task.arn.clone(), run);
            self.running.tasks.push(task.clone());
            launched.tasks.push(task);
        }
        launched
    }

    fn new_task(&self, launch: &Launch, family: &str, seed: &str) -> Task {
        let placement = &launch.placement;
        let spec = self.task_definition(&placement.task_definition);
        let id = digest(seed.as_bytes())[..32].to_owned();
        let size = |asked: Option<u32>, field: &str| {
            let own = || spec.and_then(|spec| spec[field].as_u64());
            asked.map(u64::from).or_else(own).map(|size| size.to_string())
        };
        let provider = placement.capacity_provider_strategy.first();
        let capacity = provider.map(|share| share.provider.clone());
        let container = |container: ContainerSetting| Container {
            name: container.name,
            image: container.image,
            last_status: "PENDING".to_owned(),
            ..Container::default()
        };
        Task {
            arn: format!("{}/{id}", placement.cluster.replacen(":cluster/", ":task/", 1)),
            cluster: placement.cluster.clone(),
            task_definition: placement.task_definition.clone(),
            last_status: "PROVISIONING".to_owned(),
            desired_status: "RUNNING".to_owned(),
            group: format!("family:{family}"),
            started_by: Some(launch.started_by.clone()),
            capacity: capacity.or_else(|| placement.launch_type.clone()).unwrap_or_default(),
            cpu: size(launch.overrides.cpu, "cpu"),
            memory: size(launch.overrides.memory, "memory"),
            enable_execute_command: placement.enable_execute_command,
            created_at: Some(time(self.clock)),
            containers: containers(spec).into_iter().map(container).collect(),
            ..Task::default()
        }
    }

    /// Returns how many milliseconds of the world's time the one who looks waits.
    fn let_runs_pass(&mut self, by: Duration) -> Option<u64> {
        if self.is_dead {
            return None;
        }
        self.clock += by.as_secs().max(1);
        self.unsaved += 1;
        let pace = self.running.runs.values().filter_map(|run| run.script.pace).max();
        for (arn, mut run) in std::mem::take(&mut self.running.runs) {
            if !self.advance(&arn, &mut run) {
                self.running.runs.insert(arn, run);
            }
        }
        pace
    }

    /// Whether the task has stopped.
    fn advance(&mut self, arn: &str, run: &mut Run) -> bool {
        let age = self.clock.saturating_sub(run.began);
        let end = STARTED + run.script.seconds;
        let runs = run.script.stop_code != "TaskFailedToStart";
        if runs && age >= STARTED {
            self.write_lines(arn, run, age);
        }
        let clock = self.clock;
        let Some(index) = self.running.tasks.iter().position(|task| task.arn == arn) else {
            return true;
        };
        let spec = self.task_definition(&self.running.tasks[index].task_definition).cloned();
        let task = &mut self.running.tasks[index];
        if age >= end {
            for container in &mut task.containers {
                finish(container, &run.script, is_essential(spec.as_ref(), &container.name));
            }
            stop(task, &run.script.stop_code, &run.script.stopped_reason, time(clock));
            if !runs {
                task.containers.iter_mut().for_each(|container| container.exit_code = None);
            }
            let group = task.group.clone();
            self.running.forget_old(&group);
            return true;
        }
        let status = match age {
            age if age < PROVISIONED => "PROVISIONING",
            age if age < STARTED || !runs => "PENDING",
            _ => "RUNNING",
        };
        status.clone_into(&mut task.last_status);
        if status == "RUNNING" && task.started_at.is_none() {
            task.started_at = Some(time(run.began + STARTED));
            for container in &mut task.containers {
                status.clone_into(&mut container.last_status);
            }
        }
        false
    }

    /// The lines that are due, each container the same.
    fn write_lines(&mut self, arn: &str, run: &mut Run, age: u64) {
        let lines = run.script.logs.len() as u64;
        let Some(task) = self.running.tasks.iter().find(|task| task.arn == arn) else { return };
        let id = task.id().to_owned();
        let spec = self.task_definition(&task.task_definition);
        let sources: Vec<_> = containers(spec).into_iter().filter_map(|it| it.log).collect();
        while let Some(message) = run.script.logs.get(run.written) {
            let position = run.written as u64;
            let due = STARTED + (position + 1) * run.script.seconds / (lines + 1);
            if due > age {
                return;
            }
            for source in &sources {
                let stream = source.stream(&id);
                let line = LogLine {
                    id: format!("{}{position:04}", &digest(stream.as_bytes())[..16]),
                    at: time(run.began + due),
                    stream,
                    message: message.clone(),
                };
                self.running.write_log(&source.group, line);
            }
            run.written += 1;
        }
    }
}

fn finish(container: &mut Container, script: &ScriptedRun, is_essential: bool) {
    let as_all = StoppedContainer {
        exit_code: Some(if is_essential { script.exit_code } else { 0 }),
        reason: None,
    };
    let StoppedContainer { exit_code, reason } =
        script.containers.get(&container.name).cloned().unwrap_or(as_all);
    container.exit_code = exit_code;
    container.reason = reason;
}

fn is_essential(task_definition: Option<&Json>, container: &str) -> bool {
    task_definition.is_some_and(|spec| spec["containers"][container]["essential"] != false)
}

/// `shop-prod-migrate` of `arn:…:task-definition/shop-prod-migrate:3`.
fn family(task_definition: &str) -> &str {
    let revision = short(task_definition);
    revision.rsplit_once(':').map_or(revision, |(family, _)| family)
}
