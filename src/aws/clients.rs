//! The clients of one account and Region, sharing connections, credentials and pace.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

use super::call::Gate;
use super::cloudwatch::CloudWatch;
use super::count::CallCounter;
use super::ec2::Ec2;
use super::json::{Acm, Ecr, SecretsManager, ServiceQuotas, Ssm};
use super::s3::S3;
use super::web::Web;

/// One account in one Region. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Aws {
    pub ecs: aws_sdk_ecs::Client,
    pub elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub iam: aws_sdk_iam::Client,
    pub efs: aws_sdk_efs::Client,
    /// Application Auto Scaling.
    pub scaling: aws_sdk_applicationautoscaling::Client,
    /// EC2 Auto Scaling.
    pub autoscaling: aws_sdk_autoscaling::Client,
    pub cloudwatch: CloudWatch,
    /// Classic Load Balancers.
    pub elb: aws_sdk_elasticloadbalancing::Client,
    /// `CloudWatch` Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// The Resource Groups Tagging API.
    pub tagging: aws_sdk_resourcegroupstagging::Client,
    pub sts: aws_sdk_sts::Client,
    pub ec2: Ec2,
    pub ecr: Ecr,
    pub acm: Acm,
    pub secrets_manager: SecretsManager,
    pub ssm: Ssm,
    pub quotas: ServiceQuotas,
    pub s3: S3,
    /// Whatever is not AWS: registries of images.
    pub web: Web,
    pub region: Arc<str>,
    /// The twelve digits of the account.
    pub account: Arc<str>,
    /// The first part of every ARN: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Arc<str>,
    pub calls: CallCounter,
    /// How long a deployment may take.
    pub rollout_limit: Duration,
    pub(super) gate: Gate,
}

const ROLLOUT_LIMIT: Duration = Duration::from_mins(15);

/// Who the credentials belong to, and where.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) region: Arc<str>,
    pub(super) account: Arc<str>,
    pub(super) partition: Arc<str>,
}

/// Builds a client that counts its requests and does not retry web pages.
macro_rules! client {
    ($sdk:ident, $config:expr, $calls:expr, $service:literal) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from($config)
                .interceptor($calls.of($service))
                .retry_classifier($crate::aws::clients::WebPage)
                .build(),
        )
    };
}
pub(super) use client;

impl Aws {
    pub(super) fn new(config: &SdkConfig, identity: Identity, calls: CallCounter) -> Self {
        let gate = Gate::new();
        Self {
            ecs: client!(aws_sdk_ecs, config, calls, "ecs"),
            elbv2: client!(aws_sdk_elasticloadbalancingv2, config, calls, "elasticloadbalancing"),
            iam: client!(aws_sdk_iam, config, calls, "iam"),
            efs: client!(aws_sdk_efs, config, calls, "elasticfilesystem"),
            scaling: client!(
                aws_sdk_applicationautoscaling,
                config,
                calls,
                "application-autoscaling"
            ),
            autoscaling: client!(aws_sdk_autoscaling, config, calls, "autoscaling"),
            cloudwatch: CloudWatch::new(config, &identity, &calls, gate.clone()),
            elb: client!(aws_sdk_elasticloadbalancing, config, calls, "elasticloadbalancing"),
            logs: client!(aws_sdk_cloudwatchlogs, config, calls, "logs"),
            tagging: client!(aws_sdk_resourcegroupstagging, config, calls, "tag"),
            sts: client!(aws_sdk_sts, config, calls, "sts"),
            ec2: Ec2::new(config, &identity, &calls, gate.clone()),
            ecr: Ecr::new(config, &identity, &calls),
            acm: Acm::new(config, &identity, &calls),
            secrets_manager: SecretsManager::new(config, &identity, &calls),
            ssm: Ssm::new(config, &identity, &calls),
            quotas: ServiceQuotas::new(config, &identity, &calls),
            s3: S3::new(config, &identity, &calls),
            web: Web::new(config),
            region: identity.region,
            account: identity.account,
            partition: identity.partition,
            calls,
            rollout_limit: ROLLOUT_LIMIT,
            gate,
        }
    }

    /// The ARN of a resource in this account and Region: `arn("ecs", "cluster/main")`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let Self { partition, region, account, .. } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// The ARN of an IAM resource, which has no Region: `iam_arn("role/ecsctl/shop/prod/web")`.
    pub fn iam_arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition, self.account)
    }

    /// Gives up on deployments after this time.
    #[must_use]
    pub fn with_rollout_limit(mut self, limit: Duration) -> Self {
        self.rollout_limit = limit;
        self
    }

    /// Stretches (or shrinks) every wait and every retry that is measured in real time.
    #[must_use]
    pub fn with_patience(mut self, scale: f64) -> Self {
        self.gate = self.gate.with_patience(scale);
        self.ec2 = self.ec2.with_gate(self.gate.clone());
        self.cloudwatch = self.cloudwatch.with_gate(self.gate.clone());
        self
    }
}

/// Forbids retrying an internal error that came as a web page: AWS's own are not, and moto answers
/// so to each operation that it lacks.
#[derive(Debug)]
pub(super) struct WebPage;

impl ClassifyRetry for WebPage {
    fn name(&self) -> &'static str {
        "web page"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let is_page = context.response().is_some_and(|response| {
            let content_type = response.headers().get("content-type").unwrap_or_default();
            response.status().as_u16() == 500 && content_type.starts_with("text/html")
        });
        if is_page { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }
}

#[cfg(test)]
mod tests {
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn arns_carry_partition_region_and_account() {
        let aws = Replay::new([]).aws();
        assert_eq!(
            aws.arn("ecs", "cluster/main"),
            "arn:aws:ecs:eu-west-1:444455556666:cluster/main"
        );
        assert_eq!(aws.iam_arn("role/web"), "arn:aws:iam::444455556666:role/web");
    }

    #[tokio::test(start_paused = true)]
    async fn retries_are_counted() {
        let replay = Replay::new([json(500, r#"{"__type": "ServerException"}"#), json(200, "{}")]);
        let aws = replay.aws();
        aws.read("ecs:ListClusters", aws.ecs.list_clusters().send()).await.unwrap();
        assert_eq!(aws.calls.total(), 2);
        assert_eq!(aws.calls.by_operation()["ecs:ListClusters"], 2);
    }
}
