//! The ports of a task's containers, which share one network interface.

use std::collections::BTreeMap;

use super::{ContainerView, Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::container::Port;
use crate::model::resolved::service::{PortMapping, TransportProtocol};

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let mut problems = clashes(service);
        problems.extend(names(service));
        for view in service.containers() {
            problems.extend(protocols(service, &view));
            problems.extend(host_ports(service, &view));
        }
        problems
    })
}

fn clashes(service: &ServiceView<'_>) -> Vec<Problem> {
    let mut first = BTreeMap::new();
    let mut problems = vec![];
    for (port, place) in all(service, "container") {
        let key = (port.container_port, port.protocol);
        let Some(earlier) = first.get(&key) else {
            first.insert(key, place);
            continue;
        };
        let protocol = match port.protocol {
            TransportProtocol::Tcp => "tcp",
            TransportProtocol::Udp => "udp",
        };
        let message = format!("port {}/{protocol} is taken twice in the task", port.container_port);
        problems.push(
            Problem::error("port-clash", message)
                .at(&place, "again here")
                .at(earlier, "first here")
                .hint(
                    "the containers of a task share one network interface: give each its own port",
                ),
        );
    }
    problems
}

/// Service Connect and discovery know a port of the task by its name alone.
fn names(service: &ServiceView<'_>) -> Vec<Problem> {
    let mut first = BTreeMap::new();
    let mut problems = vec![];
    for (port, place) in all(service, "name") {
        let Some(name) = &port.name else { continue };
        let Some(earlier) = first.get(name) else {
            first.insert(name, place);
            continue;
        };
        problems.push(
            Problem::error("duplicate-name", format!("a second port named `{name}` in the task"))
                .at(&place, "this one")
                .at(earlier, "the first one")
                .hint("rename one of them"),
        );
    }
    problems
}

fn protocols(service: &ServiceView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, port) in view.container.ports.iter().enumerate() {
        if port.protocol == TransportProtocol::Udp && port.app_protocol.is_some() {
            let at = |field| place(service, view, index, field);
            let message = format!("port {}/udp can't have an `appProtocol`", port.container_port);
            problems.push(
                Problem::error("app-protocol", message)
                    .at(&at("appProtocol"), "only over tcp")
                    .at(&at("protocol"), "the protocol")
                    .hint("remove `appProtocol`, or write `protocol: tcp`"),
            );
        }
    }
    problems
}

/// Every port of the task, and where a field of it is written.
fn all<'a>(service: &ServiceView<'a>, field: &str) -> Vec<(&'a PortMapping, Span)> {
    let ports = service.containers().flat_map(|view| {
        let container = view.container;
        let place = |(index, port)| (port, place(service, &view, index, field));
        container.ports.iter().enumerate().map(place).collect::<Vec<_>>()
    });
    ports.collect()
}

/// Where a field of a port is written: the shorthand's `port` comes before its `ports`.
fn place(service: &ServiceView<'_>, view: &ContainerView<'_>, index: usize, field: &str) -> Span {
    let has_port = service.document().image.is_some() && service.document().port.is_some();
    match (has_port, index) {
        (true, 0) => view.value("/port"),
        (true, index) => view.value(&format!("/ports/{}/{field}", index - 1)),
        (false, index) => view.value(&format!("/ports/{index}/{field}")),
    }
}

/// On Fargate the host is the task: there is no other port to map to.
fn host_ports(service: &ServiceView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    let document = service.document();
    let written =
        document.containers.iter().find(|container| container.name == view.container.name);
    let ports = written.map_or(&document.ports, |container| &container.ports);
    let mut problems = vec![];
    for (index, port) in ports.iter().enumerate() {
        let Port::Mapping(mapping) = port else { continue };
        if mapping.host.is_some_and(|host| host != 0 && host != mapping.container) {
            problems.push(
                Problem::error(
                    "host-port",
                    format!("Fargate can't map port {} to another one", mapping.container),
                )
                .at(
                    &view.value(&format!("/ports/{index}/host")),
                    format!("expected {}, or nothing", mapping.container),
                ),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report_task;

    #[test]
    fn containers_share_the_ports_of_their_task() {
        insta::assert_snapshot!(report_task(&[
            ("containers: [{ name: a, image: x, ports: [80] }, { name: b, image: y, ports: [{ container: 80 }] }]", "containers: [{ name: a, image: x, ports: [80] }, { name: b, image: y, ports: [{ container: 80, protocol: udp }] }]"),
            ("image: nginx, port: 80, ports: [80]", "image: nginx, port: 80, ports: [81]"),
            ("containers: [{ name: a, image: x, ports: [{ container: 80, host: 8080 }] }]", "containers: [{ name: a, image: x, ports: [{ container: 80, host: 80 }, { container: 81, host: 0 }] }]"),
        ]), @r#"
        port-clash: port 80/tcp is taken twice in the task [80: again here] [80: first here] -> the containers of a task share one network interface: give each its own port
        port-clash: port 80/tcp is taken twice in the task [80: again here] [80: first here] -> the containers of a task share one network interface: give each its own port
        host-port: Fargate can't map port 80 to another one [8080: expected 80, or nothing]
        "#);
    }

    #[test]
    fn port_names_are_unique_in_the_task_and_only_tcp_has_an_application_protocol() {
        insta::assert_snapshot!(report_task(&[
            ("containers: [{ name: a, image: x, ports: [{ container: 80, name: web }] }, { name: b, image: y, ports: [{ container: 81, name: web }] }]", "containers: [{ name: a, image: x, ports: [{ container: 80, name: web }] }, { name: b, image: y, ports: [{ container: 81, name: api }] }]"),
            ("image: x, port: 79, ports: [{ container: 80, protocol: udp, appProtocol: http }]", "image: x, port: 79, ports: [{ container: 80, protocol: tcp, appProtocol: http }]"),
        ]), @r"
        duplicate-name: a second port named `web` in the task [web: this one] [web: the first one] -> rename one of them
        app-protocol: port 80/udp can't have an `appProtocol` [http: only over tcp] [udp: the protocol] -> remove `appProtocol`, or write `protocol: tcp`
        ");
    }
}
