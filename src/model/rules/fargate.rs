//! What Fargate does without: all that would reach the machine below the task.

use super::barred::{bars, launch_type};
use super::table::{Entry, task};
use super::{Scope, WorkloadView};
use crate::manifest::problem::Problem;
use crate::model::resolved::service::{LaunchType, LogDriver, PidMode};

const GUIDE: &str = "Amazon ECS Developer Guide, task definition differences for Fargate";
/// The only capability that Fargate adds.
const TRACING: &str = "SYS_PTRACE";

bars! {
    {
        code: "fargate",
        tasks: "Fargate tasks",
        cause: |workload| is_fargate(workload).then(|| launch_type(workload)),
        hint: "remove it, or run the task on EC2",
        source: GUIDE,
        wrong: "launchType: FARGATE",
        right: "launchType: EC2, memory: 512",
        of_task: {
            "ipcMode" => "ipcMode: host",
            "taskPlacementConstraints" => "taskPlacementConstraints: ['attribute:rack == a']",
        },
        of_container: {
            "links" => "links: [b]",
            "hostname" => "hostname: a",
            "extraHosts" => "extraHosts: { database: 10.0.0.5 }",
            "dnsServers" => "dnsServers: [10.0.0.2]",
            "dnsSearchDomains" => "dnsSearchDomains: [example.com]",
            "disableNetworking" => "disableNetworking: true",
            "dockerSecurityOptions" => "dockerSecurityOptions: [no-new-privileges]",
            "privileged" => "privileged: true",
            "gpu" => "gpu: 1",
            "linuxParameters.devices" => "linuxParameters: { devices: { /dev/fuse: { permissions: [read] } } }",
            "linuxParameters.maxSwap" => "linuxParameters: { maxSwap: 512 }",
            "linuxParameters.swappiness" => "linuxParameters: { maxSwap: 512, swappiness: 10 }",
            "linuxParameters.sharedMemorySize" => "linuxParameters: { sharedMemorySize: 128 }",
            "linuxParameters.tmpfs" => "linuxParameters: { tmpfs: { /run: { size: 64 } } }",
        },
        of_volume: {
            "host" => "host: { sourcePath: /data }",
            "docker" => "docker: { scope: shared }",
        },
    }
    {
        code: "fargate",
        tasks: "Fargate tasks",
        cause: |workload| is_fargate(workload).then(|| launch_type(workload)),
        hint: "remove it, or run the task on EC2",
        source: "Amazon ECS Developer Guide, FSx for Windows File Server volumes",
        wrong: "launchType: FARGATE, cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        right: "launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        of_task: {},
        of_container: {},
        of_volume: {
            "fsxWindows" => "fsxWindows: { fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/domain', domain: example.com }",
        },
    }
    rule: Entry {
        code: "fargate",
        rule: "Fargate tasks can have `pidMode: task` only",
        source: "Amazon ECS API Reference, RegisterTaskDefinition",
        wrong: task!("image: x, pidMode: host"),
        right: task!("image: x, pidMode: task"),
    },
    rule: Entry {
        code: "fargate",
        rule: "containers on Fargate can be given no capability but `SYS_PTRACE`",
        source: "Amazon ECS API Reference, KernelCapabilities",
        wrong: task!("containers: [{ name: a, image: x, linuxParameters: { capabilities: { add: [NET_ADMIN] } } }]"),
        right: task!("containers: [{ name: a, image: x, linuxParameters: { capabilities: { add: [SYS_PTRACE], drop: [ALL] } } }]"),
    },
    rule: Entry {
        code: "fargate",
        rule: "output from Fargate goes to the drivers `awslogs` and `splunk`",
        source: "Amazon ECS API Reference, LogConfiguration",
        wrong: task!("image: x, logging: { driver: json-file }"),
        right: task!("image: x, launchType: EC2, memory: 512, logging: { driver: json-file }"),
    },
}

fn is_fargate(workload: &WorkloadView<'_>) -> bool {
    workload.value.task.launch_type == LaunchType::Fargate
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        if !is_fargate(workload) {
            return vec![];
        }
        let problems = processes(workload).into_iter().chain(driver(workload));
        problems.chain(capabilities(workload)).collect()
    })
}

fn processes(workload: &WorkloadView<'_>) -> Option<Problem> {
    (workload.value.task.pid_mode == Some(PidMode::Host)).then(|| {
        Problem::error("fargate", "Fargate tasks can't see the processes of their host")
            .at(&workload.written.value("/pidMode"), "expected `task`, or nothing")
    })
}

fn driver(workload: &WorkloadView<'_>) -> Option<Problem> {
    let logging = &workload.document().logging;
    let is_local = match logging.driver {
        LogDriver::Awslogs | LogDriver::Splunk => false,
        LogDriver::JsonFile
        | LogDriver::Journald
        | LogDriver::Gelf
        | LogDriver::Syslog
        | LogDriver::Fluentd => true,
    };
    (is_local && !logging.disabled).then(|| {
        let driver = workload.written.value("/logging/driver");
        Problem::error("fargate", "Fargate does not have this log driver")
            .at(&driver, "expected `awslogs` or `splunk`")
    })
}

fn capabilities(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let views = workload.containers().filter(|view| {
        view.container.linux_parameters.added_capabilities.iter().any(|name| name != TRACING)
    });
    let problem = |view: super::ContainerView<'_>| {
        Problem::error("fargate", format!("Fargate adds no capability but `{TRACING}`"))
            .at(&view.key("/linuxParameters/capabilities/add"), format!("expected `[{TRACING}]`"))
    };
    views.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_fargate_does_not_have_is_shown_where_it_is_written() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        fargate: Fargate tasks can't have `ipcMode` [ipcMode: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `taskPlacementConstraints` [taskPlacementConstraints: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `links` [links: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `hostname` [hostname: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `extraHosts` [extraHosts: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `dnsServers` [dnsServers: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `dnsSearchDomains` [dnsSearchDomains: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `disableNetworking` [disableNetworking: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `dockerSecurityOptions` [dockerSecurityOptions: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `privileged` [privileged: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `gpu` [gpu: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.devices` [devices: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.maxSwap` [maxSwap: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.maxSwap` [maxSwap: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.swappiness` [swappiness: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.sharedMemorySize` [sharedMemorySize: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `linuxParameters.tmpfs` [tmpfs: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `host` volumes [host: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `docker` volumes [docker: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't have `fsxWindows` volumes [fsxWindows: not possible here] [FARGATE: the launch type] -> remove it, or run the task on EC2
        fargate: Fargate tasks can't see the processes of their host [host: expected `task`, or nothing]
        fargate: Fargate adds no capability but `SYS_PTRACE` [add: expected `[SYS_PTRACE]`]
        fargate: Fargate does not have this log driver [json-file: expected `awslogs` or `splunk`]
        ");
    }
}
