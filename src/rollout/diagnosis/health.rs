//! Health checks that fail, and target groups that are gone.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;
use super::symptom::Health;

const SOURCE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html";

const REASONS: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html";

const STOPPED: Example = Example::stopped(
    "ServiceSchedulerInitiated",
    "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web/6d0ecf831eec9f09)",
);

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "target-group-missing",
        signals: &[
            Signal::Event(&["target group is not found"], &[]),
            Signal::Event(&["targetgroupnotfound"], &[]),
            Signal::Event(&["target group", "does not exist"], &[]),
            Signal::Stopped(&["targetgroupnotfound"], &[]),
        ],
        when: &[],
        cause: "A target group of the service was deleted.",
        remedies: &[
            "Apply again: ecsctl makes what is missing. A service keeps the target groups that it has, so it may have to be made anew.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html",
        example: Example::told(
            "(service shop-prod-web) (port 8080) is unhealthy in (target-group shop-prod-web) due to (reason TARGET GROUP IS NOT FOUND).",
        ),
    },
    Row {
        code: "container-unhealthy",
        signals: &[Signal::Stopped(&["failed container health checks"], &[])],
        when: &[],
        cause: "{container} fails its own health check.",
        remedies: &[
            "Run `healthCheck.command` in the image: what it calls, such as `curl`, must be there, and end with 0.",
            "Raise `healthCheck.startPeriod` if the application needs longer to start, or `timeout` and `retries`.",
            "Check 127.0.0.1 in place of `localhost`, which may mean IPv6.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
        example: Example::stopped(
            "ServiceSchedulerInitiated",
            "Task failed container health checks",
        ),
    },
    Row {
        code: "target-timeout",
        signals: &[Signal::Unhealthy(Health::Timeout)],
        when: &[],
        cause: "Health checks of {group} get no answer from {port}.",
        remedies: &[
            "Let the security groups of the task receive {port} from those of the load balancer.",
            "Let the application listen on 0.0.0.0 and on the port that `loadBalancers` names.",
            "Raise `healthCheckGracePeriod` if it needs longer to start, or `healthCheck.timeout` if it answers late.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: REASONS,
        example: Example { target: Some(("Target.Timeout", "Request timed out")), ..STOPPED },
    },
    Row {
        code: "target-wrong-code",
        signals: &[Signal::Unhealthy(Health::Code)],
        when: &[],
        cause: "The application answers health checks of {group} with {codes}.",
        remedies: &[
            "Let `healthCheck.path` of the entry in `loadBalancers` be one that answers 200 without login and redirect.",
            "Or accept the code with `healthCheck.matcher`, such as `200-399`.",
            "For 5xx raise `healthCheckGracePeriod`, if the application only needs longer to start.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: REASONS,
        example: Example {
            target: Some((
                "Target.ResponseCodeMismatch",
                "Health checks failed with these codes: [404]",
            )),
            ..STOPPED
        },
    },
    Row {
        code: "target-refused",
        signals: &[Signal::Unhealthy(Health::Refused)],
        when: &[],
        cause: "Connections of the health checks of {group} to {port} are refused or break off.",
        remedies: &[
            "Let the application listen on 0.0.0.0, on the port that `loadBalancers` names.",
            "Check `protocol` and `healthCheck.protocol`: HTTP to a port that speaks HTTPS breaks off.",
            "Raise `healthCheckGracePeriod` if it needs longer to start.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: REASONS,
        example: Example {
            target: Some(("Target.FailedHealthChecks", "Health checks failed")),
            ..STOPPED
        },
    },
    Row {
        code: "target-unhealthy",
        signals: &[Signal::Unhealthy(Health::Failed)],
        when: &[],
        cause: "Health checks of {group} fail, and no target is left to say how.",
        remedies: &[
            "Check `healthCheck.path`, port and `matcher` of the entry in `loadBalancers`, and the security groups of the task.",
            "Raise `healthCheckGracePeriod` if the application needs longer to start.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: STOPPED,
    },
];
