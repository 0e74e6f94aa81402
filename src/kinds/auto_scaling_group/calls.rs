//! What changes an Auto Scaling group.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AutoScalingGroupSpec, request, wait};
use crate::aws::Aws;
use crate::kind::{CallError, Change, Effect, Live, Outputs, Tags, TagsChange};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    Create {
        spec: AutoScalingGroupSpec,
    },
    /// All but tags and instances; those stay as they are when there is a new launch template.
    Update {
        spec: AutoScalingGroupSpec,
        leaves_instances_behind: bool,
    },
    /// Lets go of the instances that are protected from scale-in.
    Unprotect {
        name: String,
    },
    /// Replaces the instances that do not run the group's version of the launch template.
    Refresh {
        spec: AutoScalingGroupSpec,
    },
    AwaitRefreshed {
        name: String,
    },
    Tag {
        spec: AutoScalingGroupSpec,
        tags: Tags,
    },
    Untag {
        spec: AutoScalingGroupSpec,
        keys: Vec<String>,
    },
    Delete {
        name: String,
    },
    AwaitGone {
        name: String,
    },
}

/// What `UpdateAutoScalingGroup` writes.
const FIELDS: &[&str] = &[
    "launchTemplate",
    "instanceTypes",
    "spot",
    "min",
    "max",
    "subnets",
    "newInstancesProtectedFromScaleIn",
    "capacityRebalance",
    "defaultInstanceWarmup",
    "healthCheckType",
    "healthCheckGracePeriod",
];

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operation, name) = match self {
            Self::Create { spec } => ("CreateAutoScalingGroup", &spec.name),
            Self::Update { spec, .. } => ("UpdateAutoScalingGroup", &spec.name),
            Self::Unprotect { name } => ("SetInstanceProtection", name),
            Self::Refresh { spec } => ("StartInstanceRefresh", &spec.name),
            Self::AwaitRefreshed { name } => {
                return write!(f, "wait until the instances of {name} are replaced");
            }
            Self::Tag { spec, .. } => ("CreateOrUpdateTags", &spec.name),
            Self::Untag { spec, .. } => ("DeleteTags", &spec.name),
            Self::Delete { name } => ("DeleteAutoScalingGroup", name),
            Self::AwaitGone { name } => {
                return write!(f, "wait until Auto Scaling group {name} is gone");
            }
        };
        write!(f, "autoscaling:{operation} {name}")
    }
}

pub(super) fn lower(change: &Change<'_, AutoScalingGroupSpec>) -> Vec<Call> {
    match change {
        Change::Create { spec, .. } => vec![Call::Create { spec: (*spec).clone() }],
        Change::Update { spec, live, .. } => update(change, spec, live),
        Change::Delete { live, .. } => {
            let name = || live.spec.name.clone();
            // Without it the group would wait for its protected instances for ever.
            vec![
                Call::Unprotect { name: name() },
                Call::Delete { name: name() },
                Call::AwaitGone { name: name() },
            ]
        }
    }
}

fn update(
    change: &Change<'_, AutoScalingGroupSpec>,
    spec: &AutoScalingGroupSpec,
    live: &Live<AutoScalingGroupSpec>,
) -> Vec<Call> {
    let mut calls = vec![];
    if FIELDS.iter().any(|field| change.touches(field)) {
        let leaves_instances_behind = change.touches("launchTemplate");
        calls.push(Call::Update { spec: spec.clone(), leaves_instances_behind });
    }
    if live.spec.new_instances_protected_from_scale_in
        && !spec.new_instances_protected_from_scale_in
    {
        calls.push(Call::Unprotect { name: spec.name.clone() });
    }
    let tags = TagsChange::between(&live.spec.tags, &spec.tags);
    calls.extend(tags.calls(
        |tags| Call::Tag { spec: spec.clone(), tags },
        |keys| Call::Untag { spec: spec.clone(), keys },
    ));
    let is_behind = change.touches("launchTemplate") || change.touches("outdatedInstances");
    if spec.outdated_instances.is_some() && is_behind && live.spec.instances != Some(0) {
        calls.push(Call::Refresh { spec: spec.clone() });
        calls.push(Call::AwaitRefreshed { name: spec.name.clone() });
    }
    calls
}

/// Where nothing scales, a group has its fewest instances.
pub(super) fn effect(call: &Call) -> Effect<AutoScalingGroupSpec> {
    let with_outdated = |spec: &AutoScalingGroupSpec, count| AutoScalingGroupSpec {
        outdated_instances: Some(count),
        ..spec.clone()
    };
    match call {
        Call::Create { spec } => Effect::Create(with_outdated(spec, 0)),
        Call::Update { spec, leaves_instances_behind: false } => Effect::update(spec, FIELDS),
        Call::Update { spec, leaves_instances_behind: true } => {
            let left = Effect::update(&with_outdated(spec, spec.min), &["outdatedInstances"]);
            Effect::All(vec![Effect::update(spec, FIELDS), left])
        }
        Call::Refresh { spec } => Effect::update(spec, &["outdatedInstances"]),
        Call::Unprotect { .. } => Effect::Wait(0),
        Call::AwaitRefreshed { .. } => Effect::Wait(600),
        Call::Tag { spec, .. } | Call::Untag { spec, .. } => Effect::update(spec, &["tags"]),
        Call::Delete { name } => Effect::Delete(name.clone()),
        Call::AwaitGone { .. } => Effect::Wait(120),
    }
}

pub(super) async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
    match call {
        Call::Create { spec } => return Ok(request::create(aws, spec).await?),
        Call::Update { spec, .. } => request::update(aws, spec).await?,
        Call::Unprotect { name } => request::unprotect(aws, name).await?,
        Call::Refresh { spec } => request::refresh(aws, &spec.name).await?,
        Call::AwaitRefreshed { name } => wait::until_refreshed(aws, name).await?,
        Call::Tag { spec, tags } => request::tag(aws, &spec.name, tags).await?,
        Call::Untag { spec, keys } => request::untag(aws, &spec.name, keys).await?,
        Call::Delete { name } => request::delete(aws, name).await?,
        Call::AwaitGone { name } => wait::until_gone(aws, name).await?,
    }
    Ok(Outputs::new())
}
