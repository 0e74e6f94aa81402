//! One account of a server, asked through the AWS SDK: what ecsctl says of itself proves nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;

use super::ecsctl::Ecsctl;
use super::moto::{Moto, python};

pub const REGION: &str = "eu-west-1";

/// An account that nobody else uses.
pub struct Account {
    pub moto: Arc<Moto>,
    pub access_key: String,
    secret: String,
    token: String,
    config: SdkConfig,
}

impl Account {
    /// The account with this id. moto makes an account of each one that a role is assumed in.
    pub async fn of(moto: Arc<Moto>, id: &str) -> Self {
        let root = config(&moto.url, Credentials::new("test", "test", None, None, "test")).await;
        let reply = aws_sdk_sts::Client::new(&root)
            .assume_role()
            .role_arn(format!("arn:aws:iam::{id}:role/test"))
            .role_session_name("test")
            .send()
            .await
            .unwrap();
        let found = reply.credentials().unwrap();
        let (access_key, secret, token) =
            (found.access_key_id(), found.secret_access_key(), found.session_token());
        let credentials =
            Credentials::new(access_key, secret, Some(token.to_owned()), None, "test");
        let config = config(&moto.url, credentials).await;
        let (access_key, secret, token) =
            (access_key.to_owned(), secret.to_owned(), token.to_owned());
        Self { moto, access_key, secret, token, config }
    }

    /// Gives the program this account. `apply` does not look first whether images, secrets and
    /// certificates are there: those that the examples name are not. `live/verify.rs` has it look.
    pub fn open_to(&self, ecsctl: Ecsctl) -> Ecsctl {
        self.open_to_checked(ecsctl).env("ECSCTL_SKIP_VERIFY", "true")
    }

    /// The same, with the checks that `apply` makes by itself.
    pub fn open_to_checked(&self, ecsctl: Ecsctl) -> Ecsctl {
        ecsctl
            .env("AWS_ACCESS_KEY_ID", &self.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &self.secret)
            .env("AWS_SESSION_TOKEN", &self.token)
            .env("AWS_ENDPOINT_URL", &self.moto.url)
            .env("AWS_REGION", REGION)
    }

    /// Gives the program this account behind a proxy.
    pub fn open_through(&self, url: &str, ecsctl: Ecsctl) -> Ecsctl {
        self.open_to(ecsctl).env("AWS_ENDPOINT_URL", url)
    }

    pub fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.config)
    }

    pub fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.config)
    }

    pub fn elbv2(&self) -> aws_sdk_elasticloadbalancingv2::Client {
        aws_sdk_elasticloadbalancingv2::Client::new(&self.config)
    }

    pub fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.config)
    }

    pub fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.config)
    }

    pub fn scaling(&self) -> aws_sdk_applicationautoscaling::Client {
        aws_sdk_applicationautoscaling::Client::new(&self.config)
    }

    /// Everything that is in the account, whoever made it, by ARN or id. What ECS keeps in its lists
    /// though it is deleted is left out.
    pub async fn inventory(&self) -> BTreeSet<String> {
        let mut all = self.listed().await;
        all.extend(self.containers().await);
        all.extend(self.routes().await);
        all.extend(self.scaled().await);
        all.extend(self.files().await);
        all.extend(self.others());
        let roles = self.iam().list_roles().send().await.unwrap();
        all.extend(roles.roles().iter().map(|role| role.arn().to_owned()));
        let groups = self.logs().describe_log_groups().send().await.unwrap();
        all.extend(groups.log_groups().iter().filter_map(|group| group.arn().map(str::to_owned)));
        all
    }

    /// What AWS's SDK for Python finds of further services.
    fn others(&self) -> Vec<String> {
        self.run("tests/support/inventory.py").lines().map(str::to_owned).collect()
    }

    /// What a script in Python prints that has the account and the SDK for it.
    pub fn run(&self, script: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let ran = Command::new(python())
            .arg(script)
            .arg(&self.moto.url)
            .env("AWS_ACCESS_KEY_ID", &self.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &self.secret)
            .env("AWS_SESSION_TOKEN", &self.token)
            .env("AWS_DEFAULT_REGION", REGION)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }

    /// What the tagging API lists, but for ECS's and instances: there it shows what is deleted too.
    async fn listed(&self) -> BTreeSet<String> {
        let tagging = aws_sdk_resourcegroupstagging::Client::new(&self.config);
        let pages = tagging.get_resources().into_paginator().items().send();
        let found = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        let arns = found.into_iter().filter_map(|resource| resource.resource_arn);
        arns.filter(|arn| !arn.contains(":ecs:") && !arn.contains(":instance/")).collect()
    }

    /// Clusters, services and task definitions that are active.
    async fn containers(&self) -> Vec<String> {
        let ecs = self.ecs();
        let clusters = ecs.list_clusters().send().await.unwrap();
        let clusters = clusters.cluster_arns.unwrap_or_default();
        let mut active = vec![];
        let found = ecs.describe_clusters().set_clusters(Some(clusters)).send().await.unwrap();
        for cluster in found.clusters() {
            let arn = cluster.cluster_arn().unwrap();
            if cluster.status() == Some("ACTIVE") {
                active.push(arn.to_owned());
            }
            let services = ecs.list_services().cluster(arn).send().await.unwrap();
            for service in services.service_arns() {
                let found =
                    ecs.describe_services().cluster(arn).services(service).send().await.unwrap();
                let is_active = found.services()[0].status() == Some("ACTIVE");
                active.extend(is_active.then(|| service.clone()));
            }
        }
        let revisions = ecs.list_task_definitions().send().await.unwrap();
        active.extend(revisions.task_definition_arns.unwrap_or_default());
        active
    }

    /// Load balancers, their listeners and rules, and target groups.
    async fn routes(&self) -> Vec<String> {
        let elbv2 = self.elbv2();
        let mut arns = vec![];
        let balancers = elbv2.describe_load_balancers().send().await.unwrap();
        for balancer in balancers.load_balancers() {
            let balancer = balancer.load_balancer_arn().unwrap();
            arns.push(balancer.to_owned());
            let listeners =
                elbv2.describe_listeners().load_balancer_arn(balancer).send().await.unwrap();
            for listener in listeners.listeners() {
                let listener = listener.listener_arn().unwrap();
                arns.push(listener.to_owned());
                let rules = elbv2.describe_rules().listener_arn(listener).send().await.unwrap();
                arns.extend(rules.rules().iter().map(|rule| rule.rule_arn().unwrap().to_owned()));
            }
        }
        let groups = elbv2.describe_target_groups().send().await.unwrap();
        let arn = |group: &aws_sdk_elasticloadbalancingv2::types::TargetGroup| {
            group.target_group_arn().unwrap().to_owned()
        };
        arns.extend(groups.target_groups().iter().map(arn));
        arns
    }

    /// Scalable targets and scaling policies.
    async fn scaled(&self) -> Vec<String> {
        use aws_sdk_applicationautoscaling::types::ServiceNamespace::Ecs;
        let scaling = self.scaling();
        let targets =
            scaling.describe_scalable_targets().service_namespace(Ecs).send().await.unwrap();
        let policies =
            scaling.describe_scaling_policies().service_namespace(Ecs).send().await.unwrap();
        let targets =
            targets.scalable_targets().iter().map(|target| target.resource_id().to_owned());
        let policies = policies.scaling_policies().iter();
        targets.chain(policies.map(|policy| policy.policy_arn().to_owned())).collect()
    }

    /// File systems, and what is in them.
    async fn files(&self) -> Vec<String> {
        let efs = aws_sdk_efs::Client::new(&self.config);
        let mut ids = vec![];
        let systems = efs.describe_file_systems().send().await.unwrap();
        for system in systems.file_systems() {
            let id = system.file_system_id();
            ids.push(system.file_system_arn().unwrap().to_owned());
            let targets = efs.describe_mount_targets().file_system_id(id).send().await.unwrap();
            ids.extend(
                targets.mount_targets().iter().map(|target| target.mount_target_id().to_owned()),
            );
            let points = efs.describe_access_points().file_system_id(id).send().await.unwrap();
            ids.extend(
                points.access_points().iter().filter_map(|point| point.access_point_arn.clone()),
            );
        }
        ids
    }
}

async fn config(url: &str, credentials: Credentials) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url)
        .region(Region::new(REGION))
        .credentials_provider(credentials)
        .load()
        .await
}
