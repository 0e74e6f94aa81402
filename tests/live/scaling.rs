//! What becomes of a service's count, its policies and their alarms when scaling ends.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};

use super::journey::Journey;
use crate::support::account::Account;
use crate::support::moto::Moto;
use crate::{done, set};

async fn relay(account: &str) -> Journey {
    let relay = Journey::new("edge", Account::of(Moto::patched(), account).await);
    relay.apply();
    relay
}

/// The tasks that `api` is to run.
async fn count(account: &Account) -> i32 {
    let found =
        account.ecs().describe_services().cluster("relay-dev-main").services("relay-dev-api");
    found.send().await.unwrap().services()[0].desired_count()
}

#[tokio::test]
async fn the_count_that_scaling_chose_stays_and_is_told() {
    let relay = relay("222222222261").await;
    let scaled = relay.account.ecs().update_service().cluster("relay-dev-main");
    scaled.service("relay-dev-api").desired_count(4).send().await.unwrap();
    assert_eq!(relay.plan().changes(), set(&[]), "the count is scaling's");

    relay.manifests.cut("api.yaml", "scaling:\n", "---\n");
    let shown = done(relay.ecsctl.run(&["plan"])).stdout;
    let advice = "scaling of relay-dev-api ends: without `desiredCount` in its manifest it keeps the 4 tasks that it has now";
    assert!(shown.contains(advice), "{shown}");
    let ends =
        ["delete alarm/api-slow", "delete scalable-target/api", "delete scaling-policy/api-slow"];
    relay.changes_to(&ends, "the end of scaling");
    assert_eq!(count(&relay.account).await, 4);
    let shown = done(relay.ecsctl.run(&["plan"])).stdout;
    assert!(!shown.contains("scaling of"), "told once: {shown}");

    relay.manifests.edit("api.yaml", "---\n", "desiredCount: 2\n---\n");
    relay.changes_to(&["update service/api desiredCount"], "a count");
    assert_eq!(count(&relay.account).await, 2);
}

#[tokio::test]
async fn a_policy_that_went_alone_leaves_its_alarm_to_be_found() {
    let relay = relay("222222222262").await;
    let before = relay.account.inventory().await;
    relay.manifests.cut("jobs.yaml", "    - name: sleep\n", "  # No queue in dev");
    let calls = relay.plan().calls();
    let scaled = ["application-autoscaling:DeleteScalingPolicy", "cloudwatch:DeleteAlarms"];
    assert_eq!(calls, scaled.map(|call| format!("{call} relay-dev-jobs-sleep")));

    // Here the apply was interrupted.
    let policy =
        relay.account.scaling().delete_scaling_policy().service_namespace(ServiceNamespace::Ecs);
    let policy = policy
        .resource_id("service/relay-dev-main/relay-dev-jobs")
        .policy_name("relay-dev-jobs-sleep");
    policy.scalable_dimension(ScalableDimension::EcsServiceDesiredCount).send().await.unwrap();
    relay.changes_to(&["delete alarm/jobs-sleep"], "the rest");
    let gone: Vec<_> = before.difference(&relay.account.inventory().await).cloned().collect();
    assert!(gone.contains(&"describe_alarms relay-dev-jobs-sleep".to_owned()), "{gone:?}");
    assert!(gone.iter().all(|name| name.ends_with("relay-dev-jobs-sleep")), "{gone:?}");
}
