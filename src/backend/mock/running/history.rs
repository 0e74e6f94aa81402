//! A service of a mock account: its deployments, now and before, and what it told.

use serde::{Deserialize, Serialize};

use super::super::super::script::ScriptedRollout;
use super::course::Course;
use super::{Running, Setting};
use crate::runtime::{
    Breaker, Deployment, Event, Image, Revision, RevisionTasks, ServiceDeployment, TargetHealth,
};
use crate::value::digest;

/// Events that ECS keeps of a service.
const EVENTS: usize = 100;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::backend::mock) struct RunningService {
    /// Of its row.
    pub(in crate::backend::mock) kind: String,
    /// Deployments so far.
    pub(super) made: u32,
    /// The primary one first.
    pub(in crate::backend::mock) deployments: Vec<Deployment>,
    /// Oldest first.
    pub(in crate::backend::mock) history: Vec<ServiceDeployment>,
    /// Oldest first.
    pub(in crate::backend::mock) revisions: Vec<Revision>,
    /// Newest first.
    pub(in crate::backend::mock) events: Vec<Event>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::backend::mock) targets: Vec<TargetHealth>,
    /// Of the deployment under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::backend::mock) course: Option<Course>,
}

impl RunningService {
    /// Begins a deployment; returns its id.
    pub(super) fn deploy(&mut self, setting: &Setting, script: ScriptedRollout) -> String {
        if self.course.take().is_some()
            && let Some(before) = self.history.last_mut()
        {
            "STOPPED".clone_into(&mut before.status);
            before.status_reason = Some("Superseded by another service deployment.".to_owned());
            before.finished_at = Some(setting.now);
        }
        // What had no task yet gives way at once.
        self.deployments.retain(|deployment| deployment.running > 0);
        for deployment in &mut self.deployments {
            deployment.is_primary = false;
        }
        let sources = self.deployments.iter().map(|deployment| self.tasks_of(deployment)).collect();
        let deployment = self.begin(setting);
        let id = deployment.id.clone();
        let revision = self.revise(setting);
        self.history.push(ServiceDeployment {
            arn: setting
                .arn("service-deployment", &format!("{}/{}", setting.name(), self.unique(setting))),
            status: "IN_PROGRESS".to_owned(),
            created_at: Some(setting.now),
            target: Some(RevisionTasks {
                revision,
                requested: setting.desired,
                pending: setting.desired,
                ..RevisionTasks::default()
            }),
            sources,
            breaker: setting.breaker.is_enabled.then(|| Breaker {
                failures: 0,
                // The default threshold: half of the tasks, at least 3 and at most 200.
                threshold: setting.desired.div_ceil(2).clamp(3, 200),
            }),
            ..ServiceDeployment::default()
        });
        self.deployments.insert(0, deployment);
        self.course = Some(Course::new(script, setting));
        id
    }

    /// The service as if it had been deployed some time ago.
    pub(super) fn stand(&mut self, setting: &Setting, running: &mut Running) {
        self.deploy(setting, ScriptedRollout::success());
        self.course = None;
        self.complete(setting, running);
    }

    /// The newest deployment has succeeded: only its tasks are left.
    pub(super) fn complete(&mut self, setting: &Setting, running: &mut Running) {
        self.deployments.truncate(1);
        self.succeed(setting, "SUCCESSFUL");
        self.run_only_primary(setting, running);
    }

    /// The tasks of the primary deployment run, and no others.
    pub(super) fn run_only_primary(&mut self, setting: &Setting, running: &mut Running) {
        self.deployments.truncate(1);
        let Some(primary) = self.deployments.first_mut() else { return };
        primary.desired = setting.desired;
        primary.running = setting.desired;
        primary.pending = 0;
        primary.failed = 0;
        primary.rollout_state = Some("COMPLETED".to_owned());
        primary.updated_at = Some(setting.now);
        let id = primary.id.clone();
        let group = format!("service:{}", setting.name());
        let reason = format!("Scaling activity initiated by (deployment {id})");
        running.stop_tasks(
            &group,
            |task| task.started_by.as_deref() != Some(&id),
            &reason,
            setting.now,
        );
        self.scale(setting, running);
        self.targets =
            setting.target_group.iter().flat_map(|group| healthy(group, setting.desired)).collect();
        self.tell(setting, &format!("(service {}) has reached a steady state.", setting.name()));
    }

    /// As many tasks of the primary deployment as are wanted.
    pub(super) fn scale(&mut self, setting: &Setting, running: &mut Running) {
        if self.course.is_some() {
            return;
        }
        let Some(primary) = self.deployments.first_mut() else { return };
        (primary.desired, primary.running) = (setting.desired, setting.desired);
        let id = primary.id.clone();
        let setting = setting.with_task_definition(&primary.task_definition);
        let is_own = |task: &&crate::runtime::Task| {
            task.started_by.as_deref() == Some(&id) && !task.is_stopped()
        };
        let mut count = u32::try_from(running.tasks.iter().filter(is_own).count()).unwrap_or(0);
        let mut number = u32::try_from(running.tasks.len()).unwrap_or(0);
        while count < setting.desired {
            running.start_task(&setting, &id, number);
            (count, number) = (count + 1, number + 1);
        }
        while count > setting.desired {
            let newest = running.tasks.iter().rfind(is_own).map(|task| task.arn.clone());
            let group = format!("service:{}", setting.name());
            let reason = format!("Scaling activity initiated by (deployment {id})");
            running.stop_tasks(
                &group,
                |task| Some(&task.arn) == newest.as_ref(),
                &reason,
                setting.now,
            );
            count -= 1;
        }
    }

    /// Closes the newest service deployment.
    pub(super) fn succeed(&mut self, setting: &Setting, status: &str) {
        let Some(newest) = self.history.last_mut() else { return };
        status.clone_into(&mut newest.status);
        newest.finished_at = Some(setting.now);
        newest.pause = None;
        if let Some(target) = newest.target.as_mut().filter(|_| status == "SUCCESSFUL") {
            (target.running, target.pending) = (target.requested, 0);
        }
    }

    pub(super) fn tell(&mut self, setting: &Setting, message: &str) {
        let id = format!("{} {} {message}", setting.key, self.events.len());
        let id = digest(id.as_bytes())[..32].to_owned();
        self.events.insert(0, Event { id, at: setting.now, message: message.to_owned() });
        self.events.truncate(EVENTS);
    }

    /// A deployment of what the service is configured to be.
    pub(super) fn begin(&mut self, setting: &Setting) -> Deployment {
        self.made += 1;
        Deployment {
            id: format!("ecs-svc/{}", self.unique(setting)),
            is_primary: true,
            task_definition: setting.task_definition.clone(),
            desired: setting.desired,
            pending: setting.desired,
            rollout_state: Some("IN_PROGRESS".to_owned()),
            reason: None,
            created_at: Some(setting.now),
            ..Deployment::default()
        }
    }

    /// The ARN of a new service revision.
    fn revise(&mut self, setting: &Setting) -> String {
        let name = format!("{}/{}", setting.name(), self.unique(setting));
        let arn = setting.arn("service-revision", &name);
        let image = |container: &super::setting::ContainerSetting| Image {
            container: container.name.clone(),
            image: container.image.clone(),
            digest: None,
        };
        self.revisions.push(Revision {
            arn: arn.clone(),
            task_definition: setting.task_definition.clone(),
            images: setting.containers.iter().map(image).collect(),
            created_at: Some(setting.now),
        });
        arn
    }

    /// 19 digits, the same for the same deployment on every run.
    fn unique(&self, setting: &Setting) -> u64 {
        let digest = digest(format!("{} {}", setting.key, self.made).as_bytes());
        let number = u64::from_str_radix(&digest[..15], 16).unwrap_or(0);
        1_000_000_000_000_000_000 + number
    }

    /// Those that tasks belong to.
    pub(in crate::backend::mock) fn current_revisions(&self) -> Vec<String> {
        let revisions =
            self.deployments.iter().map(|deployment| self.tasks_of(deployment).revision);
        revisions.filter(|arn| !arn.is_empty()).collect()
    }

    fn tasks_of(&self, deployment: &Deployment) -> RevisionTasks {
        let is_it = |revision: &&Revision| revision.task_definition == deployment.task_definition;
        let revision = self.revisions.iter().rfind(is_it);
        RevisionTasks {
            revision: revision.map(|revision| revision.arn.clone()).unwrap_or_default(),
            requested: deployment.desired,
            running: deployment.running,
            ..RevisionTasks::default()
        }
    }
}

/// `count` targets that are well.
fn healthy(group: &str, count: u32) -> impl Iterator<Item = TargetHealth> {
    let target = move |number: u32| TargetHealth {
        target_group: group.to_owned(),
        target: format!("10.0.{}.{}:80", number / 250, number % 250 + 4),
        state: "healthy".to_owned(),
        ..TargetHealth::default()
    };
    (0..count).map(target)
}
