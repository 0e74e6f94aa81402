//! What the chosen operating system, processor and platform version can do.

use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::fargate;
use crate::model::resolved::service::{
    Capacity, CpuArchitecture, OperatingSystemFamily, SecretReference, Volume,
};

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let mut problems = windows(service);
        problems.extend(platform_version(service));
        problems.extend(exec(service));
        problems
    })
}

fn is_windows(service: &ServiceView<'_>) -> bool {
    service.value.task.operating_system_family != OperatingSystemFamily::Linux
}

/// Source: Amazon ECS Developer Guide, task definition differences for Windows.
fn windows(service: &ServiceView<'_>) -> Vec<Problem> {
    if !is_windows(service) {
        return vec![];
    }
    let written = service.written;
    let task = &service.value.task;
    let system = written.value("/runtimePlatform/operatingSystemFamily");
    let barred = |what: &str, place: &crate::manifest::node::Span| {
        Problem::error("windows", format!("Windows tasks can't have {what}"))
            .at(place, "not with Windows")
            .at(&system, "the operating system")
    };
    let mut problems = vec![];
    if task.cpu_architecture == CpuArchitecture::Arm {
        problems
            .push(barred("ARM64 processors", &written.value("/runtimePlatform/cpuArchitecture")));
    }
    if matches!(&service.value.capacity, Capacity::Strategy(items) if items.iter().any(|item| item.provider == crate::model::resolved::cluster::CapacityProvider::FargateSpot))
    {
        problems.push(barred("FARGATE_SPOT", &written.key("/capacity")));
    }
    if task.volumes.values().any(|volume| matches!(volume, Volume::Efs(_))) {
        problems.push(barred("EFS volumes", &written.key("/volumes")));
    }
    if task.ephemeral_storage.is_some() {
        problems.push(barred("more ephemeral storage", &written.key("/ephemeralStorage")));
    }
    if let Some(cpu) = task.cpu.filter(|cpu| !(1024..=4096).contains(cpu)) {
        problems.push(barred(&format!("{cpu} CPU units"), &written.value("/cpu")));
    }
    for view in service.containers() {
        let container = view.container;
        let fields = [
            ("memoryReservation", container.memory_reservation.is_some()),
            ("user", container.user.is_some()),
            ("readonlyRootFilesystem", container.readonly_root_filesystem),
            ("ulimits", !container.ulimits.is_empty()),
            ("linuxParameters", container.linux_parameters.init_process_enabled),
        ];
        let used = fields.into_iter().filter(|(_, is_used)| *is_used);
        problems.extend(
            used.map(|(field, _)| barred(&format!("`{field}`"), &view.key(&format!("/{field}")))),
        );
    }
    problems
}

/// Platform versions before 1.4.0 lack what many tasks need.
fn platform_version(service: &ServiceView<'_>) -> Option<Problem> {
    let version = service.value.platform_version.as_deref()?;
    if is_windows(service) || version == "LATEST" || parts(version) >= parts("1.4.0") {
        return None;
    }
    let task = &service.value.task;
    let has_efs = task.volumes.values().any(|volume| matches!(volume, Volume::Efs(_)));
    let is_key = |secret: &SecretReference| {
        matches!(secret, SecretReference::SecretsManager { json_key: Some(_), .. })
    };
    let has_files = task.containers.iter().any(|container| !container.environment_files.is_empty());
    let reasons = [
        ("EFS volumes", has_efs),
        ("environment files", has_files),
        (
            "secrets by JSON key",
            task.containers.iter().any(|container| container.secrets.values().any(is_key)),
        ),
        ("ECS Exec", service.value.enable_execute_command),
        ("more ephemeral storage", task.ephemeral_storage.is_some()),
        ("tasks of 8 vCPU and more", task.cpu.is_some_and(|cpu| cpu >= fargate::LARGE_CPU)),
    ];
    let (reason, _) = reasons.into_iter().find(|(_, is_used)| *is_used)?;
    let problem = Problem::error(
        "platform-version",
        format!("platform version {version} does not support {reason}"),
    );
    Some(problem.at(&service.written.value("/platformVersion"), "expected 1.4.0 or LATEST"))
}

fn parts(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// ECS Exec talks to AWS as the task role, and writes in the container.
fn exec(service: &ServiceView<'_>) -> Vec<Problem> {
    if !service.value.enable_execute_command {
        return vec![];
    }
    let exec = service.written.key("/enableExecuteCommand");
    let mut problems = vec![];
    if service.value.task.task_role.is_none() {
        problems.push(
            Problem::error("exec-without-role", "`enableExecuteCommand` needs a task role")
                .at(&exec, "ECS Exec acts as the task role")
                .hint("add a TaskRole document and name it in `taskRole`; ecsctl adds the permissions for ECS Exec to it"),
        );
    }
    let read_only = service.containers().filter(|view| view.container.readonly_root_filesystem);
    problems.extend(read_only.map(|view| {
        Problem::warning(
            "exec-read-only",
            format!(
                "ECS Exec does not work in `{}`: its file system is read-only",
                view.container.name
            ),
        )
        .at(&view.key("/readonlyRootFilesystem"), "read-only")
        .at(&exec, "ECS Exec")
    }));
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{report, report_service, report_task};

    #[test]
    fn windows_tasks_lack_what_linux_tasks_have() {
        let windows =
            "cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }";
        let linux = "cpu: 1024, runtimePlatform: { operatingSystemFamily: LINUX }";
        let with = |system: &str, more: &str| format!("{system}, {more}");
        let fields = [
            "capacity: [{ provider: FARGATE_SPOT }]",
            "ephemeralStorage: 30",
            "containers: [{ name: a, image: x, user: app, readonlyRootFilesystem: true }]",
        ];
        let cases: Vec<_> = fields
            .map(|more| {
                if more.starts_with("containers") {
                    more.to_owned()
                } else {
                    format!("image: x, {more}")
                }
            })
            .iter()
            .map(|more| (with(windows, more), with(linux, more)))
            .collect();
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report_task(&cases), @r#"
        windows: Windows tasks can't have FARGATE_SPOT [capacity: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Windows tasks can't have more ephemeral storage [ephemeralStorage: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Windows tasks can't have `user` [user: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        windows: Windows tasks can't have `readonlyRootFilesystem` [readonlyRootFilesystem: not with Windows] [WINDOWS_SERVER_2022_CORE: the operating system]
        "#);
    }

    #[test]
    fn platforms_go_with_processors_and_sizes() {
        insta::assert_snapshot!(report_service(&[
            ("cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2019_FULL, cpuArchitecture: ARM64 }", "cpu: 1024, runtimePlatform: { cpuArchitecture: ARM64 }"),
            ("cpu: 256, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2019_FULL }", "cpu: 1024, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2019_FULL }"),
            ("platformVersion: 1.3.0, ephemeralStorage: 30", "platformVersion: 1.4.0, ephemeralStorage: 30"),
            ("platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a:key' }", "platformVersion: 1.3.0, secrets: { A: 'secretsmanager:a' }"),
        ]), @r#"
        windows: Windows tasks can't have ARM64 processors [ARM64: not with Windows] [WINDOWS_SERVER_2019_FULL: the operating system]
        windows: Windows tasks can't have 256 CPU units [256: not with Windows] [WINDOWS_SERVER_2019_FULL: the operating system]
        platform-version: platform version 1.3.0 does not support more ephemeral storage [1.3.0: expected 1.4.0 or LATEST]
        platform-version: platform version 1.3.0 does not support secrets by JSON key [1.3.0: expected 1.4.0 or LATEST]
        "#);
    }

    #[test]
    fn exec_needs_a_role_and_a_writable_container() {
        let role = "---\n{ kind: TaskRole, name: web }";
        let service = |fields: &str| format!("{{ kind: Service, name: web, {fields} }}\n{role}");
        let (wrong, right) = (
            service("image: x, enableExecuteCommand: true"),
            service("image: x, enableExecuteCommand: true, taskRole: web"),
        );
        let container = "containers: [{ name: a, image: x, readonlyRootFilesystem: true }]";
        let (read_only, off) = (
            service(&format!("{container}, enableExecuteCommand: true, taskRole: web")),
            service(container),
        );
        insta::assert_snapshot!(report(&[(&wrong, &right), (&read_only, &off)]), @r#"
        exec-without-role: `enableExecuteCommand` needs a task role [enableExecuteCommand: ECS Exec acts as the task role] -> add a TaskRole document and name it in `taskRole`; ecsctl adds the permissions for ECS Exec to it
        warning exec-read-only: ECS Exec does not work in `a`: its file system is read-only [readonlyRootFilesystem: read-only] [enableExecuteCommand: ECS Exec]
        "#);
    }
}
