//! From AWS's description of a revision to a spec, without what AWS fills in.

use std::collections::BTreeMap;

use aws_sdk_ecs::types as sdk;

use super::environment::Environment;
use super::read_linux::linux_parameters;
use super::spec::{
    Container, DockerVolume, EfsVolume, FsxWindowsVolume, HealthCheck, HostVolume, Logging, Mount,
    NAT, Port, RestartPolicy, RuntimePlatform, TaskDefinitionSpec, Ulimit, Volume, VolumesFrom,
};
use crate::kind::Tags;
use crate::value::Set;

/// AWS's values for what a registration leaves out.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
const INTERVAL: u32 = 30;
const TIMEOUT: u32 = 5;
const RETRIES: u32 = 3;
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html>
const RESTART_ATTEMPT_PERIOD: u32 = 300;

pub(super) fn spec(read: sdk::TaskDefinition, tags: Tags) -> TaskDefinitionSpec {
    let platform = read.runtime_platform;
    let architecture = platform.as_ref().and_then(|platform| platform.cpu_architecture.clone());
    let family = platform.and_then(|platform| platform.operating_system_family);
    let family = text(family).unwrap_or_else(|| "LINUX".to_owned());
    let compatibilities: Set<String> =
        read.requires_compatibilities.unwrap_or_default().into_iter().map(word).collect();
    let network_mode = network_mode(text(read.network_mode), &compatibilities, &family);
    let ports = Surroundings { shares_ports: matches!(network_mode.as_str(), "awsvpc" | "host") };
    let constraints = read.placement_constraints.unwrap_or_default();
    TaskDefinitionSpec {
        family: read.family.unwrap_or_default(),
        cpu: read.cpu.and_then(|cpu| cpu.parse().ok()),
        memory: read.memory.and_then(|memory| memory.parse().ok()),
        network_mode,
        requires_compatibilities: compatibilities,
        runtime_platform: RuntimePlatform {
            cpu_architecture: text(architecture).unwrap_or_else(|| "X86_64".to_owned()),
            operating_system_family: family,
        },
        pid_mode: text(read.pid_mode),
        ipc_mode: text(read.ipc_mode),
        placement_constraints: constraints
            .into_iter()
            .filter_map(|constraint| constraint.expression)
            .collect(),
        enable_fault_injection: read.enable_fault_injection.unwrap_or(false),
        ephemeral_storage: read.ephemeral_storage.map(|storage| count(storage.size_in_gib)),
        task_role: read.task_role_arn.filter(is_some_text).map(Into::into),
        execution_role: read.execution_role_arn.filter(is_some_text).map(Into::into),
        containers: named(read.container_definitions, |read| ports.container(read)),
        volumes: named(read.volumes, |volume| (volume.name.clone(), self::volume(volume))),
        tags,
    }
}

/// The mode as a spec has it. moto writes `awsvpc` into every definition that is not for EC2 alone;
/// an external one can't have it.
fn network_mode(read: Option<String>, compatibilities: &Set<String>, family: &str) -> String {
    let is_external = compatibilities.0.iter().eq(["EXTERNAL"]);
    let read = read.filter(|mode| !is_external || mode != "awsvpc");
    match read.as_deref() {
        Some("awsvpc") => "awsvpc".to_owned(),
        _ if family != "LINUX" => NAT.to_owned(),
        Some(mode) => mode.to_owned(),
        None => "bridge".to_owned(),
    }
}

/// What the containers of a task have in common.
#[derive(Clone, Copy)]
struct Surroundings {
    /// A port of a container is that of its host, whether AWS says so or not.
    shares_ports: bool,
}

impl Surroundings {
    fn container(self, read: sdk::ContainerDefinition) -> (Option<String>, Container) {
        let (ranges, ports): (Vec<_>, Vec<_>) = read
            .port_mappings
            .unwrap_or_default()
            .into_iter()
            .partition(|port| port.container_port_range.is_some());
        let files = read.environment_files.unwrap_or_default();
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
            ports: named(Some(ports), |read| self.port(read)),
            port_ranges: ranges.into_iter().filter_map(port_range).collect(),
            environment: Environment(named(read.environment, |pair| {
                (pair.name, pair.value.unwrap_or_default())
            })),
            secrets: named(read.secrets, secret),
            environment_files: files.into_iter().map(|file| file.value).collect(),
            health_check: read.health_check.map(health_check),
            depends_on: named(read.depends_on, |dependency| {
                (Some(dependency.container_name), word(dependency.condition))
            }),
            mounts: named(read.mount_points, mount),
            volumes_from: named(read.volumes_from, |from| {
                let read_only = from.read_only.unwrap_or(false);
                (from.source_container, VolumesFrom { read_only })
            }),
            readonly_root_filesystem: read.readonly_root_filesystem.unwrap_or(false),
            stop_timeout: read.stop_timeout.map(count),
            start_timeout: read.start_timeout.map(count),
            docker_labels: read.docker_labels.unwrap_or_default().into_iter().collect(),
            ulimits: named(read.ulimits, ulimit),
            linux_parameters: read.linux_parameters.map(linux_parameters).unwrap_or_default(),
            repository_credentials: read
                .repository_credentials
                .map(|credentials| credentials.credentials_parameter),
            logging: read.log_configuration.map(logging),
            restart_policy: read.restart_policy.map(restart_policy),
            version_consistency: text(read.version_consistency)
                .unwrap_or_else(|| "enabled".to_owned()),
            system_controls: named(read.system_controls, |control| {
                (control.namespace, control.value.unwrap_or_default())
            }),
            interactive: read.interactive.unwrap_or(false),
            pseudo_terminal: read.pseudo_terminal.unwrap_or(false),
            gpu: read.resource_requirements.and_then(gpu),
            privileged: read.privileged.unwrap_or(false),
            docker_security_options: set(read.docker_security_options),
            hostname: read.hostname.filter(is_some_text),
            extra_hosts: named(read.extra_hosts, |host| (Some(host.hostname), host.ip_address)),
            dns_servers: read.dns_servers.unwrap_or_default(),
            dns_search_domains: read.dns_search_domains.unwrap_or_default(),
            links: set(read.links),
            disable_networking: read.disable_networking.unwrap_or(false),
        };
        (read.name, container)
    }

    fn port(self, read: sdk::PortMapping) -> (Option<String>, Port) {
        let number = read.container_port;
        let host = read.host_port.filter(|port| *port != 0);
        let host = host.or(number.filter(|_| self.shares_ports));
        let key = number.map(|number| format!("{number}/{}", protocol(read.protocol)));
        let port = Port {
            host_port: host.and_then(|port| port.try_into().ok()).unwrap_or(0),
            name: read.name,
            app_protocol: text(read.app_protocol),
        };
        (key, port)
    }
}

fn port_range(read: sdk::PortMapping) -> Option<String> {
    Some(format!("{}/{}", read.container_port_range?, protocol(read.protocol)))
}

fn protocol(read: Option<sdk::TransportProtocol>) -> String {
    text(read).unwrap_or_else(|| "tcp".to_owned())
}

fn restart_policy(read: sdk::ContainerRestartPolicy) -> RestartPolicy {
    RestartPolicy {
        enabled: read.enabled,
        ignored_exit_codes: read.ignored_exit_codes.unwrap_or_default().into_iter().collect(),
        restart_attempt_period: read.restart_attempt_period.map_or(RESTART_ATTEMPT_PERIOD, count),
    }
}

fn gpu(read: Vec<sdk::ResourceRequirement>) -> Option<String> {
    let is_gpu =
        |requirement: &sdk::ResourceRequirement| requirement.r#type == sdk::ResourceType::Gpu;
    read.into_iter().find(is_gpu).map(|requirement| requirement.value)
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
    let fsx = read.fsx_windows_file_server_volume_configuration;
    // A volume of nothing in particular is read as `host: {}`.
    let path = read.host.and_then(|host| host.source_path).filter(is_some_text);
    Volume {
        efs: read.efs_volume_configuration.map(efs),
        host: path.map(|source_path| HostVolume { source_path }),
        docker: read.docker_volume_configuration.map(docker),
        fsx_windows: fsx.map(fsx_windows),
    }
}

fn docker(read: sdk::DockerVolumeConfiguration) -> DockerVolume {
    DockerVolume {
        scope: text(read.scope).unwrap_or_else(|| "task".to_owned()),
        autoprovision: read.autoprovision.unwrap_or(false),
        driver: read.driver.filter(is_some_text).unwrap_or_else(|| "local".to_owned()),
        driver_opts: Environment(read.driver_opts.unwrap_or_default().into_iter().collect()),
        labels: read.labels.unwrap_or_default().into_iter().collect(),
    }
}

fn fsx_windows(read: sdk::FSxWindowsFileServerVolumeConfiguration) -> FsxWindowsVolume {
    let (credentials, domain) = read
        .authorization_config
        .map_or_else(Default::default, |it| (it.credentials_parameter, it.domain));
    FsxWindowsVolume {
        file_system_id: read.file_system_id,
        root_directory: read.root_directory,
        credentials,
        domain,
    }
}

fn efs(read: sdk::EfsVolumeConfiguration) -> EfsVolume {
    let authorization = read.authorization_config;
    let iam = authorization.as_ref().and_then(|authorization| authorization.iam.clone());
    let access_point = authorization.and_then(|authorization| authorization.access_point_id);
    EfsVolume {
        file_system: read.file_system_id.into(),
        access_point: access_point.filter(is_some_text).map(Into::into),
        root_directory: read.root_directory.filter(is_some_text).unwrap_or_else(|| "/".to_owned()),
        transit_encryption: read.transit_encryption == Some(sdk::EfsTransitEncryption::Enabled),
        iam: iam == Some(sdk::EfsAuthorizationConfigIam::Enabled),
    }
}

/// A list as a map; AWS leaves a list out, or sends it empty, as it likes.
pub(super) fn named<T, U>(
    items: Option<Vec<T>>,
    convert: impl Fn(T) -> (Option<String>, U),
) -> BTreeMap<String, U> {
    let items = items.unwrap_or_default().into_iter().map(convert);
    items.filter_map(|(name, item)| Some((name?, item))).collect()
}

pub(super) fn set(items: Option<Vec<String>>) -> Set<String> {
    items.unwrap_or_default().into_iter().collect()
}

pub(super) fn word(word: impl AsRef<str>) -> String {
    word.as_ref().to_owned()
}

fn text(read: Option<impl AsRef<str>>) -> Option<String> {
    read.map(word)
}

#[expect(clippy::ptr_arg, reason = "the shape that `Option::filter` asks for")]
fn is_some_text(text: &String) -> bool {
    !text.is_empty()
}

pub(super) fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
