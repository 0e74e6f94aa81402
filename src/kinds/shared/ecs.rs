//! What kinds of ECS share: the calls for tags, and the wait for a cluster.

use std::time::Duration;

use aws_sdk_ecs::types::{Cluster, ClusterField, Tag};

use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule};
use crate::kind::{Outputs, Tags, read_tags};

const UNTIL_ACTIVE: Duration = Duration::from_mins(10);

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

/// A cluster is active, and its capacity providers are attached.
pub(in crate::kinds) async fn until_active(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let operation = "ecs:DescribeClusters";
    let awaited = format!("cluster {name}");
    let look = || async {
        let request = aws.ecs.describe_clusters().clusters(name).include(ClusterField::Attachments);
        let reply = aws.read(operation, request.send()).await?;
        let cluster = reply.clusters.unwrap_or_default().into_iter().next();
        let cluster = cluster.unwrap_or_else(|| Cluster::builder().build());
        match (cluster.status(), cluster.attachments_status()) {
            (Some("FAILED"), _) | (_, Some("UPDATE_FAILED")) => {
                let message = format!("cluster {name} could not attach its capacity providers");
                Err(AwsError::new(operation, ErrorKind::Service, message))
            }
            (Some("ACTIVE"), None | Some("UPDATE_COMPLETE")) => Ok(Attempt::Break(())),
            _ => Ok(Attempt::Continue(())),
        }
    };
    aws.poll_until(operation, &awaited, Schedule::default(), UNTIL_ACTIVE, look).await
}
