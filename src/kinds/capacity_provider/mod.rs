//! Capacity providers of EC2 instances: how ECS scales an Auto Scaling group with the tasks.

mod calls;
mod observe;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use calls::Call;

use super::cluster::Capacity;
use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
};
use crate::model::resolved::instances::{CapacityProviderSettings, Group, Instances};
use crate::model::stack::Stack;
use crate::value::Resolvable;

#[derive(Debug)]
pub struct CapacityProvider;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapacityProviderSpec {
    pub name: String,
    /// ARN.
    pub auto_scaling_group: Resolvable,
    pub managed_scaling: ManagedScaling,
    pub managed_termination_protection: bool,
    pub managed_draining: bool,
    pub tags: Tags,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedScaling {
    pub enabled: bool,
    /// Percent.
    pub target_capacity: u32,
    pub minimum_scaling_step_size: u32,
    pub maximum_scaling_step_size: u32,
    /// Seconds; left alone for a group that somebody else made.
    pub instance_warmup_period: Option<u32>,
}

impl Kind for CapacityProvider {
    const NAME: &'static str = "capacity-provider";
    const FIELDS: &'static [(&'static str, Policy)] = &[("autoScalingGroup", Policy::Replaces)];

    type Spec = CapacityProviderSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<CapacityProviderSpec>> {
        let mut rows = vec![];
        for cluster in stack.clusters.values() {
            let origin = Origin::of(stack, "cluster", cluster);
            for instances in &cluster.value.instances {
                let Some((physical_name, settings)) = &instances.capacity_provider else {
                    continue;
                };
                let name = format!("{}-{}", cluster.name, instances.name);
                let group = group(facts, &name, instances);
                let tags = origin.tags(Self::NAME, &name);
                let warmup = warmup(instances);
                rows.push(origin.part(&name, spec(physical_name, group, settings, warmup, tags)));
            }
        }
        rows
    }

    fn key(spec: &CapacityProviderSpec) -> String {
        spec.name.clone()
    }

    /// Asking for all that is there takes a call for ten, so names are asked for: those that are
    /// wanted, tagged, or attached to a cluster.
    async fn observe(
        survey: &Survey<'_>,
        wanted: &[CapacityProviderSpec],
    ) -> Result<Vec<Live<CapacityProviderSpec>>, AwsError> {
        let owned = survey.owned().await?;
        let tagged = owned.keys().filter_map(|arn| Some(arn.split_once(":capacity-provider/")?.1));
        let wanted = wanted.iter().map(|spec| spec.name.as_str());
        let mut names: BTreeSet<String> = tagged.chain(wanted).map(str::to_owned).collect();
        for cluster in survey.rows("cluster").await?.iter() {
            let capacity = Capacity::deserialize(&cluster.spec["capacity"]).unwrap_or_default();
            names.extend(capacity.providers.0);
        }
        names.retain(|name| name != "FARGATE" && name != "FARGATE_SPOT");
        observe::observe(survey.aws, names.into_iter().collect()).await
    }

    fn lower(change: &Change<'_, CapacityProviderSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<CapacityProviderSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &CapacityProviderSpec, assigned: &Assigned<'_>) -> Outputs {
        outputs(&spec.name, assigned.arn("ecs", &format!("capacity-provider/{}", spec.name)))
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<CapacityProviderSpec> {
        let group = "arn:aws:autoscaling:eu-west-1:444455556666:autoScalingGroup:1:autoScalingGroupName/shop-prod-main-general";
        let base = CapacityProviderSpec {
            name: "shop-prod-main-general".to_owned(),
            auto_scaling_group: group.into(),
            managed_scaling: ManagedScaling {
                enabled: true,
                target_capacity: 90,
                minimum_scaling_step_size: 1,
                maximum_scaling_step_size: 100,
                instance_warmup_period: Some(120),
            },
            managed_termination_protection: true,
            managed_draining: true,
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let managed_scaling = ManagedScaling { enabled: false, ..base.managed_scaling };
        vec![
            base.clone(),
            CapacityProviderSpec {
                managed_scaling,
                managed_termination_protection: false,
                managed_draining: false,
                tags: Tags::new(),
                ..base
            },
        ]
    }
}

fn spec(
    name: &str,
    auto_scaling_group: Resolvable,
    settings: &CapacityProviderSettings,
    instance_warmup_period: Option<u32>,
    tags: Tags,
) -> CapacityProviderSpec {
    CapacityProviderSpec {
        name: name.to_owned(),
        auto_scaling_group,
        managed_scaling: ManagedScaling {
            enabled: settings.managed_scaling,
            target_capacity: settings.target_capacity,
            minimum_scaling_step_size: settings.minimum_scaling_step_size,
            maximum_scaling_step_size: settings.maximum_scaling_step_size,
            instance_warmup_period,
        },
        managed_termination_protection: settings.protects_instances(),
        managed_draining: settings.managed_draining,
        tags,
    }
}

fn group(facts: &Facts, name: &str, instances: &Instances) -> Resolvable {
    match &instances.group {
        Group::Managed(_) => Resolvable::reference("auto-scaling-group", name, "arn"),
        Group::Existing(existing) => {
            facts.auto_scaling_groups.get(existing).cloned().unwrap_or_default().into()
        }
    }
}

fn warmup(instances: &Instances) -> Option<u32> {
    match &instances.group {
        Group::Managed(managed) => Some(managed.warmup),
        Group::Existing(_) => None,
    }
}

fn outputs(name: &str, arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("name".to_owned(), name.to_owned())])
}
