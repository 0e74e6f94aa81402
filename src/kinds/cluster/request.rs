//! A cluster's spec as the SDK takes it, and the wait for it.

use std::time::Duration;

use aws_sdk_ecs::types::{
    CapacityProviderStrategyItem, Cluster, ClusterConfiguration, ClusterField, ClusterSetting,
    ClusterSettingName, ExecuteCommandConfiguration, ExecuteCommandLogConfiguration,
    ExecuteCommandLogging as Logging,
};

use super::{ClusterSpec, ExecuteCommand, arn, outputs};
use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule};
use crate::kind::{CallError, Outputs};
use crate::kinds::shared::ecs::sdk_tags;
use crate::model::resolved::cluster::{ContainerInsights, ExecuteCommandLogging};

const UNTIL_ACTIVE: Duration = Duration::from_mins(10);

pub(super) async fn create(aws: &Aws, spec: &ClusterSpec) -> Result<Outputs, CallError> {
    let is_default = spec.execute_command == ExecuteCommand::default();
    let request = aws
        .ecs
        .create_cluster()
        .cluster_name(&spec.name)
        .set_settings(Some(settings(spec)))
        .set_configuration((!is_default).then(|| configuration(spec)))
        .set_capacity_providers(Some(providers(spec)))
        .set_default_capacity_provider_strategy(Some(strategy(spec)))
        .set_tags(Some(sdk_tags(&spec.tags)));
    let reply = aws.write("ecs:CreateCluster", || request.clone().send()).await?;
    let made = reply.cluster.and_then(|cluster| cluster.cluster_arn);
    Ok(outputs(&spec.name, made.unwrap_or_else(|| arn(aws, &spec.name))))
}

/// A cluster is active, and its capacity providers are attached.
pub(super) async fn until_active(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let operation = "ecs:DescribeClusters";
    let awaited = format!("cluster {name}");
    let look = || async {
        let request =
            aws.ecs.describe_clusters().clusters(name).include(ClusterField::Attachments);
        let reply = aws.read(operation, request.send()).await?;
        let cluster = reply.clusters.unwrap_or_default().into_iter().next();
        let cluster = cluster.unwrap_or_else(|| Cluster::builder().build());
        match (cluster.status(), cluster.attachments_status()) {
            (Some("FAILED"), _) | (_, Some("UPDATE_FAILED")) => {
                let message = format!("cluster {name} could not attach its capacity providers");
                Err(AwsError::new(operation, ErrorKind::Service, message))
            }
            (Some("ACTIVE"), None | Some("UPDATE_COMPLETE")) => Ok(Attempt::Break(())),
            _ => Ok(Attempt::Continue(())),
        }
    };
    aws.poll_until(operation, &awaited, Schedule::default(), UNTIL_ACTIVE, look).await
}

pub(super) fn settings(spec: &ClusterSpec) -> Vec<ClusterSetting> {
    let value = match spec.container_insights {
        ContainerInsights::Disabled => "disabled",
        ContainerInsights::Enabled => "enabled",
        ContainerInsights::Enhanced => "enhanced",
    };
    vec![ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value(value).build()]
}

pub(super) fn configuration(spec: &ClusterSpec) -> ClusterConfiguration {
    let ExecuteCommand { logging, kms_key, .. } = &spec.execute_command;
    let (logging, logs) = match logging {
        ExecuteCommandLogging::Default => (Logging::Default, None),
        ExecuteCommandLogging::None => (Logging::None, None),
        ExecuteCommandLogging::Override => (Logging::Override, Some(logs(&spec.execute_command))),
    };
    let sessions = ExecuteCommandConfiguration::builder()
        .logging(logging)
        .set_kms_key_id(some(kms_key))
        .set_log_configuration(logs)
        .build();
    ClusterConfiguration::builder().execute_command_configuration(sessions).build()
}

fn logs(sessions: &ExecuteCommand) -> ExecuteCommandLogConfiguration {
    ExecuteCommandLogConfiguration::builder()
        .set_cloud_watch_log_group_name(some(&sessions.log_group))
        .cloud_watch_encryption_enabled(sessions.log_encryption)
        .set_s3_bucket_name(some(&sessions.s3_bucket))
        .set_s3_key_prefix(some(&sessions.s3_key_prefix))
        .s3_encryption_enabled(sessions.s3_encryption)
        .build()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn providers(spec: &ClusterSpec) -> Vec<String> {
    spec.capacity_providers.0.iter().cloned().collect()
}

pub(super) fn strategy(spec: &ClusterSpec) -> Vec<CapacityProviderStrategyItem> {
    let items = spec.default_capacity_provider_strategy.iter().map(|(provider, share)| {
        CapacityProviderStrategyItem::builder()
            .capacity_provider(provider)
            .weight(share.weight)
            .base(share.base)
            .build()
            .expect("the capacity provider is set")
    });
    items.collect()
}
