//! Reads capacity providers by their names.

use aws_sdk_ecs::types::{
    CapacityProvider, CapacityProviderField, CapacityProviderStatus, ManagedDraining,
    ManagedScalingStatus, ManagedTerminationProtection,
};
use futures::future::try_join_all;

use super::{CapacityProviderSpec, ManagedScaling, outputs};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, Marks};
use crate::kinds::shared::ecs::tags;

/// More names are taken, but a page has no more than ten.
const PROVIDERS_PER_CALL: usize = 10;

/// The providers of Auto Scaling groups among these names; what is missing comes as a failure.
pub(super) async fn observe(
    aws: &Aws,
    names: Vec<String>,
) -> Result<Vec<Live<CapacityProviderSpec>>, AwsError> {
    let pages = names.chunks(PROVIDERS_PER_CALL).map(|names| described(aws, names.to_vec()));
    let found = try_join_all(pages).await?.into_iter().flatten();
    let is_there = |found: &CapacityProvider| !is_gone(found);
    Ok(found.filter(is_there).filter_map(live).collect())
}

pub(super) async fn described(
    aws: &Aws,
    names: Vec<String>,
) -> Result<Vec<CapacityProvider>, AwsError> {
    let request = aws
        .ecs
        .describe_capacity_providers()
        .set_capacity_providers(Some(names))
        .include(CapacityProviderField::Tags);
    let reply = aws.read("ecs:DescribeCapacityProviders", request.send()).await?;
    Ok(reply.capacity_providers.unwrap_or_default())
}

/// AWS lists deleted ones for a while.
pub(super) fn is_gone(found: &CapacityProvider) -> bool {
    found.status == Some(CapacityProviderStatus::Inactive)
}

fn live(found: CapacityProvider) -> Option<Live<CapacityProviderSpec>> {
    let provider = found.auto_scaling_group_provider?;
    let name = found.name.unwrap_or_default();
    let tags = tags(found.tags);
    let scaling = provider.managed_scaling;
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    Some(Live {
        outputs: outputs(&name, found.capacity_provider_arn.unwrap_or_default()),
        marks: Marks::of(&tags),
        spec: CapacityProviderSpec {
            name,
            auto_scaling_group: provider.auto_scaling_group_arn.into(),
            managed_scaling: ManagedScaling {
                enabled: scaling.as_ref().and_then(|it| it.status.as_ref())
                    == Some(&ManagedScalingStatus::Enabled),
                target_capacity: number(scaling.as_ref().and_then(|it| it.target_capacity))
                    .unwrap_or(100),
                minimum_scaling_step_size: number(
                    scaling.as_ref().and_then(|it| it.minimum_scaling_step_size),
                )
                .unwrap_or(1),
                maximum_scaling_step_size: number(
                    scaling.as_ref().and_then(|it| it.maximum_scaling_step_size),
                )
                .unwrap_or(10_000),
                instance_warmup_period: number(
                    scaling.as_ref().and_then(|it| it.instance_warmup_period),
                ),
            },
            managed_termination_protection: provider.managed_termination_protection
                == Some(ManagedTerminationProtection::Enabled),
            managed_draining: provider.managed_draining == Some(ManagedDraining::Enabled),
            tags,
        },
        depth: Depth::Full,
    })
}
