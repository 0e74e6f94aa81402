//! Time as it passes: AWS's is the world's, a mock account's is virtual.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::{Backend, MockAccount};
use crate::runtime::ServiceId;

/// Measures how long something is watched, and lets time pass.
#[derive(Debug)]
pub struct Stopwatch<'a> {
    start: Instant,
    mock: Option<Virtual<'a>>,
}

#[derive(Debug)]
struct Virtual<'a> {
    account: &'a MockAccount,
    /// What is watched: the services of an account roll out side by side, each in its own time.
    service: ServiceId,
    elapsed: Duration,
}

impl Backend {
    /// Starts to watch a service.
    pub fn stopwatch(&self, service: &ServiceId) -> Stopwatch<'_> {
        let mock = match self {
            Self::Live(_) => None,
            Self::Mock(account) => {
                let (service, elapsed) = (service.clone(), Duration::ZERO);
                Some(Virtual { account, service, elapsed })
            }
        };
        Stopwatch { start: Instant::now(), mock }
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Live(_) => Timestamp::now(),
            Self::Mock(account) => account.now(),
        }
    }
}

impl Stopwatch<'_> {
    pub fn elapsed(&self) -> Duration {
        self.mock.as_ref().map_or_else(|| self.start.elapsed(), |mock| mock.elapsed)
    }

    /// Waits for so long; virtual time in which nothing happens passes at once.
    pub async fn pass(&mut self, time: Duration) {
        match &mut self.mock {
            None => tokio::time::sleep(time).await,
            Some(mock) => {
                mock.elapsed += mock.account.pass(&mock.service, time).await;
            }
        }
    }
}
