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
    if !(1024..=4096).contains(&task.cpu) {
        problems.push(barred(&format!("{} CPU units", task.cpu), &written.value("/cpu")));
    }
    for view in service.containers() {
        let container = view.container;
        let fields = [
            ("memoryReservation", container.memory_reservation.is_some()),
            ("user", container.user.is_some()),
            ("readonlyRootFilesystem", container.readonly_root_filesystem),
            ("ulimits", !container.ulimits.is_empty()),
            ("linuxParameters", container.init_process_enabled),
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
    let version = service.value.platform_version.as_str();
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
        ("tasks of 8 vCPU and more", task.cpu >= fargate::LARGE_CPU),
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
