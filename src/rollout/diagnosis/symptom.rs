//! One thing of the evidence that may be wrong: a task that stopped, an alarm, a target, an event.

use std::collections::BTreeMap;
use std::fmt;

use super::blame::blamed;
use crate::rollout::failure::Evidence;
use crate::runtime::{Container, Event, TargetHealth, Task};

/// How much a kind of symptom says: the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Task,
    Alarm,
    Target,
    Event,
}

#[derive(Clone, Debug)]
pub(super) struct Symptom<'a> {
    pub(super) rank: Rank,
    pub(super) evidence: &'a Evidence,
    pub(super) task: Option<&'a Task>,
    pub(super) event: Option<&'a Event>,
    pub(super) is_alarm: bool,
    pub(super) health: Option<Health>,
    /// AWS's words as they are.
    pub(super) text: String,
    /// The same in lowercase.
    pub(super) words: String,
    pub(super) container: Option<&'a Container>,
}

/// Why a load balancer finds a target unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// No answer in time.
    Timeout,
    /// Another status code than is expected.
    Code,
    /// The connection was refused, or closed without an answer.
    Refused,
    /// Not known.
    Failed,
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => " with `Target.Timeout`",
            Self::Code => " with `Target.ResponseCodeMismatch`",
            Self::Refused => " with `Target.FailedHealthChecks`",
            Self::Failed => " of a load balancer",
        })
    }
}

impl Health {
    /// By the reason code of a target.
    fn of_target(target: &TargetHealth) -> Option<Self> {
        match target.reason.as_deref()? {
            "Target.Timeout" => Some(Self::Timeout),
            "Target.ResponseCodeMismatch" => Some(Self::Code),
            "Target.FailedHealthChecks" => Some(Self::Refused),
            _ => None,
        }
    }

    /// By an event: `(port 8080) is unhealthy in (target-group …) due to (reason Request timed out)`.
    fn of_event(words: &str) -> Option<Self> {
        let is_about_health = ["is unhealthy in", "failed elb health checks"];
        if !is_about_health.iter().any(|about| words.contains(about)) {
            return None;
        }
        Some(match words {
            _ if words.contains("request timed out") => Self::Timeout,
            _ if words.contains("with these codes") => Self::Code,
            _ if words.contains("reason health checks failed") => Self::Refused,
            _ => Self::Failed,
        })
    }
}

impl<'a> Symptom<'a> {
    fn new(rank: Rank, evidence: &'a Evidence, text: String) -> Self {
        let words = text.to_lowercase();
        Self {
            rank,
            evidence,
            task: None,
            event: None,
            is_alarm: false,
            health: None,
            text,
            words,
            container: None,
        }
    }

    fn of_task(evidence: &'a Evidence, task: &'a Task) -> Self {
        let reasons = task.containers.iter().filter_map(|container| container.reason.as_deref());
        let texts: Vec<&str> = task.stopped_reason.as_deref().into_iter().chain(reasons).collect();
        let symptom = Self::new(Rank::Task, evidence, texts.join("\n"));
        let is_unhealthy = symptom.words.contains("failed elb health checks");
        let health = is_unhealthy.then(|| health_of(evidence));
        Self { task: Some(task), container: blamed(task), health, ..symptom }
    }

    fn of_event(evidence: &'a Evidence, event: &'a Event) -> Self {
        let symptom = Self::new(Rank::Event, evidence, event.message.clone());
        let health = Health::of_event(&symptom.words);
        Self { event: Some(event), health, ..symptom }
    }

    fn of_target(evidence: &'a Evidence, target: &'a TargetHealth) -> Option<Self> {
        let health = Health::of_target(target)?;
        let text = target.description.clone().unwrap_or_default();
        Some(Self { health: Some(health), ..Self::new(Rank::Target, evidence, text) })
    }

    fn of_alarms(evidence: &'a Evidence) -> Option<Self> {
        let is_alarm = !evidence.alarms.is_empty();
        let symptom = Self::new(Rank::Alarm, evidence, String::new());
        is_alarm.then_some(Self { is_alarm, ..symptom })
    }

    pub(super) fn exit_code(&self) -> Option<i32> {
        self.container?.exit_code
    }

    pub(super) fn image(&self) -> Option<&'a str> {
        let container = self.container?;
        (!container.image.is_empty()).then_some(container.image.as_str())
    }

    pub(super) fn is_on_fargate(&self) -> bool {
        let of_task = self.task.map(|task| task.capacity.as_str());
        let capacity = of_task.filter(|capacity| !capacity.is_empty());
        capacity.unwrap_or(&self.evidence.capacity).contains("FARGATE")
    }

    /// Whether the last lines of its container, or of the same one of a task like it, have this word.
    pub(super) fn wrote(&self, word: &str) -> bool {
        let Some(container) =
            self.container.filter(|it| it.exit_code.is_some_and(|code| code != 0))
        else {
            return false;
        };
        let own = self.evidence.logs.iter().filter(|line| line.container() == container.name);
        own.map(|line| line.message.to_lowercase()).any(|line| line.contains(word))
    }
}

/// All symptoms, by rank and the newest first.
pub(super) fn of(evidence: &Evidence) -> Vec<Symptom<'_>> {
    let tasks = evidence.tasks.iter().map(|task| Symptom::of_task(evidence, task));
    let targets = evidence.targets.iter().filter_map(|target| Symptom::of_target(evidence, target));
    let events = evidence.events.iter().map(|event| Symptom::of_event(evidence, event));
    tasks.chain(Symptom::of_alarms(evidence)).chain(targets).chain(events).collect()
}

/// How the health checks of the targets fail, or what the newest event says of it.
fn health_of(evidence: &Evidence) -> Health {
    let mut counts: BTreeMap<Health, usize> = BTreeMap::new();
    for health in evidence.targets.iter().filter_map(Health::of_target) {
        *counts.entry(health).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(health, _)| health);
    let told = || {
        let events = evidence.events.iter();
        let mut told = events.filter_map(|event| Health::of_event(&event.message.to_lowercase()));
        told.find(|health| *health != Health::Failed)
    };
    most.or_else(told).unwrap_or(Health::Failed)
}
