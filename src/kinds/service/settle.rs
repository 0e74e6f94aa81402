//! A launch type that is wanted of a service which runs on a capacity provider strategy.

use super::spec::{FARGATE, ServiceSpec, StrategyItem};
use super::{Desired, Live};
use crate::value::{Address, Resolvable, Set};

/// An update cannot say a launch type, but it can take the strategy away: AWS then goes back to the
/// launch type that the service was created with. Fargate has a provider that is the same in any
/// case; for instances, the empty strategy is the only way.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
pub(super) fn settle(desired: &mut [Desired<ServiceSpec>], live: &[Live<ServiceSpec>]) {
    for row in desired {
        let Some(launch_type) = row.spec.launch_type.clone() else { continue };
        let mut counterparts = live.iter().filter(|live| may_be(row, live)).peekable();
        if counterparts.peek().is_none()
            || !counterparts.all(|live| gives_way_to(&live.spec, &launch_type))
        {
            continue;
        }
        let provider = StrategyItem { provider: FARGATE.to_owned(), weight: 1, base: 0 };
        let is_fargate = launch_type == FARGATE;
        row.spec.capacity_provider_strategy = Set::from_iter(is_fargate.then_some(provider));
        row.spec.launch_type = None;
        row.spec.returns_to = Some(launch_type);
    }
}

/// Its cluster is often a reference still; then its own tags tell, or the lack of any.
fn may_be(row: &Desired<ServiceSpec>, live: &Live<ServiceSpec>) -> bool {
    let is_cluster = match &row.spec.cluster {
        Resolvable::Known(arn) => live.spec.cluster.text() == arn,
        Resolvable::Reference(_) | Resolvable::Digest(_) => {
            let own = Address::new("service", &row.name);
            live.marks.resource.as_ref().is_none_or(|address| *address == own)
        }
    };
    live.spec.service_name == row.spec.service_name && is_cluster
}

/// Whether a service on this strategy can take up the launch type in place.
fn gives_way_to(live: &ServiceSpec, launch_type: &str) -> bool {
    let has_strategy = !live.capacity_provider_strategy.0.is_empty();
    has_strategy && (launch_type == FARGATE || !live.is_on_fargate())
}
