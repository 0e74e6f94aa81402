//! Launch templates: what instances are made of, in numbered versions.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::client::Ec2;
use super::operations::{Done, with_tags};
use super::pages::{Filter, Page, page, with_filters};
use super::wire::{Query, items, tags};
use crate::aws::error::AwsError;

/// The most that AWS gives at once. moto cuts its replies short and has no second page.
const TEMPLATES_PER_PAGE: &str = "200";

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplate {
    #[serde(rename = "launchTemplateId")]
    pub id: String,
    #[serde(rename = "launchTemplateName")]
    pub name: String,
    #[serde(rename = "tagSet", default, deserialize_with = "tags")]
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LaunchTemplateVersion {
    #[serde(rename = "versionNumber")]
    pub number: u64,
    #[serde(rename = "launchTemplateData", default)]
    pub data: LaunchTemplateData,
}

/// What one version says. AWS keeps what it was sent, and fills in nothing.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplateData {
    /// `ami-…`, or `resolve:ssm:` and the name of a parameter.
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub key_name: Option<String>,
    /// As text; base64 on the wire.
    #[serde(default, deserialize_with = "decoded")]
    pub user_data: Option<String>,
    pub iam_instance_profile: Option<InstanceProfile>,
    pub monitoring: Option<Monitoring>,
    pub metadata_options: Option<MetadataOptions>,
    #[serde(rename = "securityGroupIdSet", default, deserialize_with = "items")]
    pub security_group_ids: Vec<String>,
    #[serde(rename = "blockDeviceMappingSet", default, deserialize_with = "items")]
    pub block_device_mappings: Vec<BlockDeviceMapping>,
    #[serde(rename = "tagSpecificationSet", default, deserialize_with = "items")]
    pub tag_specifications: Vec<TagSpecification>,
    /// Elements that ecsctl never writes.
    #[serde(flatten)]
    pub others: BTreeMap<String, Json>,
}

impl LaunchTemplateData {
    /// The elements that say something and that ecsctl never writes.
    pub fn foreign(&self) -> impl Iterator<Item = &String> {
        let is_empty = |value: &Json| match value {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Object(fields) => fields.is_empty(),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) => false,
        };
        self.others.iter().filter(move |(_, value)| !is_empty(value)).map(|(name, _)| name)
    }
}

/// By its ARN or its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct InstanceProfile {
    pub arn: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Monitoring {
    #[serde(default)]
    pub enabled: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataOptions {
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockDeviceMapping {
    pub device_name: String,
    /// None for what is no EBS volume.
    pub ebs: Option<Ebs>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ebs {
    /// GiB.
    pub volume_size: Option<u32>,
    pub volume_type: Option<String>,
    pub iops: Option<u32>,
    /// MiB per second.
    pub throughput: Option<u32>,
    pub encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    pub delete_on_termination: Option<bool>,
}

/// The tags of one sort of resource that comes from the template, such as `instance`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagSpecification {
    pub resource_type: String,
    #[serde(rename = "tagSet", default, deserialize_with = "tags")]
    pub tags: BTreeMap<String, String>,
}

page!(Templates, LaunchTemplate, "launchTemplates");
page!(Versions, LaunchTemplateVersion, "launchTemplateVersionSet");

impl Ec2 {
    /// All launch templates that match every filter. Ask for names by the filter
    /// `launch-template-name`: an absent one is then left out instead of an error.
    pub async fn describe_launch_templates(
        &self,
        filters: &[Filter<'_>],
    ) -> Result<Vec<LaunchTemplate>, AwsError> {
        let query = Query::new("ec2:DescribeLaunchTemplates").set("MaxResults", TEMPLATES_PER_PAGE);
        self.pages_of::<Templates>(with_filters(query, filters)).await
    }

    /// The default version of a template.
    pub async fn describe_default_version(
        &self,
        template_id: &str,
    ) -> Result<Option<LaunchTemplateVersion>, AwsError> {
        let query = Query::new("ec2:DescribeLaunchTemplateVersions")
            .set("LaunchTemplateId", template_id)
            .set("LaunchTemplateVersion.1", "$Default");
        Ok(self.pages_of::<Versions>(query).await?.into_iter().next())
    }

    /// Creates a template, whose first version is its default. Returns its id.
    pub async fn create_launch_template(
        &self,
        name: &str,
        data: &LaunchTemplateData,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, AwsError> {
        let query = Query::new("ec2:CreateLaunchTemplate").set("LaunchTemplateName", name);
        let query = with_data(query, data);
        let query = if tags.is_empty() {
            query
        } else {
            let query = query.set("TagSpecification.1.ResourceType", "launch-template");
            with_tags(query, "TagSpecification.1.Tag", tags)
        };
        Ok(self.write::<Created>(query).await?.launch_template.id)
    }

    /// Adds a version, which is not the default yet. Returns its number.
    pub async fn create_launch_template_version(
        &self,
        template_id: &str,
        data: &LaunchTemplateData,
    ) -> Result<u64, AwsError> {
        let query =
            Query::new("ec2:CreateLaunchTemplateVersion").set("LaunchTemplateId", template_id);
        let reply: CreatedVersion = self.write(with_data(query, data)).await?;
        Ok(reply.version.number)
    }

    /// Makes a version the default.
    pub async fn modify_launch_template(
        &self,
        template_id: &str,
        default_version: &str,
    ) -> Result<(), AwsError> {
        let query = Query::new("ec2:ModifyLaunchTemplate")
            .set("LaunchTemplateId", template_id)
            .set("SetDefaultVersion", default_version);
        self.write::<Done>(query).await.map(drop)
    }

    /// Deletes a template with all its versions.
    pub async fn delete_launch_template(&self, template_id: &str) -> Result<(), AwsError> {
        let query = Query::new("ec2:DeleteLaunchTemplate").set("LaunchTemplateId", template_id);
        self.write::<Done>(query).await.map(drop)
    }
}

fn with_data(query: Query, data: &LaunchTemplateData) -> Query {
    let at = |field: &str| format!("LaunchTemplateData.{field}");
    let user_data = data.user_data.as_ref().map(base64::encode);
    let profile = data.iam_instance_profile.as_ref();
    let metadata = data.metadata_options.as_ref();
    query
        .set_some(at("ImageId"), data.image_id.as_ref())
        .set_some(at("InstanceType"), data.instance_type.as_ref())
        .set_some(at("KeyName"), data.key_name.as_ref())
        .set_some(at("UserData"), user_data)
        .set_some(at("IamInstanceProfile.Arn"), profile.and_then(|it| it.arn.as_ref()))
        .set_some(at("IamInstanceProfile.Name"), profile.and_then(|it| it.name.as_ref()))
        .set_some(at("Monitoring.Enabled"), data.monitoring.map(|it| it.enabled))
        .set_some(at("MetadataOptions.HttpTokens"), metadata.and_then(|it| it.http_tokens.as_ref()))
        .set_some(
            at("MetadataOptions.HttpPutResponseHopLimit"),
            metadata.and_then(|it| it.http_put_response_hop_limit),
        )
        .each(&at("SecurityGroupId"), &data.security_group_ids, Query::set_at)
        .each(&at("BlockDeviceMapping"), &data.block_device_mappings, with_block_device)
        .each(&at("TagSpecification"), &data.tag_specifications, |query, at, specification| {
            let query = query.set(format!("{at}.ResourceType"), &specification.resource_type);
            with_tags(query, &format!("{at}.Tag"), &specification.tags)
        })
}

fn with_block_device(query: Query, at: &str, mapping: &BlockDeviceMapping) -> Query {
    let query = query.set(format!("{at}.DeviceName"), &mapping.device_name);
    let Some(ebs) = &mapping.ebs else { return query };
    query
        .set_some(format!("{at}.Ebs.VolumeSize"), ebs.volume_size)
        .set_some(format!("{at}.Ebs.VolumeType"), ebs.volume_type.as_ref())
        .set_some(format!("{at}.Ebs.Iops"), ebs.iops)
        .set_some(format!("{at}.Ebs.Throughput"), ebs.throughput)
        .set_some(format!("{at}.Ebs.Encrypted"), ebs.encrypted)
        .set_some(format!("{at}.Ebs.KmsKeyId"), ebs.kms_key_id.as_ref())
        .set_some(format!("{at}.Ebs.DeleteOnTermination"), ebs.delete_on_termination)
}

/// User data that somebody wrote by hand need not be text.
fn decoded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let encoded = Option::<String>::deserialize(deserializer)?;
    Ok(encoded.filter(|encoded| !encoded.is_empty()).map(|encoded| {
        let bytes = base64::decode(&encoded).unwrap_or(encoded.into_bytes());
        String::from_utf8_lossy(&bytes).into_owned()
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    launch_template: LaunchTemplate,
}

#[derive(Debug, Deserialize)]
struct CreatedVersion {
    #[serde(rename = "launchTemplateVersion")]
    version: LaunchTemplateVersion,
}

#[cfg(test)]
mod tests {
    use crate::aws::replay::{Replay, xml};

    const VERSION: &str = "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item>
          <launchTemplateId>lt-1</launchTemplateId><launchTemplateName>web</launchTemplateName>
          <versionNumber>7</versionNumber><defaultVersion>true</defaultVersion>
          <launchTemplateData>
            <imageId>ami-1</imageId>
            <userData>IyEvYmluL2Jhc2gK</userData>
            <networkInterfaceSet><item><deviceIndex>0</deviceIndex></item><item><deviceIndex>1</deviceIndex></item></networkInterfaceSet>
            <elasticGpuSpecificationSet/>
            <securityGroupIdSet><item>sg-1</item><item>sg-2</item></securityGroupIdSet>
            <ebsOptimized>true</ebsOptimized>
          </launchTemplateData>
        </item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>";

    #[tokio::test]
    async fn the_default_version_is_read_with_what_others_put_in_it() {
        let replay = Replay::new([xml(200, VERSION)]);
        let version = replay.aws().ec2.describe_default_version("lt-1").await.unwrap().unwrap();
        assert_eq!(version.number, 7);
        assert_eq!(version.data.user_data.as_deref(), Some("#!/bin/bash\n"));
        assert_eq!(version.data.security_group_ids, ["sg-1", "sg-2"]);
        let foreign: Vec<_> = version.data.foreign().collect();
        assert_eq!(foreign, ["ebsOptimized", "networkInterfaceSet"]);
        assert_eq!(
            replay.bodies(),
            [
                "Action=DescribeLaunchTemplateVersions&Version=2016-11-15&LaunchTemplateId=lt-1&LaunchTemplateVersion.1=%24Default"
            ]
        );
    }
}
