//! The containers of a task, those of the shorthand too.

use std::collections::{BTreeMap, BTreeSet};

use super::{texts, words};
use crate::model::documents::container as document;
use crate::model::documents::container::{CheckCommand, TransportProtocol, VersionConsistency};
use crate::model::documents::linux;
use crate::model::documents::workload::Workload;
use crate::model::resolved::task::{
    Container, Device, DevicePermission, HealthCheck, LinuxParameters, Mount, NetworkMode,
    PortMapping, RestartPolicy, Tmpfs,
};

/// The containers as written, or the one that the shorthand describes, named as the document.
pub(super) fn resolve(workload: &Workload<'_>, mode: NetworkMode) -> Vec<Container> {
    match workload.image {
        Some(image) => vec![container(&shorthand(workload, image), mode)],
        None => workload.containers.iter().map(|written| container(written, mode)).collect(),
    }
}

fn shorthand(workload: &Workload<'_>, image: &str) -> document::Container {
    let ports =
        workload.port.map(document::Port::Number).into_iter().chain(workload.ports.iter().cloned());
    document::Container {
        name: workload.name.clone(),
        image: image.to_owned(),
        essential: None,
        cpu: None,
        memory: None,
        memory_reservation: None,
        command: workload.command.clone(),
        entry_point: workload.entry_point.clone(),
        working_directory: None,
        user: None,
        ports: ports.collect(),
        port_ranges: vec![],
        environment: workload.environment.clone(),
        secrets: workload.secrets.clone(),
        environment_files: workload.environment_files.clone(),
        health_check: workload.health_check.clone(),
        depends_on: BTreeMap::new(),
        mounts: workload.mounts.clone(),
        volumes_from: BTreeMap::new(),
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::new(),
        linux_parameters: document::LinuxParameters::default(),
        repository_credentials: None,
        restart_policy: None,
        version_consistency: VersionConsistency::default(),
        system_controls: BTreeMap::new(),
        interactive: false,
        pseudo_terminal: false,
        gpu: None,
        privileged: false,
        docker_security_options: vec![],
        hostname: None,
        extra_hosts: BTreeMap::new(),
        dns_servers: vec![],
        dns_search_domains: vec![],
        links: vec![],
        disable_networking: false,
    }
}

fn container(container: &document::Container, mode: NetworkMode) -> Container {
    Container {
        name: container.name.clone(),
        image: container.image.clone(),
        essential: container.essential.unwrap_or(true),
        cpu: container.cpu.map_or(0, |cpu| cpu.0),
        memory: container.memory.map(|memory| memory.0),
        memory_reservation: container.memory_reservation.map(|memory| memory.0),
        command: words(&container.command),
        entry_point: words(&container.entry_point),
        working_directory: container.working_directory.clone(),
        user: container.user.clone().map(|user| user.0),
        ports: container.ports.iter().map(|written| port(written, mode)).collect(),
        port_ranges: container.port_ranges.clone(),
        environment: texts(&container.environment),
        secrets: container.secrets.clone(),
        environment_files: container.environment_files.clone(),
        health_check: container.health_check.as_ref().map(health_check),
        depends_on: container.depends_on.clone(),
        mounts: container.mounts.iter().map(mount).collect(),
        volumes_from: container
            .volumes_from
            .iter()
            .map(|(name, from)| (name.clone(), from.read_only))
            .collect(),
        readonly_root_filesystem: container.readonly_root_filesystem,
        stop_timeout: container.stop_timeout.map(|time| time.0),
        start_timeout: container.start_timeout.map(|time| time.0),
        docker_labels: texts(&container.docker_labels),
        ulimits: container.ulimits.clone(),
        linux_parameters: linux_parameters(&container.linux_parameters),
        repository_credentials: container.repository_credentials.clone(),
        restart_policy: container.restart_policy.as_ref().map(restart_policy),
        version_consistency: container.version_consistency == VersionConsistency::Enabled,
        system_controls: texts(&container.system_controls),
        interactive: container.interactive,
        pseudo_terminal: container.pseudo_terminal,
        gpu: container.gpu,
        privileged: container.privileged,
        docker_security_options: set(&container.docker_security_options),
        hostname: container.hostname.clone(),
        extra_hosts: container.extra_hosts.clone(),
        dns_servers: container.dns_servers.clone(),
        dns_search_domains: container.dns_search_domains.clone(),
        links: set(&container.links),
        disable_networking: container.disable_networking,
    }
}

fn set(words: &[String]) -> BTreeSet<String> {
    words.iter().cloned().collect()
}

fn linux_parameters(linux: &linux::LinuxParameters) -> LinuxParameters {
    let capabilities = |list: &[linux::Capability]| {
        list.iter().map(|capability| capability.0.clone()).collect::<BTreeSet<_>>()
    };
    let tmpfs = linux.tmpfs.iter().map(|(path, tmpfs)| {
        let mount_options = set(&tmpfs.mount_options);
        (path.clone(), Tmpfs { size: tmpfs.size.0, mount_options })
    });
    LinuxParameters {
        init_process_enabled: linux.init_process_enabled,
        added_capabilities: capabilities(&linux.capabilities.add),
        dropped_capabilities: capabilities(&linux.capabilities.drop),
        devices: linux
            .devices
            .iter()
            .map(|(path, written)| (path.clone(), device(path, written)))
            .collect(),
        max_swap: linux.max_swap.map(|size| size.0),
        swappiness: linux.swappiness,
        shared_memory_size: linux.shared_memory_size.map(|size| size.0),
        tmpfs: tmpfs.collect(),
    }
}

/// With Docker's defaults for what is left out.
fn device(path: &str, device: &linux::Device) -> Device {
    use DevicePermission::{Mknod, Read, Write};
    let permissions: &[_] = match &device.permissions[..] {
        [] => &[Read, Write, Mknod],
        written => written,
    };
    Device {
        container_path: device.container_path.as_deref().unwrap_or(path).to_owned(),
        permissions: permissions.iter().copied().collect(),
    }
}

fn restart_policy(policy: &document::RestartPolicy) -> RestartPolicy {
    RestartPolicy {
        enabled: policy.enabled,
        ignored_exit_codes: policy.ignored_exit_codes.iter().copied().collect(),
        restart_attempt_period: policy.restart_attempt_period.0,
    }
}

fn port(port: &document::Port, mode: NetworkMode) -> PortMapping {
    let host_port = |container_port, written: Option<u16>| match mode {
        NetworkMode::Awsvpc | NetworkMode::Host => container_port,
        NetworkMode::Bridge | NetworkMode::None => written.unwrap_or(0),
    };
    match port {
        document::Port::Number(container_port) => PortMapping {
            container_port: *container_port,
            host_port: host_port(*container_port, None),
            protocol: TransportProtocol::default(),
            name: None,
            app_protocol: None,
        },
        document::Port::Mapping(mapping) => PortMapping {
            container_port: mapping.container,
            host_port: host_port(mapping.container, mapping.host),
            protocol: mapping.protocol,
            name: mapping.name.clone(),
            app_protocol: mapping.app_protocol,
        },
    }
}

fn health_check(check: &document::HealthCheck) -> HealthCheck {
    let command = match &check.command {
        CheckCommand::Shell(line) => vec!["CMD-SHELL".to_owned(), line.clone()],
        CheckCommand::Words(list) => words(list),
    };
    HealthCheck {
        command,
        interval: check.interval.0,
        timeout: check.timeout.0,
        retries: check.retries,
        start_period: check.start_period.0,
    }
}

fn mount(mount: &document::Mount) -> Mount {
    Mount { volume: mount.volume.clone(), path: mount.path.clone(), read_only: mount.read_only }
}
