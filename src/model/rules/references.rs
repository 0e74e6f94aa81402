//! Whatever a document refers to by name exists.

use std::collections::BTreeMap;

use super::table::{Entry, service};
use super::{Scope, ServiceView, WorkloadView, escape};
use crate::manifest::node::Span;
use crate::manifest::problem::{Problem, closest};
use crate::model::documents::Kind;
use crate::model::manifests::{Headed, Manifests, Written, WrittenAt};
use crate::model::resolved::service::{TaskRoleReference, Volume};

/// Kinds, with the name of the one that is there when no document is.
const NETWORK: (Kind, &str) = (Kind::Network, "default");
const CLUSTER: (Kind, &str) = (Kind::Cluster, "main");

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "dangling-reference",
        rule: "What a document refers to by name is there: a cluster, network, task role, load balancer, listener, file system, access point or volume",
        source: "",
        wrong: service!("taskRole: web"),
        right: service!("taskRole: 'arn:aws:iam::444455556666:role/web'"),
    },
    Entry {
        code: "dangling-reference",
        rule: "A mount names a volume of the task",
        source: "Amazon ECS API Reference, MountPoint",
        wrong: service!("mounts: [{ volume: tmp, path: /tmp }]"),
        right: service!("mounts: [{ volume: tmp, path: /tmp }], volumes: { tmp: {} }"),
    },
    Entry {
        code: "ambiguous-reference",
        rule: "Of several clusters, networks and so on, the one that is meant is named",
        source: "",
        wrong: "{ kind: Cluster, name: green }\n---\n{ kind: Cluster, name: blue }\n---\n{ kind: Service, name: web, image: nginx }",
        right: "{ kind: Cluster, name: green }\n---\n{ kind: Cluster, name: blue }\n---\n{ kind: Service, name: web, image: nginx, cluster: blue }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let manifests = scope.manifests;
    let networks = |written: Option<&String>, place: Span| {
        by_default(manifests, NETWORK, written, &manifests.networks, &place)
    };
    let balancers = manifests.load_balancers.values();
    let balancers = balancers.filter(|balancer| balancer.document.existing.is_none());
    let balancers = balancers.filter_map(|balancer| {
        networks(
            balancer.document.network.as_ref(),
            place(balancer.at(), "/network", balancer.document.network.is_some()),
        )
    });
    let file_systems =
        manifests.file_systems.values().filter(|written| written.document.file_system_id.is_none());
    let file_systems = file_systems.filter_map(|written| {
        networks(
            written.document.network.as_ref(),
            place(written.at(), "/network", written.document.network.is_some()),
        )
    });
    let groups = manifests.clusters.values().flat_map(|cluster| {
        let instances = cluster.document.instances.iter().enumerate();
        let own = instances.filter(|(_, group)| group.auto_scaling_group.is_none());
        own.map(move |(index, group)| (cluster, index, group))
    });
    let groups = groups.filter_map(|(cluster, index, group)| {
        let pointer = format!("/instances/{index}/network");
        networks(group.network.as_ref(), place(cluster.at(), &pointer, group.network.is_some()))
    });
    let workloads = scope.each_workload(|workload| check_workload(scope, workload));
    let listeners = scope.each_service(|service| listeners(scope, service));
    let platform = balancers.chain(file_systems).chain(groups);
    platform.chain(workloads).chain(listeners).collect()
}

fn check_workload(scope: &Scope<'_>, workload: &WorkloadView<'_>) -> Vec<Problem> {
    let manifests = scope.manifests;
    let document = workload.document();
    let mut problems = vec![];
    let cluster = place(workload.written, "/cluster", document.cluster.is_some());
    problems.extend(by_default(
        manifests,
        CLUSTER,
        document.cluster.as_ref(),
        &manifests.clusters,
        &cluster,
    ));
    let network = place(workload.written, "/network/name", document.network.name.is_some());
    problems.extend(by_default(
        manifests,
        NETWORK,
        document.network.name.as_ref(),
        &manifests.networks,
        &network,
    ));
    if let Some(TaskRoleReference::Name(name)) = &workload.value.task.task_role {
        let place = workload.written.value("/taskRole");
        problems.extend(named(manifests, Kind::TaskRole, name, &manifests.task_roles, &place).map(
            |problem| match problem.hint {
                Some(_) => problem,
                None => {
                    problem.hint("add a TaskRole document of that name, or give the ARN of a role")
                }
            },
        ));
    }
    problems.extend(volumes(scope, workload));
    problems.extend(mounts(workload));
    problems
}

fn volumes(scope: &Scope<'_>, workload: &WorkloadView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (name, volume) in &workload.value.task.volumes {
        let Volume::Efs(efs) = volume else { continue };
        let at =
            |field: &str| workload.written.value(&format!("/volumes/{}/efs/{field}", escape(name)));
        let file_systems = &scope.manifests.file_systems;
        problems.extend(named(
            scope.manifests,
            Kind::FileSystem,
            &efs.file_system,
            file_systems,
            &at("fileSystem"),
        ));
        if let (Some(point), Some(file_system)) =
            (&efs.access_point, file_systems.get(&efs.file_system))
        {
            let known = file_system.document.access_points.keys();
            let known = known.map(|name| {
                (name.as_str(), file_system.key(&format!("/accessPoints/{}", escape(name))))
            });
            problems.extend(unknown(
                "access point",
                point,
                &known.collect::<Vec<_>>(),
                &at("accessPoint"),
            ));
        }
    }
    problems
}

fn mounts(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let volumes = workload.value.task.volumes.keys();
    let known: Vec<_> = volumes
        .map(|name| (name.as_str(), workload.written.key(&format!("/volumes/{}", escape(name)))))
        .collect();
    let mut problems = vec![];
    for container in workload.containers() {
        for (index, mount) in container.container.mounts.iter().enumerate() {
            let place = container.value(&format!("/mounts/{index}/volume"));
            problems.extend(unknown("volume", &mount.volume, &known, &place).map(|problem| {
                match problem.hint {
                    Some(_) => problem,
                    None => problem.hint(format!(
                        "add `{}: {{}}` to the {}'s `volumes`",
                        mount.volume,
                        workload.noun()
                    )),
                }
            }));
        }
    }
    problems
}

fn listeners(scope: &Scope<'_>, service: &ServiceView<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for (index, target) in service.value.load_balancers.iter().enumerate() {
        let at = |field: &str| service.written.value(&format!("/loadBalancers/{index}/{field}"));
        let balancers = &scope.manifests.load_balancers;
        problems.extend(named(
            scope.manifests,
            Kind::LoadBalancer,
            &target.load_balancer,
            balancers,
            &at("loadBalancer"),
        ));
        let Some(written) = balancers.get(&target.load_balancer) else { continue };
        let made = scope.stack.load_balancers.get(&target.load_balancer);
        let names: Vec<&str> = match made {
            Some(made) => made.value.listeners.iter().map(|it| it.name.as_str()).collect(),
            None => written.document.listeners.iter().map(|it| it.name.as_str()).collect(),
        };
        let place = |index: usize| match written.document.listeners.get(index) {
            Some(_) => written.value(&format!("/listeners/{index}/name")),
            // The listener that is there when none is written.
            None => written.name_span(),
        };
        let known: Vec<_> =
            names.iter().enumerate().map(|(index, name)| (*name, place(index))).collect();
        if target.listener.is_empty() {
            problems.push(ambiguous("listener", &known, &at("loadBalancer")));
        } else {
            problems.extend(unknown("listener", &target.listener, &known, &at("listener")));
        }
    }
    problems
}

/// Where a reference is written, or the document's name when it is left out.
fn place(written: WrittenAt<'_>, pointer: &str, is_written: bool) -> Span {
    if is_written { written.value(pointer) } else { written.name_span() }
}

/// A reference that may be left out when there is only one thing that it could mean.
fn by_default<T: Headed>(
    manifests: &Manifests,
    (kind, implicit): (Kind, &str),
    written: Option<&String>,
    documents: &BTreeMap<String, Written<T>>,
    place: &Span,
) -> Option<Problem> {
    match written {
        Some(name) if documents.is_empty() && name == implicit => None,
        Some(name) => named(manifests, kind, name, documents, place),
        None if documents.len() > 1 => Some(ambiguous(kind.noun(), &places(documents), place)),
        None => None,
    }
}

fn named<T: Headed>(
    manifests: &Manifests,
    kind: Kind,
    name: &str,
    documents: &BTreeMap<String, Written<T>>,
    place: &Span,
) -> Option<Problem> {
    // The document is there; what is wrong with it is reported already.
    let is_broken = manifests.broken.contains(&(kind, name.to_owned()));
    unknown(kind.noun(), name, &places(documents), place).filter(|_| !is_broken)
}

fn places<T: Headed>(documents: &BTreeMap<String, Written<T>>) -> Vec<(&str, Span)> {
    documents
        .values()
        .map(|written| (written.document.header().name, written.name_span()))
        .collect()
}

/// A problem if the name is not among the known ones.
fn unknown(
    noun: &'static str,
    name: &str,
    known: &[(&str, Span)],
    place: &Span,
) -> Option<Problem> {
    if known.iter().any(|(candidate, _)| *candidate == name) {
        return None;
    }
    let problem = Problem::error("dangling-reference", format!("no {noun} `{name}`"))
        .at(place, format!("no {noun} has this name"));
    let names = || known.iter().map(|(candidate, _)| *candidate);
    let Some(similar) = closest(name, names()) else {
        let listed: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        return Some(if listed.is_empty() {
            problem
        } else {
            problem.hint(format!("there is {}", listed.join(", ")))
        });
    };
    let span = known.iter().find(|(candidate, _)| *candidate == similar).map(|(_, span)| span);
    let problem =
        span.into_iter().fold(problem, |problem, span| problem.at(span, "a similar name is here"));
    Some(problem.hint(format!("did you mean `{similar}`?")))
}

fn ambiguous(noun: &'static str, known: &[(&str, Span)], place: &Span) -> Problem {
    let names: Vec<_> = known.iter().map(|(name, _)| format!("`{name}`")).collect();
    Problem::error("ambiguous-reference", format!("there are several {noun}s to choose from"))
        .at(place, format!("this does not say which {noun}"))
        .hint(format!("choose one of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_is_referred_to_exists() {
        let service =
            |fields: &str| format!("{{ kind: Service, name: web, image: x, port: 80, {fields} }}");
        let with = |document: &str, fields: &str| format!("{document}\n---\n{}", service(fields));
        let (cluster, role) =
            ("{ kind: Cluster, name: blue }", "{ kind: TaskRole, name: web-role }");
        let (network, balancer) =
            ("{ kind: Network, name: private }", "{ kind: LoadBalancer, name: public }");
        let files = "{ kind: FileSystem, name: uploads, accessPoints: { web: { path: /web } } }";
        let volume = |file_system: &str, point: &str| {
            format!(
                "volumes: {{ u: {{ efs: {{ fileSystem: {file_system}, accessPoint: {point} }} }} }}"
            )
        };
        let target = |listener: &str| {
            format!("loadBalancers: [{{ loadBalancer: public, listener: {listener} }}]")
        };
        let cases = [
            (with(cluster, "cluster: bleu"), with(cluster, "cluster: blue")),
            (
                with(network, "network: { name: zebra }"),
                with(network, "network: { name: private }"),
            ),
            (with(role, "taskRole: web-rolle"), with(role, "taskRole: web-role")),
            (service("taskRole: web"), service("taskRole: 'arn:aws:iam::444455556666:role/web'")),
            (
                with(balancer, "loadBalancers: [{ loadBalancer: pubic }]"),
                with(balancer, "loadBalancers: [{ loadBalancer: public }]"),
            ),
            (with(balancer, &target("https")), with(balancer, &target("http"))),
            (with(files, &volume("upload", "web")), with(files, &volume("uploads", "web"))),
            (with(files, &volume("uploads", "wen")), with(files, &volume("uploads", "web"))),
            (
                service("mounts: [{ volume: tmp, path: /tmp }]"),
                service("mounts: [{ volume: tmp, path: /tmp }], volumes: { tmp: {} }"),
            ),
            (
                with("{ kind: Cluster, name: green }\n---\n{ kind: Cluster, name: blue }", ""),
                with(cluster, ""),
            ),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        dangling-reference: no cluster `bleu` [bleu: no cluster has this name] [blue: a similar name is here] -> did you mean `blue`?
        dangling-reference: no network `zebra` [zebra: no network has this name] -> there is `private`
        dangling-reference: no task role `web-rolle` [web-rolle: no task role has this name] [web-role: a similar name is here] -> did you mean `web-role`?
        dangling-reference: no task role `web` [web: no task role has this name] -> add a TaskRole document of that name, or give the ARN of a role
        dangling-reference: no load balancer `pubic` [pubic: no load balancer has this name] [public: a similar name is here] -> did you mean `public`?
        dangling-reference: no listener `https` [https: no listener has this name] [public: a similar name is here] -> did you mean `http`?
        dangling-reference: no file system `upload` [upload: no file system has this name] [uploads: a similar name is here] -> did you mean `uploads`?
        dangling-reference: no access point `wen` [wen: no access point has this name] [web: a similar name is here] -> did you mean `web`?
        dangling-reference: no volume `tmp` [tmp: no volume has this name] -> add `tmp: {}` to the service's `volumes`
        ambiguous-reference: there are several clusters to choose from [web: this does not say which cluster] -> choose one of `blue`, `green`
        "#);
    }
}
