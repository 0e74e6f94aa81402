//! The volumes of a service's task.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Text;
use super::secret::SecretReference;

/// A volume of the task: shared space, a directory of the instance, or a file system. One of its fields, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Volume {
    /// An EFS file system. Without it, the volume is empty space that lives as long as the task.
    pub efs: Option<EfsVolume>,
    /// A directory of the instance. EC2 and external only.
    pub host: Option<HostVolume>,
    /// A volume of Docker, which can outlive the task. EC2 and external only.
    pub docker: Option<DockerVolume>,
    /// A file system of FSx for Windows File Server. Windows on EC2 only.
    pub fsx_windows: Option<FsxWindowsVolume>,
}

/// A directory of the instance as a volume; what is in it outlives the task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HostVolume {
    /// Absolute path on the instance; the directory is made if it is not there.
    #[schemars(length(min = 1), example = &"/var/lib/data")]
    pub source_path: String,
}

/// A volume of Docker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct DockerVolume {
    /// How long it lives. Default: `task`.
    pub scope: DockerScope,
    /// Make the volume if it is not there; with the scope `shared` only. Default: false.
    pub autoprovision: Option<bool>,
    /// Docker's driver, by the name that Docker gives it. Default: `local`.
    #[schemars(extend("minLength" = 1))]
    pub driver: Option<String>,
    /// Options of the driver, as `docker volume create --opt`.
    pub driver_opts: BTreeMap<String, Text>,
    /// Docker labels of the volume.
    pub labels: BTreeMap<String, Text>,
}

/// How long a volume of Docker lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DockerScope {
    /// As long as its task.
    #[default]
    Task,
    /// Longer than its task.
    Shared,
}

/// A file system of FSx for Windows File Server as a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FsxWindowsVolume {
    /// Id of the file system.
    #[schemars(regex(pattern = "^fs-[0-9a-f]{8,40}$"), example = &"fs-0123456789abcdef0")]
    #[schemars(extend("patternErrorMessage" = "expected the id of an FSx file system, such as `fs-0123456789abcdef0`"))]
    pub file_system_id: String,
    /// Directory of the file system to mount.
    #[schemars(length(min = 1), example = &"share")]
    pub root_directory: String,
    /// Secret or parameter with the user name and password of Active Directory.
    #[schemars(extend("pattern" = "^(ssm:[^ ]+|secretsmanager:[^ :]+|arn:[a-z-]+:ssm:[^ ]+|arn:[a-z-]+:secretsmanager:[^ :]*:[^ :]*:secret:[^ :]+)$", "patternErrorMessage" = "expected `ssm:/name`, `secretsmanager:name`, or the ARN of a parameter or secret: the whole of it is read"))]
    pub credentials: SecretReference,
    /// Domain of Active Directory, by its full name.
    #[schemars(length(min = 1), example = &"corp.example.com")]
    pub domain: String,
}

/// An EFS file system as a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EfsVolume {
    /// A `FileSystem` by name.
    pub file_system: String,
    /// An access point of the file system by name.
    pub access_point: Option<String>,
    /// Directory to mount; not with an access point, which has its own. Default: `/`.
    pub root_directory: Option<String>,
    /// Encrypt the traffic. Default: `ENABLED`.
    #[serde(default)]
    pub transit_encryption: Toggle,
    /// Sign requests with the task role. Default: `DISABLED`.
    pub iam: Option<Toggle>,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Toggle {
    /// On.
    #[default]
    Enabled,
    /// Off.
    Disabled,
}
