//! The placement forecast of a plan: whether the tasks that it starts on EC2 instances find a place.

mod fleet;
mod movement;
mod rollout;
#[cfg(test)]
mod tests;

use super::{Ground, Survey};
use crate::aws::AwsError;
use crate::forecast::Instance;
use crate::kind::Kind as _;
use crate::kinds::service::Service as Kind;
use crate::model::resolved::cluster::Cluster;
use crate::model::resolved::service::{LaunchType, Service};
use crate::model::stack::{Resource, Stack};
use crate::plan::{Advice, Plan, Verb};
use crate::value::Address;

use fleet::Fleet;
use movement::Movement;

/// A service on EC2, and what the plan does to its tasks.
type Moving<'a> = (&'a Resource<Service>, Movement);

impl Ground {
    /// Adds to a plan what becomes of the tasks that it starts on EC2 instances. The instances of a
    /// cluster are read only when there are such tasks; a read that fails is advice too, since
    /// the plan holds without it.
    pub async fn foresee(&self, stack: &Stack, survey: &mut Survey) {
        for cluster in stack.clusters.values() {
            let moving = moving(stack, cluster, survey);
            if moving.is_empty() {
                continue;
            }
            let advice = match self.registered(cluster, &survey.plan).await {
                Ok(registered) => self.forecasts(stack, cluster, registered, survey, &moving),
                Err(error) => moving.iter().map(|(service, _)| unread(service, &error)).collect(),
            };
            survey.plan.advice.extend(advice);
        }
        survey.observed.calls = self.backend.calls();
    }

    /// The instances of a cluster, if the account knows them. One that is yet to be made has none.
    async fn registered(
        &self,
        cluster: &Resource<Cluster>,
        plan: &Plan,
    ) -> Result<Option<Vec<Instance>>, AwsError> {
        let address = Address::new("cluster", &cluster.name);
        let is_new = plan
            .actions
            .iter()
            .any(|action| action.address == address && action.verb == Verb::Create);
        if is_new {
            return Ok(Some(vec![]));
        }
        self.backend.container_instances(&cluster.physical_name).await
    }

    fn forecasts(
        &self,
        stack: &Stack,
        cluster: &Resource<Cluster>,
        registered: Option<Vec<Instance>>,
        survey: &Survey,
        moving: &[Moving<'_>],
    ) -> Vec<Advice> {
        let is_known = registered.is_some();
        let mut fleet = Fleet::of(&cluster.value, registered.unwrap_or_default(), &self.facts);
        if !is_known {
            for service in on_instances(stack, cluster) {
                if let Some(live) = Movement::of_live(&service.name, survey) {
                    fleet.settle(service, &live);
                }
            }
        }
        let of = |(service, movement): &Moving<'_>| {
            let sentences = fleet.forecast(service, movement);
            fleet.settle(service, movement);
            let address = address(service);
            sentences.into_iter().map(move |text| Advice { address: address.clone(), text })
        };
        moving.iter().flat_map(of).collect()
    }
}

fn moving<'a>(
    stack: &'a Stack,
    cluster: &'a Resource<Cluster>,
    survey: &Survey,
) -> Vec<Moving<'a>> {
    let of = |service: &'a Resource<Service>| {
        Movement::of(&service.name, survey).map(|movement| (service, movement))
    };
    on_instances(stack, cluster).filter_map(of).collect()
}

fn on_instances<'a>(
    stack: &'a Stack,
    cluster: &'a Resource<Cluster>,
) -> impl Iterator<Item = &'a Resource<Service>> {
    stack.services.values().filter(|service| {
        let Service { cluster: own, capacity, .. } = &service.value;
        *own == cluster.name && capacity.launch_type() == LaunchType::Ec2
    })
}

fn address(service: &Resource<Service>) -> Address {
    Address::new(Kind::NAME, &service.name)
}

fn unread(service: &Resource<Service>, error: &AwsError) -> Advice {
    let hint = error.hint().map(|hint| format!("\n{hint}")).unwrap_or_default();
    let text = format!("whether the tasks find a place is not known: {error}{hint}");
    Advice { address: address(service), text }
}
