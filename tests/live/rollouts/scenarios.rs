//! How deployments go: what ECS says at each look, and how ecsctl must end.

use serde_json::{Value as Json, json};

/// One deployment.
#[derive(Clone)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// Exit code.
    pub(super) code: i32,
    /// The service is new.
    pub(super) is_first: bool,
    pub(super) has_service_deployments: bool,
    pub(super) frames: Vec<Frame>,
    /// A task of it that stopped.
    pub(super) task: Option<Json>,
    /// What its container wrote.
    pub(super) logs: &'static [&'static str],
    /// The reply of `DescribeTargetHealth`.
    pub(super) targets: Option<&'static str>,
    pub(super) alarms: &'static [&'static str],
}

/// One look.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// Of the service deployment.
    pub(super) status: &'static str,
    /// Of the deployment.
    pub(super) state: &'static str,
    pub(super) reason: &'static str,
    pub(super) running: i32,
    pub(super) failed: i32,
    pub(super) is_primary: bool,
    /// The task definition of the deployment that took its place: `old`, or another.
    pub(super) successor: Option<&'static str>,
    pub(super) hook: Option<&'static str>,
    /// Oldest first.
    pub(super) events: &'static [&'static str],
}

impl Frame {
    pub(super) fn is_over(&self) -> bool {
        ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"].contains(&self.status)
    }
}

const BREAKER: &str = "ECS deployment circuit breaker: tasks failed to start.";

const GOING: Frame = Frame {
    status: "IN_PROGRESS",
    state: "IN_PROGRESS",
    reason: "ECS deployment ecs-svc/2000000000000000002 in progress.",
    running: 0,
    failed: 0,
    is_primary: true,
    successor: None,
    hook: None,
    events: &[],
};

const DONE: Frame =
    Frame { status: "SUCCESSFUL", state: "COMPLETED", reason: "", running: 2, ..GOING };

const FAILING: Frame = Frame { failed: 3, ..GOING };

const BACK: Frame = Frame {
    status: "ROLLBACK_SUCCESSFUL",
    state: "FAILED",
    reason: BREAKER,
    failed: 3,
    is_primary: false,
    successor: Some("old"),
    ..GOING
};

const NO_CAPACITY: &[&str] = &[
    "(service shop-default-web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
];

const SCENARIO: Scenario = Scenario {
    name: "",
    code: 4,
    is_first: false,
    has_service_deployments: true,
    frames: vec![],
    task: None,
    logs: &[],
    targets: None,
    alarms: &[],
};

/// A task that did not come up.
fn not_started(reason: &str) -> Json {
    json!({"stopCode": "TaskFailedToStart", "stoppedReason": reason, "containers": [{}]})
}

fn exited(code: i32, reason: &str) -> Json {
    let container = json!({"exitCode": code, "reason": reason, "lastStatus": "STOPPED"});
    json!({
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [container]
    })
}

const UNHEALTHY: &str = r#"<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions><member><HealthCheckPort>80</HealthCheckPort><TargetHealth><State>unhealthy</State><Reason>Target.ResponseCodeMismatch</Reason><Description>Health checks failed with these codes: [404]</Description></TargetHealth><Target><Port>80</Port><Id>10.0.1.17</Id></Target></member></TargetHealthDescriptions></DescribeTargetHealthResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeTargetHealthResponse>"#;

pub(super) fn scenarios() -> Vec<Scenario> {
    let with = |name, frames: &[Frame]| Scenario { name, frames: frames.to_vec(), ..SCENARIO };
    vec![
        Scenario { code: 0, ..with("success", &[GOING, Frame { running: 1, ..GOING }, DONE]) },
        Scenario {
            task: Some(not_started(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref public.ecr.aws/shop/web:2: public.ecr.aws/shop/web:2: not found",
            )),
            ..with("pull error", &[FAILING, BACK])
        },
        Scenario {
            task: Some(not_started(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:333333333302:secret:shop/api from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
            )),
            ..with("secret error", &[FAILING, BACK])
        },
        Scenario {
            task: Some(exited(1, "")),
            logs: &["starting", "connecting to db.internal:5432", "fatal: no such database: shop"],
            ..with("crash loop", &[FAILING, BACK])
        },
        Scenario {
            task: Some(json!({
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:333333333304:targetgroup/shop-default-web/0123456789abcdef)",
                "containers": [{"exitCode": 143}]
            })),
            targets: Some(UNHEALTHY),
            ..with("failing health checks", &[FAILING, BACK])
        },
        with(
            "no capacity",
            &[
                Frame { events: NO_CAPACITY, ..GOING },
                Frame { events: NO_CAPACITY, failed: 0, ..BACK },
            ],
        ),
        with(
            "breaker with rollback",
            &[FAILING, Frame { status: "ROLLBACK_IN_PROGRESS", ..BACK }, BACK],
        ),
        with("rollback failed", &[FAILING, Frame { status: "ROLLBACK_FAILED", ..BACK }]),
        Scenario {
            alarms: &["shop-default-web-errors"],
            ..with(
                "alarm rollback",
                &[
                    GOING,
                    Frame { reason: "ECS deployment alarms: alarm detected.", failed: 0, ..BACK },
                ],
            )
        },
        with(
            "stopped by a person",
            &[
                GOING,
                Frame { status: "STOPPED", reason: "Service deployment stopped by user.", ..GOING },
            ],
        ),
        with(
            "superseded",
            &[
                GOING,
                Frame {
                    status: "STOPPED",
                    reason: "",
                    is_primary: false,
                    successor: Some(
                        "arn:aws:ecs:eu-west-1:333333333310:task-definition/shop-default-web:3",
                    ),
                    ..GOING
                },
            ],
        ),
        Scenario { code: 0, ..with("slow but fine", &[GOING, GOING, GOING, DONE]) },
        Scenario {
            is_first: true,
            has_service_deployments: false,
            task: Some(exited(127, "")),
            ..with(
                "first deployment fails",
                &[FAILING, Frame { state: "FAILED", reason: BREAKER, ..FAILING }],
            )
        },
        Scenario {
            code: 0,
            ..with("paused hook", &[Frame { hook: Some("pause-before-production"), ..GOING }, DONE])
        },
        Scenario {
            has_service_deployments: false,
            ..with("stable after a rollback, and no service deployments", &[FAILING, BACK])
        },
    ]
}
