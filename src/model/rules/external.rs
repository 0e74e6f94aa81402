//! What tasks on machines outside of AWS go without.

use super::table::{Entry, service};
use super::{Scope, ServiceView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
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
    scope.each_service(|service| match service.value.capacity.launch_type() {
        LaunchType::External => check_service(service),
        LaunchType::Fargate | LaunchType::Ec2 => vec![],
    })
}

fn check_service(service: &ServiceView<'_>) -> Vec<Problem> {
    let written = service.written;
    let barred = |what: &str, place: &Span, hint: &str| {
        Problem::error("external", format!("tasks on external instances can't have {what}"))
            .at(place, "not with EXTERNAL")
            .at(&written.value("/launchType"), "the launch type")
            .hint(hint)
    };
    let mut problems = vec![];
    if !service.value.load_balancers.is_empty() {
        let place = written.key("/loadBalancers");
        problems.push(barred("load balancers", &place, "remove `loadBalancers`"));
    }
    let is_efs = |volume: &Volume| matches!(volume, Volume::Efs(_));
    let volumes = service.value.task.volumes.iter().filter(|(_, volume)| is_efs(volume));
    problems.extend(volumes.map(|(name, _)| {
        let place = written.key(&format!("/volumes/{}/efs", super::escape(name)));
        barred("EFS volumes", &place, "use a volume of the machine")
    }));
    if service.value.task.network_mode == NetworkMode::Awsvpc {
        let place = written.value("/networkMode");
        problems.push(barred(
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
