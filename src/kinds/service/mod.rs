//! ECS services, and the truth about their rollouts.

mod deployment;
mod desired;
mod examples;
mod load_balancer;
mod lower;
mod observe;
mod placement;
mod request;
mod settle;
mod spec;
mod standalone;
#[cfg(test)]
mod tests;
mod waits;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shared::ecs;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Outputs, Survey, Tags,
};
use crate::model::stack::Stack;
use crate::rollout::Rollout;
use crate::value::Resolvable;

pub use deployment::{
    Alarms, Canary, CircuitBreaker, Deployment, EarlySuccessCriteria, LifecycleHook, Linear,
    Threshold,
};
pub use load_balancer::LoadBalancer;
pub use placement::{PlacementConstraint, PlacementStrategy};
pub use spec::{Network, RolloutState, ServiceSpec, StrategyItem};
pub use standalone::of_job;

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
    const FIELDS: &'static [(&'static str, Policy)] = &[
        ("launchType", Policy::Replaces),
        ("schedulingStrategy", Policy::Replaces),
        ("awsvpc", Policy::Replaces),
        ("returnsTo", Policy::Note),
    ];

    type Spec = ServiceSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<ServiceSpec>> {
        desired::rows(stack, facts)
    }

    fn key(spec: &ServiceSpec) -> String {
        key(&spec.cluster, &spec.service_name)
    }

    fn settle(desired: &mut [Desired<ServiceSpec>], live: &[Live<ServiceSpec>]) {
        settle::settle(desired, live);
        desired::keep_counts(desired, live);
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[ServiceSpec],
    ) -> Result<Vec<Live<ServiceSpec>>, AwsError> {
        let clusters = survey.rows("cluster").await?;
        observe::rows(survey, wanted, &clusters).await
    }

    fn lower(change: &Change<'_, ServiceSpec>) -> Vec<Call> {
        lower::lower(change)
    }

    fn effect(call: &Call) -> Effect<ServiceSpec> {
        match call {
            Call::Create { spec } => {
                let deploys = Effect::Deploy(key(&spec.cluster, &spec.service_name));
                Effect::All(vec![Effect::Create(lower::rolling_out(spec)), deploys])
            }
            Call::Update { spec, fields, force_new_deployment } => {
                lower::written(spec, fields, *force_new_deployment)
            }
            Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
            Call::AwaitRollout(_) => Effect::All(vec![]),
            Call::AwaitRunning { .. } => Effect::Wait(30),
            Call::Delete { cluster, service } => Effect::Delete(format!("{cluster}/{service}")),
            Call::AwaitGone { .. } => Effect::Wait(60),
        }
    }

    fn rollout(call: &Call) -> Option<Rollout> {
        match call {
            Call::AwaitRollout(rollout) => Some((**rollout).clone()),
            Call::Create { .. }
            | Call::Update { .. }
            | Call::Tag { .. }
            | Call::Untag { .. }
            | Call::AwaitRunning { .. }
            | Call::Delete { .. }
            | Call::AwaitGone { .. } => None,
        }
    }

    fn outputs(spec: &ServiceSpec, assigned: &Assigned<'_>) -> Outputs {
        let cluster = spec.cluster.text().rsplit('/').next().unwrap_or_default();
        let resource = format!("service/{cluster}/{}", spec.service_name);
        Outputs::from([
            ("arn".to_owned(), assigned.arn("ecs", &resource)),
            ("deployment".to_owned(), String::new()),
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
            // Whoever runs it follows it.
            Call::AwaitRollout(_) => Ok(Outputs::new()),
            Call::AwaitRunning { cluster, service, count } => {
                waits::running(aws, cluster.text(), service, *count).await
            }
            Call::Delete { cluster, service } => Ok(request::delete(aws, cluster, service).await?),
            Call::AwaitGone { cluster, service } => waits::gone(aws, cluster, service).await,
        }
    }

    fn examples() -> Vec<ServiceSpec> {
        examples::all()
    }
}

fn key(cluster: &Resolvable, service: &str) -> String {
    format!("{}/{service}", cluster.text())
}
