//! Images: those of ECR by its API, one call for all of a repository, all others by that of registries.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all};

use super::registry;
use super::unread;
use crate::aws::json::{Image, ImageId};
use crate::aws::{Aws, ErrorKind};
use crate::verify::{Answer, ImageFacts, ImageName, Platform, Registry, Unread, Version};

/// A private repository of ECR.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Repository {
    account: String,
    region: String,
    name: String,
}

type Images = BTreeMap<String, Answer<ImageFacts>>;

pub(super) async fn read(aws: &Aws, images: &BTreeSet<String>) -> Images {
    let mut private: BTreeMap<Repository, Vec<(&String, ImageId)>> = BTreeMap::new();
    let mut public = vec![];
    for image in images {
        let name = ImageName::parse(image);
        match &name.registry {
            Registry::Ecr { account, region } => {
                let (account, region) = (account.clone(), region.clone());
                let repository = Repository { account, region, name: name.repository.clone() };
                private.entry(repository).or_default().push((image, id(&name.version)));
            }
            Registry::Other(host) => public.push((image, host.clone(), name)),
        }
    }
    let private = private.iter().map(|(repository, wanted)| of_repository(aws, repository, wanted));
    let public = public.into_iter().map(|(image, host, name)| async move {
        (image.clone(), registry::look_up(&aws.web, &host, &name).await)
    });
    let (private, public) = join(join_all(private), join_all(public)).await;
    private.into_iter().flatten().chain(public).collect()
}

fn id(version: &Version) -> ImageId {
    match version {
        Version::Tag(tag) => ImageId::Tag(tag.clone()),
        Version::Digest(digest) => ImageId::Digest(digest.clone()),
    }
}

async fn of_repository(
    aws: &Aws,
    repository: &Repository,
    wanted: &[(&String, ImageId)],
) -> Vec<(String, Answer<ImageFacts>)> {
    let ids: Vec<&ImageId> = wanted.iter().map(|(_, id)| id).collect();
    let Repository { account, region, name } = repository;
    match aws.ecr.images(region, account, name, &ids).await {
        Ok(found) => {
            let facts = wanted.iter().map(|(image, id)| async {
                let facts = match found.get(id) {
                    Some(found) => Ok(ImageFacts::Found(platforms(aws, repository, found).await)),
                    None => missing(aws, repository, format!("`{name}` has no such image")).await,
                };
                ((*image).clone(), facts)
            });
            join_all(facts).await
        }
        Err(error) if error.kind == ErrorKind::NotFound => {
            let what = format!("there is no repository `{name}` in {account} {region}");
            let facts = missing(aws, repository, what).await;
            wanted.iter().map(|(image, _)| ((*image).clone(), facts.clone())).collect()
        }
        Err(error) => {
            let why = unread(&error);
            wanted.iter().map(|(image, _)| ((*image).clone(), Err(why.clone()))).collect()
        }
    }
}

/// What a pull-through cache does not have, it gets when somebody asks for it.
async fn missing(aws: &Aws, repository: &Repository, what: String) -> Answer<ImageFacts> {
    let Repository { account, region, name } = repository;
    let prefixes = aws.ecr.pull_through_prefixes(region, account).await.unwrap_or_default();
    let is_cached = |prefix: &String| prefix == "ROOT" || name.starts_with(&format!("{prefix}/"));
    if prefixes.iter().any(is_cached) {
        let reason = "it is not yet in the pull-through cache, which gets it with the first pull";
        return Err(Unread::because(reason));
    }
    Ok(ImageFacts::Missing(what))
}

/// An index says for which platforms there are manifests; a manifest's configuration says its own.
async fn platforms(aws: &Aws, repository: &Repository, image: &Image) -> Answer<Vec<Platform>> {
    let digest = match registry::platforms_of(image.image_manifest.as_bytes()) {
        registry::Says::Platforms(platforms) => return Ok(platforms),
        registry::Says::Configuration(digest) => digest,
        registry::Says::Nothing => return Ok(vec![]),
    };
    let Repository { account, region, name } = repository;
    let url = aws.ecr.layer_url(region, account, name, &digest).await;
    let url = url.map_err(|error| unread(&error))?;
    let page = aws.web.get(&url, &[]).await;
    let page = page.map_err(|error| Unread::because(format!("its configuration: {error}")))?;
    if page.status != 200 {
        return Err(Unread::because(format!("its configuration: HTTP {}", page.status)));
    }
    Ok(registry::platform_of_configuration(&page.body).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json, reply};

    const IMAGE: &str = "444455556666.dkr.ecr.us-east-1.amazonaws.com/team/web:1";

    fn found(manifest: &str) -> String {
        let manifest = serde_json::Value::from(manifest);
        format!(
            r#"{{"images": [{{"imageId": {{"imageTag": "1", "imageDigest": "sha256:aa"}}, "imageManifest": {manifest}}}], "failures": []}}"#
        )
    }

    const NO_RULES: &str = r#"{"pullThroughCacheRules": []}"#;
    const NO_REPOSITORY: &str =
        r#"{"__type": "RepositoryNotFoundException", "message": "The repository does not exist"}"#;

    async fn answer(replay: &Replay) -> Answer<ImageFacts> {
        let images = BTreeSet::from([IMAGE.to_owned()]);
        read(&replay.aws(), &images).await.remove(IMAGE).expect("each is answered")
    }

    #[tokio::test]
    async fn an_index_says_all_in_one_call_to_the_region_of_the_image() {
        let index = r#"{"manifests": [{"platform": {"os": "linux", "architecture": "amd64"}}, {"platform": {"os": "linux", "architecture": "arm64"}}]}"#;
        let replay = Replay::new([json(200, &found(index))]);
        let both = vec![Platform::new("linux", "amd64"), Platform::new("linux", "arm64")];
        assert_eq!(answer(&replay).await, Ok(ImageFacts::Found(Ok(both))));
        assert_eq!(replay.uris(), ["https://api.ecr.us-east-1.amazonaws.com/"]);
    }

    #[tokio::test]
    async fn a_manifest_leads_to_its_configuration() {
        let manifest = r#"{"config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:cc"}, "layers": []}"#;
        let replay = Replay::new([
            json(200, &found(manifest)),
            json(
                200,
                r#"{"downloadUrl": "https://s3.example/cc?signed", "layerDigest": "sha256:cc"}"#,
            ),
            reply(200, "application/octet-stream", r#"{"os": "linux", "architecture": "arm64"}"#),
        ]);
        let arm = vec![Platform::new("linux", "arm64")];
        assert_eq!(answer(&replay).await, Ok(ImageFacts::Found(Ok(arm))));
        assert_eq!(
            replay.bodies()[1],
            r#"{"registryId":"444455556666","repositoryName":"team/web","layerDigest":"sha256:cc"}"#
        );
        assert_eq!(replay.uris()[2], "https://s3.example/cc?signed");
        assert_eq!(replay.header("authorization")[2], "", "the address is signed already");
    }

    #[tokio::test]
    async fn what_is_missing_may_be_in_a_cache_that_is_filled_by_the_first_pull() {
        let failures = r#"{"images": [], "failures": [{"imageId": {"imageTag": "1"}, "failureCode": "ImageNotFound"}]}"#;
        let replay = Replay::new([json(200, failures), json(200, NO_RULES)]);
        let missing = ImageFacts::Missing("`team/web` has no such image".to_owned());
        assert_eq!(answer(&replay).await, Ok(missing));

        let replay = Replay::new([json(400, NO_REPOSITORY), json(200, NO_RULES)]);
        let what = "there is no repository `team/web` in 444455556666 us-east-1";
        assert_eq!(answer(&replay).await, Ok(ImageFacts::Missing(what.to_owned())));

        let rules = r#"{"pullThroughCacheRules": [{"ecrRepositoryPrefix": "team"}]}"#;
        let replay = Replay::new([json(400, NO_REPOSITORY), json(200, rules)]);
        assert!(answer(&replay).await.is_err());
    }

    #[tokio::test]
    async fn a_permission_that_lacks_is_named() {
        let denied = r#"{"__type": "AccessDeniedException", "message": "no"}"#;
        let replay = Replay::new([json(400, denied)]);
        assert_eq!(answer(&replay).await, Err(Unread::denied("ecr:BatchGetImage")));
    }
}
