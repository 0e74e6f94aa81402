//! A revision like another one but for its images: all that AWS describes and takes back is carried
//! over, whether ecsctl's manifests know it or not; what the SDK does not know is not, and neither are
//! accelerators of Elastic Inference, which is no more.

use std::collections::BTreeMap;

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types as sdk;

use super::observe::{Revision, describe};
use super::perform::once;
use crate::aws::{Aws, AwsError, ErrorKind};
use crate::kind::{DIGEST_TAG, Tags};
use crate::kinds::shared::ecs::sdk_tags;

/// Registers it, and returns its ARN. The new revision has no digest: that of the base would lie, and
/// the next plan reads it in full.
pub async fn revise(
    aws: &Aws,
    base: &str,
    images: &BTreeMap<String, String>,
) -> Result<String, AwsError> {
    let Some(found) = describe(aws, base).await? else {
        let message = format!("task definition {base} does not exist");
        return Err(AwsError::new("ecs:DescribeTaskDefinition", ErrorKind::NotFound, message));
    };
    let Revision { read, tags, .. } = found;
    let family = read.family.clone().unwrap_or_default();
    let wanted = with_images(read, images);
    let request = register(aws, &wanted, tags);
    let is_it = |found: &Revision| found.arn != base && content(&found.read) == content(&wanted);
    let outputs = once(aws, &request, &family, &is_it).await?;
    Ok(outputs.get("arn").cloned().unwrap_or_default())
}

fn with_images(
    mut definition: sdk::TaskDefinition,
    images: &BTreeMap<String, String>,
) -> sdk::TaskDefinition {
    for container in definition.container_definitions.iter_mut().flatten() {
        if let Some(image) = container.name.as_ref().and_then(|name| images.get(name)) {
            container.image = Some(image.clone());
        }
    }
    definition
}

/// What a registration says, without what AWS assigns.
fn content(definition: &sdk::TaskDefinition) -> sdk::TaskDefinition {
    sdk::TaskDefinition::builder()
        .set_family(definition.family.clone())
        .set_task_role_arn(definition.task_role_arn.clone())
        .set_execution_role_arn(definition.execution_role_arn.clone())
        .set_network_mode(definition.network_mode.clone())
        .set_container_definitions(definition.container_definitions.clone())
        .set_volumes(definition.volumes.clone())
        .set_placement_constraints(definition.placement_constraints.clone())
        .set_requires_compatibilities(definition.requires_compatibilities.clone())
        .set_cpu(definition.cpu.clone())
        .set_memory(definition.memory.clone())
        .set_pid_mode(definition.pid_mode.clone())
        .set_ipc_mode(definition.ipc_mode.clone())
        .set_proxy_configuration(definition.proxy_configuration.clone())
        .set_ephemeral_storage(definition.ephemeral_storage.clone())
        .set_runtime_platform(definition.runtime_platform.clone())
        .set_enable_fault_injection(definition.enable_fault_injection)
        .build()
}

fn register(
    aws: &Aws,
    definition: &sdk::TaskDefinition,
    mut tags: Tags,
) -> RegisterTaskDefinitionFluentBuilder {
    tags.remove(DIGEST_TAG);
    // AWS refuses a list of no tags.
    let tags = Some(sdk_tags(&tags)).filter(|tags| !tags.is_empty());
    let content = content(definition);
    aws.ecs
        .register_task_definition()
        .set_family(content.family)
        .set_task_role_arn(content.task_role_arn)
        .set_execution_role_arn(content.execution_role_arn)
        .set_network_mode(content.network_mode)
        .set_container_definitions(content.container_definitions)
        .set_volumes(content.volumes)
        .set_placement_constraints(content.placement_constraints)
        .set_requires_compatibilities(content.requires_compatibilities)
        .set_cpu(content.cpu)
        .set_memory(content.memory)
        .set_pid_mode(content.pid_mode)
        .set_ipc_mode(content.ipc_mode)
        .set_proxy_configuration(content.proxy_configuration)
        .set_ephemeral_storage(content.ephemeral_storage)
        .set_runtime_platform(content.runtime_platform)
        .set_enable_fault_injection(content.enable_fault_injection)
        .set_tags(tags)
}
