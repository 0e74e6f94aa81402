//! Deletions of what may be gone already.

use crate::aws::{AwsError, ErrorKind};

/// Deleting what is gone already is success.
pub(in crate::kinds) fn done_or_gone<T>(outcome: Result<T, AwsError>) -> Result<(), AwsError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
