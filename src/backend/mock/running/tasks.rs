//! Tasks of a mock account, as they start and stop.

use jiff::Timestamp;

use super::super::super::script::{StoppedContainer, StoppedTasks};
use super::{Running, Setting};
use crate::runtime::{Container, ExecAgent, LogLine, Task};
use crate::value::digest;

/// Stopped tasks that are kept of a service or family.
const STOPPED: usize = 20;

impl Running {
    /// Starts a task of a deployment.
    pub(super) fn start_task(&mut self, setting: &Setting, deployment: &str, number: u32) {
        // Stopped tasks are forgotten after a while, so that their count may come again.
        let mut fresh = (number..).map(|number| task(setting, deployment, number));
        let is_new = |task: &Task| self.tasks.iter().all(|other| other.arn != task.arn);
        self.tasks.extend(fresh.find(is_new));
    }

    /// A task that started and stopped as the script says; what it wrote is in its log.
    pub(super) fn start_and_stop(
        &mut self,
        setting: &Setting,
        deployment: &str,
        number: u32,
        stopped: &StoppedTasks,
    ) -> String {
        let mut task = task(setting, deployment, number);
        "STOPPED".clone_into(&mut task.last_status);
        "STOPPED".clone_into(&mut task.desired_status);
        task.stopped_at = Some(setting.now);
        task.stop_code = Some(stopped.stop_code.clone());
        task.stopped_reason = Some(stopped.stopped_reason.clone());
        task.health = None;
        for container in &mut task.containers {
            let StoppedContainer { exit_code, reason } =
                stopped.containers.get(&container.name).cloned().unwrap_or_default();
            "STOPPED".clone_into(&mut container.last_status);
            container.exit_code = exit_code;
            container.reason = reason;
            container.health = None;
            container.exec_agent = None;
        }
        let id = task.id().to_owned();
        let group = task.group.clone();
        self.tasks.push(task);
        self.forget_old(&group);
        id
    }

    /// Stops the running tasks of a group that `is_meant`.
    pub(in crate::backend::mock) fn stop_tasks(
        &mut self,
        group: &str,
        is_meant: impl Fn(&Task) -> bool,
        reason: &str,
        now: Timestamp,
    ) {
        let tasks = self.tasks.iter_mut();
        for task in tasks.filter(|task| task.group == group && !task.is_stopped() && is_meant(task))
        {
            stop(task, "ServiceSchedulerInitiated", reason, now);
        }
        self.forget_old(group);
    }

    pub(super) fn write_logs(
        &mut self,
        setting: &Setting,
        task: &str,
        lines: &[String],
        writes: impl Fn(&str) -> bool,
    ) {
        for source in setting.containers.iter().filter_map(|container| container.log.as_ref()) {
            if !writes(&source.container) {
                continue;
            }
            let stream = source.stream(task);
            for (index, message) in lines.iter().enumerate() {
                let id = format!("{}{index:04}", &digest(stream.as_bytes())[..16]);
                let (stream, message) = (stream.clone(), message.clone());
                self.write_log(&source.group, LogLine { id, at: setting.now, stream, message });
            }
        }
    }

    pub(in crate::backend::mock) fn forget_old(&mut self, group: &str) {
        let is_old = |task: &Task| task.group == group && task.is_stopped();
        let mut surplus =
            self.tasks.iter().filter(|task| is_old(task)).count().saturating_sub(STOPPED);
        self.tasks.retain(|task| {
            let is_kept = surplus == 0 || !is_old(task);
            surplus -= usize::from(!is_kept);
            is_kept
        });
    }
}

/// Ends a task in the way that `code` says.
pub(in crate::backend::mock) fn stop(task: &mut Task, code: &str, reason: &str, now: Timestamp) {
    "STOPPED".clone_into(&mut task.last_status);
    "STOPPED".clone_into(&mut task.desired_status);
    task.stopped_at = Some(now);
    task.stop_code = Some(code.to_owned());
    task.stopped_reason = Some(reason.to_owned());
    task.health = None;
    for container in &mut task.containers {
        "STOPPED".clone_into(&mut container.last_status);
        container.exit_code = container.exit_code.or(Some(0));
        container.health = None;
        container.exec_agent = None;
    }
}

fn task(setting: &Setting, deployment: &str, number: u32) -> Task {
    let id = digest(format!("{} {deployment} {number}", setting.key).as_bytes())[..32].to_owned();
    let container = |container: &super::setting::ContainerSetting| Container {
        name: container.name.clone(),
        image: container.image.clone(),
        last_status: "RUNNING".to_owned(),
        runtime_id: Some(format!("{id}-{}", &digest(container.name.as_bytes())[..10])),
        exec_agent: setting
            .enable_execute_command
            .then(|| ExecAgent { last_status: "RUNNING".to_owned(), reason: None }),
        ..Container::default()
    };
    Task {
        arn: setting.arn("task", &id),
        cluster: setting.cluster().to_owned(),
        task_definition: setting.task_definition.clone(),
        last_status: "RUNNING".to_owned(),
        desired_status: "RUNNING".to_owned(),
        health: Some("UNKNOWN".to_owned()),
        group: format!("service:{}", setting.name()),
        started_by: Some(deployment.to_owned()),
        capacity: setting.capacity.clone(),
        cpu: setting.cpu.clone(),
        memory: setting.memory.clone(),
        enable_execute_command: setting.enable_execute_command,
        created_at: Some(setting.now),
        started_at: Some(setting.now),
        containers: setting.containers.iter().map(container).collect(),
        ..Task::default()
    }
}
