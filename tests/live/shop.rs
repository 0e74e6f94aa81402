//! The shop from nothing, through a change of each kind, to nothing.

use super::journey::{Edit, Journey};
use crate::set;
use crate::support::account::Account;
use crate::support::moto::Moto;

/// What `CreateService` of moto 5.2.5 forgets and `UpdateService` keeps. The requests themselves are
/// proved by the unit tests of `kinds/service`.
const FORGOTTEN: &[&str] = &[
    "update service/api availabilityZoneRebalancing",
    "update service/api capacityProviderStrategy",
    "update service/api deployment.circuitBreaker.enable",
    "update service/api deployment.circuitBreaker.rollback",
    "update service/api enableECSManagedTags",
    "update service/api healthCheckGracePeriodSeconds",
    "update service/web availabilityZoneRebalancing",
    "update service/web capacityProviderStrategy",
    "update service/web deployment.circuitBreaker.enable",
    "update service/web deployment.circuitBreaker.rollback",
    "update service/web enableECSManagedTags",
    "update service/web healthCheckGracePeriodSeconds",
    "update service/worker availabilityZoneRebalancing",
    "update service/worker capacityProviderStrategy",
    "update service/worker deployment.circuitBreaker.enable",
    "update service/worker deployment.circuitBreaker.rollback",
    "update service/worker deployment.maximumPercent",
    "update service/worker deployment.minimumHealthyPercent",
    "update service/worker enableECSManagedTags",
];

const EDITS: &[Edit] = &[
    // A container's image.
    Edit {
        file: "web.yaml",
        from: "shop-web:${TAG:-1.8.2}",
        to: "shop-web:1.9.0",
        changes: &[
            "revise task-definition/web containers[app].image",
            "update service/web taskDefinition",
        ],
    },
    // A count that nothing else owns.
    Edit {
        file: "api.yaml",
        from: "desiredCount: 1",
        to: "desiredCount: 2",
        changes: &["update service/api desiredCount"],
    },
    // An environment variable: changed, and then another one more.
    Edit {
        file: "web.yaml",
        from: "LOG_LEVEL: debug",
        to: "LOG_LEVEL: info",
        changes: &[
            "revise task-definition/web containers[app].environment[LOG_LEVEL]",
            "update service/web taskDefinition",
        ],
    },
    Edit {
        file: "api.yaml",
        from: "CATALOGUE_TABLE: catalogue",
        to: "{ CATALOGUE_TABLE: catalogue, WORKERS: 4 }",
        changes: &[
            "revise task-definition/api containers[api].environment[WORKERS]",
            "update service/api taskDefinition",
        ],
    },
    // The load balancer's health check, and the container's.
    Edit {
        file: "api.yaml",
        from: "    port: 9000\n    paths: [/api/*]\n    healthCheck: { path: /api/health }\ndesired",
        to: "    port: 9000\n    paths: [/api/*]\n    healthCheck: { path: /api/ready }\ndesired",
        changes: &["update target-group/api-public-http healthCheck.path"],
    },
    Edit {
        file: "web.yaml",
        from: "localhost:8080/healthz, interval: 10s",
        to: "localhost:8080/healthz, interval: 20s",
        changes: &[
            "revise task-definition/web containers[app].healthCheck.interval",
            "update service/web taskDefinition",
        ],
    },
    // What scaling aims at, and how far it goes.
    Edit {
        file: "web.yaml",
        from: "{ metric: cpu, target: 60 }",
        to: "{ metric: cpu, target: 50 }",
        changes: &["update scaling-policy/web-cpu targetValue"],
    },
    Edit {
        file: "web.yaml",
        from: "  max: 4",
        to: "  max: 5",
        changes: &["update scalable-target/web max"],
    },
    // What the task may do.
    Edit {
        file: "web.yaml",
        from: "[dynamodb:GetItem, dynamodb:Query]",
        to: "[dynamodb:GetItem, dynamodb:Query, dynamodb:Scan]",
        changes: &["update role/task-web statements[ReadCatalogue].actions"],
    },
    // What the load balancer sends where.
    Edit {
        file: "api.yaml",
        from: "    listener: http\n    port: 9000\n    paths: [/api/*]",
        to: "    listener: http\n    port: 9000\n    paths: [/api/*, /rpc/*]",
        changes: &["update listener-rule/api-public-http paths"],
    },
    // And the rest of what the shop has.
    Edit {
        file: "worker.yaml",
        from: "retention: 14",
        to: "retention: 30",
        changes: &["update log-group/worker retention"],
    },
    // Above 100 % there is room for tasks to move to another zone.
    Edit {
        file: "worker.yaml",
        from: "maximumPercent: 100",
        to: "maximumPercent: 150",
        changes: &[
            "update service/worker availabilityZoneRebalancing",
            "update service/worker deployment.maximumPercent",
        ],
    },
    // A job's task: nothing runs it, so nothing else follows.
    Edit {
        file: "migrate.yaml",
        from: "[migrate, --to, latest]",
        to: "[migrate, --to, next]",
        changes: &["revise task-definition/migrate containers[migrate].command"],
    },
    Edit {
        file: "platform.yaml",
        from: "containerInsights: enabled",
        to: "containerInsights: enhanced",
        changes: &["update cluster/main containerInsights"],
    },
    Edit {
        file: "platform.yaml",
        from: "toInfrequentAccess: 30d",
        to: "toInfrequentAccess: 60d",
        changes: &["update file-system/uploads lifecyclePolicies[transitionToIA]"],
    },
    // A tag of the application, on all that can carry it.
    Edit {
        file: "app.yaml",
        from: "team: checkout",
        to: "team: payments",
        changes: &[
            "update access-point/uploads-web tags[team]",
            "update cluster/main tags[team]",
            "update file-system/uploads tags[team]",
            "update listener-rule/api-public-http tags[team]",
            "update listener-rule/web-public-http tags[team]",
            "update listener/public-http tags[team]",
            "update load-balancer/public tags[team]",
            "update log-group/api tags[team]",
            "update log-group/migrate tags[team]",
            "update log-group/web tags[team]",
            "update log-group/worker tags[team]",
            "update role/execution-api tags[team]",
            "update role/execution-migrate tags[team]",
            "update role/execution-web tags[team]",
            "update role/execution-worker tags[team]",
            "update role/task-migrate tags[team]",
            "update role/task-web tags[team]",
            "update security-group/file-system-uploads tags[team]",
            "update security-group/job-migrate tags[team]",
            "update security-group/load-balancer-public tags[team]",
            "update security-group/service-api tags[team]",
            "update security-group/service-web tags[team]",
            "update security-group/service-worker tags[team]",
            "update service/api tags[team]",
            "update service/web tags[team]",
            "update service/worker tags[team]",
            "update target-group/api-public-http tags[team]",
            "update target-group/web-public-http tags[team]",
            "update task-definition/api tags[team]",
            "update task-definition/migrate tags[team]",
            "update task-definition/web tags[team]",
            "update task-definition/worker tags[team]",
        ],
    },
];

/// What another port of a service's container leads to. No target group can change its port: the new
/// one is made before the old one goes.
const ANOTHER_PORT: &[&str] = &[
    "create target-group/api-public-http",
    "delete target-group/api-public-http",
    "revise task-definition/api containers[api].ports[9000/tcp]",
    "revise task-definition/api containers[api].ports[9001/tcp]",
    "update listener-rule/api-public-http action[forward].targetGroups",
    "update security-group/service-api ingress",
    "update service/api loadBalancers",
    "update service/api taskDefinition",
];

/// Parts of the ARNs and ids of what the shop is made of.
const PARTS: &[&str] = &[
    ":access-point/",
    ":cluster/",
    ":file-system/",
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
    "fsmt-",
];

#[tokio::test]
async fn each_change_is_planned_and_made_alone() {
    let shop = Journey::new("shop", Account::of(Moto::bare(), "222222222201").await);
    let before = shop.account.inventory().await;

    shop.apply();
    assert_eq!(shop.plan().changes(), set(FORGOTTEN), "what moto forgot");
    shop.apply();
    assert_eq!(shop.plan().changes(), set(&[]), "converged");

    shop.through(EDITS);
    shop.manifests.edit("api.yaml", "port: 9000\nenvironment", "port: 9001\nenvironment");
    shop.manifests.edit(
        "api.yaml",
        "port: 9000\n    paths: [/api/*, /rpc",
        "port: 9001\n    paths: [/api/*, /rpc",
    );
    shop.changes_to(ANOTHER_PORT, "another port");

    let made = shop.account.inventory().await;
    for part in PARTS {
        assert!(made.iter().any(|arn| arn.contains(part)), "{part} would be seen if it were left");
    }
    shop.destroy();
    assert_eq!(shop.account.inventory().await, before, "nothing is left, and nothing else is gone");
}
