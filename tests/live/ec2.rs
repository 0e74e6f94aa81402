//! An application on EC2 instances from nothing, through a change of each kind, to nothing.

use std::collections::BTreeSet;

use super::journey::{Edit, Journey};
use crate::set;
use crate::support::account::Account;
use crate::support::events::Events;
use crate::support::moto::Moto;

/// What `CreateService` and `CreateAutoScalingGroup` of moto 5.2.5 forget and updates keep; for the
/// latter, no grace period is none given. The requests themselves are proved by the kinds' unit tests.
const FORGOTTEN: &[&str] = &[
    "update auto-scaling-group/main-general healthCheckGracePeriod",
    "update auto-scaling-group/main-spot healthCheckGracePeriod",
    "update service/agent availabilityZoneRebalancing",
    "update service/agent deployment.circuitBreaker.enable",
    "update service/agent deployment.circuitBreaker.rollback",
    "update service/agent deployment.maximumPercent",
    "update service/agent deployment.minimumHealthyPercent",
    "update service/agent enableECSManagedTags",
    "update service/cruncher availabilityZoneRebalancing",
    "update service/cruncher capacityProviderStrategy",
    "update service/cruncher deployment.circuitBreaker.enable",
    "update service/cruncher deployment.circuitBreaker.rollback",
    "update service/cruncher enableECSManagedTags",
    "update service/cruncher placementConstraints",
    "update service/cruncher placementStrategy",
    "update service/ingest availabilityZoneRebalancing",
    "update service/ingest capacityProviderStrategy",
    "update service/ingest deployment.circuitBreaker.enable",
    "update service/ingest deployment.circuitBreaker.rollback",
    "update service/ingest enableECSManagedTags",
    "update service/ingest healthCheckGracePeriodSeconds",
    "update service/ingest placementStrategy",
];

/// What moto drops in updates too. On AWS the field shows what it was set to, so that its absence is a
/// difference.
const NEVER_KEPT: &[&str] = &[
    "update auto-scaling-group/main-general defaultInstanceWarmup",
    "update auto-scaling-group/main-spot defaultInstanceWarmup",
];

/// How many instances there may be comes first: moto can't start any from a later version of a launch
/// template, whose user data it keeps as it came.
const EDITS: &[Edit] = &[
    // How many instances there are, and which of them are Spot instances.
    Edit {
        file: "platform.yaml",
        from: "max: 6",
        to: "max: 8",
        changes: &["update auto-scaling-group/main-general max"],
    },
    Edit {
        file: "platform.yaml",
        from: "min: 2",
        to: "min: 3",
        changes: &["update auto-scaling-group/main-general min"],
    },
    Edit {
        file: "platform.yaml",
        from: "onDemandPercentage: 20",
        to: "onDemandPercentage: 30",
        changes: &["update auto-scaling-group/main-spot spot.onDemandPercentage"],
    },
    Edit {
        file: "platform.yaml",
        from: "[c7g.large, c6g.large,",
        to: "[c7g.large, c7gd.large, c6g.large,",
        changes: &["update auto-scaling-group/main-spot instanceTypes"],
    },
    // What new instances are.
    Edit {
        file: "platform.yaml",
        from: "instanceTypes: [m7g.large]",
        to: "instanceTypes: [m7g.xlarge]",
        changes: &[
            "revise launch-template/main-general instanceType",
            "update auto-scaling-group/main-general launchTemplate.version",
        ],
    },
    Edit {
        file: "platform.yaml",
        from: "sysctl --write net.core.somaxconn=4096",
        to: "sysctl --write net.core.somaxconn=8192",
        changes: &[
            "revise launch-template/main-general userData",
            "update auto-scaling-group/main-general launchTemplate.version",
        ],
    },
    Edit {
        file: "platform.yaml",
        from: "size: 50",
        to: "size: 80",
        changes: &[
            "revise launch-template/main-general volumes[/dev/xvda].size",
            "update auto-scaling-group/main-general launchTemplate.version",
        ],
    },
    // How ECS scales them, and where tasks go that say nothing of it.
    Edit {
        file: "platform.yaml",
        from: "targetCapacity: 90",
        to: "targetCapacity: 80",
        changes: &["update capacity-provider/main-general managedScaling.targetCapacity"],
    },
    Edit {
        file: "platform.yaml",
        from: "{ provider: general, weight: 1 }",
        to: "{ provider: general, weight: 2 }",
        changes: &[
            "update cluster-capacity-providers/main defaultCapacityProviderStrategy[tracker-dev-main-general].weight",
            "update service/ingest capacityProviderStrategy",
        ],
    },
    // Where tasks go.
    Edit {
        file: "cruncher.yaml",
        from: "type: binpack, field: memory",
        to: "type: binpack, field: cpu",
        changes: &["update service/cruncher placementStrategy"],
    },
    Edit {
        file: "cruncher.yaml",
        from: "(c|m)(6|7)g.*",
        to: "(c|m)7g.*",
        changes: &["update service/cruncher placementConstraints"],
    },
    Edit {
        file: "cruncher.yaml",
        from: "spot, weight: 4",
        to: "spot, weight: 9",
        changes: &["update service/cruncher capacityProviderStrategy"],
    },
    // What they may take of an instance.
    Edit {
        file: "cruncher.yaml",
        from: "maxSwap: 0 MB",
        to: "maxSwap: 512 MB",
        changes: &[
            "revise task-definition/cruncher containers[cruncher].linuxParameters.maxSwap",
            "update service/cruncher taskDefinition",
        ],
    },
    Edit {
        file: "ingest.yaml",
        from: "memory: 512 MB",
        to: "memory: 640 MB",
        changes: &[
            "revise task-definition/ingest containers[api].memory",
            "update service/ingest taskDefinition",
        ],
    },
    // A fixed port of the instances, which let in that one alone.
    Edit {
        file: "ingest.yaml",
        from: "host: 0 }",
        to: "host: 8080 }",
        changes: &[
            "revise task-definition/ingest containers[api].ports[8080/tcp].hostPort",
            "update security-group/instances-main-general ingress",
            "update service/ingest taskDefinition",
        ],
    },
    Edit {
        file: "ingest.yaml",
        from: "desiredCount: 2",
        to: "desiredCount: 3",
        changes: &["update service/ingest desiredCount"],
    },
    // The daemon.
    Edit {
        file: "agent.yaml",
        from: "1.4.0",
        to: "1.5.0",
        changes: &[
            "revise task-definition/agent containers[agent].image",
            "update service/agent taskDefinition",
        ],
    },
    Edit {
        file: "agent.yaml",
        from: "sourcePath: /var/lib/tracker-agent",
        to: "sourcePath: /var/spool/tracker-agent",
        changes: &[
            "revise task-definition/agent volumes[buffer].host.sourcePath",
            "update service/agent taskDefinition",
        ],
    },
    // Nothing goes to the second group, which then scales by its own load.
    Edit {
        file: "cruncher.yaml",
        from: "  - { provider: general, base: 1, weight: 1 }\n  - { provider: spot, weight: 9 }\n",
        to: "  - { provider: general, weight: 1 }\n",
        changes: &["update service/cruncher capacityProviderStrategy"],
    },
    Edit {
        file: "platform.yaml",
        from: "onDemandPercentage: 30 }",
        to: "onDemandPercentage: 30 }\n    capacityProvider: DISABLED\n    cpuTarget: 60",
        changes: &[
            "create auto-scaling-policy/main-spot-cpu",
            "delete capacity-provider/main-spot",
            "update auto-scaling-group/main-spot min",
            "update auto-scaling-group/main-spot newInstancesProtectedFromScaleIn",
            "update auto-scaling-group/main-spot tags[AmazonECSManaged]",
            "update cluster-capacity-providers/main capacityProviders",
        ],
    },
    Edit {
        file: "platform.yaml",
        from: "cpuTarget: 60",
        to: "cpuTarget: 70",
        changes: &["update auto-scaling-policy/main-spot-cpu cpuTarget"],
    },
];

/// What moto ignores in updates, or cannot do, without our patch.
const KEPT: &[Edit] = &[
    // A later version of the launch template, from which the next instance starts.
    Edit {
        file: "platform.yaml",
        from: "min: 3",
        to: "min: 4",
        changes: &["update auto-scaling-group/main-general min"],
    },
    Edit {
        file: "platform.yaml",
        from: "warmup: 2m",
        to: "warmup: 3m",
        changes: &[
            "update auto-scaling-group/main-general defaultInstanceWarmup",
            "update capacity-provider/main-general managedScaling.instanceWarmupPeriod",
        ],
    },
    Edit {
        file: "platform.yaml",
        from: "{ targetCapacity: 80 }",
        to: "{ targetCapacity: 80, managedDraining: false }",
        changes: &["update capacity-provider/main-general managedDraining"],
    },
    // Spot instances for a group that had none; the agent is told to drain them.
    Edit {
        file: "platform.yaml",
        from: "    warmup: 3m\n",
        to: "    warmup: 3m\n    spot: { onDemandBase: 2 }\n",
        changes: &[
            "revise launch-template/main-general userData",
            "update auto-scaling-group/main-general capacityRebalance",
            "update auto-scaling-group/main-general instanceTypes",
            "update auto-scaling-group/main-general launchTemplate.version",
            "update auto-scaling-group/main-general spot.onDemandBase",
            "update auto-scaling-group/main-general spot.onDemandPercentage",
        ],
    },
    // A tag of the application, on instances to come too.
    Edit {
        file: "app.yaml",
        from: "team: logistics",
        to: "team: routes",
        changes: &[
            "revise launch-template/main-general tagSpecifications[instance][team]",
            "revise launch-template/main-general tagSpecifications[volume][team]",
            "revise launch-template/main-general tags[team]",
            "update auto-scaling-group/main-general launchTemplate.version",
            "update auto-scaling-group/main-general tags[team]",
            "update capacity-provider/main-general tags[team]",
            "update cluster/main tags[team]",
            "update instance-profile/instances-main-general tags[team]",
            "update listener-rule/ingest-public-http tags[team]",
            "update listener/public-http tags[team]",
            "update load-balancer/public tags[team]",
            "update log-group/agent tags[team]",
            "update log-group/cruncher tags[team]",
            "update log-group/ingest tags[team]",
            "update role/execution-agent tags[team]",
            "update role/execution-cruncher tags[team]",
            "update role/execution-ingest tags[team]",
            "update role/instances-main-general tags[team]",
            "update security-group/instances-main-general tags[team]",
            "update security-group/load-balancer-public tags[team]",
            "update service/agent tags[team]",
            "update service/cruncher tags[team]",
            "update service/ingest tags[team]",
            "update target-group/ingest-public-http tags[team]",
            "update task-definition/agent tags[team]",
            "update task-definition/cruncher tags[team]",
            "update task-definition/ingest tags[team]",
        ],
    },
];

/// The second group, as the edits leave it.
const SECOND_GROUP: &str = "  # For what can be interrupted: whichever type is cheap, and one in five on demand. Nothing runs here
  # until a task asks for it.
  - name: spot
    image: amazon-linux-2023-arm64
    instanceTypes: [c7g.large, c7gd.large, c6g.large, m7g.large, m6g.large]
    max: 10
    spot: { onDemandPercentage: 30 }
    capacityProvider: DISABLED
    cpuTarget: 70
";

const SECOND_GROUP_GONE: &[&str] = &[
    "delete auto-scaling-group/main-spot",
    "delete auto-scaling-policy/main-spot-cpu",
    "delete instance-profile/instances-main-spot",
    "delete launch-template/main-spot",
    "delete role/instances-main-spot",
    "delete security-group/instances-main-spot",
];

/// Parts of the ARNs, ids and names of what the application is made of.
const PARTS: &[&str] = &[
    ":cluster/",
    ":instance-profile/",
    ":listener-rule/",
    ":listener/",
    ":loadbalancer/",
    ":log-group:",
    ":role/",
    ":scalingPolicy:",
    ":security-group/",
    ":service/",
    ":targetgroup/",
    ":task-definition/",
    "describe_auto_scaling_groups ",
    "describe_launch_templates ",
];

#[tokio::test]
async fn each_change_is_planned_and_made_alone() {
    let account = Account::of(Moto::bare(), "222222222251").await;
    let tracker = Journey::new("ec2", account).that_never_keeps(NEVER_KEPT);
    let before = tracker.account.inventory().await;

    tracker.apply();
    let missing = [FORGOTTEN, NEVER_KEPT].concat();
    assert_eq!(tracker.plan().changes(), set(&missing), "what moto forgot");
    tracker.apply();
    assert_eq!(tracker.plan().changes(), set(NEVER_KEPT), "converged");
    assert_eq!(providers(&tracker.account).await, provider_names(&["general", "spot"]));

    tracker.through(EDITS);
    assert_eq!(providers(&tracker.account).await, provider_names(&["general"]));
    let tracker = tracker.that_never_keeps(&NEVER_KEPT[..1]);
    lose_the_second_group(&tracker);

    let made = tracker.account.inventory().await;
    for part in PARTS {
        assert!(made.iter().any(|arn| arn.contains(part)), "{part} would be seen if it were left");
    }
    tracker.destroy();
    assert_eq!(
        tracker.account.inventory().await,
        before,
        "nothing is left, and nothing else is gone"
    );
    assert_eq!(providers(&tracker.account).await, BTreeSet::new());
}

/// On moto with our patch, which keeps what the other forgets, and has instance refreshes.
#[tokio::test]
async fn one_apply_is_enough_and_instances_are_replaced_when_asked_to() {
    let tracker = Journey::new("ec2", Account::of(Moto::patched(), "222222222252").await);
    let before = tracker.account.inventory().await;
    tracker.apply();
    assert_eq!(tracker.plan().changes(), set(&[]), "one apply is enough");

    tracker.through(EDITS);
    lose_the_second_group(&tracker);
    let old = "auto-scaling-group/main-general 3 of 3 instances still run version 1 of the launch template";
    assert_eq!(offers(&tracker.plan()), set(&[old]));
    tracker.through(KEPT);
    let old = "auto-scaling-group/main-general 4 of 4 instances still run versions 1, 4 of the launch template";
    assert_eq!(offers(&tracker.plan()), set(&[old]));

    let refresh = |command: &[&str]| {
        let arguments = [command, &["--refresh-instances", "--output", "json"]].concat();
        Events::of(&crate::done(tracker.ecsctl.run(&arguments)))
    };
    let replaced = set(&["update auto-scaling-group/main-general outdatedInstances"]);
    assert_eq!(refresh(&["plan"]).changes(), replaced);
    refresh(&["apply", "--auto-approve"]);
    assert_eq!(refresh(&["plan"]).changes(), set(&[]));
    assert_eq!(offers(&tracker.plan()), set(&[]));

    tracker.destroy();
    assert_eq!(
        tracker.account.inventory().await,
        before,
        "nothing is left, and nothing else is gone"
    );
    assert_eq!(providers(&tracker.account).await, BTreeSet::new());
}

fn lose_the_second_group(tracker: &Journey) {
    tracker.manifests.edit("platform.yaml", SECOND_GROUP, "");
    tracker.changes_to(SECOND_GROUP_GONE, "without the second group");
}

/// What a plan offers, without how it would be done.
fn offers(plan: &Events) -> BTreeSet<String> {
    let what = |advice: String| advice.split(';').next().unwrap().to_owned();
    plan.advice().into_iter().map(what).collect()
}

/// Those of the application that are there: moto can't list capacity providers.
async fn providers(account: &Account) -> BTreeSet<String> {
    let request = account.ecs().describe_capacity_providers();
    let names = provider_names(&["general", "spot"]).into_iter().collect();
    let found = request.set_capacity_providers(Some(names)).send().await.unwrap();
    found.capacity_providers().iter().map(|found| found.name().unwrap().to_owned()).collect()
}

fn provider_names(groups: &[&str]) -> BTreeSet<String> {
    groups.iter().map(|group| format!("tracker-dev-main-{group}")).collect()
}
