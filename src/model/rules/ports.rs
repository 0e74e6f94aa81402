//! The ports of a task's containers: each taken once, on the host too.

use std::collections::BTreeMap;

use super::table::{Entry, task};
use super::{ContainerView, Scope, WorkloadView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::container::Port;
use crate::model::resolved::service::{LaunchType, NetworkMode, PortMapping, TransportProtocol};

/// Of SSH, Docker and the ECS agent. Source: Amazon ECS API Reference, `PortMapping.hostPort`.
const RESERVED: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];
/// Where Docker and the kernel begin to pick ports by themselves: on Linux and on Windows.
const EPHEMERAL: u16 = 32_768;
const EPHEMERAL_ON_WINDOWS: u16 = 49_152;
const MAPPING: &str = "Amazon ECS API Reference, PortMapping";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "port-clash",
        rule: "containers that share a network interface have each port once",
        source: MAPPING,
        wrong: task!(
            "containers: [{ name: a, image: x, ports: [80] }, { name: b, image: y, ports: [80] }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, containers: [{ name: a, image: x, ports: [80] }, { name: b, image: y, ports: [80] }]"
        ),
    },
    Entry {
        code: "port-clash",
        rule: "a container has each port once, also in `portRanges`",
        source: MAPPING,
        wrong: task!("containers: [{ name: a, image: x, ports: [8005], portRanges: [8000-8010] }]"),
        right: task!(
            "containers: [{ name: a, image: x, ports: [8005], portRanges: [8000-8010/udp] }]"
        ),
    },
    Entry {
        code: "port-clash",
        rule: "a port of the instance is taken once",
        source: MAPPING,
        wrong: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 8080 }, { container: 81, host: 8080 }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 8080 }, { container: 81, host: 0 }]"
        ),
    },
    Entry {
        code: "host-port",
        rule: "in the network modes `awsvpc` and `host`, the port of the host is that of the container",
        source: MAPPING,
        wrong: task!(
            "launchType: EC2, memory: 64, networkMode: host, image: x, ports: [{ container: 80, host: 8080 }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, networkMode: bridge, image: x, ports: [{ container: 80, host: 8080 }]"
        ),
    },
    Entry {
        code: "host-port",
        rule: "ports of the instance are not 22, 2375, 2376 or 51678 to 51680",
        source: MAPPING,
        wrong: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 2375 }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 2377 }]"
        ),
    },
    Entry {
        code: "host-port",
        rule: "ports of the instance are below those that Docker picks from",
        source: MAPPING,
        wrong: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 32768 }]"
        ),
        right: task!(
            "launchType: EC2, memory: 64, image: x, ports: [{ container: 80, host: 32767 }]"
        ),
    },
    Entry {
        code: "app-protocol",
        rule: "`appProtocol` is for ports over TCP",
        source: MAPPING,
        wrong: task!("image: x, ports: [{ container: 80, protocol: udp, appProtocol: http }]"),
        right: task!("image: x, ports: [{ container: 80, protocol: tcp, appProtocol: http }]"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| {
        let mut problems = clashes(workload);
        problems.extend(host_clashes(workload));
        problems.extend(names(workload));
        for view in workload.containers() {
            problems.extend(protocols(workload, &view));
            if workload.value.task.network_mode != NetworkMode::None {
                problems.extend(moved(workload, &view));
                problems.extend(unwise(workload, &view));
            }
        }
        problems
    })
}

/// Ports of a container from the first to the last.
struct Taken {
    container: usize,
    first: u16,
    last: u16,
    protocol: TransportProtocol,
    place: Span,
}

impl Taken {
    fn overlaps(&self, other: &Self) -> bool {
        self.protocol == other.protocol && self.first <= other.last && other.first <= self.last
    }
}

fn clashes(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let is_shared = shares_ports(workload);
    let mut earlier: Vec<Taken> = vec![];
    let mut problems = vec![];
    for taken in taken(workload) {
        let clash = earlier.iter().find(|other| {
            (is_shared || other.container == taken.container) && other.overlaps(&taken)
        });
        problems.extend(clash.map(|first| clash_of(workload, &taken, first)));
        earlier.push(taken);
    }
    problems
}

fn clash_of(workload: &WorkloadView<'_>, taken: &Taken, first: &Taken) -> Problem {
    let protocol = word(taken.protocol);
    let port = taken.first.max(first.first);
    let message = format!("port {port}/{protocol} is taken twice in the task");
    let problem = Problem::error("port-clash", message)
        .at(&taken.place, "again here")
        .at(&first.place, "first here");
    if shares_ports(workload) {
        problem.hint("the containers of a task share one network interface: give each its own port")
    } else {
        problem.hint("remove one of them")
    }
}

/// The ports of every container, in the order in which they are written.
fn taken(workload: &WorkloadView<'_>) -> Vec<Taken> {
    let of_container = |(container, view): (usize, ContainerView<'_>)| {
        let ports = view.container.ports.iter().enumerate().map(|(index, port)| Taken {
            container,
            first: port.container_port,
            last: port.container_port,
            protocol: port.protocol,
            place: place(workload, &view, index, "container"),
        });
        let ranges = view.container.port_ranges.iter().enumerate().map(|(index, range)| Taken {
            container,
            first: range.first,
            last: range.last,
            protocol: range.protocol,
            place: view.value(&format!("/portRanges/{index}")),
        });
        ports.chain(ranges).collect::<Vec<_>>()
    };
    workload.containers().enumerate().flat_map(of_container).collect()
}

/// Whether a port of one container is a port of all of them.
fn shares_ports(workload: &WorkloadView<'_>) -> bool {
    match workload.value.task.network_mode {
        NetworkMode::Awsvpc | NetworkMode::Host => true,
        NetworkMode::Bridge | NetworkMode::None => false,
    }
}

fn word(protocol: TransportProtocol) -> &'static str {
    match protocol {
        TransportProtocol::Tcp => "tcp",
        TransportProtocol::Udp => "udp",
    }
}

/// Where containers have ports of their own, those of the instance are still one set.
fn host_clashes(workload: &WorkloadView<'_>) -> Vec<Problem> {
    if shares_ports(workload) {
        return vec![];
    }
    let mut first = BTreeMap::new();
    let mut problems = vec![];
    for (port, place) in all(workload, "host").into_iter().filter(|(port, _)| port.host_port != 0) {
        let key = (port.host_port, port.protocol);
        let Some(earlier) = first.get(&key) else {
            first.insert(key, place);
            continue;
        };
        let protocol = word(port.protocol);
        let message = format!("port {}/{protocol} of the instance is taken twice", port.host_port);
        problems.push(
            Problem::error("port-clash", message)
                .at(&place, "again here")
                .at(earlier, "first here")
                .hint("write `host: 0`, and Docker picks a port"),
        );
    }
    problems
}

/// Service Connect and discovery know a port of the task by its name alone.
fn names(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let mut first = BTreeMap::new();
    let mut problems = vec![];
    for (port, place) in all(workload, "name") {
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

fn protocols(workload: &WorkloadView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, port) in view.container.ports.iter().enumerate() {
        if port.protocol == TransportProtocol::Udp && port.app_protocol.is_some() {
            let at = |field| place(workload, view, index, field);
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
fn all<'a>(workload: &WorkloadView<'a>, field: &str) -> Vec<(&'a PortMapping, Span)> {
    let ports = workload.containers().flat_map(|view| {
        let container = view.container;
        let place = |(index, port)| (port, place(workload, &view, index, field));
        container.ports.iter().enumerate().map(place).collect::<Vec<_>>()
    });
    ports.collect()
}

/// Where a field of a port is written: the shorthand's `port` comes before its `ports`.
fn place(workload: &WorkloadView<'_>, view: &ContainerView<'_>, index: usize, field: &str) -> Span {
    let has_port = workload.document().image.is_some() && workload.document().port.is_some();
    match (has_port, index) {
        (true, 0) => view.value("/port"),
        (true, index) => view.value(&format!("/ports/{}/{field}", index - 1)),
        (false, index) => view.value(&format!("/ports/{index}/{field}")),
    }
}

/// A host that is the task, or lends it its own network, has no other port to map to.
fn moved(workload: &WorkloadView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    if !shares_ports(workload) {
        return vec![];
    }
    let host = match (workload.value.task.launch_type, workload.value.task.network_mode) {
        (LaunchType::Fargate, _) => "Fargate",
        (_, NetworkMode::Host) => "the network mode `host`",
        (_, NetworkMode::Awsvpc | NetworkMode::Bridge | NetworkMode::None) => {
            "the network mode `awsvpc`"
        }
    };
    let document = workload.document();
    let written =
        document.containers.iter().find(|container| container.name == view.container.name);
    let ports = written.map_or(document.ports, |container| &container.ports);
    let mut problems = vec![];
    for (index, port) in ports.iter().enumerate() {
        let Port::Mapping(mapping) = port else { continue };
        if mapping.host.is_some_and(|host| host != 0 && host != mapping.container) {
            let message = format!("{host} can't map port {} to another one", mapping.container);
            problems.push(Problem::error("host-port", message).at(
                &view.value(&format!("/ports/{index}/host")),
                format!("expected {}, or nothing", mapping.container),
            ));
        }
    }
    problems
}

/// Ports of the instance that others have, or may have at any time.
fn unwise(workload: &WorkloadView<'_>, view: &ContainerView<'_>) -> Vec<Problem> {
    let task = &workload.value.task;
    if task.network_mode == NetworkMode::Awsvpc {
        return vec![];
    }
    let is_windows = task.operating_system_family.is_windows();
    let ephemeral = if is_windows { EPHEMERAL_ON_WINDOWS } else { EPHEMERAL };
    let mut problems = vec![];
    for (index, port) in view.container.ports.iter().enumerate() {
        let host = port.host_port;
        let label = if RESERVED.contains(&host) {
            "of SSH, Docker or the ECS agent"
        } else if host >= ephemeral && task.network_mode == NetworkMode::Bridge {
            "Docker may have given it to another container"
        } else {
            continue;
        };
        let message = format!("port {host} of the instance may already be taken");
        problems.push(
            Problem::error("host-port", message)
                .at(&place(workload, view, index, "host"), label)
                .hint(format!(
                    "choose another port below {ephemeral}, or 0 to let Docker pick one"
                )),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{report, report_task};

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
    fn ports_of_an_instance_are_taken_once_and_with_care() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        port-clash: port 80/tcp is taken twice in the task [80: again here] [80: first here] -> the containers of a task share one network interface: give each its own port
        port-clash: port 8005/tcp is taken twice in the task [8000-8010: again here] [8005: first here] -> the containers of a task share one network interface: give each its own port
        port-clash: port 8080/tcp of the instance is taken twice [8080: again here] [8080: first here] -> write `host: 0`, and Docker picks a port
        host-port: the network mode `host` can't map port 80 to another one [8080: expected 80, or nothing]
        host-port: port 2375 of the instance may already be taken [2375: of SSH, Docker or the ECS agent] -> choose another port below 32768, or 0 to let Docker pick one
        host-port: port 32768 of the instance may already be taken [32768: Docker may have given it to another container] -> choose another port below 32768, or 0 to let Docker pick one
        app-protocol: port 80/udp can't have an `appProtocol` [http: only over tcp] [udp: the protocol] -> remove `appProtocol`, or write `protocol: tcp`
        ");
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
