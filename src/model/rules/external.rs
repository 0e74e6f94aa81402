//! What tasks on machines outside of AWS go without.

use super::table::{Entry, service};
use super::{Scope, ServiceView, WorkloadView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::manifests::WrittenAt;
use crate::model::resolved::service::{LaunchType, NetworkMode, Volume};

const GUIDE: &str = "Amazon ECS Developer Guide, external instances";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "external",
        rule: "no load balancer reaches tasks on external instances",
        source: GUIDE,
        wrong: concat!(
            "{ kind: LoadBalancer, name: public }\n---\n",
            service!(
                "memory: 512, launchType: EXTERNAL, loadBalancers: [{ loadBalancer: public }]"
            )
        ),
        right: service!("memory: 512, launchType: EXTERNAL"),
    },
    Entry {
        code: "external",
        rule: "tasks on external instances mount no EFS volumes",
        source: GUIDE,
        wrong: concat!(
            "{ kind: FileSystem, name: data }\n---\n",
            service!(
                "memory: 512, launchType: EXTERNAL, volumes: { data: { efs: { fileSystem: data } } }, mounts: [{ volume: data, path: /data }]"
            )
        ),
        right: service!(
            "memory: 512, launchType: EXTERNAL, volumes: { data: {} }, mounts: [{ volume: data, path: /data }]"
        ),
    },
    Entry {
        code: "external",
        rule: "tasks on external instances have no network interface of their own",
        source: GUIDE,
        wrong: service!("memory: 512, launchType: EXTERNAL, networkMode: awsvpc"),
        right: service!("memory: 512, launchType: EXTERNAL, networkMode: bridge"),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems =
        scope.each_workload(|workload| match workload.value.capacity.launch_type() {
            LaunchType::External => check_task(workload),
            LaunchType::Fargate | LaunchType::Ec2 => vec![],
        });
    problems.extend(scope.each_service(|service| load_balancers(service).into_iter().collect()));
    problems
}

fn barred(written: WrittenAt<'_>, what: &str, place: &Span, hint: &str) -> Problem {
    Problem::error("external", format!("tasks on external instances can't have {what}"))
        .at(place, "not with EXTERNAL")
        .at(&written.value("/launchType"), "the launch type")
        .hint(hint)
}

fn load_balancers(service: &ServiceView<'_>) -> Option<Problem> {
    let value = service.value;
    let is_external = value.capacity.launch_type() == LaunchType::External;
    let place = service.written.key("/loadBalancers");
    (is_external && !value.load_balancers.is_empty())
        .then(|| barred(service.written.at(), "load balancers", &place, "remove `loadBalancers`"))
}

fn check_task(workload: &WorkloadView<'_>) -> Vec<Problem> {
    let written = workload.written;
    let mut problems = vec![];
    let is_efs = |volume: &Volume| matches!(volume, Volume::Efs(_));
    let volumes = workload.value.task.volumes.iter().filter(|(_, volume)| is_efs(volume));
    problems.extend(volumes.map(|(name, _)| {
        let place = written.key(&format!("/volumes/{}/efs", super::escape(name)));
        barred(written, "EFS volumes", &place, "use a volume of the machine")
    }));
    if workload.value.task.network_mode == NetworkMode::Awsvpc {
        let place = written.value("/networkMode");
        problems.push(barred(
            written,
            "network interfaces",
            &place,
            "write `networkMode: bridge` or `host`",
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn external_instances_are_not_in_a_vpc() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        external: tasks on external instances can't have load balancers [loadBalancers: not with EXTERNAL] [EXTERNAL: the launch type] -> remove `loadBalancers`
        external: tasks on external instances can't have EFS volumes [efs: not with EXTERNAL] [EXTERNAL: the launch type] -> use a volume of the machine
        external: tasks on external instances can't have network interfaces [awsvpc: not with EXTERNAL] [EXTERNAL: the launch type] -> write `networkMode: bridge` or `host`
        ");
    }
}
