//! What running tasks use is taken away after they are replaced.

use serde_json::json;

use crate::{Application, set};

/// The shop, of which one service is to get another port: another target group, another rule of its
/// security group.
fn moved() -> Application {
    let shop = Application::example("shop");
    shop.apply();
    shop.manifests.edit("api.yaml", "port: 9000\nenv", "port: 9001\nenv");
    shop.manifests.edit("api.yaml", "    port: 9000\n    paths", "    port: 9001\n    paths");
    shop
}

#[test]
fn a_service_moves_to_another_port_without_losing_the_old_one_first() {
    let shop = moved();
    let calls = shop.plan().calls();
    insta::assert_snapshot!(calls.join("\n"), @"
    ec2:AuthorizeSecurityGroupIngress shop-dev-api
    elasticloadbalancing:CreateTargetGroup shop-dev-api-085c2a-2b6ada63
    elasticloadbalancing:ModifyTargetGroupAttributes shop-dev-api-085c2a-2b6ada63
    elasticloadbalancing:AddTags shop-dev-api-085c2a-2b6ada63
    elasticloadbalancing:ModifyRule api-public-http
    ecs:RegisterTaskDefinition shop-dev-api
    ecs:UpdateService shop-dev-api
    wait until the deployment of shop-dev-api succeeds
    ec2:RevokeSecurityGroupIngress shop-dev-api
    elasticloadbalancing:ModifyRule api-public-http
    elasticloadbalancing:DeleteTargetGroup shop-dev-api-81963f-3c8b3fb4
    ");
    shop.apply();
    assert_eq!(shop.plan().changes(), set(&[]));
}

#[test]
fn a_run_that_is_killed_anywhere_on_the_way_is_finished_by_the_next() {
    let shop = moved();
    let (start, calls) = (shop.account(), shop.plan().calls().len());
    shop.apply();
    let wanted = resources(&shop.account());
    for skip in 0..calls {
        let mut account: serde_json::Value = serde_json::from_str(&start).unwrap();
        account["script"] = json!({ "faults": [{ "effect": "killed", "skip": skip }] });
        shop.write_account(&account.to_string());
        let killed = shop.run(&["apply", "--auto-approve"]);
        assert_ne!(killed.code, 0, "killed at call {skip}");
        shop.apply();
        assert_eq!(shop.plan().changes(), set(&[]), "killed at call {skip}");
        assert_eq!(resources(&shop.account()), wanted, "killed at call {skip}");
    }
}

fn resources(account: &str) -> serde_json::Value {
    let account: serde_json::Value = serde_json::from_str(account).unwrap();
    account["resources"].clone()
}

#[test]
fn rules_that_change_places_do_so_in_one_call() {
    let shop = Application::example("shop");
    let at = |file: &str, from: &str, to: &str| shop.manifests.edit(file, from, to);
    at("api.yaml", "    port: 9000\n    paths", "    port: 9000\n    priority: 10\n    paths");
    at("web.yaml", "    paths: [/*]", "    priority: 20\n    paths: [/*]");
    shop.apply();
    at("api.yaml", "priority: 10", "priority: 20");
    at("web.yaml", "priority: 20", "priority: 10");
    let plan = shop.plan();
    let both = [
        "update listener-rule/api-public-http priority",
        "update listener-rule/web-public-http priority",
    ];
    assert_eq!(plan.changes(), set(&both));
    assert_eq!(plan.calls(), ["elasticloadbalancing:SetRulePriorities api-public-http"]);
    shop.apply();
    assert_eq!(shop.plan().changes(), set(&[]));
}
