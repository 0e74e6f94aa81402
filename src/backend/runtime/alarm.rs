//! How alarms stand, read from CloudWatch.

use crate::aws::{Aws, AwsError};
use crate::runtime::Alarm;

pub(super) async fn read(aws: &Aws, names: &[String]) -> Result<Vec<Alarm>, AwsError> {
    let found = aws.cloudwatch.alarm_states(names).await?;
    let alarm = |(name, state): (_, crate::aws::cloudwatch::AlarmState)| Alarm {
        name,
        changed_at: state.since().and_then(|time| time.parse().ok()),
        state: state.state_value,
        reason: state.state_reason,
    };
    Ok(found.into_iter().map(alarm).collect())
}
