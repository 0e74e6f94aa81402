//! Back to a revision that ran well.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::hold::{held, stoppable};
use super::{Awaited, Call, Change, Difference, Refusal, Revision, Subject, Wanted, superseded};
use crate::manifest::problem::closest;
use crate::rollout::UnderWay;
use crate::runtime::{
    self, Service, ServiceDeployment, StopType, TaskDefinition, revision_of, short,
};

/// A revision that one can go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// ARN.
    pub task_definition: String,
    /// When its last deployment succeeded.
    pub succeeded_at: Option<Timestamp>,
}

/// The revisions that succeeded, other than the one that runs: the last one first. `history` is newest
/// first.
pub fn candidates(
    running: &str,
    history: &[ServiceDeployment],
    revisions: &[runtime::Revision],
) -> Vec<Candidate> {
    let by_arn: BTreeMap<&str, &str> = revisions
        .iter()
        .map(|revision| (revision.arn.as_str(), revision.task_definition.as_str()))
        .collect();
    let mut candidates: Vec<Candidate> = vec![];
    for deployment in history.iter().filter(|found| found.status == "SUCCESSFUL") {
        let target = deployment.target.as_ref().and_then(|it| by_arn.get(it.revision.as_str()));
        let Some(task_definition) = target.filter(|found| **found != running) else { continue };
        if candidates.iter().all(|known| known.task_definition != *task_definition) {
            candidates.push(Candidate {
                task_definition: (*task_definition).to_owned(),
                succeeded_at: deployment.finished_at.or(deployment.created_at),
            });
        }
    }
    candidates
}

/// The ARN of the revision that `text` names: `42`, `family:42` or an ARN, of the family that runs.
pub fn target(text: &str, running: &str) -> Result<String, Refusal> {
    let Some((family, _)) = revision_of(running) else {
        return Err(Refusal::situation(format!("`{running}` is no revision")));
    };
    let prefix = running.strip_suffix(short(running)).unwrap_or_default();
    let number = match text.rsplit_once(':') {
        None => text,
        Some((named, number)) if named == family || named == format!("{prefix}{family}") => number,
        Some((named, number)) => {
            let hint = if closest(short(named), [family]).is_some() {
                format!("did you mean `{family}:{number}`?")
            } else {
                format!("the service runs {}", short(running))
            };
            let message = format!("`{text}` is no revision of {family}");
            return Err(Refusal::arguments(message).hint(hint));
        }
    };
    match number.parse::<u32>() {
        Ok(number) if number > 0 => Ok(format!("{prefix}{family}:{number}")),
        Ok(_) | Err(_) => {
            let message = format!("`{text}` is no revision");
            let hint = format!("write a number, such as in `--to 41` or `--to {family}:41`");
            Err(Refusal::arguments(message).hint(hint))
        }
    }
}

/// Runs `to` in the place of `from`.
pub fn roll_back(
    subject: Subject,
    service: &Service,
    from: &TaskDefinition,
    to: &TaskDefinition,
    succeeded_at: Option<Timestamp>,
) -> Change {
    let revision = Difference {
        field: "taskDefinition".to_owned(),
        before: short(&from.arn).to_owned(),
        after: short(&to.arn).to_owned(),
    };
    let names =
        from.images.keys().chain(to.images.keys().filter(|name| !from.images.contains_key(*name)));
    let images = names.filter_map(|name| {
        let image = |of: &TaskDefinition| of.images.get(name).cloned();
        let (before, after) = (image(from), image(to));
        let text = |image: Option<String>| image.unwrap_or_else(|| "(none)".to_owned());
        (before != after).then(|| Difference {
            field: format!("containers[{name}].image"),
            before: text(before),
            after: text(after),
        })
    });
    let note = succeeded_at
        .map(|at| format!("{} was last deployed with success at {at:.0}", short(&to.arn)));
    Change {
        differences: [revision].into_iter().chain(images).collect(),
        notes: note.into_iter().chain(superseded(service)).collect(),
        calls: vec![Call::Update {
            id: subject.id.clone(),
            task_definition: Some(Revision::Existing(to.arn.clone())),
            count: None,
            forces_deployment: false,
        }],
        awaited: Awaited::Started {
            task_definition: Revision::Existing(to.arn.clone()),
            previous: from.arn.clone(),
            baking: service.baking,
        },
        subject,
    }
}

/// Stops the deployment that is under way, so that ECS goes back by itself.
pub fn stop_and_go_back(subject: Subject, under_way: &UnderWay) -> Result<Change, Refusal> {
    let (under_way, deployment) = match stoppable(&subject, Some(under_way)) {
        Ok(found) => found,
        Err(refusal) => return Err(refusal.hint("say where to with --to REVISION")),
    };
    if under_way.is_first() {
        let name = &subject.name;
        let message =
            format!("there is nothing to go back to: {name} has never run another revision");
        let hint = format!("`ecsctl abort {name}` stops the deployment as it is");
        return Err(Refusal::situation(message).hint(hint));
    }
    let call = Call::Stop {
        service: subject.id.service.clone(),
        deployment: deployment.arn.clone(),
        how: StopType::Rollback,
    };
    if under_way.is_ending() {
        let note = "it is being ended already".to_owned();
        return Ok(held(subject, under_way, vec![note], vec![], Wanted::Back));
    }
    let previous = under_way.rollout.previous.as_ref().map(|it| short(it.text()).to_owned());
    let note = previous.map(|previous| format!("it is stopped, and ECS goes back to {previous}"));
    Ok(held(subject, under_way, note.into_iter().collect(), vec![call], Wanted::Back))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{arn, definition, service, shown, subject, under_way};
    use super::*;
    use crate::runtime::RevisionTasks;

    /// `S43 F44`: the newest one last.
    fn went_back_to(running: u32, history: &str) -> Vec<String> {
        let status = |letter| match letter {
            "S" => "SUCCESSFUL",
            "R" => "ROLLBACK_SUCCESSFUL",
            "F" => "STOPPED",
            other => panic!("{other}"),
        };
        let deployments = history.split_whitespace().rev().map(|word| {
            let (letter, number) = word.split_at(1);
            let target = RevisionTasks { revision: number.to_owned(), ..Default::default() };
            let status = status(letter).to_owned();
            ServiceDeployment { status, target: Some(target), ..Default::default() }
        });
        let revisions = (1..99).map(|number: u32| runtime::Revision {
            arn: number.to_string(),
            task_definition: arn(number),
            ..Default::default()
        });
        let (deployments, revisions): (Vec<_>, Vec<_>) =
            (deployments.collect(), revisions.collect());
        let found = candidates(&arn(running), &deployments, &revisions);
        found.iter().map(|it| short(&it.task_definition).replace("shop-prod-web:", "")).collect()
    }

    #[test]
    fn the_last_one_that_succeeded_comes_first() {
        let table: [(u32, &str, &[&str]); 8] = [
            (43, "S41 S42 S43", &["42", "41"]),
            // 42 never ran well: its number is merely the one before.
            (43, "S41 R42 S43", &["41"]),
            (44, "S42 S43 F44", &["43", "42"]),
            // It was rolled back, and 43 runs.
            (43, "S42 S43 R44", &["42"]),
            // Somebody went back to 41; going back again undoes that.
            (41, "S41 S42 S43 S41", &["43", "42"]),
            (43, "S42 S43 S43", &["42"]),
            (44, "S44 S43 F44", &["43"]),
            (1, "S1", &[]),
        ];
        for (running, history, expected) in table {
            assert_eq!(went_back_to(running, history), expected, "{running}: {history}");
        }
    }

    #[test]
    fn a_revision_is_named_in_three_ways() {
        let named = |text: &str| match target(text, &arn(42)) {
            Ok(arn) => arn,
            Err(refusal) => format!("{refusal}; {}", refusal.hint.clone().unwrap_or_default()),
        };
        for text in ["41", "shop-prod-web:41", &arn(41)] {
            assert_eq!(named(text), arn(41), "{text}");
        }
        insta::assert_snapshot!(named("shop-prod-wbe:41"), @"
        `shop-prod-wbe:41` is no revision of shop-prod-web; did you mean `shop-prod-web:41`?
        ");
        insta::assert_snapshot!(named("other:41"), @"
        `other:41` is no revision of shop-prod-web; the service runs shop-prod-web:42
        ");
        insta::assert_snapshot!(named("newest"), @"
        `newest` is no revision; write a number, such as in `--to 41` or `--to shop-prod-web:41`
        ");
        insta::assert_snapshot!(named("0"), @"
        `0` is no revision; write a number, such as in `--to 41` or `--to shop-prod-web:41`
        ");
        let elsewhere = arn(41).replace("eu-west-1", "us-east-1");
        insta::assert_snapshot!(named(&elsewhere), @"
        `arn:aws:ecs:us-east-1:444455556666:task-definition/shop-prod-web:41` is no revision of shop-prod-web; did you mean `shop-prod-web:41`?
        ");
    }

    #[test]
    fn its_plan_says_what_will_run_again() {
        let from = definition(42, &[("app", "shop:2"), ("proxy", "envoy:1")]);
        let to = definition(40, &[("app", "shop:1"), ("proxy", "envoy:1"), ("old", "old:1")]);
        let at = "2026-01-01T00:01:30Z".parse().ok();
        insta::assert_snapshot!(shown(&roll_back(subject(), &service(42), &from, &to, at)), @r#"
        taskDefinition shop-prod-web:42 -> shop-prod-web:40
        containers[app].image shop:2 -> shop:1
        containers[old].image (none) -> old:1
        note: shop-prod-web:40 was last deployed with success at 2026-01-01T00:01:30Z
        ecs:UpdateService shop-prod-web
          Update { id: ServiceId { cluster: "main", service: "shop-prod-web" }, task_definition: Some(Existing("arn:aws:ecs:eu-west-1:444455556666:task-definition/shop-prod-web:40")), count: None, forces_deployment: false }
        wait until the deployment of shop-prod-web succeeds
        "#);
    }

    #[test]
    fn a_deployment_under_way_is_stopped() {
        let going = under_way("IN_PROGRESS");
        insta::assert_snapshot!(shown(&stop_and_go_back(subject(), &going).unwrap()), @r#"
        note: the deployment of shop-prod-web:42 is under way
        note: it is stopped, and ECS goes back to shop-prod-web:41
        ecs:StopServiceDeployment shop-prod-web ROLLBACK
          Stop { service: "shop-prod-web", deployment: "arn:deployment/2", how: Rollback }
        wait until shop-prod-web is back at the revision before
        "#);
        let ending = under_way("ROLLBACK_IN_PROGRESS");
        insta::assert_snapshot!(shown(&stop_and_go_back(subject(), &ending).unwrap()), @"
        note: the deployment of shop-prod-web:42 is under way
        note: it is being ended already
        wait until shop-prod-web is back at the revision before
        ");
        let mut first = going.clone();
        first.rollout.previous = None;
        let refusal = stop_and_go_back(subject(), &first).unwrap_err();
        insta::assert_snapshot!(refusal, @"
        there is nothing to go back to: web has never run another revision
        ");
        let unnamed = UnderWay { deployment: None, ..going };
        let refusal = stop_and_go_back(subject(), &unnamed).unwrap_err();
        assert_eq!(refusal.hint.as_deref(), Some("say where to with --to REVISION"));
    }
}
