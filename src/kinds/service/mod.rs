//! ECS services, and the truth about their rollouts.

mod desired;
mod follow;
mod observe;
mod request;
mod spec;
#[cfg(test)]
mod tests;
pub mod verdict;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shared::ecs;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags, TagsChange,
};
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set};

pub use spec::{
    CircuitBreaker, Deployment, LoadBalancer, Network, RolloutState, ServiceSpec, StrategyItem,
};

/// Changes that make ECS start new tasks.
const STARTS_DEPLOYMENT: &[&str] =
    &["taskDefinition", "network", "platformVersion", "loadBalancers"];

/// Changes that reach new tasks only, without making ECS start any.
const REACHES_NEW_TASKS: &[&str] = &[
    "capacityProviderStrategy",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "propagateTags",
];

#[derive(Debug)]
pub struct Service;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: Box<ServiceSpec>,
    },
    /// Sends these fields and no others.
    Update {
        spec: Box<ServiceSpec>,
        fields: Vec<String>,
        force_new_deployment: bool,
    },
    Tag {
        arn: String,
        spec: Box<ServiceSpec>,
        tags: Tags,
    },
    Untag {
        arn: String,
        spec: Box<ServiceSpec>,
        keys: Vec<String>,
    },
    AwaitRollout(Box<Rollout>),
    /// A new count starts no deployment; it is reached all the same, or not.
    AwaitRunning {
        cluster: Resolvable,
        service: String,
        count: u32,
    },
    Delete {
        cluster: String,
        service: String,
    },
    AwaitGone {
        cluster: String,
        service: String,
    },
}

/// A deployment that a create or an update started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    pub cluster: Resolvable,
    pub service: String,
    /// Its id, known when the call that starts it was answered.
    pub deployment: Resolvable,
    pub task_definition: Resolvable,
    /// The task definition before.
    pub previous: Option<Resolvable>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "ecs:CreateService {}", spec.service_name),
            Self::Update { spec, .. } => write!(f, "ecs:UpdateService {}", spec.service_name),
            Self::Tag { spec, .. } => write!(f, "ecs:TagResource {}", spec.service_name),
            Self::Untag { spec, .. } => write!(f, "ecs:UntagResource {}", spec.service_name),
            Self::AwaitRollout(rollout) => {
                write!(f, "wait until the deployment of {} succeeds", rollout.service)
            }
            Self::AwaitRunning { service, count, .. } => {
                write!(f, "wait until {service} runs {count} tasks")
            }
            Self::Delete { service, .. } => write!(f, "ecs:DeleteService {service}"),
            Self::AwaitGone { service, .. } => write!(f, "wait until service {service} is gone"),
        }
    }
}

impl Kind for Service {
    const NAME: &'static str = "service";
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("launchType", Policy::Replaces), ("schedulingStrategy", Policy::Replaces)];

    type Spec = ServiceSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ServiceSpec>> {
        desired::rows(stack, facts)
    }

    fn key(spec: &ServiceSpec) -> String {
        key(&spec.cluster, &spec.service_name)
    }

    fn settle(desired: &mut [Desired<ServiceSpec>], live: &[Live<ServiceSpec>]) {
        desired::settle(desired, live);
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ServiceSpec],
    ) -> Result<Vec<Live<ServiceSpec>>, AwsError> {
        let clusters = survey.rows("cluster").await?;
        observe::rows(survey, wanted, &clusters).await
    }

    fn lower(change: &Change<'_, ServiceSpec>) -> Vec<Call> {
        match change {
            Change::Create { spec, .. } => {
                let create = Call::Create { spec: Box::new((*spec).clone()) };
                vec![create, follow(change, spec, None)]
            }
            Change::Update { spec, live, .. } => update(change, spec, live),
            Change::Delete { live, .. } => delete(&live.spec),
        }
    }

    fn effect(call: &Call) -> Effect<ServiceSpec> {
        match call {
            Call::Create { spec } => Effect::Create(rolling_out(spec)),
            Call::Update { spec, fields, force_new_deployment } => {
                let starts_deployment = *force_new_deployment
                    || fields.iter().any(|field| STARTS_DEPLOYMENT.contains(&field.as_str()));
                let rollout = starts_deployment.then(|| "rollout".to_owned());
                let fields = written_fields(fields).into_iter().chain(rollout).collect();
                Effect::Update { spec: rolling_out(spec), fields }
            }
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => {
                Effect::update(spec, &["tags"])
            }
            Call::AwaitRollout(rollout) => Effect::Rollout(key(&rollout.cluster, &rollout.service)),
            Call::AwaitRunning { .. } => Effect::Wait(30),
            Call::Delete { cluster, service } => Effect::Delete(format!("{cluster}/{service}")),
            Call::AwaitGone { .. } => Effect::Wait(60),
        }
    }

    fn outputs(spec: &ServiceSpec, assigned: &Assigned<'_>) -> Outputs {
        let cluster = spec.cluster.text().rsplit('/').next().unwrap_or_default();
        let resource = format!("service/{cluster}/{}", spec.service_name);
        Outputs::from([
            ("arn".to_owned(), assigned.arn("ecs", &resource)),
            ("deployment".to_owned(), format!("ecs-svc/{}", assigned.id)),
        ])
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } => Ok(request::create(aws, spec).await?),
            Call::Update { spec, fields, force_new_deployment } => {
                Ok(request::update(aws, spec, fields, *force_new_deployment).await?)
            }
            Call::Tag { arn, tags, .. } => Ok(ecs::tag(aws, arn, tags).await?),
            Call::Untag { arn, keys, .. } => Ok(ecs::untag(aws, arn, keys).await?),
            Call::AwaitRollout(rollout) => follow::follow(aws, rollout).await,
            Call::AwaitRunning { cluster, service, count } => {
                follow::running(aws, cluster.text(), service, *count).await
            }
            Call::Delete { cluster, service } => Ok(request::delete(aws, cluster, service).await?),
            Call::AwaitGone { cluster, service } => follow::gone(aws, cluster, service).await,
        }
    }

    fn examples() -> Vec<ServiceSpec> {
        let on_fargate = example();
        let on_spot = ServiceSpec {
            launch_type: None,
            capacity_provider_strategy: Set::from_iter([
                StrategyItem { provider: "FARGATE".to_owned(), weight: 1, base: 1 },
                StrategyItem { provider: "FARGATE_SPOT".to_owned(), weight: 3, base: 0 },
            ]),
            load_balancers: Set::default(),
            health_check_grace_period_seconds: None,
            tags: Tags::from([("owner".to_owned(), "web".into())]),
            ..on_fargate.clone()
        };
        vec![on_fargate, on_spot]
    }
}

fn key(cluster: &Resolvable, service: &str) -> String {
    format!("{}/{service}", cluster.text())
}

/// Tags come first: the deployment's tasks get them, and nothing else is written after it began.
fn update(
    change: &Change<'_, ServiceSpec>,
    spec: &ServiceSpec,
    live: &Live<ServiceSpec>,
) -> Vec<Call> {
    let mut calls = tag_calls(spec, live);
    let fields = changed_fields(change);
    let touches = |group: &[&str]| group.iter().any(|field| change.touches(field));
    let starts_deployment = touches(STARTS_DEPLOYMENT);
    let has_failed = live.spec.rollout == RolloutState::Failed;
    // Leaving a launch type needs it in any case.
    let force_new_deployment = change.touches("capacityProviderStrategy")
        || (!starts_deployment && (touches(REACHES_NEW_TASKS) || has_failed));
    if !fields.is_empty() || force_new_deployment {
        calls.push(Call::Update { spec: Box::new(spec.clone()), fields, force_new_deployment });
    }
    if starts_deployment || force_new_deployment {
        calls.push(follow(change, spec, Some(live.spec.task_definition.clone())));
    } else if change.touches("rollout") {
        calls.push(follow(change, spec, None));
    } else if let Some(count) = spec.desired_count.filter(|_| change.touches("desiredCount")) {
        let (cluster, service) = (spec.cluster.clone(), spec.service_name.clone());
        calls.push(Call::AwaitRunning { cluster, service, count });
    }
    calls
}

/// What a write that starts a deployment makes of a service.
fn rolling_out(spec: &ServiceSpec) -> ServiceSpec {
    ServiceSpec { rollout: RolloutState::InProgress, ..spec.clone() }
}

/// A capacity provider strategy takes the launch type's place.
fn written_fields(fields: &[String]) -> Vec<String> {
    let mut written = fields.to_vec();
    if written.iter().any(|field| field == "capacityProviderStrategy") {
        written.push("launchType".to_owned());
    }
    written
}

/// In one call: two updates would be two deployments.
fn changed_fields(change: &Change<'_, ServiceSpec>) -> Vec<String> {
    let Change::Update { fields, .. } = change else { return vec![] };
    let mut fields: Vec<String> = fields
        .iter()
        .map(|change| change.field().to_owned())
        .filter(|field| field != "tags" && field != "rollout")
        .collect();
    fields.dedup();
    fields
}

fn follow(
    change: &Change<'_, ServiceSpec>,
    spec: &ServiceSpec,
    previous: Option<Resolvable>,
) -> Call {
    Call::AwaitRollout(Box::new(Rollout {
        cluster: spec.cluster.clone(),
        service: spec.service_name.clone(),
        deployment: change.own("deployment"),
        task_definition: spec.task_definition.clone(),
        previous,
    }))
}

fn tag_calls(spec: &ServiceSpec, live: &Live<ServiceSpec>) -> Vec<Call> {
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    let arn = live.outputs.get("arn").cloned().unwrap_or_default();
    let spec = Box::new(spec.clone());
    tags.calls(
        |tags| Call::Tag { arn: arn.clone(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn.clone(), spec: spec.clone(), keys },
    )
    .collect()
}

fn delete(spec: &ServiceSpec) -> Vec<Call> {
    let (cluster, service) = (spec.cluster.text().to_owned(), spec.service_name.clone());
    let mut calls = vec![];
    if spec.desired_count != Some(0) {
        calls.push(Call::Update {
            spec: Box::new(ServiceSpec { desired_count: Some(0), ..spec.clone() }),
            fields: vec!["desiredCount".to_owned()],
            force_new_deployment: false,
        });
    }
    calls.push(Call::Delete { cluster: cluster.clone(), service: service.clone() });
    calls.push(Call::AwaitGone { cluster, service });
    calls
}

fn example() -> ServiceSpec {
    let arn = |service: &str, resource: &str| {
        Resolvable::from(format!("arn:aws:{service}:eu-west-1:444455556666:{resource}"))
    };
    ServiceSpec {
        cluster: arn("ecs", "cluster/shop-prod-main"),
        service_name: "shop-prod-web".to_owned(),
        task_definition: arn("ecs", "task-definition/shop-prod-web:41"),
        desired_count: Some(2),
        launch_type: Some("FARGATE".to_owned()),
        capacity_provider_strategy: Set::default(),
        platform_version: Some("LATEST".to_owned()),
        network: Some(Network {
            subnets: Set::from_iter(["subnet-1".to_owned(), "subnet-2".to_owned()]),
            security_groups: Set::from_iter(["sg-1".into()]),
            assign_public_ip: "ENABLED".to_owned(),
        }),
        load_balancers: Set::from_iter([LoadBalancer {
            target_group: arn("elasticloadbalancing", "targetgroup/shop-prod-web/0123"),
            container: "app".to_owned(),
            port: 8080,
        }]),
        deployment: Deployment {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: CircuitBreaker { enable: true, rollback: true },
        },
        health_check_grace_period_seconds: Some(60),
        enable_execute_command: true,
        enable_ecs_managed_tags: true,
        propagate_tags: "SERVICE".to_owned(),
        availability_zone_rebalancing: Some("ENABLED".to_owned()),
        scheduling_strategy: "REPLICA".to_owned(),
        rollout: RolloutState::Completed,
        tags: Tags::from([("team".to_owned(), "web".into())]),
    }
}
