//! Tags and waits of EFS.

use std::time::Duration;

use aws_sdk_efs::types::{LifeCycleState, Tag};
use futures::FutureExt as _;

use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule};
use crate::kind::{Tags, read_tags};
use crate::value::Resolvable;

/// EFS is quick, except for mount targets.
const SCHEDULE: Schedule =
    Schedule { first: Duration::from_secs(2), longest: Duration::from_secs(10) };

pub(in crate::kinds) async fn tag(aws: &Aws, id: &str, tags: &Tags) -> Result<(), AwsError> {
    let request = aws.efs.tag_resource().resource_id(id).set_tags(Some(sdk_tags(tags)));
    aws.write("elasticfilesystem:TagResource", || request.clone().send()).await.map(drop)
}

pub(in crate::kinds) async fn untag(aws: &Aws, id: &str, keys: &[String]) -> Result<(), AwsError> {
    let request = aws.efs.untag_resource().resource_id(id).set_tag_keys(Some(keys.to_vec()));
    aws.write("elasticfilesystem:UntagResource", || request.clone().send()).await.map(drop)
}

pub(in crate::kinds) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &Resolvable)| {
        Tag::builder().key(key).value(value.text()).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

pub(in crate::kinds) fn tags(found: &[Tag]) -> Tags {
    read_tags(found.iter().map(|tag| (tag.key.clone(), tag.value.clone())))
}

/// Whether something is on its way out: to observation it is gone.
pub(in crate::kinds) fn is_going(state: &LifeCycleState) -> bool {
    matches!(state, LifeCycleState::Deleting | LifeCycleState::Deleted)
}

/// A wait for `what`, such as `file system shop-prod-uploads`.
pub(in crate::kinds) struct Wait<'a> {
    pub(in crate::kinds) aws: &'a Aws,
    /// The operation that `look` is.
    pub(in crate::kinds) operation: &'static str,
    pub(in crate::kinds) what: &'a str,
    pub(in crate::kinds) limit: Duration,
}

impl Wait<'_> {
    /// Looks until the state is `available`.
    pub(in crate::kinds) async fn until_available<Fut>(
        self,
        mut look: impl FnMut() -> Fut,
    ) -> Result<(), AwsError>
    where
        Fut: Future<Output = Result<LifeCycleState, AwsError>>,
    {
        let Self { aws, operation, what, limit } = self;
        let awaited = format!("{what} to be available");
        let attempt = |state: LifeCycleState| match state {
            LifeCycleState::Available => Ok(Attempt::Break(())),
            LifeCycleState::Error => {
                let message = format!("{what} is in the state `error`");
                Err(AwsError::new(operation, ErrorKind::Service, message))
            }
            _ => Ok(Attempt::Continue(())),
        };
        aws.poll_until(operation, &awaited, SCHEDULE, limit, || {
            look().map(|state| state.and_then(attempt))
        })
        .await
    }

    /// Looks until there is nothing: ids, tokens and zones are free again only then.
    pub(in crate::kinds) async fn until_gone<Fut>(
        self,
        mut look: impl FnMut() -> Fut,
    ) -> Result<(), AwsError>
    where
        Fut: Future<Output = Result<LifeCycleState, AwsError>>,
    {
        let Self { aws, operation, what, limit } = self;
        let awaited = format!("{what} to be gone");
        let attempt = |state: Result<LifeCycleState, AwsError>| match state {
            Ok(LifeCycleState::Deleted) => Ok(Attempt::Break(())),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Attempt::Break(())),
            Ok(_) => Ok(Attempt::Continue(())),
            Err(error) => Err(error),
        };
        aws.poll_until(operation, &awaited, SCHEDULE, limit, || look().map(attempt)).await
    }
}

/// What a description by id says when it comes back empty.
pub(in crate::kinds) fn not_found(operation: &'static str, id: &str) -> AwsError {
    AwsError::new(operation, ErrorKind::NotFound, format!("there is no `{id}`"))
}
