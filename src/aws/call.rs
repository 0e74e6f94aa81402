//! How kinds call AWS: reads at once, writes at AWS's pace and through eventual consistency, waits.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::clients::Aws;
use super::error::{AwsError, ErrorKind, Failure};
use super::eventual::insist;
use super::pace::Pace;

/// What one look of a wait found: the awaited value, or that it is not there yet.
pub type Attempt<T> = ControlFlow<T>;

/// How often a wait looks.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Time between the first two looks; each further gap is half as long again.
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { first: Duration::from_secs(5), longest: Duration::from_secs(15) }
    }
}

impl Schedule {
    /// The times between looks, without end.
    pub fn gaps(self) -> impl Iterator<Item = Duration> {
        std::iter::successors(Some(self.first), move |gap| Some(gap.mul_f64(1.5).min(self.longest)))
    }
}

/// What every write passes: the pace of its family and the retries of what passes by itself.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pace: Arc<Pace>,
    patience: f64,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { pace: Arc::new(Pace::new()), patience: 1.0 }
    }

    pub(super) fn with_patience(self, patience: f64) -> Self {
        Self { patience, ..self }
    }

    pub(super) async fn write<T, F, Fut>(
        &self,
        operation: &'static str,
        mut send: impl FnMut() -> Fut,
    ) -> Result<T, AwsError>
    where
        F: Failure,
        Fut: Future<Output = Result<T, F>>,
    {
        insist(self.patience, || {
            let attempt = send();
            async move {
                let _turn = self.pace.turn(operation).await;
                Box::pin(attempt).await.map_err(|error| error.explain(operation))
            }
        })
        .await
    }
}

impl Aws {
    /// Sends a read: `aws.read("ecs:ListClusters", aws.ecs.list_clusters().send())`.
    ///
    /// `operation` is spelt as in IAM policies.
    pub async fn read<T, F: Failure>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, F>>,
    ) -> Result<T, AwsError> {
        // The SDK's futures are large: on the heap they do not grow every caller's.
        Box::pin(call).await.map_err(|error| error.explain(operation))
    }

    /// Sends a write, at AWS's pace, again and again while its error is one that passes by itself:
    /// `aws.write("ecs:CreateCluster", || request.clone().send())`.
    ///
    /// `operation` is spelt as in IAM policies.
    pub async fn write<T, F, Fut>(
        &self,
        operation: &'static str,
        send: impl FnMut() -> Fut,
    ) -> Result<T, AwsError>
    where
        F: Failure,
        Fut: Future<Output = Result<T, F>>,
    {
        self.gate.write(operation, send).await
    }

    /// Looks at something until it is as awaited, at most for `limit`.
    ///
    /// `awaited` completes the message "gave up after 600 s waiting for …". Dropping the future
    /// cancels the wait.
    pub async fn poll_until<T, E, Fut>(
        &self,
        operation: &'static str,
        awaited: &str,
        schedule: Schedule,
        limit: Duration,
        mut look: impl FnMut() -> Fut,
    ) -> Result<T, E>
    where
        E: From<AwsError>,
        Fut: Future<Output = Result<Attempt<T>, E>>,
    {
        let start = Instant::now();
        let limit = limit.mul_f64(self.gate.patience);
        let mut gaps = schedule.gaps();
        loop {
            if let ControlFlow::Break(value) = look().await? {
                return Ok(value);
            }
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                let message = format!("gave up after {} s waiting for {awaited}", limit.as_secs());
                return Err(AwsError::new(operation, ErrorKind::Timeout, message).into());
            }
            tokio::time::sleep(gaps.next().unwrap_or(left).min(left)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    #[tokio::test(start_paused = true)]
    async fn a_write_is_sent_again_while_its_error_passes() {
        let role = r#"{"__type": "InvalidParameterException", "message": "Unable to assume the service linked role. Please verify that it exists."}"#;
        let replay = Replay::new([
            json(400, role),
            json(400, role),
            json(200, r#"{"cluster": {"clusterName": "main"}}"#),
        ]);
        let aws = replay.aws();
        let request = aws.ecs.create_cluster().cluster_name("main");
        let created = aws.write("ecs:CreateCluster", || request.clone().send()).await.unwrap();
        assert_eq!(created.cluster.unwrap().cluster_name.as_deref(), Some("main"));
        assert_eq!(replay.bodies(), vec![r#"{"clusterName":"main"}"#; 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_slows_down_and_ends_at_its_limit() {
        let aws = Replay::new([]).aws();
        let start = Instant::now();
        let mut looks = Vec::new();
        let outcome: Result<(), AwsError> = aws
            .poll_until(
                "ecs:DescribeClusters",
                "cluster main",
                Schedule::default(),
                Duration::from_mins(1),
                || {
                    looks.push(start.elapsed().as_millis());
                    std::future::ready(Ok(ControlFlow::Continue(())))
                },
            )
            .await;
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "ecs:DescribeClusters failed: gave up after 60 s waiting for cluster main"
        );
        let seconds: Vec<_> = looks.iter().map(|millis| millis / 1000).collect();
        assert_eq!(seconds, [0, 5, 12, 23, 38, 53, 60]);
    }
}
