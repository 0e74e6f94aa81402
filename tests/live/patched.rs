//! What needs moto with our patch (`support/patched_moto.py`): a plan that is empty after the first
//! apply, and a record of what the account was asked.

use std::collections::BTreeMap;

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::events::Events;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::{done, set};

/// An example, an account for it, and how many calls a plan of it takes with nothing to do.
const EXAMPLES: &[(&str, &str, u64)] = &[
    // 3 services, 2 of them behind the load balancer. 2 of the calls look for what only scaling has, and the tagging
    // API does not list: scheduled actions, and the alarms that policies on custom metrics are found by. 1 call reads
    // the job's task definition: no service tells which revision of it is the newest. And with the job, what is owned
    // fills a second page of the tagging API.
    ("shop", "222222222231", 27),
    // 3 services, 1 of them behind the load balancer, and 2 groups of instances. Of each group, 2 calls tell what
    // AWS has no list of: the launch template's default version and the instance profile's tags.
    ("ec2", "222222222233", 31),
];

#[tokio::test]
async fn one_apply_is_enough_and_the_plan_after_it_is_cheap() {
    for (example, account, calls) in EXAMPLES {
        let account = Account::of(Moto::patched(), account).await;
        let manifests = Manifests::example(example);
        let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
        done(ecsctl.run(&["apply", "--auto-approve"]));

        let before = account.moto.operations(&account.access_key);
        let plan = Events::of(&done(ecsctl.run(&["plan", "--output", "json"])));
        assert_eq!(plan.changes(), set(&[]), "{example}");
        let asked = difference(&account.moto.operations(&account.access_key), &before);
        println!("a plan of {example} with nothing to do: {asked:#?}");
        let total = asked.values().sum::<u64>();
        assert_eq!(total, plan.start("calls"), "what is told is what was sent");
        assert!(total <= *calls, "{example}: {total} calls: {asked:#?}");
        assert!(asked.keys().all(|operation| reads(operation)), "{asked:#?}");
    }
}

#[tokio::test]
async fn what_a_digest_answers_for_is_read_when_asked_to() {
    let account = Account::of(Moto::patched(), "222222222232").await;
    let manifests = Manifests::example("shop");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    done(ecsctl.run(&["apply", "--auto-approve"]));
    let elbv2 = account.elbv2();
    let groups = elbv2.describe_target_groups().send().await.unwrap();
    let web = groups.target_groups().iter().find(|group| {
        group.target_group_name().is_some_and(|name| name.starts_with("shop-dev-web"))
    });
    let delay = aws_sdk_elasticloadbalancingv2::types::TargetGroupAttribute::builder()
        .key("deregistration_delay.timeout_seconds")
        .value("7")
        .build();
    let drift = elbv2.modify_target_group_attributes().attributes(delay);
    drift.set_target_group_arn(web.unwrap().target_group_arn.clone()).send().await.unwrap();

    let changes = |arguments: &[&str]| Events::of(&done(ecsctl.run(arguments))).changes();
    assert_eq!(changes(&["plan", "--output", "json"]), set(&[]));
    let drifted = set(&[
        "update target-group/web-public-http attributes[deregistration_delay.timeout_seconds]",
    ]);
    assert_eq!(changes(&["plan", "--output", "json", "--deep"]), drifted);
    done(ecsctl.run(&["apply", "--auto-approve", "--deep"]));
    assert_eq!(changes(&["plan", "--output", "json", "--deep"]), set(&[]));
}

fn difference(
    after: &BTreeMap<String, u64>,
    before: &BTreeMap<String, u64>,
) -> BTreeMap<String, u64> {
    let grown = after.iter().map(|(operation, count)| {
        (operation.clone(), count - before.get(operation).copied().unwrap_or(0))
    });
    grown.filter(|(_, count)| *count > 0).collect()
}

/// Whether an operation changes nothing: EFS's have no names in its requests.
fn reads(operation: &str) -> bool {
    let (_, operation) = operation.split_once(':').unwrap_or_default();
    ["Describe", "Get", "List", "GET "].iter().any(|word| operation.starts_with(word))
}
