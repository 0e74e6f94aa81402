//! A `FileSystem` document to a file system.

use super::Context;
use crate::model::documents::file_system as document;
use crate::model::names;
use crate::model::resolved::file_system::{
    AccessPoint, FileSystem, FileSystemSource, ManagedFileSystem, PosixUser,
};

const PERMISSIONS: &str = "0755";

pub(super) fn resolve(context: &Context<'_>, file_system: &document::FileSystem) -> FileSystem {
    let access_points = file_system.access_points.iter();
    FileSystem {
        source: source(context, file_system),
        access_points: access_points
            .map(|(name, point)| {
                (name.clone(), access_point(context, &file_system.name, name, point))
            })
            .collect(),
    }
}

fn source(context: &Context<'_>, file_system: &document::FileSystem) -> FileSystemSource {
    if let Some(file_system_id) = file_system.file_system_id.clone() {
        let security_group = file_system.security_group.as_ref().map(|group| group.0.clone());
        return FileSystemSource::Existing { file_system_id, security_group };
    }
    let rules = file_system.lifecycle_rules.clone().unwrap_or_default();
    FileSystemSource::Managed(ManagedFileSystem {
        network: context.network_name(file_system.network.as_deref()),
        creation_token: context.names.physical(names::FILE_SYSTEM_TOKEN, &file_system.name),
        security_group_name: context.names.part(names::SECURITY_GROUP, &file_system.name, "efs"),
        encrypted: file_system.encrypted.unwrap_or(true),
        kms_key: file_system.kms_key.clone(),
        performance_mode: file_system.performance_mode.unwrap_or_default(),
        throughput_mode: file_system.throughput_mode.unwrap_or_default(),
        provisioned_throughput: file_system.provisioned_throughput,
        to_infrequent_access: rules.to_infrequent_access.map(|days| days.0),
        to_archive: rules.to_archive.map(|days| days.0),
        to_primary: rules.to_primary,
        backup: file_system.backup.unwrap_or(true),
    })
}

fn access_point(
    context: &Context<'_>,
    file_system: &str,
    name: &str,
    point: &document::AccessPoint,
) -> AccessPoint {
    let posix_user = point.uid.map(|uid| PosixUser {
        uid,
        gid: point.gid.unwrap_or(uid),
        secondary_gids: point.secondary_gids.clone(),
    });
    let owner_uid = point.owner_uid.or(point.uid).unwrap_or(0);
    let user_gid = posix_user.as_ref().map(|user| user.gid);
    AccessPoint {
        client_token: context.names.part(names::FILE_SYSTEM_TOKEN, file_system, name),
        physical_name: context.names.part(names::TAG, file_system, name),
        path: point.path.clone(),
        owner_gid: point.owner_gid.or(user_gid).unwrap_or(owner_uid),
        owner_uid,
        posix_user,
        permissions: point.permissions.clone().unwrap_or_else(|| PERMISSIONS.to_owned()),
    }
}
