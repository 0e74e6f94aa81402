//! What reaches each other is in one VPC, and load balancers have the subnets that they need.

use std::collections::BTreeSet;

use super::table::Entry;
use super::{Scope, WorkloadView};
use crate::manifest::node::Data;
use crate::manifest::problem::Problem;
use crate::model::documents::network::Network;
use crate::model::instance_groups::instance_groups_of;
use crate::model::manifests::Written;
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::load_balancer::BalancerType;
use crate::model::resolved::network::{Subnets, Vpc};
use crate::model::resolved::service::Volume;
use crate::model::resolved::workload::Workload;

/// Subnets of a service.
const MOST_SUBNETS: usize = 16;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "subnets",
        rule: "tasks have 1 to 16 subnets",
        source: "Amazon ECS API Reference, AwsVpcConfiguration",
        wrong: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510, subnet-01234511, subnet-01234512, subnet-01234513, subnet-01234514, subnet-01234515, subnet-01234516, subnet-01234517, subnet-01234518, subnet-01234519, subnet-01234520, subnet-01234521, subnet-01234522, subnet-01234523, subnet-01234524, subnet-01234525, subnet-01234526] } }",
        right: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510, subnet-01234511, subnet-01234512, subnet-01234513, subnet-01234514, subnet-01234515, subnet-01234516, subnet-01234517, subnet-01234518, subnet-01234519, subnet-01234520, subnet-01234521, subnet-01234522, subnet-01234523, subnet-01234524, subnet-01234525] } }",
    },
    Entry {
        code: "subnets",
        rule: "a subnet is listed once",
        source: "",
        wrong: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510, subnet-01234510] } }",
        right: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510, subnet-01234511] } }",
    },
    Entry {
        code: "load-balancer-subnets",
        rule: "an Application Load Balancer has subnets in two Availability Zones",
        source: "Elastic Load Balancing API Reference, CreateLoadBalancer",
        wrong: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510] } }\n---\n{ kind: LoadBalancer, name: l }",
        right: "{ kind: Network, name: a, subnets: { ids: [subnet-01234510, subnet-01234511] } }\n---\n{ kind: LoadBalancer, name: l }",
    },
    Entry {
        code: "other-vpc",
        rule: "a service is in the VPC of its load balancers",
        source: "Elastic Load Balancing API Reference, CreateTargetGroup",
        wrong: "{ kind: Network, name: a, vpc: { id: vpc-01234567 } }\n---\n{ kind: Network, name: b, vpc: { id: vpc-01234568 } }\n---\n{ kind: LoadBalancer, name: l, network: a }\n---\n{ kind: Service, name: web, image: x, port: 80, network: { name: b }, loadBalancers: [{ loadBalancer: l }] }",
        right: "{ kind: Network, name: a, vpc: { id: vpc-01234567 } }\n---\n{ kind: Network, name: b, vpc: { id: vpc-01234568 } }\n---\n{ kind: LoadBalancer, name: l, network: a }\n---\n{ kind: Service, name: web, image: x, port: 80, network: { name: a }, loadBalancers: [{ loadBalancer: l }] }",
    },
    Entry {
        code: "other-vpc",
        rule: "a service is in the VPC of the file systems that it mounts",
        source: "Amazon EFS User Guide, mount targets",
        wrong: "{ kind: Network, name: a, vpc: { id: vpc-01234567 } }\n---\n{ kind: Network, name: b, vpc: { id: vpc-01234568 } }\n---\n{ kind: FileSystem, name: f, network: a }\n---\n{ kind: Service, name: web, image: x, port: 80, network: { name: b }, volumes: { v: { efs: { fileSystem: f } } } }",
        right: "{ kind: Network, name: a, vpc: { id: vpc-01234567 } }\n---\n{ kind: Network, name: b, vpc: { id: vpc-01234568 } }\n---\n{ kind: FileSystem, name: f, network: a }\n---\n{ kind: Service, name: web, image: x, port: 80, network: { name: a }, volumes: { v: { efs: { fileSystem: f } } } }",
    },
    Entry {
        code: "no-effect",
        rule: "a network has no tags and no lifecycle: ecsctl makes nothing for it",
        source: "",
        wrong: "{ kind: Network, name: a, tags: { team: shop } }",
        right: "{ kind: Network, name: a }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = subnets(scope);
    problems.extend(zones(scope));
    problems.extend(apart(scope));
    problems.extend(scope.manifests.networks.values().flat_map(no_effect));
    problems
}

/// A network is looked up, never made: there is nothing to tag, protect or leave alone.
fn no_effect(written: &Written<Network>) -> Vec<Problem> {
    let is_written = |field: &&str| {
        let node = written.node.get(field);
        node.is_some_and(|node| matches!(&node.data, Data::Map(entries) if !entries.is_empty()))
    };
    let problem = |field: &str| {
        Problem::warning("no-effect", format!("`{field}` of a network does nothing"))
            .at(&written.key(&format!("/{field}")), "ecsctl makes nothing for a network")
            .hint(format!("remove `{field}`, or write it in the documents that use the network"))
    };
    ["tags", "lifecycle"].into_iter().filter(is_written).map(problem).collect()
}

fn subnets(scope: &Scope<'_>) -> Vec<Problem> {
    let networks = scope.manifests.networks.iter().filter_map(|(name, written)| {
        let Subnets::Ids(ids) = &scope.stack.networks.get(name)?.value.task_subnets else {
            return None;
        };
        let distinct: BTreeSet<_> = ids.iter().collect();
        let problem = |message: String| {
            Problem::error("subnets", message)
                .at(&written.key("/subnets/ids"), "1 to 16 different ones")
        };
        if ids.is_empty() || ids.len() > MOST_SUBNETS {
            Some(problem(format!(
                "tasks take 1 to {MOST_SUBNETS} subnets, but here are {}",
                ids.len()
            )))
        } else if distinct.len() < ids.len() {
            Some(problem("a subnet is in the list twice".to_owned()))
        } else {
            None
        }
    });
    networks.collect()
}

fn zones(scope: &Scope<'_>) -> Vec<Problem> {
    let balancers = scope.manifests.load_balancers.iter().filter_map(|(name, written)| {
        let balancer = &scope.stack.load_balancers.get(name)?.value;
        let network = &balancer.network;
        let network_value = &scope.stack.networks.get(network)?.value;
        let Subnets::Ids(ids) = &network_value.load_balancer_subnets else { return None };
        let least = match balancer.balancer_type {
            BalancerType::Application => 2,
            BalancerType::Network => 1,
        };
        let message = format!(
            "a load balancer needs subnets in {least} Availability Zones, but network `{network}` names {}",
            ids.len()
        );
        (ids.len() < least).then(|| {
            Problem::error("load-balancer-subnets", message)
                .at(&written.name_span(), "this load balancer")
                .hint("add another subnet to the network's `subnets`, or to its `loadBalancerSubnets`")
        })
    });
    balancers.collect()
}

/// A security group admits groups of its own VPC only, and a target group's targets are in its VPC.
fn apart(scope: &Scope<'_>) -> Vec<Problem> {
    let services = scope.services().flat_map(|service| {
        let workload = service.workload();
        service.value.load_balancers.iter().enumerate().filter_map(move |(index, target)| {
            let balancer = scope.stack.load_balancers.get(&target.load_balancer)?;
            Some(Reached {
                workload,
                what: format!("load balancer `{}`", balancer.name),
                network: &balancer.value.network,
                pointer: format!("/loadBalancers/{index}/loadBalancer"),
            })
        })
    });
    let mounts = scope.workloads().flat_map(|workload| {
        let volumes = workload.value.task.volumes.iter();
        volumes.filter_map(move |(name, volume)| mounted(scope, &workload, name, volume))
    });
    services.chain(mounts).flat_map(|reached| reached.check(scope)).collect()
}

/// Something in a network that a task reaches, or that reaches it.
struct Reached<'a> {
    workload: WorkloadView<'a>,
    what: String,
    network: &'a str,
    /// Where the document names it.
    pointer: String,
}

fn mounted<'a>(
    scope: &Scope<'a>,
    workload: &WorkloadView<'a>,
    name: &str,
    volume: &Volume,
) -> Option<Reached<'a>> {
    let file_system = scope.stack.file_systems.get(&volume.efs()?.file_system)?;
    let FileSystemSource::Managed(managed) = &file_system.value.source else { return None };
    Some(Reached {
        workload: *workload,
        what: format!("file system `{}`", file_system.name),
        network: &managed.network,
        pointer: format!("/volumes/{}/efs/fileSystem", super::escape(name)),
    })
}

impl Reached<'_> {
    fn check(&self, scope: &Scope<'_>) -> Vec<Problem> {
        let other = vpc(scope, self.network);
        let networks = networks_of(scope, self.workload.value);
        let apart = networks.into_iter().filter(|own| {
            vpc(scope, own).is_some_and(|own| other.is_some_and(|other| own != other))
        });
        apart.map(|own| self.problem(own)).collect()
    }

    fn problem(&self, own: &str) -> Problem {
        let (noun, name) = (self.workload.noun(), self.workload.name);
        let message = format!("{} is in another VPC than {noun} `{name}`", self.what);
        let label = format!("in network `{}`, the {noun} in `{own}`", self.network);
        Problem::error("other-vpc", message)
            .at(&self.workload.written.value(&self.pointer), label)
            .hint("put both in the same network")
    }
}

/// Where the tasks have their addresses: in their own network, or in those of their instances.
fn networks_of<'a>(scope: &Scope<'a>, workload: Workload<'a>) -> BTreeSet<&'a str> {
    if workload.network.interface.is_some() {
        return BTreeSet::from([workload.network.network.as_str()]);
    }
    let hosts = instance_groups_of(scope.stack, workload);
    hosts.map(|host| host.managed.network.as_str()).collect()
}

fn vpc<'a>(scope: &Scope<'a>, network: &str) -> Option<&'a Vpc> {
    Some(&scope.stack.networks.get(network)?.value.vpc)
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_reaches_each_other_is_in_one_vpc() {
        let stack = |others: &str, service: &str| {
            let network = |name: &str, vpc: &str| {
                format!("{{ kind: Network, name: {name}, vpc: {{ id: vpc-0123456{vpc} }} }}\n---\n")
            };
            let (a, b, c) = (network("a", "7"), network("b", "8"), network("c", "7"));
            format!(
                "{a}{b}{c}{{ {others}, network: a }}\n---\n{{ kind: Service, name: web, image: x, port: 80, {service} }}"
            )
        };
        let balancer = |network: &str| {
            let service =
                format!("network: {{ name: {network} }}, loadBalancers: [{{ loadBalancer: l }}]");
            stack("kind: LoadBalancer, name: l", &service)
        };
        let files = |network: &str| {
            let service = format!(
                "network: {{ name: {network} }}, volumes: {{ v: {{ efs: {{ fileSystem: f }} }} }}"
            );
            stack("kind: FileSystem, name: f", &service)
        };
        let instances = |network: &str| {
            let cluster = format!(
                "{{ kind: Cluster, name: main, instances: [{{ name: i, network: {network} }}] }}\n---\n"
            );
            let service = "network: { name: b }, launchType: EC2, memory: 512, loadBalancers: [{ loadBalancer: l }]";
            cluster + &stack("kind: LoadBalancer, name: l", service)
        };
        let cases = [
            (balancer("b"), balancer("c")),
            (files("b"), files("c")),
            (instances("b"), instances("c")),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        other-vpc: load balancer `l` is in another VPC than service `web` [l: in network `a`, the service in `b`] -> put both in the same network
        other-vpc: file system `f` is in another VPC than service `web` [f: in network `a`, the service in `b`] -> put both in the same network
        other-vpc: load balancer `l` is in another VPC than service `web` [l: in network `a`, the service in `b`] -> put both in the same network
        ");
    }

    #[test]
    fn what_a_network_does_not_do_is_not_written() {
        let network = |fields: &str| format!("{{ kind: Network, name: a{fields} }}");
        let cases = [", tags: { team: shop }", ", lifecycle: { protect: true }"];
        let cases = cases.map(|wrong| (network(wrong), network(", tags: {}")));
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r"
        warning no-effect: `tags` of a network does nothing [tags: ecsctl makes nothing for a network] -> remove `tags`, or write it in the documents that use the network
        warning no-effect: `lifecycle` of a network does nothing [lifecycle: ecsctl makes nothing for a network] -> remove `lifecycle`, or write it in the documents that use the network
        ");
    }

    #[test]
    fn subnets_are_as_many_as_aws_takes() {
        let stack = |ids: &[&str]| {
            format!(
                "{{ kind: Network, name: a, subnets: {{ ids: [{}] }} }}\n---\n{{ kind: LoadBalancer, name: l }}",
                ids.join(", ")
            )
        };
        let all: Vec<String> = (10..27).map(|number| format!("subnet-012345{number}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let right = stack(&all[..16]);
        let wrong = [stack(&all), stack(&[all[0], all[1], all[0]]), stack(&all[..1])];
        let cases: Vec<_> = wrong.iter().map(|wrong| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r"
        subnets: tasks take 1 to 16 subnets, but here are 17 [ids: 1 to 16 different ones]
        subnets: a subnet is in the list twice [ids: 1 to 16 different ones]
        load-balancer-subnets: a load balancer needs subnets in 2 Availability Zones, but network `a` names 1 [l: this load balancer] -> add another subnet to the network's `subnets`, or to its `loadBalancerSubnets`
        ");
    }
}
