//! Application Auto Scaling of ECS services: the bounds of a service's task count.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_applicationautoscaling::types::{
    self as sdk, ScalableDimension, ServiceNamespace, SuspendedState,
};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError, gone};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Depth, Desired, Effect, Kind, Live, LiveRow, Origin, Outputs,
    Survey,
};
use crate::model::resolved::scaling as model;
use crate::model::stack::Stack;
use crate::value::{Address, Resolvable};

#[derive(Debug)]
pub struct ScalableTarget;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalableTargetSpec {
    /// `service/<cluster>/<service>`: names that are known before the service is there.
    pub resource_id: String,
    /// The service's ARN. A new service of the same name needs a new registration.
    pub service: Resolvable,
    pub min: u32,
    pub max: u32,
    pub suspended: Suspended,
    /// What scheduled actions make of the bounds, by the action's name: for telling which bounds a
    /// schedule has set. None is read.
    pub scheduled: BTreeMap<String, Bounds>,
}

/// What a scheduled action sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounds {
    pub min: Option<u32>,
    pub max: Option<u32>,
}

/// What is paused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suspended {
    pub dynamic_scaling_in: bool,
    pub dynamic_scaling_out: bool,
    pub scheduled_scaling: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: ScalableTargetSpec,
    },
    /// The same operation, on a target that is there.
    Update {
        spec: ScalableTargetSpec,
    },
    Delete {
        resource_id: String,
    },
}

/// `ResourceIds` takes at most 50, which is also the largest page.
const TARGETS_PER_CALL: usize = 50;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, resource_id) = match self {
            Self::Create { spec } | Self::Update { spec } => {
                ("RegisterScalableTarget", &spec.resource_id)
            }
            Self::Delete { resource_id } => ("DeregisterScalableTarget", resource_id),
        };
        write!(f, "application-autoscaling:{operation} {resource_id}")
    }
}

impl Kind for ScalableTarget {
    const NAME: &'static str = "scalable-target";
    const FIELDS: &'static [(&'static str, Policy)] =
        &[("service", Policy::Replaces), ("scheduled", Policy::Note)];

    type Spec = ScalableTargetSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ScalableTargetSpec>> {
        let rows = stack.services.values().filter_map(|service| {
            let scaling = service.value.scaling.as_ref()?;
            let cluster = stack.clusters.get(&service.value.cluster)?;
            let spec = ScalableTargetSpec {
                resource_id: resource_id(&cluster.physical_name, &service.physical_name),
                service: Resolvable::reference("service", &service.name, "arn"),
                min: scaling.min,
                max: scaling.max,
                suspended: Suspended::of(scaling.suspended),
                scheduled: scaling.scheduled.iter().map(bounds).collect(),
            };
            Some(Origin::of(stack, "service", service).part(&service.name, spec))
        });
        rows.collect()
    }

    fn key(spec: &ScalableTargetSpec) -> String {
        spec.resource_id.clone()
    }

    /// Bounds that a scheduled action has set are the manifest's as well: they stay until another
    /// action, or another manifest, sets others.
    fn settle(desired: &mut [Desired<ScalableTargetSpec>], live: &[Live<ScalableTargetSpec>]) {
        for row in desired {
            let found = live.iter().find(|live| Self::key(&live.spec) == Self::key(&row.spec));
            if let Some(found) = found {
                row.ignore.extend(moved(&row.spec, &found.spec));
            }
            // It has served its purpose, and is no part of the target.
            row.spec.scheduled.clear();
        }
    }

    async fn observe(
        survey: &Survey<'_>,
        _wanted: &[ScalableTargetSpec],
    ) -> Result<Vec<Live<ScalableTargetSpec>>, AwsError> {
        read(survey.aws, &survey.rows("service").await?).await
    }

    fn lower(change: &Change<'_, ScalableTargetSpec>) -> Vec<Call> {
        vec![match change {
            Change::Create { spec, .. } => Call::Create { spec: (*spec).clone() },
            Change::Update { spec, .. } => Call::Update { spec: (*spec).clone() },
            Change::Delete { live, .. } => {
                Call::Delete { resource_id: live.spec.resource_id.clone() }
            }
        }]
    }

    fn effect(call: &Call) -> Effect<ScalableTargetSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Update { spec } => Effect::Update {
                spec: spec.clone(),
                fields: ["min", "max", "suspended"].map(str::to_owned).to_vec(),
            },
            Call::Delete { resource_id } => Effect::Delete(resource_id.clone()),
        }
    }

    fn outputs(spec: &ScalableTargetSpec, _assigned: &Assigned<'_>) -> Outputs {
        outputs(&spec.resource_id)
    }

    fn advice(
        desired: Option<&ScalableTargetSpec>,
        live: Option<&Live<ScalableTargetSpec>>,
    ) -> Vec<String> {
        match (desired, live) {
            (None, Some(live)) => vec![farewell(live)],
            (Some(_), _) | (None, None) => vec![],
        }
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } | Call::Update { spec } => {
                let request = aws
                    .scaling
                    .register_scalable_target()
                    .service_namespace(ServiceNamespace::Ecs)
                    .resource_id(&spec.resource_id)
                    .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
                    .set_min_capacity(i32::try_from(spec.min).ok())
                    .set_max_capacity(i32::try_from(spec.max).ok())
                    .suspended_state(sdk_suspended(&spec.suspended));
                let operation = "application-autoscaling:RegisterScalableTarget";
                aws.write(operation, || request.clone().send()).await?;
                Ok(outputs(&spec.resource_id))
            }
            Call::Delete { resource_id } => {
                let request = aws
                    .scaling
                    .deregister_scalable_target()
                    .service_namespace(ServiceNamespace::Ecs)
                    .resource_id(resource_id)
                    .scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
                let operation = "application-autoscaling:DeregisterScalableTarget";
                gone(aws.write(operation, || request.clone().send()).await)?;
                Ok(Outputs::new())
            }
        }
    }

    fn examples() -> Vec<ScalableTargetSpec> {
        let base = ScalableTargetSpec {
            resource_id: "service/shop-prod-main/shop-prod-web".to_owned(),
            service: "arn:aws:ecs:eu-west-1:444455556666:service/shop-prod-main/shop-prod-web"
                .into(),
            min: 2,
            max: 10,
            suspended: Suspended::default(),
            scheduled: BTreeMap::new(),
        };
        let suspended = Suspended {
            dynamic_scaling_in: true,
            dynamic_scaling_out: true,
            scheduled_scaling: true,
        };
        vec![base.clone(), ScalableTargetSpec { min: 0, suspended, ..base }]
    }
}

impl Suspended {
    fn of(suspended: model::Suspended) -> Self {
        Self {
            dynamic_scaling_in: suspended.scale_in,
            dynamic_scaling_out: suspended.scale_out,
            scheduled_scaling: suspended.scheduled,
        }
    }
}

fn bounds(action: &model::ScheduledAction) -> (String, Bounds) {
    (action.name.clone(), Bounds { min: action.min, max: action.max })
}

/// The bounds that a scheduled action has moved, with the reason to leave them.
fn moved(desired: &ScalableTargetSpec, live: &ScalableTargetSpec) -> Vec<(String, String)> {
    let by = |bound: fn(&Bounds) -> Option<u32>, now: u32| {
        desired.scheduled.iter().find(move |(_, bounds)| bound(bounds) == Some(now))
    };
    let min = by(|bounds| bounds.min, live.min).filter(|_| desired.min != live.min);
    let max = by(|bounds| bounds.max, live.max).filter(|_| desired.max != live.max);
    [("min", min), ("max", max)]
        .into_iter()
        .filter_map(|(path, action)| Some((path, action?.0)))
        .map(|(path, action)| (path.to_owned(), format!("set by the scheduled action {action}")))
        .collect()
}

/// What becomes of the count, which was scaling's own until now.
fn farewell(live: &Live<ScalableTargetSpec>) -> String {
    let service = live.spec.resource_id.rsplit('/').next().unwrap_or_default();
    let tasks = match live.outputs.get(COUNT).map(String::as_str) {
        Some("1") => "the 1 task".to_owned(),
        Some(count) => format!("the {count} tasks"),
        None => "the number of tasks".to_owned(),
    };
    format!(
        "scaling of {service} ends: without `desiredCount` in its manifest it keeps {tasks} that it has now"
    )
}

/// The output that tells how many tasks the service is to run.
const COUNT: &str = "desiredCount";

fn resource_id(cluster: &str, service: &str) -> String {
    format!("service/{cluster}/{service}")
}

/// The targets of these services. Nothing says whose a target is except the service it scales.
async fn read(aws: &Aws, services: &[LiveRow]) -> Result<Vec<Live<ScalableTargetSpec>>, AwsError> {
    let services: Vec<(String, &LiveRow)> = services
        .iter()
        .filter_map(|row| {
            let (_, names) = row.outputs.get("arn")?.split_once(":service/")?;
            let (cluster, service) = names.split_once('/')?;
            Some((resource_id(cluster, service), row))
        })
        .collect();
    let found = try_join_all(services.chunks(TARGETS_PER_CALL).map(async |services| {
        let request = aws
            .scaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .set_resource_ids(Some(services.iter().map(|(id, _)| id.clone()).collect()));
        let pages = request.into_paginator().items().send().collect();
        aws.read::<Vec<_>, _>("application-autoscaling:DescribeScalableTargets", pages).await
    }))
    .await?;
    let live = |found: sdk::ScalableTarget| {
        let (_, service) = services.iter().find(|(id, _)| *id == found.resource_id)?;
        Some(live(found, service))
    };
    Ok(found.into_iter().flatten().filter_map(live).collect())
}

fn live(found: sdk::ScalableTarget, service: &LiveRow) -> Live<ScalableTargetSpec> {
    let name = service.marks.resource.as_ref().map_or(&found.resource_id, |own| &own.name);
    let suspended = found.suspended_state.map(|state| Suspended {
        dynamic_scaling_in: state.dynamic_scaling_in_suspended.unwrap_or(false),
        dynamic_scaling_out: state.dynamic_scaling_out_suspended.unwrap_or(false),
        scheduled_scaling: state.scheduled_scaling_suspended.unwrap_or(false),
    });
    let count =
        service.spec["desiredCount"].as_u64().map(|count| (COUNT.to_owned(), count.to_string()));
    Live {
        outputs: outputs(&found.resource_id).into_iter().chain(count).collect(),
        marks: service.marks.inherited(Address::new(ScalableTarget::NAME, name)),
        spec: ScalableTargetSpec {
            service: service.outputs.get("arn").cloned().unwrap_or_default().into(),
            min: u32::try_from(found.min_capacity).unwrap_or(0),
            max: u32::try_from(found.max_capacity).unwrap_or(0),
            suspended: suspended.unwrap_or_default(),
            scheduled: BTreeMap::new(),
            resource_id: found.resource_id,
        },
        depth: Depth::Full,
    }
}

fn sdk_suspended(suspended: &Suspended) -> SuspendedState {
    SuspendedState::builder()
        .dynamic_scaling_in_suspended(suspended.dynamic_scaling_in)
        .dynamic_scaling_out_suspended(suspended.dynamic_scaling_out)
        .scheduled_scaling_suspended(suspended.scheduled_scaling)
        .build()
}

fn outputs(resource_id: &str) -> Outputs {
    Outputs::from([("id".to_owned(), resource_id.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json as reply};
    use crate::kinds::samples;

    fn service(number: usize) -> LiveRow {
        let arn = format!("arn:aws:ecs:eu-west-1:444455556666:service/main/shop-prod-web{number}");
        samples::parent("service", &format!("web{number}"), &[("arn", &arn)])
    }

    #[test]
    fn a_target_is_known_by_names_before_its_service_is_there() {
        let stack = |scaling: &str| {
            samples::stack(&format!("{{ kind: Service, name: web, image: nginx, {scaling} }}"))
        };
        let rows = ScalableTarget::desired(
            &stack("scaling: { min: 2, max: 10, targetTracking: [{ metric: cpu, target: 60 }] }"),
            &samples::facts(),
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].name, "web");
        assert_eq!(ScalableTarget::key(&rows[0].spec), "service/shop-prod-main/shop-prod-web");
        assert_eq!(rows[0].spec.service.to_string(), "service/web#arn");
        assert_eq!((rows[0].spec.min, rows[0].spec.max), (2, 10));
        assert!(ScalableTarget::desired(&stack("desiredCount: 2"), &samples::facts()).is_empty());
    }

    #[tokio::test]
    async fn each_call_sends_all_that_it_is_about() {
        let spec = ScalableTarget::examples().remove(0);
        let calls = [
            Call::Create { spec: spec.clone() },
            Call::Delete { resource_id: spec.resource_id.clone() },
            Call::Delete { resource_id: spec.resource_id },
        ];
        let replay = Replay::new([
            reply(200, r#"{"ScalableTargetARN": "arn:aws:application-autoscaling:…"}"#),
            reply(200, "{}"),
            reply(400, r#"{"__type": "ObjectNotFoundException", "Message": "gone"}"#),
        ]);
        let aws = replay.aws();
        for call in &calls {
            ScalableTarget::perform(&aws, call).await.unwrap();
        }
        let bodies = replay.bodies();
        assert_eq!(
            bodies[..2],
            [
                r#"{"ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount","MinCapacity":2,"MaxCapacity":10,"SuspendedState":{"DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":false,"ScheduledScalingSuspended":false}}"#,
                r#"{"ServiceNamespace":"ecs","ResourceId":"service/shop-prod-main/shop-prod-web","ScalableDimension":"ecs:service:DesiredCount"}"#,
            ]
        );
    }

    #[tokio::test]
    async fn targets_are_read_by_the_fifty_and_belong_to_their_services() {
        let services: Vec<_> = (0..51).map(service).collect();
        let found = r#"{"ScalableTargets": [{"ServiceNamespace": "ecs",
            "ResourceId": "service/main/shop-prod-web7", "CreationTime": 1.7e9,
            "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 10,
            "RoleARN": "arn:aws:iam::444455556666:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            "SuspendedState": {"DynamicScalingInSuspended": false,
                "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": true},
            "ScalableTargetARN": "arn:target"}]}"#;
        let replay = Replay::new([reply(200, found), reply(200, r#"{"ScalableTargets": []}"#)]);
        let rows = read(&replay.aws(), &services).await.unwrap();
        let sizes: Vec<_> =
            replay.bodies().iter().map(|body| body.matches("service/main/").count()).collect();
        assert_eq!(sizes, [50, 1]);
        assert_eq!(rows.len(), 1);
        let suspended = Suspended { scheduled_scaling: true, ..Suspended::default() };
        let spec = ScalableTargetSpec {
            resource_id: "service/main/shop-prod-web7".to_owned(),
            service: services[7].outputs["arn"].as_str().into(),
            min: 2,
            max: 10,
            suspended,
            scheduled: BTreeMap::new(),
        };
        assert_eq!(rows[0].spec, spec);
        let address = rows[0].marks.resource.as_ref().unwrap();
        assert_eq!(address.to_string(), "scalable-target/web7");
    }

    #[test]
    fn bounds_that_a_scheduled_action_has_set_are_left_alone_and_no_others() {
        let stack = samples::stack(
            "{ kind: Service, name: web, image: nginx, scaling: { min: 2, max: 10, suspended: { scaleIn: true }, scheduled: [{ name: night, schedule: rate(1 day), min: 1, max: 3 }] } }",
        );
        let ignored = |min, max| {
            let mut rows = ScalableTarget::desired(&stack, &samples::facts());
            let spec =
                ScalableTargetSpec { min, max, scheduled: BTreeMap::new(), ..rows[0].spec.clone() };
            let (outputs, marks) = (Outputs::new(), crate::kind::Marks::default());
            let live = Live { spec, outputs, marks, depth: Depth::Full };
            ScalableTarget::settle(&mut rows, &[live]);
            rows.remove(0).ignore
        };
        let night = |path: &str| (path.to_owned(), "set by the scheduled action night".to_owned());
        assert_eq!(ignored(2, 10), []);
        assert_eq!(ignored(1, 3), [night("min"), night("max")]);
        assert_eq!(ignored(1, 10), [night("min")]);
        assert_eq!(ignored(3, 9), [], "people moved them");
        let spec = ScalableTarget::desired(&stack, &samples::facts()).remove(0).spec;
        assert!(spec.suspended.dynamic_scaling_in && !spec.suspended.dynamic_scaling_out);
    }

    #[test]
    fn the_end_of_scaling_says_what_becomes_of_the_count() {
        let spec = ScalableTarget::examples().remove(0);
        let outputs = Outputs::from([(COUNT.to_owned(), "7".to_owned())]);
        let live = Live { spec, outputs, marks: crate::kind::Marks::default(), depth: Depth::Full };
        assert_eq!(
            ScalableTarget::advice(None, Some(&live)),
            [
                "scaling of shop-prod-web ends: without `desiredCount` in its manifest it keeps the 7 tasks that it has now"
            ]
        );
        assert!(ScalableTarget::advice(Some(&live.spec), Some(&live)).is_empty());
    }

    #[tokio::test]
    async fn without_services_nothing_is_asked() {
        let replay = Replay::new([]);
        assert!(read(&replay.aws(), &[]).await.unwrap().is_empty());
    }
}
