//! What is awaited of Auto Scaling groups: that new instances are in place, that a group is gone.

use std::time::Duration;

use aws_sdk_autoscaling::types::{InstanceRefresh, InstanceRefreshStatus as Status};

use super::observe;
use crate::aws::{Attempt, Aws, AwsError, ErrorKind, Schedule};

/// AWS itself gives up on an instance that it cannot replace within an hour.
const UNTIL_REFRESHED: Duration = Duration::from_hours(6);
/// Tasks may take their time to leave.
const UNTIL_GONE: Duration = Duration::from_mins(30);

/// Waits for the newest instance refresh. That it failed or was cancelled is an error.
pub(super) async fn until_refreshed(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let operation = "autoscaling:DescribeInstanceRefreshes";
    let awaited = format!("the instances of {name} to be replaced");
    let look = || async {
        let request = aws
            .autoscaling
            .describe_instance_refreshes()
            .auto_scaling_group_name(name)
            .max_records(1);
        let reply = aws.read(operation, request.send()).await?;
        let newest = reply.instance_refreshes.unwrap_or_default().into_iter().next();
        match newest.as_ref().and_then(|refresh| refresh.status.as_ref()) {
            Some(Status::Successful) => Ok(Attempt::Break(())),
            Some(
                Status::Failed
                | Status::Cancelled
                | Status::RollbackFailed
                | Status::RollbackSuccessful,
            ) => Err(AwsError::new(operation, ErrorKind::Service, failure(name, newest.as_ref()))),
            Some(_) | None => Ok(Attempt::Continue(())),
        }
    };
    let schedule = Schedule { first: Duration::from_secs(5), longest: Duration::from_secs(30) };
    aws.poll_until(operation, &awaited, schedule, UNTIL_REFRESHED, look).await
}

fn failure(name: &str, refresh: Option<&InstanceRefresh>) -> String {
    let status = refresh.and_then(|refresh| refresh.status.as_ref()).map_or("", Status::as_str);
    let done = refresh.and_then(|refresh| refresh.percentage_complete).unwrap_or(0);
    let reason = refresh.and_then(|refresh| refresh.status_reason.as_deref());
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("the instance refresh of {name} ended as {status} at {done}%{reason}")
}

pub(super) async fn until_gone(aws: &Aws, name: &str) -> Result<(), AwsError> {
    let operation = "autoscaling:DescribeAutoScalingGroups";
    let awaited = format!("Auto Scaling group {name} to be gone");
    let look = || async {
        let found = observe::named(aws, vec![name.to_owned()]).await?;
        Ok(if found.is_empty() { Attempt::Break(()) } else { Attempt::Continue(()) })
    };
    aws.poll_until(operation, &awaited, Schedule::default(), UNTIL_GONE, look).await
}
