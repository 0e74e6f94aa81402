//! From options to clients: the standard credential and endpoint chain, checked with STS first.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::config::IdentityCache;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::clients::{Aws, Identity, client};
use super::count::CallCounter;
use super::error::{AwsError, ErrorKind, Failure};

const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";

/// Where to find the account; what is `None` comes from the environment and the profile.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    pub region: Option<String>,
    /// A profile named here wins over access keys in the environment.
    pub profile: Option<String>,
    /// ARN of a role to assume with the credentials found.
    pub role_to_assume: Option<String>,
    pub external_id: Option<String>,
    /// The role session's name, which `CloudTrail` shows; `ecsctl` if `None`.
    pub session_name: Option<String>,
    /// The account that the credentials must belong to.
    pub expected_account: Option<String>,
}

/// Finds credentials and endpoints, and asks STS who we are before anything else is sent.
pub async fn connect(options: ConnectOptions) -> Result<Aws, AwsError> {
    let config = load(&options).await;
    let region = config.region().map(ToString::to_string).ok_or_else(no_region)?;
    let config = match &options.role_to_assume {
        Some(role) => assume(config, role, &options).await,
        None => config,
    };
    let calls = CallCounter::default();
    let caller = who_am_i(&config, &calls).await;
    let caller = caller.map_err(|error| name_profile(error, options.profile.as_deref()))?;
    let identity = identity(&caller, &region)?;
    check_account(&identity, options.expected_account.as_deref())?;
    Ok(Aws::new(&config, identity, calls))
}

pub(super) fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

async fn load(options: &ConnectOptions) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_https();
    let mut loader = aws_config::defaults(behavior())
        .http_client(http.clone())
        .timeout_config(timeouts())
        .identity_cache(IdentityCache::lazy().load_timeout(Duration::from_secs(20)).build());
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &options.profile {
        loader = with_profile(loader, profile, options.region.clone(), http);
    }
    patient(loader.load().await)
}

/// The SDK's own chain prefers access keys in the environment even to a profile asked for by name,
/// which could deploy to an account that nobody named.
fn with_profile(
    loader: ConfigLoader,
    profile: &str,
    region: Option<String>,
    http: SharedHttpClient,
) -> ConfigLoader {
    let provider = ProviderConfig::without_region().with_http_client(http);
    let provider = match region {
        Some(region) => provider.with_region(Some(Region::new(region))),
        None => provider,
    };
    let credentials = ProfileFileCredentialsProvider::builder()
        .configure(&provider)
        .profile_name(profile)
        .build();
    loader.profile_name(profile).credentials_provider(credentials)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(30))
        .operation_attempt_timeout(Duration::from_mins(1))
        .operation_timeout(Duration::from_mins(5))
        .build()
}

/// Raises the SDK's three attempts to eight, unless the user configured retries.
#[expect(clippy::disallowed_methods, reason = "the SDK does not tell where its setting is from")]
fn patient(config: SdkConfig) -> SdkConfig {
    let found = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    let is_default = found.max_attempts() == RetryConfig::standard().max_attempts()
        && std::env::var_os("AWS_MAX_ATTEMPTS").is_none();
    let retries = if is_default { found.with_max_attempts(8) } else { found };
    config.into_builder().retry_config(retries).build()
}

async fn assume(config: SdkConfig, role: &str, options: &ConnectOptions) -> SdkConfig {
    let session = options.session_name.as_deref().unwrap_or("ecsctl");
    let mut provider = AssumeRoleProvider::builder(role).session_name(session).configure(&config);
    if let Some(id) = &options.external_id {
        provider = provider.external_id(id);
    }
    let credentials = SharedCredentialsProvider::new(provider.build().await);
    config.into_builder().credentials_provider(credentials).build()
}

/// The first call: fewer attempts than others, so that a wrong endpoint shows within seconds.
async fn who_am_i(
    config: &SdkConfig,
    calls: &CallCounter,
) -> Result<GetCallerIdentityOutput, AwsError> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(4))
        .read_timeout(Duration::from_secs(10))
        .build();
    let retries = RetryConfig::standard().with_max_attempts(2);
    let hasty = config.to_builder().retry_config(retries).timeout_config(timeouts).build();
    let sts = client!(aws_sdk_sts, &hasty, calls, "sts");
    let reply = sts.get_caller_identity().send().await;
    reply.map_err(|error| error.explain(GET_CALLER_IDENTITY))
}

fn name_profile(mut error: AwsError, profile: Option<&str>) -> AwsError {
    if let (ErrorKind::Credentials, Some(profile)) = (error.kind, profile) {
        error.message = format!("{} (profile {profile})", error.message);
    }
    error
}

fn identity(caller: &GetCallerIdentityOutput, region: &str) -> Result<Identity, AwsError> {
    let incomplete =
        || AwsError::new(GET_CALLER_IDENTITY, ErrorKind::Service, "the reply names no account");
    let account = caller.account().ok_or_else(incomplete)?;
    let partition = caller.arn().and_then(|arn| arn.split(':').nth(1)).ok_or_else(incomplete)?;
    Ok(Identity { region: region.into(), account: account.into(), partition: partition.into() })
}

fn check_account(identity: &Identity, expected: Option<&str>) -> Result<(), AwsError> {
    match expected {
        Some(expected) if expected != &*identity.account => {
            let message = format!(
                "the credentials belong to account {}, but {expected} is expected",
                identity.account
            );
            Err(AwsError::new(GET_CALLER_IDENTITY, ErrorKind::Account, message))
        }
        Some(_) | None => Ok(()),
    }
}

fn no_region() -> AwsError {
    AwsError::new(GET_CALLER_IDENTITY, ErrorKind::Region, "no Region is configured")
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::credential_fn::provide_credentials_fn;
    use aws_credential_types::provider::error::CredentialsError;

    use super::*;

    fn caller(arn: &str) -> GetCallerIdentityOutput {
        GetCallerIdentityOutput::builder().account("444455556666").arn(arn).build()
    }

    #[test]
    fn the_partition_is_read_from_the_caller() {
        let caller = caller("arn:aws-cn:iam::444455556666:user/ci");
        assert_eq!(&*identity(&caller, "cn-north-1").unwrap().partition, "aws-cn");
    }

    #[test]
    fn another_account_than_expected_is_an_error_of_its_own() {
        let identity = identity(&caller("arn:aws:iam::444455556666:user/ci"), "eu-west-1").unwrap();
        assert_eq!(check_account(&identity, Some("444455556666")), Ok(()));
        assert_eq!(check_account(&identity, None), Ok(()));
        let error = check_account(&identity, Some("111122223333")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Account);
        assert_eq!(
            error.to_string(),
            "sts:GetCallerIdentity failed: the credentials belong to account 444455556666, \
             but 111122223333 is expected"
        );
    }

    fn config() -> aws_types::sdk_config::Builder {
        let http = aws_smithy_http_client::Builder::new().build_http();
        // Nothing listens on a port that was bound and left.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        SdkConfig::builder()
            .behavior_version(behavior())
            .region(Region::new("eu-west-1"))
            .endpoint_url(format!("http://127.0.0.1:{port}"))
            .http_client(http)
    }

    #[tokio::test]
    async fn a_refused_connection_is_told_as_such() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let provider = SharedCredentialsProvider::new(credentials);
        let config = config().credentials_provider(provider).build();
        let error = who_am_i(&config, &CallCounter::default()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert_eq!(
            error.to_string(),
            "sts:GetCallerIdentity failed: the endpoint cannot be reached: connection refused"
        );
    }

    #[tokio::test]
    async fn absent_credentials_are_told_with_the_profile() {
        let none =
            provide_credentials_fn(|| async { Err(CredentialsError::not_loaded_no_source()) });
        let config = config().credentials_provider(SharedCredentialsProvider::new(none)).build();
        let error = who_am_i(&config, &CallCounter::default()).await.unwrap_err();
        let error = name_profile(error, Some("ci"));
        assert_eq!(error.kind, ErrorKind::Credentials);
        assert_eq!(
            error.to_string(),
            "sts:GetCallerIdentity failed: no credentials were found (profile ci)"
        );
    }
}
