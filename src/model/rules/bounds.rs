//! Bounds that the schema knows. Documents are checked against them when they are read.

use super::table::{Entry, balanced, instances, ruled, service, task};

const STRATEGY: &str = "Amazon ECS API Reference, CapacityProviderStrategyItem";
const MANAGED_SCALING: &str = "Amazon ECS API Reference, ManagedScaling";
const CREATE_SERVICE: &str = "Amazon ECS API Reference, CreateService";
const DEPLOYMENT: &str = "Amazon ECS API Reference, DeploymentConfiguration";
const TARGET_GROUP: &str = "Elastic Load Balancing API Reference, CreateTargetGroup";
const RULE: &str = "Elastic Load Balancing API Reference, CreateRule";

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "out-of-range",
        rule: "the `weight` of a capacity provider is 0 to 1000",
        source: STRATEGY,
        wrong: service!("capacity: [{ provider: FARGATE, weight: 1001 }]"),
        right: service!("capacity: [{ provider: FARGATE, weight: 1000 }]"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `base` of a capacity provider is 0 to 100000",
        source: STRATEGY,
        wrong: service!("capacity: [{ provider: FARGATE, base: 100001 }]"),
        right: service!("capacity: [{ provider: FARGATE, base: 100000 }]"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `targetCapacity` of a capacity provider is 1 to 100 percent",
        source: MANAGED_SCALING,
        wrong: instances!("capacityProvider: { targetCapacity: 101 }"),
        right: instances!("capacityProvider: { targetCapacity: 100 }"),
    },
    Entry {
        code: "out-of-range",
        rule: "a capacity provider adds 1 to 10000 instances at once",
        source: MANAGED_SCALING,
        wrong: instances!("capacityProvider: { maximumScalingStepSize: 10001 }"),
        right: instances!("capacityProvider: { maximumScalingStepSize: 10000 }"),
    },
    Entry {
        code: "out-of-range",
        rule: "a service has at most 5 placement strategies",
        source: CREATE_SERVICE,
        wrong: service!(
            "launchType: EC2, memory: 512, placementStrategy: [{ type: random }, { type: random }, { type: random }, { type: random }, { type: random }, { type: random }]"
        ),
        right: service!("launchType: EC2, memory: 512, placementStrategy: [{ type: random }]"),
    },
    Entry {
        code: "out-of-range",
        rule: "a service has at most 10 placement constraints",
        source: CREATE_SERVICE,
        wrong: service!(
            "launchType: EC2, memory: 512, placementConstraints: [{ type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }, { type: distinctInstance }]"
        ),
        right: service!(
            "launchType: EC2, memory: 512, placementConstraints: [{ type: distinctInstance }]"
        ),
    },
    Entry {
        code: "invalid-value",
        rule: "the ports of a range are 1 to 65535, the first not above the last",
        source: "Amazon ECS API Reference, PortMapping",
        wrong: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, portRanges: [8010-8000] }]"
        ),
        right: task!(
            "launchType: EC2, containers: [{ name: a, image: x, memory: 64, portRanges: [8000-8010] }]"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "a target is healthy after 2 to 10 successes in a row, and unhealthy after as many failures",
        source: TARGET_GROUP,
        wrong: balanced!("healthCheck: { healthyThreshold: 1 }"),
        right: balanced!("healthCheck: { healthyThreshold: 2 }"),
    },
    Entry {
        code: "out-of-range",
        rule: "the priority of a listener rule is 1 to 50000",
        source: RULE,
        wrong: balanced!("hosts: [a], priority: 50001"),
        right: balanced!("hosts: [a], priority: 50000"),
    },
    Entry {
        code: "out-of-range",
        rule: "the weight of a service that a rule forwards to is 0 to 999",
        source: RULE,
        wrong: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web, weight: 1000 }] }",
            ", rule: a"
        ),
        right: ruled!(
            "{ name: a, hosts: [a], forward: [{ service: web, weight: 999 }] }",
            ", rule: a"
        ),
    },
    Entry {
        code: "out-of-range",
        rule: "`minimumHealthyPercent` is 0 to 100",
        source: DEPLOYMENT,
        wrong: service!("deployment: { minimumHealthyPercent: 101 }"),
        right: service!("deployment: { minimumHealthyPercent: 100 }"),
    },
    Entry {
        code: "out-of-range",
        rule: "`alarms` of a deployment have names",
        source: DEPLOYMENT,
        wrong: service!("deployment: { alarms: { names: [] } }"),
        right: service!("deployment: { alarms: { names: [web-errors] } }"),
    },
];

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn what_is_out_of_bounds_is_shown_where_it_is_written() {
        let cases: Vec<_> = super::TABLE.iter().map(|entry| (entry.wrong, entry.right)).collect();
        insta::assert_snapshot!(report(&cases), @"
        out-of-range: `capacity[0].weight` must be at most 1000, but is `1001` [1001: expected at most 1000]
        out-of-range: `capacity[0].base` must be at most 100000, but is `100001` [100001: expected at most 100000]
        out-of-range: `instances[0].capacityProvider.targetCapacity` must be at most 100, but is `101` [101: expected at most 100]
        out-of-range: `instances[0].capacityProvider.maximumScalingStepSize` must be at most 10000, but is `10001` [10001: expected at most 10000]
        out-of-range: `placementStrategy` must be at most 5 of them, but is a list [placementStrategy: expected at most 5 of them]
        out-of-range: `placementConstraints` must be at most 10 of them, but is a list [placementConstraints: expected at most 10 of them]
        invalid-value: `8010-8000` is not a range of ports from 1 to 65535, the first below the last [8010-8000: here]
        out-of-range: `loadBalancers[0].healthCheck.healthyThreshold` must be at least 2, but is `1` [1: expected at least 2]
        out-of-range: `loadBalancers[0].priority` must be at most 50000, but is `50001` [50001: expected at most 50000]
        out-of-range: `rules[0].forward[0].weight` must be at most 999, but is `1000` [1000: expected at most 999]
        out-of-range: `deployment.minimumHealthyPercent` must be at most 100, but is `101` [101: expected at most 100]
        out-of-range: `deployment.alarms.names` must be at least 1 of them, but is a list [names: expected at least 1 of them]
        ");
    }
}
