//! Services that speak AWS's JSON protocol and of which we need an operation or two: one thin client
//! on the SDK's own orchestrator, and one struct per reply.

mod acm;
mod ecr;
mod quotas;
mod secrets;

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ErrorMetadata;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::clients::Identity;
use super::count::CallCounter;
use super::ec2::{Refused, Service, Shared};
use super::error::{AwsError, Failure};

pub use acm::{Acm, Certificate, CertificateStatus};
pub use ecr::{Ecr, Image, ImageId, Images, MANIFEST_TYPES};
pub use quotas::ServiceQuotas;
pub use secrets::{Secret, SecretsManager, Ssm};

/// A client of one such service. Clones are cheap and share everything.
#[derive(Debug, Clone)]
struct JsonClient {
    origin: Arc<Origin>,
    shared: Arc<Shared>,
}

/// What a client in another Region is made of.
#[derive(Debug)]
struct Origin {
    protocol: &'static Protocol,
    config: SdkConfig,
    identity: Identity,
    calls: CallCounter,
}

/// A service, and how its requests say their operation.
#[derive(Debug)]
struct Protocol {
    service: Service,
    /// What precedes the operation in `X-Amz-Target`.
    target: &'static str,
}

impl JsonClient {
    fn new(
        protocol: &'static Protocol,
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        let (config, identity, calls) = (config.clone(), identity.clone(), calls.clone());
        Self::of(Arc::new(Origin { protocol, config, identity, calls }), None)
    }

    fn of(origin: Arc<Origin>, region: Option<&str>) -> Self {
        let mut identity = origin.identity.clone();
        if let Some(region) = region {
            identity.region = region.into();
        }
        let shared =
            Shared::new(&origin.protocol.service, &origin.config, &identity, &origin.calls);
        Self { origin, shared: Arc::new(shared) }
    }

    /// The same service in another Region.
    fn in_region(&self, region: &str) -> Self {
        if *self.origin.identity.region == *region {
            return self.clone();
        }
        Self::of(self.origin.clone(), Some(region))
    }

    /// Sends one request of `operation`, spelt as in IAM policies.
    async fn send<T>(&self, operation: &'static str, input: Json) -> Result<T, AwsError>
    where
        T: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        let (_, action) = operation.split_once(':').expect("operations name their service");
        let target = format!("{}.{action}", self.origin.protocol.target);
        let call = self
            .shared
            .operation(action)
            .serializer(move |input: Json| request(&target, &input))
            .deserializer(read::<T>)
            .build();
        let reply = Box::pin(call.invoke(input)).await;
        reply.map_err(|error| error.explain(operation))
    }
}

fn request(target: &str, input: &Json) -> Result<HttpRequest, BoxError> {
    let body = input.to_string();
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.1");
    headers.insert("x-amz-target", target.to_owned());
    headers.insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    Ok(request)
}

fn read<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return serde_json::from_slice(body).map_err(OrchestratorError::other);
    }
    Err(OrchestratorError::operation(Refused(refusal(response, body))))
}

/// A refusal says its code in the body, after a namespace, or in a header, before a web address.
fn refusal(response: &HttpResponse, body: &[u8]) -> ErrorMetadata {
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let headers = response.headers();
    let code = text("__type").or_else(|| text("code")).or_else(|| headers.get("x-amzn-errortype"));
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = code {
        let code = code.rsplit('#').next().unwrap_or(code);
        metadata = metadata.code(code.split(':').next().unwrap_or(code));
    }
    if let Some(message) = text("message").or_else(|| text("Message")) {
        metadata = metadata.message(message);
    }
    if let Some(id) = headers.get("x-amzn-requestid") {
        metadata = metadata.custom("aws_request_id", id);
    }
    metadata.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ErrorKind;
    use crate::aws::replay::{Replay, json};

    #[tokio::test]
    async fn a_request_names_its_operation_and_is_signed_for_its_service_and_region() {
        let none = r#"{"images": [], "failures": []}"#;
        let replay = Replay::new([json(200, none), json(200, none)]);
        let aws = replay.aws();
        let id = ImageId::Tag("1".to_owned());
        for region in ["eu-west-1", "us-east-1"] {
            aws.ecr.images(region, "444455556666", "web", &[&id]).await.unwrap();
        }
        let target = "AmazonEC2ContainerRegistry_V20150921.BatchGetImage";
        assert_eq!(replay.header("x-amz-target"), [target; 2]);
        let signatures = replay.header("authorization");
        assert!(signatures[0].contains("/eu-west-1/ecr/aws4_request"), "{signatures:?}");
        assert!(signatures[1].contains("/us-east-1/ecr/aws4_request"), "{signatures:?}");
        assert_eq!(
            replay.uris(),
            [
                "https://api.ecr.eu-west-1.amazonaws.com/",
                "https://api.ecr.us-east-1.amazonaws.com/"
            ]
        );
        assert_eq!(aws.calls.by_operation()["ecr:BatchGetImage"], 2);
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_told_and_throttling_is_retried() {
        let replay = Replay::new([
            json(400, r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#),
            json(
                400,
                r#"{"__type": "com.amazonaws.acm#AccessDeniedException", "Message": "User: x is not authorized"}"#,
            ),
        ]);
        let error = replay.aws().acm.certificate("eu-west-1", "arn:x").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied);
        assert_eq!(
            error.to_string(),
            "acm:DescribeCertificate failed: AccessDeniedException: User: x is not authorized"
        );
        assert_eq!(replay.bodies().len(), 2);
    }
}
