//! What was read of a service, put together to how it stands.

use std::collections::BTreeMap;

use super::super::words::counted;
use super::TaskView;
use super::status::{
    Activity, AlarmRole, AlarmStatus, ContainerImage, DeploymentStatus, PauseStatus, ScalingStatus,
    ServiceMessage, ServiceStatus, Size, TargetGroupStatus, TargetStatus,
};
use crate::rollout::{Standing, is_about, since, verdict::primary};
use crate::runtime::{
    Alarm, Definition, Deployment, Image, Revision, Scaling, ScalingActivity, Service,
    ServiceDeployment, ServiceId, TargetHealth, Task, short,
};

/// Tasks and events that are shown.
const NEWEST: usize = 5;

/// What was read of a service and what belongs to it.
#[derive(Clone, Debug)]
pub struct Gathered<'a> {
    /// In the manifests.
    pub name: &'a str,
    pub id: &'a ServiceId,
    /// None: it is not there.
    pub service: Option<&'a Service>,
    pub newest: Option<&'a ServiceDeployment>,
    /// Those of this service among others.
    pub revisions: &'a [Revision],
    /// Likewise; none if they could not be read.
    pub alarms: Option<&'a [Alarm]>,
    pub scaling: Option<&'a Scaling>,
    pub deep: Option<Deep>,
}

/// What takes calls for each service.
#[derive(Clone, Debug, Default)]
pub struct Deep {
    pub definition: Option<Definition>,
    pub targets: Vec<TargetHealth>,
    /// Those that run, and those that stopped, newest first.
    pub tasks: Vec<Task>,
    pub scaling_alarms: Vec<Alarm>,
    pub activity: Option<ScalingActivity>,
}

impl ServiceStatus {
    pub fn of(gathered: Gathered<'_>) -> Self {
        let Gathered { name, id, .. } = gathered;
        let identity = Self {
            service: name.to_owned(),
            aws_name: id.service.clone(),
            cluster: short(&id.cluster).to_owned(),
            ..Self::default()
        };
        let there = gathered.service.filter(|service| service.status != "INACTIVE");
        let status = match there {
            Some(service) => identity.deployed(service, gathered),
            None => identity,
        };
        let attention = attention(&status, there.map(|service| service.status.as_str()));
        Self { is_well: attention.is_empty(), attention, ..status }
    }

    fn deployed(self, service: &Service, gathered: Gathered<'_>) -> Self {
        let Gathered { newest, revisions, alarms, scaling, .. } = gathered;
        let deep = gathered.deep.unwrap_or_default();
        let revision = revisions.iter().find(|it| {
            service.revisions.contains(&it.arn) && it.task_definition == service.task_definition
        });
        let definition = deep.definition.as_ref();
        let images = revision.map(|revision| &revision.images);
        let images = images.or(definition.map(|definition| &definition.images));
        let watched = alarms.into_iter().flat_map(|alarms| watched(&service.alarms, alarms));
        let scales = deep.scaling_alarms.iter().map(|alarm| alarm_of(alarm, AlarmRole::Scaling));
        Self {
            is_deployed: true,
            desired: service.desired,
            running: service.running,
            pending: service.pending,
            revision: Some(short(&service.task_definition).to_owned()),
            images: images.into_iter().flatten().map(ContainerImage::of).collect(),
            deployment: DeploymentStatus::of(service, newest, revisions),
            capacity: service.capacity.clone(),
            size: definition.and_then(Size::of),
            scaling: scaling.map(|scaling| ScalingStatus::of(scaling, deep.activity.as_ref())),
            alarms: watched.chain(scales).collect(),
            targets: target_groups(&deep.targets),
            tasks: notable(&self.service, &deep.tasks),
            events: service.events.iter().take(NEWEST).map(ServiceMessage::of).collect(),
            ..self
        }
    }
}

impl ContainerImage {
    pub(super) fn of(image: &Image) -> Self {
        let Image { container, image, digest } = image.clone();
        Self { container, image, digest }
    }
}

impl ServiceMessage {
    fn of(event: &crate::runtime::Event) -> Self {
        Self { at: event.at, message: event.message.clone() }
    }
}

impl DeploymentStatus {
    fn of(
        service: &Service,
        newest: Option<&ServiceDeployment>,
        revisions: &[Revision],
    ) -> Option<Self> {
        let own = primary(service)?;
        let standing = Standing::of(service, newest)?;
        let newest = newest.filter(|newest| is_about(newest, own));
        let target = newest.and_then(|newest| newest.target.as_ref());
        let breaker = newest.and_then(|newest| newest.breaker);
        let meant = deployed(service, own, newest, revisions);
        let tasks = service.deployments.iter().find(|it| it.task_definition == meant);
        let tasks = tasks.unwrap_or(own);
        Some(Self {
            id: own.id.clone(),
            standing,
            since: since(standing, service, newest),
            revision: short(&meant).to_owned(),
            reason: reason(standing, tasks, newest),
            desired: tasks.desired,
            running: tasks.running,
            failed: tasks.failed,
            stage: newest.and_then(|newest| newest.stage.clone()),
            production_weight: target.and_then(|target| target.production_weight),
            test_weight: target.and_then(|target| target.test_weight),
            breaker_failures: breaker.map(|breaker| breaker.failures),
            breaker_threshold: breaker.map(|breaker| breaker.threshold),
            pause: newest.and_then(|newest| newest.pause.clone()).map(|pause| PauseStatus {
                hook: pause.hook,
                expires_at: pause.expires_at,
                on_timeout: pause.on_timeout,
            }),
        })
    }
}

/// The task definition that was to be deployed: while ECS goes back, and after that, it is not the
/// primary deployment's.
fn deployed(
    service: &Service,
    own: &Deployment,
    newest: Option<&ServiceDeployment>,
    revisions: &[Revision],
) -> String {
    let target = newest.and_then(|newest| newest.target.as_ref());
    let revision = target.and_then(|it| revisions.iter().find(|found| found.arn == it.revision));
    let given_up =
        service.deployments.iter().find(|it| it.rollout_state.as_deref() == Some("FAILED"));
    let meant = revision.map(|revision| &revision.task_definition);
    let meant = meant.or(given_up.map(|it| &it.task_definition));
    meant.unwrap_or(&own.task_definition).clone()
}

/// Why it stands so. That it is under way, or done, needs no reason.
fn reason(
    standing: Standing,
    own: &Deployment,
    newest: Option<&ServiceDeployment>,
) -> Option<String> {
    if matches!(standing, Standing::Succeeded | Standing::InProgress | Standing::Paused) {
        return None;
    }
    let rollback = newest.and_then(|newest| newest.rollback.as_ref()?.reason.clone());
    let reason = rollback
        .or_else(|| newest.and_then(|newest| newest.status_reason.clone()))
        .or_else(|| own.reason.clone());
    let triggered = newest.and_then(|newest| newest.alarms.as_ref());
    let triggered = triggered.map(|alarms| alarms.triggered.join(", ")).unwrap_or_default();
    match (reason, triggered) {
        (reason, triggered) if triggered.is_empty() => reason,
        (reason, triggered) => {
            let reason = reason.map(|reason| format!("{reason} ")).unwrap_or_default();
            Some(format!("{reason}(alarms: {triggered})"))
        }
    }
}

impl Size {
    /// On instances a task need not say what it takes.
    fn of(definition: &Definition) -> Option<Self> {
        let Definition { cpu, memory, architecture, .. } = definition;
        let is_said = *cpu > 0 || *memory > 0;
        is_said.then(|| Self { cpu: *cpu, memory: *memory, architecture: architecture.clone() })
    }
}

impl ScalingStatus {
    fn of(scaling: &Scaling, last: Option<&ScalingActivity>) -> Self {
        Self {
            min: scaling.min,
            max: scaling.max,
            suspended: scaling.suspended.iter().map(|what| (*what).to_owned()).collect(),
            last: last.cloned().map(|ScalingActivity { at, status, description, cause }| {
                Activity { at, status, description, cause }
            }),
        }
    }
}

fn watched(names: &[String], alarms: &[Alarm]) -> Vec<AlarmStatus> {
    let watched = |name: &String| {
        let found = alarms.iter().find(|alarm| alarm.name == *name);
        let found = found.map(|alarm| alarm_of(alarm, AlarmRole::Deployment));
        found.unwrap_or_else(|| AlarmStatus {
            name: name.clone(),
            role: AlarmRole::Deployment,
            state: None,
            reason: None,
            changed_at: None,
        })
    };
    names.iter().map(watched).collect()
}

fn alarm_of(alarm: &Alarm, role: AlarmRole) -> AlarmStatus {
    let Alarm { name, state, reason, changed_at } = alarm.clone();
    AlarmStatus { name, role, state: Some(state), reason, changed_at }
}

/// `targetgroup/<name>/<id>` is the end of a target group's ARN.
fn group_name(arn: &str) -> &str {
    arn.rsplit('/').nth(1).unwrap_or(arn)
}

fn target_groups(targets: &[TargetHealth]) -> Vec<TargetGroupStatus> {
    let mut groups: BTreeMap<&str, TargetGroupStatus> = BTreeMap::new();
    for target in targets {
        let group = groups.entry(&target.target_group).or_default();
        group_name(&target.target_group).clone_into(&mut group.target_group);
        group.total += u32::from(target.state != "draining");
        if target.state == "healthy" {
            group.healthy += 1;
            continue;
        }
        group.others.push(TargetStatus {
            target: target.target.clone(),
            state: target.state.clone(),
            reason: target.reason.clone(),
            description: target.description.clone(),
        });
    }
    groups.into_values().collect()
}

/// Tasks that run and are unhealthy, then those that stopped last.
fn notable(service: &str, tasks: &[Task]) -> Vec<TaskView> {
    let is_unhealthy = |task: &&Task| {
        let containers = task.containers.iter();
        let mut health =
            containers.map(|container| container.health.as_deref()).chain([task.health.as_deref()]);
        !task.is_stopped() && health.any(|health| health == Some("UNHEALTHY"))
    };
    let unhealthy = tasks.iter().filter(is_unhealthy).take(NEWEST);
    let stopped = tasks.iter().filter(|task| task.is_stopped()).take(NEWEST);
    unhealthy.chain(stopped).map(|task| TaskView::of(Some(service), task)).collect()
}

/// What is not as it should be. Without ages, so that the same is said for as long as it is so.
fn attention(status: &ServiceStatus, of_ecs: Option<&str>) -> Vec<String> {
    let mut said = vec![];
    match of_ecs {
        None => return vec!["is not deployed; `ecsctl apply` does it".to_owned()],
        Some("ACTIVE") => {}
        Some(other) => said.push(format!("is {} in ECS", other.to_lowercase())),
    }
    let ServiceStatus { desired, running, .. } = status;
    if running < desired {
        said.push(format!("{running} of {} run", counted(u64::from(*desired), "task")));
    }
    said.extend(status.deployment.iter().filter_map(|deployment| sentence(deployment, status)));
    said.extend(status.alarms.iter().filter_map(alarming));
    said.extend(status.targets.iter().filter(|group| group.healthy < group.total).map(unwell));
    let unhealthy = status.tasks.iter().filter(|task| task.stopped_at.is_none());
    said.extend(unhealthy.map(|task| format!("task {} is unhealthy", task.short_id())));
    said
}

fn sentence(deployment: &DeploymentStatus, status: &ServiceStatus) -> Option<String> {
    let DeploymentStatus { standing, revision, pause, .. } = deployment;
    let runs = status.revision.as_deref().unwrap_or_default();
    let said = match standing {
        Standing::Succeeded => return None,
        Standing::InProgress => "is in progress".to_owned(),
        Standing::Paused => {
            let hook = pause.as_ref().map(|pause| pause.hook.as_str()).unwrap_or_default();
            format!("waits for a decision on hook {hook}")
        }
        Standing::RollingBack => "failed; ECS goes back to the revision before".to_owned(),
        Standing::RolledBack if runs == revision => "is a rollback of one that failed".to_owned(),
        Standing::RolledBack => format!("failed and was rolled back; {runs} runs"),
        Standing::RollbackFailed => "failed, and so did its rollback".to_owned(),
        Standing::Failed => "failed".to_owned(),
        Standing::Stopped => "was stopped".to_owned(),
    };
    let reason = deployment.reason.as_deref().map(|reason| reason.trim_end_matches('.'));
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    Some(format!("the deployment of {revision} {said}{reason}"))
}

/// Only what can end a deployment: alarms that scale may be on while all is well.
fn alarming(alarm: &AlarmStatus) -> Option<String> {
    let AlarmStatus { name, role: AlarmRole::Deployment, state, .. } = alarm else { return None };
    match state.as_deref() {
        None => Some(format!("alarm {name} does not exist")),
        Some("ALARM") => Some(format!("alarm {name} is on")),
        Some(_) => None,
    }
}

fn unwell(group: &TargetGroupStatus) -> String {
    let TargetGroupStatus { target_group, healthy, total, others } = group;
    let others = others.iter().filter(|target| target.state != "draining");
    let why = others.filter_map(|target| target.description.as_ref().or(target.reason.as_ref()));
    let why = why.into_iter().next().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{healthy} of {} of {target_group} healthy{why}", counted(u64::from(*total), "target"))
}
