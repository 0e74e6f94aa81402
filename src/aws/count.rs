//! Counts the requests that were really sent, retries and pages included, by operation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// How often each operation was sent; clones count together.
#[derive(Debug, Clone, Default)]
pub struct CallCounter(Arc<Mutex<BTreeMap<String, u64>>>);

impl CallCounter {
    /// All requests so far.
    pub fn total(&self) -> u64 {
        self.counts().values().sum()
    }

    /// Requests so far by operation, such as `ecs:DescribeServices`.
    pub fn by_operation(&self) -> BTreeMap<String, u64> {
        self.counts().clone()
    }

    /// The interceptor that counts for one service, named as in IAM policies.
    pub(super) fn of(&self, service: &'static str) -> Counting {
        Counting { counter: self.clone(), service }
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(super) struct Counting {
    counter: CallCounter,
    service: &'static str,
}

impl Intercept for Counting {
    fn name(&self) -> &'static str {
        "count"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("?", |metadata| metadata.name());
        let name = format!("{}:{operation}", self.service);
        *self.counter.counts().entry(name).or_default() += 1;
        Ok(())
    }
}
