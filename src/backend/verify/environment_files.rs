//! Environment files in S3.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::unread;
use crate::aws::{Aws, ErrorKind};
use crate::verify::{Answer, Unread};

pub(super) async fn read(aws: &Aws, arns: &BTreeSet<String>) -> BTreeMap<String, Answer<bool>> {
    let reads = arns.iter().map(|arn| async move { (arn.clone(), is_there(aws, arn).await) });
    join_all(reads).await.into_iter().collect()
}

/// `arn:aws:s3:::bucket/key`
async fn is_there(aws: &Aws, arn: &str) -> Answer<bool> {
    let object = arn.splitn(6, ':').nth(5).and_then(|path| path.split_once('/'));
    let Some((bucket, key)) = object else {
        return Err(Unread::because("its ARN names no object"));
    };
    aws.s3.has(bucket, key).await.map_err(|error| {
        if error.kind != ErrorKind::Denied {
            return unread(&error);
        }
        // S3 hides from who may not list a bucket what is not in it.
        let reason = "the identity may not read it, or it is not there and the identity may not list the bucket";
        Unread { reason: reason.to_owned(), ..Unread::denied(error.operation) }
    })
}
