//! Log drivers that do not start, for which ECS does not start the container.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const SOURCE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html";

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "log-denied",
        signals: &[
            Signal::Stopped(&["log stream"], &["accessdenied", "not authorized"]),
            Signal::Stopped(&["log"], &["not authorized to perform: logs:"]),
        ],
        when: &[],
        cause: "{role} may not write the log of {container}.",
        remedies: &[
            "Allow the execution role `logs:CreateLogStream` and `logs:PutLogEvents` on the log group, and `logs:CreateLogGroup` if `awslogs-create-group` is set.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role/shop-prod-web-execution/0f3a6c1d is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:eu-west-1:444455556666:log-group:/ecs/shop-prod-web:log-stream:app/app/0f3a because no identity-based policy allows the logs:CreateLogStream action : exit status 1",
        ),
    },
    Row {
        code: "log-group-missing",
        signals: &[
            Signal::Stopped(&["log group does not exist"], &[]),
            Signal::Stopped(&["log stream", "resourcenotfound"], &[]),
        ],
        when: &[],
        cause: "The log group of {container} does not exist.",
        remedies: &[
            "Create the group that `logging.group` names, or leave `group` out and let ecsctl make one.",
            "Or set the option `awslogs-create-group: true`, and allow the execution role `logs:CreateLogGroup`.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example {
            exit_code: None,
            container_reason: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.",
            ..Example::unstarted("Task failed to start")
        }
        .on_instances(),
    },
    Row {
        code: "log-driver-failed",
        signals: &[Signal::Stopped(
            &[],
            &["failed to initialize logging driver", "failed to validate logger args", "logging driver"],
        )],
        when: &[],
        cause: "The log driver of {container} did not start: {words}.",
        remedies: &[
            "Give the task a route to CloudWatch Logs: a public IP, a NAT gateway, or the VPC endpoint `logs`.",
            "Check `logging.options` against what the driver knows.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::unstarted(
            "ResourceInitializationError: failed to validate logger args: : signal: killed",
        ),
    },
];
