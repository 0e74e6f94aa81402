//! The past of a service: its deployments, what they deployed, who, and what became of them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::status::ContainerImage;
use super::table::{Cell, Table, Tone, wrapped};
use super::tasks::number;
use super::times;
use crate::rollout::Outcome;
use crate::runtime::{Definition, Revision, ServiceDeployment, short};

/// Digits of a digest that tell it from others well enough.
const SHORT: usize = 7;

/// A deployment of a service or, where none is recorded, a revision that may have been deployed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Past {
    /// The service's name in the manifests.
    pub service: String,
    /// ARN of the service deployment; none where none is recorded.
    pub deployment: Option<String>,
    /// Task definition and revision: `shop-prod-web:42`.
    pub revision: Option<String>,
    /// What its containers run.
    pub images: Vec<ContainerImage>,
    /// What became of it.
    pub outcome: Outcome,
    /// The revision that ECS went back to, if it did.
    pub rolled_back_to: Option<String>,
    /// In ECS's words.
    pub reason: Option<String>,
    /// When it began.
    #[schemars(with = "Option<String>")]
    pub began_at: Option<Timestamp>,
    /// When it ended, if it did.
    #[schemars(with = "Option<String>")]
    pub ended_at: Option<Timestamp>,
    /// When its task definition was registered.
    #[schemars(with = "Option<String>")]
    pub registered_at: Option<Timestamp>,
    /// ARN of who registered its task definition: a user or a role's session.
    pub registered_by: Option<String>,
}

/// What was read of a deployment.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub service: &'a str,
    pub deployment: &'a ServiceDeployment,
    pub outcome: Outcome,
    /// Those that deployments go to and come back to.
    pub revisions: &'a [Revision],
    pub definitions: &'a [Definition],
}

impl Past {
    pub fn of(record: Record<'_>) -> Self {
        let Record { service, deployment, outcome, revisions, definitions } = record;
        let find = |arn: &str| revisions.iter().find(|revision| revision.arn == arn);
        let revision = deployment.target.as_ref().and_then(|target| find(&target.revision));
        let definition = revision.and_then(|revision| {
            definitions.iter().find(|definition| definition.arn == revision.task_definition)
        });
        let rollback = deployment.rollback.as_ref();
        let back = rollback.and_then(|rollback| find(rollback.revision.as_deref()?));
        let reason = rollback.and_then(|rollback| rollback.reason.clone());
        Self {
            service: service.to_owned(),
            deployment: Some(deployment.arn.clone()),
            revision: revision.map(|revision| short(&revision.task_definition).to_owned()),
            images: images(revision, definition),
            outcome,
            rolled_back_to: back.map(|revision| short(&revision.task_definition).to_owned()),
            reason: reason.or_else(|| deployment.status_reason.clone()),
            began_at: deployment.created_at,
            ended_at: deployment.finished_at,
            registered_at: definition.and_then(|definition| definition.registered_at),
            registered_by: definition.and_then(|definition| definition.registered_by.clone()),
        }
    }

    /// A revision of which nobody knows what became of it.
    pub fn of_definition(service: &str, definition: &Definition) -> Self {
        Self {
            service: service.to_owned(),
            deployment: None,
            revision: Some(short(&definition.arn).to_owned()),
            images: images(None, Some(definition)),
            outcome: Outcome::NotKnown,
            rolled_back_to: None,
            reason: None,
            began_at: None,
            ended_at: None,
            registered_at: definition.registered_at,
            registered_by: definition.registered_by.clone(),
        }
    }
}

fn images(revision: Option<&Revision>, definition: Option<&Definition>) -> Vec<ContainerImage> {
    let of_revision = revision.map(|revision| &revision.images).filter(|images| !images.is_empty());
    let images = of_revision.or(definition.map(|definition| &definition.images));
    images.into_iter().flatten().map(ContainerImage::of).collect()
}

/// A row for each, newest first, then the reasons of those that did not succeed.
pub fn history(all: &[Past], now: Timestamp) -> String {
    if all.is_empty() {
        return "ECS remembers no deployment: it keeps them for 90 days.\n".to_owned();
    }
    let mut table = Table::new(&["WHEN", "REV", "OUTCOME", "TOOK", "BY", "IMAGES"]);
    for past in all {
        let when = past.began_at.or(past.registered_at);
        let took = past.began_at.zip(past.ended_at);
        table.row([
            when.map(|when| times::ago(now, when)).unwrap_or_default().into(),
            past.revision.as_deref().map_or("?", number).into(),
            outcome(past),
            took.map(|(from, to)| times::lasting(from, to)).unwrap_or_default().into(),
            past.registered_by.as_deref().map(person).unwrap_or_default().into(),
            pictures(&past.images).into(),
        ]);
    }
    let reasons: String = all.iter().filter_map(reason).collect();
    let gap = if reasons.is_empty() { "" } else { "\n" };
    format!("{}{gap}{reasons}", table.text())
}

fn outcome(past: &Past) -> Cell {
    match past.outcome {
        Outcome::InProgress => Cell::new("in progress", Tone::Warning),
        Outcome::Succeeded => Cell::new("succeeded", Tone::Good),
        Outcome::RolledBack => {
            let to = past.rolled_back_to.as_deref().map(number);
            let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
            Cell::new(format!("rolled back{to}"), Tone::Bad)
        }
        Outcome::RollbackFailed => Cell::new("rollback failed", Tone::Bad),
        Outcome::Failed => Cell::new("failed", Tone::Bad),
        Outcome::Stopped => Cell::new("stopped", Tone::Bad),
        Outcome::Superseded => Cell::new("superseded", Tone::Faint),
        Outcome::NotKnown => Cell::new("not known", Tone::Faint),
    }
}

/// The user's name, or the role and the name of its session, out of an ARN.
fn person(arn: &str) -> &str {
    arn.split_once(":assumed-role/")
        .or_else(|| arn.split_once(":user/"))
        .map_or_else(|| short(arn), |(_, name)| name)
}

/// Tag and short digest of each: `1.8.2@4f5a0c1`, with the container's name if there are several.
fn pictures(images: &[ContainerImage]) -> String {
    let picture = |image: &ContainerImage| {
        let container =
            if images.len() > 1 { format!("{} ", image.container) } else { String::new() };
        format!("{container}{}", tag_and_digest(image))
    };
    images.iter().map(picture).collect::<Vec<_>>().join(", ")
}

/// An image without a tag is told by its name.
fn tag_and_digest(image: &ContainerImage) -> String {
    let (name, written) = match image.image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image.image.as_str(), None),
    };
    let name = name.rsplit('/').next().unwrap_or_default();
    let tag = name.split_once(':').map_or(name, |(_, tag)| tag);
    let digest = image.digest.as_deref().or(written);
    let digest = digest.map(|digest| digest.trim_start_matches("sha256:"));
    let digest = digest.map(|digest| format!("@{}", digest.get(..SHORT).unwrap_or(digest)));
    format!("{tag}{}", digest.unwrap_or_default())
}

fn reason(past: &Past) -> Option<String> {
    let (revision, reason) = (past.revision.as_ref()?, past.reason.as_ref()?);
    let is_told = !matches!(past.outcome, Outcome::Succeeded | Outcome::InProgress);
    is_told.then(|| format!("{}\n", wrapped(&format!("{revision}: {reason}"), 2)))
}
