//! What EC2, IAM, EFS and CloudWatch Logs change in place of what services stand on.

use serde_json::json;

use super::{ANOTHER, NOTHING, REPLACED, Table};
use crate::kinds::access_point::AccessPoint;
use crate::kinds::file_system::FileSystem;
use crate::kinds::instance_profile::InstanceProfile;
use crate::kinds::log_group::LogGroup;
use crate::kinds::mount_target::MountTarget;
use crate::kinds::role::Role;
use crate::kinds::security_group::SecurityGroup;

pub(super) fn tables() -> Vec<Table> {
    vec![
        security_group(),
        role(),
        instance_profile(),
        file_system(),
        mount_target(),
        access_point(),
        log_group(),
    ]
}

/// AWS cannot change a description, and it is not worth a replacement of all that uses the group.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
fn security_group() -> Table {
    let rule = |description: &str| {
        json!({
            "protocol": "tcp", "fromPort": 8080, "toPort": 8080, "peer": "sg-1",
            "description": description,
        })
    };
    Table::of::<SecurityGroup>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/vpc", json!("vpc-9"), ANOTHER),
        ("/description", json!("Other"), NOTHING),
        ("/ingress", json!([rule("from sg-1")]), "ec2:RevokeSecurityGroupIngress"),
        ("/ingress/1", rule("of others"), "ec2:UpdateSecurityGroupRuleDescriptionsIngress"),
        (
            "/ingress/1/peer",
            json!("sg-2"),
            "ec2:AuthorizeSecurityGroupIngress + ec2:RevokeSecurityGroupIngress",
        ),
        ("/egress", json!([]), "ec2:RevokeSecurityGroupEgress"),
        (
            "/egress/0/peer",
            json!("10.0.0.0/8"),
            "ec2:AuthorizeSecurityGroupEgress + ec2:RevokeSecurityGroupEgress",
        ),
        ("/tags/team", json!("shop"), "ec2:CreateTags"),
        ("/tags", json!({}), "ec2:DeleteTags"),
    ])
}

/// `inlinePolicies` are those of others, which ecsctl takes away and never writes.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>
fn role() -> Table {
    let managed = json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    Table::of::<Role>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/path", json!("/other/"), REPLACED),
        ("/description", json!("Writes"), "iam:UpdateRole"),
        ("/maxSessionDuration", json!(7200), "iam:UpdateRole"),
        ("/trust/Tasks/effect", json!("Deny"), "iam:UpdateAssumeRolePolicy"),
        ("/statements/Read/actions", json!(["s3:PutObject"]), "iam:PutRolePolicy"),
        ("/statements", json!({}), "iam:DeleteRolePolicy"),
        ("/inlinePolicies", json!(["by-hand"]), NOTHING),
        ("/managedPolicies", managed, "iam:AttachRolePolicy + iam:DetachRolePolicy"),
        ("/permissionsBoundary", json!("arn:other"), "iam:PutRolePermissionsBoundary"),
        ("/permissionsBoundary", json!(""), "iam:DeleteRolePermissionsBoundary"),
        ("/tags/team", json!("shop"), "iam:TagRole"),
        ("/tags", json!({}), "iam:UntagRole"),
    ])
}

/// It holds one role, so that the old one goes first.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html>
fn instance_profile() -> Table {
    let swapped = "iam:RemoveRoleFromInstanceProfile + iam:AddRoleToInstanceProfile";
    Table::of::<InstanceProfile>(vec![
        ("/name", json!("other"), ANOTHER),
        ("/path", json!("/other/"), REPLACED),
        ("/role", json!("arn:aws:iam::444455556666:role/other"), swapped),
        ("/tags/team", json!("shop"), "iam:TagInstanceProfile"),
        ("/tags", json!({}), "iam:UntagInstanceProfile"),
    ])
}

/// <https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html>
fn file_system() -> Table {
    let update = "elasticfilesystem:UpdateFileSystem";
    let lifecycle = "elasticfilesystem:PutLifecycleConfiguration";
    Table::of::<FileSystem>(vec![
        ("/creationToken", json!("other"), ANOTHER),
        ("/encrypted", json!(false), REPLACED),
        ("/kmsKeyId", json!("arn:other"), REPLACED),
        ("/performanceMode", json!("maxIO"), REPLACED),
        ("/throughputMode", json!("bursting"), update),
        ("/provisionedThroughput", json!(128), update),
        ("/lifecyclePolicies", json!({"TransitionToIA": "AFTER_7_DAYS"}), lifecycle),
        ("/backup", json!(false), "elasticfilesystem:PutBackupPolicy"),
        ("/tags/Name", json!("other"), "elasticfilesystem:TagResource"),
        ("/tags", json!({}), "elasticfilesystem:UntagResource"),
    ])
}

/// A file system has one in each Availability Zone, which tells them apart.
///
/// <https://docs.aws.amazon.com/efs/latest/ug/API_ModifyMountTargetSecurityGroups.html>
fn mount_target() -> Table {
    let groups = "elasticfilesystem:ModifyMountTargetSecurityGroups";
    Table::of::<MountTarget>(vec![
        ("/fileSystemId", json!("fs-2"), ANOTHER),
        ("/availabilityZone", json!("eu-west-1b"), ANOTHER),
        ("/subnetId", json!("subnet-9"), REPLACED),
        ("/securityGroups", json!(["sg-9"]), groups),
    ])
}

/// <https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html>
fn access_point() -> Table {
    Table::of::<AccessPoint>(vec![
        ("/fileSystemId", json!("fs-2"), ANOTHER),
        ("/clientToken", json!("other"), ANOTHER),
        ("/posixUser", json!({"fixed": {"uid": 5, "gid": 5, "secondaryGids": []}}), REPLACED),
        ("/rootDirectory/path", json!("/other"), REPLACED),
        ("/tags/Name", json!("other"), "elasticfilesystem:TagResource"),
        ("/tags", json!({}), "elasticfilesystem:UntagResource"),
    ])
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
fn log_group() -> Table {
    Table::of::<LogGroup>(vec![
        ("/name", json!("/other"), ANOTHER),
        ("/retention", json!(90), "logs:PutRetentionPolicy"),
        ("/tags/team", json!("shop"), "logs:TagResource"),
        ("/tags", json!({}), "logs:UntagResource"),
    ])
}
