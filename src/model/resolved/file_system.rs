//! An EFS file system and its access points.

use std::collections::BTreeMap;

pub use crate::model::documents::file_system::{PerformanceMode, ThroughputMode};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSystem {
    pub source: FileSystemSource,
    pub access_points: BTreeMap<String, AccessPoint>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSystemSource {
    /// A file system that is used as it is, except for the access points written here.
    Existing {
        file_system_id: String,
        /// Security group of its mount targets; whoever owns it lets the tasks in.
        security_group: Option<String>,
    },
    Managed(ManagedFileSystem),
}

/// A file system that ecsctl makes; its `Name` tag is the physical name of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedFileSystem {
    /// A network by name: its task subnets get mount targets.
    pub network: String,
    /// At most 64 characters; makes creation idempotent.
    pub creation_token: String,
    /// Physical name of the mount targets' security group.
    pub security_group_name: String,
    pub encrypted: bool,
    pub kms_key: Option<String>,
    pub performance_mode: PerformanceMode,
    pub throughput_mode: ThroughputMode,
    /// MiB/s; with provisioned throughput only.
    pub provisioned_throughput: Option<u32>,
    /// Days without access.
    pub to_infrequent_access: Option<u32>,
    /// Days without access.
    pub to_archive: Option<u32>,
    pub to_primary: bool,
    pub backup: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPoint {
    /// At most 64 characters.
    pub client_token: String,
    /// The `Name` tag.
    pub physical_name: String,
    pub path: String,
    pub posix_user: Option<PosixUser>,
    pub owner_uid: u32,
    pub owner_gid: u32,
    /// Octal, such as `0755`.
    pub permissions: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PosixUser {
    pub uid: u32,
    pub gid: u32,
    pub secondary_gids: Vec<u32>,
}
