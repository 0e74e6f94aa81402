//! Plain web requests on the SDK's connections, for registries that are not AWS's: no second HTTP
//! stack, no credentials.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::timeout::TimeoutConfig;

use super::connect::behavior;

/// A registry is asked by the way, and must not hold anybody up.
const LIMIT: Duration = Duration::from_secs(8);
const MOST_REDIRECTS: usize = 4;

/// Gets pages of the web.
#[derive(Debug, Clone)]
pub struct Web(Option<SharedHttpClient>);

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    /// How to get what was refused.
    pub www_authenticate: Option<String>,
    location: Option<String>,
    pub body: Vec<u8>,
}

/// Why nothing came back: a lowercase fragment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// What to get, with which headers.
#[derive(Debug, Clone)]
struct Get {
    path: String,
    headers: Vec<(&'static str, String)>,
}

impl Web {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(config.http_client())
    }

    /// Gets a page, along redirects. Another host is not told the authorization.
    pub async fn get(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Page, Unreachable> {
        let mut url = url.to_owned();
        let mut headers = headers.to_vec();
        for _ in 0..MOST_REDIRECTS {
            let page = self.get_one(&url, &headers).await?;
            let Some(next) = page.location.as_ref().filter(|_| (300..400).contains(&page.status))
            else {
                return Ok(page);
            };
            let next = joined(&url, next)?;
            if parted(&next)?.0 != parted(&url)?.0 {
                headers.retain(|(name, _)| *name != "authorization");
            }
            url = next;
        }
        Err(Unreachable(format!("more than {MOST_REDIRECTS} redirects, the last one to {url}")))
    }

    async fn get_one(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Page, Unreachable> {
        let client = self.0.clone().ok_or_else(|| Unreachable("there is no HTTP client".into()))?;
        let (origin, path) = parted(url)?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(4))
            .operation_timeout(LIMIT)
            .build();
        let call = Operation::builder()
            .service_name("web")
            .operation_name("Get")
            .behavior_version(behavior())
            .http_client(client)
            .endpoint_url(origin)
            .timeout_config(timeouts)
            .no_auth()
            .no_retry()
            .serializer(request)
            .deserializer(|response| Ok::<_, OrchestratorError<Unreachable>>(page(response)))
            .build();
        let get = Get { path: path.to_owned(), headers: headers.to_vec() };
        Box::pin(call.invoke(get)).await.map_err(|error| Unreachable(reason(&error)))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the orchestrator gives its input away")]
fn request(get: Get) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("GET")?;
    request.set_uri(get.path.clone())?;
    for (name, value) in &get.headers {
        request.headers_mut().try_insert(*name, value.clone())?;
    }
    Ok(request)
}

fn page(response: &HttpResponse) -> Page {
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    Page {
        status: response.status().as_u16(),
        www_authenticate: header("www-authenticate"),
        location: header("location"),
        body: response.body().bytes().unwrap_or_default().to_vec(),
    }
}

/// The innermost cause says what happened: "connection refused", not "dispatch failure".
fn reason<R>(error: &SdkError<Unreachable, R>) -> String
where
    R: std::fmt::Debug,
{
    if matches!(error, SdkError::TimeoutError(_)) {
        return format!("no answer within {} s", LIMIT.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// `https://host` and `/path?query`.
fn parted(url: &str) -> Result<(&str, &str), Unreachable> {
    let host = url.find("://").map(|scheme| scheme + 3);
    let host = host.ok_or_else(|| Unreachable(format!("`{url}` is no web address")))?;
    let end = url[host..].find('/').map_or(url.len(), |slash| host + slash);
    Ok((&url[..end], if end == url.len() { "/" } else { &url[end..] }))
}

/// Where a redirect leads. It must not lead from a safe place to an open one.
fn joined(from: &str, to: &str) -> Result<String, Unreachable> {
    if to.starts_with('/') && !to.starts_with("//") {
        return Ok(format!("{}{to}", parted(from)?.0));
    }
    if from.starts_with("https:") && !to.starts_with("https:") {
        return Err(Unreachable(format!("a redirect leads to `{to}`, without TLS")));
    }
    Ok(to.to_owned())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

    use crate::aws::replay::{Replay, reply};

    fn redirect(to: &'static str) -> HttpResponse {
        let mut redirect = reply(307, "text/plain", "");
        redirect.headers_mut().insert("location", to);
        redirect
    }

    #[tokio::test]
    async fn only_the_first_host_is_told_the_authorization() {
        let replay = Replay::new([
            redirect("/v2/other"),
            redirect("https://cdn.example/x?y=z"),
            reply(200, "text/plain", "here"),
        ]);
        let headers = [("authorization", "Bearer x".to_owned())];
        let page = replay.aws().web.get("https://registry.example/v2/x", &headers).await.unwrap();
        assert_eq!((page.status, page.body.as_slice()), (200, &b"here"[..]));
        assert_eq!(
            replay.uris(),
            [
                "https://registry.example/v2/x",
                "https://registry.example/v2/other",
                "https://cdn.example/x?y=z"
            ]
        );
        assert_eq!(replay.header("authorization"), ["Bearer x", "Bearer x", ""]);
    }

    #[tokio::test]
    async fn a_redirect_does_not_leave_tls() {
        let replay = Replay::new([redirect("http://registry.example/")]);
        let error = replay.aws().web.get("https://registry.example/", &[]).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "a redirect leads to `http://registry.example/`, without TLS"
        );
    }
}
