//! The task of a Service or Job document.

use super::{Context, container, texts};
use crate::model::documents::volume::{self, Toggle};
use crate::model::documents::workload::Workload;
use crate::model::resolved::task::{
    DockerVolume, EfsVolume, ExecutionRole, FsxWindowsVolume, LaunchType, LogDriver, LogGroup,
    Logging, NetworkMode, Task, TaskRoleReference, Volume,
};
use crate::model::{fargate, names};

/// Days; AWS's own default is to keep output for ever.
const RETENTION: u32 = 30;
const LEAST_CPU: u32 = 256;

pub(super) fn resolve(
    context: &Context<'_>,
    workload: &Workload<'_>,
    launch_type: LaunchType,
    family: String,
) -> Task {
    let (cpu, memory) = size(workload, launch_type);
    let network_mode = network_mode(workload, launch_type);
    let role = |written: &String| {
        let is_arn = written.starts_with("arn:");
        if is_arn {
            TaskRoleReference::Arn(written.clone())
        } else {
            TaskRoleReference::Name(written.clone())
        }
    };
    Task {
        family,
        launch_type,
        network_mode,
        cpu,
        memory,
        cpu_architecture: workload.runtime_platform.cpu_architecture,
        operating_system_family: workload.runtime_platform.operating_system_family,
        pid_mode: *workload.pid_mode,
        ipc_mode: *workload.ipc_mode,
        placement_constraints: workload
            .task_placement_constraints
            .iter()
            .map(|expression| expression.0.clone())
            .collect(),
        enable_fault_injection: *workload.enable_fault_injection,
        ephemeral_storage: workload.ephemeral_storage.map(|size| size.0),
        task_role: workload.task_role.as_ref().map(role),
        execution_role: execution_role(context, workload),
        containers: container::resolve(workload, network_mode),
        volumes: workload
            .volumes
            .iter()
            .map(|(name, written)| (name.clone(), volume(written)))
            .collect(),
        logging: logging(context, workload),
    }
}

/// AWS's own defaults.
fn network_mode(workload: &Workload<'_>, launch_type: LaunchType) -> NetworkMode {
    let default = match launch_type {
        LaunchType::Fargate => NetworkMode::Awsvpc,
        LaunchType::Ec2 | LaunchType::External => NetworkMode::Bridge,
    };
    workload.network_mode.unwrap_or(default)
}

/// The task's CPU and memory; on Fargate, of two that are left out, the smallest that go together.
fn size(workload: &Workload<'_>, launch_type: LaunchType) -> (Option<u32>, Option<u32>) {
    let cpu = workload.cpu.map(|cpu| cpu.0);
    let memory = workload.memory.map(|memory| memory.0);
    if launch_type != LaunchType::Fargate {
        return (cpu, memory);
    }
    let cpu = cpu.or_else(|| memory.and_then(fargate::least_cpu)).unwrap_or(LEAST_CPU);
    let least_memory = || fargate::memory_sizes(cpu).and_then(|sizes| sizes.first().copied());
    (Some(cpu), memory.or_else(least_memory).or(Some(0)))
}

fn execution_role(context: &Context<'_>, workload: &Workload<'_>) -> ExecutionRole {
    match &workload.execution_role {
        Some(arn) => ExecutionRole::Arn(arn.clone()),
        None => ExecutionRole::Managed {
            name: context.names.part(names::ROLE, workload.name, "execution"),
            path: context.names.role_path(),
        },
    }
}

/// Of several forms, which a rule reports, the first counts.
fn volume(volume: &volume::Volume) -> Volume {
    let host = volume.host.as_ref().map(|host| host.source_path.clone());
    let efs = volume.efs.as_ref().map(|efs| Volume::Efs(self::efs(efs)));
    efs.or_else(|| host.map(|source_path| Volume::Host { source_path }))
        .or_else(|| volume.docker.as_ref().map(|docker| Volume::Docker(self::docker(docker))))
        .or_else(|| volume.fsx_windows.as_ref().map(|fsx| Volume::FsxWindows(self::fsx(fsx))))
        .unwrap_or(Volume::Shared)
}

fn efs(efs: &volume::EfsVolume) -> EfsVolume {
    EfsVolume {
        file_system: efs.file_system.clone(),
        access_point: efs.access_point.clone(),
        root_directory: efs.root_directory.clone().unwrap_or_else(|| "/".to_owned()),
        transit_encryption: efs.transit_encryption == Toggle::Enabled,
        iam: efs.iam == Some(Toggle::Enabled),
    }
}

fn docker(docker: &volume::DockerVolume) -> DockerVolume {
    DockerVolume {
        scope: docker.scope,
        autoprovision: docker.autoprovision.unwrap_or(false),
        driver: docker.driver.clone().unwrap_or_else(|| "local".to_owned()),
        driver_opts: texts(&docker.driver_opts),
        labels: texts(&docker.labels),
    }
}

fn fsx(fsx: &volume::FsxWindowsVolume) -> FsxWindowsVolume {
    FsxWindowsVolume {
        file_system_id: fsx.file_system_id.clone(),
        root_directory: fsx.root_directory.clone(),
        credentials: fsx.credentials.clone(),
        domain: fsx.domain.clone(),
    }
}

fn logging(context: &Context<'_>, workload: &Workload<'_>) -> Logging {
    let logging = &workload.logging;
    if logging.disabled {
        return Logging::Disabled;
    }
    let options = texts(&logging.options);
    let secret_options = logging.secret_options.clone();
    match logging.driver {
        LogDriver::Awslogs => {
            let stream_prefix = workload.name.clone();
            Logging::CloudWatch {
                group: log_group(context, workload),
                stream_prefix,
                options,
                secret_options,
            }
        }
        LogDriver::Splunk
        | LogDriver::JsonFile
        | LogDriver::Journald
        | LogDriver::Gelf
        | LogDriver::Syslog
        | LogDriver::Fluentd => Logging::Driver { driver: logging.driver, options, secret_options },
    }
}

fn log_group(context: &Context<'_>, workload: &Workload<'_>) -> LogGroup {
    match &workload.logging.group {
        Some(name) => LogGroup::Existing { name: name.clone() },
        None => LogGroup::Managed {
            name: context.names.log_group(workload.name),
            retention: workload.logging.retention.map_or(RETENTION, |days| days.0),
        },
    }
}
