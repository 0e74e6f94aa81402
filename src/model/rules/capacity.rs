//! Launch types, capacity provider strategies and the settings of clusters.

use super::table::{Entry, service};
use super::{Scope, WorkloadView};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::cluster::{
    CapacityProvider, CapacityProviderStrategyItem, Cluster, ExecuteCommandLogging,
};
use crate::model::manifests::Written;
use crate::model::resolved::cluster::StrategyItem;
use crate::model::resolved::service::Capacity;

const STRATEGY: &str = "Amazon ECS API Reference, CapacityProviderStrategyItem";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "launch-type-and-capacity",
        rule: "a service has a `launchType` or `capacity`, not both",
        source: "Amazon ECS API Reference, CreateService",
        wrong: service!("launchType: FARGATE, capacity: [{ provider: FARGATE }]"),
        right: service!("capacity: [{ provider: FARGATE }]"),
    },
    Entry {
        code: "capacity-kinds",
        rule: "a strategy is of Fargate's capacity providers or of instances, not of both",
        source: STRATEGY,
        wrong: concat!(
            "{ kind: Cluster, name: main, instances: [{ name: general }] }\n---\n",
            service!("memory: 512, capacity: [{ provider: general }, { provider: FARGATE_SPOT }]")
        ),
        right: concat!(
            "{ kind: Cluster, name: main, instances: [{ name: general }, { name: more }] }\n---\n",
            service!("memory: 512, capacity: [{ provider: general }, { provider: more }]")
        ),
    },
    Entry {
        code: "capacity-provider",
        rule: "`capacity` names capacity providers that the cluster has",
        source: STRATEGY,
        wrong: concat!(
            "{ kind: Cluster, name: main, capacityProviders: [FARGATE] }\n---\n",
            service!("capacity: [{ provider: FARGATE_SPOT }]")
        ),
        right: concat!(
            "{ kind: Cluster, name: main, capacityProviders: [FARGATE, FARGATE_SPOT] }\n---\n",
            service!("capacity: [{ provider: FARGATE_SPOT }]")
        ),
    },
    Entry {
        code: "capacity-weights",
        rule: "at least one item of a strategy has a weight above 0",
        source: STRATEGY,
        wrong: service!("capacity: [{ provider: FARGATE, weight: 0 }]"),
        right: service!("capacity: [{ provider: FARGATE }]"),
    },
    Entry {
        code: "capacity-base",
        rule: "only one item of a strategy has a `base`",
        source: STRATEGY,
        wrong: service!(
            "capacity: [{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, base: 1, weight: 1 }]"
        ),
        right: service!(
            "capacity: [{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, weight: 1 }]"
        ),
    },
    Entry {
        code: "platform-version",
        rule: "`FARGATE_SPOT` needs platform version 1.3.0 or later",
        source: "Amazon ECS Developer Guide, Fargate capacity providers",
        wrong: service!("platformVersion: 1.2.0, capacity: [{ provider: FARGATE_SPOT }]"),
        right: service!("platformVersion: 1.3.0, capacity: [{ provider: FARGATE_SPOT }]"),
    },
    Entry {
        code: "capacity-duplicate",
        rule: "a capacity provider is in a strategy once",
        source: STRATEGY,
        wrong: service!("capacity: [{ provider: FARGATE }, { provider: FARGATE }]"),
        right: service!("capacity: [{ provider: FARGATE }, { provider: FARGATE_SPOT }]"),
    },
    Entry {
        code: "exec-logging",
        rule: "`logging: OVERRIDE` has a `logGroup` or an `s3Bucket`",
        source: "Amazon ECS API Reference, ExecuteCommandConfiguration",
        wrong: "{ kind: Cluster, name: main, executeCommand: { logging: OVERRIDE } }",
        right: "{ kind: Cluster, name: main, executeCommand: { logging: OVERRIDE, logGroup: exec } }",
    },
    Entry {
        code: "exec-logging",
        rule: "`logGroup` and `s3Bucket` are for `logging: OVERRIDE`",
        source: "Amazon ECS API Reference, ExecuteCommandConfiguration",
        wrong: "{ kind: Cluster, name: main, executeCommand: { logGroup: exec } }",
        right: "{ kind: Cluster, name: main, executeCommand: { logging: OVERRIDE, logGroup: exec } }",
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    let clusters = scope.manifests.clusters.values();
    let clusters = clusters.flat_map(|written| check_cluster(scope, written));
    clusters.chain(scope.each_workload(|workload| check_workload(scope, workload))).collect()
}

fn check_cluster(scope: &Scope<'_>, written: &Written<Cluster>) -> Vec<Problem> {
    let cluster = &written.document;
    let base = "/defaultCapacityProviderStrategy";
    let mut problems = vec![];
    if let Some(resource) = scope.stack.clusters.get(&cluster.name) {
        let at = |index: usize, field: &str| written.value(&format!("{base}/{index}/{field}"));
        problems.extend(strategy(
            &cluster.default_capacity_provider_strategy,
            &resource.value.default_strategy,
            at,
        ));
    }
    for (index, item) in cluster.default_capacity_provider_strategy.iter().enumerate() {
        let place = written.value(&format!("{base}/{index}/provider"));
        problems.extend(missing_provider(cluster, written, &item.provider, &place));
    }
    problems.extend(execute_command(written));
    problems
}

fn check_workload(scope: &Scope<'_>, workload: &WorkloadView<'_>) -> Vec<Problem> {
    let document = workload.document();
    let mut problems = vec![];
    if document.launch_type.is_some() && !document.capacity.is_empty() {
        problems.push(
            Problem::error(
                "launch-type-and-capacity",
                format!("a {} has a `launchType` or `capacity`, not both", workload.noun()),
            )
            .at(&workload.written.key("/launchType"), "one")
            .at(&workload.written.key("/capacity"), "the other")
            .hint("remove `launchType`"),
        );
    }
    let Capacity::Strategy(resolved) = &workload.value.capacity else { return problems };
    let at =
        |index: usize, field: &str| workload.written.value(&format!("/capacity/{index}/{field}"));
    problems.extend(strategy(document.capacity, resolved, at));
    problems.extend(spot_version(workload, resolved));
    let Some(cluster) = scope.manifests.clusters.get(workload.value.cluster) else {
        return problems;
    };
    for (index, item) in document.capacity.iter().enumerate() {
        problems.extend(missing_provider(
            &cluster.document,
            cluster,
            &item.provider,
            &at(index, "provider"),
        ));
    }
    problems
}

/// The rules of AWS for a strategy: one base, some weight, each provider once.
fn strategy(
    items: &[CapacityProviderStrategyItem],
    resolved: &[StrategyItem],
    at: impl Fn(usize, &str) -> Span,
) -> Vec<Problem> {
    let mut problems = vec![];
    if !items.is_empty() && resolved.iter().all(|item| item.weight == 0) {
        problems.push(
            Problem::error("capacity-weights", "no capacity provider of the strategy has a weight")
                .at(&at(0, "weight"), "at least one must be above 0"),
        );
    }
    let mut bases = items.iter().enumerate().filter(|(_, item)| item.base > 0);
    if let (Some((first, _)), Some((second, _))) = (bases.next(), bases.next()) {
        problems.push(
            Problem::error("capacity-base", "only one capacity provider may have a `base`")
                .at(&at(second, "base"), "a second one")
                .at(&at(first, "base"), "the first one"),
        );
    }
    problems.extend(kinds(items, &at));
    for (index, item) in items.iter().enumerate() {
        if let Some(first) =
            items[..index].iter().position(|earlier| earlier.provider == item.provider)
        {
            problems.push(
                Problem::error(
                    "capacity-duplicate",
                    format!("{} is twice in the strategy", item.provider.word()),
                )
                .at(&at(index, "provider"), "again")
                .at(&at(first, "provider"), "first here"),
            );
        }
    }
    problems
}

/// Fargate's providers, or those of instances: AWS takes no mixture.
fn kinds(
    items: &[CapacityProviderStrategyItem],
    at: &impl Fn(usize, &str) -> Span,
) -> Option<Problem> {
    let is_of_instances = |item: &CapacityProviderStrategyItem| match item.provider {
        CapacityProvider::Fargate | CapacityProvider::FargateSpot => false,
        CapacityProvider::Instances(_) => true,
    };
    let of_instances = items.iter().position(is_of_instances)?;
    let of_fargate = items.iter().position(|item| !is_of_instances(item))?;
    let problem =
        Problem::error("capacity-kinds", "a strategy can't have both Fargate and instances")
            .at(&at(of_fargate, "provider"), "Fargate")
            .at(&at(of_instances, "provider"), "instances");
    Some(problem.hint("choose one of the two"))
}

fn spot_version(workload: &WorkloadView<'_>, items: &[StrategyItem]) -> Option<Problem> {
    let version = workload.document().platform_version.as_deref()?;
    let is_spot = |item: &StrategyItem| item.provider == CapacityProvider::FargateSpot;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    let is_old = !parts.is_empty() && parts < vec![1, 3, 0];
    let message = format!("platform version {version} does not run on FARGATE_SPOT");
    (is_old && items.iter().any(is_spot)).then(|| {
        Problem::error("platform-version", message)
            .at(&workload.written.value("/platformVersion"), "expected 1.3.0 or later")
    })
}

fn missing_provider(
    cluster: &Cluster,
    written: &Written<Cluster>,
    provider: &CapacityProvider,
    place: &Span,
) -> Option<Problem> {
    let is_there = cluster.capacity_providers.contains(provider)
        || cluster.instances.iter().any(|instances| instances.name == provider.word());
    let problem = || {
        Problem::error(
            "capacity-provider",
            format!("cluster `{}` does not have {}", cluster.name, provider.word()),
        )
        .at(place, "asked for here")
        .at(&written.key("/capacityProviders"), "not in this list")
        .hint(format!("add {} to the cluster's `capacityProviders`", provider.word()))
    };
    (!is_there).then(problem)
}

/// `OVERRIDE` needs a place to log to, and a place to log to needs `OVERRIDE`.
fn execute_command(written: &Written<Cluster>) -> Option<Problem> {
    let exec = written.document.execute_command.as_ref()?;
    let field = match (&exec.log_group, &exec.s3_bucket) {
        (Some(_), _) => Some("logGroup"),
        (None, Some(_)) => Some("s3Bucket"),
        (None, None) => None,
    };
    let logging = written.value("/executeCommand/logging");
    match (exec.logging, field) {
        (ExecuteCommandLogging::Override, None) => Some(
            Problem::error(
                "exec-logging",
                "`logging: OVERRIDE` needs a `logGroup` or an `s3Bucket`",
            )
            .at(&logging, "to where?"),
        ),
        (ExecuteCommandLogging::Default | ExecuteCommandLogging::None, Some(field)) => Some(
            Problem::error("exec-logging", format!("`{field}` needs `logging: OVERRIDE`"))
                .at(&written.key(&format!("/executeCommand/{field}")), "nothing is logged here"),
        ),
        (ExecuteCommandLogging::Override, Some(_))
        | (ExecuteCommandLogging::Default | ExecuteCommandLogging::None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{report, report_service};

    #[test]
    fn capacity_is_as_aws_takes_it() {
        insta::assert_snapshot!(report_service(&[
            ("launchType: FARGATE, capacity: [{ provider: FARGATE }]", "launchType: FARGATE"),
            ("capacity: [{ provider: FARGATE, weight: 0 }]", "capacity: [{ provider: FARGATE }]"),
            ("capacity: [{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, base: 1, weight: 1 }]", "capacity: [{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, weight: 1 }]"),
            ("capacity: [{ provider: FARGATE }, { provider: FARGATE }]", "capacity: [{ provider: FARGATE }, { provider: FARGATE_SPOT }]"),
        ]), @r#"
        launch-type-and-capacity: a service has a `launchType` or `capacity`, not both [launchType: one] [capacity: the other] -> remove `launchType`
        capacity-weights: no capacity provider of the strategy has a weight [0: at least one must be above 0]
        capacity-base: only one capacity provider may have a `base` [1: a second one] [1: the first one]
        capacity-duplicate: FARGATE is twice in the strategy [FARGATE: again] [FARGATE: first here]
        "#);
    }

    #[test]
    fn clusters_have_the_providers_that_are_asked_for() {
        let service =
            "---\n{ kind: Service, name: web, image: x, capacity: [{ provider: FARGATE_SPOT }] }";
        let cluster =
            |fields: &str| format!("{{ kind: Cluster, name: main, {fields} }}\n{service}");
        let both = cluster("capacityProviders: [FARGATE, FARGATE_SPOT]");
        let one = cluster("capacityProviders: [FARGATE]");
        let override_only = cluster("executeCommand: { logging: OVERRIDE }");
        let overridden = cluster("executeCommand: { logging: OVERRIDE, logGroup: exec }");
        let group_only = cluster("executeCommand: { logGroup: exec }");
        insta::assert_snapshot!(report(&[(&one, &both), (&override_only, &overridden), (&group_only, &overridden)]), @r#"
        capacity-provider: cluster `main` does not have FARGATE_SPOT [FARGATE_SPOT: asked for here] [capacityProviders: not in this list] -> add FARGATE_SPOT to the cluster's `capacityProviders`
        exec-logging: `logging: OVERRIDE` needs a `logGroup` or an `s3Bucket` [OVERRIDE: to where?]
        exec-logging: `logGroup` needs `logging: OVERRIDE` [logGroup: nothing is logged here]
        "#);
    }
}
