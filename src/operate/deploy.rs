//! Other images for the containers of a running service, and nothing else.

use std::collections::BTreeMap;

use super::{Awaited, Call, Change, Difference, Refusal, Revision, Subject, superseded};
use crate::manifest::problem::closest;
use crate::runtime::{Service, TaskDefinition};

/// Images as they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// By container.
    named: BTreeMap<String, String>,
    /// For the only container.
    unnamed: Option<String>,
}

impl Images {
    /// Reads `CONTAINER=REF` and `REF`.
    pub fn parse(texts: &[String]) -> Result<Self, Refusal> {
        let mut images = Self::default();
        for text in texts {
            let (container, image) = match text.split_once('=') {
                Some((container, image)) => (Some(container), image),
                None => (None, text.as_str()),
            };
            if image.is_empty() || container == Some("") || text.contains(char::is_whitespace) {
                let message = format!("`--image {text}` names no image");
                return Err(Refusal::arguments(message).hint("write --image CONTAINER=REF"));
            }
            let before = match container {
                Some(container) => images.named.insert(container.to_owned(), image.to_owned()),
                None => images.unnamed.replace(image.to_owned()),
            };
            if before.is_some() {
                let message = match container {
                    Some(container) => format!("`--image` names container `{container}` twice"),
                    None => "`--image` is given twice without a container".to_owned(),
                };
                return Err(Refusal::arguments(message).hint("write --image CONTAINER=REF"));
            }
        }
        Ok(images)
    }

    /// By container of this task.
    fn among(&self, live: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
        let names = || live.keys().map(String::as_str);
        let listed = || names().collect::<Vec<_>>().join(", ");
        let mut images = self.named.clone();
        if let Some(image) = &self.unnamed {
            let mut containers = live.keys();
            let (Some(only), None) = (containers.next(), containers.next()) else {
                let message = format!("the task has several containers: {}", listed());
                let hint = format!("say which one: --image CONTAINER={image}");
                return Err(Refusal::arguments(message).hint(hint));
            };
            images.insert(only.clone(), image.clone());
        }
        if let Some(unknown) = images.keys().find(|name| !live.contains_key(*name)) {
            let hint = match closest(unknown, names()) {
                Some(candidate) => format!("did you mean `{candidate}`?"),
                None => format!("the containers are {}", listed()),
            };
            let message = format!("the task that runs has no container `{unknown}`");
            return Err(Refusal::arguments(message).hint(hint));
        }
        Ok(images)
    }
}

/// A new revision of what runs, with these images. None when they run already, unless it `is_forced`:
/// then what runs is deployed again.
pub fn deploy(
    subject: Subject,
    service: &Service,
    live: &TaskDefinition,
    images: &Images,
    is_forced: bool,
) -> Result<Option<Change>, Refusal> {
    let mut images = images.among(&live.images)?;
    images.retain(|container, image| live.images.get(container) != Some(image));
    if images.is_empty() && !is_forced {
        return Ok(None);
    }
    let differences = images.iter().map(|(container, image)| Difference {
        field: format!("containers[{container}].image"),
        before: live.images[container].clone(),
        after: image.clone(),
    });
    let is_new = !images.is_empty();
    let task_definition =
        if is_new { Revision::Registered } else { Revision::Existing(live.arn.clone()) };
    let update = Call::Update {
        id: subject.id.clone(),
        task_definition: is_new.then(|| task_definition.clone()),
        count: None,
        forces_deployment: !is_new,
    };
    Ok(Some(Change {
        differences: differences.collect(),
        notes: superseded(service).into_iter().collect(),
        calls: is_new
            .then_some(Call::Register { base: live.arn.clone(), images })
            .into_iter()
            .chain([update])
            .collect(),
        awaited: Awaited::Started {
            task_definition,
            previous: live.arn.clone(),
            baking: service.baking,
        },
        subject,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{definition, service, shown, subject};
    use super::*;
    use crate::runtime::Deployment;

    fn planned(texts: &[&str], containers: &[(&str, &str)], is_forced: bool) -> String {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let live = definition(42, containers);
        let change = Images::parse(&texts)
            .and_then(|images| deploy(subject(), &service(42), &live, &images, is_forced));
        match change {
            Ok(Some(change)) => shown(&change),
            Ok(None) => "nothing to do".to_owned(),
            Err(refusal) => format!("{refusal}; {}", refusal.hint.clone().unwrap_or_default()),
        }
    }

    #[test]
    fn only_the_image_changes() {
        let pair = [("app", "shop:1"), ("proxy", "envoy:1")];
        insta::assert_snapshot!(planned(&["app=shop:2"], &pair, false), @r#"
        containers[app].image shop:1 -> shop:2
        ecs:RegisterTaskDefinition shop-prod-web, like shop-prod-web:42
          Register { base: "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:42", images: {"app": "shop:2"} }
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: Some(Registered), count: None, forces_deployment: false }
        wait until the deployment of shop-prod-web succeeds
        "#);
        insta::assert_snapshot!(planned(&["app=shop:1", "proxy=envoy:2"], &pair, false), @r#"
        containers[proxy].image envoy:1 -> envoy:2
        ecs:RegisterTaskDefinition shop-prod-web, like shop-prod-web:42
          Register { base: "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:42", images: {"proxy": "envoy:2"} }
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: Some(Registered), count: None, forces_deployment: false }
        wait until the deployment of shop-prod-web succeeds
        "#);
        insta::assert_snapshot!(planned(&["shop@sha256:abc"], &[("app", "shop:1")], false), @r#"
        containers[app].image shop:1 -> shop@sha256:abc
        ecs:RegisterTaskDefinition shop-prod-web, like shop-prod-web:42
          Register { base: "arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:42", images: {"app": "shop@sha256:abc"} }
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: Some(Registered), count: None, forces_deployment: false }
        wait until the deployment of shop-prod-web succeeds
        "#);
        assert_eq!(planned(&["app=shop:1"], &pair, false), "nothing to do");
        insta::assert_snapshot!(planned(&["app=shop:1"], &pair, true), @r#"
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: None, count: None, forces_deployment: true }
        wait until the deployment of shop-prod-web succeeds
        "#);
    }

    #[test]
    fn a_deployment_that_it_ends_is_named() {
        let deployment = Deployment {
            is_primary: true,
            task_definition: "arn/shop-prod-web:42".to_owned(),
            rollout_state: Some("IN_PROGRESS".to_owned()),
            ..Deployment::default()
        };
        let busy = Service { deployments: vec![deployment], ..service(42) };
        let images = Images::parse(&["shop:2".to_owned()]).unwrap();
        let live = definition(42, &[("app", "shop:1")]);
        let change = deploy(subject(), &busy, &live, &images, false).unwrap().unwrap();
        let note = "it ends the deployment of shop-prod-web:42, which is under way";
        assert_eq!(change.notes, [note]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let pair = [("app", "shop:1"), ("proxy", "envoy:1")];
        let table = [
            (
                vec!["shop:2"],
                "the task has several containers: app, proxy; say which one: --image CONTAINER=shop:2",
            ),
            (vec!["ap=shop:2"], "the task that runs has no container `ap`; did you mean `app`?"),
            (
                vec!["web=shop:2"],
                "the task that runs has no container `web`; the containers are app, proxy",
            ),
            (vec!["app="], "`--image app=` names no image; write --image CONTAINER=REF"),
            (vec!["=a"], "`--image =a` names no image; write --image CONTAINER=REF"),
            (
                vec!["app=a", "app=b"],
                "`--image` names container `app` twice; write --image CONTAINER=REF",
            ),
            (
                vec!["a", "b"],
                "`--image` is given twice without a container; write --image CONTAINER=REF",
            ),
        ];
        for (texts, refusal) in table {
            assert_eq!(planned(&texts, &pair, true), refusal, "{texts:?}");
        }
    }
}
