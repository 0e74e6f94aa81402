//! How a service's newest deployment stands, whoever began it. Pure.

use super::Rollout;
use super::verdict::{End, Ending, Verdict, primary};
use crate::runtime::{Deployment, Service, ServiceDeployment};

/// A deployment that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderWay {
    pub rollout: Rollout,
    /// None where service deployments cannot be read.
    pub deployment: Option<ServiceDeployment>,
}

impl UnderWay {
    /// The deployment that has not ended, if there is one. `current` is its service deployment, where
    /// that can be read, and the task definition that it leads to.
    pub fn of(
        service: &Service,
        cluster: &str,
        current: Option<(ServiceDeployment, String)>,
    ) -> Option<Self> {
        let (deployment, target) = match current {
            Some((deployment, _)) if has_ended(&deployment) => return None,
            Some((deployment, target)) => (Some(deployment), Some(target)),
            None if is_under_way(service) => (None, None),
            None => return None,
        };
        let own = own(service, target.as_deref())?;
        let task_definition = target.unwrap_or_else(|| deployed(service, own));
        let others = service.deployments.iter().filter(|other| other.id != own.id);
        let previous = others.map(|other| other.task_definition.clone()).next();
        let rollout = Rollout {
            cluster: cluster.into(),
            service: service.name.clone(),
            deployment: own.id.as_str().into(),
            task_definition: task_definition.into(),
            baking: service.baking,
            previous: previous.map(Into::into),
        };
        Some(Self { rollout, deployment })
    }

    /// Whether ECS goes back already, or ends the deployment.
    pub fn is_ending(&self) -> bool {
        let status = self.deployment.as_ref().map(|deployment| deployment.status.as_str());
        matches!(status, Some("STOP_REQUESTED" | "ROLLBACK_REQUESTED" | "ROLLBACK_IN_PROGRESS"))
    }

    /// Whether there is no revision before it.
    pub fn is_first(&self) -> bool {
        let sources = self.deployment.as_ref().map_or(0, |deployment| deployment.sources.len());
        sources == 0 && self.rollout.previous.is_none()
    }
}

/// How the newest deployment ended. `newest` is its service deployment, where that can be read.
pub fn ended(service: &Service, newest: Option<&ServiceDeployment>) -> Result<(), Ending> {
    let by_service = by_service(service);
    match (newest.map(Verdict::of_service_deployment), by_service) {
        // One that failed without a rollback is called stopped as well.
        (Some(Verdict::Failed(stopped)), Err(told)) if stopped.end == End::Stopped => {
            Err(Ending { end: told.end, reason: stopped.reason.or(told.reason) })
        }
        (Some(Verdict::Failed(ending)), _) => Err(ending),
        (Some(Verdict::Succeeded), _) => Ok(()),
        (Some(Verdict::InProgress) | None, by_service) => by_service,
    }
}

/// A rollback says in its reason what it is.
fn by_service(service: &Service) -> Result<(), Ending> {
    let Some(primary) = primary(service) else { return Ok(()) };
    let reason = primary.reason.clone();
    let failed = |end| Err(Ending { end, reason: reason.clone() });
    if primary.rollout_state.as_deref() == Some("FAILED") {
        failed(End::Failed)
    } else if is_rollback(primary) {
        failed(End::RolledBack)
    } else {
        Ok(())
    }
}

fn has_ended(deployment: &ServiceDeployment) -> bool {
    Verdict::of_service_deployment(deployment) != Verdict::InProgress
}

fn is_rollback(deployment: &Deployment) -> bool {
    deployment.reason.as_ref().is_some_and(|reason| reason.contains("rolling back"))
}

fn is_under_way(service: &Service) -> bool {
    primary(service).is_some_and(|primary| match primary.rollout_state.as_deref() {
        Some(state) => state == "IN_PROGRESS",
        None => service.deployments.len() > 1 || primary.running != primary.desired,
    })
}

/// The deployment that everybody waits for: during a rollback it is the one that failed, and not the
/// primary one.
fn own<'a>(service: &'a Service, target: Option<&str>) -> Option<&'a Deployment> {
    let is_failed = |found: &&Deployment| {
        !found.is_primary
            && found.rollout_state.as_deref() == Some("FAILED")
            && target.is_none_or(|target| found.task_definition == target)
    };
    let failed = service.deployments.iter().find(is_failed);
    let of_target = |found: &&Deployment| Some(found.task_definition.as_str()) == target;
    let primary = primary(service);
    primary
        .filter(|primary| of_target(primary) && !is_rollback(primary))
        .or(failed)
        .or_else(|| service.deployments.iter().find(of_target))
        .or(primary)
}

/// The service names what was deployed last; moto's deployments do not follow it.
fn deployed(service: &Service, own: &Deployment) -> String {
    let is_known = own.is_primary && service.task_definition.starts_with("arn:");
    if is_known { &service.task_definition } else { &own.task_definition }.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/web:41";
    const NEW: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/web:42";

    fn deployment(id: &str, task_definition: &str, state: &str) -> Deployment {
        Deployment {
            id: id.to_owned(),
            task_definition: task_definition.to_owned(),
            rollout_state: Some(state.to_owned()),
            ..Deployment::default()
        }
    }

    fn primary_one(id: &str, task_definition: &str, state: &str) -> Deployment {
        Deployment { is_primary: true, ..deployment(id, task_definition, state) }
    }

    fn service(deployments: Vec<Deployment>) -> Service {
        Service { name: "web".to_owned(), deployments, ..Service::default() }
    }

    fn told(status: &str) -> ServiceDeployment {
        let status_reason = Some("why".to_owned());
        ServiceDeployment { status: status.to_owned(), status_reason, ..Default::default() }
    }

    fn followed(service: &Service, current: Option<(&str, &str)>) -> Option<(String, String)> {
        let current = current.map(|(status, target)| (told(status), target.to_owned()));
        let found = UnderWay::of(service, "main", current)?.rollout;
        Some((found.deployment.text().to_owned(), found.task_definition.text().to_owned()))
    }

    #[test]
    fn what_is_followed_is_the_deployment_that_somebody_began() {
        let on = |id: &str, task: &str| Some((id.to_owned(), task.to_owned()));
        let rolling = service(vec![
            primary_one("ecs-svc/2", NEW, "IN_PROGRESS"),
            deployment("ecs-svc/1", OLD, "COMPLETED"),
        ]);
        assert_eq!(followed(&rolling, None), on("ecs-svc/2", NEW));
        assert_eq!(followed(&rolling, Some(("IN_PROGRESS", NEW))), on("ecs-svc/2", NEW));
        let going_back = service(vec![
            primary_one("ecs-svc/3", OLD, "IN_PROGRESS"),
            deployment("ecs-svc/2", NEW, "FAILED"),
        ]);
        assert_eq!(followed(&going_back, None), on("ecs-svc/2", NEW));
        assert_eq!(
            followed(&going_back, Some(("ROLLBACK_IN_PROGRESS", NEW))),
            on("ecs-svc/2", NEW)
        );
        let steady = service(vec![primary_one("ecs-svc/3", OLD, "COMPLETED")]);
        assert_eq!(followed(&steady, None), None);
        assert_eq!(followed(&service(vec![]), None), None);
    }

    #[test]
    fn a_service_that_is_steady_may_have_failed() {
        let word = |ended: Result<(), Ending>| {
            ended.map_or_else(|ending| ending.end.to_string(), |()| "succeeded".to_owned())
        };
        let steady = service(vec![primary_one("ecs-svc/3", OLD, "COMPLETED")]);
        let failed = service(vec![primary_one("ecs-svc/3", OLD, "FAILED")]);
        let reason = Some("ECS deployment circuit breaker: rolling back to ecs-svc/1.".to_owned());
        let back = Deployment { reason, ..primary_one("ecs-svc/3", OLD, "COMPLETED") };
        let back = service(vec![back]);
        let table = [
            (&steady, Some("SUCCESSFUL"), "succeeded"),
            (&steady, None, "succeeded"),
            (&steady, Some("ROLLBACK_SUCCESSFUL"), "failed and was rolled back"),
            (&steady, Some("ROLLBACK_FAILED"), "failed, and so did its rollback"),
            (&steady, Some("STOPPED"), "was stopped"),
            (&failed, Some("STOPPED"), "failed"),
            (&failed, None, "failed"),
            (&back, None, "failed and was rolled back"),
        ];
        for (service, status, expected) in table {
            let newest = status.map(told);
            assert_eq!(word(ended(service, newest.as_ref())), expected, "{status:?}");
        }
    }
}
