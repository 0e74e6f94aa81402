//! All services in a table, and what a person should know of each.

use jiff::Timestamp;

use super::status::{AlarmRole, AlarmStatus, ServiceStatus};
use super::table::{Cell, Table, Tone, toned, wrapped};
use super::times;
use crate::rollout::Standing;

const HEAD: [&str; 7] = ["SERVICE", "TASKS", "REV", "DEPLOYMENT", "SCALING", "ALARMS", "IMAGE"];

/// A row for each service, then the sentences of those that need attention.
pub fn overview(services: &[ServiceStatus], now: Timestamp) -> String {
    if services.is_empty() {
        return "The manifests have no services.\n".to_owned();
    }
    let mut table = Table::new(&HEAD);
    for service in services {
        table.row(row(service, now));
    }
    let notes: String = services.iter().map(notes).collect();
    let gap = if notes.is_empty() { "" } else { "\n" };
    format!("{}{gap}{notes}", table.text())
}

/// What is told of a change where nothing can be drawn again: when, and how the service stands now.
pub fn changes(service: &ServiceStatus, now: Timestamp) -> String {
    let ServiceStatus { service: name, running, desired, revision, .. } = service;
    let moment = times::moment(now);
    let said = match (service.is_deployed, &service.attention[..]) {
        (false, _) => "is not deployed".to_owned(),
        (true, []) => {
            let revision = revision.as_deref().unwrap_or_default();
            format!("is well: {running} of {desired} tasks run {revision}")
        }
        (true, attention) => attention.join("; "),
    };
    format!("{moment}  {name}  {said}\n")
}

fn row(service: &ServiceStatus, now: Timestamp) -> [Cell; 7] {
    if !service.is_deployed {
        let not = Cell::new("not deployed", Tone::Warning);
        let empty = || Cell::from("");
        return [service.service.as_str().into(), empty(), empty(), not, empty(), empty(), empty()];
    }
    let tasks = format!("{}/{}", service.running, service.desired);
    let is_short = service.running < service.desired;
    let scaling =
        service.scaling.as_ref().map(|scaling| format!("{}–{}", scaling.min, scaling.max));
    [
        service.service.as_str().into(),
        Cell::new(tasks, if is_short { Tone::Warning } else { Tone::Plain }),
        revision(service).into(),
        deployment(service, now),
        scaling.unwrap_or_default().into(),
        alarms(&service.alarms),
        images(service).into(),
    ]
}

/// The number alone where the family has the service's name, as it has unless somebody deployed
/// another one.
fn revision(service: &ServiceStatus) -> &str {
    let revision = service.revision.as_deref().unwrap_or_default();
    let number = revision.strip_prefix(service.aws_name.as_str());
    number.and_then(|number| number.strip_prefix(':')).unwrap_or(revision)
}

fn deployment(service: &ServiceStatus, now: Timestamp) -> Cell {
    let Some(deployment) = &service.deployment else { return "".into() };
    let (words, tone) = standing(deployment.standing);
    let since = match deployment.since {
        Some(since) if deployment.standing.is_over() => format!(" {}", times::ago(now, since)),
        Some(since) => format!(" for {}", times::age(now, since)),
        None => String::new(),
    };
    Cell::new(format!("{words}{since}"), tone)
}

pub(super) fn standing(standing: Standing) -> (&'static str, Tone) {
    match standing {
        Standing::Succeeded => ("succeeded", Tone::Good),
        Standing::InProgress => ("in progress", Tone::Warning),
        Standing::Paused => ("paused", Tone::Warning),
        Standing::RollingBack => ("rolling back", Tone::Bad),
        Standing::RolledBack => ("rolled back", Tone::Bad),
        Standing::RollbackFailed => ("rollback failed", Tone::Bad),
        Standing::Failed => ("failed", Tone::Bad),
        Standing::Stopped => ("stopped", Tone::Bad),
    }
}

fn alarms(alarms: &[AlarmStatus]) -> Cell {
    let all = alarms.iter().filter(|alarm| alarm.role == AlarmRole::Deployment);
    let all: Vec<Option<&str>> = all.map(|alarm| alarm.state.as_deref()).collect();
    let is_on = all.iter().filter(|state| **state == Some("ALARM")).count();
    let is_known = all.iter().all(|state| *state == Some("OK"));
    match (all.len(), is_on) {
        (0, _) => "".into(),
        (_, 0) if is_known => Cell::new("ok", Tone::Good),
        (_, 0) => Cell::new("no data", Tone::Warning),
        (all, is_on) => Cell::new(format!("{is_on} of {all} on"), Tone::Bad),
    }
}

/// Without the registry, which is the same for all.
fn images(service: &ServiceStatus) -> String {
    let names = service.images.iter().map(|image| {
        let image = image.image.rsplit('/').next().unwrap_or_default();
        // A digest says nothing that fits here.
        image.split_once('@').map_or(image, |(name, _)| name)
    });
    names.collect::<Vec<_>>().join(", ")
}

fn notes(service: &ServiceStatus) -> String {
    let mark = toned("!", if service.is_deployed { Tone::Bad } else { Tone::Warning });
    let note = |said: &String| {
        let text = format!("{} {said}", separated(&service.service, said));
        format!("{mark} {}\n", wrapped(&text, 2))
    };
    service.attention.iter().map(note).collect()
}

/// `web is not deployed`, but `web: 1 of 3 tasks run`
fn separated(service: &str, said: &str) -> String {
    if said.starts_with("is ") { service.to_owned() } else { format!("{service}:") }
}
