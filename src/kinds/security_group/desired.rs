//! Who may reach whom: the groups that a stack needs, and the rules between them.

use std::collections::BTreeSet;

use super::rules::{Rule, cidr};
use super::{SecurityGroup, SecurityGroupSpec};
use crate::facts::Facts;
use crate::kind::{Desired, Kind as _, Origin};
use crate::kinds::shared::routing;
use crate::model::resolved::file_system::{FileSystem, FileSystemSource};
use crate::model::resolved::load_balancer::LoadBalancer;
use crate::model::resolved::service::{Service, Target, Volume};
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set};

const NFS: u16 = 2049;

pub(super) fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<SecurityGroupSpec>> {
    let load_balancers = stack.load_balancers.values().map(|it| load_balancer(stack, facts, it));
    let services = stack.services.values().filter_map(|it| service(stack, facts, it));
    let file_systems = stack.file_systems.values().filter_map(|it| file_system(stack, facts, it));
    load_balancers.chain(services).chain(file_systems).collect()
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
            Rule::port(transport, listener.port, cidr(block).into(), description)
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

/// Load balancers reach the ports that they forward to; nothing else reaches the tasks.
fn service(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<Service>,
) -> Option<Desired<SecurityGroupSpec>> {
    let network = &resource.value.network;
    let interface = network.interface.as_ref()?;
    let rules = resource.value.load_balancers.iter().flat_map(|target| {
        let description = format!("load balancer {}", target.load_balancer);
        routing::sources(facts, target).into_iter().flat_map(move |source| {
            let rule = |(transport, port)| {
                Rule::port(transport, port, source.clone(), description.clone())
            };
            ports(target).into_iter().map(rule).collect::<Vec<_>>()
        })
    });
    let group = Group {
        origin: Origin::of(stack, "service", resource),
        name: format!("service-{}", resource.name),
        physical_name: &interface.security_group_name,
        description: format!("Tasks of service {}", resource.name),
        vpc: vpc(facts, &network.network),
    };
    Some(group.row(rules.collect()))
}

/// Where requests and health checks arrive. Health checks go over TCP, whatever the requests do.
fn ports(target: &Target) -> BTreeSet<(&'static str, u16)> {
    let transports = target.protocol.transports().iter();
    let check = ("tcp", target.health_check.port.unwrap_or(target.container_port));
    transports.map(|transport| (*transport, target.container_port)).chain([check]).collect()
}

/// The services that mount the file system reach its mount targets.
fn file_system(
    stack: &Stack,
    facts: &Facts,
    resource: &Resource<FileSystem>,
) -> Option<Desired<SecurityGroupSpec>> {
    let FileSystemSource::Managed(managed) = &resource.value.source else { return None };
    let users = stack.services.values().filter(|service| {
        service.value.task.volumes.values().any(|volume| match volume {
            Volume::Efs(efs) => efs.file_system == resource.name,
            Volume::Shared => false,
        })
    });
    let rules = users.map(|user| {
        let group = format!("service-{}", user.name);
        Rule::tcp(NFS, id_of(&group), format!("service {}", user.name))
    });
    let group = Group {
        origin: Origin::of(stack, "file-system", resource),
        name: format!("file-system-{}", resource.name),
        physical_name: &managed.security_group_name,
        description: format!("File system {}", resource.name),
        vpc: vpc(facts, &managed.network),
    };
    Some(group.row(rules.collect()))
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
