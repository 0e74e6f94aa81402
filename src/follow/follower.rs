//! One rollout under observation: what each look reads, and what it amounts to.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::evidence::evidence;
use crate::aws::AwsError;
use crate::backend::Backend;
use crate::kind::CallError;
use crate::rollout::diagnosis::{Diagnosis, diagnose, showing};
use crate::rollout::verdict::{Ending, Expected, Verdict, own};
use crate::rollout::{
    End, Evidence, Failure, Progress, Rollout, TargetCounts, Tasks, Weights, is_telling,
};
use crate::runtime::{Deployment, Event, Service, ServiceDeployment, ServiceId, short};

/// A deployment may appear in replies so much later than it began.
const LAG: Duration = Duration::from_secs(30);

/// Between a deployment and its service deployment, which are created as one.
const SAME_START: SignedDuration = SignedDuration::from_secs(10);

/// What is looked at each so many looks only.
const SELDOM: u32 = 3;

/// So many tasks must have failed alike before nothing else is to be expected.
const CONVINCING: usize = 3;

/// Where the verdict is read from.
enum Source {
    /// The service deployment is not found yet; until then the service itself tells.
    Searching,
    /// Its ARN.
    ServiceDeployment(String),
    /// Service deployments cannot be read: old ones, a missing permission, or moto.
    Service,
}

pub struct Follower<'a> {
    backend: &'a Backend,
    rollout: &'a Rollout,
    id: ServiceId,
    expected: Expected,
    source: Source,
    /// When it was created, once it was in a reply: from then on its absence means something.
    began: Option<Timestamp>,
    looks: u32,
    /// Failed tasks at the last look.
    failed: u32,
    targets: Option<TargetCounts>,
    trouble: Option<Diagnosis>,
    /// What was found of its trouble so far.
    seen: Evidence,
    progress: Progress,
}

/// What one look saw.
pub struct Look {
    pub progress: Progress,
    /// How it ended, if it did.
    pub end: Option<Result<(), Ending>>,
}

impl<'a> Follower<'a> {
    pub fn new(backend: &'a Backend, rollout: &'a Rollout) -> Self {
        let expected = Expected {
            deployment: rollout.deployment.text().to_owned(),
            task_definition: rollout.task_definition.text().to_owned(),
            previous: rollout.previous.as_ref().map(|previous| previous.text().to_owned()),
        };
        let id = ServiceId {
            cluster: rollout.cluster.text().to_owned(),
            service: rollout.service.clone(),
        };
        Self {
            backend,
            rollout,
            id,
            expected,
            source: Source::Searching,
            began: None,
            looks: 0,
            failed: 0,
            targets: None,
            trouble: None,
            seen: Evidence::default(),
            progress: Progress::default(),
        }
    }

    pub fn service_id(&self) -> &ServiceId {
        &self.id
    }

    pub async fn look(&mut self, elapsed: Duration) -> Result<Look, AwsError> {
        let is_early = elapsed < LAG;
        let service = self.service().await?;
        self.began = self.began.or_else(|| own(service.as_ref()?, &self.expected)?.created_at);
        let deployment = self.service_deployment(service.as_ref(), is_early).await;
        let may_lag = self.began.is_none() && is_early;
        let by_service = Verdict::of_service(service.as_ref(), &self.expected, may_lag);
        let verdict = match &deployment {
            Some(deployment) => Verdict::of_both(deployment, by_service),
            None => by_service,
        };
        let end = match verdict {
            Verdict::InProgress => None,
            Verdict::Succeeded => Some(Ok(())),
            Verdict::Failed(ending) => Some(Err(ending)),
        };
        if let Some(service) = service.as_ref().filter(|_| end.is_none()) {
            self.look_closer(service, deployment.as_ref()).await;
        }
        self.looks += 1;
        self.progress = self.progress(service.as_ref(), deployment.as_ref(), elapsed);
        let end = end.or_else(|| self.hopeless(service.as_ref()));
        Ok(Look { progress: self.progress.clone(), end })
    }

    /// The failure with all that explains it.
    pub async fn failure(&self, ending: Ending, elapsed: Duration) -> CallError {
        // The verdict stands without these replies; they only say more about it.
        let service = self.service().await.ok().flatten();
        let mut found = self.evidence(service.as_ref()).await.or_before(&self.seen);
        found.reason = ending.reason.clone().or(found.reason);
        if let Source::ServiceDeployment(arn) = &self.source
            && let Ok(read) = self.backend.service_deployments(std::slice::from_ref(arn)).await
        {
            let alarms = read.into_iter().filter_map(|deployment| deployment.alarms);
            found.alarms = alarms.flat_map(|alarms| alarms.triggered).collect();
        }
        let deployments = service.iter().flat_map(|service| &service.deployments);
        let most = deployments.filter(|found| found.running > 0).max_by_key(|found| found.running);
        CallError::Rollout(Box::new(Failure {
            service: self.rollout.service.clone(),
            deployment: self.expected.deployment.clone(),
            revision: short(&self.expected.task_definition).to_owned(),
            end: ending.end,
            reason: ending.reason,
            running: most.map(|found| short(&found.task_definition).to_owned()),
            previous: self.expected.previous.as_deref().map(short).map(str::to_owned),
            elapsed: elapsed.as_secs(),
            diagnosis: diagnose(&found),
            progress: self.progress.clone(),
            evidence: found,
        }))
    }

    /// Nothing was decided in time.
    pub async fn given_up(&self, elapsed: Duration) -> CallError {
        let pause = self.progress.pause.as_ref();
        let reason = pause.map(|pause| format!("it waits for hook {}", pause.hook));
        self.failure(Ending { end: End::TimedOut, reason }, elapsed).await
    }

    async fn service(&self) -> Result<Option<Service>, AwsError> {
        let found = self.backend.services(std::slice::from_ref(&self.id)).await?;
        Ok(found.into_iter().next())
    }

    /// The service deployment, if it is known and can be read.
    async fn service_deployment(
        &mut self,
        service: Option<&Service>,
        is_early: bool,
    ) -> Option<ServiceDeployment> {
        if let Source::Searching = self.source {
            self.source = self.search(service, is_early).await;
        }
        let Source::ServiceDeployment(arn) = &self.source else { return None };
        let read = self.backend.service_deployments(std::slice::from_ref(arn)).await;
        let found = read.ok().and_then(|found| found.into_iter().next());
        if found.is_none() {
            self.source = Source::Service;
        }
        found
    }

    async fn search(&self, service: Option<&Service>, is_early: bool) -> Source {
        match self.find(service).await {
            Ok(Some(arn)) => Source::ServiceDeployment(arn),
            Ok(None) if is_early => Source::Searching,
            Ok(None) | Err(_) => Source::Service,
        }
    }

    /// The service deployment that began with ours and leads to our task definition. Nothing in a
    /// reply ties the two together by id.
    async fn find(&self, service: Option<&Service>) -> Result<Option<String>, AwsError> {
        let Some(began) = self.began else { return Ok(None) };
        let since = began.checked_sub(SAME_START).ok();
        let mut candidates = self.backend.deployments_since(&self.id, since).await?;
        let distance = |found: &ServiceDeployment| {
            found.created_at.map(|created| created.duration_since(began).abs())
        };
        candidates.retain(|found| distance(found).is_some_and(|distance| distance <= SAME_START));
        // What is under way is ours, before another one that began as close.
        let current = service.and_then(|service| service.current_deployment.as_ref());
        candidates.sort_by_key(|found| (Some(&found.arn) != current, distance(found)));
        let targets = candidates.iter().filter_map(|found| found.target.as_ref());
        let revisions: Vec<String> = targets.map(|target| target.revision.clone()).collect();
        if revisions.is_empty() {
            return Ok(None);
        }
        let revisions = self.backend.revisions(&revisions).await?;
        let is_ours = |found: &&ServiceDeployment| {
            let target = found.target.as_ref().map(|target| &target.revision);
            revisions.iter().any(|revision| {
                Some(&revision.arn) == target
                    && revision.task_definition == self.expected.task_definition
            })
        };
        Ok(candidates.iter().find(is_ours).map(|found| found.arn.clone()))
    }

    /// Reads what takes further calls: now and then, and when something has gone wrong since.
    async fn look_closer(&mut self, service: &Service, deployment: Option<&ServiceDeployment>) {
        let is_due = self.looks % SELDOM == SELDOM - 1;
        let failed = own(service, &self.expected)
            .map_or(0, |own| own.failed)
            .max(deployment.and_then(|found| found.breaker).map_or(0, |breaker| breaker.failures));
        let is_worse = failed > self.failed;
        self.failed = failed;
        if is_due || is_worse {
            self.targets = self.count_targets(service).await.or(self.targets);
            let found = self.evidence(Some(service)).await.or_before(&self.seen);
            self.trouble = diagnose(&found).or_else(|| self.trouble.take());
            // One bad instance or subnet cannot be the reason of so many.
            if let Some(trouble) = &mut self.trouble {
                trouble.is_hopeless &= showing(&found, trouble.code).len() >= CONVINCING;
            }
            self.seen = found;
        }
    }

    async fn count_targets(&self, service: &Service) -> Option<TargetCounts> {
        let groups: Vec<String> =
            service.attachments.iter().map(|attached| attached.target_group.clone()).collect();
        if groups.is_empty() {
            return None;
        }
        let targets = self.backend.target_health(&groups).await.ok()?;
        let healthy = targets.iter().filter(|target| target.state == "healthy").count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Some(TargetCounts { healthy: count(healthy), total: count(targets.len()) })
    }

    async fn evidence(&self, service: Option<&Service>) -> Evidence {
        evidence(self.backend, service, &self.id, &self.expected.deployment, self.began).await
    }

    /// Where nothing will ever end the deployment, and no task of it can start, waiting is no use.
    fn hopeless(&self, service: Option<&Service>) -> Option<Result<(), Ending>> {
        let service = service?;
        let is_watched = service.breaker.is_enabled || !service.alarms.is_empty();
        let trouble = self.trouble.as_ref()?;
        if is_watched || !trouble.is_hopeless || self.progress.new.running > 0 {
            return None;
        }
        Some(Err(Ending { end: End::Hopeless, reason: Some(trouble.cause.clone()) }))
    }

    fn progress(
        &self,
        service: Option<&Service>,
        deployment: Option<&ServiceDeployment>,
        elapsed: Duration,
    ) -> Progress {
        let own = service.and_then(|service| own(service, &self.expected));
        let others = service.map(|service| others(service, own)).unwrap_or_default();
        let revision = short(&self.expected.task_definition).to_owned();
        let state = own.and_then(|own| own.rollout_state.clone());
        let status = deployment.map(|deployment| deployment.status.clone()).or(state);
        let target = deployment.and_then(|deployment| deployment.target.as_ref());
        let weights = target.and_then(|target| {
            Some(Weights { production: target.production_weight?, test: target.test_weight })
        });
        Progress {
            service: self.rollout.service.clone(),
            elapsed: elapsed.as_secs(),
            status: status.unwrap_or_else(|| "PENDING".to_owned()),
            new: own.map_or_else(|| Tasks { revision, ..Tasks::default() }, tasks),
            old: others,
            stage: deployment.and_then(|deployment| deployment.stage.clone()),
            weights,
            breaker: deployment.and_then(|deployment| deployment.breaker),
            targets: self.targets,
            pause: deployment.and_then(|deployment| deployment.pause.clone()),
            event: service.and_then(|service| self.newest_event(service)),
            trouble: self.trouble.clone(),
        }
    }

    /// Since it began; one that tells of trouble comes before others.
    fn newest_event(&self, service: &Service) -> Option<Event> {
        let began = self.began?;
        let mut recent = service.events.iter().filter(|event| event.at >= began);
        let newest = recent.clone().next();
        recent.find(|event| is_telling(event)).or(newest).cloned()
    }
}

fn tasks(deployment: &Deployment) -> Tasks {
    Tasks {
        revision: short(&deployment.task_definition).to_owned(),
        desired: deployment.desired,
        running: deployment.running,
        pending: deployment.pending,
        failed: deployment.failed,
    }
}

/// Every other deployment together; the newest gives its name.
fn others(service: &Service, own: Option<&Deployment>) -> Option<Tasks> {
    let own = own.map(|own| &own.id);
    let mut others = service.deployments.iter().filter(|found| Some(&found.id) != own).map(tasks);
    let first = others.next()?;
    Some(others.fold(first, |sum, other| Tasks {
        desired: sum.desired + other.desired,
        running: sum.running + other.running,
        pending: sum.pending + other.pending,
        failed: sum.failed + other.failed,
        ..sum
    }))
}
