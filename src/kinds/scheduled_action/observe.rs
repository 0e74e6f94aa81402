//! How scheduled actions are read.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{self as sdk, ServiceNamespace};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::{END, MAX, MIN, START, ScheduledActionSpec, address_name, outputs, there};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, LiveRow, Scope};
use crate::value::Address;

/// The actions of these targets that ecsctl gave a name, wanted or not.
///
/// An action carries no tags, so its name is what marks it as ecsctl's. All of ECS come with one
/// call for fifty, so that those nobody wants any more are found; without targets there are none.
pub(super) async fn actions(
    aws: &Aws,
    scope: &Scope,
    targets: &[LiveRow],
) -> Result<Vec<Live<ScheduledActionSpec>>, AwsError> {
    let targets: BTreeMap<&str, &LiveRow> =
        targets.iter().filter_map(|row| Some((row.outputs.get("id")?.as_str(), row))).collect();
    if targets.is_empty() {
        return Ok(vec![]);
    }
    let request = aws.scaling.describe_scheduled_actions().service_namespace(ServiceNamespace::Ecs);
    let pages = request.into_paginator().items().send().collect();
    let operation = "application-autoscaling:DescribeScheduledActions";
    let found = aws.read::<Vec<_>, _>(operation, pages).await?;
    Ok(found
        .into_iter()
        .filter_map(|found| live(scope, targets.get(found.resource_id.as_str())?, found))
        .collect())
}

fn live(
    scope: &Scope,
    target: &LiveRow,
    found: sdk::ScheduledAction,
) -> Option<Live<ScheduledActionSpec>> {
    let home = format!("{}-{}-", scope.app, scope.environment);
    let name = found.scheduled_action_name.strip_prefix(&home)?;
    let service = target.marks.resource.as_ref().map_or("", |own| own.name.as_str());
    // A name that had to be shortened does not tell its parts.
    let own = name.strip_prefix(service).and_then(|rest| rest.strip_prefix('-'));
    let address = own.map_or_else(|| name.to_owned(), |action| address_name(service, action));
    let bounds = found.scalable_target_action;
    let bound = |bound: Option<i32>| bound.and_then(|bound| u32::try_from(bound).ok());
    let is_rate = found.schedule.starts_with("rate(");
    let zone = found.timezone.unwrap_or_else(|| "UTC".to_owned());
    Some(Live {
        outputs: outputs(found.scheduled_action_arn),
        marks: target.marks.inherited(Address::new("scheduled-action", address)),
        spec: ScheduledActionSpec {
            target: found.resource_id.into(),
            name: found.scheduled_action_name,
            schedule: found.schedule,
            time_zone: (!is_rate).then_some(zone),
            capacity: there([
                (MIN, bound(bounds.as_ref().and_then(|it| it.min_capacity))),
                (MAX, bound(bounds.as_ref().and_then(|it| it.max_capacity))),
            ]),
            active: there([
                (START, found.start_time.and_then(moment)),
                (END, found.end_time.and_then(moment)),
            ]),
        },
        depth: Depth::Full,
    })
}

fn moment(time: DateTime) -> Option<String> {
    time.fmt(Format::DateTime).ok()
}
