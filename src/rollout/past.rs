//! What became of the deployments of a service.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Serialize;

use super::verdict::primary;
use crate::runtime::{Service, ServiceDeployment};

/// A service deployment stops so soon after the one that takes its place began.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(10);

/// How a deployment ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    InProgress,
    Succeeded,
    /// It failed, and ECS went back to another revision.
    RolledBack,
    /// It failed, and so did its rollback.
    RollbackFailed,
    /// It failed, and ECS left things as they were.
    Failed,
    /// Somebody ended it.
    Stopped,
    /// Another deployment took its place before it had ended.
    Superseded,
    /// Nobody recorded it.
    NotKnown,
}

/// What became of service deployments, which come newest first.
pub fn outcomes(newest_first: &[ServiceDeployment], service: &Service) -> Vec<Outcome> {
    let newer = newest_first.iter().map(Some);
    let newer = std::iter::once(None).chain(newer);
    newest_first.iter().zip(newer).map(|(it, newer)| outcome(it, newer, service)).collect()
}

fn outcome(
    it: &ServiceDeployment,
    newer: Option<&ServiceDeployment>,
    service: &Service,
) -> Outcome {
    match it.status.as_str() {
        "SUCCESSFUL" => Outcome::Succeeded,
        "ROLLBACK_SUCCESSFUL" => Outcome::RolledBack,
        "ROLLBACK_FAILED" => Outcome::RollbackFailed,
        "STOPPED" => why_stopped(it, newer, service),
        // Under way, or newer than this.
        _ => Outcome::InProgress,
    }
}

/// ECS stops those that fail without a rollback, those that another one takes the place of, and those
/// that somebody ended.
fn why_stopped(
    it: &ServiceDeployment,
    newer: Option<&ServiceDeployment>,
    service: &Service,
) -> Outcome {
    let reason = it.status_reason.as_deref().unwrap_or_default().to_lowercase();
    let primary = primary(service);
    let next = newer.map_or_else(
        || {
            primary
                .and_then(|primary| primary.created_at.filter(|began| Some(*began) > it.created_at))
        },
        |newer| newer.created_at,
    );
    let has_failed = newer.is_none()
        && primary.is_some_and(|primary| primary.rollout_state.as_deref() == Some("FAILED"));
    let end = it.finished_at.map(|end| end + SAME_TIME);
    if reason.contains("supersed") {
        Outcome::Superseded
    } else if has_failed || reason.contains("failed") || reason.contains("circuit breaker") {
        Outcome::Failed
    } else if next.is_some_and(|next| Some(next) <= end) {
        Outcome::Superseded
    } else {
        Outcome::Stopped
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::runtime::Deployment;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(1_767_225_600 + second).ok()
    }

    fn deployment(status: &str, from: i64, to: i64, reason: &str) -> ServiceDeployment {
        ServiceDeployment {
            status: status.to_owned(),
            status_reason: Some(reason.to_owned()),
            created_at: at(from),
            finished_at: at(to),
            ..ServiceDeployment::default()
        }
    }

    fn service(state: &str, began: i64) -> Service {
        let deployment = Deployment {
            is_primary: true,
            created_at: at(began),
            rollout_state: Some(state.to_owned()),
            ..Deployment::default()
        };
        Service { deployments: vec![deployment], ..Service::default() }
    }

    #[test]
    fn each_deployment_has_its_outcome() {
        let all = [
            deployment("IN_PROGRESS", 900, 0, ""),
            deployment("STOPPED", 850, 899, ""),
            deployment("STOPPED", 700, 800, ""),
            deployment("STOPPED", 600, 650, "ECS deployment circuit breaker: tasks failed."),
            deployment("ROLLBACK_FAILED", 500, 550, ""),
            deployment("ROLLBACK_SUCCESSFUL", 400, 450, ""),
            deployment("SUCCESSFUL", 300, 350, ""),
            deployment("STOPPED", 100, 150, "Superseded by another service deployment."),
        ];
        assert_eq!(
            outcomes(&all, &service("IN_PROGRESS", 900)),
            [
                Outcome::InProgress,
                Outcome::Superseded,
                Outcome::Stopped,
                Outcome::Failed,
                Outcome::RollbackFailed,
                Outcome::RolledBack,
                Outcome::Succeeded,
                Outcome::Superseded,
            ]
        );
    }

    #[test]
    fn of_the_newest_the_service_knows_more() {
        let stopped = [deployment("STOPPED", 100, 150, "")];
        assert_eq!(outcomes(&stopped, &service("FAILED", 100)), [Outcome::Failed]);
        assert_eq!(outcomes(&stopped, &service("IN_PROGRESS", 150)), [Outcome::Superseded]);
        assert_eq!(outcomes(&stopped, &service("IN_PROGRESS", 100)), [Outcome::Stopped]);
        assert_eq!(outcomes(&stopped, &service("COMPLETED", 500)), [Outcome::Stopped]);
    }
}
