//! An account whose replies are written down, for tests that assert exact requests.

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ecs::config::retry::RetryConfig;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::clients::{Aws, Identity};
use super::connect::behavior;
use super::count::CallCounter;

/// Replies in the order in which they will be given, and the requests that got them.
pub(crate) struct Replay(StaticReplayClient);

impl Replay {
    pub(crate) fn new(replies: impl IntoIterator<Item = HttpResponse>) -> Self {
        let event = |reply| ReplayEvent::new(HttpRequest::new(SdkBody::empty()), reply);
        Self(StaticReplayClient::new(replies.into_iter().map(event).collect()))
    }

    /// Account 444455556666 in eu-west-1.
    pub(crate) fn aws(&self) -> Aws {
        Aws::replay(self.0.clone())
    }

    /// The bodies of all requests so far.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let text = |request: &HttpRequest| {
            String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap()
        };
        self.0.actual_requests().map(text).collect()
    }

    /// The addresses of all requests so far.
    pub(crate) fn uris(&self) -> Vec<String> {
        self.0.actual_requests().map(|request| request.uri().to_owned()).collect()
    }

    /// The value of a header in each request so far.
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let value =
            |request: &HttpRequest| request.headers().get(name).unwrap_or_default().to_owned();
        self.0.actual_requests().map(value).collect()
    }
}

impl Aws {
    /// An account whose every client sends to `http`.
    pub(crate) fn replay(http: StaticReplayClient) -> Self {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "replay");
        let config = SdkConfig::builder()
            .behavior_version(behavior())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard())
            .http_client(http)
            .build();
        let identity = Identity {
            region: "eu-west-1".into(),
            account: "444455556666".into(),
            partition: "aws".into(),
        };
        Self::new(&config, identity, CallCounter::default())
    }
}

/// A reply with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> HttpResponse {
    reply(status, "application/x-amz-json-1.1", body)
}

/// A reply with an XML body.
pub(crate) fn xml(status: u16, body: &str) -> HttpResponse {
    reply(status, "text/xml", body)
}

/// A reply with any body.
pub(crate) fn reply(status: u16, content_type: &'static str, body: &str) -> HttpResponse {
    let status = status.try_into().expect("tests write valid statuses");
    let mut reply = HttpResponse::new(status, SdkBody::from(body));
    reply.headers_mut().insert("content-type", content_type);
    reply
}
