//! Secrets, credentials and environment files that a task cannot get before it starts.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const SOURCE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html";

const DENIED: &[&str] =
    &["accessdenied", "is not authorized to perform", "access denied", "unrecognizedclient"];

const UNREACHABLE: &[&str] = &[
    "dial tcp",
    "i/o timeout",
    "context deadline",
    "context canceled",
    "request canceled",
    "requestcanceled",
    "requesterror",
    "send request failed",
    "connection issue",
    "no such host",
    "network configuration",
    "statuscode: 0",
];

const FETCH: &[&str] = &[
    "unable to pull secrets or registry auth",
    "unable to retrieve secret",
    "fetching secret data",
    "unable to get registry auth",
];

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "environment-file-unread",
        signals: &[
            Signal::Stopped(&["env file"], &[]),
            Signal::Stopped(&["environment file"], &[]),
        ],
        when: &[],
        cause: "A file of `environmentFiles` could not be read: {words}.",
        remedies: &[
            "Check that the object exists, and that its name ends with `.env`.",
            "Allow the execution role `s3:GetObject` on it and `s3:GetBucketLocation` on its bucket.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to download env files: file download command: non empty error stream: service call has been retried 1 time(s): AccessDenied: Access Denied status code: 403",
        ),
    },
    Row {
        code: "secret-key-denied",
        signals: &[
            Signal::Stopped(&["access to kms is not allowed"], &[]),
            Signal::Stopped(&["kms:decrypt"], DENIED),
        ],
        when: &[],
        cause: "{role} may not decrypt {secret} with its KMS key.",
        remedies: &[
            "Allow the execution role `kms:Decrypt` on the key that encrypts the secret, and the role in the key's policy.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400",
        ),
    },
    Row {
        code: "registry-auth-denied",
        signals: &[
            Signal::Stopped(&["ecr:getauthorizationtoken"], DENIED),
            Signal::Stopped(&["registry auth from amazon ecr"], DENIED),
            Signal::Stopped(&["ecr registry auth"], DENIED),
        ],
        when: &[],
        cause: "{role} may not log in to ECR.",
        remedies: &[
            "Allow the execution role `ecr:GetAuthorizationToken` on `*`.",
            "The policy `AmazonECSTaskExecutionRolePolicy` holds all that pulling from ECR and writing logs needs.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/shop-prod-web-execution/0f3a6c1d is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
        ),
    },
    Row {
        code: "secret-denied",
        signals: &[
            Signal::Stopped(&["unable to pull secrets or registry auth"], DENIED),
            Signal::Stopped(&["unable to retrieve secret"], DENIED),
            Signal::Stopped(&["fetching secret data"], DENIED),
        ],
        when: &[],
        cause: "{role} may not read {secret}.",
        remedies: &[
            "Allow the execution role (not the task role) {permission} on it, and `kms:Decrypt` on its key if that is your own.",
            "Without `executionRole` ecsctl makes the role and allows it what `secrets` names: leave it out, or complete your own.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy from secrets manager: AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/shop-prod-web-execution/0f3a6c1d is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400",
        ),
    },
    Row {
        code: "secret-unreachable",
        signals: &[
            Signal::Stopped(&["unable to pull secrets or registry auth"], UNREACHABLE),
            Signal::Stopped(&["unable to retrieve secret"], UNREACHABLE),
            Signal::Stopped(&["fetching secret data"], UNREACHABLE),
        ],
        when: &[],
        cause: "The task has no route to {store}, and gets neither secrets nor credentials for the registry.",
        remedies: &[
            "In public subnets set `network.assignPublicIp: ENABLED`; in private ones give their route table a NAT gateway, or the VPC endpoints {endpoint}.",
            "Let the security groups of the task send to port 443, and those of the endpoints receive it from the task.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 52.95.125.10:443: i/o timeout",
        ),
    },
    Row {
        code: "secret-key-missing",
        signals: &[
            Signal::Stopped(&["did not contain json key"], &[]),
            Signal::Stopped(&["retrieve secret", "invalid character"], &[]),
        ],
        when: &[],
        cause: "{secret} is not JSON with {key} in it.",
        remedies: &[
            "Put the key into the secret's value, or correct what stands after the ARN in `secrets`: `<arn>:<key>::`.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password",
        ),
    },
    Row {
        code: "secret-not-found",
        signals: &[
            Signal::Stopped(
                &["secret"],
                &[
                    "can't find the specified secret",
                    "resourcenotfound",
                    "marked for deletion",
                    "parameternotfound",
                ],
            ),
            Signal::Stopped(&["invalid ssm parameters"], &[]),
        ],
        when: &[],
        cause: "{secret} does not exist in this Region.",
        remedies: &[
            "Create it, or correct its ARN in `secrets`: account, Region and the six characters at its end.",
            "Bring it back with `aws secretsmanager restore-secret` if it is about to be deleted.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a problem with the secret. ResourceNotFoundException: Fetching secret data from AWS Secrets Manager in region eu-west-1: secret arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/database-EaPYTy: Secrets Manager can't find the specified secret.",
        ),
    },
    Row {
        code: "secret-unread",
        signals: &[Signal::Stopped(&[], FETCH)],
        when: &[],
        cause: "{secret} or the credentials for the registry could not be fetched: {words}.",
        remedies: &[
            "Check that each ARN in `secrets` exists in this Region, and that the execution role may read it.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time...",
        ),
    },
    Row {
        code: "role-not-assumed",
        signals: &[
            Signal::Stopped(&["unable to assume the role"], &[]),
            Signal::Event(&["unable to assume the role"], &[]),
            Signal::Stopped(&["unable to assume", "role"], &[]),
        ],
        when: &[],
        cause: "ECS may not assume {role} for the task.",
        remedies: &[
            "Let the role trust the service principal `ecs-tasks.amazonaws.com`, and check its name.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
        example: Example::told(
            "(service shop-prod-web) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::444455556666:role/shop-prod-web-execution' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).",
        ),
    },
];
