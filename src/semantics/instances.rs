//! What EC2 and Auto Scaling change in place of a cluster's instances.

use serde_json::json;

use super::{ANOTHER, NOTHING, REPLACED, Table};
use crate::kinds::auto_scaling_group::AutoScalingGroup;
use crate::kinds::auto_scaling_policy::AutoScalingPolicy;
use crate::kinds::launch_template::LaunchTemplate;

pub(super) fn tables() -> Vec<Table> {
    vec![launch_template(), auto_scaling_group(), auto_scaling_policy()]
}

/// A version is never changed; the default one is what new instances are made of.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html>
fn launch_template() -> Table {
    let version = "new revision by ec2:CreateLaunchTemplateVersion + ec2:ModifyLaunchTemplate";
    Table::of::<LaunchTemplate>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/image", json!("ami-0123456789abcdef0"), version),
        ("/instanceType", json!("m7i.xlarge"), version),
        ("/instanceProfile", json!("arn:other"), version),
        ("/keyPair", json!("other"), version),
        ("/securityGroups", json!(["sg-9"]), version),
        ("/userData", json!(["#!/bin/bash"]), version),
        ("/metadata/hopLimit", json!(1), version),
        ("/detailedMonitoring", json!(false), version),
        ("/volumes", json!({}), version),
        ("/tagSpecifications/instance/team", json!("shop"), version),
        ("/others", json!(["CpuOptions"]), version),
        ("/tags/team", json!("shop"), "ec2:CreateTags"),
        ("/tags", json!({}), "ec2:DeleteTags"),
    ])
}

/// Instances that are there keep what they were made of until an instance refresh. Tags reach new
/// instances only. `instances` and `outdatedVersions` are what is there.
///
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>
fn auto_scaling_group() -> Table {
    let update = "autoscaling:UpdateAutoScalingGroup";
    Table::of::<AutoScalingGroup>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/cluster", json!("cluster/other"), REPLACED),
        ("/launchTemplate/version", json!("4"), update),
        ("/instanceTypes", json!(["m7i.large", "m6i.large"]), update),
        ("/spot/onDemandBase", json!(1), update),
        ("/spot/onDemandPercentage", json!(50), update),
        ("/spot/allocation", json!("lowest-price"), update),
        ("/spot/maxPrice", json!("0.05"), update),
        ("/min", json!(2), update),
        ("/max", json!(8), update),
        ("/subnets", json!(["subnet-9"]), update),
        (
            "/newInstancesProtectedFromScaleIn",
            json!(false),
            "autoscaling:UpdateAutoScalingGroup + autoscaling:SetInstanceProtection",
        ),
        ("/capacityRebalance", json!(true), update),
        ("/defaultInstanceWarmup", json!(60), update),
        ("/healthCheckType", json!("ELB"), update),
        ("/healthCheckGracePeriod", json!(30), update),
        ("/instances", json!(3), NOTHING),
        ("/outdatedInstances", json!(2), "autoscaling:StartInstanceRefresh + wait"),
        ("/outdatedVersions", json!(["2"]), NOTHING),
        ("/tags/team", json!("shop"), "autoscaling:CreateOrUpdateTags"),
        ("/tags", json!({}), "autoscaling:DeleteTags"),
    ])
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html>
fn auto_scaling_policy() -> Table {
    let put = "autoscaling:PutScalingPolicy";
    Table::of::<AutoScalingPolicy>(vec![
        (
            "/autoScalingGroup",
            json!(
                "arn:aws:autoscaling:eu-west-1:444455556666:autoScalingGroup:1:autoScalingGroupName/other"
            ),
            ANOTHER,
        ),
        ("/name", json!("other"), ANOTHER),
        ("/cpuTarget", json!(70), put),
        ("/disableScaleIn", json!(true), put),
    ])
}
