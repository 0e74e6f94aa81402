//! Scheduled actions: times at which the bounds of a service's task count become others.

mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTargetAction, ServiceNamespace,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Serialize};

use crate::aws::{Aws, AwsError, gone};
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey,
};
use crate::model::resolved::scaling as model;
use crate::model::stack::Stack;
use crate::value::Resolvable;

#[derive(Debug)]
pub struct ScheduledAction;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledActionSpec {
    /// Resource id of the scalable target.
    pub target: Resolvable,
    pub name: String,
    pub schedule: String,
    /// None for rates, where it means nothing.
    pub time_zone: Option<String>,
    /// `min`, `max` or both: what is not there stays as it is.
    pub capacity: BTreeMap<String, u32>,
    /// `start`, `end` or both, as `2026-12-01T00:00:00Z`.
    pub active: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: ScheduledActionSpec,
    },
    /// The same operation, on an action that is there.
    Update {
        spec: ScheduledActionSpec,
    },
    Delete {
        spec: ScheduledActionSpec,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, spec) = match self {
            Self::Create { spec } | Self::Update { spec } => ("PutScheduledAction", spec),
            Self::Delete { spec } => ("DeleteScheduledAction", spec),
        };
        write!(f, "application-autoscaling:{operation} {}", spec.name)
    }
}

impl Kind for ScheduledAction {
    const NAME: &'static str = "scheduled-action";

    type Spec = ScheduledActionSpec;
    type Call = Call;

    fn desired(stack: &Stack, _facts: &Facts) -> Vec<Desired<ScheduledActionSpec>> {
        let rows = stack.services.values().flat_map(|service| {
            let origin = Origin::of(stack, "service", service);
            let actions = service.value.scaling.iter().flat_map(|scaling| &scaling.scheduled);
            actions.map(move |action| {
                origin.part(&address_name(&service.name, &action.name), spec(&service.name, action))
            })
        });
        rows.collect()
    }

    fn key(spec: &ScheduledActionSpec) -> String {
        format!("{}/{}", spec.target, spec.name)
    }

    async fn observe(
        survey: &Survey<'_>,
        _wanted: &[ScheduledActionSpec],
    ) -> Result<Vec<Live<ScheduledActionSpec>>, AwsError> {
        let targets = survey.rows("scalable-target").await?;
        observe::actions(survey.aws, survey.scope, &targets).await
    }

    fn lower(change: &Change<'_, ScheduledActionSpec>) -> Vec<Call> {
        vec![match change {
            Change::Create { spec, .. } => Call::Create { spec: (*spec).clone() },
            Change::Update { spec, .. } => Call::Update { spec: (*spec).clone() },
            Change::Delete { live, .. } => Call::Delete { spec: live.spec.clone() },
        }]
    }

    fn effect(call: &Call) -> Effect<ScheduledActionSpec> {
        match call {
            Call::Create { spec } => Effect::Create(spec.clone()),
            Call::Update { spec } => {
                Effect::update(spec, &["schedule", "timeZone", "capacity", "active"])
            }
            Call::Delete { spec } => Effect::Delete(Self::key(spec)),
        }
    }

    fn outputs(spec: &ScheduledActionSpec, assigned: &Assigned<'_>) -> Outputs {
        let (id, target) = (assigned.id, spec.target.text());
        let resource =
            format!("scheduledAction:{id}:resource/ecs/{target}:scheduledActionName/{}", spec.name);
        outputs(assigned.arn("autoscaling", &resource))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        match call {
            Call::Create { spec } | Call::Update { spec } => put(aws, spec).await?,
            Call::Delete { spec } => delete(aws, spec).await?,
        }
        Ok(Outputs::new())
    }

    fn examples() -> Vec<ScheduledActionSpec> {
        let base = ScheduledActionSpec {
            target: "service/shop-prod-main/shop-prod-web".into(),
            name: "shop-prod-web-night".to_owned(),
            schedule: "cron(0 22 * * ? *)".to_owned(),
            time_zone: Some("Europe/Berlin".to_owned()),
            capacity: [("min".to_owned(), 1), ("max".to_owned(), 2)].into(),
            active: BTreeMap::from([(START.to_owned(), "2026-12-01T00:00:00Z".to_owned())]),
        };
        let end = BTreeMap::from([(END.to_owned(), "2027-12-01T00:00:00Z".to_owned())]);
        let rate = ScheduledActionSpec {
            schedule: "rate(1 hour)".to_owned(),
            time_zone: None,
            capacity: [("max".to_owned(), 4)].into(),
            active: end,
            ..base.clone()
        };
        vec![base, rate]
    }
}

const MIN: &str = "min";
const MAX: &str = "max";
const START: &str = "start";
const END: &str = "end";

fn spec(service: &str, action: &model::ScheduledAction) -> ScheduledActionSpec {
    ScheduledActionSpec {
        target: Resolvable::reference("scalable-target", service, "id"),
        name: action.action_name.clone(),
        schedule: action.schedule.clone(),
        time_zone: action.time_zone.clone(),
        capacity: there([(MIN, action.min), (MAX, action.max)]),
        active: there([(START, action.start.clone()), (END, action.end.clone())]),
    }
}

/// Those of two that are there, by name.
fn there<T>(pair: [(&str, Option<T>); 2]) -> BTreeMap<String, T> {
    pair.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn address_name(service: &str, action: &str) -> String {
    format!("{service}-{action}")
}

/// Overwrites the whole action: a start or an end that is not sent is removed.
async fn put(aws: &Aws, spec: &ScheduledActionSpec) -> Result<(), AwsError> {
    let moment = |name| {
        let text: &String = spec.active.get(name)?;
        DateTime::from_str(text, Format::DateTime).ok()
    };
    let bound = |name| spec.capacity.get(name).and_then(|bound| i32::try_from(*bound).ok());
    let capacity = ScalableTargetAction::builder()
        .set_min_capacity(bound(MIN))
        .set_max_capacity(bound(MAX))
        .build();
    let request = aws
        .scaling
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Ecs)
        .scheduled_action_name(&spec.name)
        .resource_id(spec.target.text())
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .schedule(&spec.schedule)
        .set_timezone(spec.time_zone.clone())
        .set_start_time(moment(START))
        .set_end_time(moment(END))
        .scalable_target_action(capacity);
    let operation = "application-autoscaling:PutScheduledAction";
    aws.write(operation, || request.clone().send()).await?;
    Ok(())
}

async fn delete(aws: &Aws, spec: &ScheduledActionSpec) -> Result<(), AwsError> {
    let request = aws
        .scaling
        .delete_scheduled_action()
        .service_namespace(ServiceNamespace::Ecs)
        .scheduled_action_name(&spec.name)
        .resource_id(spec.target.text())
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
    let operation = "application-autoscaling:DeleteScheduledAction";
    gone(aws.write(operation, || request.clone().send()).await)
}

fn outputs(arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn)])
}
