//! What a `Service` and a `Job` both say: the task, and where it runs.

use std::collections::BTreeMap;

use super::cluster::CapacityProviderStrategyItem;
use super::common::Text;
use super::container::{Container, HealthCheck, Mount, Port};
use super::job::Job;
use super::logging::Logging;
use super::placement::{PlacementConstraint, PlacementStrategy};
use super::platform::{
    IpcMode, LaunchType, NetworkMode, PidMode, PlacementExpression, RuntimePlatform,
};
use super::secret::SecretReference;
use super::service::{Service, ServiceNetwork};
use super::units::{Cpu, Gibibytes, Mebibytes};
use super::volume::Volume;

/// Declares the fields that both documents have, borrowed from either.
macro_rules! workload {
    ($($field:ident: $type:ty,)+) => {
        /// The fields of a `Service` or `Job` that are about its task.
        #[derive(Clone, Copy, Debug)]
        pub struct Workload<'a> {
            $(pub $field: &'a $type,)+
        }

        impl<'a> From<&'a Service> for Workload<'a> {
            fn from(service: &'a Service) -> Self {
                Self { $($field: &service.$field,)+ }
            }
        }

        impl<'a> From<&'a Job> for Workload<'a> {
            fn from(job: &'a Job) -> Self {
                Self { $($field: &job.$field,)+ }
            }
        }
    };
}

workload! {
    name: String,
    cluster: Option<String>,
    launch_type: Option<LaunchType>,
    capacity: Vec<CapacityProviderStrategyItem>,
    platform_version: Option<String>,
    cpu: Option<Cpu>,
    memory: Option<Mebibytes>,
    network_mode: Option<NetworkMode>,
    runtime_platform: RuntimePlatform,
    pid_mode: Option<PidMode>,
    ipc_mode: Option<IpcMode>,
    task_placement_constraints: Vec<PlacementExpression>,
    enable_fault_injection: bool,
    ephemeral_storage: Option<Gibibytes>,
    placement_strategy: Vec<PlacementStrategy>,
    placement_constraints: Vec<PlacementConstraint>,
    task_role: Option<String>,
    execution_role: Option<String>,
    image: Option<String>,
    port: Option<u16>,
    ports: Vec<Port>,
    command: Vec<Text>,
    entry_point: Vec<Text>,
    environment: BTreeMap<String, Text>,
    secrets: BTreeMap<String, SecretReference>,
    environment_files: Vec<String>,
    health_check: Option<HealthCheck>,
    mounts: Vec<Mount>,
    containers: Vec<Container>,
    logging: Logging,
    volumes: BTreeMap<String, Volume>,
    network: ServiceNetwork,
    enable_execute_command: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::model::schema::strict;

    /// What a kind's fields take, without how they are described.
    fn fields(kind: &str) -> serde_json::Map<String, Value> {
        let mut fields = strict()["$defs"][kind]["properties"].as_object().unwrap().clone();
        for field in fields.values_mut().filter_map(Value::as_object_mut) {
            field.remove("description");
            field.remove("examples");
        }
        fields
    }

    #[test]
    fn fields_of_one_name_take_the_same_in_both_documents() {
        let (services, jobs) = (fields("Service"), fields("Job"));
        let differ = jobs.iter().filter(|(name, field)| services.get(*name) != Some(field));
        let differ: Vec<_> = differ.map(|(name, _)| name.as_str()).collect();
        assert_eq!(differ, ["kind", "propagateTags", "timeout", "environments"]);
        let more = services.keys().filter(|name| !jobs.contains_key(*name)).collect::<Vec<_>>();
        insta::assert_debug_snapshot!(more, @r#"
        [
            "scheduling",
            "desiredCount",
            "loadBalancers",
            "deployment",
            "healthCheckGracePeriod",
            "availabilityZoneRebalancing",
            "scaling",
        ]
        "#);
    }
}
