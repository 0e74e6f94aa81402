//! Waiting for a count of tasks, which is reached without a deployment.

use std::time::Duration;

use crate::aws::{AwsError, ErrorKind, Schedule};
use crate::backend::Backend;
use crate::kind::CallError;
use crate::runtime::{Service, ServiceId};

/// Waits until a service runs so many tasks, and no others start. `tell` hears of each look.
pub async fn until_running(
    backend: &Backend,
    id: &ServiceId,
    count: u32,
    limit: Duration,
    tell: &(dyn Fn(&Service) + Sync),
) -> Result<(), CallError> {
    let mut stopwatch = backend.stopwatch(id);
    let mut gaps = Schedule::default().gaps();
    loop {
        let found = backend.services(std::slice::from_ref(id)).await?.into_iter().next();
        let Some(service) = found.filter(|service| service.status == "ACTIVE") else {
            return Err(gone(id).into());
        };
        tell(&service);
        if service.running == count && service.pending == 0 {
            return Ok(());
        }
        let left = limit.saturating_sub(stopwatch.elapsed());
        if left.is_zero() {
            return Err(given_up(&service, count, limit).into());
        }
        stopwatch.pass(gaps.next().unwrap_or(left).min(left)).await;
    }
}

fn gone(id: &ServiceId) -> AwsError {
    let message = format!("service {} is gone", id.service);
    AwsError::new("ecs:DescribeServices", ErrorKind::NotFound, message)
}

/// The newest event tells what tasks lack.
fn given_up(service: &Service, count: u32, limit: Duration) -> AwsError {
    let event = service.events.first().map(|event| format!("; {}", event.message));
    let message = format!(
        "gave up after {} s waiting for {} to run {count} tasks: {} run{}",
        limit.as_secs(),
        service.name,
        service.running,
        event.unwrap_or_default()
    );
    AwsError::new("ecs:DescribeServices", ErrorKind::Timeout, message)
}
