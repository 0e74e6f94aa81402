//! Waiting for a service outside deployments: until it is gone, or runs as many tasks as it should.

use std::ops::ControlFlow;
use std::time::Duration;

use aws_sdk_ecs::types as sdk;

use super::observe::describe;
use crate::aws::{Aws, Schedule};
use crate::kind::{CallError, Outputs};

/// Tasks finish their requests first: deregistration delay and stop timeout.
const LONGEST_DRAIN: Duration = Duration::from_mins(30);

/// Waits until a deleted service has no tasks left and its name is free.
pub(super) async fn gone(aws: &Aws, cluster: &str, service: &str) -> Result<Outputs, CallError> {
    let awaited = format!("service {service} to be gone");
    let end = aws.poll_until(
        "ecs:DescribeServices",
        &awaited,
        Schedule::default(),
        LONGEST_DRAIN,
        || async {
            let found = describe(aws, cluster, vec![service.to_owned()]).await?;
            let is_there = |found: &sdk::Service| found.status.as_deref() != Some("INACTIVE");
            Ok::<_, CallError>(if found.iter().any(is_there) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        },
    );
    end.await.map(|()| Outputs::new())
}

/// Waits until a service runs as many tasks as it was told to.
pub(super) async fn running(
    aws: &Aws,
    cluster: &str,
    service: &str,
    count: u32,
) -> Result<Outputs, CallError> {
    let awaited = format!("{service} to run {count} tasks");
    let end = aws.poll_until(
        "ecs:DescribeServices",
        &awaited,
        Schedule::default(),
        aws.rollout_limit,
        || async {
            let found = describe(aws, cluster, vec![service.to_owned()]).await?;
            let is_reached = |found: &sdk::Service| {
                u32::try_from(found.running_count) == Ok(count) && found.pending_count == 0
            };
            Ok::<_, CallError>(if found.iter().any(is_reached) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        },
    );
    end.await.map(|()| Outputs::new())
}
