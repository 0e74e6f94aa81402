//! From a change of a service to calls: which fields go where, and what starts a deployment.

use super::load_balancer::as_swapped_as;
use super::spec::{RolloutState, ServiceSpec};
use super::{Call, key};
use crate::kind::{Change, Effect, Live, TagsChange};
use crate::rollout::Rollout;
use crate::value::Resolvable;

/// Changes that make ECS start new tasks.
const STARTS_DEPLOYMENT: &[&str] =
    &["taskDefinition", "network", "platformVersion", "loadBalancers"];

/// Changes that reach new tasks only, without making ECS start any.
const REACHES_NEW_TASKS: &[&str] =
    &["capacityProviderStrategy", "enableExecuteCommand", "enableECSManagedTags", "propagateTags"];

const PLACEMENT: &[&str] = &["placementStrategy", "placementConstraints"];

pub(super) fn lower(change: &Change<'_, ServiceSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => {
            let spec = spec.on_launch_type();
            let rollout = follow(change, &spec, None);
            vec![Call::Create { spec: Box::new(spec) }, rollout]
        }
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => delete(&live.spec),
    }
}

/// What an update does to the service's row.
pub(super) fn written(
    spec: &ServiceSpec,
    fields: &[String],
    force_new_deployment: bool,
) -> Effect<ServiceSpec> {
    let starts_deployment = force_new_deployment
        || fields.iter().any(|field| STARTS_DEPLOYMENT.contains(&field.as_str()));
    let rollout = starts_deployment.then(|| "rollout".to_owned());
    let fields = written_fields(fields).into_iter().chain(rollout).collect();
    let spec = rolling_out(&spec.on_launch_type());
    let deploys = Effect::Deploy(key(&spec.cluster, &spec.service_name));
    let deploys = starts_deployment.then_some(deploys);
    Effect::All([Effect::Update { spec, fields }].into_iter().chain(deploys).collect())
}

/// Tags come first: the deployment's tasks get them, and nothing else is written after it began.
fn update(
    change: &Change<'_, ServiceSpec>,
    spec: &ServiceSpec,
    live: &Live<ServiceSpec>,
) -> Vec<Call> {
    let mut calls = tag_calls(spec, live);
    let mut fields = changed_fields(change);
    calls.extend(leave_placement(spec, &mut fields));
    let touches = |group: &[&str]| group.iter().any(|field| change.touches(field));
    let starts_deployment = touches(STARTS_DEPLOYMENT);
    let has_failed = live.spec.rollout == RolloutState::Failed;
    // Leaving a launch type needs it in any case.
    let force_new_deployment = change.touches("capacityProviderStrategy")
        || (!starts_deployment && (touches(REACHES_NEW_TASKS) || has_failed));
    if !fields.is_empty() || force_new_deployment {
        let load_balancers = as_swapped_as(&spec.load_balancers, &live.spec.load_balancers);
        let spec = Box::new(ServiceSpec { load_balancers, ..spec.clone() });
        calls.push(Call::Update { spec, fields, force_new_deployment });
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

/// Fargate refuses the placement fields, even empty ones: on the way there, they are cleared while
/// the service is still on instances.
fn leave_placement(spec: &ServiceSpec, fields: &mut Vec<String>) -> Option<Call> {
    if !spec.is_on_fargate() {
        return None;
    }
    let (placement, others) =
        fields.drain(..).partition(|field| PLACEMENT.contains(&field.as_str()));
    *fields = others;
    let clear =
        |fields| Call::Update { spec: Box::new(spec.clone()), fields, force_new_deployment: false };
    Some(placement).filter(|fields: &Vec<String>| !fields.is_empty()).map(clear)
}

/// What a write that starts a deployment makes of a service.
pub(super) fn rolling_out(spec: &ServiceSpec) -> ServiceSpec {
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
        baking: spec.deployment.baking(),
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
    // Of a daemon, AWS refuses a count.
    if !spec.is_daemon() && spec.desired_count != Some(0) {
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
