//! `kind: Cluster`: an ECS cluster and its capacity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, Tags};
use super::instances::Instances;

/// An ECS cluster. Without any Cluster document there is one named `main`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cluster {
    /// Name by which services refer to this cluster.
    #[schemars(with = "Name")]
    pub name: String,
    /// Physical name, when it must not be `<app>-<environment>-<name>`.
    pub aws_name: Option<String>,
    /// CloudWatch Container Insights. Default: `disabled`.
    #[serde(default)]
    pub container_insights: ContainerInsights,
    /// EC2 instances that run tasks.
    #[serde(default)]
    pub instances: Vec<Instances>,
    /// Further capacity providers that services may use: `FARGATE`, `FARGATE_SPOT`, and ones that are there already.
    /// Default: `FARGATE` and `FARGATE_SPOT`.
    #[serde(default = "all_providers")]
    pub capacity_providers: Vec<CapacityProvider>,
    /// What services use that name neither `launchType` nor `capacity`. Default: on-demand Fargate.
    #[serde(default)]
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    /// How sessions of ECS Exec are encrypted and logged.
    pub execute_command: Option<ExecuteCommand>,
    /// Tags for the cluster.
    #[serde(default)]
    pub tags: Tags,
    /// How changes are treated.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

pub(crate) fn all_providers() -> Vec<CapacityProvider> {
    vec![CapacityProvider::Fargate, CapacityProvider::FargateSpot]
}

/// How much CloudWatch Container Insights collects; both forms cost money per metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ContainerInsights {
    /// Nothing.
    #[default]
    Disabled,
    /// Metrics of the cluster and its services.
    Enabled,
    /// Metrics of tasks and containers too.
    Enhanced,
}

/// A capacity provider: one of AWS Fargate, or one of EC2 instances by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CapacityProvider {
    /// On-demand Fargate.
    Fargate,
    /// Fargate Spot: cheaper, and interrupted with two minutes' warning when AWS needs the capacity back.
    FargateSpot,
    /// An entry of the cluster's `instances`, or a capacity provider that is there already.
    #[serde(untagged)]
    Instances(String),
}

impl CapacityProvider {
    /// As manifests spell it.
    pub fn word(&self) -> &str {
        match self {
            Self::Fargate => "FARGATE",
            Self::FargateSpot => "FARGATE_SPOT",
            Self::Instances(name) => name,
        }
    }
}

/// A part of the tasks for one capacity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CapacityProviderStrategyItem {
    /// The capacity provider; the cluster must have it.
    pub provider: CapacityProvider,
    /// Share of the tasks beyond `base`, relative to the other items. 0 to 1000.
    /// Default: 1; for an item with `base` beside others, 0.
    #[schemars(range(max = 1000))]
    pub weight: Option<u32>,
    /// Number of tasks that run here before the weights count. 0 to 100000; only one item may have it. Default: 0.
    #[serde(default)]
    #[schemars(range(max = 100_000))]
    pub base: u32,
}

/// How sessions of `ecsctl exec` are encrypted and logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ExecuteCommand {
    /// Where sessions are logged. Default: `DEFAULT`.
    pub logging: ExecuteCommandLogging,
    /// ARN, id or alias of the KMS key that encrypts the sessions.
    pub kms_key: Option<String>,
    /// CloudWatch log group for the sessions; needs `logging: OVERRIDE`.
    pub log_group: Option<String>,
    /// Encrypt the session log in CloudWatch. Default: false.
    pub log_encryption: bool,
    /// S3 bucket for the sessions; needs `logging: OVERRIDE`.
    pub s3_bucket: Option<String>,
    /// Prefix of the objects in the bucket.
    pub s3_key_prefix: Option<String>,
    /// Encrypt the session log in S3. Default: false.
    pub s3_encryption: bool,
}

/// Where sessions of ECS Exec are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecuteCommandLogging {
    /// With the container's own log.
    #[default]
    Default,
    /// Nowhere.
    None,
    /// To `logGroup` or `s3Bucket`.
    Override,
}
