//! The course of a deployment as the account's script has it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::super::script::{RolloutOutcome, ScriptedRollout, ScriptedStage};
use super::history::RunningService;
use super::{Running, Setting};
use crate::runtime::{AlarmWatch, Deployment, Pause, Rollback, TargetHealth, short};

/// Virtual seconds that a rollback takes.
const ROLLBACK: u64 = 20;

/// A deployment under way.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::backend::mock) struct Course {
    script: ScriptedRollout,
    /// Virtual second at which it began.
    pub(in crate::backend::mock) started: u64,
    /// Virtual milliseconds, without those for which a hook waited.
    elapsed: u64,
    /// Virtual milliseconds for which a hook has waited.
    paused: u64,
    /// Tasks that have stopped.
    stopped: u32,
    /// Scripted events that were told.
    told: usize,
    /// What was decided when a hook asked: `CONTINUE` or `ROLLBACK`.
    decided: Option<String>,
    is_going_back: bool,
}

/// How a deployment ended, for the service's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::mock) enum Ended {
    Completed,
    Failed,
    /// With this task definition, which is not the one that was deployed.
    Back(String),
}

impl Course {
    pub(super) fn new(script: ScriptedRollout, setting: &Setting) -> Self {
        Self {
            script,
            started: setting.clock,
            elapsed: 0,
            paused: 0,
            stopped: 0,
            told: 0,
            decided: None,
            is_going_back: false,
        }
    }

    /// Virtual seconds since it began.
    pub(in crate::backend::mock) fn age(&self) -> u64 {
        (self.elapsed + self.paused) / 1000
    }

    /// Milliseconds of the world's time for each look.
    pub(in crate::backend::mock) fn pace(&self) -> Option<u64> {
        self.script.pace
    }

    /// How long nothing happens that anybody scripted.
    pub(in crate::backend::mock) fn uneventful(&self) -> Option<Duration> {
        let is_scripted = self.script != ScriptedRollout::success() || self.decided.is_some();
        (!is_scripted).then(|| Duration::from_secs(self.script.seconds))
    }

    /// Decides for whoever is asked.
    pub(in crate::backend::mock) fn decide(&mut self, action: &str) {
        self.decided = Some(action.to_owned());
    }

    /// Makes ECS go back, or leave things as they are.
    pub(in crate::backend::mock) fn stop(&mut self, reason: &str, goes_back: bool) {
        self.script.outcome =
            if goes_back { RolloutOutcome::RollsBack } else { RolloutOutcome::Stopped };
        reason.clone_into(&mut self.script.reason);
        self.script.seconds = self.elapsed / 1000;
        self.script.pause = None;
    }

    fn seconds(&self) -> u64 {
        self.elapsed / 1000
    }

    fn is_over(&self) -> bool {
        self.seconds() >= self.script.seconds && self.script.outcome != RolloutOutcome::NeverEnds
    }

    /// So many of `count` things have happened that are spread over the whole.
    fn share(&self, count: u32) -> u32 {
        let whole = self.script.seconds.max(1);
        let done = u64::from(count) * self.seconds().min(whole) / whole;
        u32::try_from(done).unwrap_or(count)
    }

    /// Lets time pass; returns what a hook waits for, if one does.
    fn pass(&mut self, time: Duration) -> Option<Pause> {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let waits = self.script.pause.clone().filter(|pause| self.seconds() >= pause.at);
        let Some(pause) = waits.filter(|_| self.decided.is_none()) else {
            self.elapsed = self.elapsed.saturating_add(milliseconds);
            if self.decided.as_deref() == Some("ROLLBACK") {
                self.stop("A lifecycle hook asked for a rollback.", true);
                self.decided = None;
            }
            return None;
        };
        self.paused = self.paused.saturating_add(milliseconds);
        if self.paused / 1000 >= pause.seconds {
            self.decided = Some(pause.on_timeout);
            return None;
        }
        let expires_at = super::setting::time(self.started + pause.at + pause.seconds);
        Some(Pause {
            hook: pause.hook,
            expires_at: Some(expires_at),
            on_timeout: Some(pause.on_timeout),
        })
    }
}

impl RunningService {
    /// Lets time pass; says how the deployment ended, if it did.
    pub(super) fn advance(
        &mut self,
        setting: &Setting,
        time: Duration,
        running: &mut Running,
    ) -> Option<Ended> {
        let mut course = self.course.take()?;
        let pause = course.pass(time);
        let setting = &Setting { clock: course.started, ..setting.clone() }.after(course.age());
        if let Some(newest) = self.history.last_mut() {
            newest.pause = pause;
        }
        self.stop_tasks(&mut course, setting, running);
        self.tell_scripted(&mut course, setting);
        self.count(&course, setting);
        if !course.is_over() {
            self.course = Some(course);
            return None;
        }
        self.end(course, setting, running)
    }

    /// Shows the tasks that have stopped by now.
    fn stop_tasks(&mut self, course: &mut Course, setting: &Setting, running: &mut Running) {
        let Some(stopped) = course.script.stopped_tasks.clone() else { return };
        let due = course.share(stopped.count);
        let Some(own) = self.deployments.first_mut().filter(|_| !course.is_going_back) else {
            return;
        };
        while course.stopped < due {
            course.stopped += 1;
            let id = running.start_and_stop(setting, &own.id, 1000 + course.stopped, &stopped);
            let writes = |container: &str| {
                stopped.containers.is_empty() || stopped.containers.contains_key(container)
            };
            running.write_logs(setting, &id, &course.script.logs, writes);
            own.failed += 1;
        }
        if let Some(breaker) = self.history.last_mut().and_then(|newest| newest.breaker.as_mut()) {
            breaker.failures = course.stopped;
        }
    }

    fn tell_scripted(&mut self, course: &mut Course, setting: &Setting) {
        let due = course.script.events.iter().take_while(|event| event.at <= course.seconds());
        let new: Vec<String> = due.skip(course.told).map(|event| event.message.clone()).collect();
        course.told += new.len();
        for message in new {
            self.tell(setting, &message);
        }
    }

    /// How many tasks run, how requests are spread, and how targets are.
    fn count(&mut self, course: &Course, setting: &Setting) {
        let script = &course.script;
        // What alarms watch are tasks that run.
        let does_well = script.stopped_tasks.is_none()
            && (script.outcome == RolloutOutcome::Succeeds || !script.alarms.is_empty());
        let running =
            if does_well && !course.is_going_back { course.share(setting.desired) } else { 0 };
        let Some((own, others)) = self.deployments.split_first_mut() else { return };
        if !course.is_going_back {
            (own.running, own.pending) = (running, own.desired.saturating_sub(running));
            for other in others.iter_mut() {
                other.running = other.running.min(other.desired.saturating_sub(running));
            }
        }
        self.targets = targets(course, setting);
        let Some(newest) = self.history.last_mut() else { return };
        if !script.alarms.is_empty() {
            let triggered = if course.is_over() { script.alarms.clone() } else { vec![] };
            let status = if triggered.is_empty() { "MONITORING" } else { "TRIGGERED" };
            newest.alarms = Some(AlarmWatch { status: Some(status.to_owned()), triggered });
        }
        let stages = script.stages.iter();
        let stage = stages.take_while(|stage| stage.at <= course.seconds()).last();
        newest.stage = stage.map(|stage| stage.stage.clone());
        if let Some(target) = &mut newest.target {
            (target.running, target.pending) = (own.running, own.pending);
            let weight = |of: fn(&ScriptedStage) -> Option<f64>| stage.and_then(of);
            target.production_weight = weight(|stage| stage.production_weight);
            target.test_weight = weight(|stage| stage.test_weight);
        }
    }

    fn end(
        &mut self,
        mut course: Course,
        setting: &Setting,
        running: &mut Running,
    ) -> Option<Ended> {
        let reason = Some(course.script.reason.clone()).filter(|reason| !reason.is_empty());
        let previous = self.deployments.get(1).map(|before| before.task_definition.clone());
        match course.script.outcome {
            RolloutOutcome::Succeeds => {
                self.complete(setting, running);
                let newest = self.deployments.first().map(|own| own.id.clone());
                for task in running.tasks.clone() {
                    if task.started_by == newest && !task.is_stopped() {
                        running.write_logs(setting, task.id(), &course.script.logs, |_| true);
                    }
                }
                Some(Ended::Completed)
            }
            RolloutOutcome::Fails => Some(self.fail(setting, reason, "STOPPED")),
            RolloutOutcome::Stopped => {
                self.close(setting, reason, "STOPPED");
                Some(Ended::Failed)
            }
            RolloutOutcome::Superseded => Some(self.superseded(setting)),
            RolloutOutcome::NeverEnds => {
                self.course = Some(course);
                None
            }
            RolloutOutcome::RollsBack | RolloutOutcome::RollbackFails => {
                let Some(previous) = previous else {
                    // The first deployment has nothing to go back to.
                    return Some(self.fail(setting, reason, "STOPPED"));
                };
                let since = course.seconds() - course.script.seconds;
                if !course.is_going_back {
                    course.is_going_back = true;
                    self.go_back(setting, &previous, reason);
                }
                if since < ROLLBACK {
                    self.course = Some(course);
                    return None;
                }
                Some(self.is_back(&course, setting, running))
            }
        }
    }

    /// ECS gives up on the deployment, and leaves it as it is.
    fn fail(&mut self, setting: &Setting, reason: Option<String>, status: &str) -> Ended {
        if let Some(own) = self.deployments.first_mut() {
            own.rollout_state = Some("FAILED".to_owned());
            own.reason.clone_from(&reason);
        }
        self.close(setting, reason, status);
        Ended::Failed
    }

    fn close(&mut self, setting: &Setting, reason: Option<String>, status: &str) {
        if let Some(newest) = self.history.last_mut() {
            newest.status_reason = reason;
        }
        self.succeed(setting, status);
    }

    /// A new deployment of what was there before.
    fn go_back(&mut self, setting: &Setting, previous: &str, reason: Option<String>) {
        let name = setting.name().to_owned();
        for deployment in &mut self.deployments {
            deployment.is_primary = false;
        }
        if let Some(own) = self.deployments.first_mut() {
            own.rollout_state = Some("FAILED".to_owned());
            own.reason.clone_from(&reason);
            let message = format!(
                "(service {name}) (deployment {}) deployment failed: {}",
                own.id,
                reason.clone().unwrap_or_default()
            );
            self.tell(setting, &message);
        }
        let back = self.begin(&setting.with_task_definition(previous));
        let message = format!("(service {name}) rolling back to {}.", short(previous));
        self.tell(setting, &message);
        let back = Deployment { running: back.desired, pending: 0, ..back };
        // The one before becomes the new one.
        self.deployments.truncate(1);
        self.deployments.insert(0, back);
        let revision = self.revisions.iter().rfind(|revision| revision.task_definition == previous);
        let revision = revision.map(|revision| revision.arn.clone());
        if let Some(newest) = self.history.last_mut() {
            "ROLLBACK_IN_PROGRESS".clone_into(&mut newest.status);
            newest.rollback = Some(Rollback { reason, revision });
        }
    }

    /// The rollback has ended, well or not.
    fn is_back(&mut self, course: &Course, setting: &Setting, running: &mut Running) -> Ended {
        let Some(Deployment { id, task_definition, .. }) = self.deployments.first().cloned() else {
            return Ended::Failed;
        };
        if course.script.outcome == RolloutOutcome::RollbackFails {
            self.succeed(setting, "ROLLBACK_FAILED");
            return Ended::Failed;
        }
        self.succeed(setting, "ROLLBACK_SUCCESSFUL");
        // Those of before run on: they are the new deployment's now.
        let group = format!("service:{}", setting.name());
        for task in running.tasks.iter_mut().filter(|task| task.group == group) {
            if !task.is_stopped() && task.task_definition == task_definition {
                task.started_by = Some(id.clone());
            }
        }
        self.run_only_primary(&setting.with_task_definition(&task_definition), running);
        Ended::Back(task_definition)
    }

    /// Somebody else deploys the next revision.
    fn superseded(&mut self, setting: &Setting) -> Ended {
        let (family, number) =
            setting.task_definition.rsplit_once(':').unwrap_or((&setting.task_definition, "1"));
        let number: u32 = number.parse().unwrap_or(1);
        let other = format!("{family}:{}", number + 1);
        self.close(
            setting,
            Some("Superseded by another service deployment.".to_owned()),
            "STOPPED",
        );
        for deployment in &mut self.deployments {
            deployment.is_primary = false;
        }
        let theirs = self.begin(&setting.with_task_definition(&other));
        self.deployments.insert(0, theirs);
        Ended::Back(other)
    }
}

fn targets(course: &Course, setting: &Setting) -> Vec<TargetHealth> {
    let Some(group) = &setting.target_group else { return vec![] };
    let target =
        |(number, scripted): (usize, &super::super::super::script::ScriptedTarget)| TargetHealth {
            target_group: group.clone(),
            target: format!("10.0.0.{}:80", number + 4),
            state: scripted.state.clone(),
            reason: scripted.reason.clone(),
            description: scripted.description.clone(),
        };
    course.script.targets.iter().enumerate().map(target).collect()
}
