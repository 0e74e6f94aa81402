//! What others made is found by its ARN, name or tags, is used, and is never changed or deleted.

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::events::Events;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
use crate::{done, ended, set};

const PLATFORM: &str = "
{ kind: Cluster, name: main, instances: [{ name: machines, autoScalingGroup: machines }] }
---
{ kind: LoadBalancer, name: house, existing: { name: house }, listeners: [{ name: http, port: 80 }] }
";
const WEB: &str = "
kind: Service
name: web
image: nginx
port: 80
launchType: FARGATE
loadBalancers: [{ loadBalancer: house, hosts: [web.example.com] }]
";

#[tokio::test]
async fn load_balancers_and_groups_of_others_are_used_and_left_as_they_are() {
    let account = Account::of(Moto::patched(), "222222222261").await;
    let arn = account.run("tests/support/house.py");
    let before = account.inventory().await;
    let manifests = Manifests::empty("guest");
    let ecsctl = account.open_to(Ecsctl::new(manifests.path()));
    let plan = || Events::of(&done(ecsctl.run(&["plan", "--output", "json"])));
    manifests.write("platform.yaml", PLATFORM);
    manifests.write("web.yaml", WEB);
    done(ecsctl.run(&["apply", "--auto-approve"]));
    assert_eq!(plan().changes(), set(&[]));

    let made = account.inventory().await;
    assert!(made.is_superset(&before), "all that was there is");
    let of_the_house = arn.trim().replace(":loadbalancer/", ":listener-rule/");
    let rules = made.iter().filter(|made| made.starts_with(&of_the_house)).count();
    assert_eq!(rules, 2, "the default rule and the service's: {made:?}");

    let clusters = account.ecs().describe_clusters().clusters("guest-default-main").send().await;
    let clusters = clusters.unwrap();
    let provider = clusters.clusters()[0].capacity_providers().iter();
    let provider = provider.filter(|name| name.starts_with("guest-default-main-machines-"));
    let request = account.ecs().describe_capacity_providers();
    let found = request.set_capacity_providers(Some(provider.cloned().collect())).send().await;
    let found = found.unwrap();
    let group = found.capacity_providers()[0].auto_scaling_group_provider().unwrap();
    assert!(group.auto_scaling_group_arn().ends_with("autoScalingGroupName/machines"));

    for known_by in [format!("arn: '{}'", arn.trim()), "tags: { house: 'yes' }".to_owned()] {
        let platform =
            PLATFORM.replace("existing: { name: house }", &format!("existing: {{ {known_by} }}"));
        manifests.write("platform.yaml", &platform);
        assert_eq!(plan().changes(), set(&[]), "{known_by}");
    }
    manifests.write(
        "platform.yaml",
        &PLATFORM.replace("existing: { name: house }", "existing: { name: barn }"),
    );
    let missing = ended(ecsctl.run(&["plan"]), 1);
    assert!(missing.stderr.contains("barn"), "{}", missing.stderr);
    manifests.write(
        "platform.yaml",
        &PLATFORM.replace("autoScalingGroup: machines", "autoScalingGroup: horses"),
    );
    let missing = ended(ecsctl.run(&["plan"]), 1);
    assert!(missing.stderr.contains("horses"), "{}", missing.stderr);

    manifests.write("platform.yaml", PLATFORM);
    done(ecsctl.run(&["destroy", "--auto-approve"]));
    assert_eq!(account.inventory().await, before);
}
