//! Following a deployment to its true end, and a deleted service until it is gone.

use std::ops::ControlFlow;
use std::time::Duration;

use aws_sdk_ecs::types as sdk;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Rollout;
use super::observe::describe;
use super::verdict::{
    Deployment, Expected, Failure, Progress, ServiceDeployment, Snapshot, Verdict,
};
use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule};
use crate::kind::{CallError, Outputs};

/// A deployment may appear in replies so much later than it began.
const LAG: Duration = Duration::from_secs(30);

/// Between a deployment and its service deployment, which are created as one.
const SAME_START: f64 = 10.0;

/// Tasks finish their requests first: deregistration delay and stop timeout.
const LONGEST_DRAIN: Duration = Duration::from_mins(30);

/// What an event that explains a failure speaks of.
const TROUBLE: &[&str] = &["unable", "failed", "unhealthy", "was stopped", "error"];

/// Waits for the end of a deployment; an end that is not a success is an error.
pub(super) async fn follow(aws: &Aws, rollout: &Rollout) -> Result<Outputs, CallError> {
    let follower = Mutex::new(Follower::new(aws, rollout));
    let awaited = format!("the deployment of {}", rollout.service);
    let end = aws.poll_until(
        "ecs:DescribeServices",
        &awaited,
        Schedule::default(),
        aws.rollout_limit + Duration::from_mins(rollout.baking.into()),
        || async { follower.lock().await.look().await },
    );
    match end.await {
        Ok(Some(failure)) => Err(follower.into_inner().explained(&failure).await),
        Ok(None) => Ok(Outputs::new()),
        Err(error) => Err(follower.into_inner().given_up(error)),
    }
}

/// Where the verdict is read from.
enum Source {
    /// The service deployment is not found yet; until then the service itself tells.
    Searching,
    ServiceDeployment(String),
    /// Service deployments cannot be read: old ones, a missing permission, or moto.
    Service,
}

struct Follower<'a> {
    aws: &'a Aws,
    rollout: &'a Rollout,
    expected: Expected,
    source: Source,
    start: Instant,
    /// When it was created, once it was in a reply: from then on its absence means something.
    began: Option<DateTime>,
    progress: Progress,
    /// A request is under way.
    is_looking: bool,
}

impl<'a> Follower<'a> {
    fn new(aws: &'a Aws, rollout: &'a Rollout) -> Self {
        let expected = Expected {
            deployment: rollout.deployment.text().to_owned(),
            task_definition: rollout.task_definition.text().to_owned(),
            previous: rollout.previous.as_ref().map(|previous| previous.text().to_owned()),
        };
        Self {
            aws,
            rollout,
            expected,
            source: Source::Searching,
            start: Instant::now(),
            began: None,
            progress: Progress::default(),
            is_looking: false,
        }
    }

    async fn look(&mut self) -> Result<Attempt<Option<Failure>>, CallError> {
        self.is_looking = true;
        let verdict = self.verdict().await?;
        self.is_looking = false;
        Ok(match verdict {
            Verdict::Succeeded => ControlFlow::Break(None),
            Verdict::Failed(failure) => ControlFlow::Break(Some(failure)),
            Verdict::InProgress(progress) => {
                self.progress = progress;
                ControlFlow::Continue(())
            }
        })
    }

    async fn verdict(&mut self) -> Result<Verdict, AwsError> {
        if let Source::ServiceDeployment(arn) = &self.source {
            match service_deployment(self.aws, arn).await {
                Ok(Some(deployment)) => return Ok(deployment.verdict()),
                Ok(None) | Err(_) => self.source = Source::Service,
            }
        }
        let service = self.service().await?;
        let snapshot = snapshot(service.as_ref());
        self.began = self.began.or_else(|| self.creation(service.as_ref()));
        let verdict = snapshot.verdict(&self.expected, self.began.is_none() && self.is_early());
        if let (Source::Searching, Verdict::InProgress(_)) = (&self.source, &verdict) {
            self.source = self.search().await;
        }
        Ok(verdict)
    }

    fn is_early(&self) -> bool {
        self.start.elapsed() < LAG
    }

    async fn service(&self) -> Result<Option<sdk::Service>, AwsError> {
        let names = vec![self.rollout.service.clone()];
        let found = describe(self.aws, self.rollout.cluster.text(), names).await?;
        Ok(found.into_iter().next())
    }

    fn creation(&self, service: Option<&sdk::Service>) -> Option<DateTime> {
        let deployments = service?.deployments.as_deref()?;
        let own = deployments.iter().find(|own| own.id.as_ref() == Some(&self.expected.deployment));
        own?.created_at
    }

    async fn search(&self) -> Source {
        match self.find().await {
            Ok(Some(arn)) => Source::ServiceDeployment(arn),
            Ok(None) if self.is_early() => Source::Searching,
            Ok(None) | Err(_) => Source::Service,
        }
    }

    /// The service deployment that began with ours and leads to our task definition. Nothing in a
    /// reply ties the two together by id.
    async fn find(&self) -> Result<Option<String>, AwsError> {
        let Some(began) = self.began else { return Ok(None) };
        let candidates = candidates(self.aws, self.rollout, began).await?;
        let revisions: Vec<String> = candidates
            .iter()
            .filter_map(|brief| brief.target_service_revision_arn.clone())
            .collect();
        if revisions.is_empty() {
            return Ok(None);
        }
        let ours = revisions_of(self.aws, revisions, &self.expected.task_definition).await?;
        let found = candidates.into_iter().find(|brief| {
            brief.target_service_revision_arn.as_ref().is_some_and(|arn| ours.contains(arn))
        });
        Ok(found.and_then(|brief| brief.service_deployment_arn))
    }

    /// The failure with what runs now and the newest event that tells of trouble.
    async fn explained(&self, failure: &Failure) -> CallError {
        // The verdict stands without this reply; it only says more about it.
        let service = self.service().await.ok().flatten();
        let reason = failure.reason.as_ref().map(|reason| format!(": {}", sentence(reason)));
        let snapshot = snapshot(service.as_ref());
        let running = snapshot.primary().map(|primary| short(&primary.task_definition));
        let running = running.map(|revision| format!("; {revision} runs now"));
        let event = service.as_ref().and_then(|service| trouble(service, self.began));
        let event = event.map(|event| format!("; last event: {event}"));
        let details: String = [reason, running, event].into_iter().flatten().collect();
        CallError::Rollout(format!("{} {}{details}", self.subject(), failure.end))
    }

    fn given_up(&self, error: CallError) -> CallError {
        match error {
            CallError::Aws(error) if error.kind == ErrorKind::Timeout && !self.is_looking => {
                let seconds = self.start.elapsed().as_secs();
                CallError::TimedOut(format!(
                    "{} was still in progress after {seconds} s: {}",
                    self.subject(),
                    self.progress
                ))
            }
            other => other,
        }
    }

    fn subject(&self) -> String {
        let Expected { deployment, task_definition, .. } = &self.expected;
        let service = &self.rollout.service;
        format!("deployment {deployment} of {} to service {service}", short(task_definition))
    }
}

async fn candidates(
    aws: &Aws,
    rollout: &Rollout,
    began: DateTime,
) -> Result<Vec<sdk::ServiceDeploymentBrief>, AwsError> {
    let from = DateTime::from_secs_f64(began.as_secs_f64() - SAME_START);
    let request = aws
        .ecs
        .list_service_deployments()
        .cluster(rollout.cluster.text())
        .service(&rollout.service)
        .created_at(sdk::CreatedAt::builder().after(from).build());
    let reply = aws.read("ecs:ListServiceDeployments", request.send()).await?;
    let distance = |brief: &sdk::ServiceDeploymentBrief| {
        let created = brief.created_at.map_or(f64::MAX, |created| created.as_secs_f64());
        (created - began.as_secs_f64()).abs()
    };
    let mut found = reply.service_deployments.unwrap_or_default();
    found.retain(|brief| distance(brief) <= SAME_START);
    found.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    // `DescribeServiceRevisions` takes at most 20.
    found.truncate(20);
    Ok(found)
}

/// Which of these service revisions carry the task definition.
async fn revisions_of(
    aws: &Aws,
    arns: Vec<String>,
    task_definition: &str,
) -> Result<Vec<String>, AwsError> {
    let request = aws.ecs.describe_service_revisions().set_service_revision_arns(Some(arns));
    let reply = aws.read("ecs:DescribeServiceRevisions", request.send()).await?;
    let revisions = reply.service_revisions.unwrap_or_default().into_iter();
    Ok(revisions
        .filter(|revision| revision.task_definition.as_deref() == Some(task_definition))
        .filter_map(|revision| revision.service_revision_arn)
        .collect())
}

async fn service_deployment(aws: &Aws, arn: &str) -> Result<Option<ServiceDeployment>, AwsError> {
    let request = aws.ecs.describe_service_deployments().service_deployment_arns(arn);
    let reply = aws.read("ecs:DescribeServiceDeployments", request.send()).await?;
    let found = reply.service_deployments.unwrap_or_default().into_iter().next();
    Ok(found.map(|read| {
        let target = read.target_service_revision.as_ref();
        let progress = Progress {
            running: target.map_or(0, |target| count(target.running_task_count)),
            requested: target.map_or(0, |target| count(target.requested_task_count)),
            failed: read.deployment_circuit_breaker.map_or(0, |found| count(found.failure_count)),
            stage: paused(read.lifecycle_hook_details.as_deref().unwrap_or_default())
                .or_else(|| read.lifecycle_stage.map(|stage| stage.as_str().to_owned())),
        };
        ServiceDeployment {
            status: read.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
            status_reason: read.status_reason,
            rollback_reason: read.rollback.and_then(|rollback| rollback.reason),
            triggered_alarms: read
                .alarms
                .and_then(|alarms| alarms.triggered_alarm_names)
                .unwrap_or_default(),
            progress,
        }
    }))
}

/// What a deployment waits for that a person must decide.
fn paused(hooks: &[sdk::DeploymentLifecycleHookDetail]) -> Option<String> {
    let is_waiting = |hook: &&sdk::DeploymentLifecycleHookDetail| {
        hook.status == Some(sdk::DeploymentLifecycleHookStatus::AwaitingAction)
    };
    let hook = hooks.iter().find(is_waiting)?;
    let id = hook.hook_id.as_deref().unwrap_or("a hook");
    let until = hook.expires_at.and_then(|time| time.fmt(Format::DateTime).ok());
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    Some(format!("paused by {id}{until}, for ecs:ContinueServiceDeployment"))
}

fn snapshot(service: Option<&sdk::Service>) -> Snapshot {
    let deployments = service.and_then(|service| service.deployments.as_deref());
    Snapshot {
        is_active: service.is_some_and(|service| service.status.as_deref() == Some("ACTIVE")),
        deployments: deployments.unwrap_or_default().iter().map(deployment).collect(),
    }
}

fn deployment(read: &sdk::Deployment) -> Deployment {
    Deployment {
        id: read.id.clone().unwrap_or_default(),
        is_primary: read.status.as_deref() == Some("PRIMARY"),
        task_definition: read.task_definition.clone().unwrap_or_default(),
        rollout_state: read.rollout_state.as_ref().map(|state| state.as_str().to_owned()),
        reason: read.rollout_state_reason.clone().filter(|reason| !reason.is_empty()),
        progress: Progress {
            running: count(read.running_count),
            requested: count(read.desired_count),
            failed: count(read.failed_tasks),
            stage: None,
        },
    }
}

/// The newest event since the deployment began that tells of trouble; events come newest first.
fn trouble(service: &sdk::Service, began: Option<DateTime>) -> Option<String> {
    let events = service.events.as_deref().unwrap_or_default().iter();
    let mut messages = events
        .filter(|event| began.is_none_or(|began| event.created_at.is_some_and(|at| at >= began)))
        .filter_map(|event| event.message.as_deref());
    let message = messages.find(|message| TROUBLE.iter().any(|word| message.contains(word)))?;
    Some(sentence(message).to_owned())
}

/// Without its full stop: more follows.
fn sentence(text: &str) -> &str {
    text.trim_end_matches('.')
}

/// `shop-prod-web:42`
fn short(task_definition: &str) -> &str {
    task_definition.rsplit('/').next().unwrap_or(task_definition)
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// Waits until a deleted service has no tasks left and its name is free.
pub(super) async fn gone(aws: &Aws, cluster: &str, service: &str) -> Result<Outputs, CallError> {
    let awaited = format!("service {service} to be gone");
    let end = aws.poll_until(
        "ecs:DescribeServices",
        &awaited,
        Schedule::default(),
        LONGEST_DRAIN,
        || async {
            let found = describe(aws, cluster, vec![service.to_owned()]).await?;
            let is_there = |found: &sdk::Service| found.status.as_deref() != Some("INACTIVE");
            Ok::<_, CallError>(if found.iter().any(is_there) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        },
    );
    end.await.map(|()| Outputs::new())
}

/// Waits until a service runs as many tasks as it was told to.
pub(super) async fn running(
    aws: &Aws,
    cluster: &str,
    service: &str,
    count: u32,
) -> Result<Outputs, CallError> {
    let awaited = format!("{service} to run {count} tasks");
    let end = aws.poll_until(
        "ecs:DescribeServices",
        &awaited,
        Schedule::default(),
        aws.rollout_limit,
        || async {
            let found = describe(aws, cluster, vec![service.to_owned()]).await?;
            let is_reached = |found: &sdk::Service| {
                self::count(found.running_count) == count && found.pending_count == 0
            };
            Ok::<_, CallError>(if found.iter().any(is_reached) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        },
    );
    end.await.map(|()| Outputs::new())
}
