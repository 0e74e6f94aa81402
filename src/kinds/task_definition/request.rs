//! From a spec to the request that registers it.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types as sdk;

use super::spec::{Container, EfsVolume, Logging, TaskDefinitionSpec, Volume};
use crate::aws::Aws;
use crate::kinds::shared::ecs::sdk_tags;

const COMPLETE: &str = "all that the builder asks for is given";

pub(super) fn register(aws: &Aws, spec: &TaskDefinitionSpec) -> RegisterTaskDefinitionFluentBuilder {
    let platform = sdk::RuntimePlatform::builder()
        .cpu_architecture(spec.runtime_platform.cpu_architecture.as_str().into())
        .operating_system_family(spec.runtime_platform.operating_system_family.as_str().into())
        .build();
    let storage =
        spec.ephemeral_storage.map(|size| sdk::EphemeralStorage::builder().size_in_gib(int(size)));
    let compatibilities = spec.requires_compatibilities.0.iter().map(|name| name.as_str().into());
    aws.ecs
        .register_task_definition()
        .family(&spec.family)
        .set_cpu(spec.cpu.map(|cpu| cpu.to_string()))
        .set_memory(spec.memory.map(|memory| memory.to_string()))
        .network_mode(spec.network_mode.as_str().into())
        .set_requires_compatibilities(Some(compatibilities.collect()))
        .runtime_platform(platform)
        .set_ephemeral_storage(storage.map(sdk::builders::EphemeralStorageBuilder::build))
        .set_task_role_arn(spec.task_role.as_ref().map(|role| role.text().to_owned()))
        .set_execution_role_arn(spec.execution_role.as_ref().map(|role| role.text().to_owned()))
        .set_container_definitions(list(&spec.containers, container))
        .set_volumes(list(&spec.volumes, volume))
        .set_tags(Some(sdk_tags(&spec.tags)))
}

fn container(name: &str, container: &Container) -> sdk::ContainerDefinition {
    let environment = |name: &str, value: &String| {
        sdk::KeyValuePair::builder().name(name).value(value).build()
    };
    let files = container.environment_files.iter().map(|file| environment_file(file));
    let linux = container
        .init_process_enabled
        .then(|| sdk::LinuxParameters::builder().init_process_enabled(true).build());
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
        .set_port_mappings(list(&container.ports, port))
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
        // Windows refuses this field and `linuxParameters` even with their defaults.
        .set_readonly_root_filesystem(container.readonly_root_filesystem.then_some(true))
        .set_linux_parameters(linux)
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
        .build()
}

fn port(key: &str, port: &super::spec::Port) -> sdk::PortMapping {
    let (number, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    sdk::PortMapping::builder()
        .set_container_port(number.parse().ok())
        .protocol(protocol.into())
        .set_name(port.name.clone())
        .set_app_protocol(port.app_protocol.as_deref().map(Into::into))
        .build()
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
        .build()
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
