//! Capacity providers of EC2 instances: their settings, their names, and strategies that name them.

use super::Scope;
use super::instances::{View, each};
use super::table::{Entry, instances};
use crate::manifest::node::{Data, Span};
use crate::manifest::problem::Problem;
use crate::model::documents::cluster::{CapacityProvider, Cluster};
use crate::model::documents::instances::CapacityProviderChoice;
use crate::model::manifests::Written;
use crate::model::names::CAPACITY_PROVIDER;
use crate::model::resolved::service::Capacity;

const ECS: &str = "Amazon ECS API Reference";
const ECS_GUIDE: &str = "Amazon ECS Developer Guide";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "instances-existing-group",
        rule: "of an Auto Scaling group that is there already, only the capacity provider is ours",
        source: "",
        wrong: instances!("autoScalingGroup: theirs, min: 2"),
        right: instances!("autoScalingGroup: theirs, capacityProvider: { targetCapacity: 80 }"),
    },
    Entry {
        code: "instances-existing-group",
        rule: "an Auto Scaling group that is there already has a capacity provider, or no entry",
        source: "",
        wrong: instances!("autoScalingGroup: theirs, capacityProvider: DISABLED"),
        right: instances!("autoScalingGroup: theirs"),
    },
    Entry {
        code: "termination-protection",
        rule: "`managedTerminationProtection` needs `managedScaling`",
        source: ECS,
        wrong: instances!(
            "capacityProvider: { managedScaling: false, managedTerminationProtection: true }"
        ),
        right: instances!("capacityProvider: { managedScaling: false }"),
    },
    Entry {
        code: "scaling-steps",
        rule: "`minimumScalingStepSize` is not above `maximumScalingStepSize`",
        source: ECS,
        wrong: instances!(
            "capacityProvider: { minimumScalingStepSize: 3, maximumScalingStepSize: 2 }"
        ),
        right: instances!(
            "capacityProvider: { minimumScalingStepSize: 2, maximumScalingStepSize: 2 }"
        ),
    },
    Entry {
        code: "cpu-target",
        rule: "instances scale by `cpuTarget` or with the tasks, not both",
        source: ECS_GUIDE,
        wrong: instances!("cpuTarget: 60"),
        right: instances!("cpuTarget: 60, capacityProvider: DISABLED"),
    },
    Entry {
        code: "provider-name",
        rule: "names of capacity providers do not begin with `aws`, `ecs` or `fargate`",
        source: ECS,
        wrong: "{ kind: Cluster, name: main, capacityProviders: [ecs-general] }",
        right: "{ kind: Cluster, name: main, capacityProviders: [general-ecs] }",
    },
    Entry {
        code: "provider-name",
        rule: "instances are not named as AWS's own capacity providers are",
        source: ECS,
        wrong: "{ kind: Cluster, name: main, instances: [{ name: FARGATE_SPOT }] }",
        right: "{ kind: Cluster, name: main, instances: [{ name: SPOT }] }",
    },
    Entry {
        code: "instances-without-provider",
        rule: "what a capacity provider strategy names has a capacity provider",
        source: ECS,
        wrong: concat!(
            instances!("capacityProvider: DISABLED"),
            "\n---\n{ kind: Service, name: web, image: nginx, memory: 512, capacity: [{ provider: general }] }"
        ),
        right: concat!(
            instances!("capacityProvider: DISABLED"),
            "\n---\n{ kind: Service, name: web, image: nginx, launchType: EC2, memory: 512 }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let mut problems = vec![];
    for view in each(scope) {
        problems.extend(provider(&view));
        if view.managed.is_none() {
            problems.extend(existing_group(&view));
        }
    }
    for written in scope.manifests.clusters.values() {
        problems.extend(names(written));
        let items = written.document.default_capacity_provider_strategy.iter();
        let pointer = "/defaultCapacityProviderStrategy";
        let items = items.map(|item| &item.provider).enumerate();
        problems.extend(items.filter_map(|(index, provider)| {
            let place = || written.value(&format!("{pointer}/{index}/provider"));
            without_provider(written, provider, place)
        }));
    }
    problems.extend(scope.each_workload(|workload| {
        let Capacity::Strategy(_) = &workload.value.capacity else { return vec![] };
        let cluster = scope.manifests.clusters.get(workload.value.cluster);
        let items = workload.document().capacity.iter().map(|item| &item.provider).enumerate();
        let problems = items.filter_map(|(index, provider)| {
            let place = || workload.written.value(&format!("/capacity/{index}/provider"));
            without_provider(cluster?, provider, place)
        });
        problems.collect()
    }));
    problems
}

fn provider(view: &View<'_>) -> Vec<Problem> {
    let at = |field: &str| view.value(&format!("/capacityProvider/{field}"));
    let mut problems = vec![];
    let CapacityProviderChoice::Settings(settings) = &view.document.capacity_provider else {
        return problems;
    };
    if settings.managed_termination_protection == Some(true) && !settings.managed_scaling {
        let message = "`managedTerminationProtection` needs `managedScaling`";
        problems.push(
            Problem::error("termination-protection", message)
                .at(&at("managedTerminationProtection"), "needs it")
                .at(&at("managedScaling"), "off"),
        );
    }
    let (least, most) = (settings.minimum_scaling_step_size, settings.maximum_scaling_step_size);
    if least > most {
        let message =
            format!("the fewest instances to add ({least}) are more than the most ({most})");
        problems.push(
            Problem::error("scaling-steps", message)
                .at(&at("minimumScalingStepSize"), "above")
                .at(&at("maximumScalingStepSize"), "the most"),
        );
    }
    if view.document.cpu_target.is_some() {
        problems.push(
            Problem::error("cpu-target", "a capacity provider scales these instances already")
                .at(&view.value("/cpuTarget"), "a second way to scale")
                .hint("remove `cpuTarget`, or write `capacityProvider: DISABLED`"),
        );
    }
    problems
}

fn existing_group(view: &View<'_>) -> Vec<Problem> {
    let entry = view.written.node.route(&view.base.as_str().into());
    let fields = match entry.map(|entry| &entry.data) {
        Some(Data::Map(fields)) => &fields[..],
        Some(Data::Scalar(_) | Data::List(_)) | None => &[],
    };
    let ours = ["name", "autoScalingGroup", "capacityProvider"];
    let stray = fields.iter().filter(|(key, _)| !ours.contains(&key.name.as_str()));
    let mut problems: Vec<_> = stray
        .map(|(key, _)| {
            let message = format!("`{}` is for a group that ecsctl makes", key.name);
            Problem::error("instances-existing-group", message)
                .at(&key.span, "has no effect")
                .at(&view.key("/autoScalingGroup"), "this one is there already")
        })
        .collect();
    if view.document.capacity_provider == CapacityProviderChoice::Disabled {
        problems.push(
            Problem::error("instances-existing-group", "there is nothing to make for this group")
                .at(&view.value("/capacityProvider"), "no capacity provider")
                .at(&view.key("/autoScalingGroup"), "there already")
                .hint("remove this entry: services use the instances by `launchType: EC2`"),
        );
    }
    problems
}

fn names(written: &Written<Cluster>) -> Vec<Problem> {
    let problem = |name: &str, place: &Span, expected: String| {
        Problem::error("provider-name", format!("no capacity provider can be named `{name}`"))
            .at(place, expected)
    };
    let existing = written.document.capacity_providers.iter().enumerate();
    let existing = existing.filter_map(|(index, provider)| match provider {
        CapacityProvider::Instances(name) if !CAPACITY_PROVIDER.accepts(name) => {
            let place = written.value(&format!("/capacityProviders/{index}"));
            Some(problem(name, &place, format!("expected {}", CAPACITY_PROVIDER.describe())))
        }
        CapacityProvider::Instances(_)
        | CapacityProvider::Fargate
        | CapacityProvider::FargateSpot => None,
    });
    let own = written.document.instances.iter().enumerate();
    let own = own.filter(|(_, instances)| is_fargate(&instances.name)).map(|(index, instances)| {
        let place = written.value(&format!("/instances/{index}/name"));
        problem(&instances.name, &place, "this is one of AWS's own".to_owned())
    });
    existing.chain(own).collect()
}

fn is_fargate(name: &str) -> bool {
    [CapacityProvider::Fargate, CapacityProvider::FargateSpot].iter().any(|it| it.word() == name)
}

fn without_provider(
    cluster: &Written<Cluster>,
    provider: &CapacityProvider,
    place: impl Fn() -> Span,
) -> Option<Problem> {
    let named = cluster.document.instances.iter().enumerate();
    let (index, instances) = named.into_iter().find(|(_, it)| it.name == provider.word())?;
    let is_disabled = instances.capacity_provider == CapacityProviderChoice::Disabled;
    let problem = || {
        let message = format!("instances `{}` have no capacity provider", instances.name);
        Problem::error("instances-without-provider", message)
            .at(&place(), "asked for here")
            .at(&cluster.value(&format!("/instances/{index}/capacityProvider")), "none")
            .hint("write `launchType: EC2`, or give the instances a capacity provider")
    };
    is_disabled.then(problem)
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn capacity_providers_of_instances_can_do_what_they_should() {
        let cluster = |fields: &str| format!("{{ kind: Cluster, name: main, {fields} }}");
        let instances = |fields: &str| cluster(&format!("instances: [{{ name: a, {fields} }}]"));
        let disabled = "instances: [{ name: a, capacityProvider: DISABLED }]";
        let service = |fields: &str| {
            format!(
                "{}\n---\n{{ kind: Service, name: web, image: x, {fields} }}",
                cluster(disabled)
            )
        };
        let cases = [
            (
                instances("autoScalingGroup: g, image: bottlerocket, spot: {}"),
                instances("autoScalingGroup: g"),
            ),
            (
                instances("autoScalingGroup: g, capacityProvider: DISABLED"),
                instances("autoScalingGroup: g"),
            ),
            (
                instances(
                    "capacityProvider: { managedScaling: false, managedTerminationProtection: true }",
                ),
                instances("capacityProvider: { managedScaling: false }"),
            ),
            (
                instances(
                    "capacityProvider: { minimumScalingStepSize: 9, maximumScalingStepSize: 8 }",
                ),
                instances("capacityProvider: { minimumScalingStepSize: 9 }"),
            ),
            (instances("cpuTarget: 50"), instances("cpuTarget: 50, capacityProvider: DISABLED")),
            (cluster("capacityProviders: [AWS-mine]"), cluster("capacityProviders: [my-AWS]")),
            (cluster("instances: [{ name: FARGATE }]"), cluster("instances: [{ name: FARGATES }]")),
            (service("capacity: [{ provider: a }]"), service("launchType: EC2, memory: 512")),
            (
                cluster(&format!(
                    "{disabled}, defaultCapacityProviderStrategy: [{{ provider: a }}]"
                )),
                cluster(disabled),
            ),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        instances-existing-group: `image` is for a group that ecsctl makes [image: has no effect] [autoScalingGroup: this one is there already]
        instances-existing-group: `spot` is for a group that ecsctl makes [spot: has no effect] [autoScalingGroup: this one is there already]
        instances-existing-group: there is nothing to make for this group [DISABLED: no capacity provider] [autoScalingGroup: there already] -> remove this entry: services use the instances by `launchType: EC2`
        termination-protection: `managedTerminationProtection` needs `managedScaling` [true: needs it] [false: off]
        scaling-steps: the fewest instances to add (9) are more than the most (8) [9: above] [8: the most]
        cpu-target: a capacity provider scales these instances already [50: a second way to scale] -> remove `cpuTarget`, or write `capacityProvider: DISABLED`
        provider-name: no capacity provider can be named `AWS-mine` [AWS-mine: expected at most 255 letters, digits, `-` `_`, not beginning with `aws`, `ecs`, `fargate`]
        provider-name: no capacity provider can be named `FARGATE` [FARGATE: this is one of AWS's own]
        memory: nothing says how much memory container `web` takes [web: neither `memory` nor `memoryReservation`] -> add `memory` to the container or to the service: instances have no default
        instances-without-provider: instances `a` have no capacity provider [a: asked for here] [DISABLED: none] -> write `launchType: EC2`, or give the instances a capacity provider
        instances-without-provider: instances `a` have no capacity provider [a: asked for here] [DISABLED: none] -> write `launchType: EC2`, or give the instances a capacity provider
        ");
    }
}
