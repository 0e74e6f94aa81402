//! Errors that pass by themselves once the account is consistent, as a table of how long to insist.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::Instant;

use super::error::AwsError;

/// One error that is worth retrying.
struct Rule {
    /// An operation, or a service as `iam:` for all its operations.
    operation: &'static str,
    code: &'static str,
    /// What the message must contain.
    fragment: &'static str,
    patience: Duration,
}

const fn rule(
    operation: &'static str,
    code: &'static str,
    fragment: &'static str,
    seconds: u64,
) -> Rule {
    Rule { operation, code, fragment, patience: Duration::from_secs(seconds) }
}

const MINUTE: u64 = 60;
const SERVICE_LINKED_ROLE: &str = "Unable to assume the service linked role";
const NO_LOAD_BALANCER: &str = "does not have an associated load balancer";
const ECS_ROLE: &str = "Unable to assume role and validate the specified targetGroupArn";
const INFRASTRUCTURE_ROLE: &str = "ECS was unable to assume the configured ECS Infrastructure Role";
const INSTANCE_PROFILE: &str = "Invalid IAM Instance Profile";
const ECS_INVALID: &str = "InvalidParameterException";

/// The first matching rule counts.
const RULES: &[Rule] = &[
    rule("ecs:CreateCluster", ECS_INVALID, SERVICE_LINKED_ROLE, 2 * MINUTE),
    rule("ecs:CreateService", ECS_INVALID, SERVICE_LINKED_ROLE, 2 * MINUTE),
    rule("ecs:CreateCapacityProvider", ECS_INVALID, SERVICE_LINKED_ROLE, 2 * MINUTE),
    rule("ecs:CreateService", "ClusterNotFoundException", "", 30),
    rule("ecs:CreateService", ECS_INVALID, NO_LOAD_BALANCER, 4 * MINUTE),
    rule("ecs:UpdateService", ECS_INVALID, NO_LOAD_BALANCER, 4 * MINUTE),
    rule("ecs:CreateService", ECS_INVALID, ECS_ROLE, 2 * MINUTE),
    rule("ecs:UpdateService", ECS_INVALID, ECS_ROLE, 2 * MINUTE),
    rule("ecs:CreateService", ECS_INVALID, INFRASTRUCTURE_ROLE, 2 * MINUTE),
    rule("ecs:UpdateService", ECS_INVALID, INFRASTRUCTURE_ROLE, 2 * MINUTE),
    rule(
        "ecs:CreateService",
        ECS_INVALID,
        "Unable to Start a service that is still Draining",
        10 * MINUTE,
    ),
    rule("ecs:DeleteService", ECS_INVALID, "while deployments are active", 5 * MINUTE),
    // A typing mistake in a role's ARN gives the same message as a role made a moment ago.
    rule("ecs:RegisterTaskDefinition", "ClientException", "Role is not valid", 8),
    rule("ecs:DeleteCluster", "ClusterContainsServicesException", "", 10 * MINUTE),
    // Instances leave a while after their group is gone.
    rule("ecs:DeleteCluster", "ClusterContainsContainerInstancesException", "", 10 * MINUTE),
    rule("ecs:DeleteCluster", "ClusterContainsTasksException", "", 10 * MINUTE),
    rule("ecs:DeleteCluster", "ClusterContainsCapacityProviderException", "", 10 * MINUTE),
    rule(
        "ecs:DeleteCluster",
        "ClientException",
        "Cluster Scoped Capacity Providers are attached",
        10 * MINUTE,
    ),
    rule("ecs:", "UpdateInProgressException", "", 10 * MINUTE),
    rule(
        "ecs:PutClusterCapacityProviders",
        "ResourceInUseException",
        "is in use and cannot be removed",
        10 * MINUTE,
    ),
    rule(
        "ecs:PutClusterCapacityProviders",
        "ClientException",
        "Cluster was not ACTIVE",
        5 * MINUTE,
    ),
    rule(
        "application-autoscaling:RegisterScalableTarget",
        "ValidationException",
        "ECS service doesn't exist",
        2 * MINUTE,
    ),
    rule(
        "application-autoscaling:RegisterScalableTarget",
        "ValidationException",
        "Unable to assume IAM role",
        2 * MINUTE,
    ),
    rule(
        "application-autoscaling:Put",
        "ObjectNotFoundException",
        "No scalable target registered",
        MINUTE,
    ),
    rule("application-autoscaling:Put", "ValidationException", "No scalable target found", MINUTE),
    rule("application-autoscaling:", "ConcurrentUpdateException", "", 2 * MINUTE),
    rule("application-autoscaling:", "FailedResourceAccessException", "", MINUTE),
    rule("autoscaling:", "ValidationError", INSTANCE_PROFILE, 2 * MINUTE),
    rule("autoscaling:DeleteAutoScalingGroup", "ResourceInUse", "", 10 * MINUTE),
    rule("autoscaling:", "ScalingActivityInProgress", "", 10 * MINUTE),
    rule("autoscaling:", "ResourceContention", "", 2 * MINUTE),
    rule("elasticloadbalancing:DeleteTargetGroup", "ResourceInUse", "", 2 * MINUTE),
    rule("elasticloadbalancing:", "CertificateNotFound", "", 30),
    // A rule that is deleted at the same time is about to give its priority back.
    rule("elasticloadbalancing:", "PriorityInUse", "", 20),
    rule("elasticloadbalancing:", "PriorRequestNotComplete", "", 2 * MINUTE),
    rule("ec2:DeleteSecurityGroup", "DependencyViolation", "", 15 * MINUTE),
    // A group made a moment ago may be unknown yet to the host that takes its rules.
    rule("ec2:Authorize", "InvalidGroup.NotFound", "", 20),
    rule("ec2:CreateTags", "InvalidGroup.NotFound", "", 20),
    // A role made a moment ago may be unknown yet to the host that takes the profile's.
    rule("iam:AddRoleToInstanceProfile", "NoSuchEntity", "", 20),
    rule("iam:", "MalformedPolicyDocument", "Invalid principal in policy", MINUTE),
    rule("iam:", "ConcurrentModification", "", 2 * MINUTE),
    rule("iam:", "EntityTemporarilyUnmodifiable", "", 2 * MINUTE),
    rule("elasticfilesystem:", "IncorrectFileSystemLifeCycleState", "", 5 * MINUTE),
    rule("elasticfilesystem:", "DependencyTimeout", "", 2 * MINUTE),
    rule("elasticfilesystem:DeleteFileSystem", "FileSystemInUse", "", 5 * MINUTE),
    rule("logs:", "OperationAbortedException", "", MINUTE),
];

/// How long to insist on an operation after this error.
fn patience(error: &AwsError) -> Option<Duration> {
    let code = error.code.as_deref()?;
    let matches = |rule: &&Rule| {
        error.operation.starts_with(rule.operation)
            && code == rule.code
            && error.message.contains(rule.fragment)
    };
    RULES.iter().find(matches).map(|rule| rule.patience)
}

/// Repeats an attempt while its error is one that passes, at most as long as the table says.
/// `scale` stretches or shrinks that time.
pub(super) async fn insist<T, Fut>(scale: f64, attempt: impl FnMut() -> Fut) -> Result<T, AwsError>
where
    Fut: Future<Output = Result<T, AwsError>>,
{
    let start = Instant::now();
    let passes = |error: &AwsError| {
        patience(error).is_some_and(|patience| start.elapsed() < patience.mul_f64(scale))
    };
    let outcome = attempt.retry(backoff()).sleep(tokio::time::sleep).when(passes).await;
    outcome.map_err(|error| match patience(&error) {
        Some(_) => AwsError { retried_for: Some(start.elapsed()), ..error },
        None => error,
    })
}

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(2))
        .with_factor(1.5)
        .with_max_delay(Duration::from_secs(15))
        .without_max_times()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ErrorKind;

    fn error(operation: &'static str, code: &str, message: &str) -> AwsError {
        let error = AwsError::new(operation, ErrorKind::Invalid, message);
        AwsError { code: Some(code.to_owned()), ..error }
    }

    async fn attempts_until(successful: u32, error: AwsError) -> (Result<u32, AwsError>, u32) {
        let mut attempts = 0;
        let outcome = insist(1.0, || {
            attempts += 1;
            std::future::ready(if attempts >= successful {
                Ok(attempts)
            } else {
                Err(error.clone())
            })
        });
        let outcome = outcome.await;
        (outcome, attempts)
    }

    #[tokio::test(start_paused = true)]
    async fn a_passing_error_is_retried_until_it_passes() {
        let in_use =
            error("ec2:DeleteSecurityGroup", "DependencyViolation", "has a dependent object");
        assert_eq!(attempts_until(6, in_use).await.0, Ok(6));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_and_the_error_says_so() {
        let start = Instant::now();
        let in_use =
            error("elasticloadbalancing:DeleteTargetGroup", "ResourceInUse", "in use by a rule");
        let (outcome, _) = attempts_until(u32::MAX, in_use).await;
        let waited = start.elapsed().as_secs();
        assert!((120..136).contains(&waited), "{waited}");
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(&format!("still so after {waited} s of retries")), "{message}");
    }

    #[tokio::test(start_paused = true)]
    async fn other_errors_are_not_retried() {
        let invalid =
            error("ecs:CreateService", "InvalidParameterException", "Invalid revision number");
        assert_eq!(attempts_until(9, invalid).await.1, 1);
        let elsewhere = error("ec2:DeleteSubnet", "DependencyViolation", "has dependencies");
        assert_eq!(attempts_until(9, elsewhere).await.1, 1);
    }
}
