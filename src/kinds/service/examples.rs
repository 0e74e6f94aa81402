//! Services that the laws run over: on Fargate, on instances, with one task on each of them.

use super::{
    CircuitBreaker, Deployment, LoadBalancer, Network, PlacementConstraint, PlacementStrategy,
    RolloutState, ServiceSpec, StrategyItem,
};
use crate::kind::Tags;
use crate::value::{Resolvable, Set};

pub(super) fn all() -> Vec<ServiceSpec> {
    vec![on_fargate(), on_spot(), on_instances(), behind_a_classic_load_balancer(), daemon()]
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
        }]),
        deployment: Deployment {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: CircuitBreaker { enable: true, rollback: true },
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
