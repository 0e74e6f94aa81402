//! Tags and waits of EFS.

use std::time::Duration;

use aws_sdk_efs::types::Tag;

use crate::aws::Schedule;
use crate::kind::Tags;

/// EFS is quick, except for mount targets.
pub(in crate::kinds) const SCHEDULE: Schedule =
    Schedule { first: Duration::from_secs(2), longest: Duration::from_secs(10) };

pub(in crate::kinds) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &crate::value::Resolvable)| {
        Tag::builder().key(key).value(value.text()).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

/// Those that are not AWS's own.
pub(in crate::kinds) fn tags(found: &[Tag]) -> Tags {
    let own = found.iter().filter(|tag| !tag.key.starts_with("aws:"));
    own.map(|tag| (tag.key.clone(), tag.value.as_str().into())).collect()
}
