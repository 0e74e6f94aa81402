//! Network modes: which there are where, and what tasks do without in each.

use super::barred::{Cause, bars};
use super::table::{Entry, task};
use super::{Scope, WorkloadView};
use crate::manifest::problem::Problem;
use crate::model::documents::network::AssignPublicIp;
use crate::model::resolved::service::{LaunchType, NetworkMode};

const GUIDE: &str = "Amazon ECS Developer Guide, task networking on EC2";

bars! {
    {
        code: "network-mode",
        tasks: "tasks in the network mode `awsvpc`",
        cause: |workload| cause(workload, &[NetworkMode::Awsvpc]),
        hint: "remove it, or choose the network mode `bridge`",
        source: "Amazon ECS API Reference, ContainerDefinition",
        wrong: "launchType: EC2, memory: 512, networkMode: awsvpc",
        right: "launchType: EC2, memory: 512, networkMode: bridge",
        of_task: {},
        of_container: {
            "links" => "links: [b]",
            "hostname" => "hostname: a",
            "extraHosts" => "extraHosts: { database: 10.0.0.5 }",
            "dnsServers" => "dnsServers: [10.0.0.2]",
            "dnsSearchDomains" => "dnsSearchDomains: [example.com]",
        },
        of_volume: {},
    }
    {
        code: "network-mode",
        tasks: "tasks in the network mode `host`",
        cause: |workload| cause(workload, &[NetworkMode::Host]),
        hint: "remove it, or choose the network mode `bridge`",
        source: "Amazon ECS API Reference, ContainerDefinition and PortMapping",
        wrong: "launchType: EC2, memory: 512, networkMode: host",
        right: "launchType: EC2, memory: 512, networkMode: bridge",
        of_task: {},
        of_container: {
            "links" => "links: [b]",
            "portRanges" => "portRanges: [8000-8010]",
        },
        of_volume: {},
    }
    {
        code: "network-mode",
        tasks: "tasks in the network mode `none`",
        cause: |workload| cause(workload, &[NetworkMode::None]),
        hint: "remove it, or choose another network mode",
        source: "Amazon ECS API Reference, RegisterTaskDefinition",
        wrong: "launchType: EC2, memory: 512, networkMode: none",
        right: "launchType: EC2, memory: 512, networkMode: bridge",
        of_task: {
            "port" => "port: 80",
        },
        of_container: {
            "links" => "links: [b]",
            "ports" => "ports: [80]",
            "portRanges" => "portRanges: [8000-8010]",
        },
        of_volume: {},
    }
    {
        code: "network-mode",
        tasks: "tasks without a network interface of their own",
        cause: |workload| {
            cause(workload, &[NetworkMode::Bridge, NetworkMode::Host, NetworkMode::None])
        },
        hint: "remove it, or choose the network mode `awsvpc`",
        source: "Amazon ECS API Reference, NetworkConfiguration",
        wrong: "launchType: EC2, memory: 512",
        right: "launchType: EC2, memory: 512, networkMode: awsvpc",
        of_task: {
            "network.assignPublicIp" => "network: { assignPublicIp: DISABLED }",
            "network.securityGroups" => "network: { securityGroups: [sg-0123456789abcdef0] }",
        },
        of_container: {},
        of_volume: {},
    }
    {
        code: "network-mode",
        tasks: "tasks in the network mode `bridge` or `none`",
        cause: |workload| cause(workload, &[NetworkMode::Bridge, NetworkMode::None]),
        hint: "remove it, or choose the network mode `awsvpc` or `host`",
        source: "Amazon ECS Developer Guide, fault injection",
        wrong: "launchType: EC2, memory: 512, networkMode: bridge",
        right: "launchType: EC2, memory: 512, networkMode: host",
        of_task: {
            "enableFaultInjection" => "enableFaultInjection: true",
        },
        of_container: {},
        of_volume: {},
    }
    rule: Entry {
        code: "network-mode",
        rule: "Fargate tasks are in the network mode `awsvpc`",
        source: GUIDE,
        wrong: task!("image: x, networkMode: bridge"),
        right: task!("image: x, networkMode: awsvpc"),
    },
    rule: Entry {
        code: "network-mode",
        rule: "Windows tasks on EC2 are in the network mode `awsvpc`, or in one that is not named",
        source: "Amazon ECS API Reference, RegisterTaskDefinition",
        wrong: task!("image: x, launchType: EC2, memory: 512, networkMode: bridge, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
        right: task!("image: x, launchType: EC2, memory: 512, runtimePlatform: { operatingSystemFamily: WINDOWS_SERVER_2022_CORE }"),
    },
    rule: Entry {
        code: "public-ip",
        rule: "only tasks on Fargate get a public IP address",
        source: "Amazon ECS API Reference, AwsVpcConfiguration",
        wrong: task!("image: x, launchType: EC2, memory: 512, networkMode: awsvpc, network: { assignPublicIp: ENABLED }"),
        right: task!("image: x, launchType: EC2, memory: 512, networkMode: awsvpc, network: { assignPublicIp: DISABLED }"),
    },
}

/// Fargate has its own list, which these are part of.
fn cause(workload: &WorkloadView<'_>, modes: &[NetworkMode]) -> Option<Cause> {
    let task = &workload.value.task;
    let applies = task.launch_type != LaunchType::Fargate && modes.contains(&task.network_mode);
    applies.then(|| match workload.document().network_mode {
        Some(_) => {
            Cause { span: workload.written.value("/networkMode"), label: "the network mode" }
        }
        None => {
            Cause { span: workload.written.name_span(), label: "is in the network mode `bridge`" }
        }
    })
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_workload(|workload| mode(workload).into_iter().chain(public_ip(workload)).collect())
}

fn mode(workload: &WorkloadView<'_>) -> Option<Problem> {
    let task = &workload.value.task;
    let written = (*workload.document().network_mode)?;
    let is_windows = task.operating_system_family.is_windows();
    let (tasks, expected) = match task.launch_type {
        LaunchType::Fargate => ("Fargate tasks", "expected `awsvpc`, or nothing"),
        LaunchType::Ec2 | LaunchType::External if is_windows => {
            ("Windows tasks", "expected `awsvpc`, or nothing for Docker's own")
        }
        LaunchType::Ec2 | LaunchType::External => return None,
    };
    let is_wrong = written != NetworkMode::Awsvpc;
    is_wrong.then(|| {
        Problem::error("network-mode", format!("{tasks} can't be in this network mode"))
            .at(&workload.written.value("/networkMode"), expected)
    })
}

fn public_ip(workload: &WorkloadView<'_>) -> Option<Problem> {
    let is_public = workload.document().network.assign_public_ip == Some(AssignPublicIp::Enabled);
    let is_fargate = workload.value.task.launch_type == LaunchType::Fargate;
    let has_interface = workload.value.network.interface.is_some();
    (is_public && !is_fargate && has_interface).then(|| {
        Problem::error("public-ip", "tasks on instances get no public IP address")
            .at(&workload.written.value("/network/assignPublicIp"), "only on Fargate")
            .hint(
                "remove `assignPublicIp`: private subnets reach the internet through a NAT gateway",
            )
    })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_a_network_mode_does_not_have_is_shown_where_it_is_written() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        network-mode: tasks in the network mode `awsvpc` can't have `links` [links: not possible here] [awsvpc: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `awsvpc` can't have `hostname` [hostname: not possible here] [awsvpc: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `awsvpc` can't have `extraHosts` [extraHosts: not possible here] [awsvpc: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `awsvpc` can't have `dnsServers` [dnsServers: not possible here] [awsvpc: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `awsvpc` can't have `dnsSearchDomains` [dnsSearchDomains: not possible here] [awsvpc: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `host` can't have `links` [links: not possible here] [host: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `host` can't have `portRanges` [portRanges: not possible here] [host: the network mode] -> remove it, or choose the network mode `bridge`
        network-mode: tasks in the network mode `none` can't have `port` [port: not possible here] [none: the network mode] -> remove it, or choose another network mode
        network-mode: tasks in the network mode `none` can't have `links` [links: not possible here] [none: the network mode] -> remove it, or choose another network mode
        network-mode: tasks in the network mode `none` can't have `ports` [ports: not possible here] [none: the network mode] -> remove it, or choose another network mode
        network-mode: tasks in the network mode `none` can't have `portRanges` [portRanges: not possible here] [none: the network mode] -> remove it, or choose another network mode
        network-mode: tasks without a network interface of their own can't have `network.assignPublicIp` [assignPublicIp: not possible here] [web: is in the network mode `bridge`] -> remove it, or choose the network mode `awsvpc`
        network-mode: tasks without a network interface of their own can't have `network.securityGroups` [securityGroups: not possible here] [web: is in the network mode `bridge`] -> remove it, or choose the network mode `awsvpc`
        network-mode: tasks in the network mode `bridge` or `none` can't have `enableFaultInjection` [enableFaultInjection: not possible here] [bridge: the network mode] -> remove it, or choose the network mode `awsvpc` or `host`
        network-mode: Fargate tasks can't be in this network mode [bridge: expected `awsvpc`, or nothing]
        network-mode: Windows tasks can't be in this network mode [bridge: expected `awsvpc`, or nothing for Docker's own]
        public-ip: tasks on instances get no public IP address [ENABLED: only on Fargate] -> remove `assignPublicIp`: private subnets reach the internet through a NAT gateway
        ");
    }
}
