//! Security groups of others let requests and files through. ecsctl's own do by construction.

use std::collections::BTreeSet;

use super::answers::{Answers, GroupFacts, Groups, OwnGroup, Permission, Unread};
use super::findings::{Findings, at};
use super::network::{Passage, Peer, passage};
use super::scene::{Scene, WorkloadView};
use super::{GroupQuestions, Questions};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::service::{Interface, Volume};

const NFS: u16 = 2049;

/// A group that a manifest names, and where.
struct Named<'a> {
    id: &'a str,
    vpc: &'a str,
    place: Option<Span>,
}

/// A way that must be open, and the groups that decide.
struct Passing<'a> {
    service: WorkloadView<'a>,
    interface: &'a Interface,
    /// Ids of the groups of whoever is not the service.
    groups: Vec<&'a str>,
    port: u16,
    direction: Direction,
    place: Option<Span>,
}

#[derive(Clone, Copy)]
enum Direction {
    /// From a load balancer of others, whose groups may hold requests back.
    FromLoadBalancer,
    /// To a file system of others, whose groups may not let tasks in.
    ToFileSystem,
}

pub(super) fn ask(scene: &Scene<'_>, questions: &mut Questions) {
    let mut asked = GroupQuestions::default();
    asked.ids.extend(named(scene).map(|it| it.id.to_owned()));
    for passing in passings(scene) {
        asked.ids.extend(passing.groups.iter().map(ToString::to_string));
        asked.own.extend(own(scene, &passing));
        let network = scene.facts.networks.get(&passing.service.value.network.network);
        let subnets = network.into_iter().flat_map(|network| &network.subnets);
        asked.subnets.extend(subnets.map(|subnet| subnet.id.clone()));
    }
    questions.groups = (asked != GroupQuestions::default()).then_some(asked);
}

pub(super) fn judge(scene: &Scene<'_>, answers: &Answers, findings: &mut Findings) {
    let nothing = Err(Unread::because("nothing was asked"));
    match answers.groups.as_ref().unwrap_or(&nothing) {
        Ok(groups) => {
            named(scene).for_each(|it| exists(&it, groups, findings));
            passings(scene).for_each(|it| passes(scene, &it, groups, findings));
        }
        Err(why) => {
            let all = named(scene).map(|it| (it.id.to_owned(), it.place));
            let passings = passings(scene).flat_map(|it| {
                let place = it.place.clone();
                let ids: Vec<_> = it.groups.iter().map(ToString::to_string).collect();
                ids.into_iter().map(move |id| (id, place.clone()))
            });
            for (id, place) in all.chain(passings) {
                findings.unread(why, format!("security group `{id}`"), place);
            }
        }
    }
}

fn exists(named: &Named<'_>, groups: &Groups, findings: &mut Findings) {
    let Named { id, vpc, place } = named;
    let problem = match groups.by_id.get(*id) {
        None => {
            Problem::error("security-group-missing", format!("security group `{id}` is not there"))
                .hint("create it first, or correct its id")
        }
        Some(group) if !group.vpc.is_empty() && group.vpc != *vpc => {
            let message = format!("security group `{id}` is in {}, and this in {vpc}", group.vpc);
            Problem::error("security-group-vpc", message).hint("name a group of the same VPC")
        }
        Some(_) => return findings.pass(),
    };
    findings.add(at(problem, place.as_ref(), "cannot be used"));
}

fn passes(scene: &Scene<'_>, passing: &Passing<'_>, groups: &Groups, findings: &mut Findings) {
    let found: Option<Vec<&GroupFacts>> =
        passing.groups.iter().map(|id| groups.by_id.get(*id)).collect();
    // One that is not there is told of already.
    let Some(found) = found else { return };
    let rules = |of: fn(&GroupFacts) -> &Vec<Permission>| -> Vec<Permission> {
        found.iter().flat_map(|group| of(group)).cloned().collect()
    };
    let permissions = match passing.direction {
        Direction::FromLoadBalancer => rules(|group| &group.egress),
        Direction::ToFileSystem => rules(|group| &group.ingress),
    };
    match passage(&permissions, passing.port, &peer(scene, passing, groups)) {
        Passage::Open => findings.pass(),
        Passage::Closed => findings.add(closed(passing)),
        Passage::Unknown => {
            let why = Unread::because("prefix lists decide, which are not read");
            let thing = format!("whether {}", words(passing));
            findings.unread(&why, thing, passing.place.clone());
        }
    }
}

/// The tasks, as rules of others may know them.
fn peer<'a>(scene: &Scene<'a>, passing: &Passing<'a>, groups: &'a Groups) -> Peer<'a> {
    let further = passing.interface.security_groups.iter().map(String::as_str);
    let own = own(scene, passing).and_then(|own| groups.own.get(&own));
    let network = scene.facts.networks.get(&passing.service.value.network.network);
    let subnets = network.into_iter().flat_map(|network| &network.subnets);
    Peer {
        groups: further.chain(own.map(String::as_str)).collect::<BTreeSet<_>>(),
        blocks: subnets
            .filter_map(|subnet| groups.blocks.get(&subnet.id).map(String::as_str))
            .collect(),
    }
}

fn words(passing: &Passing<'_>) -> String {
    let (groups, port) = (passing.groups.join(", "), passing.port);
    let service = passing.service.name();
    match passing.direction {
        Direction::FromLoadBalancer => {
            format!("{groups} lets requests out to port {port} of the tasks of {service}")
        }
        Direction::ToFileSystem => {
            format!("{groups} lets the tasks of {service} in on port {port}")
        }
    }
}

fn closed(passing: &Passing<'_>) -> Problem {
    let (groups, port) = (passing.groups.join(", "), passing.port);
    let service = passing.service.name();
    let (code, message, hint, label) = match passing.direction {
        Direction::FromLoadBalancer => (
            "load-balancer-egress",
            format!(
                "security group {groups} lets no requests out to port {port} of the tasks of {service}"
            ),
            format!("add an egress rule for TCP port {port} to it"),
            "requests would not arrive",
        ),
        Direction::ToFileSystem => (
            "file-system-ingress",
            format!(
                "security group {groups} does not let the tasks of {service} in on port {port}"
            ),
            format!(
                "add an ingress rule for TCP port {port} to it, from a group in the service's `network.securityGroups` or from its subnets"
            ),
            "no task could mount it",
        ),
    };
    at(Problem::error(code, message).hint(hint), passing.place.as_ref(), label)
}

/// Further groups, which the manifests name by id.
fn named<'a>(scene: &Scene<'a>) -> impl Iterator<Item = Named<'a>> {
    let facts = scene.facts;
    let vpc = move |network: &str| facts.networks.get(network).map_or("", |it| it.vpc.as_str());
    let services = scene.workloads().flat_map(move |service| {
        let vpc = vpc(&service.value.network.network);
        let groups = service.value.network.interface.iter().flat_map(|it| &it.security_groups);
        groups.enumerate().map(move |(index, id)| {
            let place = service.place(&format!("/network/securityGroups/{index}"));
            Named { id, vpc, place }
        })
    });
    let balancers = scene.load_balancers().flat_map(move |balancer| {
        let vpc = vpc(&balancer.resource.value.network);
        balancer.resource.value.security_groups.iter().enumerate().map(move |(index, id)| {
            let place = balancer.place(&format!("/securityGroups/{index}"));
            Named { id, vpc, place }
        })
    });
    services.chain(balancers)
}

fn passings<'a>(scene: &Scene<'a>) -> impl Iterator<Item = Passing<'a>> {
    let scene = *scene;
    scene.workloads().flat_map(move |service| {
        let interface = service.value.network.interface.as_ref();
        let both = interface.map(|interface| {
            let balancers = from_load_balancers(scene, service, interface);
            balancers.chain(to_file_systems(scene, service, interface)).collect::<Vec<_>>()
        });
        both.into_iter().flatten()
    })
}

fn from_load_balancers<'a>(
    scene: Scene<'a>,
    service: WorkloadView<'a>,
    interface: &'a Interface,
) -> impl Iterator<Item = Passing<'a>> {
    let targets = service.load_balancers().iter().enumerate();
    targets.filter_map(move |(index, target)| {
        let existing = scene.facts.load_balancers.get(&target.load_balancer)?;
        let groups: Vec<&str> = existing.security_groups.iter().map(String::as_str).collect();
        (!groups.is_empty()).then(|| Passing {
            service,
            interface,
            groups,
            port: target.container_port,
            direction: Direction::FromLoadBalancer,
            place: service.place(&format!("/loadBalancers/{index}/loadBalancer")),
        })
    })
}

fn to_file_systems<'a>(
    scene: Scene<'a>,
    service: WorkloadView<'a>,
    interface: &'a Interface,
) -> impl Iterator<Item = Passing<'a>> {
    let names: BTreeSet<&str> = service
        .value
        .task
        .volumes
        .values()
        .filter_map(Volume::efs)
        .map(|volume| volume.file_system.as_str())
        .collect();
    names.into_iter().filter_map(move |name| {
        let source = &scene.stack.file_systems.get(name)?.value.source;
        let FileSystemSource::Existing { security_group: Some(group), .. } = source else {
            return None;
        };
        let written = scene.manifests.file_systems.get(name);
        Some(Passing {
            service,
            interface,
            groups: vec![group],
            port: NFS,
            direction: Direction::ToFileSystem,
            place: written.map(|written| written.value("/securityGroup")),
        })
    })
}

/// The service's own group, which may be there from an earlier apply.
fn own(scene: &Scene<'_>, passing: &Passing<'_>) -> Option<OwnGroup> {
    let network = scene.facts.networks.get(&passing.service.value.network.network)?;
    let name = passing.interface.security_group_name.clone();
    Some(OwnGroup { vpc: network.vpc.clone(), name })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::facts::LoadBalancerFacts;
    use crate::verify::Subject;
    use crate::verify::testing::{Judged, SUBNETS, service};

    const FILES: &str = "{ kind: FileSystem, name: files, fileSystemId: fs-0123456789abcdef0, securityGroup: sg-0123456789abcdef0 }";
    const EFS: &str = "sg-0123456789abcdef0";

    fn rule(protocol: &str, port: i32, blocks: &[&str], groups: &[&str]) -> Permission {
        Permission {
            protocol: protocol.to_owned(),
            ports: Some((port, port)),
            blocks: blocks.iter().map(ToString::to_string).collect(),
            groups: groups.iter().map(ToString::to_string).collect(),
            has_prefix_lists: false,
        }
    }

    fn group(ingress: Vec<Permission>, egress: Vec<Permission>) -> GroupFacts {
        GroupFacts { vpc: "vpc-1".to_owned(), ingress, egress }
    }

    fn groups(by_id: &[(&str, GroupFacts)]) -> Groups {
        let blocks = SUBNETS.iter().zip(["10.0.1.0/24", "10.0.2.0/24"]);
        Groups {
            by_id: by_id.iter().map(|(id, facts)| ((*id).to_owned(), facts.clone())).collect(),
            own: BTreeMap::new(),
            blocks: blocks.map(|(id, block)| ((*id).to_owned(), block.to_owned())).collect(),
        }
    }

    fn mounting(groups: Groups) -> Judged {
        let web = service(
            "containers: [{ name: a, image: x, mounts: [{ volume: data, path: /data }] }], volumes: { data: { efs: { fileSystem: files } } }",
        );
        let text = format!("{FILES}\n---\n{web}");
        Judged::of(&text, Subject::SecurityGroups, |answers| answers.groups = Some(Ok(groups)))
    }

    #[test]
    fn tasks_are_let_in_by_where_they_are_or_by_their_group() {
        let everywhere = group(vec![rule("tcp", 2049, &["10.0.0.0/16"], &[])], vec![]);
        assert_eq!(mounting(groups(&[(EFS, everywhere)])).passed(), 1);
        let by_group = group(vec![rule("tcp", 2049, &[], &["sg-own"])], vec![]);
        let mut known = groups(&[(EFS, by_group.clone())]);
        let own = OwnGroup { vpc: "vpc-1".to_owned(), name: "shop-default-web".to_owned() };
        known.own.insert(own, "sg-own".to_owned());
        assert_eq!(mounting(known).passed(), 1);
        insta::assert_snapshot!(mounting(groups(&[(EFS, by_group)])), @"
        file-system-ingress: security group sg-0123456789abcdef0 does not let the tasks of web in on port 2049 [sg-0123456789abcdef0: no task could mount it] -> add an ingress rule for TCP port 2049 to it, from a group in the service's `network.securityGroups` or from its subnets
        ");
    }

    #[test]
    fn a_load_balancer_of_others_lets_requests_out() {
        let house = "{ kind: LoadBalancer, name: house, existing: { name: house }, listeners: [{ name: http, port: 80 }] }";
        let web = service(
            "image: x, port: 8080, loadBalancers: [{ loadBalancer: house, hosts: [a.example.com] }]",
        );
        let judged = |egress| {
            let known = |facts: &mut crate::facts::Facts| {
                let listeners = BTreeMap::from([("http".to_owned(), "arn:l".to_owned())]);
                let security_groups = vec!["sg-house".to_owned()];
                let house =
                    LoadBalancerFacts { arn: "arn:b".to_owned(), security_groups, listeners };
                facts.load_balancers.insert("house".to_owned(), house);
            };
            let groups = groups(&[("sg-house", group(vec![], egress))]);
            let text = format!("{house}\n---\n{web}");
            Judged::with(&text, Subject::SecurityGroups, known, |answers| {
                answers.groups = Some(Ok(groups));
            })
        };
        assert_eq!(judged(vec![rule("tcp", 8080, &["0.0.0.0/0"], &[])]).passed(), 1);
        let lists = Permission { has_prefix_lists: true, ..rule("tcp", 8080, &[], &[]) };
        insta::assert_snapshot!(judged(vec![rule("tcp", 80, &["0.0.0.0/0"], &[])]), @"
        load-balancer-egress: security group sg-house lets no requests out to port 8080 of the tasks of web [house: requests would not arrive] -> add an egress rule for TCP port 8080 to it
        ");
        insta::assert_snapshot!(judged(vec![lists]), @"
        warning security-group-unchecked: whether sg-house lets requests out to port 8080 of the tasks of web was not checked: prefix lists decide, which are not read [house: not checked]
        ");
    }

    #[test]
    fn groups_that_are_named_are_there_and_in_the_same_vpc() {
        let text = service(
            "image: x, network: { securityGroups: [sg-0123456789abcdef1, sg-0123456789abcdef2] }",
        );
        let judged = |answer| {
            Judged::of(&text, Subject::SecurityGroups, |answers| answers.groups = Some(answer))
        };
        let elsewhere = GroupFacts { vpc: "vpc-2".to_owned(), ..GroupFacts::default() };
        insta::assert_snapshot!(judged(Ok(groups(&[("sg-0123456789abcdef1", elsewhere)]))), @"
        security-group-vpc: security group `sg-0123456789abcdef1` is in vpc-2, and this in vpc-1 [sg-0123456789abcdef1: cannot be used] -> name a group of the same VPC
        security-group-missing: security group `sg-0123456789abcdef2` is not there [sg-0123456789abcdef2: cannot be used] -> create it first, or correct its id
        ");
        insta::assert_snapshot!(judged(Err(Unread::denied("ec2:DescribeSecurityGroups"))), @"
        warning security-group-unchecked: security group `sg-0123456789abcdef1`, security group `sg-0123456789abcdef2` were not checked: the identity lacks the permission `ec2:DescribeSecurityGroups` [sg-0123456789abcdef1: not checked] [sg-0123456789abcdef2: not checked] -> allow `ec2:DescribeSecurityGroups` in a policy of the identity that runs this
        ");
    }
}
