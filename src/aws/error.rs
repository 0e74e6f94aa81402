//! One error for every call to AWS: which operation, what AWS said about it, and what a user can do.

use std::borrow::Cow;
use std::error::Error;
use std::sync::LazyLock;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::request_id::RequestId;
use regex_lite::Regex;

use super::classify::kind_of;
use super::ec2::wire;

/// Longest message of AWS that is repeated, in characters.
const LONGEST_MESSAGE: usize = 1000;

/// What went wrong, as far as it decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// No credentials, or AWS does not accept them.
    Credentials,
    /// No Region is configured anywhere.
    Region,
    /// The credentials belong to another account than the one expected.
    Account,
    /// The endpoint could not be reached at all.
    Unreachable,
    /// No reply in time, or a wait that did not end in time.
    Timeout,
    /// The identity may not do this.
    Denied,
    NotFound,
    /// The object exists already, is in use, or is being changed by something else.
    Conflict,
    /// The account's quota for such objects is used up.
    Quota,
    Throttled,
    /// AWS considers the request invalid.
    Invalid,
    /// AWS failed, or answered with something that is not an AWS reply.
    Service,
}

/// A failed operation.
///
/// Its message never holds a secret: access keys, session tokens and signatures are struck out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed: {}{message}{}{}", prefix(code.as_deref()), retried(*.retried_for), suffix(request_id.as_deref()))]
pub struct AwsError {
    /// As IAM policies spell it, such as `ecs:CreateService`.
    pub operation: &'static str,
    pub kind: ErrorKind,
    /// AWS's error code, such as `ClusterNotFoundException`.
    pub code: Option<String>,
    pub message: String,
    pub request_id: Option<String>,
    /// How long the operation was retried because the account was expected to become consistent.
    pub retried_for: Option<Duration>,
}

fn prefix(code: Option<&str>) -> String {
    code.map(|code| format!("{code}: ")).unwrap_or_default()
}

fn suffix(request_id: Option<&str>) -> String {
    request_id.map(|id| format!(" (request id {id})")).unwrap_or_default()
}

fn retried(retried_for: Option<Duration>) -> String {
    retried_for
        .map(|time| format!(" (still so after {} s of retries)", time.as_secs()))
        .unwrap_or_default()
}

impl AwsError {
    /// Makes an error that did not come from a reply of AWS.
    pub fn new(operation: &'static str, kind: ErrorKind, message: impl AsRef<str>) -> Self {
        let message = one_line(message.as_ref());
        Self { operation, kind, code: None, message, request_id: None, retried_for: None }
    }

    /// Whether AWS's error code is this one.
    pub fn is_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// What the user can do about it, where something is known.
    pub fn hint(&self) -> Option<String> {
        let hint: Cow<'static, str> = match self.kind {
            ErrorKind::Credentials => "renew the credentials (such as with `aws sso login`), or set AWS_PROFILE or --profile; `aws sts get-caller-identity` must succeed".into(),
            ErrorKind::Region => "pass --region, set AWS_REGION, or give the profile a `region`".into(),
            ErrorKind::Account => "use credentials of the expected account, or correct `account` in the environment of the App".into(),
            ErrorKind::Unreachable => "check the network, the Region's name, and AWS_ENDPOINT_URL if it is set".into(),
            ErrorKind::Denied => format!("allow `{}` in a policy of this identity; a boundary or an organization's policy may also deny it", self.operation).into(),
            ErrorKind::Quota => "delete what is unused, or ask for a higher quota in Service Quotas".into(),
            ErrorKind::Throttled => "other programs use the account's request rate; try again in a minute".into(),
            ErrorKind::Timeout | ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::Service => return None,
        };
        Some(hint.into_owned())
    }
}

/// The outcome of a delete: that nothing was left to delete counts as success.
pub fn gone<T>(outcome: Result<T, AwsError>) -> Result<(), AwsError> {
    match outcome {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        other => other.map(drop),
    }
}

/// An error of an attempt that [`AwsError`] can tell about.
pub trait Failure {
    /// Tells what went wrong with `operation`.
    fn explain(self, operation: &'static str) -> AwsError;
}

impl Failure for AwsError {
    fn explain(self, _operation: &'static str) -> AwsError {
        self
    }
}

impl<E> Failure for SdkError<E, HttpResponse>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn explain(self, operation: &'static str) -> AwsError {
        Evidence {
            operation,
            metadata: self.as_service_error().map(ProvideErrorMetadata::meta),
            response: self.raw_response(),
            is_timeout: matches!(self, SdkError::TimeoutError(_)),
            error: &self,
        }
        .explain()
    }
}

/// What an `SdkError` holds, without its type parameters: the rest is compiled once, not per operation.
struct Evidence<'a> {
    operation: &'static str,
    metadata: Option<&'a ErrorMetadata>,
    response: Option<&'a HttpResponse>,
    is_timeout: bool,
    error: &'a (dyn Error + 'static),
}

impl Evidence<'_> {
    fn explain(&self) -> AwsError {
        let mut error = match (self.metadata.and_then(ErrorMetadata::code), self.response) {
            (Some(code), response) => self.refusal(code, response),
            (None, Some(response)) => self.unreadable(response),
            (None, None) => self.no_reply(),
        };
        error.request_id = self.request_id();
        error
    }

    fn request_id(&self) -> Option<String> {
        let from_body = self.metadata.and_then(RequestId::request_id);
        from_body.or_else(|| self.response.and_then(RequestId::request_id)).map(String::from)
    }

    fn refusal(&self, code: &str, response: Option<&HttpResponse>) -> AwsError {
        let message = self.metadata.and_then(ErrorMetadata::message).unwrap_or("no message");
        self.coded(code, message, response.map(|response| response.status().as_u16()))
    }

    fn coded(&self, code: &str, message: &str, status: Option<u16>) -> AwsError {
        let error = AwsError::new(self.operation, kind_of(code, status), message);
        AwsError { code: Some(code.to_owned()), ..error }
    }

    /// A reply without an error code: the front door's XML, a proxy's page, or moto's page for an
    /// operation that it lacks.
    fn unreadable(&self, response: &HttpResponse) -> AwsError {
        let body = response.body().bytes().unwrap_or_default();
        let status = response.status().as_u16();
        if let Some(refusal) = wire::refusal(body) {
            return self.coded(&refusal.code, &refusal.message, Some(status));
        }
        let message = if is_html(body) {
            format!(
                "HTTP {status} with a web page instead of a reply of AWS (the endpoint may lack this operation)"
            )
        } else if response.status().is_success() {
            format!("the reply could not be read: {}", root_cause(self.error))
        } else {
            format!("HTTP {status} without an error code")
        };
        AwsError::new(self.operation, kind_of("", Some(status)), message)
    }

    fn no_reply(&self) -> AwsError {
        if let Some(credentials) = find::<CredentialsError>(self.error) {
            let message = match credentials {
                CredentialsError::CredentialsNotLoaded(_) => "no credentials were found".to_owned(),
                other => format!("no usable credentials: {}", root_cause(other)),
            };
            return AwsError::new(self.operation, ErrorKind::Credentials, message);
        }
        let cause = root_cause(self.error);
        match find::<ConnectorError>(self.error) {
            Some(connector) if connector.is_io() || connector.is_timeout() => AwsError::new(
                self.operation,
                ErrorKind::Unreachable,
                format!("the endpoint cannot be reached: {cause}"),
            ),
            _ if self.is_timeout => {
                AwsError::new(self.operation, ErrorKind::Timeout, format!("no reply: {cause}"))
            }
            _ => AwsError::new(self.operation, ErrorKind::Service, cause),
        }
    }
}

fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(64)]).trim_start().to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

/// The deepest cause: the layers above it only repeat that something below them failed.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let cause = chain(error).last().expect("a chain holds its own start");
    if let Some(io) = cause.downcast_ref::<std::io::Error>() {
        return io.kind().to_string();
    }
    cause.to_string()
}

/// Strikes out secrets, joins lines and cuts what is too long.
pub(super) fn one_line(text: &str) -> String {
    let text = redact(text);
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST_MESSAGE) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// A refused signature makes AWS repeat the signed headers, session token included.
fn redact(text: &str) -> Cow<'_, str> {
    static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)\b(authorization|x-amz-security-token|(?:aws_)?secret_?access_?key|(?:aws_)?session_?token|x-amz-signature|signature|credential)(["']?\s*[:=]\s*["']?)(?:AWS4-HMAC-SHA256[^\n]*|[^\s"',&}]+)"#)
            .expect("the pattern is valid")
    });
    static KEY_ID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(AKIA|ASIA)[A-Z0-9]{12,}").expect("the pattern is valid"));
    match LABELLED.replace_all(text, "${1}${2}[redacted]") {
        Cow::Borrowed(text) => KEY_ID.replace_all(text, "[access key]"),
        Cow::Owned(text) => Cow::Owned(KEY_ID.replace_all(&text, "[access key]").into_owned()),
    }
}
