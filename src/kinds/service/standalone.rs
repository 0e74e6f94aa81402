//! A job as a service would have it: where and how its tasks run, though no service runs them.

use serde_json::{Value as Json, json};

use super::desired::{capacity, network};
use super::placement::{PlacementConstraint, PlacementStrategy};
use crate::facts::Facts;
use crate::model::resolved::job::Job;
use crate::model::stack::{Resource, Stack};
use crate::value::Resolvable;

/// The fields of a service's spec that place its tasks, with the same names and references.
pub fn of_job(stack: &Stack, facts: &Facts, job: &Resource<Job>) -> Json {
    let value = &job.value;
    let (launch_type, strategy) = capacity(stack, &value.cluster, &value.capacity);
    let preferences: Vec<_> = value.placement_strategy.iter().map(PlacementStrategy::of).collect();
    let constraints: Vec<_> =
        value.placement_constraints.iter().map(PlacementConstraint::of).collect();
    json!({
        "cluster": Resolvable::reference("cluster", &value.cluster, "arn"),
        "taskDefinition": Resolvable::reference("task-definition", &job.name, "arn"),
        "launchType": launch_type,
        "capacityProviderStrategy": strategy,
        "platformVersion": value.platform_version,
        "network": network(facts, &value.network, &format!("job-{}", job.name)),
        "placementStrategy": preferences,
        "placementConstraints": constraints,
        "enableExecuteCommand": value.enable_execute_command,
    })
}
