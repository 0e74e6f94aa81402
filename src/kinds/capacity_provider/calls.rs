//! What changes a capacity provider.

use std::fmt;
use std::time::Duration;

use aws_sdk_ecs::types::{
    AutoScalingGroupProvider, AutoScalingGroupProviderUpdate,
    CapacityProviderUpdateStatus as Status, ManagedDraining, ManagedScaling, ManagedScalingStatus,
    ManagedTerminationProtection,
};
use serde::{Deserialize, Serialize};

use super::{CapacityProviderSpec, observe, outputs};
use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule, gone};
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};
use crate::kinds::shared::ecs::{self, sdk_tags};

const LIMIT: Duration = Duration::from_mins(10);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: CapacityProviderSpec,
    },
    /// All but its tags.
    Update {
        spec: CapacityProviderSpec,
    },
    AwaitUpdated {
        name: String,
    },
    Tag {
        arn: String,
        spec: CapacityProviderSpec,
        tags: Tags,
    },
    Untag {
        arn: String,
        spec: CapacityProviderSpec,
        keys: Vec<String>,
    },
    Delete {
        name: String,
    },
    AwaitGone {
        name: String,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { spec } => write!(f, "ecs:CreateCapacityProvider {}", spec.name),
            Self::Update { spec } => write!(f, "ecs:UpdateCapacityProvider {}", spec.name),
            Self::AwaitUpdated { name } => {
                write!(f, "wait until capacity provider {name} is updated")
            }
            Self::Tag { spec, .. } => write!(f, "ecs:TagResource {}", spec.name),
            Self::Untag { spec, .. } => write!(f, "ecs:UntagResource {}", spec.name),
            Self::Delete { name } => write!(f, "ecs:DeleteCapacityProvider {name}"),
            Self::AwaitGone { name } => write!(f, "wait until capacity provider {name} is gone"),
        }
    }
}

pub(super) fn lower(change: &Change<'_, CapacityProviderSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => vec![Call::Create { spec: (*spec).clone() }],
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => {
            let name = || live.spec.name.clone();
            vec![Call::Delete { name: name() }, Call::AwaitGone { name: name() }]
        }
    }
}

fn update(
    change: &Change<'_, CapacityProviderSpec>,
    spec: &CapacityProviderSpec,
    live: &Live<CapacityProviderSpec>,
) -> Vec<Call> {
    let fields = ["managedScaling", "managedTerminationProtection", "managedDraining"];
    let mut calls = vec![];
    if fields.iter().any(|field| change.touches(field)) {
        calls.push(Call::Update { spec: spec.clone() });
        calls.push(Call::AwaitUpdated { name: spec.name.clone() });
    }
    let arn = || live.outputs.get("arn").cloned().unwrap_or_default();
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    calls.extend(tags.calls(
        |tags| Call::Tag { arn: arn(), spec: spec.clone(), tags },
        |keys| Call::Untag { arn: arn(), spec: spec.clone(), keys },
    ));
    calls
}

pub(super) fn effect(call: &Call) -> Effect<CapacityProviderSpec> {
    match call {
        Call::Create { spec } => Effect::Create(spec.clone()),
        Call::Update { spec } => Effect::update(
            spec,
            &["managedScaling", "managedTerminationProtection", "managedDraining"],
        ),
        Call::AwaitUpdated { .. } | Call::AwaitGone { .. } => Effect::Wait(10),
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name } => Effect::Delete(name.clone()),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return create(aws, spec).await,
        Call::Update { spec } => {
            let provider = AutoScalingGroupProviderUpdate::builder()
                .managed_scaling(managed_scaling(spec))
                .managed_termination_protection(termination_protection(spec))
                .managed_draining(draining(spec))
                .build();
            let request = aws
                .ecs
                .update_capacity_provider()
                .name(&spec.name)
                .auto_scaling_group_provider(provider);
            aws.write("ecs:UpdateCapacityProvider", || request.clone().send()).await?;
        }
        Call::AwaitUpdated { name } => {
            until(aws, name, "updated", |status| status != Some(&Status::UpdateInProgress)).await?;
        }
        Call::Tag { arn, tags, .. } => return Ok(ecs::tag(aws, arn, tags).await?),
        Call::Untag { arn, keys, .. } => return Ok(ecs::untag(aws, arn, keys).await?),
        Call::Delete { name } => {
            let request = aws.ecs.delete_capacity_provider().capacity_provider(name);
            gone(aws.write("ecs:DeleteCapacityProvider", || request.clone().send()).await)?;
        }
        Call::AwaitGone { name } => {
            until(aws, name, "gone", |status| status == Some(&Status::DeleteComplete)).await?;
        }
    }
    Ok(Outputs::new())
}

async fn create(aws: &Aws, spec: &CapacityProviderSpec) -> Result<Outputs, CallError> {
    let provider = AutoScalingGroupProvider::builder()
        .auto_scaling_group_arn(spec.auto_scaling_group.text())
        .managed_scaling(managed_scaling(spec))
        .managed_termination_protection(termination_protection(spec))
        .managed_draining(draining(spec))
        .build()
        .expect("the group is set");
    let request = aws
        .ecs
        .create_capacity_provider()
        .name(&spec.name)
        .auto_scaling_group_provider(provider)
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply = aws.write("ecs:CreateCapacityProvider", || request.clone().send()).await?;
    let arn = reply.capacity_provider.and_then(|made| made.capacity_provider_arn);
    let expected = || aws.arn("ecs", &format!("capacity-provider/{}", spec.name));
    Ok(outputs(&spec.name, arn.unwrap_or_else(expected)))
}

/// Waits for the provider's last change. One that failed says so here only: the call itself succeeds.
async fn until(
    aws: &Aws,
    name: &str,
    end: &str,
    is_over: impl Fn(Option<&Status>) -> bool,
) -> Result<(), AwsError> {
    let operation = "ecs:DescribeCapacityProviders";
    let awaited = format!("capacity provider {name} to be {end}");
    let look = || async {
        let found = observe::described(aws, vec![name.to_owned()]).await?.into_iter().next();
        let Some(found) = found.filter(|found| !observe::is_gone(found)) else {
            return Ok(Attempt::Break(()));
        };
        match found.update_status {
            Some(Status::CreateFailed | Status::UpdateFailed | Status::DeleteFailed) => {
                let reason = found.update_status_reason.unwrap_or_default();
                let message = format!("capacity provider {name} is not {end}: {reason}");
                Err(AwsError::new(operation, ErrorKind::Service, message))
            }
            status if is_over(status.as_ref()) => Ok(Attempt::Break(())),
            Some(_) | None => Ok(Attempt::Continue(())),
        }
    };
    aws.poll_until(operation, &awaited, Schedule::default(), LIMIT, look).await
}

fn managed_scaling(spec: &CapacityProviderSpec) -> ManagedScaling {
    let scaling = &spec.managed_scaling;
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let status = if scaling.enabled {
        ManagedScalingStatus::Enabled
    } else {
        ManagedScalingStatus::Disabled
    };
    ManagedScaling::builder()
        .status(status)
        .target_capacity(number(scaling.target_capacity))
        .minimum_scaling_step_size(number(scaling.minimum_scaling_step_size))
        .maximum_scaling_step_size(number(scaling.maximum_scaling_step_size))
        .set_instance_warmup_period(scaling.instance_warmup_period.map(number))
        .build()
}

fn termination_protection(spec: &CapacityProviderSpec) -> ManagedTerminationProtection {
    if spec.managed_termination_protection {
        ManagedTerminationProtection::Enabled
    } else {
        ManagedTerminationProtection::Disabled
    }
}

fn draining(spec: &CapacityProviderSpec) -> ManagedDraining {
    if spec.managed_draining { ManagedDraining::Enabled } else { ManagedDraining::Disabled }
}
