//! EC2 instances, and that they are replaced when asked to and not before.

use crate::support::events::Events;
use crate::{Application, done, set};

const NEW_VERSION: &[&str] = &[
    "ec2:CreateLaunchTemplateVersion tracker-dev-main-general",
    "ec2:ModifyLaunchTemplate tracker-dev-main-general",
    "autoscaling:UpdateAutoScalingGroup tracker-dev-main-general",
];
const REFRESH: &[&str] = &[
    "autoscaling:StartInstanceRefresh tracker-dev-main-general",
    "wait until the instances of tracker-dev-main-general are replaced",
];
const OFFER: &str = "`--refresh-instances` replaces them, at least 90% of them healthy at any time";

#[test]
fn instances_are_replaced_with_the_change_of_their_launch_template() {
    let tracker = applied_and_changed();
    let offered = format!(
        "auto-scaling-group/main-general the instances that are there keep the launch template of before; {OFFER}"
    );
    assert_eq!(tracker.plan().calls(), NEW_VERSION);
    assert_eq!(tracker.plan().advice(), set(&[&offered]));

    let plan = refresh(&tracker, &["plan"]);
    assert_eq!(plan.calls(), [NEW_VERSION, REFRESH].concat());
    assert_eq!(plan.advice(), set(&[]), "what is done is not offered");
    refresh(&tracker, &["apply", "--auto-approve"]);
    is_done(&tracker);
}

#[test]
fn instances_are_replaced_some_time_after_the_change() {
    let tracker = applied_and_changed();
    tracker.apply();
    let offered = format!(
        "auto-scaling-group/main-general 2 instances still run an older version of the launch template; {OFFER}"
    );
    let plan = tracker.plan();
    assert_eq!(plan.changes(), set(&[]), "old instances are no difference by themselves");
    assert_eq!(plan.advice(), set(&[&offered]));

    let plan = refresh(&tracker, &["plan"]);
    let changes = ["update auto-scaling-group/main-general outdatedInstances"];
    assert_eq!(plan.changes(), set(&changes));
    assert_eq!(plan.calls(), REFRESH);
    refresh(&tracker, &["apply", "--auto-approve"]);
    is_done(&tracker);
}

#[test]
fn a_saved_plan_keeps_whether_instances_are_replaced() {
    let tracker = applied_and_changed();
    refresh(&tracker, &["plan", "--out", "plan.json"]);
    done(tracker.run(&["apply", "plan.json"]));
    is_done(&tracker);
}

/// What a service moves away from goes after it did; the cluster lets go of it in between.
#[test]
fn a_group_goes_after_the_tasks_that_run_on_it() {
    let tracker = Application::example("ec2");
    tracker.apply();
    let platform = tracker.manifests.path().join("platform.yaml");
    let text = std::fs::read_to_string(platform).unwrap();
    let (kept, rest) = text.split_once("  # For what can be interrupted").unwrap();
    let (_, rest) = rest.split_once("# No Fargate").unwrap();
    tracker.manifests.write("platform.yaml", &format!("{kept}# No Fargate{rest}"));
    tracker.manifests.edit("cruncher.yaml", "  - { provider: spot, weight: 4 }\n", "");

    let calls = tracker.plan().calls();
    let order = [
        "ecs:UpdateService tracker-dev-cruncher",
        "wait until the deployment of tracker-dev-cruncher succeeds",
        "ecs:PutClusterCapacityProviders tracker-dev-main",
        "wait until cluster tracker-dev-main has its capacity providers",
        "ecs:DeleteCapacityProvider tracker-dev-main-spot",
        "wait until capacity provider tracker-dev-main-spot is gone",
        "autoscaling:SetInstanceProtection tracker-dev-main-spot",
        "autoscaling:DeleteAutoScalingGroup tracker-dev-main-spot",
        "wait until Auto Scaling group tracker-dev-main-spot is gone",
        "ec2:DeleteLaunchTemplate tracker-dev-main-spot",
    ];
    assert_eq!(calls[..order.len()], order);
    tracker.apply();
    assert_eq!(tracker.plan().changes(), set(&[]));
}

/// The tracker, with another instance type for what is there already.
fn applied_and_changed() -> Application {
    let tracker = Application::example("ec2");
    tracker.apply();
    tracker.manifests.edit("platform.yaml", "[m7g.large]", "[m7g.xlarge]");
    tracker
}

fn refresh(tracker: &Application, command: &[&str]) -> Events {
    let arguments = [command, &["--refresh-instances", "--output", "json"]].concat();
    Events::of(&done(tracker.run(&arguments)))
}

fn is_done(tracker: &Application) {
    for plan in [tracker.plan(), refresh(tracker, &["plan"])] {
        assert_eq!(plan.changes(), set(&[]));
        assert_eq!(plan.advice(), set(&[]));
    }
}
