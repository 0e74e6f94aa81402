//! Sends requests in the query protocol with the SDK's own orchestrator: its connections,
//! credentials, signatures, timeouts and retries.

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime::client::retries::classifiers::TransientErrorClassifier;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{FrozenLayer, Layer};
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use serde::de::DeserializeOwned;

use super::wire::{Query, refusal};
use crate::aws::call::Gate;
use crate::aws::clients::{Identity, WebPage};
use crate::aws::connect::behavior;
use crate::aws::count::CallCounter;
use crate::aws::error::{AwsError, Failure};

/// A client of EC2. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Ec2(QueryClient);

impl Ec2 {
    pub(in crate::aws) fn new(
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
        gate: Gate,
    ) -> Self {
        Self(QueryClient::new(&EC2, config, identity, calls, gate))
    }

    pub(in crate::aws) fn with_gate(self, gate: Gate) -> Self {
        Self(self.0.with_gate(gate))
    }

    /// Sends one request.
    pub(super) async fn send<T>(&self, query: Query) -> Result<T, AwsError>
    where
        T: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        self.0.send(query).await
    }

    /// Sends a write, at AWS's pace and through eventual consistency.
    pub(super) async fn write<T>(&self, query: Query) -> Result<T, AwsError>
    where
        T: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        self.0.write(query).await
    }
}

const EC2: Service = Service { host: "ec2", id: "EC2", iam: "ec2", version: "2016-11-15" };

/// A service that is spoken to without its SDK.
#[derive(Debug)]
pub(in crate::aws) struct Service {
    /// The first part of its endpoints' names, the last label of which signatures say too.
    pub(in crate::aws) host: &'static str,
    /// As profiles and environment variables name it.
    pub(in crate::aws) id: &'static str,
    /// What IAM calls it.
    pub(in crate::aws) iam: &'static str,
    /// Of its API.
    pub(in crate::aws) version: &'static str,
}

impl Service {
    /// `ecr` for the host `api.ecr`.
    fn signing_name(&self) -> &'static str {
        self.host.rsplit('.').next().unwrap_or(self.host)
    }
}

/// A client of one such service. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub(in crate::aws) struct QueryClient {
    shared: Arc<Shared>,
    gate: Gate,
}

/// What the requests to one service in one Region have in common, whatever its protocol.
#[derive(Debug)]
pub(in crate::aws) struct Shared {
    pub(in crate::aws) service: &'static Service,
    config: SdkConfig,
    endpoint: String,
    signing: FrozenLayer,
    calls: CallCounter,
}

impl QueryClient {
    pub(in crate::aws) fn new(
        service: &'static Service,
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
        gate: Gate,
    ) -> Self {
        Self { shared: Arc::new(Shared::new(service, config, identity, calls)), gate }
    }

    pub(in crate::aws) fn with_gate(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }

    /// Sends one request.
    pub(in crate::aws) async fn send<T>(&self, query: Query) -> Result<T, AwsError>
    where
        T: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        let version = self.shared.service.version;
        let operation = self
            .shared
            .operation(query.action())
            .serializer(move |query: Query| request(query.body(version)))
            .deserializer(read::<T>)
            .build();
        let name = query.operation;
        let reply = Box::pin(operation.invoke(query)).await;
        reply.map_err(|error| error.explain(name))
    }

    /// Sends a write, at AWS's pace and through eventual consistency.
    pub(in crate::aws) async fn write<T>(&self, query: Query) -> Result<T, AwsError>
    where
        T: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        self.gate.write(query.operation, || self.send(query.clone())).await
    }
}

impl Shared {
    pub(in crate::aws) fn new(
        service: &'static Service,
        config: &SdkConfig,
        identity: &Identity,
        calls: &CallCounter,
    ) -> Self {
        Self {
            service,
            config: config.clone(),
            endpoint: endpoint(service, config, identity),
            signing: signing(service, &identity.region, SigningOptions::default()),
            calls: calls.clone(),
        }
    }

    /// Signs otherwise than most services want it.
    pub(in crate::aws) fn signed_by(self, region: &str, options: SigningOptions) -> Self {
        Self { signing: signing(self.service, region, options), ..self }
    }

    pub(in crate::aws) fn operation(&self, action: &'static str) -> OperationBuilder {
        let retries = self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts =
            self.config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        let plugin = StaticRuntimePlugin::new()
            .with_config(self.signing.clone())
            .with_runtime_components(self.components());
        Operation::builder()
            .service_name(self.service.iam)
            .operation_name(action)
            .behavior_version(behavior())
            .endpoint_url(&self.endpoint)
            .standard_retry(&retries)
            .timeout_config(timeouts)
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
            .retry_classifier(WebPage)
            .interceptor(self.calls.of(self.service.iam))
            .runtime_plugin(plugin)
    }

    fn components(&self) -> RuntimeComponentsBuilder {
        let mut components = RuntimeComponentsBuilder::new(self.service.iam)
            .with_http_client(self.config.http_client())
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                SCHEME_ID,
            ])));
        if let Some(cache) = self.config.identity_cache() {
            components.set_identity_cache(Some(cache));
        }
        if let Some(credentials) = self.config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, credentials);
        }
        components
    }
}

fn signing(service: &Service, region: &str, options: SigningOptions) -> FrozenLayer {
    let mut layer = Layer::new("query signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(aws_config::Region::new(region.to_owned()))),
        name: Some(SigningName::from_static(service.signing_name())),
        signing_options: options,
        ..SigV4OperationSigningConfig::default()
    });
    layer.freeze()
}

/// The endpoint configured for the service or for all services, or else AWS's.
fn endpoint(service: &Service, config: &SdkConfig, identity: &Identity) -> String {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .expect("all parts of the key are set");
    config
        .service_config()
        .and_then(|configured| configured.load_config(key))
        .or_else(|| config.endpoint_url().map(String::from))
        .unwrap_or_else(|| public_endpoint(service, config, identity))
}

fn public_endpoint(service: &Service, config: &SdkConfig, identity: &Identity) -> String {
    let fips = if config.use_fips().unwrap_or_default() { "-fips" } else { "" };
    let domain = match (&*identity.partition, config.use_dual_stack().unwrap_or_default()) {
        ("aws-cn", true) => "api.amazonwebservices.com.cn",
        ("aws-cn", false) => "amazonaws.com.cn",
        (_, true) => "api.aws",
        (_, false) => "amazonaws.com",
    };
    // Only ECR's are called otherwise than its signatures: `api.ecr`, but `ecr-fips`.
    let is_plain = fips.is_empty() && !config.use_dual_stack().unwrap_or_default();
    let host = if is_plain { service.host } else { service.signing_name() };
    format!("https://{host}{fips}.{}.{domain}", identity.region)
}

fn request(body: String) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/x-www-form-urlencoded");
    headers.insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    Ok(request)
}

fn read<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return quick_xml::de::from_reader(body).map_err(OrchestratorError::other);
    }
    Err(OrchestratorError::operation(Refused::read(body)))
}

/// A refusal as the SDK's retries and our errors understand it.
#[derive(Debug, thiserror::Error)]
#[error("AWS refused the request")]
pub(in crate::aws) struct Refused(pub(in crate::aws) ErrorMetadata);

impl Refused {
    fn read(body: &[u8]) -> Self {
        let Some(refusal) = refusal(body) else { return Self(ErrorMetadata::default()) };
        let mut metadata = ErrorMetadata::builder().code(refusal.code).message(refusal.message);
        if let Some(id) = refusal.request_id {
            metadata = metadata.custom("aws_request_id", id);
        }
        Self(metadata.build())
    }
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}
