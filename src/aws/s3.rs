//! The one thing that is asked of S3: whether an object is there.

use aws_config::SdkConfig;
use aws_runtime::auth::SigningOptions;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ErrorMetadata;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::clients::Identity;
use super::count::CallCounter;
use super::ec2::{Refused, Service, Shared};
use super::error::{AwsError, ErrorKind, Failure};

const SERVICE: Service = Service { host: "s3", id: "S3", iam: "s3", version: "2006-03-01" };

/// What IAM calls it: there is no permission with the name of the operation.
const HEAD_OBJECT: &str = "s3:GetObject";

/// What stays as it is in a path: RFC 3986's unreserved characters and the slash.
const KEY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A client of S3.
#[derive(Debug, Clone)]
pub struct S3 {
    config: SdkConfig,
    identity: Identity,
    calls: CallCounter,
}

/// What S3 says of an object.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    Found,
    Missing,
    /// The bucket is in this Region.
    Elsewhere(String),
}

impl S3 {
    pub(super) fn new(config: &SdkConfig, identity: &Identity, calls: &CallCounter) -> Self {
        Self { config: config.clone(), identity: identity.clone(), calls: calls.clone() }
    }

    /// Whether the object is there, wherever its bucket is.
    ///
    /// Who may not list the bucket is refused for an object that is not there.
    pub async fn has(&self, bucket: &str, key: &str) -> Result<bool, AwsError> {
        let mut region = self.identity.region.to_string();
        for _ in 0..2 {
            match self.head(&region, bucket, key).await? {
                Head::Found => return Ok(true),
                Head::Missing => return Ok(false),
                Head::Elsewhere(other) => region = other,
            }
        }
        let message = format!("S3 does not say where the bucket `{bucket}` is");
        Err(AwsError::new(HEAD_OBJECT, ErrorKind::Service, message))
    }

    async fn head(&self, region: &str, bucket: &str, key: &str) -> Result<Head, AwsError> {
        let identity = Identity { region: region.into(), ..self.identity.clone() };
        let shared = Shared::new(&SERVICE, &self.config, &identity, &self.calls)
            .signed_by(region, signing_options());
        let call = shared.operation("HeadObject").serializer(request).deserializer(read).build();
        // With the bucket in the path, names with dots need no certificate of their own.
        let path = format!("/{bucket}/{}", utf8_percent_encode(key, KEY));
        let reply = Box::pin(call.invoke(path)).await;
        reply.map_err(|error| error.explain(HEAD_OBJECT))
    }
}

/// S3 wants the path signed as it is sent, and to know what the body's hash is.
fn signing_options() -> SigningOptions {
    let mut options = SigningOptions::default();
    options.double_uri_encode = false;
    options.normalize_uri_path = false;
    options.content_sha256_header = true;
    options
}

fn request(path: String) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("HEAD")?;
    request.set_uri(path)?;
    Ok(request)
}

/// A reply to HEAD has no body, so that the status is all there is.
fn read(response: &HttpResponse) -> Result<Head, OrchestratorError<Refused>> {
    let region = response.headers().get("x-amz-bucket-region").map(str::to_owned);
    let code = match response.status().as_u16() {
        200..=299 => return Ok(Head::Found),
        404 => return Ok(Head::Missing),
        301 | 307 | 400 if region.is_some() => {
            return Ok(Head::Elsewhere(region.unwrap_or_default()));
        }
        403 => "AccessDenied".to_owned(),
        status => format!("HTTP {status}"),
    };
    let metadata = ErrorMetadata::builder().code(code).message("the reply says no more");
    Err(OrchestratorError::operation(Refused(metadata.build())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, reply};

    #[tokio::test]
    async fn an_object_is_looked_for_where_its_bucket_is() {
        let mut moved = reply(301, "application/xml", "");
        moved.headers_mut().insert("x-amz-bucket-region", "us-east-1");
        let replay = Replay::new([moved, reply(200, "text/plain", "")]);
        assert!(replay.aws().s3.has("bucket", "a b/c.env").await.unwrap());
        assert_eq!(
            replay.uris(),
            [
                "https://s3.eu-west-1.amazonaws.com/bucket/a%20b/c.env",
                "https://s3.us-east-1.amazonaws.com/bucket/a%20b/c.env"
            ]
        );
        let signature = &replay.header("authorization")[1];
        assert!(signature.contains("/us-east-1/s3/aws4_request"), "{signature}");
    }

    #[tokio::test]
    async fn missing_is_not_denied() {
        let replay = Replay::new([reply(404, "text/plain", ""), reply(403, "text/plain", "")]);
        let s3 = replay.aws().s3;
        assert!(!s3.has("bucket", "key").await.unwrap());
        let error = s3.has("bucket", "key").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied);
    }
}
