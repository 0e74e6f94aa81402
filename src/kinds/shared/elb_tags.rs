//! Tags of load balancers, target groups, listeners and rules.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{Tag, TagDescription};

use super::elb::side_by_side;
use crate::aws::{Aws, AwsError};
use crate::kind::{CallError, DIGEST_TAG, Marks, Outputs, Survey, Tags, read_tags};
use crate::value::{Address, Resolvable};

/// `DescribeTags` takes at most this many.
const ARNS_PER_CALL: usize = 20;

/// The tags of resources, each with those that are wanted for it, if it is.
pub async fn read(
    survey: &Survey<'_>,
    asked: Vec<(String, Option<&Tags>)>,
) -> Result<BTreeMap<String, Tags>, AwsError> {
    let (mut found, mut unlisted) = (BTreeMap::new(), vec![]);
    for (arn, wanted) in asked {
        match survey.tags(&arn, wanted).await? {
            Some(tags) => {
                found.insert(arn, tags);
            }
            None => unlisted.push(arn),
        }
    }
    found.extend(describe(survey.aws, &unlisted).await?);
    Ok(found)
}

/// The tags of resources that only their own tags tell apart. What is not listed with tags as they
/// are wanted of some resource is read from the service itself.
pub async fn read_by_resource(
    survey: &Survey<'_>,
    arns: Vec<String>,
    wanted: impl IntoIterator<Item = &Tags>,
) -> Result<BTreeMap<String, Tags>, AwsError> {
    let by_resource: BTreeMap<Address, &Tags> =
        wanted.into_iter().filter_map(|tags| Some((Marks::of(tags).resource?, tags))).collect();
    let owned = survey.owned().await?;
    let wanted_of = |arn: &String| {
        let resource = Marks::of(owned.get(arn)?).resource?;
        by_resource.get(&resource).copied()
    };
    let (known, unknown): (Vec<_>, Vec<_>) =
        arns.into_iter().map(|arn| (wanted_of(&arn), arn)).partition(|(tags, _)| tags.is_some());
    let mut found =
        read(survey, known.into_iter().map(|(tags, arn)| (arn, tags)).collect()).await?;
    let unknown: Vec<String> = unknown.into_iter().map(|(_, arn)| arn).collect();
    found.extend(describe(survey.aws, &unknown).await?);
    Ok(found)
}

/// The tags of resources as the service itself knows them, twenty at a time.
pub async fn describe(aws: &Aws, arns: &[String]) -> Result<BTreeMap<String, Tags>, AwsError> {
    let read = |batch: &[String]| {
        let request = aws.elbv2.describe_tags().set_resource_arns(Some(batch.to_vec()));
        aws.read("elasticloadbalancing:DescribeTags", request.send())
    };
    let replies = side_by_side(arns.chunks(ARNS_PER_CALL).map(read).collect()).await?;
    let descriptions =
        replies.into_iter().flat_map(|reply| reply.tag_descriptions.unwrap_or_default());
    Ok(descriptions.filter_map(described).collect())
}

fn described(description: TagDescription) -> Option<(String, Tags)> {
    let tags = description.tags.unwrap_or_default().into_iter();
    let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
    Some((description.resource_arn?, read_tags(tags)))
}

/// Tags for a resource whose attributes are still to be set: the digest that vouches for them
/// follows when they are, lest a run that is killed in between leave a false one.
pub fn without_digest(tags: &Tags) -> Tags {
    tags.iter()
        .filter(|(key, _)| *key != DIGEST_TAG)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

pub async fn tag(aws: &Aws, arn: &Resolvable, tags: &Tags) -> Result<Outputs, CallError> {
    let request = aws.elbv2.add_tags().resource_arns(arn.text()).set_tags(Some(sdk_tags(tags)));
    aws.write("elasticloadbalancing:AddTags", || request.clone().send()).await?;
    Ok(Outputs::new())
}

pub async fn untag(aws: &Aws, arn: &Resolvable, keys: &[String]) -> Result<Outputs, CallError> {
    let request =
        aws.elbv2.remove_tags().resource_arns(arn.text()).set_tag_keys(Some(keys.to_vec()));
    aws.write("elasticloadbalancing:RemoveTags", || request.clone().send()).await?;
    Ok(Outputs::new())
}

pub fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value.text()).build()).collect()
}
