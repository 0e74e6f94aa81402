//! How a deployment stands, judged by its own id from what was read of it. Pure.
//!
//! A service that is stable says nothing: after a rollback it is stable too. The SDK's waiter
//! `ServicesStable` calls that a success.

use std::fmt;

use serde::Serialize;

use crate::runtime::{Deployment, Service, ServiceDeployment};

/// The deployment that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub deployment: String,
    pub task_definition: String,
    /// The task definition before; none for a service that is new.
    pub previous: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    InProgress,
    Succeeded,
    Failed(Ending),
}

/// How a deployment ended that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub end: End,
    /// In ECS's words.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// ECS gave up and left things as they are.
    Failed,
    /// ECS went back to the revision before.
    RolledBack,
    /// ECS tried to go back, and failed at that too.
    RollbackFailed,
    /// Somebody stopped it.
    Stopped,
    /// Another deployment took its place before it ended.
    Superseded,
    /// The service was deleted.
    ServiceGone,
    /// It goes on, nothing will end it, and no task of it can start.
    Hopeless,
    /// It goes on, and was not waited for any longer.
    TimedOut,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::RolledBack => "failed and was rolled back",
            Self::RollbackFailed => "failed, and so did its rollback",
            Self::Stopped => "was stopped",
            Self::Superseded => "was superseded by another deployment",
            Self::ServiceGone => "ended because the service was deleted",
            Self::Hopeless => "cannot succeed, and nothing will end it",
            Self::TimedOut => "is still in progress",
        })
    }
}

impl Verdict {
    /// What a service deployment says of itself.
    pub fn of_service_deployment(deployment: &ServiceDeployment) -> Self {
        let failed = |end| Self::Failed(Ending { end, reason: reason(deployment) });
        match deployment.status.as_str() {
            "SUCCESSFUL" => Self::Succeeded,
            "ROLLBACK_SUCCESSFUL" => failed(End::RolledBack),
            "ROLLBACK_FAILED" => failed(End::RollbackFailed),
            "STOPPED" => failed(End::Stopped),
            // Under way, on the way to an end such as ROLLBACK_REQUESTED, or newer than this.
            _ => Self::InProgress,
        }
    }

    /// What both say. That a service deployment was stopped is what also becomes of one that failed
    /// without a rollback, or that another one took the place of: the service tells which.
    pub fn of_both(deployment: &ServiceDeployment, by_service: Self) -> Self {
        match (Self::of_service_deployment(deployment), by_service) {
            (Self::Failed(stopped), Self::Failed(told)) if stopped.end == End::Stopped => {
                Self::Failed(Ending { end: told.end, reason: stopped.reason.or(told.reason) })
            }
            (verdict, _) => verdict,
        }
    }

    /// What a service says of our deployment: the only word where service deployments cannot be read.
    /// `may_lag`: the reply may be older than the deployment, which is missing for that reason.
    pub fn of_service(service: Option<&Service>, expected: &Expected, may_lag: bool) -> Self {
        let Some(service) = service.filter(|service| service.status == "ACTIVE") else {
            let gone = Ending { end: End::ServiceGone, reason: None };
            return if may_lag && service.is_none() {
                Self::InProgress
            } else {
                Self::Failed(gone)
            };
        };
        match own(service, expected) {
            None if may_lag => Self::InProgress,
            Some(own) if own.is_primary => while_primary(service, own),
            Some(own) if own.rollout_state.as_deref() == Some("FAILED") => {
                let end = if primary(service).is_some() { End::RolledBack } else { End::Failed };
                Self::Failed(Ending { end, reason: own.reason.clone() })
            }
            own => Self::Failed(Ending {
                end: replaced_by(service, expected),
                reason: own.and_then(|own| own.reason.clone()).or_else(|| rollback_reason(service)),
            }),
        }
    }
}

/// The deployment that new tasks belong to.
pub fn primary(service: &Service) -> Option<&Deployment> {
    service.deployments.iter().find(|deployment| deployment.is_primary)
}

/// The deployment that is followed.
pub fn own<'a>(service: &'a Service, expected: &Expected) -> Option<&'a Deployment> {
    service.deployments.iter().find(|deployment| deployment.id == expected.deployment)
}

fn reason(deployment: &ServiceDeployment) -> Option<String> {
    let rollback = deployment.rollback.as_ref().and_then(|rollback| rollback.reason.clone());
    let reason = rollback.or_else(|| deployment.status_reason.clone());
    let alarms = deployment.alarms.as_ref().map(|alarms| alarms.triggered.join(", "));
    match (reason, alarms.unwrap_or_default()) {
        (reason, alarms) if alarms.is_empty() => reason,
        (Some(reason), alarms) => Some(format!("{reason} (alarms: {alarms})")),
        (None, alarms) => Some(format!("alarms: {alarms}")),
    }
}

fn while_primary(service: &Service, own: &Deployment) -> Verdict {
    match own.rollout_state.as_deref() {
        Some("COMPLETED") => Verdict::Succeeded,
        Some("FAILED") => Verdict::Failed(Ending { end: End::Failed, reason: own.reason.clone() }),
        None if service.deployments.len() == 1 && own.running == own.desired => Verdict::Succeeded,
        Some(_) | None => Verdict::InProgress,
    }
}

/// A rollback is a new deployment of what was there before. Where that was the same task definition,
/// such as after a change of subnets, only the reason tells it from somebody else's.
fn replaced_by(service: &Service, expected: &Expected) -> End {
    let Some(primary) = primary(service) else { return End::Failed };
    let is_the_old_one = expected.previous.as_ref() == Some(&primary.task_definition)
        && primary.task_definition != expected.task_definition;
    if is_the_old_one || rollback_reason(service).is_some() {
        End::RolledBack
    } else {
        End::Superseded
    }
}

/// "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/…."
fn rollback_reason(service: &Service) -> Option<String> {
    let reason = primary(service)?.reason.clone();
    reason.filter(|reason| reason.contains("rolling back"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{AlarmWatch, Rollback};

    const OLD: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:41";
    const NEW: &str = "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:42";
    const BREAKER: &str = "ECS deployment circuit breaker: tasks failed to start.";

    fn expected() -> Expected {
        Expected {
            deployment: "ecs-svc/2".to_owned(),
            task_definition: NEW.to_owned(),
            previous: Some(OLD.to_owned()),
        }
    }

    fn word(verdict: Verdict) -> String {
        match verdict {
            Verdict::InProgress => "in progress".to_owned(),
            Verdict::Succeeded => "succeeded".to_owned(),
            Verdict::Failed(Ending { end, reason }) => {
                format!("{end}: {}", reason.unwrap_or_default())
            }
        }
    }

    #[test]
    fn every_status_of_a_service_deployment_has_its_verdict() {
        let table = [
            ("PENDING", "in progress"),
            ("IN_PROGRESS", "in progress"),
            ("SUCCESSFUL", "succeeded"),
            ("STOP_REQUESTED", "in progress"),
            ("ROLLBACK_REQUESTED", "in progress"),
            ("ROLLBACK_IN_PROGRESS", "in progress"),
            ("ROLLBACK_SUCCESSFUL", "failed and was rolled back: why"),
            ("ROLLBACK_FAILED", "failed, and so did its rollback: why"),
            ("STOPPED", "was stopped: why"),
            ("LATER_THAN_US", "in progress"),
        ];
        for (status, verdict) in table {
            let deployment = ServiceDeployment {
                status: status.to_owned(),
                status_reason: Some("why".to_owned()),
                ..ServiceDeployment::default()
            };
            assert_eq!(word(Verdict::of_service_deployment(&deployment)), verdict, "{status}");
        }
    }

    #[test]
    fn alarms_are_part_of_the_reason() {
        let deployment = ServiceDeployment {
            status: "ROLLBACK_SUCCESSFUL".to_owned(),
            status_reason: Some("Service deployment rolled back.".to_owned()),
            rollback: Some(Rollback { reason: Some("Alarm detected".to_owned()), revision: None }),
            alarms: Some(AlarmWatch { triggered: vec!["errors".to_owned()], status: None }),
            ..ServiceDeployment::default()
        };
        let verdict = word(Verdict::of_service_deployment(&deployment));
        assert_eq!(verdict, "failed and was rolled back: Alarm detected (alarms: errors)");
    }

    fn deployment(id: &str, task_definition: &str, state: Option<&str>) -> Deployment {
        Deployment {
            id: id.to_owned(),
            is_primary: false,
            task_definition: task_definition.to_owned(),
            rollout_state: state.map(str::to_owned),
            reason: (state == Some("FAILED")).then(|| BREAKER.to_owned()),
            desired: 2,
            running: 1,
            ..Deployment::default()
        }
    }

    fn primary(id: &str, task_definition: &str, state: Option<&str>) -> Deployment {
        Deployment { is_primary: true, ..deployment(id, task_definition, state) }
    }

    fn full(deployment: Deployment) -> Deployment {
        Deployment { running: 2, ..deployment }
    }

    fn service(deployments: Vec<Deployment>) -> Service {
        Service { status: "ACTIVE".to_owned(), deployments, ..Service::default() }
    }

    fn judged(deployments: Vec<Deployment>) -> String {
        word(Verdict::of_service(Some(&service(deployments)), &expected(), false))
    }

    #[test]
    fn a_service_is_judged_by_our_own_deployment() {
        let table = [
            (
                "under way beside the old one",
                vec![
                    primary("ecs-svc/2", NEW, Some("IN_PROGRESS")),
                    deployment("ecs-svc/1", OLD, Some("COMPLETED")),
                ],
                "in progress",
            ),
            (
                "all tasks run, and ECS has not said that it is done",
                vec![full(primary("ecs-svc/2", NEW, Some("IN_PROGRESS")))],
                "in progress",
            ),
            ("done", vec![primary("ecs-svc/2", NEW, Some("COMPLETED"))], "succeeded"),
            (
                "done, while the old one drains",
                vec![
                    primary("ecs-svc/2", NEW, Some("COMPLETED")),
                    deployment("ecs-svc/1", OLD, None),
                ],
                "succeeded",
            ),
            ("done, without a state", vec![full(primary("ecs-svc/2", NEW, None))], "succeeded"),
            ("under way, without a state", vec![primary("ecs-svc/2", NEW, None)], "in progress"),
            (
                "two deployments, without a state",
                vec![full(primary("ecs-svc/2", NEW, None)), deployment("ecs-svc/1", OLD, None)],
                "in progress",
            ),
            (
                "a first deployment that failed has nothing to go back to",
                vec![primary("ecs-svc/2", NEW, Some("FAILED"))],
                "failed: ECS deployment circuit breaker: tasks failed to start.",
            ),
            (
                "the rollback begins",
                vec![
                    primary("ecs-svc/3", OLD, Some("IN_PROGRESS")),
                    deployment("ecs-svc/2", NEW, Some("FAILED")),
                ],
                "failed and was rolled back: ECS deployment circuit breaker: tasks failed to start.",
            ),
            (
                "rolled back and stable: the SDK's waiter takes it for a success",
                vec![full(primary("ecs-svc/3", OLD, Some("COMPLETED")))],
                "failed and was rolled back: ",
            ),
            (
                "no longer primary, still draining",
                vec![
                    primary("ecs-svc/3", OLD, Some("COMPLETED")),
                    deployment("ecs-svc/2", NEW, Some("IN_PROGRESS")),
                ],
                "failed and was rolled back: ",
            ),
            (
                "somebody deployed again",
                vec![
                    primary("ecs-svc/3", "other:43", Some("IN_PROGRESS")),
                    deployment("ecs-svc/2", NEW, Some("IN_PROGRESS")),
                ],
                "was superseded by another deployment: ",
            ),
            ("nothing is left", vec![], "failed: "),
        ];
        for (case, deployments, verdict) in table {
            assert_eq!(judged(deployments), verdict, "{case}");
        }
    }

    #[test]
    fn without_another_task_definition_only_the_reason_tells_a_rollback() {
        let reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
        let again = primary("ecs-svc/3", NEW, Some("IN_PROGRESS"));
        let back = Deployment { reason: Some(reason.to_owned()), ..again.clone() };
        let expected = Expected { previous: Some(NEW.to_owned()), ..expected() };
        let judged = |deployment| {
            let service = service(vec![deployment]);
            word(Verdict::of_service(Some(&service), &expected, false))
        };
        assert_eq!(judged(again), "was superseded by another deployment: ");
        assert_eq!(judged(back), format!("failed and was rolled back: {reason}"));
    }

    #[test]
    fn a_reply_from_before_the_deployment_decides_nothing() {
        let deployments = vec![full(primary("ecs-svc/1", OLD, Some("COMPLETED")))];
        let stale = service(deployments);
        let judged = |may_lag| word(Verdict::of_service(Some(&stale), &expected(), may_lag));
        assert_eq!(judged(true), "in progress");
        assert_eq!(judged(false), "failed and was rolled back: ");
    }

    #[test]
    fn the_service_tells_why_a_service_deployment_was_stopped() {
        let stopped = ServiceDeployment { status: "STOPPED".to_owned(), ..Default::default() };
        let both = |deployment| {
            let service = service(vec![deployment]);
            let by_service = Verdict::of_service(Some(&service), &expected(), false);
            word(Verdict::of_both(&stopped, by_service))
        };
        assert_eq!(both(primary("ecs-svc/2", NEW, Some("IN_PROGRESS"))), "was stopped: ");
        let breaker = format!("failed: {BREAKER}");
        assert_eq!(both(primary("ecs-svc/2", NEW, Some("FAILED"))), breaker);
        let superseded = "was superseded by another deployment: ";
        assert_eq!(both(primary("ecs-svc/3", "other:43", Some("IN_PROGRESS"))), superseded);
    }

    #[test]
    fn a_deleted_service_ends_its_deployment() {
        let deployments = vec![primary("ecs-svc/2", NEW, Some("COMPLETED"))];
        let gone = Service { status: "DRAINING".to_owned(), ..service(deployments) };
        for gone in [Some(&gone), None] {
            let verdict = Verdict::of_service(gone, &expected(), false);
            assert_eq!(word(verdict), "ended because the service was deleted: ");
        }
    }
}
