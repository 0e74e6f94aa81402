//! How a deployment stands, judged by its own id from what was read of it. Pure.
//!
//! A service that is stable says nothing: after a rollback it is stable too. The SDK's waiter
//! `ServicesStable` calls that a success.

use std::fmt;

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
    InProgress(Progress),
    Succeeded,
    Failed(Failure),
}

/// What is known of a deployment that has not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub running: u32,
    pub requested: u32,
    /// Tasks that failed so far.
    pub failed: u32,
    /// Such as `ROLLBACK_IN_PROGRESS`, or the stage of its life cycle.
    pub stage: Option<String>,
}

/// How a deployment ended that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub end: End,
    /// In ECS's words.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        })
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} tasks running", self.running, self.requested)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        self.stage.iter().try_for_each(|stage| write!(f, ", {stage}"))
    }
}

/// What `DescribeServiceDeployments` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceDeployment {
    pub status: String,
    pub status_reason: Option<String>,
    pub rollback_reason: Option<String>,
    pub triggered_alarms: Vec<String>,
    pub progress: Progress,
}

impl ServiceDeployment {
    pub fn verdict(&self) -> Verdict {
        let failed = |end| Verdict::Failed(Failure { end, reason: self.reason() });
        match self.status.as_str() {
            "SUCCESSFUL" => Verdict::Succeeded,
            "ROLLBACK_SUCCESSFUL" => failed(End::RolledBack),
            "ROLLBACK_FAILED" => failed(End::RollbackFailed),
            "STOPPED" => failed(End::Stopped),
            "PENDING" | "IN_PROGRESS" => Verdict::InProgress(self.progress.clone()),
            // On the way to an end, such as ROLLBACK_REQUESTED, or a status that is newer than this.
            other => {
                let stage = Some(other.to_owned());
                Verdict::InProgress(Progress { stage, ..self.progress.clone() })
            }
        }
    }

    fn reason(&self) -> Option<String> {
        let reason = self.rollback_reason.clone().or_else(|| self.status_reason.clone());
        match (reason, self.triggered_alarms.join(", ")) {
            (reason, alarms) if alarms.is_empty() => reason,
            (Some(reason), alarms) => Some(format!("{reason} (alarms: {alarms})")),
            (None, alarms) => Some(format!("alarms: {alarms}")),
        }
    }
}

/// What `DescribeServices` says: the only word where service deployments cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub is_active: bool,
    pub deployments: Vec<Deployment>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    pub id: String,
    pub is_primary: bool,
    pub task_definition: String,
    /// Absent in some replies.
    pub rollout_state: Option<String>,
    pub reason: Option<String>,
    pub progress: Progress,
}

impl Snapshot {
    /// The deployment that new tasks belong to.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.is_primary)
    }

    pub fn own(&self, expected: &Expected) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == expected.deployment)
    }

    /// `may_lag`: the reply may be older than the deployment, which is missing for that reason.
    pub fn verdict(&self, expected: &Expected, may_lag: bool) -> Verdict {
        match self.own(expected) {
            None if may_lag => Verdict::InProgress(Progress::default()),
            _ if !self.is_active => {
                Verdict::Failed(Failure { end: End::ServiceGone, reason: None })
            }
            Some(own) if own.is_primary => self.while_primary(own),
            Some(own) if own.rollout_state.as_deref() == Some("FAILED") => {
                let end = if self.primary().is_some() { End::RolledBack } else { End::Failed };
                Verdict::Failed(Failure { end, reason: own.reason.clone() })
            }
            own => Verdict::Failed(Failure {
                end: self.replaced_by(expected),
                reason: own.and_then(|own| own.reason.clone()).or_else(|| self.rollback_reason()),
            }),
        }
    }

    fn while_primary(&self, own: &Deployment) -> Verdict {
        let Progress { running, requested, .. } = own.progress;
        match own.rollout_state.as_deref() {
            Some("COMPLETED") => Verdict::Succeeded,
            Some("FAILED") => {
                Verdict::Failed(Failure { end: End::Failed, reason: own.reason.clone() })
            }
            None if self.deployments.len() == 1 && running == requested => Verdict::Succeeded,
            Some(_) | None => Verdict::InProgress(own.progress.clone()),
        }
    }

    /// A rollback is a new deployment of what was there before. Where that was the same task
    /// definition, such as after a change of subnets, only the reason tells it from somebody else's.
    fn replaced_by(&self, expected: &Expected) -> End {
        let Some(primary) = self.primary() else { return End::Failed };
        let is_the_old_one = expected.previous.as_ref() == Some(&primary.task_definition)
            && primary.task_definition != expected.task_definition;
        if is_the_old_one || self.rollback_reason().is_some() {
            End::RolledBack
        } else {
            End::Superseded
        }
    }

    /// "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/…."
    fn rollback_reason(&self) -> Option<String> {
        let reason = self.primary()?.reason.clone();
        reason.filter(|reason| reason.contains("rolling back"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Verdict::InProgress(progress) => format!("in progress: {progress}"),
            Verdict::Succeeded => "succeeded".to_owned(),
            Verdict::Failed(Failure { end, reason }) => {
                format!("{end}: {}", reason.unwrap_or_default())
            }
        }
    }

    fn progress() -> Progress {
        Progress { running: 1, requested: 2, failed: 0, stage: None }
    }

    #[test]
    fn every_status_of_a_service_deployment_has_its_verdict() {
        let table = [
            ("PENDING", "in progress: 1 of 2 tasks running"),
            ("IN_PROGRESS", "in progress: 1 of 2 tasks running"),
            ("SUCCESSFUL", "succeeded"),
            ("STOP_REQUESTED", "in progress: 1 of 2 tasks running, STOP_REQUESTED"),
            ("ROLLBACK_REQUESTED", "in progress: 1 of 2 tasks running, ROLLBACK_REQUESTED"),
            ("ROLLBACK_IN_PROGRESS", "in progress: 1 of 2 tasks running, ROLLBACK_IN_PROGRESS"),
            ("ROLLBACK_SUCCESSFUL", "failed and was rolled back: why"),
            ("ROLLBACK_FAILED", "failed, and so did its rollback: why"),
            ("STOPPED", "was stopped: why"),
            ("LATER_THAN_US", "in progress: 1 of 2 tasks running, LATER_THAN_US"),
        ];
        for (status, verdict) in table {
            let deployment = ServiceDeployment {
                status: status.to_owned(),
                status_reason: Some("why".to_owned()),
                progress: progress(),
                ..ServiceDeployment::default()
            };
            assert_eq!(word(deployment.verdict()), verdict, "{status}");
        }
    }

    #[test]
    fn alarms_are_part_of_the_reason() {
        let deployment = ServiceDeployment {
            status: "ROLLBACK_SUCCESSFUL".to_owned(),
            status_reason: Some("Service deployment rolled back.".to_owned()),
            rollback_reason: Some("Alarm detected".to_owned()),
            triggered_alarms: vec!["errors".to_owned()],
            progress: progress(),
        };
        let verdict = word(deployment.verdict());
        assert_eq!(verdict, "failed and was rolled back: Alarm detected (alarms: errors)");
    }

    fn deployment(id: &str, task_definition: &str, state: Option<&str>) -> Deployment {
        Deployment {
            id: id.to_owned(),
            is_primary: false,
            task_definition: task_definition.to_owned(),
            rollout_state: state.map(str::to_owned),
            reason: (state == Some("FAILED")).then(|| BREAKER.to_owned()),
            progress: progress(),
        }
    }

    fn primary(id: &str, task_definition: &str, state: Option<&str>) -> Deployment {
        Deployment { is_primary: true, ..deployment(id, task_definition, state) }
    }

    fn full(deployment: Deployment) -> Deployment {
        let progress = Progress { running: 2, requested: 2, ..Progress::default() };
        Deployment { progress, ..deployment }
    }

    fn judged(deployments: Vec<Deployment>) -> String {
        word(Snapshot { is_active: true, deployments }.verdict(&expected(), false))
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
                "in progress: 1 of 2 tasks running",
            ),
            (
                "all tasks run, and ECS has not said that it is done",
                vec![full(primary("ecs-svc/2", NEW, Some("IN_PROGRESS")))],
                "in progress: 2 of 2 tasks running",
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
            (
                "under way, without a state",
                vec![primary("ecs-svc/2", NEW, None)],
                "in progress: 1 of 2 tasks running",
            ),
            (
                "two deployments, without a state",
                vec![full(primary("ecs-svc/2", NEW, None)), deployment("ecs-svc/1", OLD, None)],
                "in progress: 2 of 2 tasks running",
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
            let snapshot = Snapshot { is_active: true, deployments: vec![deployment] };
            word(snapshot.verdict(&expected, false))
        };
        assert_eq!(judged(again), "was superseded by another deployment: ");
        assert_eq!(judged(back), format!("failed and was rolled back: {reason}"));
    }

    #[test]
    fn a_reply_from_before_the_deployment_decides_nothing() {
        let deployments = vec![full(primary("ecs-svc/1", OLD, Some("COMPLETED")))];
        let stale = Snapshot { is_active: true, deployments };
        assert_eq!(word(stale.verdict(&expected(), true)), "in progress: 0 of 0 tasks running");
        assert_eq!(word(stale.verdict(&expected(), false)), "failed and was rolled back: ");
    }

    #[test]
    fn a_deleted_service_ends_its_deployment() {
        let deployments = vec![primary("ecs-svc/2", NEW, Some("COMPLETED"))];
        let gone = Snapshot { is_active: false, deployments };
        let verdict = "ended because the service was deleted: ";
        assert_eq!(word(gone.verdict(&expected(), false)), verdict);
    }
}
