//! The exact order of calls for applications on EC2 instances, and where a whole load balancer is replaced.

use super::account::Account;
use super::application::resolve_text;
use crate::model::stack::Stack;
use crate::plan::Action;

fn stack(documents: &str) -> Stack {
    let text =
        format!("{{ kind: App, name: shop, environments: {{ prod: {{}} }} }}\n---\n{documents}");
    resolve_text(&text, None).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A cluster with these fields, and a service on its instances.
fn on_instances(cluster: &str) -> Stack {
    stack(&format!(
        "{{ kind: Cluster, name: main, {cluster} }}\n---\n{{ kind: Service, name: web, image: nginx, memory: 512 MB, capacity: [{{ provider: general }}] }}"
    ))
}

fn lines(actions: &[Action]) -> String {
    let calls = actions.iter().flat_map(|action| action.calls.iter().map(|call| &*call.line));
    calls.collect::<Vec<_>>().join("\n")
}

/// The calls that make the second application of the first one; nothing may be left to do then.
async fn change(before: &Stack, after: &Stack) -> String {
    let mut account = Account::of(before).await;
    let calls = lines(&account.apply(after).await.actions);
    assert_eq!(lines(&account.plan(after).await.actions), "", "left to do");
    calls
}

const GROUPS: &str = "instances: [{ name: general }, { name: batch, capacityProvider: DISABLED, cpuTarget: 60 }, { name: old, autoScalingGroup: old }]";

#[tokio::test]
async fn instances_are_there_before_what_runs_on_them() {
    let calls = lines(&Account::empty().apply(&on_instances(GROUPS)).await.actions);
    insta::assert_snapshot!(calls, @"
    ecs:CreateCapacityProvider shop-prod-main-old-cba06b
    ecs:CreateCluster shop-prod-main
    wait until cluster shop-prod-main is active
    logs:CreateLogGroup /ecsctl/shop/prod/web
    logs:PutRetentionPolicy /ecsctl/shop/prod/web
    iam:CreateRole shop-prod-web-execution
    iam:PutRolePolicy shop-prod-web-execution ecsctl
    iam:CreateRole shop-prod-main-batch
    iam:AttachRolePolicy shop-prod-main-batch AmazonSSMManagedInstanceCore
    iam:AttachRolePolicy shop-prod-main-batch AmazonEC2ContainerServiceforEC2Role
    iam:CreateInstanceProfile shop-prod-main-batch
    iam:AddRoleToInstanceProfile shop-prod-main-batch
    iam:CreateRole shop-prod-main-general
    iam:AttachRolePolicy shop-prod-main-general AmazonSSMManagedInstanceCore
    iam:AttachRolePolicy shop-prod-main-general AmazonEC2ContainerServiceforEC2Role
    iam:CreateInstanceProfile shop-prod-main-general
    iam:AddRoleToInstanceProfile shop-prod-main-general
    ec2:CreateSecurityGroup shop-prod-main-batch
    ec2:CreateLaunchTemplate shop-prod-main-batch
    autoscaling:CreateAutoScalingGroup shop-prod-main-batch
    autoscaling:PutScalingPolicy shop-prod-main-batch-cpu
    ec2:CreateSecurityGroup shop-prod-main-general
    ec2:CreateLaunchTemplate shop-prod-main-general
    autoscaling:CreateAutoScalingGroup shop-prod-main-general
    ecs:CreateCapacityProvider shop-prod-main-general
    ecs:PutClusterCapacityProviders shop-prod-main
    wait until cluster shop-prod-main has its capacity providers
    ecs:RegisterTaskDefinition shop-prod-web
    ecs:CreateService shop-prod-web
    wait until the deployment of shop-prod-web succeeds
    ");
}

#[tokio::test]
async fn a_launch_template_has_its_version_before_the_group_follows() {
    let after = GROUPS.replace("name: general", "name: general, keyPair: operators");
    let calls = change(&on_instances(GROUPS), &on_instances(&after)).await;
    insta::assert_snapshot!(calls, @"
    ec2:CreateLaunchTemplateVersion shop-prod-main-general
    ec2:ModifyLaunchTemplate shop-prod-main-general
    autoscaling:UpdateAutoScalingGroup shop-prod-main-general
    ");
}

#[tokio::test]
async fn instances_go_after_what_ran_on_them() {
    let after = "instances: [{ name: fresh }]";
    let service = "{ kind: Service, name: web, image: nginx, memory: 512 MB, capacity: [{ provider: fresh }] }";
    let after = stack(&format!("{{ kind: Cluster, name: main, {after} }}\n---\n{service}"));
    let calls = change(&on_instances("instances: [{ name: general }]"), &after).await;
    insta::assert_snapshot!(calls, @"
    iam:CreateRole shop-prod-main-fresh
    iam:AttachRolePolicy shop-prod-main-fresh AmazonSSMManagedInstanceCore
    iam:AttachRolePolicy shop-prod-main-fresh AmazonEC2ContainerServiceforEC2Role
    iam:CreateInstanceProfile shop-prod-main-fresh
    iam:AddRoleToInstanceProfile shop-prod-main-fresh
    ec2:CreateSecurityGroup shop-prod-main-fresh
    ec2:CreateLaunchTemplate shop-prod-main-fresh
    autoscaling:CreateAutoScalingGroup shop-prod-main-fresh
    ecs:CreateCapacityProvider shop-prod-main-fresh
    ecs:PutClusterCapacityProviders shop-prod-main
    wait until cluster shop-prod-main has its capacity providers
    ecs:UpdateService shop-prod-web
    wait until the deployment of shop-prod-web succeeds
    ecs:PutClusterCapacityProviders shop-prod-main
    wait until cluster shop-prod-main has its capacity providers
    ecs:DeleteCapacityProvider shop-prod-main-general
    wait until capacity provider shop-prod-main-general is gone
    autoscaling:SetInstanceProtection shop-prod-main-general
    autoscaling:DeleteAutoScalingGroup shop-prod-main-general
    wait until Auto Scaling group shop-prod-main-general is gone
    ec2:DeleteLaunchTemplate shop-prod-main-general
    iam:RemoveRoleFromInstanceProfile shop-prod-main-general
    iam:DeleteInstanceProfile shop-prod-main-general
    iam:DetachRolePolicy shop-prod-main-general AmazonSSMManagedInstanceCore
    iam:DetachRolePolicy shop-prod-main-general AmazonEC2ContainerServiceforEC2Role
    iam:DeleteRole shop-prod-main-general
    ec2:DeleteSecurityGroup shop-prod-main-general
    ");
}

#[tokio::test]
async fn a_renamed_cluster_takes_its_instances_along() {
    let after = format!("awsName: other, {GROUPS}");
    insta::assert_snapshot!(change(&on_instances(GROUPS), &on_instances(&after)).await, @"
    ecs:CreateCluster other
    wait until cluster other is active
    ec2:CreateLaunchTemplateVersion shop-prod-main-batch
    ec2:ModifyLaunchTemplate shop-prod-main-batch
    ec2:CreateLaunchTemplateVersion shop-prod-main-general
    ec2:ModifyLaunchTemplate shop-prod-main-general
    autoscaling:DeletePolicy shop-prod-main-batch-cpu
    autoscaling:SetInstanceProtection shop-prod-main-batch
    autoscaling:DeleteAutoScalingGroup shop-prod-main-batch
    wait until Auto Scaling group shop-prod-main-batch is gone
    autoscaling:CreateAutoScalingGroup shop-prod-main-batch
    autoscaling:PutScalingPolicy shop-prod-main-batch-cpu
    ecs:UpdateService shop-prod-web
    ecs:DeleteService shop-prod-web
    wait until service shop-prod-web is gone
    ecs:PutClusterCapacityProviders shop-prod-main
    wait until cluster shop-prod-main has its capacity providers
    ecs:DeleteCapacityProvider shop-prod-main-general
    wait until capacity provider shop-prod-main-general is gone
    autoscaling:SetInstanceProtection shop-prod-main-general
    autoscaling:DeleteAutoScalingGroup shop-prod-main-general
    wait until Auto Scaling group shop-prod-main-general is gone
    autoscaling:CreateAutoScalingGroup shop-prod-main-general
    ecs:CreateCapacityProvider shop-prod-main-general
    ecs:PutClusterCapacityProviders other
    wait until cluster other has its capacity providers
    ecs:CreateService shop-prod-web
    wait until the deployment of shop-prod-web succeeds
    ecs:DeleteCluster shop-prod-main
    ");
}

#[tokio::test]
async fn services_go_before_their_instances() {
    let before = on_instances(GROUPS);
    let mut account = Account::of(&before).await;
    insta::assert_snapshot!(lines(&account.destroy(&before).await.actions), @"
    autoscaling:DeletePolicy shop-prod-main-batch-cpu
    autoscaling:SetInstanceProtection shop-prod-main-batch
    autoscaling:DeleteAutoScalingGroup shop-prod-main-batch
    wait until Auto Scaling group shop-prod-main-batch is gone
    ec2:DeleteLaunchTemplate shop-prod-main-batch
    iam:RemoveRoleFromInstanceProfile shop-prod-main-batch
    iam:DeleteInstanceProfile shop-prod-main-batch
    iam:DetachRolePolicy shop-prod-main-batch AmazonSSMManagedInstanceCore
    iam:DetachRolePolicy shop-prod-main-batch AmazonEC2ContainerServiceforEC2Role
    iam:DeleteRole shop-prod-main-batch
    ec2:DeleteSecurityGroup shop-prod-main-batch
    ecs:UpdateService shop-prod-web
    ecs:DeleteService shop-prod-web
    wait until service shop-prod-web is gone
    ecs:PutClusterCapacityProviders shop-prod-main
    wait until cluster shop-prod-main has its capacity providers
    ecs:DeleteCapacityProvider shop-prod-main-general
    wait until capacity provider shop-prod-main-general is gone
    autoscaling:SetInstanceProtection shop-prod-main-general
    autoscaling:DeleteAutoScalingGroup shop-prod-main-general
    wait until Auto Scaling group shop-prod-main-general is gone
    ecs:DeleteCapacityProvider shop-prod-main-old-cba06b
    wait until capacity provider shop-prod-main-old-cba06b is gone
    ecs:DeleteCluster shop-prod-main
    ec2:DeleteLaunchTemplate shop-prod-main-general
    iam:RemoveRoleFromInstanceProfile shop-prod-main-general
    iam:DeleteInstanceProfile shop-prod-main-general
    iam:DetachRolePolicy shop-prod-main-general AmazonSSMManagedInstanceCore
    iam:DetachRolePolicy shop-prod-main-general AmazonEC2ContainerServiceforEC2Role
    iam:DeleteRole shop-prod-main-general
    ec2:DeleteSecurityGroup shop-prod-main-general
    ecs:DeregisterTaskDefinition shop-prod-web
    ecs:DeleteTaskDefinitions shop-prod-web
    logs:DeleteLogGroup /ecsctl/shop/prod/web
    iam:DeleteRolePolicy shop-prod-web-execution ecsctl
    iam:DeleteRole shop-prod-web-execution
    ");
}

/// A load balancer that is replaced has its listeners and rules deleted first; only then does the
/// service find its new rule, though its configuration still names the old one.
#[tokio::test]
async fn a_replaced_load_balancer_takes_its_rules_along() {
    let behind = |scheme: &str| {
        stack(&format!(
            "{{ kind: LoadBalancer, name: public, scheme: {scheme} }}\n---\n{{ kind: Service, name: web, image: nginx, port: 80, deployment: {{ strategy: BLUE_GREEN }}, loadBalancers: [{{ loadBalancer: public }}] }}"
        ))
    };
    let calls = change(&behind("internal"), &behind("internet-facing")).await;
    insta::assert_snapshot!(calls, @"
    elasticloadbalancing:DeleteRule web-public-http
    elasticloadbalancing:DeleteListener public-http
    elasticloadbalancing:DeleteLoadBalancer shop-prod-public
    wait until load balancer shop-prod-public is gone
    elasticloadbalancing:CreateLoadBalancer shop-prod-public
    elasticloadbalancing:ModifyLoadBalancerAttributes shop-prod-public
    elasticloadbalancing:AddTags shop-prod-public
    wait until load balancer shop-prod-public is active
    elasticloadbalancing:CreateListener public-http
    elasticloadbalancing:CreateRule web-public-http
    ecs:UpdateService shop-prod-web
    wait until the deployment of shop-prod-web succeeds
    ");
}
