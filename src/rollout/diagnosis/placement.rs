//! Tasks that find no place, or that ECS cannot start. Service events tell of them: there is no task.

use super::example::Example;
use super::row::{Row, Weight};
use super::signal::Signal;

const SOURCE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";

const UNPLACED: &str = "unable to place a task";

pub(super) const ROWS: &[Row] = &[
    Row {
        code: "no-instances",
        signals: &[Signal::Event(&["no container instances were found"], &[])],
        when: &[],
        cause: "No instance is registered where tasks of the service may run.",
        remedies: &[
            "Wait if instances have just been asked for: their start takes some minutes.",
            "Else look into the activity of the Auto Scaling group, and into `/var/log/ecs/ecs-agent.log` of an instance: its role, its route to ECS, and `ECS_CLUSTER`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task. Reason: No Container Instances were found in your capacity provider.",
        ),
    },
    Row {
        code: "no-cpu",
        signals: &[Signal::Event(&[UNPLACED, "insufficient cpu"], &[])],
        when: &[],
        cause: "No instance has enough CPU left for a task; {instance} comes closest.",
        remedies: &[
            "Raise `max` of the cluster's `instances`, or use larger instance types.",
            "Lower `cpu` of the service, or `deployment.maximumPercent` and `minimumHealthyPercent`, so that old tasks make room.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 333ba941dd6f4762985db166b212d795) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
        ),
    },
    Row {
        code: "no-memory",
        signals: &[Signal::Event(&[UNPLACED, "insufficient memory"], &[])],
        when: &[],
        cause: "No instance has enough memory left for a task; {instance} comes closest.",
        remedies: &[
            "Raise `max` of the cluster's `instances`, or use larger instance types.",
            "Lower `memory` (or reserve less with `memoryReservation`), or `deployment.minimumHealthyPercent`, so that old tasks make room.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 333ba941dd6f4762985db166b212d795) has insufficient memory available.",
        ),
    },
    Row {
        code: "port-in-use",
        signals: &[Signal::Event(&[UNPLACED, "already using a port"], &[])],
        when: &[],
        cause: "A host port of the task is taken on every instance; {instance} comes closest.",
        remedies: &[
            "Leave `host` out of `ports`, so that ECS chooses one, or use `networkMode: awsvpc`.",
            "Or set `deployment.minimumHealthyPercent` below 100, so that an old task makes room first, or add instances.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 47d5cb9a-6e38-495e-9777-5ae6d02a3720) is already using a port required by your task.",
        ),
    },
    Row {
        code: "attribute-missing",
        signals: &[Signal::Event(&[UNPLACED, "missing an attribute"], &[])],
        when: &[],
        cause: "No instance has every attribute that the task asks for; {instance} comes closest.",
        remedies: &[
            "Compare `runtimePlatform`, `placementConstraints`, log driver, GPU and volume plugins of the service with the instances.",
            "Use a newer ECS-optimized image, whose agent knows more, with instance types of the right CPU.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 476c4f3985624ef195cfa2ac13e78099) is missing an attribute required by your task.",
        ),
    },
    Row {
        code: "no-network-interface",
        signals: &[
            Signal::Event(&[UNPLACED, "eni"], &["resource:eni", "insufficient eni", "\"eni\""]),
            Signal::Stopped(
                &["network interface"],
                &["unexpected ec2 error", "provisioning", "attach"],
            ),
        ],
        when: &[],
        cause: "No network interface could be had for a task: {words}.",
        remedies: &[
            "Use instance types with more interfaces, or switch on the account setting `awsvpcTrunking`.",
            "Check that the subnets have addresses left.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html",
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 476c4f3985624ef195cfa2ac13e78099) encountered error \"RESOURCE:ENI\".",
        ),
    },
    Row {
        code: "agent-disconnected",
        signals: &[
            Signal::Event(
                &[UNPLACED],
                &["encountered error \"agent\"", "encountered error 'agent'"],
            ),
            Signal::Event(&["waiting for amazon ecs agent"], &[]),
        ],
        when: &[],
        cause: "The agent of {instance} is not connected to ECS.",
        remedies: &[
            "Look into `/var/log/ecs/ecs-agent.log` of the instance: its route to ECS, its role, its disk.",
            "End the instance if it does not recover: its Auto Scaling group makes another one.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 476c4f3985624ef195cfa2ac13e78099) encountered error \"AGENT\".",
        ),
    },
    Row {
        code: "no-matching-instance",
        signals: &[Signal::Event(&["no container instance met all of its requirements"], &[])],
        when: &[],
        cause: "No instance meets all that a task asks for.",
        remedies: &[
            "Compare CPU, memory, ports and constraints of the service with what the instances have left.",
            "Raise `max` of the cluster's `instances`, or start instances in the Availability Zone that the event names.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task because no container instance met all of its requirements.",
        ),
    },
    Row {
        code: "capacity-unavailable",
        signals: &[
            Signal::Event(&["capacity is unavailable at this time"], &[]),
            Signal::Stopped(&["capacity is unavailable at this time"], &[]),
        ],
        when: &[],
        cause: "AWS has no capacity left for the task in its Availability Zones.",
        remedies: &[
            "Wait, or give the service subnets in more Availability Zones.",
            "Take FARGATE in place of FARGATE_SPOT, or another size of `cpu` and `memory`.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
        ),
    },
    Row {
        code: "quota-reached",
        signals: &[
            Signal::Event(
                &[],
                &["reached the limit on the number of", "configuration is above your limit"],
            ),
            Signal::Stopped(&["reached the limit on the number of"], &[]),
        ],
        when: &[],
        cause: "A quota of the account is used up: {words}.",
        remedies: &[
            "Ask for a higher quota of Fargate (On-Demand or Spot vCPUs) in Service Quotas.",
            "Or stop tasks that nobody needs, or set `deployment.maximumPercent` lower, so that old tasks make room.",
        ],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
        ),
    },
    Row {
        code: "no-room-to-deploy",
        signals: &[Signal::Event(&["because of the service deployment configuration"], &[])],
        when: &[],
        cause: "`minimumHealthyPercent` and `maximumPercent` leave ECS no task that it may stop or start.",
        remedies: &[
            "Lower `deployment.minimumHealthyPercent`, or raise `deployment.maximumPercent`: together they must allow one task more or less.",
        ],
        is_hopeless: true,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
        ),
    },
    Row {
        code: "not-launched",
        signals: &[
            Signal::Event(&["failed to launch a task"], &[]),
            Signal::Event(&[UNPLACED], &[]),
        ],
        when: &[],
        cause: "ECS cannot start a task: {words}.",
        remedies: &["Correct what ECS names."],
        is_hopeless: false,
        weight: Weight::Cause,
        source: SOURCE,
        example: Example::told(
            "(service shop-prod-web) failed to launch a task with (error The specified platform does not satisfy the task definition's required capabilities.).",
        ),
    },
];
