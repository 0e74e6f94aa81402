//! Task definitions: immutable revisions of what the tasks of a service or job are.

#[cfg(test)]
mod bodies;
mod desired;
mod environment;
mod examples;
mod observe;
mod perform;
mod read;
mod read_linux;
mod request;
mod revise;
mod spec;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::documents::Kind as DocumentKind;
use crate::model::stack::Stack;

pub use environment::Environment;
pub(in crate::kinds) use observe::newest_arn;
pub use revise::revise;
pub use spec::{
    Capabilities, Container, Device, DockerVolume, EfsVolume, FsxWindowsVolume, HealthCheck,
    HostVolume, LinuxParameters, Logging, Mount, Port, RestartPolicy, RuntimePlatform,
    TaskDefinitionSpec, Tmpfs, Ulimit, Volume, VolumesFrom,
};

#[derive(Debug)]
pub struct TaskDefinition;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Register {
        spec: Box<TaskDefinitionSpec>,
    },
    Tag {
        arn: String,
        spec: Box<TaskDefinitionSpec>,
        tags: Tags,
    },
    Untag {
        arn: String,
        spec: Box<TaskDefinitionSpec>,
        keys: Vec<String>,
    },
    /// Every active revision: only inactive ones can be deleted.
    Deregister {
        family: String,
    },
    Delete {
        family: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register { spec } => write!(f, "ecs:RegisterTaskDefinition {}", spec.family),
            Self::Tag { spec, .. } => write!(f, "ecs:TagResource {}", spec.family),
            Self::Untag { spec, .. } => write!(f, "ecs:UntagResource {}", spec.family),
            Self::Deregister { family } => write!(f, "ecs:DeregisterTaskDefinition {family}"),
            Self::Delete { family } => write!(f, "ecs:DeleteTaskDefinitions {family}"),
        }
    }
}

impl Kind for TaskDefinition {
    const NAME: &'static str = "task-definition";
    const DEEP_FIELDS: &'static [&'static str] = &[
        "cpu",
        "memory",
        "networkMode",
        "requiresCompatibilities",
        "runtimePlatform",
        "pidMode",
        "ipcMode",
        "placementConstraints",
        "enableFaultInjection",
        "ephemeralStorage",
        "taskRole",
        "executionRole",
        "containers",
        "volumes",
    ];
    const REVISES: bool = true;
    const DELETED_IN_USE: bool = true;

    type Spec = TaskDefinitionSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<TaskDefinitionSpec>> {
        let rows = stack.workloads().map(|workload| {
            let origin = Origin::of_workload(stack, workload);
            let source = desired::Source { stack, facts, workload };
            if workload.kind == DocumentKind::Job {
                let tags = origin.main_tags(Self::NAME, workload.name);
                return origin.main(workload.name, source.spec(tags));
            }
            let tags = origin.tags(Self::NAME, workload.name);
            origin.part(workload.name, source.spec(tags))
        });
        rows.collect()
    }

    fn key(spec: &TaskDefinitionSpec) -> String {
        spec.family.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[TaskDefinitionSpec],
    ) -> Result<Vec<Live<TaskDefinitionSpec>>, AwsError> {
        let services = survey.rows("service").await?;
        observe::rows(survey, wanted, &services).await
    }

    async fn deepen(
        survey: &Survey<'_>,
        wanted: &[TaskDefinitionSpec],
        rows: Vec<Live<TaskDefinitionSpec>>,
    ) -> Result<Vec<Live<TaskDefinitionSpec>>, AwsError> {
        observe::deepen(survey.aws, wanted, rows).await
    }

    fn lower(change: &Change<'_, TaskDefinitionSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => vec![Call::Register { spec: Box::new((*spec).clone()) }],
            Change::Update { spec, live, fields, .. } => {
                if fields.iter().all(|change| change.field() == "tags") {
                    tag_calls(spec, live)
                } else {
                    vec![Call::Register { spec: Box::new((*spec).clone()) }]
                }
            }
            Change::Delete { live, .. } => {
                let family = live.spec.family.clone();
                vec![Call::Deregister { family: family.clone() }, Call::Delete { family }]
            }
        }
    }

    fn effect(call: &Call) -> Effect<TaskDefinitionSpec> {
        match call {
            Call::Register { spec } => Effect::Revise((**spec).clone()),
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::Deregister { .. } => Effect::Wait(0),
            Call::Delete { family } => Effect::Delete(family.clone()),
        }
    }

    fn outputs(spec: &TaskDefinitionSpec, assigned: &Assigned<'_>) -> Outputs {
        let revision = assigned.generation;
        let resource = format!("task-definition/{}:{revision}", spec.family);
        outputs(assigned.arn("ecs", &resource), revision)
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        perform::perform(aws, call).await
    }

    fn examples() -> Vec<TaskDefinitionSpec> {
        examples::all()
    }
}

fn tag_calls(spec: &TaskDefinitionSpec, live: &Live<TaskDefinitionSpec>) -> Vec<Call> {
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    let arn = live.outputs.get("arn").cloned().unwrap_or_default();
    let spec = Box::new(spec.clone());
    tags.calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    )
    .collect()
}

fn outputs(arn: String, revision: u64) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("revision".to_owned(), revision.to_string())])
}
