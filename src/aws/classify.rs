//! What AWS's error codes mean: a table, since the services agree on little more than a few endings.

use super::error::ErrorKind;

const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnauthorizedOperation",
];

const THROTTLED: &[&str] = &[
    "EC2ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
];

const CONFLICT: &[&str] = &[
    "ClusterContainsCapacityProviderException",
    "ClusterContainsContainerInstancesException",
    "ClusterContainsServicesException",
    "ClusterContainsTasksException",
    "ConcurrentModification",
    "ConcurrentUpdateException",
    "ConflictException",
    "DeleteConflict",
    "DependencyViolation",
    "EntityTemporarilyUnmodifiable",
    "FileSystemInUse",
    "IncorrectFileSystemLifeCycleState",
    "InstanceRefreshInProgress",
    "OperationAbortedException",
    "PriorRequestNotComplete",
    "PriorityInUse",
    "ResourceContention",
    "ResourceInUse",
    "ResourceInUseException",
    "ScalingActivityInProgress",
    "ServiceNotActiveException",
    "UpdateInProgressException",
];

/// Names for "absent" that neither say `NotFound` nor begin with `NoSuch`.
const NOT_FOUND: &[&str] = &["MountTargetNotFound"];

/// The kind of an error with this code; an unknown code is judged by the HTTP status.
pub(super) fn kind_of(code: &str, status: Option<u16>) -> ErrorKind {
    // EC2 and some JSON services prefix the code with its fault: "Client.UnauthorizedOperation".
    let code = code.trim_start_matches("Client.").trim_start_matches("Server.");
    let table = [
        (CREDENTIALS, ErrorKind::Credentials),
        (DENIED, ErrorKind::Denied),
        (THROTTLED, ErrorKind::Throttled),
        (CONFLICT, ErrorKind::Conflict),
        (NOT_FOUND, ErrorKind::NotFound),
    ];
    let listed = table.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, kind)| *kind);
    listed.or_else(|| by_shape(code)).unwrap_or_else(|| by_status(status))
}

fn by_shape(code: &str) -> Option<ErrorKind> {
    if code.contains("NotFound") || code.starts_with("NoSuch") {
        Some(ErrorKind::NotFound)
    } else if code.contains("AlreadyExists") || code.contains("Duplicate") {
        Some(ErrorKind::Conflict)
    } else if code.contains("LimitExceeded") || code.starts_with("TooMany") {
        Some(ErrorKind::Quota)
    } else {
        None
    }
}

fn by_status(status: Option<u16>) -> ErrorKind {
    match status {
        Some(401 | 403) => ErrorKind::Denied,
        Some(429) => ErrorKind::Throttled,
        Some(400..=499) => ErrorKind::Invalid,
        Some(_) | None => ErrorKind::Service,
    }
}
