//! The example of every load balancer and every kind of scaling, from nothing, through a change of
//! each sort, to nothing.

use super::journey::{Edit, Journey};
use crate::set;
use crate::support::account::Account;
use crate::support::moto::Moto;

/// What `CreateService` of moto 5.2.5 forgets and `UpdateService` keeps, as in the shop's test. Of the
/// strategy too: until the second apply, moto calls `web` a rolling service.
const FORGOTTEN: &[&str] = &[
    "update service/admin availabilityZoneRebalancing",
    "update service/admin deployment.circuitBreaker.enable",
    "update service/admin deployment.circuitBreaker.rollback",
    "update service/admin enableECSManagedTags",
    "update service/admin healthCheckGracePeriodSeconds",
    "update service/api availabilityZoneRebalancing",
    "update service/api deployment.circuitBreaker.enable",
    "update service/api deployment.circuitBreaker.rollback",
    "update service/api enableECSManagedTags",
    "update service/api healthCheckGracePeriodSeconds",
    "update service/api-next availabilityZoneRebalancing",
    "update service/api-next deployment.circuitBreaker.enable",
    "update service/api-next deployment.circuitBreaker.rollback",
    "update service/api-next enableECSManagedTags",
    "update service/api-next healthCheckGracePeriodSeconds",
    "update service/gateway availabilityZoneRebalancing",
    "update service/gateway deployment.circuitBreaker.enable",
    "update service/gateway deployment.circuitBreaker.rollback",
    "update service/gateway enableECSManagedTags",
    "update service/gateway healthCheckGracePeriodSeconds",
    "update service/jobs availabilityZoneRebalancing",
    "update service/jobs capacityProviderStrategy",
    "update service/jobs deployment.circuitBreaker.enable",
    "update service/jobs deployment.circuitBreaker.rollback",
    "update service/jobs enableECSManagedTags",
    "update service/legacy availabilityZoneRebalancing",
    "update service/legacy deployment.circuitBreaker.enable",
    "update service/legacy deployment.circuitBreaker.rollback",
    "update service/legacy deployment.maximumPercent",
    "update service/legacy deployment.minimumHealthyPercent",
    "update service/legacy enableECSManagedTags",
    "update service/legacy healthCheckGracePeriodSeconds",
    "update service/legacy placementConstraints",
    "update service/web availabilityZoneRebalancing",
    "update service/web deployment.bakeTimeInMinutes",
    "update service/web deployment.lifecycleHooks",
    "update service/web deployment.strategy",
    "update service/web enableECSManagedTags",
    "update service/web healthCheckGracePeriodSeconds",
];

/// Load balancers, their listeners and rules, and the target groups behind them.
const ROUTING: &[Edit] = &[
    // Attributes of a Network Load Balancer, and of one of its listeners.
    Edit {
        file: "platform.yaml",
        from: "crossZone: true",
        to: "crossZone: false",
        changes: &["update load-balancer/devices attributes[load_balancing.cross_zone.enabled]"],
    },
    Edit {
        file: "platform.yaml",
        from: "idleTimeout: 20m",
        to: "idleTimeout: 30m",
        changes: &["update listener/devices-mqtt idleTimeout"],
    },
    // Another port is another listener, which the load balancer's group lets in as well.
    Edit {
        file: "platform.yaml",
        from: "port: 5683",
        to: "port: 5684",
        changes: &[
            "create listener/devices-coap",
            "delete listener/devices-coap",
            "update security-group/load-balancer-devices ingress",
        ],
    },
    // How a Network Load Balancer checks tasks, and how it leaves them.
    Edit {
        file: "gateway.yaml",
        from: "{ interval: 10s, healthyThreshold: 3 }",
        to: "{ interval: 10s, healthyThreshold: 2 }",
        changes: &["update target-group/gateway-devices-mqtt healthCheck.healthyThreshold"],
    },
    Edit {
        file: "gateway.yaml",
        from: "{ port: 1883, interval: 10s }",
        to: "{ port: 9100, interval: 10s }",
        changes: &[
            "update security-group/service-gateway ingress",
            "update target-group/gateway-devices-coap healthCheck.port",
        ],
    },
    Edit {
        file: "gateway.yaml",
        from: "connectionTermination: true",
        to: "connectionTermination: false",
        changes: &[
            "update target-group/gateway-devices-mqtt attributes[deregistration_delay.connection_termination.enabled]",
        ],
    },
    // The shares of two services.
    Edit {
        file: "platform.yaml",
        from: "- { service: api, weight: 90 }",
        to: "- { service: api, weight: 50 }",
        changes: &["update listener-rule/public-api action[forward].targetGroups"],
    },
    // Where a redirect leads.
    Edit {
        file: "platform.yaml",
        from: "redirect: { host: docs.example.com",
        to: "redirect: { host: help.example.com",
        changes: &["update listener-rule/public-moved action[redirect].host"],
    },
    // Conditions.
    Edit {
        file: "web.yaml",
        from: "X-Office: [berlin, lisbon]",
        to: "X-Office: [berlin, lisbon, porto]",
        changes: &["update listener-rule/admin-public-http headers[X-Office]"],
    },
    Edit {
        file: "web.yaml",
        from: "sourceIps: [203.0.113.0/24]",
        to: "sourceIps: [203.0.113.0/25]",
        changes: &["update listener-rule/admin-public-http sourceIps"],
    },
    // A rule less.
    Edit {
        file: "platform.yaml",
        from: "  - name: moved\n    listener: http\n    paths: [/docs/*]\n    redirect: { host: help.example.com, path: \"/#{path}\", status: 302 }\n",
        to: "",
        changes: &["delete listener-rule/public-moved"],
    },
];

/// Targets, policies with their alarms, and schedules.
const SCALING: &[Edit] = &[
    Edit {
        file: "gateway.yaml",
        from: "  max: 4",
        to: "  max: 5",
        changes: &["update scalable-target/gateway max"],
    },
    // A metric of one's own.
    Edit {
        file: "gateway.yaml",
        from: "target: 5000",
        to: "target: 4000.5",
        changes: &["update scaling-policy/gateway-connections targetValue"],
    },
    Edit {
        file: "gateway.yaml",
        from: "dimensions: { Service: gateway }",
        to: "dimensions: { Service: relay }\n        unit: Count",
        changes: &[
            "update scaling-policy/gateway-connections customMetric.dimensions[Service]",
            "update scaling-policy/gateway-connections customMetric.unit",
        ],
    },
    // One of two policies goes.
    Edit {
        file: "gateway.yaml",
        from: "    - { metric: cpu, target: 60 }\n",
        to: "",
        changes: &["delete scaling-policy/gateway-cpu"],
    },
    // When an alarm is raised, and by what.
    Edit {
        file: "api.yaml",
        from: "datapointsToAlarm: 2 }",
        to: "datapointsToAlarm: 3, treatMissingData: ignore }",
        changes: &[
            "update alarm/api-slow datapointsToAlarm",
            "update alarm/api-slow treatMissingData",
        ],
    },
    Edit {
        file: "api.yaml",
        from: "statistic: p90",
        to: "statistic: Maximum",
        changes: &["update alarm/api-slow metric.statistic"],
    },
    Edit {
        file: "jobs.yaml",
        from: "expression: visible + delayed",
        to: "expression: visible + delayed / 2",
        changes: &["update alarm/jobs-wake metrics"],
    },
    // A policy and its alarm go together.
    Edit {
        file: "jobs.yaml",
        from: "    - name: sleep\n",
        to: "    - name: rest\n",
        changes: &[
            "create alarm/jobs-rest",
            "create scaling-policy/jobs-rest",
            "delete alarm/jobs-sleep",
            "delete scaling-policy/jobs-sleep",
        ],
    },
    Edit {
        file: "jobs.yaml",
        from: "scaleIn: true, scaleOut: true",
        to: "scaleIn: false, scaleOut: true",
        changes: &["update scalable-target/jobs suspended.dynamicScalingIn"],
    },
    // Schedules: when, where, from when on, and what.
    Edit {
        file: "web.yaml",
        from: "cron(0 7 ? * MON-FRI *)",
        to: "cron(30 6 ? * MON-FRI *)",
        changes: &["update scheduled-action/admin-morning schedule"],
    },
    Edit {
        file: "web.yaml",
        from: "timeZone: Europe/Berlin\n      min: 1",
        to: "timeZone: Europe/Lisbon\n      min: 1",
        changes: &["update scheduled-action/admin-morning timeZone"],
    },
    Edit {
        file: "web.yaml",
        from: "timeZone: Europe/Lisbon\n",
        to: "timeZone: Europe/Lisbon\n      start: 2027-01-01T00:00:00Z\n      end: 2027-12-31T23:59:59Z\n",
        changes: &[
            "update scheduled-action/admin-morning active[end]",
            "update scheduled-action/admin-morning active[start]",
        ],
    },
    Edit {
        file: "web.yaml",
        from: "      end: 2027-12-31T23:59:59Z\n      min: 1",
        to: "      min: 2",
        changes: &[
            "update scheduled-action/admin-morning active[end]",
            "update scheduled-action/admin-morning capacity[min]",
        ],
    },
];

/// Steps: how many tasks, where they begin, and how often.
const STEPS: &[Edit] = &[
    Edit {
        file: "api.yaml",
        from: "change: 4",
        to: "change: 5",
        changes: &["update scaling-policy/api-slow steps[500..]"],
    },
    Edit {
        file: "api.yaml",
        from: "from: 300",
        to: "from: 250",
        changes: &[
            "update alarm/api-slow threshold",
            "update scaling-policy/api-slow steps[0..500]",
            "update scaling-policy/api-slow steps[0..550]",
            "update scaling-policy/api-slow steps[500..]",
            "update scaling-policy/api-slow steps[550..]",
        ],
    },
    Edit {
        file: "api.yaml",
        from: "cooldown: 2m",
        to: "cooldown: 3m",
        changes: &["update scaling-policy/api-slow cooldown"],
    },
];

/// A Classic Load Balancer: its health check, a listener, what else it has, and another host port.
const CLASSIC: &[Edit] = &[
    Edit {
        file: "legacy.yaml",
        from: "path: /status, interval: 15s",
        to: "path: /up, interval: 20s",
        changes: &[
            "update classic-load-balancer/legacy healthCheck.interval",
            "update classic-load-balancer/legacy healthCheck.target",
        ],
    },
    Edit {
        file: "legacy.yaml",
        from: "port: 7000",
        to: "port: 7001",
        changes: &[
            "update classic-load-balancer/legacy listeners[7000]",
            "update classic-load-balancer/legacy listeners[7001]",
            "update security-group/load-balancer-legacy ingress",
        ],
    },
    Edit {
        file: "legacy.yaml",
        from: "idleTimeout: 2m",
        to: "idleTimeout: 1m\ncrossZone: false",
        changes: &[
            "update classic-load-balancer/legacy attributes.crossZone",
            "update classic-load-balancer/legacy attributes.idleTimeout",
        ],
    },
    Edit {
        file: "legacy.yaml",
        from: "container: 8080, host: 8080",
        to: "container: 8080, host: 8081",
        changes: &[
            "revise task-definition/legacy containers[legacy].ports[8080/tcp].hostPort",
            "update classic-load-balancer/legacy healthCheck.target",
            "update classic-load-balancer/legacy listeners[7001].instancePort",
            "update classic-load-balancer/legacy listeners[80].instancePort",
            "update service/legacy taskDefinition",
        ],
    },
];

/// What follows on moto from each of them: it gives a policy another ARN whenever it is written. AWS
/// keeps the ARN, so that the alarm goes on with it.
const FOLLOWS: &[&str] = &["update alarm/api-slow alarmActions"];

/// What carries the application's tag.
const TAGGED: &[&str] = &[
    "update alarm/api-slow tags[team]",
    "update alarm/jobs-rest tags[team]",
    "update alarm/jobs-wake tags[team]",
    "update classic-load-balancer/legacy tags[team]",
    "update cluster/main tags[team]",
    "update listener-rule/admin-public-http tags[team]",
    "update listener-rule/public-api tags[team]",
    "update listener-rule/web-public-http tags[team]",
    "update listener-rule/web-public-http-test tags[team]",
    "update listener/devices-coap tags[team]",
    "update listener/devices-mqtt tags[team]",
    "update listener/public-http tags[team]",
    "update listener/public-preview tags[team]",
    "update load-balancer/devices tags[team]",
    "update load-balancer/public tags[team]",
    "update log-group/admin tags[team]",
    "update log-group/api tags[team]",
    "update log-group/api-next tags[team]",
    "update log-group/gateway tags[team]",
    "update log-group/jobs tags[team]",
    "update log-group/legacy tags[team]",
    "update log-group/web tags[team]",
    "update role/execution-admin tags[team]",
    "update role/execution-api tags[team]",
    "update role/execution-api-next tags[team]",
    "update role/execution-gateway tags[team]",
    "update role/execution-jobs tags[team]",
    "update role/execution-legacy tags[team]",
    "update role/execution-web tags[team]",
    "update role/infrastructure-web tags[team]",
    "update security-group/load-balancer-devices tags[team]",
    "update security-group/load-balancer-legacy tags[team]",
    "update security-group/load-balancer-public tags[team]",
    "update security-group/service-admin tags[team]",
    "update security-group/service-api tags[team]",
    "update security-group/service-api-next tags[team]",
    "update security-group/service-gateway tags[team]",
    "update security-group/service-jobs tags[team]",
    "update security-group/service-web tags[team]",
    "update service/admin tags[team]",
    "update service/api tags[team]",
    "update service/api-next tags[team]",
    "update service/gateway tags[team]",
    "update service/jobs tags[team]",
    "update service/legacy tags[team]",
    "update service/web tags[team]",
    "update target-group/admin-public-http tags[team]",
    "update target-group/api-next-public-http tags[team]",
    "update target-group/api-public-http tags[team]",
    "update target-group/gateway-devices-coap tags[team]",
    "update target-group/gateway-devices-mqtt tags[team]",
    "update target-group/web-public-http tags[team]",
    "update target-group/web-public-http-alternate tags[team]",
    "update task-definition/admin tags[team]",
    "update task-definition/api tags[team]",
    "update task-definition/api-next tags[team]",
    "update task-definition/gateway tags[team]",
    "update task-definition/jobs tags[team]",
    "update task-definition/legacy tags[team]",
    "update task-definition/web tags[team]",
];

/// The tag becomes another one, and goes.
const TAGS: &[Edit] = &[
    Edit { file: "app.yaml", from: "team: devices", to: "team: edge", changes: TAGGED },
    Edit { file: "app.yaml", from: "tags:\n  team: edge\n", to: "", changes: TAGGED },
];

/// Parts of the ARNs and names of what only this example is made of.
const PARTS: &[&str] = &[
    ":listener-rule/",
    ":listener/",
    ":loadbalancer/",
    ":scalingPolicy:",
    ":scheduledAction:",
    ":targetgroup/",
    "describe_alarms relay-dev-api-slow",
    "describe_load_balancers relay-dev-legacy",
];

#[tokio::test]
async fn each_change_is_planned_and_made_alone() {
    let relay = Journey::new("edge", Account::of(Moto::bare(), "222222222241").await);
    let before = relay.account.inventory().await;

    relay.apply();
    assert_eq!(relay.plan().changes(), set(FORGOTTEN), "what moto forgot");
    relay.apply();
    assert_eq!(relay.plan().changes(), set(&[]), "converged");

    relay.through(ROUTING);
    relay.through(SCALING);
    relay.through(CLASSIC);
    for edit in STEPS {
        relay.manifests.edit(edit.file, edit.from, edit.to);
        assert_eq!(relay.plan().changes(), set(edit.changes), "{}", edit.to);
        relay.apply();
        relay.changes_to(FOLLOWS, edit.to);
    }
    relay.through(TAGS);

    let made = relay.account.inventory().await;
    for part in PARTS {
        assert!(made.iter().any(|arn| arn.contains(part)), "{part} would be seen if it were left");
    }
    relay.destroy();
    assert_eq!(
        relay.account.inventory().await,
        before,
        "nothing is left, and nothing else is gone"
    );
}
