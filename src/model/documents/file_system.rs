//! `kind: FileSystem`: an EFS file system and its access points.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Lifecycle, Name, Tags};
use super::load_balancer::SecurityGroupId;
use super::units::Days;

/// An EFS file system that tasks mount, or an existing one by `fileSystemId`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FileSystem {
    /// Name by which the volumes of services refer to this file system.
    #[schemars(with = "Name")]
    pub name: String,
    /// Physical name (the `Name` tag), when it must not be `<app>-<environment>-<name>`.
    pub aws_name: Option<String>,
    /// Id of an existing file system, which is used as it is; it needs mount targets in the tasks' zones.
    #[schemars(regex(pattern = "^fs-[0-9a-f]{8,17}$"), example = &"fs-0123456789abcdef0")]
    #[schemars(extend("patternErrorMessage" = "expected the id of a file system such as `fs-0123456789abcdef0`"))]
    pub file_system_id: Option<String>,
    /// Security group of the existing file system's mount targets, for the record: ecsctl does not change it, so it must
    /// let the services' tasks in on port 2049.
    pub security_group: Option<SecurityGroupId>,
    /// Network whose subnets get mount targets. Default: the only one.
    pub network: Option<String>,
    /// Encrypt the data at rest; can't be changed later. Default: true.
    pub encrypted: Option<bool>,
    /// ARN, id or alias of the KMS key. Default: `alias/aws/elasticfilesystem`. Can't be changed later.
    pub kms_key: Option<String>,
    /// `generalPurpose` or `maxIO`; can't be changed later. Default: `generalPurpose`.
    pub performance_mode: Option<PerformanceMode>,
    /// How throughput is decided. Default: `elastic`.
    pub throughput_mode: Option<ThroughputMode>,
    /// Throughput in MiB/s for `throughputMode: provisioned`, 1 to 3414.
    #[schemars(range(min = 1, max = 3414))]
    pub provisioned_throughput: Option<u32>,
    /// When files move between storage classes.
    pub lifecycle_rules: Option<LifecycleRules>,
    /// Back up daily with AWS Backup. Default: true.
    pub backup: Option<bool>,
    /// Access points by name: a directory with its owner, and the user that writes in it.
    #[serde(default)]
    pub access_points: BTreeMap<String, AccessPoint>,
    /// Tags for the file system and its access points.
    #[serde(default)]
    pub tags: Tags,
    /// How changes are treated.
    #[serde(default)]
    pub lifecycle: Lifecycle,
}

/// Performance mode of a file system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PerformanceMode {
    /// Lowest latency; right for nearly everything.
    #[default]
    #[serde(rename = "generalPurpose")]
    GeneralPurpose,
    /// More operations per second at higher latency; not with elastic throughput.
    #[serde(rename = "maxIO")]
    MaxIo,
}

/// How the throughput of a file system is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ThroughputMode {
    /// It follows the load, paid by use.
    #[default]
    Elastic,
    /// It grows with the amount of data stored, with bursts.
    Bursting,
    /// A fixed amount: `provisionedThroughput`.
    Provisioned,
}

/// When files move between storage classes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct LifecycleRules {
    /// Days without access until a file moves to Infrequent Access: 1, 7, 14, 30, 60, 90, 180, 270 or 365.
    pub to_infrequent_access: Option<Days>,
    /// Days without access until a file moves to Archive: 1, 7, 14, 30, 60, 90, 180, 270 or 365.
    pub to_archive: Option<Days>,
    /// Move a file back on its first access. Default: false.
    pub to_primary: bool,
}

/// A directory of the file system, and the user that the tasks act as in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AccessPoint {
    /// Directory that is mounted as the root, at most 4 levels and 100 characters. It is made when missing.
    #[schemars(regex(pattern = r"^/([^/]+(/[^/]+){0,3})?$"), length(max = 100), example = &"/web")]
    #[schemars(extend("patternErrorMessage" = "expected an absolute path of at most 4 levels"))]
    pub path: String,
    /// POSIX user id for all access, 0 to 4294967295. Without it tasks act as their own user.
    pub uid: Option<u32>,
    /// POSIX group id for all access; needs `uid`. Default: `uid`.
    pub gid: Option<u32>,
    /// Further POSIX group ids; need `uid`. At most 16.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub secondary_gids: Vec<u32>,
    /// Permissions of the directory when it is made, in octal. Default: `0755`.
    #[schemars(extend("type" = ["string", "integer"], "pattern" = "^[0-7]{3,4}$", "patternErrorMessage" = "expected octal permissions such as `0755`", "examples" = ["0755"]))]
    pub permissions: Option<String>,
    /// User id that owns the directory when it is made. Default: `uid`, else 0.
    pub owner_uid: Option<u32>,
    /// Group id that owns the directory when it is made. Default: `gid`, else `ownerUid`.
    pub owner_gid: Option<u32>,
}
