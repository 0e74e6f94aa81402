//! Private registries of ECR: manifests of images, and where their layers are.

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{JsonClient, Protocol};
use crate::aws::clients::Identity;
use crate::aws::count::CallCounter;
use crate::aws::ec2::Service;
use crate::aws::error::AwsError;

const ECR: Protocol = Protocol {
    service: Service { host: "api.ecr", id: "ECR", iam: "ecr", version: "2015-09-21" },
    target: "AmazonEC2ContainerRegistry_V20150921",
};

/// Manifests and indexes, by Docker and by OCI. Without them ECR turns an index into one manifest.
pub const MANIFEST_TYPES: &[&str] = &[
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// A client of ECR.
#[derive(Debug, Clone)]
pub struct Ecr(JsonClient);

/// What an image is asked for by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageId {
    Tag(String),
    /// `sha256:…`
    Digest(String),
}

impl ImageId {
    fn to_json(&self) -> Json {
        match self {
            Self::Tag(tag) => json!({"imageTag": tag}),
            Self::Digest(digest) => json!({"imageDigest": digest}),
        }
    }
}

/// Those of the images that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Images {
    #[serde(default)]
    pub images: Vec<Image>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub image_id: Ids,
    /// JSON.
    #[serde(default)]
    pub image_manifest: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ids {
    pub image_tag: Option<String>,
    pub image_digest: Option<String>,
}

impl Images {
    /// The one that was asked for by this.
    pub fn get(&self, id: &ImageId) -> Option<&Image> {
        self.images.iter().find(|image| match id {
            ImageId::Tag(tag) => image.image_id.image_tag.as_ref() == Some(tag),
            ImageId::Digest(digest) => image.image_id.image_digest.as_ref() == Some(digest),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    download_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PullThroughRules {
    #[serde(default)]
    pull_through_cache_rules: Vec<PullThroughRule>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PullThroughRule {
    ecr_repository_prefix: String,
}

impl Ecr {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self(JsonClient::new(&ECR, config, identity, calls))
    }

    /// The images of one repository, at most 100. One that is not there is left out.
    pub async fn images(
        &self,
        region: &str,
        account: &str,
        repository: &str,
        ids: &[&ImageId],
    ) -> Result<Images, AwsError> {
        let ids: Vec<Json> = ids.iter().map(|id| id.to_json()).collect();
        let input = json!({
            "registryId": account,
            "repositoryName": repository,
            "imageIds": ids,
            "acceptedMediaTypes": MANIFEST_TYPES,
        });
        self.0.in_region(region).send("ecr:BatchGetImage", input).await
    }

    /// A web address, good for an hour, of a layer or of an image's configuration.
    pub async fn layer_url(
        &self,
        region: &str,
        account: &str,
        repository: &str,
        digest: &str,
    ) -> Result<String, AwsError> {
        let input = json!({
            "registryId": account,
            "repositoryName": repository,
            "layerDigest": digest,
        });
        let layer: Layer =
            self.0.in_region(region).send("ecr:GetDownloadUrlForLayer", input).await?;
        Ok(layer.download_url)
    }

    /// The prefixes of repositories that are made when somebody first pulls from them.
    pub async fn pull_through_prefixes(
        &self,
        region: &str,
        account: &str,
    ) -> Result<Vec<String>, AwsError> {
        let client = self.0.in_region(region);
        let mut prefixes = vec![];
        let mut token = None;
        loop {
            let mut input = json!({"registryId": account});
            if let Some(token) = token {
                input["nextToken"] = Json::String(token);
            }
            let page: PullThroughRules =
                client.send("ecr:DescribePullThroughCacheRules", input).await?;
            let rules = page.pull_through_cache_rules.into_iter();
            prefixes.extend(rules.map(|rule| rule.ecr_repository_prefix));
            token = page.next_token;
            if token.is_none() {
                return Ok(prefixes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn images_are_asked_for_together_and_told_apart() {
        let replay = Replay::new([json(
            200,
            r#"{"images": [{"registryId": "444455556666", "repositoryName": "web",
                "imageId": {"imageDigest": "sha256:aa", "imageTag": "1"}, "imageManifest": "{}",
                "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"}],
                "failures": [{"imageId": {"imageTag": "2"}, "failureCode": "ImageNotFound",
                "failureReason": "Requested image not found"}]}"#,
        )]);
        let [one, two] = ["1", "2"].map(|tag| ImageId::Tag(tag.to_owned()));
        let digest = ImageId::Digest("sha256:aa".to_owned());
        let ids = [&one, &two, &digest];
        let found =
            replay.aws().ecr.images("eu-west-1", "444455556666", "web", &ids).await.unwrap();
        assert!(found.get(&one).is_some());
        assert!(found.get(&two).is_none());
        assert!(found.get(&digest).is_some());
        insta::assert_snapshot!(replay.bodies()[0], @r#"
        {"registryId":"444455556666","repositoryName":"web","imageIds":[{"imageTag":"1"},{"imageTag":"2"},{"imageDigest":"sha256:aa"}],"acceptedMediaTypes":["application/vnd.oci.image.index.v1+json","application/vnd.oci.image.manifest.v1+json","application/vnd.docker.distribution.manifest.list.v2+json","application/vnd.docker.distribution.manifest.v2+json"]}
        "#);
    }
}
