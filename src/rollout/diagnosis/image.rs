//! Images that cannot be pulled.

use super::example::Example;
use super::row::{Row, Weight, When};
use super::signal::Signal;

const SOURCE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html";

/// With what every such reason begins; Docker's errors at creating a container are alike.
const PULL: &[&str] = &["cannotpull"];

const DENIED: &[&str] = &[
    "pull access denied",
    "not authorized to perform: ecr:",
    "denied: user:",
    "403 forbidden",
    "401 unauthorized",
    "no basic auth credentials",
    "role has the permissions",
    "authorization failed",
    "unauthorized:",
    "accessdenied",
];

const DENIED_EXAMPLE: &str = "CannotPullContainerError: Error response from daemon: pull access denied for 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::444455556666:assumed-role/shop-prod-web-execution/0f3a6c1d is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:444455556666:repository/shop-web because no identity-based policy allows the ecr:BatchGetImage action";

const FULL: &str = "CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device";

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "image-architecture",
        signals: &[Signal::Stopped(
            PULL,
            &[
                "does not contain descriptor matching platform",
                "no matching manifest for",
                "no match for platform in manifest",
            ],
        )],
        when: &[],
        cause: "{image} of {container} is not built for {platform}.",
        remedies: &[
            "Build and push it for {platform}, such as with `docker buildx build --platform`.",
            "Or set `runtimePlatform.cpuArchitecture` to what it is built for: X86_64 or ARM64.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'.",
        ),
    },
    Row {
        code: "image-rate-limit",
        signals: &[Signal::Stopped(
            PULL,
            &["toomanyrequests", "too many requests", "rate limit", "rate exceeded"],
        )],
        when: &[],
        cause: "{registry} lets nobody pull more often, and {image} of {container} is pulled from there.",
        remedies: &[
            "Copy the image into ECR, or let ECR do so with a pull through cache rule, and name that copy in `image`.",
            "Or authenticate with `repositoryCredentials`, for which the limit is higher.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example {
            image: "nginx:1.27",
            ..Example::unstarted(
                "CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:2d96: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.",
            )
        },
    },
    Row {
        code: "image-too-large",
        signals: &[Signal::Stopped(PULL, &["no space left on device"])],
        when: &[When::Fargate],
        cause: "{image} does not fit into the storage of a task on Fargate.",
        remedies: &[
            "Raise `ephemeralStorage` of the service (20 GiB unless set, at most 200 GiB).",
            "Or make the image smaller: all images of a task share that storage.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(FULL),
    },
    Row {
        code: "image-disk-full",
        signals: &[Signal::Stopped(PULL, &["no space left on device"])],
        when: &[When::Instances],
        cause: "The disk of an instance was full when {image} was pulled.",
        remedies: &[
            "Give the instances a larger root volume with `volumes` of the cluster's `instances`.",
            "Let the agent remove unused images earlier: `ECS_IMAGE_CLEANUP_INTERVAL` in `agent`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(FULL).on_instances(),
    },
    Row {
        code: "image-registry-unreachable",
        signals: &[Signal::Stopped(
            PULL,
            &[
                "i/o timeout",
                "request canceled",
                "context canceled",
                "context deadline exceeded",
                "connection issue",
                "connection refused",
                "connection reset",
                "network is unreachable",
                "no such host",
                "tls handshake timeout",
                "check your network configuration",
                "check your task network configuration",
            ],
        )],
        when: &[],
        cause: "The task has no route to {registry}, and cannot pull {image} of {container}.",
        remedies: &[
            "In public subnets set `network.assignPublicIp: ENABLED`; in private ones give their route table a NAT gateway, or the VPC endpoints `ecr.api`, `ecr.dkr`, `s3` (gateway) and `logs`.",
            "Let the security groups of the task send to port 443, and those of the endpoints receive it from the task.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: failed to do request: Head \"https://444455556666.dkr.ecr.eu-west-1.amazonaws.com/v2/shop-web/manifests/1.8.2\": dial tcp 52.95.125.22:443: i/o timeout",
        ),
    },
    Row {
        code: "image-denied",
        signals: &[Signal::Stopped(PULL, DENIED)],
        when: &[When::Fargate, When::Ecr],
        cause: "The execution role may not pull {image}, or its repository does not exist.",
        remedies: &[
            "Allow the execution role `ecr:GetAuthorizationToken` on `*`, and `ecr:BatchCheckLayerAvailability`, `ecr:GetDownloadUrlForLayer` and `ecr:BatchGetImage` on the repository.",
            "A repository of another account must allow the role in its own policy too.",
            "Check account, Region and name of the repository in `image`.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(DENIED_EXAMPLE),
    },
    Row {
        code: "image-denied-instance",
        signals: &[Signal::Stopped(PULL, DENIED)],
        when: &[When::Instances, When::Ecr],
        cause: "Neither the execution role nor the role of the instance may pull {image}, or its repository does not exist.",
        remedies: &[
            "Allow the execution role, or the instance role if the service has none, `ecr:GetAuthorizationToken` on `*`, and `ecr:BatchCheckLayerAvailability`, `ecr:GetDownloadUrlForLayer` and `ecr:BatchGetImage` on the repository.",
            "A repository of another account must allow the role in its own policy too.",
            "Check account, Region and name of the repository in `image`.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(DENIED_EXAMPLE).on_instances(),
    },
    Row {
        code: "image-private",
        signals: &[Signal::Stopped(PULL, DENIED)],
        when: &[],
        cause: "{image} is private or does not exist: {registry} gives it to nobody who does not log in.",
        remedies: &[
            "Check the name in `image`: what does not exist and what is private are answered alike.",
            "For a private one set `repositoryCredentials` of the container to a secret with `username` and `password`.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example {
            image: "shop/web:1.8.2",
            ..Example::unstarted(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/shop/web:1.8.2: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            )
        },
    },
    Row {
        code: "image-not-found",
        signals: &[Signal::Stopped(
            PULL,
            &[
                "not found",
                "manifest unknown",
                "name unknown",
                "does not exist",
                "failed to resolve ref",
                "no such image",
                "notfound",
            ],
        )],
        when: &[],
        cause: "{image} of {container} does not exist in its registry.",
        remedies: &[
            "Push it, or correct `image`: repository, Region and tag.",
            "A tag that was pushed again or removed after a deployment takes the digest away that ECS pinned: deploy again.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.8.2: not found",
        ),
    },
    Row {
        code: "image-invalid",
        signals: &[Signal::Stopped(
            PULL,
            &[
                "invalid reference format",
                "don't match",
                "unsupported media type",
                "invalid tar header",
            ],
        )],
        when: &[],
        cause: "{image} of {container} is no image that ECS can unpack: {words}.",
        remedies: &[
            "Check the spelling of `image`.",
            "Build it anew with one compression for all layers: ECS does not unpack gzip and zstd in one image.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotPullContainerError: ref pull has been retried 1 time(s): number of layers and diffIDs don't match: 3 != 15",
        ),
    },
    Row {
        code: "image-unpulled",
        signals: &[Signal::Stopped(PULL, &[])],
        when: &[],
        cause: "{image} of {container} could not be pulled: {words}.",
        remedies: &[
            "Pull it with the credentials and in the network of the task, to see whether the registry answers.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code 500",
        ),
    },
];
