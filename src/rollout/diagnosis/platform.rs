//! What befalls a release and is not its fault, and what follows from something else.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const CODES: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html";

const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "alarm",
        signals: &[Signal::Alarm],
        when: &[],
        cause: "What the service does with the new revision set off {alarms}.",
        remedies: &[
            "Compare the metric of the alarm before and during the deployment, and the logs of the new tasks.",
            "An alarm that is too narrow for a deployment can be left out of `deployment.alarms.names`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html",
        example: Example { alarm: "shop-prod-web-5xx", ..Example::NOTHING },
    },
    Row {
        code: "spot-interruption",
        signals: &[Signal::StopCode("SpotInterruption")],
        when: &[],
        cause: "AWS took back Spot capacity {zone}: the release is not to blame.",
        remedies: &[
            "Deploy again.",
            "Give the service a `base` on FARGATE or on-demand instances if that happens often.",
        ],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: CODES,
        example: Example::stopped("SpotInterruption", "Your Spot Task was interrupted."),
    },
    Row {
        code: "instance-terminated",
        signals: &[
            Signal::StopCode("TerminationNotice"),
            Signal::Stopped(&["host ec2"], &["terminated", "stopped"]),
        ],
        when: &[],
        cause: "The instance that the task ran on was terminated: the release is not to blame.",
        remedies: &[
            "Deploy again once the instances have been replaced.",
            "Let `managedDraining` move tasks off an instance before it ends.",
        ],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: CODES,
        example: Example::stopped("TerminationNotice", "Task received termination notice.")
            .on_instances(),
    },
    Row {
        code: "infrastructure-unhealthy",
        signals: &[Signal::StopCode("InfrastructureHealth")],
        when: &[],
        cause: "AWS replaces a task whose hardware failed: the release is not to blame.",
        remedies: &["Deploy again."],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: CODES,
        example: Example::stopped(
            "InfrastructureHealth",
            "Task stopped due to unhealthy infrastructure.",
        ),
    },
    Row {
        code: "stopped-by-user",
        signals: &[Signal::StopCode("UserInitiated")],
        when: &[],
        cause: "Somebody stopped a task: {words}.",
        remedies: &["CloudTrail tells who called `StopTask`."],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: CODES,
        example: Example::stopped("UserInitiated", "Task stopped by user"),
    },
    Row {
        code: "protected-tasks",
        signals: &[
            Signal::Event(&["protected tasks are more than the desired count"], &[]),
            Signal::Event(&["unable to scale in", "protected"], &[]),
        ],
        when: &[],
        cause: "Old tasks are protected against being stopped, and hold the deployment up.",
        remedies: &[
            "Wait until their protection expires, or end it: `aws ecs update-task-protection --no-protection-enabled`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: EVENTS,
        example: Example::told(
            "(service shop-prod-web) was unable to reach steady state because (taskSet ecs-svc/1234567890123456789) was unable to scale in. Reason: The number of protected tasks are more than the desired count.",
        ),
    },
    Row {
        code: "starts-throttled",
        signals: &[Signal::Event(&["unable to consistently start tasks successfully"], &[])],
        when: &[],
        cause: "Tasks fail again and again, and ECS waits up to 15 minutes before it tries once more.",
        remedies: &[
            "Correct what made the tasks fail, and deploy: a new revision is tried at once.",
        ],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html",
        example: Example::told(
            "(service shop-prod-web) is unable to consistently start tasks successfully.",
        ),
    },
    Row {
        code: "operations-throttled",
        signals: &[Signal::Event(&["operations are being throttled"], &[])],
        when: &[],
        cause: "AWS limits how often ECS may call another service for this one: {words}.",
        remedies: &["Wait: ECS tries again by itself."],
        is_hopeless: false,
        weight: Weight::Circumstance,
        source: EVENTS,
        example: Example::told(
            "(service shop-prod-web) operations are being throttled on elb. Will try again later.",
        ),
    },
];
