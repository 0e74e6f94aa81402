//! Write pacing: one token bucket per family of operations, with the rates that AWS publishes.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Operations that share one of AWS's token buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    TaskDefinition,
    TaskDefinitionDelete,
    Service,
    Cluster,
    CapacityProvider,
    EcsTags,
    Task,
    LoadBalancerCreate,
    LoadBalancer,
    Iam,
    FileSystem,
    Logs,
    Scaling,
    AutoScaling,
    CloudWatch,
    Ec2,
    Other,
}

/// Bursts, and milliseconds until one more call is allowed. ECS and ELB publish theirs
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>); the rest are modest guesses.
const RATES: &[(Family, u32, u64)] = &[
    (Family::TaskDefinition, 20, 1000),
    (Family::TaskDefinitionDelete, 5, 1000),
    (Family::Service, 50, 200),
    (Family::Cluster, 20, 1000),
    (Family::CapacityProvider, 10, 1000),
    (Family::EcsTags, 20, 100),
    (Family::Task, 100, 25),
    (Family::LoadBalancerCreate, 10, 5000),
    (Family::LoadBalancer, 20, 333),
    (Family::Iam, 10, 200),
    (Family::FileSystem, 10, 200),
    (Family::Logs, 10, 200),
    (Family::Scaling, 20, 100),
    (Family::AutoScaling, 10, 200),
    (Family::CloudWatch, 10, 350),
    (Family::Ec2, 50, 200),
    (Family::Other, 10, 200),
];

/// Operations whose family does not follow from their service alone.
const OPERATIONS: &[(&str, Family)] = &[
    ("ecs:RegisterTaskDefinition", Family::TaskDefinition),
    ("ecs:DeregisterTaskDefinition", Family::TaskDefinition),
    ("ecs:DeleteTaskDefinitions", Family::TaskDefinitionDelete),
    ("ecs:CreateService", Family::Service),
    ("ecs:UpdateService", Family::Service),
    ("ecs:DeleteService", Family::Service),
    ("ecs:CreateCapacityProvider", Family::CapacityProvider),
    ("ecs:UpdateCapacityProvider", Family::CapacityProvider),
    ("ecs:DeleteCapacityProvider", Family::CapacityProvider),
    ("ecs:TagResource", Family::EcsTags),
    ("ecs:UntagResource", Family::EcsTags),
    ("ecs:RunTask", Family::Task),
    ("ecs:StopTask", Family::Task),
    ("ecs:ExecuteCommand", Family::Task),
    ("elasticloadbalancing:CreateLoadBalancer", Family::LoadBalancerCreate),
    ("elasticloadbalancing:SetSubnets", Family::LoadBalancerCreate),
];

/// The family of every other operation of a service.
const SERVICES: &[(&str, Family)] = &[
    ("ecs", Family::Cluster),
    ("elasticloadbalancing", Family::LoadBalancer),
    ("iam", Family::Iam),
    ("elasticfilesystem", Family::FileSystem),
    ("logs", Family::Logs),
    ("application-autoscaling", Family::Scaling),
    ("autoscaling", Family::AutoScaling),
    ("cloudwatch", Family::CloudWatch),
    ("ec2", Family::Ec2),
];

fn family_of(operation: &str) -> Family {
    let exact = OPERATIONS.iter().find(|(name, _)| *name == operation);
    let service = || {
        let (service, _) = operation.split_once(':')?;
        SERVICES.iter().find(|(name, _)| *name == service)
    };
    exact.or_else(service).map_or(Family::Other, |(_, family)| *family)
}

/// Tokio's clock, so that tests with paused time pace as real runs do.
#[derive(Debug, Clone)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>;

/// The token buckets of one account and Region.
#[derive(Debug)]
pub(super) struct Pace {
    clock: TokioClock,
    buckets: BTreeMap<Family, Bucket>,
    /// IAM refuses concurrent changes of one role, and does not say which calls touch it.
    iam: Semaphore,
}

/// The right to send one write; held while it runs.
pub(super) struct Turn<'a> {
    _alone: Option<SemaphorePermit<'a>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        let clock = TokioClock(Instant::now());
        let bucket =
            |burst, refill| RateLimiter::direct_with_clock(quota(burst, refill), clock.clone());
        let buckets =
            RATES.iter().map(|&(family, burst, refill)| (family, bucket(burst, refill))).collect();
        Self { clock, buckets, iam: Semaphore::new(1) }
    }

    /// Waits until AWS would accept one more call of this operation.
    pub(super) async fn turn(&self, operation: &str) -> Turn<'_> {
        let family = family_of(operation);
        let alone = if family == Family::Iam {
            Some(self.iam.acquire().await.expect("the semaphore is never closed"))
        } else {
            None
        };
        let bucket = self.buckets.get(&family).expect("every family has a rate");
        while let Err(early) = bucket.check() {
            tokio::time::sleep(early.wait_time_from(self.clock.now())).await;
        }
        Turn { _alone: alone }
    }
}

fn quota(burst: u32, refill_millis: u64) -> Quota {
    Quota::with_period(Duration::from_millis(refill_millis))
        .expect("a refill takes time")
        .allow_burst(NonZeroU32::new(burst).expect("a bucket holds at least one token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn time_of(calls: u32, operation: &str) -> Duration {
        let pace = Pace::new();
        let start = Instant::now();
        for _ in 0..calls {
            pace.turn(operation).await;
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_free_and_the_rest_waits_for_refills() {
        assert_eq!(time_of(20, "ecs:RegisterTaskDefinition").await, Duration::ZERO);
        let waited = time_of(23, "ecs:RegisterTaskDefinition").await;
        assert!((3.0..3.1).contains(&waited.as_secs_f64()), "{waited:?}");
        let waited = time_of(11, "elasticloadbalancing:CreateLoadBalancer").await;
        assert!((5.0..5.1).contains(&waited.as_secs_f64()), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn families_do_not_wait_for_each_other() {
        let pace = Pace::new();
        for _ in 0..20 {
            pace.turn("ecs:RegisterTaskDefinition").await;
        }
        let start = Instant::now();
        pace.turn("ecs:UpdateService").await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn iam_writes_run_one_at_a_time() {
        let pace = Pace::new();
        let first = pace.turn("iam:CreateRole").await;
        let second = tokio::time::timeout(Duration::from_secs(9), pace.turn("iam:PutRolePolicy"));
        assert!(second.await.is_err());
        drop(first);
        pace.turn("iam:PutRolePolicy").await;
    }

    #[test]
    fn every_family_has_a_rate() {
        let families = OPERATIONS.iter().chain(SERVICES).map(|(_, family)| *family);
        for family in families.chain([Family::Other]) {
            assert_eq!(
                RATES.iter().filter(|(rated, ..)| *rated == family).count(),
                1,
                "{family:?}"
            );
        }
    }

    #[test]
    fn operations_without_a_row_follow_their_service() {
        assert_eq!(family_of("ecs:PutClusterCapacityProviders"), Family::Cluster);
        assert_eq!(family_of("elasticloadbalancing:CreateRule"), Family::LoadBalancer);
        assert_eq!(family_of("sns:Publish"), Family::Other);
    }
}
