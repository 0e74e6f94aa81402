//! The tagging API: what an application owns, and the tags of resources known by ARN.

use std::collections::BTreeMap;

use aws_sdk_resourcegroupstagging::operation::get_resources::GetResourcesOutput;
use aws_sdk_resourcegroupstagging::operation::get_resources::builders::GetResourcesFluentBuilder;
use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter as SdkTagFilter};
use futures::future::try_join_all;

use super::clients::Aws;
use super::error::AwsError;

const GET_RESOURCES: &str = "tag:GetResources";

/// Everything that ecsctl tags except task definitions, of which every old revision would come along.
/// Whole services where they hold nothing numerous: moto knows some types by other names than AWS.
const OWNED_TYPES: &[&str] = &[
    "ecs:cluster",
    "ecs:service",
    "ecs:capacity-provider",
    "elasticloadbalancing",
    "elasticfilesystem",
    "logs",
    "ec2:security-group",
    "ec2:vpc",
    "ec2:subnet",
    "cloudwatch:alarm",
];

/// `ResourceARNList` takes at most 100.
const ARNS_PER_CALL: usize = 100;

/// A tag that resources must carry, with one of these values (any, if empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    pub key: String,
    pub values: Vec<String>,
}

impl TagFilter {
    /// A tag that must have exactly this value.
    pub fn equals(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), values: vec![value.into()] }
    }
}

/// A resource and its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedResource {
    pub arn: String,
    pub tags: BTreeMap<String, String>,
}

impl Aws {
    /// All resources that carry these tags, in the order of their ARNs, except task definitions.
    ///
    /// The API follows writes by up to some minutes, and shows some resources after their deletion.
    pub async fn tagged(&self, filters: &[TagFilter]) -> Result<Vec<TaggedResource>, AwsError> {
        let request = self
            .tagging
            .get_resources()
            .set_tag_filters(Some(filters.iter().map(sdk_filter).collect()))
            .set_resource_type_filters(Some(OWNED_TYPES.iter().map(ToString::to_string).collect()))
            .resources_per_page(100);
        let mut found = self.all_pages(request).await?;
        found.sort_by(|a, b| a.arn.cmp(&b.arn));
        Ok(found)
    }

    /// The tags of resources by ARN; one that has no tags, or does not exist, is left out.
    pub async fn tags_of(
        &self,
        arns: &[String],
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, AwsError> {
        let chunks = try_join_all(arns.chunks(ARNS_PER_CALL).map(|arns| {
            let request = self.tagging.get_resources();
            self.all_pages(request.set_resource_arn_list(Some(arns.to_vec())))
        }));
        let resources = chunks.await?.into_iter().flatten();
        Ok(resources.map(|resource| (resource.arn, resource.tags)).collect())
    }

    async fn all_pages(
        &self,
        request: GetResourcesFluentBuilder,
    ) -> Result<Vec<TaggedResource>, AwsError> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let page = request.clone().set_pagination_token(token).send();
            let page = self.read(GET_RESOURCES, page).await?;
            token = page.pagination_token().filter(|token| !token.is_empty()).map(String::from);
            found.extend(resources(page));
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

fn sdk_filter(filter: &TagFilter) -> SdkTagFilter {
    SdkTagFilter::builder().key(&filter.key).set_values(Some(filter.values.clone())).build()
}

fn resources(page: GetResourcesOutput) -> impl Iterator<Item = TaggedResource> {
    page.resource_tag_mapping_list.unwrap_or_default().into_iter().filter_map(resource)
}

fn resource(mapping: ResourceTagMapping) -> Option<TaggedResource> {
    let tags = mapping.tags.unwrap_or_default();
    let tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    Some(TaggedResource { arn: mapping.resource_arn?, tags })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    const WEB: &str = r#"{"PaginationToken": "next", "ResourceTagMappingList": [{"ResourceARN": "arn:web", "Tags": [{"Key": "ecsctl:app", "Value": "shop"}]}]}"#;
    const API: &str = r#"{"PaginationToken": "", "ResourceTagMappingList": [{"ResourceARN": "arn:api", "Tags": []}]}"#;

    #[tokio::test]
    async fn all_pages_are_read_without_task_definitions() {
        let replay = Replay::new([json(200, WEB), json(200, API)]);
        let filters = [TagFilter::equals("ecsctl:app", "shop")];
        let found = replay.aws().tagged(&filters).await.unwrap();
        let arns: Vec<_> = found.iter().map(|resource| resource.arn.as_str()).collect();
        assert_eq!(arns, ["arn:api", "arn:web"]);
        assert_eq!(found[1].tags["ecsctl:app"], "shop");
        let bodies = replay.bodies();
        assert!(
            bodies[0].contains(r#""TagFilters":[{"Key":"ecsctl:app","Values":["shop"]}]"#),
            "{}",
            bodies[0]
        );
        assert!(bodies[0].contains(r#""ecs:service""#) && !bodies[0].contains("task-definition"));
        assert!(bodies[1].contains(r#""PaginationToken":"next""#), "{}", bodies[1]);
    }

    #[tokio::test]
    async fn arns_are_asked_by_the_hundred() {
        let replay =
            Replay::new([json(200, API), json(200, API.replace("arn:api", "arn:web").as_str())]);
        let arns: Vec<_> = (0..101).map(|number| format!("arn:{number}")).collect();
        let tags = replay.aws().tags_of(&arns).await.unwrap();
        assert_eq!(tags.len(), 2);
        let sizes: Vec<_> =
            replay.bodies().iter().map(|body| body.matches("arn:").count()).collect();
        assert_eq!(sizes, [100, 1]);
    }
}
