//! The containers of a task: how many, their names, health checks and limits.

use std::collections::BTreeMap;

use super::table::{Entry, task};
use super::{Bounds, ContainerView, Scope, WorkloadView, escape, within};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{LaunchType, UlimitName};

const MOST: usize = 10;
const CONTAINER: &str = "Amazon ECS API Reference, ContainerDefinition";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "no-essential-container",
        rule: "at least one container of a task is essential",
        source: CONTAINER,
        wrong: task!("containers: [{ name: a, image: x, essential: false }]"),
        right: task!("containers: [{ name: a, image: x }]"),
    },
    Entry {
        code: "health-check-command",
        rule: "a health check's list begins with `CMD` or `CMD-SHELL`",
        source: "Amazon ECS API Reference, HealthCheck",
        wrong: task!("image: x, healthCheck: { command: [curl, localhost] }"),
        right: task!("image: x, healthCheck: { command: [CMD, curl, localhost] }"),
    },
    Entry {
        code: "out-of-range",
        rule: "`startTimeout` and `stopTimeout` on Fargate are 2 to 120 seconds",
        source: CONTAINER,
        wrong: task!("containers: [{ name: a, image: x, stopTimeout: 121 }]"),
        right: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, stopTimeout: 5m }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "`restartAttemptPeriod` is 60 to 1800 seconds",
        source: "Amazon ECS API Reference, ContainerRestartPolicy",
        wrong: task!(
            "containers: [{ name: a, image: x, restartPolicy: { restartAttemptPeriod: 59 } }]"
        ),
        right: task!(
            "containers: [{ name: a, image: x, restartPolicy: { restartAttemptPeriod: 60 } }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "`ignoredExitCodes` are at most 50",
        source: "Amazon ECS API Reference, ContainerRestartPolicy",
        wrong: task!(
            "containers: [{ name: a, image: x, restartPolicy: { ignoredExitCodes: [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50] } }]"
        ),
        right: task!(
            "containers: [{ name: a, image: x, restartPolicy: { ignoredExitCodes: [0, 143] } }]"
        ),
    },
    Entry {
        code: "ulimit",
        rule: "the soft limit of a ulimit is not above the hard one",
        source: "Amazon ECS API Reference, Ulimit",
        wrong: task!(
            "containers: [{ name: a, image: x, ulimits: { nofile: { soft: 9, hard: 8 } } }]"
        ),
        right: task!(
            "containers: [{ name: a, image: x, ulimits: { nofile: { soft: 8, hard: 8 } } }]"
        ),
    },
    Entry {
        code: "ulimit",
        rule: "Fargate allows at most 1048576 open files",
        source: "Amazon ECS API Reference, Ulimit",
        wrong: task!(
            "containers: [{ name: a, image: x, ulimits: { nofile: { soft: 8, hard: 1048577 } } }]"
        ),
        right: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, ulimits: { nofile: { soft: 8, hard: 1048577 } } }]"
        ),
    },
    Entry {
        code: "swappiness",
        rule: "`swappiness` needs `maxSwap`",
        source: "Amazon ECS API Reference, LinuxParameters",
        wrong: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, linuxParameters: { swappiness: 10 } }]"
        ),
        right: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, linuxParameters: { maxSwap: 64, swappiness: 10 } }]"
        ),
    },
    Entry {
        code: "no-container",
        rule: "a service has an `image` or `containers`",
        source: "",
        wrong: task!("cpu: 256"),
        right: task!("image: nginx"),
    },
    Entry {
        code: "mixed-shorthand",
        rule: "`image` and what describes its container are for a service without `containers`",
        source: "",
        wrong: task!("containers: [{ name: a, image: x }], environment: { A: b }"),
        right: task!("containers: [{ name: a, image: x, environment: { A: b } }]"),
    },
    Entry {
        code: "too-many-containers",
        rule: "a task has at most 10 containers",
        source: "Amazon ECS Developer Guide, service quotas",
        wrong: "{ kind: Service, name: web, containers: [{ name: c0, image: x }, { name: c1, image: x }, { name: c2, image: x }, { name: c3, image: x }, { name: c4, image: x }, { name: c5, image: x }, { name: c6, image: x }, { name: c7, image: x }, { name: c8, image: x }, { name: c9, image: x }, { name: c10, image: x }] }",
        right: "{ kind: Service, name: web, containers: [{ name: c0, image: x }, { name: c1, image: x }, { name: c2, image: x }, { name: c3, image: x }, { name: c4, image: x }, { name: c5, image: x }, { name: c6, image: x }, { name: c7, image: x }, { name: c8, image: x }, { name: c9, image: x }] }",
    },
    Entry {
        code: "health-check-timeout",
        rule: "the `timeout` of a health check is not longer than its `interval`",
        source: "Amazon ECS API Reference, HealthCheck",
        wrong: task!("image: x, healthCheck: { command: 'true', interval: 5s, timeout: 6s }"),
        right: task!("image: x, healthCheck: { command: 'true', interval: 5s, timeout: 5s }"),
    },
];

/// The highest `nofile` on Fargate.
const MOST_FILES: u32 = 1_048_576;

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let mut problems = shape(workload);
        problems.extend(names(workload));
        problems.extend(essential(workload));
        for view in workload.containers() {
            problems.extend(health_check(&view));
            problems.extend(restarts(&view));
            problems.extend(ulimits(&view));
            problems.extend(swappiness(&view));
            if workload.value.task.launch_type == LaunchType::Fargate {
                problems.extend(timeouts(&view));
                problems.extend(open_files(&view));
            }
        }
        problems
    })
}

/// The shorthand or a list of containers, not both, not neither.
fn shape(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let document = workload.document();
    let written = workload.written;
    match (&document.image, document.containers.len()) {
        (None, 0) => vec![
            Problem::error(
                "no-container",
                format!("{} `{}` has no container", workload.noun(), workload.name),
            )
            .at(&written.name_span(), format!("this {}", workload.noun()))
            .hint("add `image:`, or `containers:` with a `name` and an `image` each"),
        ],
        (Some(_), 1..) => vec![
            Problem::error(
                "mixed-shorthand",
                format!("`image` is for a {} without `containers`", workload.noun()),
            )
            .at(&written.key("/image"), "this describes the only container")
            .at(&written.key("/containers"), "these are others")
            .hint("move `image` and what goes with it to an entry of `containers`"),
        ],
        (None, count) => {
            let mut problems = stray_shorthand(workload);
            if count > MOST {
                let message = format!("a task has at most {MOST} containers, but this has {count}");
                problems.push(
                    Problem::error("too-many-containers", message)
                        .at(&written.key("/containers"), "too many"),
                );
            }
            problems
        }
        (Some(_), 0) => vec![],
    }
}

/// Fields of the shorthand beside `containers`, which nothing would read.
fn stray_shorthand(workload: &WorkloadView<'_>) -> Vec<Problem> {
    const FIELDS: [&str; 10] = [
        "port",
        "ports",
        "command",
        "entryPoint",
        "environment",
        "secrets",
        "environmentFiles",
        "healthCheck",
        "mounts",
        "image",
    ];
    let stray = FIELDS.iter().filter(|field| workload.written.node.get(field).is_some());
    let problem = |field: &&str| {
        Problem::error(
            "mixed-shorthand",
            format!("`{field}` is for a {} without `containers`", workload.noun()),
        )
        .at(&workload.written.key(&format!("/{field}")), "no container takes this")
        .hint(format!("move `{field}` to an entry of `containers`"))
    };
    stray.map(problem).collect()
}

fn names(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<&str, ContainerView<'_>> = BTreeMap::new();
    let mut problems = vec![];
    for view in workload.containers() {
        let name = view.container.name.as_str();
        match first.get(name) {
            Some(earlier) => problems.push(
                Problem::error("duplicate-name", format!("a second container named `{name}`"))
                    .at(&view.name_span(), "this one")
                    .at(&earlier.name_span(), "the first one")
                    .hint("rename one of them"),
            ),
            None => {
                first.insert(name, view);
            }
        }
    }
    problems
}

fn essential(workload: &WorkloadView<'_>) -> Option<Problem> {
    let containers = &workload.value.task.containers;
    if containers.is_empty() || containers.iter().any(|container| container.essential) {
        return None;
    }
    let place = workload.written.key("/containers");
    let problem = Problem::error("no-essential-container", "no container of the task is essential");
    Some(
        problem
            .at(&place, "at least one must be")
            .hint("remove `essential: false` from the main container"),
    )
}

fn health_check(view: &ContainerView<'_>) -> Vec<Problem> {
    let Some(check) = &view.container.health_check else { return vec![] };
    let mut problems = vec![];
    let bounds = [
        (Bounds { field: "interval", least: 5, most: 300 }, check.interval),
        (Bounds { field: "timeout", least: 2, most: 60 }, check.timeout),
        (Bounds { field: "startPeriod", least: 0, most: 300 }, check.start_period),
    ];
    for (bounds, value) in &bounds {
        let place = || view.value(&format!("/healthCheck/{}", bounds.field));
        problems.extend(within(bounds, Some(*value), place));
    }
    if check.timeout > check.interval {
        let message = format!(
            "`timeout` ({}s) is longer than `interval` ({}s)",
            check.timeout, check.interval
        );
        let problem = Problem::error("health-check-timeout", message)
            .at(&view.value("/healthCheck/timeout"), "longer than");
        problems
            .push(problem.at(&view.value("/healthCheck/interval"), "the time between two checks"));
    }
    if !matches!(check.command.first().map(String::as_str), Some("CMD" | "CMD-SHELL"))
        || check.command.len() < 2
    {
        problems.push(
            Problem::error(
                "health-check-command",
                "a health check's list begins with `CMD` or `CMD-SHELL`",
            )
            .at(&view.key("/healthCheck/command"), "this list")
            .hint("write `[CMD, program, argument]`, or one line of text for the shell"),
        );
    } else if check.command[1..].iter().all(|word| word.trim().is_empty()) {
        problems.push(
            Problem::error("health-check-command", "the command of the health check is empty")
                .at(&view.key("/healthCheck/command"), "there is nothing to run")
                .hint("write a command that exits with 0 when the container is healthy"),
        );
    }
    problems
}

fn timeouts(view: &ContainerView<'_>) -> Vec<Problem> {
    let timeouts = [
        (Bounds { field: "stopTimeout", least: 2, most: 120 }, view.container.stop_timeout),
        (Bounds { field: "startTimeout", least: 2, most: 120 }, view.container.start_timeout),
    ];
    let check = |(bounds, value): &(Bounds, Option<u32>)| {
        within(bounds, *value, || view.value(&format!("/{}", bounds.field)))
    };
    timeouts.iter().filter_map(check).collect()
}

fn restarts(view: &ContainerView<'_>) -> Option<Problem> {
    let bounds = Bounds { field: "restartAttemptPeriod", least: 60, most: 1800 };
    let period = view.container.restart_policy.as_ref()?.restart_attempt_period;
    within(&bounds, Some(period), || view.value("/restartPolicy/restartAttemptPeriod"))
}

fn ulimits(view: &ContainerView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (name, limit) in &view.container.ulimits {
        let word = format!("{name:?}").to_lowercase();
        let at = |field: &str| view.value(&format!("/ulimits/{}/{field}", escape(&word)));
        if limit.soft > limit.hard {
            let message = format!(
                "the soft limit of `{word}` ({}) is above the hard one ({})",
                limit.soft, limit.hard
            );
            let problem = Problem::error("ulimit", message).at(&at("soft"), "above");
            problems.push(problem.at(&at("hard"), "the hard limit"));
        }
    }
    problems
}

fn open_files(view: &ContainerView<'_>) -> Option<Problem> {
    let limit = view.container.ulimits.get(&UlimitName::Nofile)?;
    let message = format!("Fargate allows at most {MOST_FILES} open files");
    let place = view.value("/ulimits/nofile/hard");
    (limit.hard > MOST_FILES).then(|| Problem::error("ulimit", message).at(&place, "too many"))
}

fn swappiness(view: &ContainerView<'_>) -> Option<Problem> {
    let linux = &view.container.linux_parameters;
    (linux.swappiness.is_some() && linux.max_swap.is_none()).then(|| {
        Problem::error("swappiness", "`swappiness` needs `maxSwap`")
            .at(&view.key("/linuxParameters/swappiness"), "there is no swap memory")
            .hint("add `maxSwap`, the swap memory that the container may use")
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn a_task_has_its_containers_in_one_form() {
        insta::assert_snapshot!(report_task(&[
            ("cpu: 256", "image: nginx"),
            ("image: nginx, containers: [{ name: a, image: x }]", "containers: [{ name: a, image: x }]"),
            ("containers: [{ name: a, image: x }], environment: { A: b }", "image: nginx, environment: { A: b }"),
            ("containers: [{ name: a, image: x }, { name: a, image: y }]", "containers: [{ name: a, image: x }, { name: b, image: y }]"),
            ("containers: [{ name: a, image: x, essential: false }]", "containers: [{ name: a, image: x, essential: false }, { name: b, image: y }]"),
        ]), @r#"
        no-container: service `web` has no container [web: this service] -> add `image:`, or `containers:` with a `name` and an `image` each
        mixed-shorthand: `image` is for a service without `containers` [image: this describes the only container] [containers: these are others] -> move `image` and what goes with it to an entry of `containers`
        mixed-shorthand: `environment` is for a service without `containers` [environment: no container takes this] -> move `environment` to an entry of `containers`
        duplicate-name: a second container named `a` [a: this one] [a: the first one] -> rename one of them
        no-essential-container: no container of the task is essential [containers: at least one must be] -> remove `essential: false` from the main container
        "#);
    }

    #[test]
    fn health_checks_timeouts_and_limits_are_within_those_of_aws() {
        insta::assert_snapshot!(report_task(&[
            ("image: x, healthCheck: { command: 'true', interval: 4s, timeout: 2s }", "image: x, healthCheck: { command: 'true', interval: 5s, timeout: 2s }"),
            ("image: x, healthCheck: { command: 'true', timeout: 61s, interval: 5m }", "image: x, healthCheck: { command: 'true', timeout: 60s, interval: 5m }"),
            ("image: x, healthCheck: { command: 'true', startPeriod: 301 }", "image: x, healthCheck: { command: 'true', startPeriod: 300 }"),
            ("image: x, healthCheck: { command: 'true', interval: 5s, timeout: 6s }", "image: x, healthCheck: { command: 'true', interval: 5s, timeout: 5s }"),
            ("image: x, healthCheck: { command: [curl, localhost] }", "image: x, healthCheck: { command: [CMD, curl, localhost] }"),
            ("image: x, healthCheck: { command: '' }", "image: x, healthCheck: { command: 'true' }"),
            ("image: x, healthCheck: { command: [CMD-SHELL, ' '] }", "image: x, healthCheck: { command: [CMD-SHELL, 'true'] }"),
            ("containers: [{ name: a, image: x, workingDirectory: '' }]", "containers: [{ name: a, image: x, workingDirectory: /srv }]"),
            ("containers: [{ name: a, image: x, repositoryCredentials: 'ssm:/registry' }]", "containers: [{ name: a, image: x, repositoryCredentials: 'secretsmanager:registry' }]"),
            ("containers: [{ name: a, image: x, repositoryCredentials: 'secretsmanager:registry:password' }]", "containers: [{ name: a, image: x, repositoryCredentials: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:registry-AbCdEf' }]"),
            ("containers: [{ name: a, image: x, stopTimeout: 121 }]", "containers: [{ name: a, image: x, stopTimeout: 2m }]"),
            ("containers: [{ name: a, image: x, startTimeout: 1 }]", "containers: [{ name: a, image: x, startTimeout: 2 }]"),
            ("containers: [{ name: a, image: x, ulimits: { nofile: { soft: 9, hard: 8 } } }]", "containers: [{ name: a, image: x, ulimits: { nofile: { soft: 8, hard: 8 } } }]"),
            ("containers: [{ name: a, image: x, ulimits: { nofile: { soft: 8, hard: 1048577 } } }]", "containers: [{ name: a, image: x, ulimits: { nofile: { soft: 8, hard: 1048576 } } }]"),
        ]), @r#"
        out-of-range: `interval` must be between 5 and 300, but is 4 [4s: expected 5 to 300]
        out-of-range: `timeout` must be between 2 and 60, but is 61 [61s: expected 2 to 60]
        out-of-range: `startPeriod` must be between 0 and 300, but is 301 [301: expected 0 to 300]
        health-check-timeout: `timeout` (6s) is longer than `interval` (5s) [6s: longer than] [5s: the time between two checks]
        health-check-command: a health check's list begins with `CMD` or `CMD-SHELL` [command: this list] -> write `[CMD, program, argument]`, or one line of text for the shell
        out-of-range: `healthCheck.command` is empty ['': write something here]
        health-check-command: the command of the health check is empty [command: there is nothing to run] -> write a command that exits with 0 when the container is healthy
        out-of-range: `containers[0].workingDirectory` is empty ['': write something here]
        bad-format: `containers[0].repositoryCredentials` can't be `ssm:/registry` ['ssm:/registry': expected `secretsmanager:name`, or the ARN of a secret: ECS reads registry credentials from Secrets Manager only]
        bad-format: `containers[0].repositoryCredentials` can't be `secretsmanager:registry:password` ['secretsmanager:registry:password': expected `secretsmanager:name`, or the ARN of a secret: ECS reads registry credentials from Secrets Manager only]
        out-of-range: `stopTimeout` must be between 2 and 120, but is 121 [121: expected 2 to 120]
        out-of-range: `startTimeout` must be between 2 and 120, but is 1 [1: expected 2 to 120]
        ulimit: the soft limit of `nofile` (9) is above the hard one (8) [9: above] [8: the hard limit]
        ulimit: Fargate allows at most 1048576 open files [1048577: too many]
        "#);
    }

    #[test]
    fn a_task_has_at_most_ten_containers() {
        let task = |count: usize| {
            let containers: Vec<_> =
                (0..count).map(|index| format!("{{ name: c{index}, image: x }}")).collect();
            format!("containers: [{}]", containers.join(", "))
        };
        insta::assert_snapshot!(report_task(&[(&task(11), &task(10))]), @"too-many-containers: a task has at most 10 containers, but this has 11 [containers: too many]");
    }
}
