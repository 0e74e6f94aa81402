use super::*;
use crate::runtime::ExecAgent;

fn text(text: &str) -> String {
    text.to_owned()
}

fn container(name: &str) -> Container {
    Container {
        name: text(name),
        last_status: text("RUNNING"),
        runtime_id: Some(format!("{name}-id")),
        exec_agent: Some(ExecAgent { last_status: text("RUNNING"), reason: None }),
        ..Container::default()
    }
}

fn a_task(id: &str, health: &str, created: i64) -> Task {
    Task {
        arn: format!("arn:aws:ecs:eu-west-1:444455556666:task/main/{id}"),
        cluster: text("arn:aws:ecs:eu-west-1:444455556666:cluster/main"),
        last_status: text("RUNNING"),
        health: Some(text(health)),
        enable_execute_command: true,
        created_at: Some(jiff::Timestamp::from_second(created).unwrap()),
        containers: vec![container("metrics"), container("app")],
        ..Task::default()
    }
}

fn service(enable_execute_command: bool) -> Service {
    Service { enable_execute_command, desired: 2, ..Service::default() }
}

const ANY: Wish<'_> = Wish { task: None, container: None, usual: &[] };

fn examined(wish: Wish<'_>, is_on: bool, tasks: &[Task]) -> Result<Target, Vec<Obstacle>> {
    let service = service(is_on);
    let permission = &ExecPermission::Granted;
    examine(&wish, &Situation { service: &service, tasks, permission, has_plugin: true })
}

#[test]
fn the_newest_healthy_task_and_the_first_container_of_the_manifest_are_meant() {
    let tasks = [
        a_task("1a", "HEALTHY", 1),
        a_task("1b", "HEALTHY", 2),
        a_task("2c", "UNHEALTHY", 3),
        Task { last_status: text("PENDING"), ..a_task("2d", "HEALTHY", 4) },
    ];
    let usual = [text("app"), text("metrics")];
    let target = examined(Wish { usual: &usual, ..ANY }, true, &tasks).unwrap();
    assert_eq!(target.name(), "ecs:main_1b_app-id");
    let wish = Wish { task: Some("2c"), container: Some("metrics"), usual: &usual };
    assert_eq!(examined(wish, true, &tasks).unwrap().name(), "ecs:main_2c_metrics-id");

    let refused = |prefix| examined(Wish { task: Some(prefix), ..ANY }, true, &tasks).unwrap_err();
    let several = Obstacle::SeveralTasks { prefix: text("1"), tasks: vec![text("1a"), text("1b")] };
    assert_eq!(refused("1"), [several]);
    let status = text("PENDING");
    assert_eq!(refused("2d"), [Obstacle::TaskDoesNotRun { task: text("2d"), status }]);
    assert!(matches!(&refused("f")[..], [Obstacle::NoSuchTask { tasks, .. }] if tasks.len() == 4));
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let older = Task { enable_execute_command: false, ..a_task("1a", "HEALTHY", 1) };
    let service = service(true);
    let permission = ExecPermission::Denied { role: text("web"), actions: vec![text("s:A")] };
    let situation = Situation {
        service: &service,
        tasks: &[older],
        permission: &permission,
        has_plugin: false,
    };
    let wish = Wish { container: Some("none"), ..ANY };
    let obstacles = examine(&wish, &situation).unwrap_err();
    assert_eq!(
        obstacles,
        [
            Obstacle::NoPlugin,
            Obstacle::TaskIsOlder { task: text("1a") },
            Obstacle::NoSuchContainer {
                name: text("none"),
                containers: vec![text("metrics"), text("app")]
            },
            Obstacle::Denied { role: text("web"), actions: vec![text("s:A")] },
        ]
    );
}

#[test]
fn what_counts_is_the_task() {
    let on = [a_task("1a", "HEALTHY", 1)];
    assert!(examined(ANY, false, &on).is_ok(), "it was started when commands were on");
    let off = [Task { enable_execute_command: false, ..a_task("1a", "HEALTHY", 1) }];
    assert_eq!(examined(ANY, false, &off), Err(vec![Obstacle::Off]));
    let none = Obstacle::NoTask { desired: 2 };
    assert_eq!(examined(ANY, true, &[]), Err(vec![none.clone()]));
    assert_eq!(examined(ANY, false, &[]), Err(vec![none, Obstacle::Off]));
}

#[test]
fn container_and_agent_must_run() {
    let with =
        |changed: Container| [Task { containers: vec![changed], ..a_task("1a", "HEALTHY", 1) }];
    let stopped = Container { last_status: text("STOPPED"), ..container("app") };
    let status = text("STOPPED");
    let obstacle = Obstacle::ContainerDoesNotRun { name: text("app"), status };
    assert_eq!(examined(ANY, true, &with(stopped)), Err(vec![obstacle]));

    let agent = ExecAgent { last_status: text("STOPPED"), reason: Some(text("no memory")) };
    let without = Container { exec_agent: Some(agent), ..container("app") };
    let obstacle = Obstacle::NoAgent {
        container: text("app"),
        status: Some(text("STOPPED")),
        reason: Some(text("no memory")),
    };
    assert_eq!(examined(ANY, true, &with(without)), Err(vec![obstacle]));
}

#[test]
fn words_become_a_line_that_splits_into_the_same_words() {
    let line =
        |words: &[&str]| command_line(&words.iter().map(|word| text(word)).collect::<Vec<_>>());
    assert_eq!(line(&[]), "/bin/sh");
    assert_eq!(line(&["ls -l /"]), "ls -l /");
    assert_eq!(line(&["rails", "db:migrate"]), "rails db:migrate");
    assert_eq!(line(&["sh", "-c", "echo 'a b' $HOME", ""]), r"sh -c 'echo '\''a b'\'' $HOME' ''");
}
