//! One error for every call to AWS: which operation, what AWS said about it, and what a user can do.

use std::borrow::Cow;
use std::error::Error;
use std::sync::LazyLock;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
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

/// What a read found, or nothing where AWS says that the object is not there.
pub fn found<T>(outcome: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match outcome {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// The outcome of a delete: that nothing was left to delete counts as success.
pub fn gone<T>(outcome: Result<T, AwsError>) -> Result<(), AwsError> {
    found(outcome).map(drop)
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
        Evidence::of(&self, operation).explain()
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

impl<'a> Evidence<'a> {
    fn of<E>(error: &'a SdkError<E, HttpResponse>, operation: &'static str) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        Self {
            operation,
            metadata: error.as_service_error().map(ProvideErrorMetadata::meta),
            response: error.raw_response(),
            is_timeout: matches!(error, SdkError::TimeoutError(_)),
            error,
        }
    }
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
        let from_header = || self.response.and_then(RequestId::request_id);
        // The SDK does not read the id that query services write into the body.
        let from_xml = || wire::refusal(self.response?.body().bytes()?)?.request_id;
        from_body.or_else(from_header).map(String::from).or_else(from_xml)
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
            format!("HTTP {status} without an error code (the endpoint may not be AWS)")
        };
        AwsError::new(self.operation, kind_of("", Some(status)), message)
    }

    fn no_reply(&self) -> AwsError {
        if let Some(refused) = find::<SdkError<AssumeRoleError, HttpResponse>>(self.error) {
            return Evidence::of(refused, "sts:AssumeRole").explain();
        }
        if let Some(credentials) = find::<CredentialsError>(self.error) {
            let message = match credentials {
                CredentialsError::CredentialsNotLoaded(_) => "no credentials were found".to_owned(),
                other => format!("no usable credentials: {}", root_cause(other)),
            };
            return AwsError::new(self.operation, ErrorKind::Credentials, message);
        }
        let cause = self.timeout().unwrap_or_else(|| root_cause(self.error));
        match find::<ConnectorError>(self.error) {
            Some(connector) if connector.is_io() || connector.is_timeout() => {
                self.unreachable(&cause)
            }
            _ if self.is_timeout => {
                AwsError::new(self.operation, ErrorKind::Timeout, format!("no reply: {cause}"))
            }
            _ => AwsError::new(self.operation, ErrorKind::Service, cause),
        }
    }

    /// The layer that tells which timeout ended a connection, and after how long.
    fn timeout(&self) -> Option<String> {
        chain(self.error).map(ToString::to_string).find(|text| text.contains(" timeout occurred"))
    }

    fn unreachable(&self, cause: &str) -> AwsError {
        // The SDK's timeouts to connect and to read differ by nothing but their text.
        if cause.contains("read timeout") {
            return AwsError::new(self.operation, ErrorKind::Timeout, format!("no reply: {cause}"));
        }
        let message = format!("the endpoint cannot be reached: {cause}");
        AwsError::new(self.operation, ErrorKind::Unreachable, message)
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
    match cause.downcast_ref::<std::io::Error>() {
        Some(io) if io.raw_os_error().is_some() => io.kind().to_string(),
        Some(_) | None => cause.to_string(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json, reply, xml};

    async fn list_clusters_error(replay: &Replay) -> AwsError {
        let aws = replay.aws();
        aws.read("ecs:ListClusters", aws.ecs.list_clusters().send()).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_json_refusal_keeps_code_message_and_request_id() {
        let mut refusal = json(
            400,
            r#"{"__type": "com.amazonaws.ecs#ClusterNotFoundException", "message": "Cluster not found."}"#,
        );
        refusal.headers_mut().insert("x-amzn-requestid", "r-1");
        let error = list_clusters_error(&Replay::new([refusal])).await;
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(
            error.to_string(),
            "ecs:ListClusters failed: ClusterNotFoundException: Cluster not found. (request id r-1)"
        );
    }

    #[tokio::test]
    async fn a_query_refusal_keeps_code_message_and_request_id() {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>EntityAlreadyExists</Code>\
                    <Message>Role web exists.</Message></Error><RequestId>r-2</RequestId></ErrorResponse>";
        let aws = Replay::new([xml(409, body)]).aws();
        let error = aws.read("iam:GetRole", aws.iam.get_role().role_name("web").send()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert_eq!(
            error.to_string(),
            "iam:GetRole failed: EntityAlreadyExists: Role web exists. (request id r-2)"
        );
    }

    #[tokio::test]
    async fn xml_from_a_json_service_is_understood() {
        let body = "<ErrorResponse><Errors><Error><Code>AccessDenied</Code>\
                    <Message>User bob may not.</Message></Error></Errors></ErrorResponse>";
        let error = list_clusters_error(&Replay::new([xml(403, body)])).await;
        assert_eq!(error.kind, ErrorKind::Denied);
        assert!(error.hint().unwrap().contains("allow `ecs:ListClusters`"));
    }

    #[tokio::test]
    async fn a_web_page_is_told_in_one_line_and_not_retried() {
        let page =
            "<!doctype html>\n<html lang=en><title>500</title>\n<h1>Internal Server Error</h1>";
        let replay = Replay::new([reply(500, "text/html; charset=utf-8", page)]);
        let error = list_clusters_error(&replay).await;
        assert_eq!(error.kind, ErrorKind::Service);
        assert_eq!(
            error.to_string(),
            "ecs:ListClusters failed: HTTP 500 with a web page instead of a reply of AWS \
             (the endpoint may lack this operation)"
        );
        assert_eq!(replay.bodies().len(), 1);
    }

    #[tokio::test]
    async fn secrets_are_struck_out() {
        let message = "The Canonical String should have been 'POST\\n/\\nx-amz-date:20261120T000000Z\\n\
                       x-amz-security-token:FwoGZXIvYXdzEBYaD\\n\
                       authorization:AWS4-HMAC-SHA256 Credential=ASIAQWERTYUIOPASDFGH/20261120/eu-west-1, Signature=0a1b2c\\n' \
                       for AKIAQWERTYUIOPASDFGH with SecretAccessKey: wJalrXUtnFEMI/K7MDENG";
        let body = format!(r#"{{"__type": "SignatureDoesNotMatch", "message": "{message}"}}"#);
        let error = list_clusters_error(&Replay::new([json(403, &body)])).await;
        assert_eq!(error.kind, ErrorKind::Credentials);
        let told = format!("{error} {error:?} {:?}", error.hint());
        for secret in ["FwoGZX", "QWERTYUIOP", "0a1b2c", "wJalr"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        assert!(told.contains("x-amz-date:20261120T000000Z"), "{told}");
    }

    #[test]
    fn talk_of_tokens_is_left_alone() {
        let message = "The security token included in the request is expired";
        assert_eq!(one_line(message), message);
        assert_eq!(one_line(&"x".repeat(2000)).chars().count(), LONGEST_MESSAGE + 1);
    }
}
