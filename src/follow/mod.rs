//! Following rollouts to their true end, on AWS and on the mock account alike: `rollout` judges what is
//! read here.

mod count;
mod evidence;
mod follower;
pub mod logs;
pub mod run;
mod standing;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::aws::Schedule;
use crate::backend::Backend;
use crate::kind::CallError;
use crate::rollout::{Progress, Rollout};

pub use count::until_running;
pub use evidence::evidence;
pub use follower::Follower;
pub use standing::{Standing, standing, under_way};

/// Follows a deployment to its end; an end that is not a success is an error, and so is none within
/// `limit`, which does not count the time for which nothing happens on purpose. `tell` hears of each
/// look.
pub async fn follow(
    backend: &Backend,
    rollout: &Rollout,
    limit: Duration,
    tell: &(dyn Fn(Progress) + Sync),
) -> Result<(), CallError> {
    let limit = limit + Duration::from_mins(rollout.baking.into());
    let mut follower = Follower::new(backend, rollout);
    let mut stopwatch = backend.stopwatch(follower.service_id());
    let mut gaps = Schedule::default().gaps();
    loop {
        let look = follower.look(stopwatch.elapsed()).await?;
        tell(look.progress);
        if let Some(end) = look.end {
            return match end {
                Ok(()) => Ok(()),
                Err(ending) => Err(follower.failure(ending, stopwatch.elapsed()).await),
            };
        }
        let left = limit.saturating_sub(stopwatch.elapsed());
        if left.is_zero() {
            return Err(follower.given_up(stopwatch.elapsed()).await);
        }
        stopwatch.pass(gaps.next().unwrap_or(left).min(left)).await;
    }
}
