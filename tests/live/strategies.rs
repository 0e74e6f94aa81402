//! How a service is deployed changes while it is there: from blue/green to the other strategies, to
//! `ROLLING` and back.

use aws_sdk_ecs::types::{AdvancedConfiguration, LoadBalancer};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, TargetGroupTuple,
};

use super::journey::{Edit, Journey};
use crate::set;
use crate::support::account::Account;
use crate::support::moto::Moto;

const FILE: &str = "web.yaml";

const EDITS: &[Edit] = &[
    Edit {
        file: FILE,
        from: "bakeTime: 10m",
        to: "bakeTime: 5m",
        changes: &["update service/web deployment.bakeTimeInMinutes"],
    },
    Edit {
        file: FILE,
        from: "stages: [POST_TEST_TRAFFIC_SHIFT]",
        to: "stages: [POST_TEST_TRAFFIC_SHIFT]\n      timeout: 1h\n      onTimeout: CONTINUE",
        changes: &["update service/web deployment.lifecycleHooks"],
    },
    Edit {
        file: FILE,
        from: "strategy: BLUE_GREEN",
        to: "strategy: CANARY\n  canary: { percent: 10 }",
        changes: &[
            "update service/web deployment.canary",
            "update service/web deployment.strategy",
        ],
    },
    Edit {
        file: FILE,
        from: "canary: { percent: 10 }",
        to: "canary: { percent: 2.5, bakeTime: 15m }",
        changes: &[
            "update service/web deployment.canary.bakeTimeInMinutes",
            "update service/web deployment.canary.percent",
        ],
    },
    Edit {
        file: FILE,
        from: "strategy: CANARY\n  canary: { percent: 2.5, bakeTime: 15m }",
        to: "strategy: LINEAR\n  linear: { stepPercent: 25 }",
        changes: &[
            "update service/web deployment.linear",
            "update service/web deployment.strategy",
        ],
    },
    Edit {
        file: FILE,
        from: "strategy: LINEAR\n  linear: { stepPercent: 25 }",
        to: "strategy: BLUE_GREEN",
        // What is set for another strategy means nothing to this one.
        changes: &["update service/web deployment.strategy"],
    },
    // Another port of the listener for tests: its rules go with it.
    Edit {
        file: "platform.yaml",
        from: "port: 8080",
        to: "port: 8081",
        changes: &[
            "create listener-rule/web-public-http-test",
            "create listener/public-preview",
            "delete listener-rule/web-public-http-test",
            "delete listener/public-preview",
            "update security-group/load-balancer-public ingress",
            "update service/web loadBalancers",
        ],
    },
    Edit {
        file: FILE,
        from: "    testListener: preview\n",
        to: "",
        changes: &["delete listener-rule/web-public-http-test", "update service/web loadBalancers"],
    },
    Edit {
        file: FILE,
        from: "healthCheck: { path: /healthz }\ndeployment",
        to: "healthCheck: { path: /ready }\ndeployment",
        changes: &[
            "update target-group/web-public-http healthCheck.path",
            "update target-group/web-public-http-alternate healthCheck.path",
        ],
    },
];

/// What `web` has for its strategy.
const BLUE_GREEN: &str = "deployment:
  strategy: BLUE_GREEN
  bakeTime: 5m
";

const TO_ROLLING: &[&str] = &[
    "delete role/infrastructure-web",
    "delete target-group/web-public-http-alternate",
    "update listener-rule/web-public-http action[forward].targetGroups",
    "update service/web deployment.bakeTimeInMinutes",
    "update service/web deployment.circuitBreaker.enable",
    "update service/web deployment.circuitBreaker.rollback",
    "update service/web deployment.strategy",
    "update service/web loadBalancers",
];

/// What is still used is let go of only when the service has left it.
const TO_ROLLING_CALLS: &[&str] = &[
    "ecs:UpdateService relay-dev-web",
    "wait until the deployment of relay-dev-web succeeds",
    "elasticloadbalancing:ModifyRule web-public-http",
    "iam:DetachRolePolicy",
    "iam:DeleteRole relay-dev-web-infrastructure",
    "elasticloadbalancing:DeleteTargetGroup relay-dev-web",
];

const TO_BLUE_GREEN: &[&str] = &[
    "create role/infrastructure-web",
    "create target-group/web-public-http-alternate",
    "update listener-rule/web-public-http action[forward].targetGroups",
    "update service/web deployment.bakeTimeInMinutes",
    "update service/web deployment.circuitBreaker.enable",
    "update service/web deployment.circuitBreaker.rollback",
    "update service/web deployment.strategy",
    "update service/web loadBalancers",
];

/// What the service is told of is there before, and a rule leads to both target groups.
const TO_BLUE_GREEN_CALLS: &[&str] = &[
    "iam:CreateRole relay-dev-web-infrastructure",
    "iam:AttachRolePolicy",
    "elasticloadbalancing:CreateTargetGroup relay-dev-web",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:AddTags",
    "elasticloadbalancing:ModifyRule web-public-http",
    "ecs:UpdateService relay-dev-web",
    "wait until the deployment of relay-dev-web succeeds",
];

#[tokio::test]
async fn a_service_changes_how_it_is_deployed_and_back() {
    let relay = Journey::new("edge", Account::of(Moto::patched(), "222222222251").await);
    let before = relay.account.inventory().await;
    relay.apply();
    assert_eq!(relay.plan().changes(), set(&[]), "converged");
    relay.through(EDITS);

    shift(&relay.account).await;
    assert_eq!(relay.plan().changes(), set(&[]), "where the requests go is up to ECS");
    relay.manifests.cut(FILE, "  lifecycleHooks:\n", "desiredCount: 1");
    relay.changes_to(&["update service/web deployment.lifecycleHooks"], "no hooks");

    relay.manifests.edit(FILE, BLUE_GREEN, "");
    assert_calls(&relay, TO_ROLLING_CALLS);
    relay.changes_to(TO_ROLLING, "rolling");
    relay.manifests.edit(FILE, "desiredCount: 1\n", &format!("{BLUE_GREEN}desiredCount: 1\n"));
    assert_calls(&relay, TO_BLUE_GREEN_CALLS);
    relay.changes_to(TO_BLUE_GREEN, "blue/green again");

    relay.destroy();
    assert_eq!(
        relay.account.inventory().await,
        before,
        "nothing is left, and nothing else is gone"
    );
}

/// The calls of the plan, in order, by how they begin.
fn assert_calls(relay: &Journey, expected: &[&str]) {
    let calls = relay.plan().calls();
    let is_expected = calls.iter().zip(expected).all(|(call, start)| call.starts_with(start));
    assert!(is_expected && calls.len() == expected.len(), "{calls:#?}");
}

/// Does what ECS does at the end of a blue/green deployment of `web`: all requests go to the other
/// target group, which it calls the service's target group from then on.
async fn shift(account: &Account) {
    let found =
        account.ecs().describe_services().cluster("relay-dev-main").services("relay-dev-web");
    let found = found.send().await.unwrap();
    let entry = found.services()[0].load_balancers()[0].clone();
    let advanced = entry.advanced_configuration().unwrap();
    let (blue, green) =
        (entry.target_group_arn().unwrap(), advanced.alternate_target_group_arn().unwrap());

    let group = |arn: &str, weight| {
        TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build()
    };
    let forward = ForwardActionConfig::builder()
        .target_groups(group(blue, 0))
        .target_groups(group(green, 1))
        .build();
    let action = Action::builder().r#type(ActionTypeEnum::Forward).forward_config(forward).build();
    let rule = account.elbv2().modify_rule().rule_arn(advanced.production_listener_rule().unwrap());
    rule.actions(action).send().await.unwrap();

    let swapped = AdvancedConfiguration::builder()
        .alternate_target_group_arn(blue)
        .set_production_listener_rule(advanced.production_listener_rule.clone())
        .set_role_arn(advanced.role_arn.clone())
        .build();
    let swapped = LoadBalancer::builder()
        .target_group_arn(green)
        .set_container_name(entry.container_name.clone())
        .set_container_port(entry.container_port)
        .advanced_configuration(swapped)
        .build();
    let update = account.ecs().update_service().cluster("relay-dev-main").service("relay-dev-web");
    update.load_balancers(swapped).send().await.unwrap();
}
