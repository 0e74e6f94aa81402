//! Services that the laws run over: on Fargate, on instances, with each deployment strategy.

use std::collections::BTreeMap;

use super::{
    Alarms, Canary, CircuitBreaker, Deployment, EarlySuccessCriteria, LifecycleHook, Linear,
    LoadBalancer, Network, PlacementConstraint, PlacementStrategy, RolloutState, ServiceSpec,
    StrategyItem, Threshold,
};
use crate::kind::Tags;
use crate::model::documents::percent::Percent;
use crate::value::{Resolvable, Set};

pub(super) fn all() -> Vec<ServiceSpec> {
    vec![
        on_fargate(),
        on_spot(),
        on_instances(),
        behind_a_classic_load_balancer(),
        daemon(),
        watched(),
        linear(),
        canary(),
    ]
}

pub(super) fn on_spot() -> ServiceSpec {
    ServiceSpec {
        launch_type: None,
        capacity_provider_strategy: Set::from_iter([
            StrategyItem { provider: "FARGATE".to_owned(), weight: 1, base: 1 },
            StrategyItem { provider: "FARGATE_SPOT".to_owned(), weight: 3, base: 0 },
        ]),
        load_balancers: Set::default(),
        health_check_grace_period_seconds: None,
        tags: Tags::from([("owner".to_owned(), "web".into())]),
        ..on_fargate()
    }
}

/// In bridge mode: without an interface for each task.
pub(super) fn on_instances() -> ServiceSpec {
    let strategy = |kind: &str, field: &str| PlacementStrategy {
        kind: kind.to_owned(),
        field: Some(field.to_owned()),
    };
    let constraint = |kind: &str, expression: Option<&str>| PlacementConstraint {
        kind: kind.to_owned(),
        expression: expression.map(str::to_owned),
    };
    ServiceSpec {
        launch_type: None,
        capacity_provider_strategy: Set::from_iter([StrategyItem {
            provider: "shop-prod-main-general".to_owned(),
            weight: 1,
            base: 0,
        }]),
        platform_version: None,
        network: None,
        awsvpc: Some(false),
        placement_strategy: vec![
            strategy("spread", "attribute:ecs.availability-zone"),
            strategy("binpack", "memory"),
        ],
        placement_constraints: Set::from_iter([
            constraint("distinctInstance", None),
            constraint("memberOf", Some("attribute:ecs.instance-type =~ m6i.*")),
        ]),
        ..on_fargate()
    }
}

fn behind_a_classic_load_balancer() -> ServiceSpec {
    ServiceSpec {
        launch_type: Some("EC2".to_owned()),
        capacity_provider_strategy: Set::default(),
        load_balancers: Set::from_iter([LoadBalancer {
            target_group: None,
            load_balancer_name: Some("shop-prod-old".into()),
            container: "app".to_owned(),
            port: 8080,
            advanced_configuration: BTreeMap::new(),
            is_swapped: None,
        }]),
        availability_zone_rebalancing: Some("DISABLED".to_owned()),
        ..on_instances()
    }
}

pub(super) fn daemon() -> ServiceSpec {
    ServiceSpec {
        desired_count: None,
        scheduling_strategy: "DAEMON".to_owned(),
        placement_strategy: vec![],
        load_balancers: Set::default(),
        health_check_grace_period_seconds: None,
        deployment: Deployment {
            minimum_healthy_percent: 0,
            maximum_percent: 100,
            ..on_fargate().deployment
        },
        ..behind_a_classic_load_balancer()
    }
}

/// A rolling deployment with all that can be said of one.
pub(super) fn watched() -> ServiceSpec {
    let on_fargate = on_fargate();
    ServiceSpec {
        deployment: Deployment {
            bake_time_in_minutes: 2,
            circuit_breaker: CircuitBreaker {
                enable: true,
                rollback: false,
                reset_on_healthy_task: Some(false),
                threshold: Some(Threshold { kind: "COUNT".to_owned(), value: 5 }),
            },
            alarms: Alarms {
                names: Set::from_iter(["web-errors".to_owned(), "web-latency".to_owned()]),
                enable: true,
                rollback: true,
            },
            early_success_criteria: EarlySuccessCriteria {
                enable: true,
                healthy_percent: Some(100),
                source_service_revision_cleanup: Some("DEFERRED".to_owned()),
            },
            ..on_fargate.deployment
        },
        ..on_fargate
    }
}

/// A deployment with two target groups, a test listener and hooks.
pub(super) fn linear() -> ServiceSpec {
    let on_fargate = on_fargate();
    let arn = |resource: &str| {
        Resolvable::from(format!("arn:aws:elasticloadbalancing:eu-west-1:444455556666:{resource}"))
    };
    let role = "arn:aws:iam::444455556666:role/ecsctl/shop/prod/shop-prod-web-infrastructure";
    let advanced = [
        ("alternateTargetGroupArn", arn("targetgroup/shop-prod-web/4567")),
        ("productionListenerRule", arn("listener-rule/app/shop-prod-public/1/2/3")),
        ("testListenerRule", arn("listener-rule/app/shop-prod-public/1/4/5")),
        ("roleArn", role.into()),
    ];
    let advanced = advanced.map(|(field, arn)| (field.to_owned(), arn));
    let entries = on_fargate.load_balancers.0.iter().map(|entry| LoadBalancer {
        advanced_configuration: BTreeMap::from(advanced.clone()),
        ..entry.clone()
    });
    ServiceSpec {
        load_balancers: entries.collect(),
        deployment: Deployment {
            strategy: "LINEAR".to_owned(),
            bake_time_in_minutes: 15,
            linear: Some(Linear {
                step_percent: Percent::of(12.5).expect("a percentage"),
                step_bake_time_in_minutes: 3,
            }),
            circuit_breaker: CircuitBreaker {
                enable: false,
                rollback: false,
                reset_on_healthy_task: None,
                threshold: None,
            },
            lifecycle_hooks: Set::from_iter([lambda(), pause()]),
            ..on_fargate.deployment.clone()
        },
        ..on_fargate
    }
}

pub(super) fn canary() -> ServiceSpec {
    let linear = linear();
    ServiceSpec {
        deployment: Deployment {
            strategy: "CANARY".to_owned(),
            linear: None,
            canary: Some(Canary { percent: Percent::whole(5), bake_time_in_minutes: 10 }),
            lifecycle_hooks: Set::default(),
            ..linear.deployment
        },
        ..linear
    }
}

fn lambda() -> LifecycleHook {
    LifecycleHook {
        target_type: "AWS_LAMBDA".to_owned(),
        lambda: "arn:aws:lambda:eu-west-1:444455556666:function:check".to_owned(),
        role: "arn:aws:iam::444455556666:role/calls-check".to_owned(),
        stages: Set::from_iter(["POST_SCALE_UP".to_owned(), "POST_TEST_TRAFFIC_SHIFT".to_owned()]),
        details: BTreeMap::from([("suite".to_owned(), "smoke".to_owned())]),
        timeout_in_minutes: 1440,
        on_timeout: "ROLLBACK".to_owned(),
    }
}

fn pause() -> LifecycleHook {
    LifecycleHook {
        target_type: "PAUSE".to_owned(),
        lambda: String::new(),
        role: String::new(),
        stages: Set::from_iter(["PRE_PRODUCTION_TRAFFIC_SHIFT".to_owned()]),
        details: BTreeMap::new(),
        timeout_in_minutes: 60,
        on_timeout: "CONTINUE".to_owned(),
    }
}

pub(super) fn on_fargate() -> ServiceSpec {
    let arn = |service: &str, resource: &str| {
        Resolvable::from(format!("arn:aws:{service}:eu-west-1:444455556666:{resource}"))
    };
    ServiceSpec {
        cluster: arn("ecs", "cluster/shop-prod-main"),
        service_name: "shop-prod-web".to_owned(),
        task_definition: arn("ecs", "task-definition/shop-prod-web:41"),
        desired_count: Some(2),
        launch_type: Some("FARGATE".to_owned()),
        capacity_provider_strategy: Set::default(),
        returns_to: None,
        platform_version: Some("LATEST".to_owned()),
        network: Some(Network {
            subnets: Set::from_iter(["subnet-1".to_owned(), "subnet-2".to_owned()]),
            security_groups: Set::from_iter(["sg-1".into()]),
            assign_public_ip: "ENABLED".to_owned(),
        }),
        awsvpc: Some(true),
        placement_strategy: vec![],
        placement_constraints: Set::default(),
        load_balancers: Set::from_iter([LoadBalancer {
            target_group: Some(arn("elasticloadbalancing", "targetgroup/shop-prod-web/0123")),
            load_balancer_name: None,
            container: "app".to_owned(),
            port: 8080,
            advanced_configuration: BTreeMap::new(),
            is_swapped: None,
        }]),
        deployment: Deployment {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            strategy: "ROLLING".to_owned(),
            bake_time_in_minutes: 0,
            linear: None,
            canary: None,
            circuit_breaker: CircuitBreaker {
                enable: true,
                rollback: true,
                reset_on_healthy_task: Some(true),
                threshold: Some(Threshold { kind: "BOUNDED_PERCENT".to_owned(), value: 50 }),
            },
            alarms: Alarms { names: Set::default(), enable: false, rollback: false },
            early_success_criteria: EarlySuccessCriteria {
                enable: false,
                healthy_percent: None,
                source_service_revision_cleanup: None,
            },
            lifecycle_hooks: Set::default(),
        },
        health_check_grace_period_seconds: Some(60),
        enable_execute_command: true,
        enable_ecs_managed_tags: true,
        propagate_tags: "SERVICE".to_owned(),
        availability_zone_rebalancing: Some("ENABLED".to_owned()),
        scheduling_strategy: "REPLICA".to_owned(),
        rollout: RolloutState::Completed,
        tags: Tags::from([("team".to_owned(), "web".into())]),
    }
}
