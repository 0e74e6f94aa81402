//! From AWS's description of a revision to a spec, without what AWS fills in.

use std::collections::BTreeMap;

use aws_sdk_ecs::types as sdk;

use super::environment::Environment;
use super::spec::{
    Container, EfsVolume, HealthCheck, Logging, Mount, Port, RuntimePlatform, TaskDefinitionSpec,
    Ulimit, Volume,
};
use crate::kind::Tags;

/// AWS's values for what a registration leaves out.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
const INTERVAL: u32 = 30;
const TIMEOUT: u32 = 5;
const RETRIES: u32 = 3;

pub(super) fn spec(read: sdk::TaskDefinition, tags: Tags) -> TaskDefinitionSpec {
    let platform = read.runtime_platform;
    let architecture = platform.as_ref().and_then(|platform| platform.cpu_architecture.clone());
    let family = platform.and_then(|platform| platform.operating_system_family);
    let compatibilities = read.requires_compatibilities.unwrap_or_default();
    TaskDefinitionSpec {
        family: read.family.unwrap_or_default(),
        cpu: read.cpu.and_then(|cpu| cpu.parse().ok()),
        memory: read.memory.and_then(|memory| memory.parse().ok()),
        network_mode: text(read.network_mode).unwrap_or_else(|| "bridge".to_owned()),
        requires_compatibilities: compatibilities.into_iter().map(word).collect(),
        runtime_platform: RuntimePlatform {
            cpu_architecture: text(architecture).unwrap_or_else(|| "X86_64".to_owned()),
            operating_system_family: text(family).unwrap_or_else(|| "LINUX".to_owned()),
        },
        ephemeral_storage: read.ephemeral_storage.map(|storage| count(storage.size_in_gib)),
        task_role: read.task_role_arn.filter(is_some_text).map(Into::into),
        execution_role: read.execution_role_arn.filter(is_some_text).map(Into::into),
        containers: named(read.container_definitions, container),
        volumes: named(read.volumes, |volume| (volume.name.clone(), self::volume(volume))),
        tags,
    }
}

fn container(read: sdk::ContainerDefinition) -> (Option<String>, Container) {
    let container = Container {
        image: read.image.unwrap_or_default(),
        essential: read.essential.unwrap_or(true),
        cpu: count(read.cpu),
        memory: read.memory.map(count),
        memory_reservation: read.memory_reservation.map(count),
        command: read.command.unwrap_or_default(),
        entry_point: read.entry_point.unwrap_or_default(),
        working_directory: read.working_directory.filter(is_some_text),
        user: read.user.filter(is_some_text),
        ports: named(read.port_mappings, port),
        environment: Environment(named(read.environment, |pair| {
            (pair.name, pair.value.unwrap_or_default())
        })),
        secrets: named(read.secrets, secret),
        environment_files: read
            .environment_files
            .unwrap_or_default()
            .into_iter()
            .map(|file| file.value)
            .collect(),
        health_check: read.health_check.map(health_check),
        depends_on: named(read.depends_on, |dependency| {
            (Some(dependency.container_name), word(dependency.condition))
        }),
        mounts: named(read.mount_points, mount),
        readonly_root_filesystem: read.readonly_root_filesystem.unwrap_or(false),
        stop_timeout: read.stop_timeout.map(count),
        start_timeout: read.start_timeout.map(count),
        docker_labels: read.docker_labels.unwrap_or_default().into_iter().collect(),
        ulimits: named(read.ulimits, ulimit),
        init_process_enabled: read
            .linux_parameters
            .and_then(|linux| linux.init_process_enabled)
            .unwrap_or(false),
        repository_credentials: read
            .repository_credentials
            .map(|credentials| credentials.credentials_parameter),
        logging: read.log_configuration.map(logging),
    };
    (read.name, container)
}

fn port(read: sdk::PortMapping) -> (Option<String>, Port) {
    let protocol = text(read.protocol).unwrap_or_else(|| "tcp".to_owned());
    let key = read.container_port.map(|number| format!("{number}/{protocol}"));
    (key, Port { name: read.name, app_protocol: text(read.app_protocol) })
}

fn secret(read: sdk::Secret) -> (Option<String>, String) {
    (Some(read.name), read.value_from)
}

fn mount(read: sdk::MountPoint) -> (Option<String>, Mount) {
    let volume = read.source_volume.unwrap_or_default();
    (read.container_path, Mount { volume, read_only: read.read_only.unwrap_or(false) })
}

fn ulimit(read: sdk::Ulimit) -> (Option<String>, Ulimit) {
    let limit = Ulimit { soft: count(read.soft_limit), hard: count(read.hard_limit) };
    (Some(word(read.name)), limit)
}

fn health_check(read: sdk::HealthCheck) -> HealthCheck {
    HealthCheck {
        command: read.command,
        interval: read.interval.map_or(INTERVAL, count),
        timeout: read.timeout.map_or(TIMEOUT, count),
        retries: read.retries.map_or(RETRIES, count),
        start_period: read.start_period.map_or(0, count),
    }
}

fn logging(read: sdk::LogConfiguration) -> Logging {
    let mut options: BTreeMap<_, _> = read.options.unwrap_or_default().into_iter().collect();
    let group = options.remove("awslogs-group").map(Into::into);
    Logging {
        driver: word(read.log_driver),
        group,
        options: Environment(options),
        secret_options: named(read.secret_options, secret),
    }
}

fn volume(read: sdk::Volume) -> Volume {
    Volume { efs: read.efs_volume_configuration.map(efs) }
}

fn efs(read: sdk::EfsVolumeConfiguration) -> EfsVolume {
    let authorization = read.authorization_config;
    let iam = authorization.as_ref().and_then(|authorization| authorization.iam.clone());
    let access_point = authorization.and_then(|authorization| authorization.access_point_id);
    EfsVolume {
        file_system: read.file_system_id.into(),
        access_point: access_point.filter(is_some_text).map(Into::into),
        root_directory: read
            .root_directory
            .filter(is_some_text)
            .unwrap_or_else(|| "/".to_owned()),
        transit_encryption: read.transit_encryption == Some(sdk::EfsTransitEncryption::Enabled),
        iam: iam == Some(sdk::EfsAuthorizationConfigIam::Enabled),
    }
}

/// A list as a map; AWS leaves a list out, or sends it empty, as it likes.
fn named<T, U>(
    items: Option<Vec<T>>,
    convert: impl Fn(T) -> (Option<String>, U),
) -> BTreeMap<String, U> {
    let items = items.unwrap_or_default().into_iter().map(convert);
    items.filter_map(|(name, item)| Some((name?, item))).collect()
}

fn word(word: impl AsRef<str>) -> String {
    word.as_ref().to_owned()
}

fn text(read: Option<impl AsRef<str>>) -> Option<String> {
    read.map(word)
}

#[expect(clippy::ptr_arg, reason = "the shape that `Option::filter` asks for")]
fn is_some_text(text: &String) -> bool {
    !text.is_empty()
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
