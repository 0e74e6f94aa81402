//! A service to operate on.

use super::{Change, Subject};
use crate::rollout::{Rollout, UnderWay};
use crate::runtime::{Service, ServiceDeployment, ServiceId, TaskDefinition};

pub(super) fn arn(revision: u32) -> String {
    format!("arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:{revision}")
}

pub(super) fn subject() -> Subject {
    let id = ServiceId { cluster: "main".to_owned(), service: "shop-prod-web".to_owned() };
    Subject { name: "web".to_owned(), id }
}

pub(super) fn service(revision: u32) -> Service {
    Service {
        name: "shop-prod-web".to_owned(),
        task_definition: arn(revision),
        desired: 2,
        scheduling: "REPLICA".to_owned(),
        ..Service::default()
    }
}

pub(super) fn definition(revision: u32, images: &[(&str, &str)]) -> TaskDefinition {
    let images = images.iter().map(|(name, image)| ((*name).to_owned(), (*image).to_owned()));
    TaskDefinition { arn: arn(revision), is_active: true, images: images.collect() }
}

/// Revision 42 in the place of 41.
pub(super) fn under_way(status: &str) -> UnderWay {
    let deployment = ServiceDeployment {
        arn: "arn:deployment/2".to_owned(),
        status: status.to_owned(),
        ..ServiceDeployment::default()
    };
    let rollout = Rollout {
        cluster: "main".into(),
        service: "shop-prod-web".to_owned(),
        deployment: "ecs-svc/2".into(),
        task_definition: arn(42).into(),
        baking: 0,
        previous: Some(arn(41).into()),
    };
    UnderWay { rollout, deployment: Some(deployment) }
}

/// A change as lines.
pub(super) fn shown(change: &Change) -> String {
    let differences = change
        .differences
        .iter()
        .map(|field| format!("{} {} -> {}", field.field, field.before, field.after));
    let notes = change.notes.iter().map(|note| format!("note: {note}"));
    let calls = change.calls.iter().map(|call| format!("{call}\n  {call:?}"));
    let lines = differences.chain(notes).chain(calls).chain([change.wait()]);
    lines.collect::<Vec<_>>().join("\n")
}
