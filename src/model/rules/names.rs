//! Names in AWS: those that are written are names that AWS takes, and no two things have the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use super::table::Entry;
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::manifests::{Headed, Written};
use crate::model::names::{self, Limit};
use crate::model::resolved::file_system::FileSystemSource;
use crate::model::resolved::instances::{Group, Profile};
use crate::model::resolved::service::ExecutionRole;
use crate::model::resolved::task_role::TaskRole;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "aws-name",
        rule: "`awsName` is a name that AWS takes: a load balancer's has at most 32 letters, digits and hyphens, none at its ends, and does not begin with `internal-`",
        source: "Elastic Load Balancing API Reference, CreateLoadBalancer",
        wrong: "{ kind: LoadBalancer, name: public, awsName: internal-x }",
        right: "{ kind: LoadBalancer, name: public, awsName: x-internal }",
    },
    Entry {
        code: "name-clash",
        rule: "No two things of one sort have the same name in AWS, whatever their case",
        source: "",
        wrong: "{ kind: TaskRole, name: web }\n---\n{ kind: TaskRole, name: Web }",
        right: "{ kind: TaskRole, name: web }\n---\n{ kind: TaskRole, name: worker }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let manifests = scope.manifests;
    let mut problems = aws_names(&manifests.clusters, names::ECS);
    problems.extend(aws_names(&manifests.load_balancers, names::LOAD_BALANCER));
    problems.extend(aws_names(&manifests.task_roles, names::ROLE));
    problems.extend(aws_names(&manifests.services, names::ECS));
    problems.extend(aws_names(&manifests.jobs, names::ECS));
    problems.extend(clashes(scope));
    problems
}

/// A name in AWS, in the space where it must be unique, and the document that it comes from.
struct Named<'a> {
    space: String,
    name: String,
    what: String,
    document: &'a str,
    place: Span,
}

/// Two documents that would be the same thing in AWS would take it from each other with each apply.
fn clashes(scope: &Scope<'_>) -> Vec<Problem> {
    let mut first: BTreeMap<(String, String), Named<'_>> = BTreeMap::new();
    let mut problems = vec![];
    for named in names_in_aws(scope) {
        let key = (named.space.clone(), named.name.to_ascii_lowercase());
        let Some(earlier) = first.get(&key) else {
            first.insert(key, named);
            continue;
        };
        let message = format!("two {} would be named `{}` in AWS", named.space, named.name);
        problems.push(
            Problem::error("name-clash", message)
                .at(&named.place, format!("{} of `{}`", named.what, named.document))
                .at(&earlier.place, format!("{} of `{}`", earlier.what, earlier.document))
                .hint("rename one of the documents, or change its `awsName`"),
        );
    }
    problems
}

fn names_in_aws<'a>(scope: &Scope<'a>) -> Vec<Named<'a>> {
    let (manifests, stack) = (scope.manifests, scope.stack);
    let mut all = vec![];
    let mut add = |space: &str, name: &str, what: &str, document, place| {
        let (space, name, what) = (space.to_owned(), name.to_owned(), what.to_owned());
        all.push(Named { space, name, what, document, place });
    };
    for (name, written) in &manifests.clusters {
        if let Some(cluster) = stack.clusters.get(name) {
            add("clusters", &cluster.physical_name, "the cluster", name, written.name_span());
            for (index, instances) in cluster.value.instances.iter().enumerate() {
                let earlier = &cluster.value.instances[..index];
                if earlier.iter().any(|earlier| earlier.name == instances.name) {
                    // Two of one name are a mistake of their own.
                    continue;
                }
                let place = || written.value(&format!("/instances/{index}/name"));
                if let Some((provider, _)) = &instances.capacity_provider {
                    add("capacity providers", provider, "instances", name, place());
                }
                let Group::Managed(managed) = &instances.group else { continue };
                let group = &managed.security_group_name;
                add("security groups", group, "the group of instances", name, place());
                if let Profile::Managed { name: role, .. } = &managed.profile {
                    add("roles", role, "the role of instances", name, place());
                }
            }
        }
    }
    for (name, written) in &manifests.load_balancers {
        if let Some(balancer) = stack.load_balancers.get(name) {
            let (place, group) = (written.name_span(), &balancer.value.security_group_name);
            add("load balancers", &balancer.physical_name, "the load balancer", name, place);
            add("security groups", group, "the group", name, written.name_span());
        }
    }
    for (name, balancer) in &stack.classic_load_balancers {
        let place = || manifests.load_balancers[name].name_span();
        let group = &balancer.value.security_group_name;
        // Their names and those of the other types do not meet in AWS.
        add("classic load balancers", &balancer.physical_name, "the load balancer", name, place());
        add("security groups", group, "the group", name, place());
    }
    for (name, written) in &manifests.file_systems {
        let source = stack.file_systems.get(name).map(|file_system| &file_system.value.source);
        if let Some(FileSystemSource::Managed(managed)) = source {
            let group = &managed.security_group_name;
            add("security groups", group, "the group", name, written.name_span());
        }
    }
    for (name, written) in &manifests.task_roles {
        if let Some(role) = stack.task_roles.get(name)
            && let TaskRole::Managed(_) = role.value
        {
            add("roles", &role.physical_name, "the role", name, written.name_span());
        }
    }
    for (name, written) in &manifests.services {
        let Some(service) = stack.services.get(name) else { continue };
        let cluster = stack.clusters.get(&service.value.cluster);
        let cluster = cluster.map_or(&service.value.cluster, |cluster| &cluster.physical_name);
        let services = format!("services of cluster `{cluster}`");
        add(&services, &service.physical_name, "the service", name, written.name_span());
        if let Some(scaling) = &service.value.scaling {
            let tracking = scaling.target_tracking.iter().map(|policy| &policy.policy_name);
            let policies =
                tracking.chain(scaling.step_scaling.iter().map(|step| &step.policy_name));
            // Policies of one service are the subject of another rule.
            for policy in policies.collect::<BTreeSet<_>>() {
                add("scaling policies", policy, "a policy", name, written.name_span());
            }
            let actions = scaling.scheduled.iter().map(|action| &action.action_name);
            for action in actions.collect::<BTreeSet<_>>() {
                add("scheduled actions", action, "an action", name, written.name_span());
            }
        }
    }
    // A job that has the name of a service is a mistake of its own.
    let is_known = |name: &str| manifests.services.contains_key(name);
    let jobs = scope.jobs().filter(|job| !is_known(job.name));
    let workloads = scope.services().map(|service| service.workload()).chain(jobs);
    for workload in workloads {
        let (name, place) = (workload.name, || workload.written.name_span());
        let family = &workload.value.task.family;
        add("task definitions", family, "the task definition", name, place());
        if let Some(interface) = &workload.value.network.interface {
            let group = &interface.security_group_name;
            add("security groups", group, "the group", name, place());
        }
        if let ExecutionRole::Managed { name: role, .. } = &workload.value.task.execution_role {
            add("roles", role, "the execution role", name, place());
        }
    }
    all
}

fn aws_names<T: Headed>(documents: &BTreeMap<String, Written<T>>, limit: Limit) -> Vec<Problem> {
    let refused = documents.values().filter_map(|written| {
        let name = written.document.header().aws_name.filter(|name| !limit.accepts(name))?;
        let problem =
            Problem::error("aws-name", format!("AWS does not take `{name}` as this name"));
        Some(problem.at(&written.value("/awsName"), format!("expected {}", limit.describe())))
    });
    refused.collect()
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn names_of_ones_own_are_names_that_aws_takes() {
        let balancer =
            |name: &str| format!("{{ kind: LoadBalancer, name: public, awsName: {name} }}");
        let cases = [
            ("internal-x", "x-internal"),
            ("a_b", "a-b"),
            ("-a", "a"),
            ("a23456789012345678901234567890123", "a2345678901234567890123456789012"),
        ];
        let cases = cases.map(|(wrong, right)| (balancer(wrong), balancer(right)));
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @r#"
        aws-name: AWS does not take `internal-x` as this name [internal-x: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `a_b` as this name [a_b: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `-a` as this name [-a: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        aws-name: AWS does not take `a23456789012345678901234567890123` as this name [a23456789012345678901234567890123: expected at most 32 letters, digits, `-`, not beginning with `internal-`]
        "#);
    }

    #[test]
    fn no_two_things_have_one_name_in_aws() {
        let service = |name: &str, cluster: &str, more: &str| {
            format!("{{ kind: Service, name: {name}, image: x, cluster: {cluster}{more} }}")
        };
        let role = |name: &str| format!("{{ kind: TaskRole, name: {name} }}");
        let instances = "{ kind: Cluster, name: main, instances: [{ name: general }] }";
        let cases = [
            (
                [service("a", "main", ", awsName: same"), service("b", "main", ", awsName: Same")],
                [service("a", "main", ", awsName: same"), service("b", "other", ", awsName: same")],
            ),
            ([instances.to_owned(), role("main-general")], [instances.to_owned(), role("general")]),
            (
                [service("web", "main", ""), role("web-execution")],
                [service("web", "main", ""), role("web-executive")],
            ),
            ([role("web"), role("Web")], [role("web"), role("worker")]),
        ];
        let clusters = "{ kind: Cluster, name: main }\n---\n{ kind: Cluster, name: other }";
        let stack = |documents: [String; 2]| {
            let clusters =
                if documents[0] == instances { "{ kind: App, name: shop }" } else { clusters };
            format!("{clusters}\n---\n{}", documents.join("\n---\n"))
        };
        let cases = cases.map(|(wrong, right)| (stack(wrong), stack(right)));
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        name-clash: two services of cluster `shop-default-main` would be named `Same` in AWS [b: the service of `b`] [a: the service of `a`] -> rename one of the documents, or change its `awsName`
        name-clash: two roles would be named `shop-default-main-general` in AWS [main-general: the role of `main-general`] [general: the role of instances of `main`] -> rename one of the documents, or change its `awsName`
        name-clash: two roles would be named `shop-default-web-execution` in AWS [web: the execution role of `web`] [web-execution: the role of `web-execution`] -> rename one of the documents, or change its `awsName`
        name-clash: two roles would be named `shop-default-web` in AWS [web: the role of `web`] [Web: the role of `Web`] -> rename one of the documents, or change its `awsName`
        ");
    }
}
