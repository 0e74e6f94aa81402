//! What kinds of EC2 Auto Scaling share.

use crate::aws::AwsError;

/// The outcome of a delete. The service has no code of its own for what is not there:
/// `ValidationError: AutoScalingGroup name not found - AutoScalingGroup 'web' not found`.
pub(in crate::kinds) fn gone<T>(outcome: Result<T, AwsError>) -> Result<(), AwsError> {
    match outcome {
        Err(error) if error.is_code("ValidationError") && error.message.contains("not found") => {
            Ok(())
        }
        other => other.map(drop),
    }
}
