//! What a service is configured to be, read off its row: what runs is made from it.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::super::rows::Rows;
use crate::runtime::{BreakerSettings, LogSource, short};

/// Virtual second 0 of every mock account: 2026-01-01.
const START: i64 = 1_767_225_600;

/// The time at a virtual second.
pub(in crate::backend::mock) fn time(clock: u64) -> Timestamp {
    let seconds = START.saturating_add_unsigned(clock);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// A service as configured, at a moment.
#[derive(Clone, Debug)]
pub(in crate::backend::mock) struct Setting {
    /// Of its row.
    pub(in crate::backend::mock) kind: String,
    pub(in crate::backend::mock) key: String,
    pub(in crate::backend::mock) now: Timestamp,
    pub(super) clock: u64,
    pub(super) desired: u32,
    pub(super) task_definition: String,
    pub(in crate::backend::mock) containers: Vec<ContainerSetting>,
    pub(super) breaker: BreakerSettings,
    pub(super) capacity: String,
    pub(super) cpu: Option<String>,
    pub(super) memory: Option<String>,
    pub(super) enable_execute_command: bool,
    /// ARN of the first target group.
    pub(super) target_group: Option<String>,
}

/// A container of the task definition.
#[derive(Clone, Debug)]
pub(in crate::backend::mock) struct ContainerSetting {
    pub(in crate::backend::mock) name: String,
    pub(in crate::backend::mock) image: String,
    pub(in crate::backend::mock) driver: Option<String>,
    pub(in crate::backend::mock) log: Option<LogSource>,
}

impl Setting {
    pub(in crate::backend::mock) fn of(
        rows: &Rows,
        kind: &str,
        key: &str,
        clock: u64,
    ) -> Option<Self> {
        let spec = &rows.get(kind, key)?.spec;
        let task_definition = spec["taskDefinition"].as_str().unwrap_or_default().to_owned();
        let task = task_definition_of(rows, &task_definition);
        let number = |field: &str| task.and_then(|task| task[field].as_u64());
        let breaker = &spec["deployment"]["circuitBreaker"];
        let is_on = |field: &str| breaker[field].as_bool().unwrap_or(false);
        Some(Self {
            kind: kind.to_owned(),
            key: key.to_owned(),
            now: time(clock),
            clock,
            desired: desired(spec),
            containers: containers(task),
            breaker: BreakerSettings {
                is_enabled: is_on("enable"),
                rolls_back: is_on("enable") && is_on("rollback"),
            },
            capacity: capacity(spec),
            cpu: number("cpu").map(|units| units.to_string()),
            memory: number("memory").map(|size| size.to_string()),
            enable_execute_command: spec["enableExecuteCommand"].as_bool().unwrap_or(false),
            target_group: spec["loadBalancers"][0]["targetGroup"].as_str().map(str::to_owned),
            task_definition,
        })
    }

    pub(super) fn name(&self) -> &str {
        short(&self.key)
    }

    pub(super) fn cluster(&self) -> &str {
        self.key.rsplit_once('/').map_or("", |(cluster, _)| cluster)
    }

    /// The same for another task definition of the account.
    pub(super) fn with_task_definition(&self, task_definition: &str) -> Self {
        Self { task_definition: task_definition.to_owned(), ..self.clone() }
    }

    pub(super) fn after(&self, seconds: u64) -> Self {
        let clock = self.clock + seconds;
        Self { clock, now: time(clock), ..self.clone() }
    }

    /// The ARN of something that belongs to the service: `service-deployment`, `task`.
    pub(super) fn arn(&self, resource: &str, rest: &str) -> String {
        format!("{}/{rest}", self.cluster().replacen(":cluster/", &format!(":{resource}/"), 1))
    }
}

/// The count of a daemon is that of the instances, which a mock account does not know: one.
pub(in crate::backend::mock) fn desired(spec: &Json) -> u32 {
    spec["desiredCount"].as_u64().map_or(1, |count| u32::try_from(count).unwrap_or(u32::MAX))
}

pub(in crate::backend::mock) fn capacity(spec: &Json) -> String {
    let items = spec["capacityProviderStrategy"].as_array().map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        return spec["launchType"].as_str().unwrap_or_default().to_owned();
    }
    let item = |item: &Json| {
        format!("{} {}", item["provider"].as_str().unwrap_or_default(), item["weight"])
    };
    items.iter().map(item).collect::<Vec<_>>().join(" + ")
}

/// The spec of the revision with this ARN, if it is the one that the account has.
pub(in crate::backend::mock) fn task_definition_of<'a>(
    rows: &'a Rows,
    arn: &str,
) -> Option<&'a Json> {
    let mut rows = rows.of_kind("task-definition");
    rows.find(|(_, row)| row.outputs.get("arn").is_some_and(|found| found == arn))
        .map(|(_, row)| &row.spec)
}

pub(in crate::backend::mock) fn containers(task: Option<&Json>) -> Vec<ContainerSetting> {
    let containers = task.and_then(|task| task["containers"].as_object()).into_iter().flatten();
    let container = |(name, spec): (&String, &Json)| ContainerSetting {
        name: name.clone(),
        image: spec["image"].as_str().unwrap_or_default().to_owned(),
        driver: spec["logging"]["driver"].as_str().map(str::to_owned),
        log: log_source(name, &spec["logging"]),
    };
    containers.map(container).collect()
}

fn log_source(container: &str, logging: &Json) -> Option<LogSource> {
    Some(LogSource {
        container: container.to_owned(),
        group: logging["group"].as_str()?.to_owned(),
        prefix: logging["options"]["awslogs-stream-prefix"].as_str()?.to_owned(),
    })
}
