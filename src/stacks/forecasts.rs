//! What plans say of tasks on EC2 instances, from manifests and a mock account.

use insta::assert_snapshot;

use super::account::Account;
use super::application::resolve_text;

const BRIDGE: &str = "launchType: EC2, memory: 1024, cpu: 512, image: nginx, port: 80";

/// A cluster whose one group has these fields, and services with these.
fn manifests(group: &str, services: &[(&str, &str)]) -> String {
    let cluster =
        format!("{{ kind: Cluster, name: main, instances: [{{ name: general, {group} }}] }}\n");
    let service = |(name, fields): &(&str, &str)| {
        format!("---\n{{ kind: Service, name: {name}, {fields} }}\n")
    };
    cluster + &services.iter().map(service).collect::<String>()
}

/// Of the first deployment.
async fn first(group: &str, services: &[(&str, &str)]) -> String {
    let stack = resolve_text(&manifests(group, services), None).unwrap();
    Account::empty().forecast(&stack).await
}

/// Of the change from one service to another.
async fn change(group: &str, before: &str, after: &str) -> String {
    let stack = |fields| resolve_text(&manifests(group, &[("web", fields)]), None).unwrap();
    Account::of(&stack(before)).await.forecast(&stack(after)).await
}

const ONE: &str = "instanceTypes: [m6i.large], min: 1, max: 1, capacityProvider: DISABLED";
const THREE: &str = "instanceTypes: [m6i.large], min: 3, max: 3, capacityProvider: DISABLED";

fn with_port(port: &str, rest: &str) -> String {
    format!(
        "launchType: EC2, cpu: 512, memory: 1024, {rest}, containers: [{{ name: web, image: 'nginx:1', ports: [{port}] }}]"
    )
}

#[tokio::test]
async fn a_fixed_port_on_one_instance_gets_stuck() {
    let fields = |image: &str| {
        with_port("{ container: 80, host: 8080 }", "deployment: { minimumHealthyPercent: 100 }")
            .replace("nginx:1", image)
    };
    assert_snapshot!(first(ONE, &[("web", &fields("nginx:1"))]).await, @"
    service/web: fits: 1 task of 512 CPU and 1024 MiB; at its peak 1 runs on 1 of 1 instance (as planned: none is registered yet)
    ");
    assert_snapshot!(change(ONE, &fields("nginx:1"), &fields("nginx:2")).await, @"
    service/web: warning: the deployment cannot make progress: port 8080 is taken on every instance, and minimumHealthyPercent 100 keeps the old task from stopping first (as planned: none is registered yet)
    service/web: set minimumHealthyPercent to 0, or add 1 more instance like m6i.large
    ");
    assert_snapshot!(change(THREE, &fields("nginx:1"), &fields("nginx:2")).await, @"
    service/web: fits: 1 task of 512 CPU and 1024 MiB; at its peak 2 run on 2 of 3 instances (as planned: none is registered yet)
    ");
}

#[tokio::test]
async fn dynamic_ports_fit_beside_each_other() {
    let fields = |image: &str| with_port("80", "desiredCount: 3").replace("nginx:1", image);
    assert_snapshot!(change(ONE, &fields("nginx:1"), &fields("nginx:2")).await, @"
    service/web: fits: 3 tasks of 512 CPU and 1024 MiB; at its peak 4 run on 1 of 1 instance (as planned: none is registered yet)
    ");
    assert_snapshot!(change(THREE, &fields("nginx:1"), &fields("nginx:2")).await, @"
    service/web: fits: 3 tasks of 512 CPU and 1024 MiB; at its peak 6 run on 3 of 3 instances (as planned: none is registered yet)
    ");
}

#[tokio::test]
async fn what_starts_no_task_has_no_forecast() {
    let before = format!("{BRIDGE}, desiredCount: 2");
    for after in [
        before.clone(),
        format!("{BRIDGE}, desiredCount: 1"),
        format!("{BRIDGE}, desiredCount: 2, deployment: {{ minimumHealthyPercent: 50 }}"),
        "image: nginx, port: 80".to_owned(),
    ] {
        assert_eq!(change(THREE, &before, &after).await, "", "{after}");
    }
    let more = format!("{BRIDGE}, desiredCount: 20");
    assert_snapshot!(change(THREE, &before, &more).await, @"
    service/web: warning: the deployment cannot make progress: only 12 of 20 tasks fit: no instance has 512 CPU left (as planned: none is registered yet)
    service/web: add 2 more instances like m6i.large
    ");
}

#[tokio::test]
async fn a_task_that_is_too_large_for_the_instances() {
    let fields = "launchType: EC2, memory: 8192, image: nginx, port: 80";
    assert_snapshot!(first(THREE, &[("web", fields)]).await, @"
    service/web: warning: the deployment cannot make progress: no instance has 8192 MiB left (at most 7578) (as planned: none is registered yet)
    service/web: use larger instances or let the task ask for less
    ");
}

#[tokio::test]
async fn services_that_begin_together_share_the_instances() {
    let fields = "launchType: EC2, memory: 5000, image: nginx, port: 80";
    assert_snapshot!(first(ONE, &[("api", fields), ("web", fields)]).await, @"
    service/api: fits: 1 task of 0 CPU and 5000 MiB; at its peak 1 runs on 1 of 1 instance (as planned: none is registered yet)
    service/web: warning: the deployment cannot make progress: no instance has 5000 MiB left (at most 2578) (as planned: none is registered yet)
    service/web: add 1 more instance like m6i.large
    ");
}

#[tokio::test]
async fn interfaces_of_instances_are_few() {
    let fields = "launchType: EC2, memory: 256, networkMode: awsvpc, desiredCount: 3, image: nginx, port: 80";
    assert_snapshot!(first(ONE, &[("web", fields)]).await, @"
    service/web: warning: the deployment cannot make progress: only 2 of 3 tasks fit: no instance has 1 network interface left (as planned: none is registered yet)
    service/web: add 1 more instance like m6i.large
    ");
}

#[tokio::test]
async fn a_daemon_has_one_task_on_each_instance() {
    let fields = |image: &str| {
        format!("launchType: EC2, memory: 256, scheduling: DAEMON, image: '{image}', port: 9100")
    };
    assert_snapshot!(change(THREE, &fields("agent:1"), &fields("agent:2")).await, @"
    service/web: fits: 3 tasks of 0 CPU and 256 MiB; at its peak 3 run on 3 of 3 instances (as planned: none is registered yet)
    ");
}

#[tokio::test]
async fn managed_scaling_adds_what_is_missing() {
    let group = "instanceTypes: [m6i.large], min: 0, max: 4";
    let fields = |memory| {
        format!(
            "capacity: [{{ provider: general }}], memory: {memory}, desiredCount: 2, image: nginx, port: 80"
        )
    };
    assert_snapshot!(first(group, &[("web", &fields(5000))]).await, @"
    service/web: needs 2 more instances like m6i.large at its peak; managed scaling adds up to 4 when tasks find no place
    ");
    assert_snapshot!(change(group, &fields(5000), &fields(5001)).await, @"
    service/web: needs 1 more instance like m6i.large at its peak; managed scaling adds up to 2 when tasks find no place (as planned: none is registered yet)
    ");
    let twice = group.replace("max: 4", "max: 3");
    assert_snapshot!(change(&twice, &fields(5000), &fields(5001)).await, @"
    service/web: needs 1 more instance like m6i.large at its peak; managed scaling adds up to 1 when tasks find no place (as planned: none is registered yet)
    ");
}

#[tokio::test]
async fn only_instances_of_the_capacity_provider_count() {
    let groups = "instanceTypes: [m6i.large], min: 9, max: 9 }, { name: spare, \
                  instanceTypes: [m6i.xlarge], min: 1, max: 1, capacityProvider: { managedScaling: false }";
    let fields =
        "capacity: [{ provider: spare }], memory: 9000, desiredCount: 2, image: nginx, port: 80";
    assert_snapshot!(first(groups, &[("web", fields)]).await, @"
    service/web: warning: the deployment cannot make progress: only 1 of 2 tasks fit: no instance has 9000 MiB left (at most 6156) (as planned: none is registered yet)
    service/web: add 1 more instance like m6i.xlarge
    ");
    let anywhere = "launchType: EC2, memory: 1000, desiredCount: 2, image: nginx, port: 80";
    assert_snapshot!(first(groups, &[("web", anywhere)]).await, @"
    service/web: fits: 2 tasks of 0 CPU and 1000 MiB; at its peak 2 run on 2 of 10 instances (as planned: none is registered yet)
    ");
}

/// AWS cannot change the network mode's kind: the service goes first, with its tasks.
#[tokio::test]
async fn a_service_that_is_made_anew_finds_the_places_of_its_tasks() {
    let fields = |mode: &str| {
        format!("launchType: EC2, memory: 4000, image: nginx, port: 80, networkMode: {mode}")
    };
    assert_snapshot!(change(ONE, &fields("awsvpc"), &fields("host")).await, @"
    service/web: fits: 1 task of 0 CPU and 4000 MiB; at its peak 1 runs on 1 of 1 instance (as planned: none is registered yet)
    ");
}

#[tokio::test]
async fn a_cluster_without_instances() {
    let manifests = format!("{{ kind: Service, name: web, {BRIDGE} }}");
    let stack = resolve_text(&manifests, None).unwrap();
    assert_snapshot!(Account::empty().forecast(&stack).await, @"
    service/web: warning: the deployment cannot make progress: the cluster has no instances
    service/web: add instances that hold such a task
    ");
}

#[tokio::test]
async fn new_tasks_of_blue_and_green_run_beside_all_old_ones() {
    let fields = |image: &str| {
        format!("{BRIDGE}, desiredCount: 9, deployment: {{ strategy: BLUE_GREEN }}")
            .replace("nginx", image)
    };
    assert_snapshot!(change(THREE, &fields("nginx:1"), &fields("nginx:2")).await, @"
    service/web: warning: the deployment cannot make progress: only 12 of 18 tasks fit: no instance has 512 CPU left (as planned: none is registered yet)
    service/web: add 2 more instances like m6i.large
    ");
}

#[tokio::test]
async fn constraints_of_what_nobody_knows_are_no_limit() {
    let fields = |expression: &str| {
        format!(
            "{BRIDGE}, placementConstraints: [{{ type: memberOf, expression: '{expression}' }}]"
        )
    };
    assert_snapshot!(first(ONE, &[("web", &fields("attribute:rack == a"))]).await, @"
    service/web: fits: 1 task of 512 CPU and 1024 MiB; at its peak 1 runs on 1 of 1 instance (as planned: none is registered yet)
    ");
    assert_snapshot!(first(ONE, &[("web", &fields("attribute:ecs.instance-type =~ g5.*"))]).await, @"
    service/web: warning: the deployment cannot make progress: memberOf attribute:ecs.instance-type =~ g5.* excludes every instance (as planned: none is registered yet)
    service/web: change the constraint
    ");
}

#[tokio::test]
async fn instances_that_nobody_knows() {
    assert_snapshot!(first("instanceTypes: [z1d.large], min: 1", &[("web", BRIDGE)]).await, @"
    service/web: whether the tasks find a place is not known: no instance is registered yet, and ecsctl does not know the hardware of z1d.large
    ");
    assert_snapshot!(first("autoScalingGroup: machines", &[("web", BRIDGE)]).await, @"
    service/web: whether the tasks find a place is not known: no instance is registered yet, and ecsctl does not know the instances of the Auto Scaling group machines
    ");
}
