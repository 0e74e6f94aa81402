//! What Windows tasks do without, and Linux tasks that ask for what is of Windows.

use super::barred::{Cause, bars};
use super::table::{Entry, task};
use super::{Scope, WorkloadView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::cluster::CapacityProvider;
use crate::model::resolved::service::{
    Capacity, CpuArchitecture, LaunchType, OperatingSystemFamily,
};

const GUIDE: &str = "Amazon ECS Developer Guide, task definition differences for Windows";

bars! {
    {
        code: "windows",
        tasks: "Windows tasks",
        cause: |workload| is_windows(workload).then(|| cause(workload)),
        hint: "remove it: only Linux has it",
        source: GUIDE,
        wrong: "launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        right: "launchType: EC2, memory: 512, networkMode: bridge",
        of_task: {
            "pidMode" => "pidMode: task",
            "ipcMode" => "ipcMode: task",
        },
        of_container: {
            "linuxParameters" => "linuxParameters: { initProcessEnabled: true }",
            "privileged" => "privileged: true",
            "user" => "user: app",
            "readonlyRootFilesystem" => "readonlyRootFilesystem: true",
            "disableNetworking" => "disableNetworking: true",
            "dnsServers" => "dnsServers: [10.0.0.2]",
            "dnsSearchDomains" => "dnsSearchDomains: [example.com]",
            "extraHosts" => "extraHosts: { database: 10.0.0.5 }",
            "links" => "links: [b]",
            "ulimits" => "ulimits: { nofile: { soft: 1024, hard: 2048 } }",
            "memoryReservation" => "memoryReservation: 128",
            "systemControls" => "systemControls: { net.core.somaxconn: 1024 }",
        },
        of_volume: {
            "efs" => "efs: { fileSystem: files }",
        },
    }
    {
        code: "windows",
        tasks: "Linux tasks",
        cause: |workload| (!is_windows(workload)).then(|| cause(workload)),
        hint: "remove it: only Windows has it",
        source: "Amazon ECS Developer Guide, FSx for Windows File Server volumes",
        wrong: "launchType: EC2, memory: 512",
        right: "launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }",
        of_task: {},
        of_container: {},
        of_volume: {
            "fsxWindows" => "fsxWindows: { fileSystemId: fs-0123456789abcdef0, rootDirectory: share, credentials: 'ssm:/domain', domain: example.com }",
        },
    }
    rule: Entry {
        code: "windows",
        rule: "Windows tasks run on `X86_64`",
        source: "Amazon ECS API Reference, RuntimePlatform",
        wrong: task!("image: x, cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE, cpuArchitecture: ARM64 }"),
        right: task!("image: x, cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
    },
    rule: Entry {
        code: "windows",
        rule: "Windows tasks on Fargate have 1024 to 4096 CPU units",
        source: "Amazon ECS Developer Guide, task CPU and memory on Fargate",
        wrong: task!("image: x, cpu: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
        right: task!("image: x, launchType: EC2, cpu: 512, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
    },
    rule: Entry {
        code: "windows",
        rule: "Fargate runs Windows Server 2019 and 2022, Full and Core",
        source: "Amazon ECS Developer Guide, Windows on Fargate",
        wrong: task!("image: x, cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2025_CORE }"),
        right: task!("image: x, launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2025_CORE }"),
    },
    rule: Entry {
        code: "windows",
        rule: "Windows tasks do not run on `FARGATE_SPOT`",
        source: "Amazon ECS Developer Guide, Fargate capacity providers",
        wrong: task!("image: x, cpu: 1024, capacity: [{ provider: FARGATE_SPOT }], runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
        right: task!("image: x, cpu: 1024, capacity: [{ provider: FARGATE }], runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
    },
    rule: Entry {
        code: "windows",
        rule: "Windows tasks on Fargate have no further `ephemeralStorage`",
        source: GUIDE,
        wrong: task!("image: x, cpu: 1024, ephemeralStorage: 30, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
        right: task!("image: x, cpu: 1024, ephemeralStorage: 30"),
    },
}

fn is_windows(workload: &WorkloadView<'_>) -> bool {
    workload.value.task.operating_system_family.is_windows()
}

fn cause(workload: &WorkloadView<'_>) -> Cause {
    let place = "/runtimePlatform/operatingSystemFamily";
    if workload.written.node.route(&place.into()).is_none() {
        return Cause { span: workload.written.name_span(), label: "runs on Linux" };
    }
    Cause { span: workload.written.value(place), label: "the operating system" }
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| match (is_windows(workload), workload.value.task.launch_type) {
        (false, _) => vec![],
        (true, LaunchType::Fargate) => {
            processor(workload).into_iter().chain(on_fargate(workload)).collect()
        }
        (true, LaunchType::Ec2 | LaunchType::External) => processor(workload).into_iter().collect(),
    })
}

fn barred(workload: &WorkloadView<'_>, what: &str, place: &Span) -> Problem {
    let cause = cause(workload);
    Problem::error("windows", format!("Windows tasks can't have {what}"))
        .at(place, "not with Windows")
        .at(&cause.span, cause.label)
}

fn processor(workload: &WorkloadView<'_>) -> Option<Problem> {
    let is_arm = workload.value.task.cpu_architecture == CpuArchitecture::Arm;
    let place = workload.written.value("/runtimePlatform/cpuArchitecture");
    is_arm.then(|| barred(workload, "ARM64 processors", &place))
}

fn on_fargate(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let (written, task) = (workload.written, &workload.value.task);
    let mut problems = vec![];
    problems.extend(release(workload));
    let is_spot = match &workload.value.capacity {
        Capacity::Strategy(items) => {
            items.iter().any(|item| item.provider == CapacityProvider::FargateSpot)
        }
        Capacity::LaunchType(_) => false,
    };
    if is_spot {
        problems.push(barred(workload, "FARGATE_SPOT", &written.key("/capacity")));
    }
    if task.ephemeral_storage.is_some() {
        let place = written.key("/ephemeralStorage");
        problems.push(barred(workload, "more ephemeral storage", &place));
    }
    if let Some(cpu) = task.cpu.filter(|cpu| !(1024..=4096).contains(cpu)) {
        problems.push(barred(workload, &format!("{cpu} CPU units"), &written.value("/cpu")));
    }
    problems
}

fn release(workload: &WorkloadView<'_>) -> Option<Problem> {
    use OperatingSystemFamily as Family;
    let is_there = match workload.value.task.operating_system_family {
        Family::Linux
        | Family::Windows2019Full
        | Family::Windows2019Core
        | Family::Windows2022Full
        | Family::Windows2022Core => true,
        Family::Windows2016Full
        | Family::Windows2004Core
        | Family::Windows20H2Core
        | Family::Windows2025Full
        | Family::Windows2025Core => false,
    };
    (!is_there).then(|| {
        Problem::error("windows", "Fargate does not have this release of Windows")
            .at(&cause(workload).span, "expected Windows Server 2019 or 2022")
            .hint(format!("run the {} on EC2, or on another release", workload.noun()))
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_windows_does_not_have_is_shown_where_it_is_written() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        windows: Windows tasks can't have `pidMode` [pidMode: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `ipcMode` [ipcMode: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `linuxParameters` [linuxParameters: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `privileged` [privileged: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `user` [user: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `readonlyRootFilesystem` [readonlyRootFilesystem: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `disableNetworking` [disableNetworking: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `dnsServers` [dnsServers: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `dnsSearchDomains` [dnsSearchDomains: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `extraHosts` [extraHosts: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `links` [links: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `ulimits` [ulimits: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `memoryReservation` [memoryReservation: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `systemControls` [systemControls: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Windows tasks can't have `efs` volumes [efs: not possible here] [WINDOWS_SERVER_2022_CORE: the operating system] -> remove it: only Linux has it
        windows: Linux tasks can't have `fsxWindows` volumes [fsxWindows: not possible here] [web: runs on Linux] -> remove it: only Windows has it
        windows: Windows tasks can't have ARM64 processors [ARM64: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Windows tasks can't have 512 CPU units [512: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Fargate does not have this release of Windows [WINDOWS_SERVER_2025_CORE: expected Windows Server 2019 or 2022] -> run the service on EC2, or on another release
        windows: Windows tasks can't have FARGATE_SPOT [capacity: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Windows tasks can't have more ephemeral storage [ephemeralStorage: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        ");
    }
}
