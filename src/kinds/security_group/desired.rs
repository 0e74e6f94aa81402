//! Who may reach whom: the groups that a stack needs, and the rules between them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::rules::{Rule, cidr};
use super::{SecurityGroup, SecurityGroupSpec};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::kinds::shared::routing;
use crate::model::instance_groups::{InstanceGroup, instance_groups, instance_groups_of};
use crate::model::resolved::classic_load_balancer::{ClassicLoadBalancer, ClassicTarget};
use crate::model::resolved::file_system::{FileSystem, FileSystemSource};
use crate::model::resolved::load_balancer::LoadBalancer;
use crate::model::resolved::service::{Service, Target, Volume};
use crate::model::resolved::workload::Workload;
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set};

const NFS: u16 = 2049;

/// Where Docker finds host ports: the kernel's range, 32768 to 60999 on Linux, or 49153 to 65535, which
/// older agents and Windows take.
///
/// Source: Amazon ECS API Reference, `PortMapping.hostPort`.
const DYNAMIC_PORTS: RangeInclusive<u16> = 32768..=65535;

pub(super) fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<SecurityGroupSpec>> {
    let load_balancers = stack.load_balancers.values().map(|it| load_balancer(stack, facts, it));
    let services = stack.services.values().filter_map(|it| service(stack, facts, it));
    let jobs = stack.jobs.values().filter_map(|it| tasks(stack, facts, it.into(), Set::default()));
    let instances = instance_groups(stack).map(|it| self::instances(stack, facts, &it));
    let file_systems = stack.file_systems.values().filter_map(|it| file_system(stack, facts, it));
    let classic = stack.classic_load_balancers.values();
    let classic = classic.map(|it| classic_load_balancer(stack, facts, it));
    let load_balancers = load_balancers.chain(classic);
    load_balancers.chain(services).chain(jobs).chain(instances).chain(file_systems).collect()
}

/// The world, as far as the manifest lets it in, reaches the listeners.
fn load_balancer(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<LoadBalancer>,
) -> Desired<SecurityGroupSpec> {
    let LoadBalancer { listeners, ingress, network, security_group_name, .. } = &resource.value;
    let transports = listeners.iter().flat_map(|listener| {
        listener.protocol.transports().iter().map(move |transport| (listener, *transport))
    });
    let rules = transports.flat_map(|(listener, transport)| {
        ingress.iter().map(move |block| {
            let description = format!("listener {}", listener.name);
            Rule::ports(transport, listener.port..=listener.port, cidr(block).into(), description)
        })
    });
    let group = Group {
        origin: Origin::of(stack, "load-balancer", resource),
        name: format!("load-balancer-{}", resource.name),
        physical_name: security_group_name,
        description: format!("Load balancer {}", resource.name),
        vpc: vpc(facts, network),
    };
    group.row(rules.collect())
}

/// The same, of the generation before.
fn classic_load_balancer(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<ClassicLoadBalancer>,
) -> Desired<SecurityGroupSpec> {
    let balancer = &resource.value;
    let rules = balancer.listeners.iter().flat_map(|listener| {
        balancer.ingress.iter().map(move |block| {
            let description = format!("listener {}", listener.name);
            Rule::tcp(listener.port, cidr(block).into(), description)
        })
    });
    let group = Group {
        origin: Origin::of(stack, "load-balancer", resource),
        name: format!("load-balancer-{}", resource.name),
        physical_name: &balancer.security_group_name,
        description: format!("Load balancer {}", resource.name),
        vpc: vpc(facts, &balancer.network),
    };
    group.row(rules.collect())
}

/// Load balancers reach the ports that they forward to; nothing else reaches the tasks.
fn service(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<Service>,
) -> Option<Desired<SecurityGroupSpec>> {
    let rules = resource.value.load_balancers.iter().flat_map(|target| {
        let description = format!("load balancer {}", target.load_balancer);
        routing::sources(facts, target).into_iter().flat_map(move |source| {
            let rule = |(transport, port)| {
                Rule::ports(transport, port..=port, source.clone(), description.clone())
            };
            ports(target).into_iter().map(rule).collect::<Vec<_>>()
        })
    });
    tasks(stack, facts, resource.into(), rules.collect())
}

/// The group of tasks that have an interface of their own. Nothing reaches those of a job.
fn tasks(
    stack: &Stack,
    facts: &Facts,
    workload: Workload<'_>,
    ingress: Set<Rule>,
) -> Option<Desired<SecurityGroupSpec>> {
    let interface = workload.network.interface.as_ref()?;
    let group = Group {
        origin: Origin::of_workload(stack, workload),
        name: workload.security_group(),
        physical_name: &interface.security_group_name,
        description: format!("Tasks of {} {}", workload.kind.noun(), workload.name),
        vpc: vpc(facts, &workload.network.network),
    };
    Some(group.row(ingress))
}

/// Load balancers reach the ports of the instances that tasks without an interface of their own are at.
fn instances(stack: &Stack, facts: &Facts, of: &InstanceGroup<'_>) -> Desired<SecurityGroupSpec> {
    let name = of.instances_address();
    let guests = stack.services.values().filter(|service| {
        let mut hosts = instance_groups_of(stack, (*service).into());
        service.value.network.interface.is_none() && hosts.any(|it| it.instances_address() == name)
    });
    let rules = guests.map(|service| &service.value).flat_map(|service| {
        let targets = service.load_balancers.iter();
        let modern = targets.flat_map(|target| arrivals(facts, service, target));
        modern.chain(service.classic.as_ref().map(classic_arrival))
    });
    let group = Group {
        origin: Origin::of(stack, "cluster", of.cluster),
        physical_name: &of.managed.security_group_name,
        description: format!("Instances {} of cluster {}", of.name, of.cluster.name),
        vpc: vpc(facts, &of.managed.network),
        name: name.clone(),
    };
    group.row(rules.collect())
}

fn classic_arrival(target: &ClassicTarget) -> Rule {
    let group = format!("load-balancer-{}", target.load_balancer);
    Rule::tcp(target.host_port, id_of(&group), format!("load balancer {}", target.load_balancer))
}

fn arrivals(facts: &Facts, service: &Service, target: &Target) -> Vec<Rule> {
    let description = format!("load balancer {}", target.load_balancer);
    let ports = host_ports(service, target);
    let rules = routing::sources(facts, target).into_iter().flat_map(|source| {
        let transports = target.protocol.transports().iter();
        let rule = |transport: &&str| {
            Rule::ports(transport, ports.clone(), source.clone(), description.clone())
        };
        transports.map(rule).collect::<Vec<_>>()
    });
    rules.collect()
}

/// Where a target's container is on its instance: at a port that is fixed, or at any that Docker picks.
fn host_ports(service: &Service, target: &Target) -> RangeInclusive<u16> {
    let container = service.task.containers.iter().find(|it| it.name == target.container);
    let mut ports = container.into_iter().flat_map(|container| &container.ports);
    match ports.find(|port| port.container_port == target.container_port) {
        Some(port) if port.host_port != 0 => port.host_port..=port.host_port,
        Some(_) | None => DYNAMIC_PORTS,
    }
}

/// Where requests and health checks arrive. Health checks go over TCP, whatever the requests do.
fn ports(target: &Target) -> BTreeSet<(&'static str, u16)> {
    let transports = target.protocol.transports().iter();
    let check = ("tcp", target.health_check.port.unwrap_or(target.container_port));
    transports.map(|transport| (*transport, target.container_port)).chain([check]).collect()
}

/// The services and jobs that mount the file system reach its mount targets: from their own interface, or
/// from that of the instances that they run on.
fn file_system(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<FileSystem>,
) -> Option<Desired<SecurityGroupSpec>> {
    let FileSystemSource::Managed(managed) = &resource.value.source else { return None };
    let users = stack.workloads().filter(|workload| {
        let volumes = workload.task.volumes.values();
        volumes.filter_map(Volume::efs).any(|efs| efs.file_system == resource.name)
    });
    let peers: BTreeSet<(String, String)> =
        users.flat_map(|workload| mounting_groups(stack, workload)).collect();
    let rules =
        peers.into_iter().map(|(group, description)| Rule::tcp(NFS, id_of(&group), description));
    let group = Group {
        origin: Origin::of(stack, "file-system", resource),
        name: format!("file-system-{}", resource.name),
        physical_name: &managed.security_group_name,
        description: format!("File system {}", resource.name),
        vpc: vpc(facts, &managed.network),
    };
    Some(group.row(rules.collect()))
}

/// The groups that tasks mount file systems from, each with its description.
fn mounting_groups(stack: &Stack, workload: Workload<'_>) -> Vec<(String, String)> {
    if workload.network.interface.is_some() {
        let description = format!("{} {}", workload.kind.noun(), workload.name);
        return vec![(workload.security_group(), description)];
    }
    let hosts = instance_groups_of(stack, workload);
    hosts.map(|host| (host.instances_address(), format!("instances {}", host.address()))).collect()
}

/// A group before its rules.
struct Group<'a> {
    origin: Origin<'a>,
    name: String,
    physical_name: &'a str,
    description: String,
    vpc: String,
}

impl Group<'_> {
    fn row(self, ingress: Set<Rule>) -> Desired<SecurityGroupSpec> {
        let spec = SecurityGroupSpec {
            name: self.physical_name.to_owned(),
            description: self.description,
            vpc: self.vpc,
            ingress,
            egress: Set::from_iter([Rule::all_traffic()]),
            tags: self.origin.tags(SecurityGroup::NAME, &self.name),
        };
        self.origin.part(&self.name, spec)
    }
}

fn id_of(group: &str) -> Resolvable {
    Resolvable::reference(SecurityGroup::NAME, group, "id")
}

fn vpc(facts: &Facts, network: &str) -> String {
    facts.networks.get(network).expect("the facts tell of every network of the stack").vpc.clone()
}
