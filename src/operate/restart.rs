//! New tasks of what runs already.

use super::{Awaited, Call, Change, Revision, Subject, superseded};
use crate::runtime::Service;

/// A deployment of the same: it resolves tags of images and values of secrets anew.
pub fn restart(subject: Subject, service: &Service) -> Change {
    let task_definition = service.task_definition.clone();
    Change {
        differences: vec![],
        notes: superseded(service).into_iter().collect(),
        calls: vec![Call::Update {
            id: subject.id.clone(),
            task_definition: None,
            count: None,
            forces_deployment: true,
        }],
        awaited: Awaited::Started {
            task_definition: Revision::Existing(task_definition.clone()),
            previous: task_definition,
            baking: service.baking,
        },
        subject,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{service, shown, subject};
    use super::*;

    #[test]
    fn nothing_is_sent_but_that_it_is_deployed_again() {
        insta::assert_snapshot!(shown(&restart(subject(), &service(42))), @r#"
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: None, count: None, forces_deployment: true }
        wait until the deployment of shop-prod-web succeeds
        "#);
    }
}
