//! How the newest deployment of a service stands, for who looks later than it began.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::verdict::primary;
use crate::runtime::{Deployment, Service, ServiceDeployment};

/// Between a deployment and the event that announces it, which are written as one.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(10);

/// How a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    Succeeded,
    InProgress,
    /// A hook waits for a person's decision.
    Paused,
    /// It failed, and ECS is going back to the revision before.
    RollingBack,
    /// It failed, and the revision before runs again.
    RolledBack,
    /// It failed, and so did its rollback.
    RollbackFailed,
    /// It failed, and ECS left things as they are.
    Failed,
    /// Somebody ended it.
    Stopped,
}

impl Standing {
    /// `service` is one that has a deployment; `newest` is its newest service deployment, if that could
    /// be read.
    pub fn of(service: &Service, newest: Option<&ServiceDeployment>) -> Option<Self> {
        let primary = primary(service)?;
        let newest = newest.filter(|newest| is_about(newest, primary));
        Some(match newest.map(|newest| (newest.status.as_str(), newest)) {
            Some(("SUCCESSFUL", _)) => Self::Succeeded,
            Some(("ROLLBACK_SUCCESSFUL", _)) => Self::RolledBack,
            Some(("ROLLBACK_FAILED", _)) => Self::RollbackFailed,
            Some(("ROLLBACK_REQUESTED" | "ROLLBACK_IN_PROGRESS", _)) => Self::RollingBack,
            // What becomes of one that failed without a rollback, too.
            Some(("STOPPED", _)) if !has_failed(primary) => Self::Stopped,
            Some(("PENDING" | "IN_PROGRESS", newest)) if newest.pause.is_some() => Self::Paused,
            Some(("STOPPED", _)) | None => Self::by_service(service, primary),
            // Under way, or newer than this.
            Some(_) => Self::InProgress,
        })
    }

    fn by_service(service: &Service, primary: &Deployment) -> Self {
        let is_rollback = is_rollback(service, primary);
        match primary.rollout_state.as_deref() {
            Some("COMPLETED") if is_rollback => Self::RolledBack,
            Some("FAILED") if is_rollback => Self::RollbackFailed,
            Some("COMPLETED") => Self::Succeeded,
            Some("FAILED") => Self::Failed,
            None if service.deployments.len() == 1 && primary.running == primary.desired => {
                Self::Succeeded
            }
            Some(_) | None if is_rollback => Self::RollingBack,
            Some(_) | None => Self::InProgress,
        }
    }

    /// Whether nothing more happens by itself.
    pub fn is_over(self) -> bool {
        match self {
            Self::InProgress | Self::Paused | Self::RollingBack => false,
            Self::Succeeded
            | Self::RolledBack
            | Self::RollbackFailed
            | Self::Failed
            | Self::Stopped => true,
        }
    }
}

/// Since when it stands as it does: its end, or its beginning while it is under way.
pub fn since(
    standing: Standing,
    service: &Service,
    newest: Option<&ServiceDeployment>,
) -> Option<Timestamp> {
    let primary = primary(service)?;
    let newest = newest.filter(|newest| is_about(newest, primary));
    let begun = newest.and_then(|newest| newest.created_at).or(primary.created_at);
    if !standing.is_over() {
        return begun;
    }
    newest.and_then(|newest| newest.finished_at).or(primary.updated_at).or(begun)
}

/// A service deployment that had ended when the primary deployment began is not the newest: that one
/// is not in the list, or not yet.
pub fn is_about(newest: &ServiceDeployment, primary: &Deployment) -> bool {
    newest.finished_at.is_none_or(|end| primary.created_at < Some(end))
}

fn has_failed(deployment: &Deployment) -> bool {
    deployment.rollout_state.as_deref() == Some("FAILED")
}

/// Once a rollback is completed, its reason only says so: then the service's events tell.
fn is_rollback(service: &Service, primary: &Deployment) -> bool {
    let is_told = primary.reason.as_ref().is_some_and(|reason| reason.contains("rolling back"));
    let began = primary.created_at.map(|began| began - SAME_TIME);
    let mut since = service.events.iter().filter(|event| Some(event.at) >= began);
    is_told || since.any(|event| event.message.contains("rolling back to"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{Event, Pause};

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(1_767_225_600 + second).ok()
    }

    /// With one deployment that began at second 100.
    fn service(state: Option<&str>) -> Service {
        let deployment = Deployment {
            is_primary: true,
            rollout_state: state.map(str::to_owned),
            created_at: at(100),
            desired: 2,
            running: 2,
            ..Deployment::default()
        };
        Service { deployments: vec![deployment], ..Service::default() }
    }

    fn newest(status: &str, end: Option<i64>) -> ServiceDeployment {
        let finished_at = end.and_then(at);
        let status = status.to_owned();
        ServiceDeployment { status, created_at: at(100), finished_at, ..Default::default() }
    }

    #[test]
    fn a_service_deployment_says_how_it_stands() {
        let table = [
            ("PENDING", Standing::InProgress),
            ("IN_PROGRESS", Standing::InProgress),
            ("LATER_THAN_US", Standing::InProgress),
            ("SUCCESSFUL", Standing::Succeeded),
            ("STOPPED", Standing::Stopped),
            ("ROLLBACK_REQUESTED", Standing::RollingBack),
            ("ROLLBACK_IN_PROGRESS", Standing::RollingBack),
            ("ROLLBACK_SUCCESSFUL", Standing::RolledBack),
            ("ROLLBACK_FAILED", Standing::RollbackFailed),
        ];
        for (status, standing) in table {
            let newest = newest(status, None);
            let service = service(Some("IN_PROGRESS"));
            assert_eq!(Standing::of(&service, Some(&newest)), Some(standing), "{status}");
        }
        let failed = service(Some("FAILED"));
        let stopped = newest("STOPPED", Some(150));
        assert_eq!(Standing::of(&failed, Some(&stopped)), Some(Standing::Failed));
        let paused =
            ServiceDeployment { pause: Some(Pause::default()), ..newest("IN_PROGRESS", None) };
        let waiting = service(Some("IN_PROGRESS"));
        assert_eq!(Standing::of(&waiting, Some(&paused)), Some(Standing::Paused));
    }

    #[test]
    fn one_that_had_ended_before_says_nothing_of_what_came_after() {
        let service = service(Some("IN_PROGRESS"));
        let before = newest("SUCCESSFUL", Some(90));
        assert_eq!(Standing::of(&service, Some(&before)), Some(Standing::InProgress));
        assert_eq!(since(Standing::InProgress, &service, Some(&before)), at(100));
    }

    #[test]
    fn without_service_deployments_the_service_tells() {
        let table = [
            (Some("COMPLETED"), Standing::Succeeded, Standing::RolledBack),
            (Some("IN_PROGRESS"), Standing::InProgress, Standing::RollingBack),
            (Some("FAILED"), Standing::Failed, Standing::RollbackFailed),
            (None, Standing::Succeeded, Standing::Succeeded),
        ];
        for (state, forward, back) in table {
            let mut service = service(state);
            let event = |second, message: &str| Event {
                id: String::new(),
                at: at(second).unwrap(),
                message: message.to_owned(),
            };
            let old = event(50, "(service web) rolling back to deployment ecs-svc/0.");
            service.events = vec![event(120, "(service web) has started 2 tasks."), old];
            assert_eq!(Standing::of(&service, None), Some(forward), "{state:?}");
            service.events[0] = event(99, "(service web) rolling back to deployment ecs-svc/1.");
            assert_eq!(Standing::of(&service, None), Some(back), "{state:?}");
        }
        assert_eq!(Standing::of(&Service::default(), None), None);
    }
}
