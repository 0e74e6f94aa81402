//! The containers of a service, those of the shorthand too.

use std::collections::BTreeMap;

use super::{texts, words};
use crate::model::documents::container as document;
use crate::model::documents::container::{CheckCommand, TransportProtocol};
use crate::model::documents::service::Service;
use crate::model::resolved::task::{Container, HealthCheck, Mount, NetworkMode, PortMapping};

/// The containers as written, or the one that the shorthand describes, named as the service.
pub(super) fn resolve(service: &Service, mode: NetworkMode) -> Vec<Container> {
    match &service.image {
        Some(image) => vec![container(&shorthand(service, image), mode)],
        None => service.containers.iter().map(|written| container(written, mode)).collect(),
    }
}

fn shorthand(service: &Service, image: &str) -> document::Container {
    let ports =
        service.port.map(document::Port::Number).into_iter().chain(service.ports.iter().cloned());
    document::Container {
        name: service.name.clone(),
        image: image.to_owned(),
        essential: None,
        cpu: None,
        memory: None,
        memory_reservation: None,
        command: service.command.clone(),
        entry_point: service.entry_point.clone(),
        working_directory: None,
        user: None,
        ports: ports.collect(),
        environment: service.environment.clone(),
        secrets: service.secrets.clone(),
        environment_files: service.environment_files.clone(),
        health_check: service.health_check.clone(),
        depends_on: BTreeMap::new(),
        mounts: service.mounts.clone(),
        readonly_root_filesystem: false,
        stop_timeout: None,
        start_timeout: None,
        docker_labels: BTreeMap::new(),
        ulimits: BTreeMap::new(),
        linux_parameters: document::LinuxParameters::default(),
        repository_credentials: None,
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
        environment: texts(&container.environment),
        secrets: container.secrets.clone(),
        environment_files: container.environment_files.clone(),
        health_check: container.health_check.as_ref().map(health_check),
        depends_on: container.depends_on.clone(),
        mounts: container.mounts.iter().map(mount).collect(),
        readonly_root_filesystem: container.readonly_root_filesystem,
        stop_timeout: container.stop_timeout.map(|time| time.0),
        start_timeout: container.start_timeout.map(|time| time.0),
        docker_labels: texts(&container.docker_labels),
        ulimits: container.ulimits.clone(),
        init_process_enabled: container.linux_parameters.init_process_enabled,
        repository_credentials: container.repository_credentials.clone(),
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
