//! How the newest deployment of a service stands, whoever began it: never by whether it is stable, for
//! after a rollback it is stable too.

use jiff::SignedDuration;

use super::evidence::evidence;
use crate::aws::AwsError;
use crate::backend::Backend;
use crate::rollout::diagnosis::diagnose;
use crate::rollout::under_way::ended;
use crate::rollout::verdict::Ending;
use crate::rollout::{Failure, Progress, UnderWay};
use crate::runtime::{Service, ServiceDeployment, ServiceId, short};

/// Between a deployment and its service deployment, which are created as one.
const SAME_START: SignedDuration = SignedDuration::from_secs(10);

/// What became of the newest deployment.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    UnderWay(Box<UnderWay>),
    Succeeded,
    Failed(Box<Failure>),
}

pub async fn standing(
    backend: &Backend,
    id: &ServiceId,
    service: &Service,
) -> Result<Standing, AwsError> {
    if let Some(found) = under_way(backend, id, service).await? {
        return Ok(Standing::UnderWay(Box::new(found)));
    }
    let newest = newest(backend, id).await;
    match ended(service, newest.as_ref().map(|(deployment, _)| deployment)) {
        Ok(()) => Ok(Standing::Succeeded),
        Err(ending) => {
            let failure = failure(backend, id, service, newest, ending).await;
            Ok(Standing::Failed(Box::new(failure)))
        }
    }
}

/// The deployment that has not ended, if there is one.
pub async fn under_way(
    backend: &Backend,
    id: &ServiceId,
    service: &Service,
) -> Result<Option<UnderWay>, AwsError> {
    let current = match &service.current_deployment {
        // Where it cannot be read, the service itself tells.
        Some(arn) => described(backend, arn).await.ok().flatten(),
        None => None,
    };
    let found = UnderWay::of(service, &id.cluster, current);
    match found {
        // The service does not name its service deployment, which the history may do.
        Some(found) if found.deployment.is_none() => match newest(backend, id).await {
            Some(newest) if is_of(&newest, service, &found) => {
                Ok(UnderWay::of(service, &id.cluster, Some(newest)))
            }
            Some(_) | None => Ok(Some(found)),
        },
        found => Ok(found),
    }
}

/// Whether both are the same deployment: nothing in a reply ties them together by id.
fn is_of(newest: &(ServiceDeployment, String), service: &Service, found: &UnderWay) -> bool {
    let (deployment, task_definition) = newest;
    let id = found.rollout.deployment.text();
    let own = service.deployments.iter().find(|own| own.id == id);
    let began = own.and_then(|own| own.created_at).zip(deployment.created_at);
    began.is_some_and(|(own, told)| own.duration_since(told).abs() <= SAME_START)
        && task_definition == found.rollout.task_definition.text()
}

/// The newest service deployment, with the task definition that it led to; none where history cannot
/// be read.
async fn newest(backend: &Backend, id: &ServiceId) -> Option<(ServiceDeployment, String)> {
    let history = backend.deployments_since(id, None).await.ok()?;
    described(backend, &history.first()?.arn).await.ok().flatten()
}

async fn described(
    backend: &Backend,
    arn: &String,
) -> Result<Option<(ServiceDeployment, String)>, AwsError> {
    let found = backend.service_deployments(std::slice::from_ref(arn)).await?.into_iter().next();
    let Some(deployment) = found else { return Ok(None) };
    let Some(target) = &deployment.target else { return Ok(None) };
    let revisions = backend.revisions(std::slice::from_ref(&target.revision)).await?;
    Ok(revisions.into_iter().next().map(|revision| (deployment, revision.task_definition)))
}

async fn failure(
    backend: &Backend,
    id: &ServiceId,
    service: &Service,
    newest: Option<(ServiceDeployment, String)>,
    ending: Ending,
) -> Failure {
    let (deployment, task_definition) = newest.unzip();
    let task_definition = task_definition.unwrap_or_else(|| service.task_definition.clone());
    let failed = service.deployments.iter().find(|it| it.task_definition == task_definition);
    let deployment_id = failed.map(|failed| failed.id.clone()).unwrap_or_default();
    let began = deployment.as_ref().and_then(|deployment| deployment.created_at);
    let mut found = evidence(backend, Some(service), id, &deployment_id, began).await;
    found.reason = ending.reason.clone().or(found.reason);
    let alarms = deployment.and_then(|deployment| deployment.alarms);
    found.alarms = alarms.map(|alarms| alarms.triggered).unwrap_or_default();
    let mut others = service.deployments.iter().map(|other| &other.task_definition);
    let previous = others.find(|other| **other != task_definition);
    let most = service.deployments.iter().filter(|it| it.running > 0).max_by_key(|it| it.running);
    Failure {
        service: service.name.clone(),
        deployment: deployment_id,
        revision: short(&task_definition).to_owned(),
        end: ending.end,
        reason: ending.reason,
        running: most.map(|most| short(&most.task_definition).to_owned()),
        previous: previous.map(|previous| short(previous).to_owned()),
        elapsed: 0,
        progress: Progress { service: service.name.clone(), ..Progress::default() },
        diagnosis: diagnose(&found),
        evidence: found,
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::aws::replay::{Replay, json as reply, reply as any_reply};
    use crate::rollout::End;
    use crate::runtime::Deployment;

    const FAMILY: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/web";
    const BEGAN: i64 = 1_700_000_000;

    fn ok(body: &Json) -> HttpResponse {
        reply(200, &body.to_string())
    }

    /// The history, the service deployment and its revision.
    fn told(status: &str, revision: u32) -> [HttpResponse; 3] {
        [
            ok(
                &json!({"serviceDeployments": [{"serviceDeploymentArn": "arn:sd", "createdAt": BEGAN}]}),
            ),
            ok(&json!({"serviceDeployments": [{
                "serviceDeploymentArn": "arn:sd", "status": status, "createdAt": BEGAN,
                "targetServiceRevision": {"arn": "arn:revision"}
            }]})),
            ok(&json!({"serviceRevisions": [{
                "serviceRevisionArn": "arn:revision", "taskDefinition": format!("{FAMILY}:{revision}")
            }]})),
        ]
    }

    fn service(state: &str) -> Service {
        let primary = Deployment {
            id: "ecs-svc/2".to_owned(),
            is_primary: true,
            task_definition: format!("{FAMILY}:42"),
            rollout_state: Some(state.to_owned()),
            created_at: jiff::Timestamp::from_second(BEGAN + 1).ok(),
            running: 2,
            ..Deployment::default()
        };
        Service {
            task_definition: format!("{FAMILY}:42"),
            deployments: vec![primary],
            ..Service::default()
        }
    }

    async fn stands(
        service: &Service,
        replies: impl IntoIterator<Item = HttpResponse>,
    ) -> Standing {
        let id = ServiceId { cluster: "main".to_owned(), service: "web".to_owned() };
        let backend = Backend::Live(Box::new(Replay::new(replies).aws()));
        standing(&backend, &id, service).await.unwrap()
    }

    #[tokio::test]
    async fn the_history_names_the_deployment_that_a_service_does_not_name() {
        let going = service("IN_PROGRESS");
        let Standing::UnderWay(found) = stands(&going, told("IN_PROGRESS", 42)).await else {
            panic!("it is under way");
        };
        assert_eq!(found.deployment.unwrap().arn, "arn:sd");
        // The history is of another deployment: that of the service is newer than it.
        let Standing::UnderWay(found) = stands(&going, told("SUCCESSFUL", 41)).await else {
            panic!("it is under way");
        };
        assert_eq!(found.deployment, None);
    }

    #[tokio::test]
    async fn a_deployment_that_was_stopped_is_not_under_way_for_ever() {
        let replies = told("STOPPED", 42).into_iter().chain(told("STOPPED", 42));
        let Standing::Failed(failure) = stands(&service("IN_PROGRESS"), replies).await else {
            panic!("it was stopped");
        };
        assert_eq!((failure.end, failure.revision.as_str()), (End::Stopped, "web:42"));
    }

    #[tokio::test]
    async fn a_steady_service_was_rolled_back_if_its_history_says_so() {
        let steady = service("COMPLETED");
        let Standing::Failed(failure) = stands(&steady, told("ROLLBACK_SUCCESSFUL", 43)).await
        else {
            panic!("it was rolled back");
        };
        assert_eq!((failure.end, failure.revision.as_str()), (End::RolledBack, "web:43"));
        assert_eq!(failure.running.as_deref(), Some("web:42"));
        assert_eq!(stands(&steady, told("SUCCESSFUL", 42)).await, Standing::Succeeded);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_history_the_service_tells() {
        let page = || any_reply(500, "text/html", "<!doctype html><title>500</title>");
        let pages = || (0..9).map(|_| page());
        assert_eq!(stands(&service("COMPLETED"), pages()).await, Standing::Succeeded);
        let Standing::Failed(failure) = stands(&service("FAILED"), pages()).await else {
            panic!("it failed");
        };
        assert_eq!(failure.end, End::Failed);
    }
}
