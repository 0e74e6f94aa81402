//! From a service or job of the stack to its task definition.

use std::collections::BTreeMap;

use super::environment::Environment;
use super::spec::{
    Capabilities, Container, Device, DockerVolume, EfsVolume, FsxWindowsVolume, HealthCheck,
    HostVolume, LinuxParameters, Logging, Mount, NAT, Port, RestartPolicy, RuntimePlatform,
    TaskDefinitionSpec, Tmpfs, Ulimit, Volume, VolumesFrom,
};
use crate::facts::Facts;
use crate::kind::Tags;
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::service::{self as model, SecretId, SecretReference};
use crate::model::resolved::task_role::TaskRole;
use crate::model::resolved::workload::Workload;
use crate::model::stack::Stack;
use crate::value::{Resolvable, Set, Value};

/// A service or job in its surroundings.
pub(super) struct Source<'a> {
    pub(super) stack: &'a Stack,
    pub(super) facts: &'a Facts,
    pub(super) workload: Workload<'a>,
}

impl Source<'_> {
    pub(super) fn spec(&self, tags: Tags) -> TaskDefinitionSpec {
        let task = self.workload.task;
        let containers = task.containers.iter();
        let volumes = task.volumes.iter();
        TaskDefinitionSpec {
            family: task.family.clone(),
            cpu: task.cpu,
            memory: task.memory,
            network_mode: network_mode(task),
            requires_compatibilities: [spelled(&task.launch_type)].into_iter().collect(),
            runtime_platform: RuntimePlatform {
                cpu_architecture: spelled(&task.cpu_architecture),
                operating_system_family: spelled(&task.operating_system_family),
            },
            pid_mode: task.pid_mode.as_ref().map(spelled),
            ipc_mode: task.ipc_mode.as_ref().map(spelled),
            placement_constraints: Set(task.placement_constraints.clone()),
            enable_fault_injection: task.enable_fault_injection,
            ephemeral_storage: task.ephemeral_storage,
            task_role: task.task_role.as_ref().map(|role| self.task_role(role)),
            execution_role: Some(self.execution_role(&task.execution_role)),
            containers: containers
                .map(|container| (container.name.clone(), self.container(container)))
                .collect(),
            volumes: volumes.map(|(name, volume)| (name.clone(), self.volume(volume))).collect(),
            tags,
        }
    }

    fn task_role(&self, role: &model::TaskRoleReference) -> Resolvable {
        let name = match role {
            model::TaskRoleReference::Arn(arn) => return arn.as_str().into(),
            model::TaskRoleReference::Name(name) => name,
        };
        match self.stack.task_roles.get(name).map(|role| &role.value) {
            Some(TaskRole::Existing { arn }) => arn.as_str().into(),
            Some(TaskRole::Managed(_)) | None => {
                Resolvable::reference("role", &format!("task-{name}"), "arn")
            }
        }
    }

    fn execution_role(&self, role: &model::ExecutionRole) -> Resolvable {
        match role {
            model::ExecutionRole::Arn(arn) => arn.as_str().into(),
            model::ExecutionRole::Managed { .. } => {
                Resolvable::reference("role", &format!("execution-{}", self.workload.name), "arn")
            }
        }
    }

    fn container(&self, container: &model::Container) -> Container {
        let container = container.clone();
        let ports = container.ports.iter().map(port).collect();
        let mounts = container.mounts.into_iter().map(mount).collect();
        let conditions = container.depends_on.into_iter();
        let ulimits = container.ulimits.into_iter();
        Container {
            image: container.image,
            essential: container.essential,
            cpu: container.cpu,
            memory: container.memory,
            memory_reservation: container.memory_reservation,
            command: container.command,
            entry_point: container.entry_point,
            working_directory: container.working_directory,
            user: container.user,
            ports,
            port_ranges: container.port_ranges.into_iter().map(port_range).collect(),
            environment: Environment(container.environment),
            secrets: self.secrets(&container.secrets),
            environment_files: container.environment_files,
            health_check: container.health_check.map(health_check),
            depends_on: conditions.map(|(name, until)| (name, spelled(&until))).collect(),
            mounts,
            volumes_from: container
                .volumes_from
                .into_iter()
                .map(|(name, read_only)| (name, VolumesFrom { read_only }))
                .collect(),
            readonly_root_filesystem: container.readonly_root_filesystem,
            stop_timeout: container.stop_timeout,
            start_timeout: container.start_timeout,
            docker_labels: container.docker_labels,
            ulimits: ulimits
                .map(|(name, limit)| {
                    (spelled(&name), Ulimit { soft: limit.soft, hard: limit.hard })
                })
                .collect(),
            linux_parameters: linux_parameters(container.linux_parameters),
            repository_credentials: container.repository_credentials.as_ref().map(bare_name),
            logging: self.logging(),
            restart_policy: container.restart_policy.map(restart_policy),
            version_consistency: version_consistency(container.version_consistency),
            system_controls: container.system_controls,
            interactive: container.interactive,
            pseudo_terminal: container.pseudo_terminal,
            gpu: container.gpu.map(|number| number.to_string()),
            privileged: container.privileged,
            docker_security_options: Set(container.docker_security_options),
            hostname: container.hostname,
            extra_hosts: container.extra_hosts,
            dns_servers: container.dns_servers,
            dns_search_domains: container.dns_search_domains,
            links: Set(container.links),
            disable_networking: container.disable_networking,
        }
    }

    fn logging(&self) -> Option<Logging> {
        match &self.workload.task.logging {
            model::Logging::Disabled => None,
            model::Logging::CloudWatch { group, stream_prefix, options, secret_options } => {
                let mut options = options.clone();
                options.insert("awslogs-region".to_owned(), self.facts.region.clone());
                options.insert("awslogs-stream-prefix".to_owned(), stream_prefix.clone());
                Some(Logging {
                    driver: "awslogs".to_owned(),
                    group: Some(self.log_group(group)),
                    options: Environment(options),
                    secret_options: self.secrets(secret_options),
                })
            }
            model::Logging::Driver { driver, options, secret_options } => Some(Logging {
                driver: spelled(driver),
                group: None,
                options: Environment(options.clone()),
                secret_options: self.secrets(secret_options),
            }),
        }
    }

    fn log_group(&self, group: &model::LogGroup) -> Resolvable {
        match group {
            model::LogGroup::Existing { name } => name.as_str().into(),
            model::LogGroup::Managed { .. } => {
                Resolvable::reference("log-group", self.workload.name, "id")
            }
        }
    }

    fn volume(&self, volume: &model::Volume) -> Volume {
        let none = Volume::default();
        match volume {
            model::Volume::Shared => none,
            model::Volume::Efs(efs) => Volume { efs: Some(self.efs(efs)), ..none },
            model::Volume::Host { source_path } => {
                Volume { host: Some(HostVolume { source_path: source_path.clone() }), ..none }
            }
            model::Volume::Docker(volume) => Volume { docker: Some(docker(volume)), ..none },
            model::Volume::FsxWindows(volume) => {
                Volume { fsx_windows: Some(self.fsx_windows(volume)), ..none }
            }
        }
    }

    fn fsx_windows(&self, volume: &model::FsxWindowsVolume) -> FsxWindowsVolume {
        let credentials = match &volume.credentials {
            // Unlike where variables are filled from parameters, ECS takes no bare name here.
            SecretReference::Ssm { id: SecretId::Name(name) } => self.facts.parameter_arn(name),
            other => value_from(self.facts, other),
        };
        FsxWindowsVolume {
            file_system_id: volume.file_system_id.clone(),
            root_directory: volume.root_directory.clone(),
            credentials,
            domain: volume.domain.clone(),
        }
    }

    fn efs(&self, volume: &model::EfsVolume) -> EfsVolume {
        let name = &volume.file_system;
        let source = self.stack.file_systems.get(name).map(|system| &system.value.source);
        EfsVolume {
            file_system: match source {
                Some(FileSystemSource::Existing { file_system_id, .. }) => {
                    file_system_id.as_str().into()
                }
                Some(FileSystemSource::Managed(_)) | None => {
                    Resolvable::reference("file-system", name, "id")
                }
            },
            access_point: volume.access_point.as_ref().map(|point| {
                Resolvable::reference("access-point", &format!("{name}-{point}"), "id")
            }),
            root_directory: volume.root_directory.clone(),
            transit_encryption: volume.transit_encryption,
            iam: volume.iam,
        }
    }

    fn secrets(&self, secrets: &BTreeMap<String, SecretReference>) -> BTreeMap<String, String> {
        let secrets = secrets.iter();
        secrets.map(|(name, secret)| (name.clone(), value_from(self.facts, secret))).collect()
    }
}

/// What ECS reads a secret from. Of a parameter in the same Region its name is enough; of a secret
/// an ARN is asked for, in which the random end may be missing.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html>
fn value_from(facts: &Facts, secret: &SecretReference) -> String {
    match secret {
        SecretReference::Ssm { id: SecretId::Name(text) | SecretId::Arn(text) } => text.clone(),
        SecretReference::SecretsManager { id, json_key, version_stage, version_id } => {
            let arn = match id {
                SecretId::Arn(arn) => arn.clone(),
                SecretId::Name(name) => facts.arn("secretsmanager", &format!("secret:{name}")),
            };
            let parts = [json_key, version_stage, version_id];
            if parts.iter().all(|part| part.is_none()) {
                return arn;
            }
            let [key, stage, id] = parts.map(|part| part.as_deref().unwrap_or_default());
            format!("{arn}:{key}:{stage}:{id}")
        }
    }
}

/// Here, and only here, ECS takes the bare name of a secret.
fn bare_name(secret: &SecretReference) -> String {
    match secret {
        SecretReference::Ssm { id: SecretId::Name(text) | SecretId::Arn(text) }
        | SecretReference::SecretsManager {
            id: SecretId::Name(text) | SecretId::Arn(text), ..
        } => text.clone(),
    }
}

fn network_mode(task: &model::Task) -> String {
    let has_nat = task.operating_system_family.is_windows()
        && task.network_mode != model::NetworkMode::Awsvpc;
    if has_nat { NAT.to_owned() } else { spelled(&task.network_mode) }
}

fn port(port: &model::PortMapping) -> (String, Port) {
    let key = format!("{}/{}", port.container_port, spelled(&port.protocol));
    let app_protocol = port.app_protocol.as_ref().map(spelled);
    (key, Port { host_port: port.host_port, name: port.name.clone(), app_protocol })
}

fn port_range(range: model::PortRange) -> String {
    format!("{}-{}/{}", range.first, range.last, spelled(&range.protocol))
}

fn linux_parameters(linux: model::LinuxParameters) -> LinuxParameters {
    let devices = linux.devices.into_iter().map(|(path, device)| {
        let permissions = device.permissions.iter().map(spelled).collect();
        (path, Device { container_path: device.container_path, permissions })
    });
    let tmpfs = linux.tmpfs.into_iter().map(|(path, tmpfs)| {
        (path, Tmpfs { size: tmpfs.size, mount_options: Set(tmpfs.mount_options) })
    });
    LinuxParameters {
        init_process_enabled: linux.init_process_enabled,
        capabilities: Capabilities {
            add: Set(linux.added_capabilities),
            drop: Set(linux.dropped_capabilities),
        },
        devices: devices.collect(),
        max_swap: linux.max_swap,
        swappiness: linux.swappiness,
        shared_memory_size: linux.shared_memory_size,
        tmpfs: tmpfs.collect(),
    }
}

fn restart_policy(policy: model::RestartPolicy) -> RestartPolicy {
    RestartPolicy {
        enabled: policy.enabled,
        ignored_exit_codes: policy.ignored_exit_codes.into_iter().map(i32::from).collect(),
        restart_attempt_period: policy.restart_attempt_period,
    }
}

fn version_consistency(is_enabled: bool) -> String {
    if is_enabled { "enabled" } else { "disabled" }.to_owned()
}

fn docker(volume: &model::DockerVolume) -> DockerVolume {
    DockerVolume {
        scope: spelled(&volume.scope),
        autoprovision: volume.autoprovision,
        driver: volume.driver.clone(),
        driver_opts: Environment(volume.driver_opts.clone()),
        labels: volume.labels.clone(),
    }
}

fn mount(mount: model::Mount) -> (String, Mount) {
    (mount.path, Mount { volume: mount.volume, read_only: mount.read_only })
}

fn health_check(check: model::HealthCheck) -> HealthCheck {
    let model::HealthCheck { command, interval, timeout, retries, start_period } = check;
    HealthCheck { command, interval, timeout, retries, start_period }
}

/// A word as manifests and AWS spell it.
fn spelled(word: &impl serde::Serialize) -> String {
    Value::of(word).to_string()
}
