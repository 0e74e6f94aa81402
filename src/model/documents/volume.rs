//! The volumes of a service's task.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A volume of the task: shared space, or a file system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Volume {
    /// An EFS file system. Without it, the volume is empty space that lives as long as the task.
    pub efs: Option<EfsVolume>,
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
