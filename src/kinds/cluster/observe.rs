//! Reads clusters, a hundred at a time.

use aws_sdk_ecs::types::{
    CapacityProviderStrategyItem, Cluster, ClusterField, ClusterSettingName,
    ExecuteCommandConfiguration, ExecuteCommandLogging as Logging,
};
use futures::future::try_join_all;

use super::{Capacity, ClusterSpec, ExecuteCommand, Share, outputs};
use crate::aws::{Aws, AwsError};
use crate::kind::{Depth, Live, Marks};
use crate::kinds::shared::ecs::tags;
use crate::model::resolved::cluster::{ContainerInsights, ExecuteCommandLogging};

const CLUSTERS_PER_CALL: usize = 100;

/// The clusters of these names. AWS lists deleted ones for a while, as inactive.
pub(super) async fn observe(
    aws: &Aws,
    names: &[String],
) -> Result<Vec<Live<ClusterSpec>>, AwsError> {
    let pages = names.chunks(CLUSTERS_PER_CALL).map(|names| described(aws, names));
    let clusters = try_join_all(pages).await?.into_iter().flatten();
    Ok(clusters.filter(|it| it.status() != Some("INACTIVE")).map(live).collect())
}

async fn described(aws: &Aws, names: &[String]) -> Result<Vec<Cluster>, AwsError> {
    let request = aws
        .ecs
        .describe_clusters()
        .set_clusters(Some(names.to_vec()))
        .include(ClusterField::Settings)
        .include(ClusterField::Configurations)
        .include(ClusterField::Tags);
    let reply = aws.read("ecs:DescribeClusters", request.send()).await?;
    Ok(reply.clusters.unwrap_or_default())
}

fn live(cluster: Cluster) -> Live<ClusterSpec> {
    let name = cluster.cluster_name.unwrap_or_default();
    let tags = tags(cluster.tags);
    let insights = cluster.settings.unwrap_or_default().into_iter();
    let insights = insights
        .filter(|setting| setting.name == Some(ClusterSettingName::ContainerInsights))
        .find_map(|setting| setting.value);
    let strategy = cluster.default_capacity_provider_strategy.unwrap_or_default().into_iter();
    let share =
        |item: &CapacityProviderStrategyItem| Share { weight: item.weight, base: item.base };
    Live {
        outputs: outputs(&name, cluster.cluster_arn.unwrap_or_default()),
        marks: Marks::of(&tags),
        spec: ClusterSpec {
            name,
            container_insights: match insights.as_deref() {
                Some("enabled") => ContainerInsights::Enabled,
                Some("enhanced") => ContainerInsights::Enhanced,
                _ => ContainerInsights::Disabled,
            },
            capacity: Some(Capacity {
                providers: cluster.capacity_providers.into_iter().flatten().collect(),
                default_strategy: strategy
                    .map(|item| (item.capacity_provider.clone(), share(&item)))
                    .collect(),
            }),
            execute_command: cluster
                .configuration
                .and_then(|it| it.execute_command_configuration)
                .map(execute_command)
                .unwrap_or_default(),
            tags,
        },
        depth: Depth::Full,
    }
}

fn execute_command(read: ExecuteCommandConfiguration) -> ExecuteCommand {
    let logs = read.log_configuration;
    let text = |text: Option<String>| text.unwrap_or_default();
    ExecuteCommand {
        logging: match read.logging {
            Some(Logging::None) => ExecuteCommandLogging::None,
            Some(Logging::Override) => ExecuteCommandLogging::Override,
            _ => ExecuteCommandLogging::Default,
        },
        kms_key: text(read.kms_key_id),
        log_encryption: logs.as_ref().is_some_and(|it| it.cloud_watch_encryption_enabled),
        s3_encryption: logs.as_ref().is_some_and(|it| it.s3_encryption_enabled),
        log_group: text(logs.as_ref().and_then(|it| it.cloud_watch_log_group_name.clone())),
        s3_bucket: text(logs.as_ref().and_then(|it| it.s3_bucket_name.clone())),
        s3_key_prefix: text(logs.and_then(|it| it.s3_key_prefix)),
    }
}
