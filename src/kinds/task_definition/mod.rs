//! Task definitions: immutable revisions of what a service's tasks are.

mod desired;
mod environment;
mod observe;
mod perform;
mod read;
mod request;
mod spec;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
    TagsChange,
};
use crate::model::stack::Stack;

pub use environment::Environment;
pub(in crate::kinds) use observe::newest_arn;
pub use spec::{
    Container, EfsVolume, HealthCheck, Logging, Mount, Port, RuntimePlatform, TaskDefinitionSpec,
    Ulimit, Volume,
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
        let rows = stack.services.values().map(|service| {
            let origin = Origin::of(stack, "service", service);
            let tags = origin.tags(Self::NAME, &service.name);
            let source = desired::Source { stack, facts, service };
            origin.part(&service.name, source.spec(tags))
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
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => {
                Effect::update(spec, &["tags"])
            }
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
        let full = full_example();
        let bare = TaskDefinitionSpec {
            ephemeral_storage: None,
            task_role: None,
            containers: BTreeMap::from([("app".to_owned(), bare_container())]),
            volumes: BTreeMap::new(),
            tags: Tags::from([("owner".to_owned(), "web".into())]),
            ..full.clone()
        };
        vec![full, bare]
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

fn bare_container() -> Container {
    Container {
        image: "shop-web:1".to_owned(),
        essential: true,
        cpu: 0,
        memory: None,
        memory_reservation: None,
        command: vec![],
        entry_point: vec![],
        working_directory: None,
        user: None,
        ports: BTreeMap::new(),
        environment: Environment::default(),
        secrets: BTreeMap::new(),
        environment_files: vec![],
        health_check: None,
        depends_on: BTreeMap::new(),
        mounts: BTreeMap::new(),
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::new(),
        init_process_enabled: false,
        repository_credentials: None,
        logging: None,
    }
}

fn full_container() -> Container {
    let ssm = "/shop/prod/password".to_owned();
    Container {
        cpu: 128,
        memory: Some(512),
        memory_reservation: Some(256),
        command: vec!["serve".to_owned(), "--port=8080".to_owned()],
        entry_point: vec!["/bin/shop".to_owned()],
        working_directory: Some("/srv".to_owned()),
        user: Some("1000:1000".to_owned()),
        ports: named(
            "8080/tcp",
            Port { name: Some("http".to_owned()), app_protocol: Some("http2".to_owned()) },
        ),
        environment: Environment::from([("LOG_LEVEL", "info"), ("API_TOKEN", "abc")]),
        secrets: named("DB_PASSWORD", ssm.clone()),
        environment_files: vec!["arn:aws:s3:::shop/web.env".to_owned()],
        health_check: Some(HealthCheck {
            command: vec!["CMD-SHELL".to_owned(), "curl -f localhost:8080".to_owned()],
            interval: 10,
            timeout: 4,
            retries: 2,
            start_period: 15,
        }),
        depends_on: named("init", "SUCCESS".to_owned()),
        mounts: named("/data", Mount { volume: "uploads".to_owned(), read_only: false }),
        readonly_root_filesystem: true,
        stop_timeout: Some(60),
        start_timeout: Some(90),
        docker_labels: named("team", "web".to_owned()),
        ulimits: named("nofile", Ulimit { soft: 65_535, hard: 65_536 }),
        init_process_enabled: true,
        repository_credentials: Some("registry".to_owned()),
        logging: Some(Logging {
            driver: "awslogs".to_owned(),
            group: Some("/ecsctl/shop/prod/web".into()),
            options: Environment::from([("awslogs-region", "eu-west-1")]),
            secret_options: named("splunk-token", ssm),
        }),
        ..bare_container()
    }
}

fn full_example() -> TaskDefinitionSpec {
    let efs = EfsVolume {
        file_system: "fs-0123".into(),
        access_point: Some("fsap-0123".into()),
        root_directory: "/".to_owned(),
        transit_encryption: true,
        iam: true,
    };
    TaskDefinitionSpec {
        family: "shop-prod-web".to_owned(),
        cpu: Some(512),
        memory: Some(1024),
        network_mode: "awsvpc".to_owned(),
        requires_compatibilities: ["FARGATE".to_owned()].into_iter().collect(),
        runtime_platform: RuntimePlatform {
            cpu_architecture: "ARM64".to_owned(),
            operating_system_family: "LINUX".to_owned(),
        },
        ephemeral_storage: Some(40),
        task_role: Some("arn:aws:iam::444455556666:role/web".into()),
        execution_role: Some("arn:aws:iam::444455556666:role/execution".into()),
        containers: BTreeMap::from([
            ("app".to_owned(), full_container()),
            ("init".to_owned(), Container { essential: false, ..bare_container() }),
        ]),
        volumes: BTreeMap::from([
            ("scratch".to_owned(), Volume { efs: None }),
            ("uploads".to_owned(), Volume { efs: Some(efs) }),
        ]),
        tags: Tags::from([("team".to_owned(), "web".into())]),
    }
}

fn named<T>(name: &str, value: T) -> BTreeMap<String, T> {
    BTreeMap::from([(name.to_owned(), value)])
}
