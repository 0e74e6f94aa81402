//! What ECS itself may do for the tasks of a service or job: exactly what they need to start.
//!
//! Two things cannot be told from a manifest, and are not granted: the customer-managed KMS keys
//! that a parameter or secret is encrypted with, and pulls through a cache that must first be
//! filled. A document that needs those names its own execution role.

use std::collections::BTreeSet;

use super::policy::{Policy, Statement};
use crate::facts::Facts;
use crate::model::resolved::service::{
    FsxWindowsVolume, LogGroup, Logging, SecretId, SecretReference, Task, Volume,
};

pub fn policy(task: &Task, facts: &Facts) -> Policy {
    let files = || task.containers.iter().flat_map(|container| &container.environment_files);
    let buckets = files().map(|file| file.split('/').next().unwrap_or(file).to_owned());
    let repositories: BTreeSet<String> = task
        .containers
        .iter()
        .filter_map(|container| repository_arn(facts, &container.image))
        .collect();
    let all_file_servers = file_servers(task).map(|_| "*".to_owned());
    let token: &[&str] = if repositories.is_empty() { &[] } else { &["*"] };
    [
        logs(facts, &task.logging),
        grant("Parameters", &["ssm:GetParameters"], parameters(facts, task)),
        grant("Secrets", &["secretsmanager:GetSecretValue"], secrets(facts, task)),
        // The agent looks up the address of the file server as this role; as in AWS's own policy
        // `AmazonFSxReadOnlyAccess`, it may look at all of them.
        grant("FileServers", &["fsx:DescribeFileSystems"], all_file_servers),
        grant("EnvironmentFiles", &["s3:GetObject"], files().cloned()),
        grant("EnvironmentFileBuckets", &["s3:GetBucketLocation"], buckets),
        grant(
            "RegistryToken",
            &["ecr:GetAuthorizationToken"],
            token.iter().map(ToString::to_string),
        ),
        grant(
            "Images",
            &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            repositories,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A statement, unless there is nothing to allow the actions on.
fn grant(
    sid: &str,
    actions: &[&str],
    resources: impl IntoIterator<Item = String>,
) -> Option<(String, Statement)> {
    let statement = Statement::allow(actions, resources);
    (!statement.resources.0.is_empty()).then(|| (sid.to_owned(), statement))
}

fn logs(facts: &Facts, logging: &Logging) -> Option<(String, Statement)> {
    let Logging::CloudWatch { group, options, .. } = logging else { return None };
    let (LogGroup::Existing { name } | LogGroup::Managed { name, .. }) = group;
    let region = options.get("awslogs-region").unwrap_or(&facts.region);
    let group = format!("log-group:{name}:*");
    let arn = format!("arn:{}:logs:{region}:{}:{group}", facts.partition, facts.account);
    let is_made_by_driver =
        options.get("awslogs-create-group").is_some_and(|value| value == "true");
    let mut actions = vec!["logs:CreateLogStream", "logs:PutLogEvents"];
    if is_made_by_driver {
        actions.push("logs:CreateLogGroup");
    }
    grant("Logs", &actions, [arn])
}

fn references(task: &Task) -> impl Iterator<Item = &SecretReference> {
    let options = match &task.logging {
        Logging::Disabled => None,
        Logging::CloudWatch { secret_options, .. } | Logging::Driver { secret_options, .. } => {
            Some(secret_options.values())
        }
    };
    let containers = task
        .containers
        .iter()
        .flat_map(|container| container.secrets.values().chain(&container.repository_credentials));
    let volumes = file_servers(task).map(|volume| &volume.credentials);
    containers.chain(options.into_iter().flatten()).chain(volumes)
}

fn file_servers(task: &Task) -> impl Iterator<Item = &FsxWindowsVolume> {
    task.volumes.values().filter_map(|volume| match volume {
        Volume::FsxWindows(volume) => Some(volume),
        Volume::Shared | Volume::Efs(_) | Volume::Host { .. } | Volume::Docker(_) => None,
    })
}

fn parameters(facts: &Facts, task: &Task) -> impl Iterator<Item = String> {
    references(task).filter_map(|reference| match reference {
        SecretReference::Ssm { id: SecretId::Arn(arn) } => Some(arn.clone()),
        SecretReference::Ssm { id: SecretId::Name(name) } => Some(facts.parameter_arn(name)),
        SecretReference::SecretsManager { .. } => None,
    })
}

fn secrets(facts: &Facts, task: &Task) -> impl Iterator<Item = String> {
    references(task).filter_map(|reference| match reference {
        SecretReference::SecretsManager { id: SecretId::Arn(arn), .. } if has_suffix(arn) => {
            Some(arn.clone())
        }
        SecretReference::SecretsManager { id: SecretId::Arn(arn), .. } => Some(suffixed(arn)),
        SecretReference::SecretsManager { id: SecretId::Name(name), .. } => {
            Some(suffixed(&facts.arn("secretsmanager", &format!("secret:{name}"))))
        }
        SecretReference::Ssm { .. } => None,
    })
}

/// Secrets Manager ends each ARN with a hyphen and six characters of its own.
fn suffixed(arn: &str) -> String {
    format!("{arn}-??????")
}

fn has_suffix(arn: &str) -> bool {
    let suffix = arn.rsplit_once('-').map(|(_, suffix)| suffix);
    suffix.is_some_and(|it| it.len() == 6 && it.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The ARN of an image's repository, when that is a private one of ECR:
/// `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>`.
fn repository_arn(facts: &Facts, image: &str) -> Option<String> {
    let (host, path) = image.split_once('/')?;
    let labels: Vec<&str> = host.split('.').collect();
    let ([account, "dkr", "ecr" | "ecr-fips", region, "amazonaws", ..]
    | [account, "dkr-ecr" | "dkr-ecr-fips", region, "on", ..]) = labels[..]
    else {
        return None;
    };
    let name = path.split(['@', ':']).next().unwrap_or(path);
    Some(format!("arn:{}:ecr:{region}:{account}:repository/{name}", facts.partition))
}
