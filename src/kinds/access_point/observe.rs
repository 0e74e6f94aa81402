//! How access points are read.

use std::collections::BTreeSet;

use aws_sdk_efs::types::{self as sdk, AccessPointDescription};
use futures::future::try_join_all;

use super::{
    AccessPointSpec, CreationInfo, DESCRIBE, PosixUser, RootDirectory, four_digits, outputs,
};
use crate::aws::{Aws, AwsError, found};
use crate::kind::{Depth, Live, Marks, Survey};
use crate::kinds::shared::efs::{is_going, tags};

pub(super) async fn rows(
    survey: &Survey<'_>,
    wanted: &[AccessPointSpec],
) -> Result<Vec<Live<AccessPointSpec>>, AwsError> {
    let managed = survey.rows("file-system").await?;
    let managed = managed.iter().filter_map(|row| row.outputs.get("id").map(String::as_str));
    let existing = wanted.iter().map(|spec| spec.file_system_id.text());
    let ids: BTreeSet<&str> = managed.chain(existing).filter(|id| !id.is_empty()).collect();
    let mut found = of_file_systems(survey.aws, &ids).await?;
    let listed = survey.owned().await?;
    found.extend(elsewhere(survey.aws, listed.keys(), &found).await?);
    let is_wanted = |row: &Live<AccessPointSpec>| {
        wanted.iter().any(|spec| spec.client_token == row.spec.client_token)
    };
    let rows = found.into_iter().filter_map(live);
    Ok(rows.filter(|row| survey.scope.owns(&row.marks) || is_wanted(row)).collect())
}

async fn of_file_systems(
    aws: &Aws,
    ids: &BTreeSet<&str>,
) -> Result<Vec<AccessPointDescription>, AwsError> {
    let all = try_join_all(ids.iter().map(async |id| {
        let request = aws.efs.describe_access_points().file_system_id(*id).max_results(100);
        let pages = request.into_paginator().items().send().collect();
        found(aws.read::<Vec<_>, _>(DESCRIBE, pages).await)
    }))
    .await?;
    Ok(all.into_iter().flatten().flatten().collect())
}

/// Owned ones on file systems that the manifests name no more.
async fn elsewhere(
    aws: &Aws,
    listed: impl Iterator<Item = &String>,
    known: &[AccessPointDescription],
) -> Result<Vec<AccessPointDescription>, AwsError> {
    let is_known = |id: &&str| known.iter().any(|point| point.access_point_id() == Some(id));
    let ids = listed.filter_map(|arn| arn.split_once(":access-point/").map(|(_, id)| id));
    let all = try_join_all(ids.filter(|id| !is_known(id)).map(async |id| {
        let request = aws.efs.describe_access_points().access_point_id(id).send();
        let points =
            async { Ok(aws.read(DESCRIBE, request).await?.access_points.unwrap_or_default()) };
        found(points.await)
    }))
    .await?;
    Ok(all.into_iter().flatten().flatten().collect())
}

fn live(found: AccessPointDescription) -> Option<Live<AccessPointSpec>> {
    if found.life_cycle_state.as_ref().is_some_and(is_going) {
        return None;
    }
    let tags = tags(found.tags());
    Some(Live {
        outputs: outputs(&found.access_point_id?, found.access_point_arn?),
        marks: Marks::of(&tags),
        spec: AccessPointSpec {
            file_system_id: found.file_system_id?.into(),
            client_token: found.client_token.unwrap_or_default(),
            posix_user: found.posix_user.map_or(PosixUser::Own, user),
            root_directory: root(found.root_directory),
            tags,
        },
        depth: Depth::Full,
    })
}

fn user(found: sdk::PosixUser) -> PosixUser {
    PosixUser::Fixed {
        uid: posix_id(found.uid),
        gid: posix_id(found.gid),
        secondary_gids: found.secondary_gids.into_iter().flatten().map(posix_id).collect(),
    }
}

fn root(found: Option<sdk::RootDirectory>) -> RootDirectory {
    let (path, info) = found.map_or((None, None), |root| (root.path, root.creation_info));
    RootDirectory {
        path: path.unwrap_or_else(|| "/".to_owned()),
        creation_info: info.map(|info| CreationInfo {
            owner_uid: posix_id(info.owner_uid),
            owner_gid: posix_id(info.owner_gid),
            permissions: four_digits(&info.permissions),
        }),
    }
}

/// POSIX ids are 32 bits wide; the SDK has wider numbers only for want of unsigned ones.
fn posix_id(id: i64) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}
