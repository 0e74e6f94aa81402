//! Tags of ECS: clusters, services and task definitions have the same calls for them.

use aws_sdk_ecs::types::Tag;

use crate::aws::{Aws, AwsError};
use crate::kind::{Outputs, Tags, read_tags};

pub(in crate::kinds) async fn tag(aws: &Aws, arn: &str, tags: &Tags) -> Result<Outputs, AwsError> {
    let request = aws.ecs.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(tags)));
    aws.write("ecs:TagResource", || request.clone().send()).await?;
    Ok(Outputs::new())
}

pub(in crate::kinds) async fn untag(
    aws: &Aws,
    arn: &str,
    keys: &[String],
) -> Result<Outputs, AwsError> {
    let request = aws.ecs.untag_resource().resource_arn(arn).set_tag_keys(Some(keys.to_vec()));
    aws.write("ecs:UntagResource", || request.clone().send()).await?;
    Ok(Outputs::new())
}

pub(in crate::kinds) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value.text()).build()).collect()
}

pub(in crate::kinds) fn tags(found: Option<Vec<Tag>>) -> Tags {
    let found = found.unwrap_or_default().into_iter();
    read_tags(found.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))))
}
