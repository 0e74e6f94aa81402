//! From a spec to the request that registers it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types as sdk;

use super::spec::{
    Container, DockerVolume, EfsVolume, FsxWindowsVolume, LinuxParameters, Logging, NAT,
    RestartPolicy, TaskDefinitionSpec, Volume,
};
use crate::aws::Aws;
use crate::kinds::shared::ecs::sdk_tags;

const COMPLETE: &str = "all that the builder asks for is given";

pub(super) fn register(
    aws: &Aws,
    spec: &TaskDefinitionSpec,
) -> RegisterTaskDefinitionFluentBuilder {
    let platform = sdk::RuntimePlatform::builder()
        .cpu_architecture(spec.runtime_platform.cpu_architecture.as_str().into())
        .operating_system_family(spec.runtime_platform.operating_system_family.as_str().into())
        .build();
    let storage =
        spec.ephemeral_storage.map(|size| sdk::EphemeralStorage::builder().size_in_gib(int(size)));
    let mode = Some(spec.network_mode.as_str()).filter(|mode| *mode != NAT);
    let compatibilities = spec.requires_compatibilities.0.iter().map(|name| name.as_str().into());
    aws.ecs
        .register_task_definition()
        .family(&spec.family)
        .set_cpu(spec.cpu.map(|cpu| cpu.to_string()))
        .set_memory(spec.memory.map(|memory| memory.to_string()))
        .set_network_mode(mode.map(Into::into))
        .set_requires_compatibilities(Some(compatibilities.collect()))
        .runtime_platform(platform)
        .set_pid_mode(spec.pid_mode.as_deref().map(Into::into))
        .set_ipc_mode(spec.ipc_mode.as_deref().map(Into::into))
        .set_placement_constraints(items(&spec.placement_constraints.0, |expression| {
            sdk::TaskDefinitionPlacementConstraint::builder()
                .r#type(sdk::TaskDefinitionPlacementConstraintType::MemberOf)
                .expression(expression)
                .build()
        }))
        .set_enable_fault_injection(truth(spec.enable_fault_injection))
        .set_ephemeral_storage(storage.map(sdk::builders::EphemeralStorageBuilder::build))
        .set_task_role_arn(spec.task_role.as_ref().map(|role| role.text().to_owned()))
        .set_execution_role_arn(spec.execution_role.as_ref().map(|role| role.text().to_owned()))
        .set_container_definitions(list(&spec.containers, |name, it| {
            container(&spec.network_mode, name, it)
        }))
        .set_volumes(list(&spec.volumes, volume))
        .set_tags(Some(sdk_tags(&spec.tags)))
}

fn container(mode: &str, name: &str, container: &Container) -> sdk::ContainerDefinition {
    let environment =
        |name: &str, value: &String| sdk::KeyValuePair::builder().name(name).value(value).build();
    let ranges = container.port_ranges.0.iter().map(|range| port_range(range));
    let ports = container.ports.iter().map(|(key, it)| port(mode, key, it)).chain(ranges).collect();
    let files = container.environment_files.iter().map(|file| environment_file(file));
    let credentials = container.repository_credentials.as_ref().map(|secret| {
        let builder = sdk::RepositoryCredentials::builder().credentials_parameter(secret);
        builder.build()
    });
    let health_check = container.health_check.as_ref().map(|check| {
        sdk::HealthCheck::builder()
            .set_command(Some(check.command.clone()))
            .interval(int(check.interval))
            .timeout(int(check.timeout))
            .retries(int(check.retries))
            .set_start_period((check.start_period > 0).then(|| int(check.start_period)))
            .build()
            .expect(COMPLETE)
    });
    sdk::ContainerDefinition::builder()
        .name(name)
        .image(&container.image)
        .essential(container.essential)
        .cpu(int(container.cpu))
        .set_memory(container.memory.map(int))
        .set_memory_reservation(container.memory_reservation.map(int))
        .set_command(words(&container.command))
        .set_entry_point(words(&container.entry_point))
        .set_working_directory(container.working_directory.clone())
        .set_user(container.user.clone())
        .set_port_mappings(Some(ports).filter(|ports: &Vec<_>| !ports.is_empty()))
        .set_environment(list(&container.environment.0, environment))
        .set_secrets(list(&container.secrets, secret))
        .set_environment_files(Some(files.collect()).filter(|files: &Vec<_>| !files.is_empty()))
        .set_health_check(health_check)
        .set_depends_on(list(&container.depends_on, |name, condition| {
            sdk::ContainerDependency::builder()
                .container_name(name)
                .condition(condition.as_str().into())
                .build()
                .expect(COMPLETE)
        }))
        .set_mount_points(list(&container.mounts, |path, mount| {
            sdk::MountPoint::builder()
                .container_path(path)
                .source_volume(&mount.volume)
                .read_only(mount.read_only)
                .build()
        }))
        .set_volumes_from(list(&container.volumes_from, |name, from| {
            sdk::VolumeFrom::builder().source_container(name).read_only(from.read_only).build()
        }))
        // Windows and Fargate refuse what they don't have even with its default.
        .set_readonly_root_filesystem(truth(container.readonly_root_filesystem))
        .set_linux_parameters(linux_parameters(&container.linux_parameters))
        .set_stop_timeout(container.stop_timeout.map(int))
        .set_start_timeout(container.start_timeout.map(int))
        .set_docker_labels(map(&container.docker_labels))
        .set_ulimits(list(&container.ulimits, |name, limit| {
            sdk::Ulimit::builder()
                .name(name.into())
                .soft_limit(int(limit.soft))
                .hard_limit(int(limit.hard))
                .build()
                .expect(COMPLETE)
        }))
        .set_repository_credentials(credentials.map(|built| built.expect(COMPLETE)))
        .set_log_configuration(container.logging.as_ref().map(log_configuration))
        .set_restart_policy(container.restart_policy.as_ref().map(restart_policy))
        .set_version_consistency(
            (container.version_consistency != "enabled")
                .then(|| container.version_consistency.as_str().into()),
        )
        .set_system_controls(list(&container.system_controls, |name, value| {
            sdk::SystemControl::builder().namespace(name).value(value).build()
        }))
        .set_interactive(truth(container.interactive))
        .set_pseudo_terminal(truth(container.pseudo_terminal))
        .set_resource_requirements(container.gpu.as_ref().map(|number| vec![gpu(number)]))
        .set_privileged(truth(container.privileged))
        .set_docker_security_options(items(&container.docker_security_options.0, Clone::clone))
        .set_hostname(container.hostname.clone())
        .set_extra_hosts(list(&container.extra_hosts, |name, address| {
            let host = sdk::HostEntry::builder().hostname(name).ip_address(address);
            host.build().expect(COMPLETE)
        }))
        .set_dns_servers(words(&container.dns_servers))
        .set_dns_search_domains(words(&container.dns_search_domains))
        .set_links(items(&container.links.0, Clone::clone))
        .set_disable_networking(truth(container.disable_networking))
        .build()
}

/// In the mode `awsvpc` there is no other port on the host, and AWS fills in the same one.
fn port(mode: &str, key: &str, port: &super::spec::Port) -> sdk::PortMapping {
    let (number, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    let host = Some(port.host_port).filter(|port| mode != "awsvpc" && *port != 0);
    sdk::PortMapping::builder()
        .set_container_port(number.parse().ok())
        .set_host_port(host.map(Into::into))
        .protocol(protocol.into())
        .set_name(port.name.clone())
        .set_app_protocol(port.app_protocol.as_deref().map(Into::into))
        .build()
}

fn port_range(key: &str) -> sdk::PortMapping {
    let (range, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    sdk::PortMapping::builder().container_port_range(range).protocol(protocol.into()).build()
}

fn restart_policy(policy: &RestartPolicy) -> sdk::ContainerRestartPolicy {
    sdk::ContainerRestartPolicy::builder()
        .enabled(policy.enabled)
        .set_ignored_exit_codes(items(&policy.ignored_exit_codes.0, Clone::clone))
        .restart_attempt_period(int(policy.restart_attempt_period))
        .build()
        .expect(COMPLETE)
}

fn gpu(number: &str) -> sdk::ResourceRequirement {
    let requirement = sdk::ResourceRequirement::builder().r#type(sdk::ResourceType::Gpu);
    requirement.value(number).build().expect(COMPLETE)
}

fn linux_parameters(linux: &LinuxParameters) -> Option<sdk::LinuxParameters> {
    let capabilities = sdk::KernelCapabilities::builder()
        .set_add(items(&linux.capabilities.add.0, Clone::clone))
        .set_drop(items(&linux.capabilities.drop.0, Clone::clone))
        .build();
    let has_capabilities = capabilities.add.is_some() || capabilities.drop.is_some();
    let parameters = sdk::LinuxParameters::builder()
        .set_init_process_enabled(truth(linux.init_process_enabled))
        .set_capabilities(has_capabilities.then_some(capabilities))
        .set_devices(list(&linux.devices, |path, device| {
            sdk::Device::builder()
                .host_path(path)
                .container_path(&device.container_path)
                .set_permissions(items(&device.permissions.0, |word| word.as_str().into()))
                .build()
                .expect(COMPLETE)
        }))
        .set_max_swap(linux.max_swap.map(int))
        .set_swappiness(linux.swappiness.map(int))
        .set_shared_memory_size(linux.shared_memory_size.map(int))
        .set_tmpfs(list(&linux.tmpfs, |path, tmpfs| {
            sdk::Tmpfs::builder()
                .container_path(path)
                .size(int(tmpfs.size))
                .set_mount_options(items(&tmpfs.mount_options.0, Clone::clone))
                .build()
                .expect(COMPLETE)
        }))
        .build();
    (*linux != LinuxParameters::default()).then_some(parameters)
}

fn secret(name: &str, value_from: &String) -> sdk::Secret {
    sdk::Secret::builder().name(name).value_from(value_from).build().expect(COMPLETE)
}

fn environment_file(arn: &str) -> sdk::EnvironmentFile {
    let builder = sdk::EnvironmentFile::builder().r#type(sdk::EnvironmentFileType::S3).value(arn);
    builder.build().expect(COMPLETE)
}

fn log_configuration(logging: &Logging) -> sdk::LogConfiguration {
    let mut options = logging.options.0.clone();
    if let Some(group) = &logging.group {
        options.insert("awslogs-group".to_owned(), group.text().to_owned());
    }
    sdk::LogConfiguration::builder()
        .log_driver(logging.driver.as_str().into())
        .set_options(map(&options))
        .set_secret_options(list(&logging.secret_options, secret))
        .build()
        .expect(COMPLETE)
}

fn volume(name: &str, volume: &Volume) -> sdk::Volume {
    sdk::Volume::builder()
        .name(name)
        .set_efs_volume_configuration(volume.efs.as_ref().map(efs_configuration))
        .set_host(volume.host.as_ref().map(|host| {
            sdk::HostVolumeProperties::builder().source_path(&host.source_path).build()
        }))
        .set_docker_volume_configuration(volume.docker.as_ref().map(docker_configuration))
        .set_fsx_windows_file_server_volume_configuration(
            volume.fsx_windows.as_ref().map(fsx_configuration),
        )
        .build()
}

fn docker_configuration(docker: &DockerVolume) -> sdk::DockerVolumeConfiguration {
    sdk::DockerVolumeConfiguration::builder()
        .scope(docker.scope.as_str().into())
        // Only shared volumes can have it.
        .set_autoprovision((docker.scope == "shared").then_some(docker.autoprovision))
        .driver(&docker.driver)
        .set_driver_opts(map(&docker.driver_opts.0))
        .set_labels(map(&docker.labels))
        .build()
}

fn fsx_configuration(fsx: &FsxWindowsVolume) -> sdk::FSxWindowsFileServerVolumeConfiguration {
    let authorization = sdk::FSxWindowsFileServerAuthorizationConfig::builder()
        .credentials_parameter(&fsx.credentials)
        .domain(&fsx.domain)
        .build()
        .expect(COMPLETE);
    sdk::FSxWindowsFileServerVolumeConfiguration::builder()
        .file_system_id(&fsx.file_system_id)
        .root_directory(&fsx.root_directory)
        .authorization_config(authorization)
        .build()
        .expect(COMPLETE)
}

fn efs_configuration(efs: &EfsVolume) -> sdk::EfsVolumeConfiguration {
    let authorization = sdk::EfsAuthorizationConfig::builder()
        .set_access_point_id(efs.access_point.as_ref().map(|id| id.text().to_owned()))
        .iam(enabled(efs.iam).into())
        .build();
    sdk::EfsVolumeConfiguration::builder()
        .file_system_id(efs.file_system.text())
        .root_directory(&efs.root_directory)
        .transit_encryption(enabled(efs.transit_encryption).into())
        .authorization_config(authorization)
        .build()
        .expect(COMPLETE)
}

fn enabled(flag: bool) -> &'static str {
    if flag { "ENABLED" } else { "DISABLED" }
}

/// An empty list is left out: AWS reads both the same.
fn list<T, U>(items: &BTreeMap<String, T>, convert: impl Fn(&str, &T) -> U) -> Option<Vec<U>> {
    let list: Vec<U> = items.iter().map(|(name, item)| convert(name, item)).collect();
    Some(list).filter(|list| !list.is_empty())
}

fn items<T, U>(items: &BTreeSet<T>, convert: impl Fn(&T) -> U) -> Option<Vec<U>> {
    let list: Vec<U> = items.iter().map(convert).collect();
    Some(list).filter(|list| !list.is_empty())
}

/// What is off is left out.
fn truth(flag: bool) -> Option<bool> {
    flag.then_some(true)
}

fn words(words: &[String]) -> Option<Vec<String>> {
    (!words.is_empty()).then(|| words.to_vec())
}

fn map(entries: &BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    let map: HashMap<_, _> = entries.clone().into_iter().collect();
    Some(map).filter(|map| !map.is_empty())
}

/// AWS's integers are signed; manifests hold none that would not fit.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
