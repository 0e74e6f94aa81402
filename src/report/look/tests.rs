//! What people see of rich data, in full.

use jiff::Timestamp;

use super::*;
use crate::report::events;
use crate::rollout::Outcome;
use crate::runtime::{
    Alarm, Attachment, Breaker, Container, Definition, Deployment, Event as Message, Image, Pause,
    Revision, RevisionTasks, Rollback, Scaling, ScalingActivity, Service, ServiceDeployment,
    ServiceId, TargetHealth, Task,
};

const PREFIX: &str = "arn:aws:ecs:eu-west-1:444455556666";
const GROUP: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/shop-prod-web-public/abc123";
const REGISTRY: &str = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";

/// Seconds after 2026-01-01.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// Ten days later.
fn now() -> Timestamp {
    at(864_000)
}

#[expect(clippy::unnecessary_wraps, reason = "it fills fields that may be empty")]
fn minutes_ago(minutes: i64) -> Option<Timestamp> {
    Some(at(864_000 - minutes * 60))
}

fn plain(text: &str) -> String {
    let plain = console::strip_ansi_codes(text).into_owned();
    for line in plain.lines() {
        assert!(line.chars().count() <= 80, "longer than 80: {line}");
        assert_eq!(line.trim_end(), line, "nothing at the end of a line");
    }
    plain
}

fn definition(number: u32) -> String {
    format!("{PREFIX}:task-definition/shop-prod-web:{number}")
}

fn id() -> ServiceId {
    ServiceId { cluster: "shop-prod-main".to_owned(), service: "shop-prod-web".to_owned() }
}

fn message(minutes: i64, text: &str) -> Message {
    Message {
        id: format!("{minutes} {text}"),
        at: minutes_ago(minutes).unwrap(),
        message: format!("(service shop-prod-web) {text}"),
    }
}

fn deployment(number: u32, is_primary: bool, state: &str) -> Deployment {
    Deployment {
        id: format!("ecs-svc/123456789012345678{number}"),
        is_primary,
        task_definition: definition(number),
        desired: 3,
        running: if is_primary { 1 } else { 3 },
        pending: 2,
        failed: 2,
        rollout_state: Some(state.to_owned()),
        reason: None,
        created_at: minutes_ago(4),
        updated_at: minutes_ago(1),
    }
}

fn service() -> Service {
    Service {
        arn: format!("{PREFIX}:service/shop-prod-main/shop-prod-web"),
        name: "shop-prod-web".to_owned(),
        cluster: format!("{PREFIX}:cluster/shop-prod-main"),
        status: "ACTIVE".to_owned(),
        task_definition: definition(42),
        desired: 3,
        running: 2,
        pending: 1,
        capacity: "FARGATE_SPOT 3 + FARGATE 1".to_owned(),
        alarms: vec!["shop-prod-web-errors".to_owned(), "shop-prod-latency".to_owned()],
        deployments: vec![deployment(42, true, "IN_PROGRESS"), deployment(41, false, "COMPLETED")],
        revisions: vec![format!("{PREFIX}:service-revision/new")],
        attachments: vec![Attachment {
            target_group: GROUP.to_owned(),
            container: "app".to_owned(),
            port: 8080,
        }],
        events: vec![
            message(
                1,
                "(task 3f2a91c0) failed container health checks and is stopped, for the sixth time in a row.",
            ),
            message(4, "has started 3 tasks."),
        ],
        ..Service::default()
    }
}

fn under_way() -> ServiceDeployment {
    ServiceDeployment {
        arn: format!("{PREFIX}:service-deployment/1"),
        status: "IN_PROGRESS".to_owned(),
        created_at: minutes_ago(4),
        target: Some(RevisionTasks {
            revision: format!("{PREFIX}:service-revision/new"),
            production_weight: Some(12.5),
            test_weight: Some(100.0),
            ..RevisionTasks::default()
        }),
        stage: Some("POST_TEST_TRAFFIC_SHIFT".to_owned()),
        pause: Some(Pause {
            hook: "approve".to_owned(),
            expires_at: minutes_ago(-60),
            on_timeout: Some("ROLLBACK".to_owned()),
        }),
        breaker: Some(Breaker { failures: 2, threshold: 3 }),
        ..ServiceDeployment::default()
    }
}

fn image(tag: &str) -> Image {
    Image {
        container: "app".to_owned(),
        image: format!("{REGISTRY}/shop-web:{tag}"),
        digest: Some(format!("sha256:{}", "4f5a0c1b".repeat(8))),
    }
}

fn revision(name: &str, number: u32, tag: &str) -> Revision {
    Revision {
        arn: format!("{PREFIX}:service-revision/{name}"),
        task_definition: definition(number),
        images: vec![image(tag)],
        created_at: minutes_ago(4),
    }
}

fn container(name: &str, exit_code: Option<i32>, reason: Option<&str>) -> Container {
    Container {
        name: name.to_owned(),
        image: "shop-web".to_owned(),
        last_status: if exit_code.is_some() { "STOPPED" } else { "RUNNING" }.to_owned(),
        exit_code,
        reason: reason.map(str::to_owned),
        ..Container::default()
    }
}

fn task(number: u32, health: &str) -> Task {
    Task {
        arn: format!("{PREFIX}:task/shop-prod-main/{number:08}aaaabbbbccccddddeeeeffff"),
        cluster: format!("{PREFIX}:cluster/shop-prod-main"),
        task_definition: definition(42),
        last_status: "RUNNING".to_owned(),
        desired_status: "RUNNING".to_owned(),
        health: Some(health.to_owned()),
        capacity: "FARGATE_SPOT".to_owned(),
        availability_zone: Some("eu-west-1a".to_owned()),
        private_address: Some("10.0.1.17".to_owned()),
        created_at: minutes_ago(4),
        started_at: minutes_ago(3),
        containers: vec![container("app", None, None), container("proxy", None, None)],
        ..Task::default()
    }
}

fn lost() -> Task {
    Task {
        last_status: "STOPPED".to_owned(),
        stopped_at: minutes_ago(2),
        stop_code: Some("EssentialContainerExited".to_owned()),
        stopped_reason: Some("Essential container in task exited".to_owned()),
        containers: vec![
            container(
                "app",
                Some(137),
                Some("OutOfMemoryError: Container killed due to memory usage"),
            ),
            container("proxy", Some(0), None),
        ],
        health: None,
        ..task(7, "")
    }
}

fn alarm(name: &str, state: &str, minutes: i64) -> Alarm {
    Alarm {
        name: name.to_owned(),
        state: state.to_owned(),
        reason: Some(
            "Threshold Crossed: 1 datapoint was greater than the threshold (5.0).".to_owned(),
        ),
        changed_at: minutes_ago(minutes),
    }
}

fn target(number: u32, state: &str, reason: Option<&str>) -> TargetHealth {
    TargetHealth {
        target_group: GROUP.to_owned(),
        target: format!("10.0.1.{number}:8080"),
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        description: reason.map(|_| "Health checks failed with these codes: [404]".to_owned()),
    }
}

fn deep() -> Deep {
    Deep {
        definition: Some(Definition {
            arn: definition(42),
            cpu: 512,
            memory: 1024,
            architecture: Some("ARM64".to_owned()),
            ..Definition::default()
        }),
        targets: vec![
            target(17, "healthy", None),
            target(18, "unhealthy", Some("Target.ResponseCodeMismatch")),
            target(19, "draining", Some("Target.DeregistrationInProgress")),
        ],
        tasks: vec![task(1, "HEALTHY"), task(2, "UNHEALTHY"), lost()],
        scaling_alarms: vec![alarm("TargetTracking-web-AlarmLow", "ALARM", 500)],
        activity: Some(ScalingActivity {
            at: minutes_ago(300),
            status: "Successful".to_owned(),
            description: "Setting desired count to 3.".to_owned(),
            cause: "monitor alarm …".to_owned(),
        }),
    }
}

fn scaling() -> Scaling {
    Scaling {
        resource: "service/shop-prod-main/shop-prod-web".to_owned(),
        min: 2,
        max: 10,
        suspended: vec!["scaling in"],
    }
}

fn gathered<'a>(
    id: &'a ServiceId,
    service: &'a Service,
    newest: &'a ServiceDeployment,
    others: &'a (Vec<Revision>, Vec<Alarm>, Scaling),
) -> Gathered<'a> {
    let (revisions, alarms, scaling) = others;
    Gathered {
        name: "web",
        id,
        service: Some(service),
        newest: Some(newest),
        revisions,
        alarms: Some(alarms),
        scaling: Some(scaling),
        deep: None,
    }
}

fn others() -> (Vec<Revision>, Vec<Alarm>, Scaling) {
    let alarms =
        vec![alarm("shop-prod-web-errors", "ALARM", 3), alarm("shop-prod-latency", "OK", 20_000)];
    (vec![revision("new", 42, "1.9.0"), revision("old", 41, "1.8.2")], alarms, scaling())
}

/// As it runs, without trouble.
fn well() -> Service {
    let done = Deployment {
        running: 3,
        pending: 0,
        failed: 0,
        created_at: minutes_ago(3_000),
        updated_at: minutes_ago(2_990),
        ..deployment(42, true, "COMPLETED")
    };
    let alarms = vec!["shop-prod-latency".to_owned()];
    Service { running: 3, pending: 0, deployments: vec![done], alarms, ..service() }
}

fn statuses() -> Vec<ServiceStatus> {
    let (id, others) = (id(), others());
    let (troubled, newest, done) = (service(), under_way(), well());
    let finished = ServiceDeployment {
        status: "SUCCESSFUL".to_owned(),
        created_at: minutes_ago(3_000),
        finished_at: minutes_ago(2_995),
        ..ServiceDeployment::default()
    };
    let base = gathered(&id, &troubled, &newest, &others);
    let back = Deployment {
        reason: Some(
            "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.".to_owned(),
        ),
        running: 3,
        ..deployment(41, true, "COMPLETED")
    };
    let failed = Deployment {
        reason: Some("ECS deployment circuit breaker: tasks failed to start.".to_owned()),
        ..deployment(42, false, "FAILED")
    };
    let rolled_back = Service {
        task_definition: definition(41),
        deployments: vec![back, failed],
        alarms: vec![],
        running: 3,
        ..service()
    };
    let absent = Gathered { name: "worker", service: None, scaling: None, ..base.clone() };
    vec![
        ServiceStatus::of(Gathered {
            name: "api",
            service: Some(&done),
            newest: Some(&finished),
            ..base.clone()
        }),
        ServiceStatus::of(Gathered {
            name: "back",
            service: Some(&rolled_back),
            newest: None,
            scaling: None,
            ..base.clone()
        }),
        ServiceStatus::of(base.clone()),
        ServiceStatus::of(absent),
    ]
}

#[test]
fn the_table_has_a_row_for_each_service_and_says_what_is_not_well() {
    insta::assert_snapshot!(plain(&status(&statuses(), now(), false)), @"
    SERVICE  TASKS  REV  DEPLOYMENT            SCALING  ALARMS     IMAGE
    api      3/3    42   succeeded 2 d ago     2–10     ok         shop-web:1.9.0
    back     3/3    41   rolled back 60 s ago
    web      2/3    42   paused for 4 m        2–10     1 of 2 on  shop-web:1.9.0
    worker               not deployed

    ! back: the deployment of shop-prod-web:42 failed and was rolled back;
      shop-prod-web:41 runs: ECS deployment circuit breaker: tasks failed to start
    ! web: 2 of 3 tasks run
    ! web: the deployment of shop-prod-web:42 waits for a decision on hook approve
    ! web: alarm shop-prod-web-errors is on
    ! worker is not deployed; `ecsctl apply` does it
    ");
}

#[test]
fn details_say_everything() {
    let (id, others, service, newest) = (id(), others(), service(), under_way());
    let gathered = Gathered { deep: Some(deep()), ..gathered(&id, &service, &newest, &others) };
    insta::assert_snapshot!(plain(&status(&[ServiceStatus::of(gathered)], now(), true)), @"
    web  shop-prod-web in cluster shop-prod-main
      tasks       2 of 3 running, 1 pending
      revision    shop-prod-web:42
      images      app  444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.9.0
                       sha256:4f5a0c1b4f5a…
      deployment  paused for 4 m
                  1 of 3 tasks of shop-prod-web:42 running, 2 failed
                  stage POST_TEST_TRAFFIC_SHIFT, 12.5 % of requests, 100 % of test
                    requests
                  circuit breaker: 2 of 3 failures that end it
                  hook approve waits for a decision; in 60 m: ROLLBACK
      size        0.5 vCPU and 1 GiB a task, ARM64; 1 vCPU and 2 GiB for 2 tasks
      capacity    FARGATE_SPOT 3 + FARGATE 1
      scaling     from 2 to 10 tasks
                  suspended: scaling in
                  5 h ago: Setting desired count to 3. Successful
      alarms      shop-prod-web-errors on for 3 m, ends deployments: Threshold
                    Crossed: 1 datapoint was greater than the threshold (5.0).
                  shop-prod-latency ok for 13 d, ends deployments
                  TargetTracking-web-AlarmLow on for 8 h, scales: Threshold
                    Crossed: 1 datapoint was greater than the threshold (5.0).
      targets     shop-prod-web-public: 1 of 2 healthy
                  10.0.1.18:8080 unhealthy: Target.ResponseCodeMismatch: Health
                    checks failed with these codes: [404]
                  10.0.1.19:8080 draining: Target.DeregistrationInProgress: Health
                    checks failed with these codes: [404]
      tasks lost  00000002 is unhealthy
                  00000007 stopped 2 m ago: EssentialContainerExited: Essential
                    container in task exited
                  container app exited with 137: OutOfMemoryError: Container
                    killed due to memory usage
                  container proxy exited with 0
      events      60 s ago: (task 3f2a91c0) failed container health checks and is
                    stopped, for the sixth time in a row.
                  4 m ago: has started 3 tasks.
    ");
}

#[test]
fn a_rollback_shows_what_failed_and_what_runs() {
    let statuses = statuses();
    insta::assert_snapshot!(plain(&status(&statuses[1..2], now(), true)), @"
    back  shop-prod-web in cluster shop-prod-main
      tasks       3 of 3 running, 1 pending
      revision    shop-prod-web:41
      deployment  rolled back 60 s ago: shop-prod-web:42
                  ECS deployment circuit breaker: tasks failed to start.
      capacity    FARGATE_SPOT 3 + FARGATE 1
      events      60 s ago: (task 3f2a91c0) failed container health checks and is
                    stopped, for the sixth time in a row.
                  4 m ago: has started 3 tasks.
    ");
    insta::assert_snapshot!(plain(&status(&statuses[3..], now(), true)), @"
    worker  shop-prod-web in cluster shop-prod-main
      status      not deployed
    ");
}

#[test]
fn changes_are_told_in_a_line_each() {
    let text: String = statuses().iter().map(|service| changes(service, now())).collect();
    insta::assert_snapshot!(text, @"
    2026-01-11T00:00:00Z  api  is well: 3 of 3 tasks run shop-prod-web:42
    2026-01-11T00:00:00Z  back  the deployment of shop-prod-web:42 failed and was rolled back; shop-prod-web:41 runs: ECS deployment circuit breaker: tasks failed to start
    2026-01-11T00:00:00Z  web  2 of 3 tasks run; the deployment of shop-prod-web:42 waits for a decision on hook approve; alarm shop-prod-web-errors is on
    2026-01-11T00:00:00Z  worker  is not deployed
    ");
}

#[test]
fn all_is_well_only_if_nothing_is_to_be_said() {
    let well: Vec<bool> = statuses().iter().map(|service| service.is_well).collect();
    assert_eq!(well, [true, false, false, false]);
}

#[test]
fn programs_read_everything_by_name() {
    let event = events::Event::ServiceStatus(Box::new(statuses().remove(1)));
    insta::assert_snapshot!(serde_json::to_string_pretty(&event).unwrap(), @r#"
    {
      "type": "serviceStatus",
      "service": "back",
      "awsName": "shop-prod-web",
      "cluster": "shop-prod-main",
      "isDeployed": true,
      "isWell": false,
      "attention": [
        "the deployment of shop-prod-web:42 failed and was rolled back; shop-prod-web:41 runs: ECS deployment circuit breaker: tasks failed to start"
      ],
      "desired": 3,
      "running": 3,
      "pending": 1,
      "revision": "shop-prod-web:41",
      "images": [],
      "deployment": {
        "id": "ecs-svc/12345678901234567841",
        "standing": "rolledBack",
        "since": "2026-01-10T23:59:00Z",
        "revision": "shop-prod-web:42",
        "reason": "ECS deployment circuit breaker: tasks failed to start.",
        "desired": 3,
        "running": 3,
        "failed": 2,
        "stage": null,
        "productionWeight": null,
        "testWeight": null,
        "breakerFailures": null,
        "breakerThreshold": null,
        "pause": null
      },
      "capacity": "FARGATE_SPOT 3 + FARGATE 1",
      "size": null,
      "scaling": null,
      "alarms": [],
      "targets": [],
      "tasks": [],
      "events": [
        {
          "at": "2026-01-10T23:59:00Z",
          "message": "(service shop-prod-web) (task 3f2a91c0) failed container health checks and is stopped, for the sixth time in a row."
        },
        {
          "at": "2026-01-10T23:56:00Z",
          "message": "(service shop-prod-web) has started 3 tasks."
        }
      ]
    }
    "#);
}

#[test]
fn an_alarm_that_could_not_be_read_is_not_called_missing() {
    let (id, others, service, newest) = (id(), others(), service(), under_way());
    let with = |alarms: Option<&[Alarm]>| {
        let gathered = Gathered { alarms, ..gathered(&id, &service, &newest, &others) };
        ServiceStatus::of(gathered).attention.join("\n")
    };
    assert!(with(Some(&[])).contains("alarm shop-prod-latency does not exist"));
    assert!(!with(None).contains("alarm"));
}

#[test]
fn events_of_services_are_merged_by_time() {
    let other = Service {
        events: vec![
            Message {
                message: "(service shop-prod-api) has reached a steady state.".to_owned(),
                ..message(2, "")
            },
            message(
                1_500,
                "registered 1 targets in (target-group arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/x/1)",
            ),
        ],
        ..Service::default()
    };
    let service = service();
    let events = merged([("web", &service), ("api", &other)]);
    insta::assert_snapshot!(console::strip_ansi_codes(&told(&events, Some(now()))), @"
    25 h ago  api  registered 1 targets in (target-group
                   arn:aws:elasticloadbalancing:eu-west-1:444455556666:targetgroup/x/1)
     4 m ago  web  has started 3 tasks.
     2 m ago  api  has reached a steady state.
    60 s ago  web  (task 3f2a91c0) failed container health checks and is stopped,
                   for the sixth time in a row.
    ");
    insta::assert_snapshot!(console::strip_ansi_codes(&told(&events[3..], None)), @"
    2026-01-10T23:59:00Z  web  (task 3f2a91c0) failed container health checks and is stopped, for the sixth time in a row.
    ");
    assert_eq!(told(&[], None), "");
}

#[test]
fn running_tasks_have_a_row_each() {
    let starting = Task {
        last_status: "PENDING".to_owned(),
        started_at: None,
        private_address: None,
        containers: vec![
            container("app", None, None),
            Container { last_status: "PENDING".to_owned(), ..container("proxy", None, None) },
        ],
        ..task(3, "UNKNOWN")
    };
    let all: Vec<TaskView> = [task(1, "HEALTHY"), task(2, "UNHEALTHY"), starting]
        .iter()
        .map(|task| TaskView::of(Some("web"), task))
        .collect();
    insta::assert_snapshot!(plain(&tasks(&all, now(), false)), @"
    TASK      SERVICE  REV  STATUS     AGE  AZ  CAPACITY      ADDRESS    CONTAINERS
    00000001  web      42   healthy    3 m  1a  FARGATE_SPOT  10.0.1.17  app, proxy
    00000002  web      42   unhealthy  3 m  1a  FARGATE_SPOT  10.0.1.17  app, proxy
    00000003  web      42   pending    4 m  1a  FARGATE_SPOT             app r…proxy
    ");
    assert_eq!(tasks(&[], now(), false), "No task runs.\n");
}

#[test]
fn stopped_tasks_say_why() {
    let unpulled = Task {
        stop_code: Some("TaskFailedToStart".to_owned()),
        stopped_reason: Some(format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {REGISTRY}/shop-web:1.9.0: not found"
        )),
        containers: vec![container("app", None, None)],
        ..lost()
    };
    let all = [lost(), unpulled].map(|task| TaskView::of(Some("web"), &task));
    let text = tasks(&all, now(), true);
    insta::assert_snapshot!(console::strip_ansi_codes(&text), @"
    00000007  web  shop-prod-web:42  stopped 2 m ago
      EssentialContainerExited: Essential container in task exited
      app exited with 137: OutOfMemoryError: Container killed due to memory usage
      proxy exited with 0
    00000007  web  shop-prod-web:42  stopped 2 m ago
      TaskFailedToStart: CannotPullContainerError: pull image manifest has been
      retried 1 time(s): failed to resolve ref
      444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.9.0: not found
      app did not run to an end
    ");
    assert!(tasks(&[], now(), true).starts_with("ECS remembers no task"));
}

fn past(number: u32, outcome: Outcome, minutes: i64, took: Option<i64>) -> Past {
    let revision = revision("new", number, "1.9.0");
    let deployment = ServiceDeployment {
        arn: format!("{PREFIX}:service-deployment/{number}"),
        created_at: minutes_ago(minutes),
        finished_at: took.and_then(|took| minutes_ago(minutes - took)),
        target: Some(RevisionTasks { revision: revision.arn.clone(), ..RevisionTasks::default() }),
        rollback: (outcome == Outcome::RolledBack).then(|| Rollback {
            reason: Some("Circuit breaker threshold exceeded.".to_owned()),
            revision: Some(format!("{PREFIX}:service-revision/old")),
        }),
        status_reason: (outcome == Outcome::Stopped).then(|| "Stopped by a user".to_owned()),
        ..ServiceDeployment::default()
    };
    let definition = Definition {
        arn: definition(number),
        registered_at: minutes_ago(minutes + 1),
        registered_by: Some(
            "arn:aws:sts::444455556666:assumed-role/ci-deploy/GitHubActions".to_owned(),
        ),
        ..Definition::default()
    };
    Past::of(Record {
        service: "web",
        deployment: &deployment,
        outcome,
        revisions: &[revision, self::revision("old", 41, "1.8.2")],
        definitions: &[definition],
    })
}

#[test]
fn the_past_is_a_table_with_the_reasons_below() {
    let all = [
        past(45, Outcome::InProgress, 3, None),
        past(44, Outcome::Stopped, 90, Some(2)),
        past(43, Outcome::RolledBack, 1_500, Some(12)),
        past(42, Outcome::Superseded, 1_510, Some(10)),
        past(41, Outcome::Succeeded, 30_000, Some(4)),
    ];
    insta::assert_snapshot!(plain(&history(&all, now())), @"
    WHEN      REV  OUTCOME            TOOK  BY                       IMAGES
    3 m ago   45   in progress              ci-deploy/GitHubActions  1.9.0@4f5a0c1
    90 m ago  44   stopped            2 m   ci-deploy/GitHubActions  1.9.0@4f5a0c1
    25 h ago  43   rolled back to 41  12 m  ci-deploy/GitHubActions  1.9.0@4f5a0c1
    25 h ago  42   superseded         10 m  ci-deploy/GitHubActions  1.9.0@4f5a0c1
    20 d ago  41   succeeded          4 m   ci-deploy/GitHubActions  1.9.0@4f5a0c1

    shop-prod-web:44: Stopped by a user
    shop-prod-web:43: Circuit breaker threshold exceeded.
    ");
    insta::assert_snapshot!(serde_json::to_string_pretty(&all[2]).unwrap(), @r#"
    {
      "service": "web",
      "deployment": "arn:aws:ecs:eu-west-1:444455556666:service-deployment/43",
      "revision": "shop-prod-web:43",
      "images": [
        {
          "container": "app",
          "image": "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop-web:1.9.0",
          "digest": "sha256:4f5a0c1b4f5a0c1b4f5a0c1b4f5a0c1b4f5a0c1b4f5a0c1b4f5a0c1b4f5a0c1b"
        }
      ],
      "outcome": "rolledBack",
      "rolledBackTo": "shop-prod-web:41",
      "reason": "Circuit breaker threshold exceeded.",
      "beganAt": "2026-01-09T23:00:00Z",
      "endedAt": "2026-01-09T23:12:00Z",
      "registeredAt": "2026-01-09T22:59:00Z",
      "registeredBy": "arn:aws:sts::444455556666:assumed-role/ci-deploy/GitHubActions"
    }
    "#);
}

#[test]
fn revisions_stand_in_where_no_deployment_is_recorded() {
    let definition = Definition {
        arn: definition(7),
        images: vec![Image { digest: None, ..image("1.8.2") }],
        registered_at: minutes_ago(30),
        registered_by: Some("arn:aws:iam::444455556666:user/maria".to_owned()),
        ..Definition::default()
    };
    let all = [Past::of_definition("web", &definition)];
    insta::assert_snapshot!(plain(&history(&all, now())), @"
    WHEN      REV  OUTCOME    BY     IMAGES
    30 m ago  7    not known  maria  1.8.2
    ");
}
