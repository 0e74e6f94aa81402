//! Registries that speak the distribution API of OCI, asked without credentials.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>

use serde::Deserialize;

use crate::aws::json::MANIFEST_TYPES;
use crate::aws::web::{Page, Web};
use crate::verify::{Answer, ImageFacts, ImageName, Platform, Unread};

/// A repository of one registry, and the token that opens it.
struct Door<'a> {
    web: &'a Web,
    host: &'a str,
    /// `https://ghcr.io/v2/owner/name`
    base: String,
    token: Option<String>,
}

/// What a manifest or an index says about platforms.
pub(super) enum Says {
    Platforms(Vec<Platform>),
    /// It is in the configuration with this digest.
    Configuration(String),
    Nothing,
}

#[derive(Deserialize)]
struct Manifest {
    config: Option<Descriptor>,
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: Option<String>,
    platform: Option<Described>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
}

impl Described {
    fn platform(self) -> Option<Platform> {
        // Attestations are in an index too, for the platform `unknown/unknown`.
        let is_known = |word: &str| !word.is_empty() && word != "unknown";
        (is_known(&self.os) && is_known(&self.architecture))
            .then(|| Platform::new(self.os, self.architecture))
    }
}

pub(super) async fn look_up(web: &Web, host: &str, name: &ImageName) -> Answer<ImageFacts> {
    let base = format!("{}://{host}/v2/{}", scheme(host), name.repository);
    let mut door = Door { web, host, base, token: None };
    let accept = MANIFEST_TYPES.join(", ");
    let page = door.get(&format!("manifests/{}", name.version.text()), Some(accept)).await?;
    match page.status {
        200 => {}
        401 | 403 => return Ok(ImageFacts::Refused),
        404 => {
            let what = format!("{host} has no such image in `{}`", name.repository);
            return Ok(ImageFacts::Missing(what));
        }
        429 => return Err(Unread::because(format!("{host} has had too many requests from here"))),
        status => return Err(Unread::because(format!("{host} answers HTTP {status}"))),
    }
    let digest = match platforms_of(&page.body) {
        Says::Platforms(platforms) => return Ok(ImageFacts::Found(Ok(platforms))),
        Says::Nothing => return Ok(ImageFacts::Found(Ok(vec![]))),
        Says::Configuration(digest) => digest,
    };
    Ok(ImageFacts::Found(configured(&mut door, &digest).await))
}

async fn configured(door: &mut Door<'_>, digest: &str) -> Answer<Vec<Platform>> {
    let page = door.get(&format!("blobs/{digest}"), None).await?;
    if page.status != 200 {
        let host = door.host;
        return Err(Unread::because(format!(
            "{host} answers HTTP {} to its configuration",
            page.status
        )));
    }
    Ok(platform_of_configuration(&page.body).into_iter().collect())
}

/// As Docker does it: registries on this machine have no certificates.
fn scheme(host: &str) -> &'static str {
    let name = host.split(':').next().unwrap_or(host);
    if name == "localhost" || name.starts_with("127.") { "http" } else { "https" }
}

impl Door<'_> {
    /// Gets a page, with a token for the nameless if the registry wants one.
    async fn get(&mut self, path: &str, accept: Option<String>) -> Result<Page, Unread> {
        let url = format!("{}/{path}", self.base);
        let page = self.knock(&url, accept.as_deref()).await?;
        let challenge = page.www_authenticate.as_deref().filter(|_| page.status == 401);
        let Some(challenge) = challenge.filter(|_| self.token.is_none()).and_then(Challenge::read)
        else {
            return Ok(page);
        };
        self.token = self.ask_token(&challenge).await?;
        if self.token.is_none() { Ok(page) } else { self.knock(&url, accept.as_deref()).await }
    }

    async fn knock(&self, url: &str, accept: Option<&str>) -> Result<Page, Unread> {
        let token = self.token.as_ref().map(|token| ("authorization", format!("Bearer {token}")));
        let accept = accept.map(|types| ("accept", types.to_owned()));
        let headers: Vec<_> = token.into_iter().chain(accept).collect();
        let page = self.web.get(url, &headers).await;
        page.map_err(|error| Unread::because(format!("{} cannot be reached: {error}", self.host)))
    }

    /// None when the registry gives no token to the nameless.
    async fn ask_token(&self, challenge: &Challenge) -> Result<Option<String>, Unread> {
        #[derive(Deserialize)]
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let is_safe = challenge.realm.starts_with("https://") || scheme(self.host) == "http";
        if !is_safe {
            let reason =
                format!("{} sends to `{}` for a token, without TLS", self.host, challenge.realm);
            return Err(Unread::because(reason));
        }
        let page = self.web.get(&challenge.url(), &[]).await;
        let page = page.map_err(|error| {
            Unread::because(format!("{} cannot be reached: {error}", challenge.realm))
        })?;
        let token: Option<Token> = serde_json::from_slice(&page.body).ok();
        Ok(token.and_then(|token| token.token.or(token.access_token)))
    }
}

/// `Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="…"`
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    realm: String,
    /// `service` and `scope`, as they go into the query.
    query: Vec<(String, String)>,
}

impl Challenge {
    fn read(header: &str) -> Option<Self> {
        let (scheme, mut rest) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let (mut realm, mut query) = (None, vec![]);
        // Values are quoted, and a scope may hold commas.
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"')?;
            let name = name.trim_matches([',', ' ']).to_ascii_lowercase();
            match name.as_str() {
                "realm" => realm = Some(value.to_owned()),
                "service" | "scope" => query.push((name, value.to_owned())),
                _ => {}
            }
            rest = after;
        }
        Some(Self { realm: realm?, query })
    }

    fn url(&self) -> String {
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        let mark = if self.realm.contains('?') { '&' } else { '?' };
        format!("{}{mark}{query}", self.realm)
    }
}

pub(super) fn platforms_of(manifest: &[u8]) -> Says {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return Says::Nothing };
    if let Some(digest) = manifest.config.and_then(|config| config.digest) {
        return Says::Configuration(digest);
    }
    let described = manifest.manifests.into_iter().filter_map(|entry| entry.platform);
    Says::Platforms(described.filter_map(Described::platform).collect())
}

pub(super) fn platform_of_configuration(configuration: &[u8]) -> Option<Platform> {
    serde_json::from_slice::<Described>(configuration).ok()?.platform()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, reply};

    fn refused(
        challenge: &'static str,
    ) -> aws_smithy_runtime_api::client::orchestrator::HttpResponse {
        let mut refused = reply(401, "application/json", "{}");
        refused.headers_mut().insert("www-authenticate", challenge);
        refused
    }

    const CHALLENGE: &str = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#;

    async fn answer(replay: &Replay, image: &str) -> Answer<ImageFacts> {
        look_up(&replay.aws().web, "registry.example", &ImageName::parse(image)).await
    }

    #[tokio::test]
    async fn a_token_for_the_nameless_opens_what_is_public() {
        let index = r#"{"manifests": [{"digest": "sha256:aa", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"digest": "sha256:bb", "platform": {"os": "unknown", "architecture": "unknown"}}]}"#;
        let replay = Replay::new([
            refused(CHALLENGE),
            reply(200, "application/json", r#"{"token": "t0"}"#),
            reply(200, "application/vnd.oci.image.index.v1+json", index),
        ]);
        let arm = vec![Platform::new("linux", "arm64")];
        let found = answer(&replay, "registry.example/a/b:1").await;
        assert_eq!(found, Ok(ImageFacts::Found(Ok(arm))), "attestations are no platform");
        assert_eq!(
            replay.uris(),
            [
                "https://registry.example/v2/a/b/manifests/1",
                "https://auth.example/token?service=registry.example&scope=repository%3Aa%2Fb%3Apull%2Cpush",
                "https://registry.example/v2/a/b/manifests/1",
            ]
        );
        assert_eq!(replay.header("authorization"), ["", "", "Bearer t0"]);
        assert!(replay.header("accept")[2].contains("application/vnd.oci.image.index.v1+json"));
    }

    #[tokio::test]
    async fn a_manifest_by_digest_leads_to_its_configuration() {
        let manifest = r#"{"config": {"digest": "sha256:cc"}, "layers": []}"#;
        let replay = Replay::new([
            reply(200, "application/json", manifest),
            reply(200, "application/json", r#"{"architecture": "amd64", "os": "windows"}"#),
        ]);
        let windows = vec![Platform::new("windows", "amd64")];
        let found = answer(&replay, "registry.example/a@sha256:aa").await;
        assert_eq!(found, Ok(ImageFacts::Found(Ok(windows))));
        assert_eq!(
            replay.uris(),
            [
                "https://registry.example/v2/a/manifests/sha256:aa",
                "https://registry.example/v2/a/blobs/sha256:cc",
            ]
        );
    }

    #[tokio::test]
    async fn what_a_registry_does_not_show_is_told_as_it_is() {
        let image = "registry.example/a:1";
        let missing = Replay::new([reply(404, "application/json", "{}")]);
        assert!(matches!(answer(&missing, image).await, Ok(ImageFacts::Missing(_))));
        let refused =
            Replay::new([refused(CHALLENGE), reply(403, "application/json", r#"{"errors": []}"#)]);
        assert_eq!(answer(&refused, image).await, Ok(ImageFacts::Refused));
        for (status, reason) in [
            (429, "registry.example has had too many requests from here"),
            (503, "registry.example answers HTTP 503"),
        ] {
            let replay = Replay::new([reply(status, "text/plain", "")]);
            assert_eq!(answer(&replay, image).await, Err(Unread::because(reason)));
        }
    }

    #[tokio::test]
    async fn a_token_is_not_asked_for_in_the_open() {
        let open = r#"Bearer realm="http://auth.example/token""#;
        let error =
            answer(&Replay::new([refused(open)]), "registry.example/a:1").await.unwrap_err();
        assert!(error.reason.contains("without TLS"), "{error:?}");
    }
}
