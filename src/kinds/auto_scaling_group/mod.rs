//! Auto Scaling groups: the EC2 instances of a cluster. How many there are is for ECS to decide, or for
//! a policy.

mod advice;
mod calls;
mod observe;
mod request;
#[cfg(test)]
mod tests;
mod wait;

use serde::{Deserialize, Serialize};

pub use calls::Call;

use crate::aws::{Aws, AwsError};
use crate::diff::Policy;
use crate::facts::Facts;
use crate::kind::{
    Assigned, CallError, Change, Desired, Effect, Kind, Live, Origin, Outputs, Survey, Tags,
};
use crate::model::resolved::cluster::Cluster;
use crate::model::resolved::instances::{self as model, Group, Instances, Managed};
use crate::model::stack::{Resource, Stack};
use crate::value::{Resolvable, Set, Value};

#[derive(Debug)]
pub struct AutoScalingGroup;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoScalingGroupSpec {
    pub name: String,
    /// Id of the cluster that the instances join. They never move to another one.
    pub cluster: Resolvable,
    pub launch_template: LaunchTemplate,
    /// The preferred one first; empty where the launch template's is the only one.
    pub instance_types: Vec<String>,
    pub spot: Spot,
    pub min: u32,
    pub max: u32,
    /// Ids.
    pub subnets: Set<String>,
    pub new_instances_protected_from_scale_in: bool,
    /// Replaces Spot instances that are likely to be taken back.
    pub capacity_rebalance: bool,
    /// Seconds.
    pub default_instance_warmup: Option<u32>,
    pub health_check_type: String,
    /// Seconds.
    pub health_check_grace_period: u32,
    /// How many instances there are; not for a manifest to say.
    pub instances: Option<u32>,
    /// How many of them run another version of the launch template. None is wanted when they are to be
    /// replaced.
    pub outdated_instances: Option<u32>,
    /// The versions that those run.
    pub outdated_versions: Option<Set<String>>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchTemplate {
    pub id: Resolvable,
    /// A number.
    pub version: Resolvable,
}

/// Which instances are Spot instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spot {
    pub on_demand_base: u32,
    /// 100: no Spot instances.
    pub on_demand_percentage: u32,
    pub allocation: String,
    /// US dollars per hour; empty for the on-demand price.
    pub max_price: String,
}

/// What ECS tags the groups with that have a capacity provider: instances need it from their start, and it
/// counts by its key alone.
const MANAGED_TAG: &str = "AmazonECSManaged";

/// Of a group that runs no Spot instances.
fn no_spot() -> Spot {
    Spot {
        on_demand_base: 0,
        on_demand_percentage: 100,
        allocation: spelled(&model::SpotAllocation::default()),
        max_price: String::new(),
    }
}

impl Kind for AutoScalingGroup {
    const NAME: &'static str = "auto-scaling-group";
    const FIELDS: &'static [(&'static str, Policy)] = &[("cluster", Policy::Replaces)];

    type Spec = AutoScalingGroupSpec;
    type Call = Call;

    fn desired(stack: &Stack, facts: &Facts) -> Vec<Desired<AutoScalingGroupSpec>> {
        let mut rows = vec![];
        for cluster in stack.clusters.values() {
            let origin = Origin::of(stack, "cluster", cluster);
            for instances in &cluster.value.instances {
                let Group::Managed(managed) = &instances.group else { continue };
                let name = format!("{}-{}", cluster.name, instances.name);
                let tags = origin.tags(Self::NAME, &name);
                let mut spec = spec(facts, cluster, instances, managed, tags);
                spec.outdated_instances = stack.refresh_instances.then_some(0);
                rows.push(origin.part(&name, spec));
            }
        }
        rows
    }

    fn key(spec: &AutoScalingGroupSpec) -> String {
        spec.name.clone()
    }

    async fn observe(
        survey: &Survey<'_>,
        wanted: &[AutoScalingGroupSpec],
    ) -> Result<Vec<Live<AutoScalingGroupSpec>>, AwsError> {
        observe::observe(survey, wanted).await
    }

    fn lower(change: &Change<'_, AutoScalingGroupSpec>) -> Vec<Call> {
        calls::lower(change)
    }

    fn effect(call: &Call) -> Effect<AutoScalingGroupSpec> {
        calls::effect(call)
    }

    fn outputs(spec: &AutoScalingGroupSpec, assigned: &Assigned<'_>) -> Outputs {
        let (id, name) = (assigned.id, &spec.name);
        let resource = format!("autoScalingGroup:{id}:autoScalingGroupName/{name}");
        outputs(name, assigned.arn("autoscaling", &resource))
    }

    fn advice(
        desired: Option<&AutoScalingGroupSpec>,
        live: Option<&Live<AutoScalingGroupSpec>>,
    ) -> Vec<String> {
        advice::advice(desired, live)
    }

    async fn perform(aws: &Aws, call: &Call) -> Result<Outputs, CallError> {
        calls::perform(aws, call).await
    }

    fn examples() -> Vec<AutoScalingGroupSpec> {
        let text = str::to_owned;
        let base = AutoScalingGroupSpec {
            name: text("shop-prod-main-general"),
            cluster: "cluster/shop-prod-main".into(),
            launch_template: LaunchTemplate { id: "lt-1".into(), version: "3".into() },
            instance_types: vec![],
            spot: no_spot(),
            min: 1,
            max: 6,
            subnets: ["subnet-a", "subnet-b"].map(text).into_iter().collect(),
            new_instances_protected_from_scale_in: true,
            capacity_rebalance: false,
            default_instance_warmup: Some(300),
            health_check_type: text("EC2"),
            health_check_grace_period: 0,
            instances: None,
            outdated_instances: None,
            outdated_versions: None,
            tags: Tags::from([("team".to_owned(), "web".into())]),
        };
        let spot = Spot {
            on_demand_base: 1,
            on_demand_percentage: 50,
            allocation: text("capacity-optimized"),
            max_price: text("0.05"),
        };
        vec![
            base.clone(),
            AutoScalingGroupSpec {
                instance_types: ["m7g.large", "m6g.large"].map(text).to_vec(),
                spot,
                capacity_rebalance: true,
                new_instances_protected_from_scale_in: false,
                outdated_instances: Some(0),
                tags: Tags::new(),
                ..base
            },
        ]
    }
}

fn spec(
    facts: &Facts,
    cluster: &Resource<Cluster>,
    instances: &Instances,
    managed: &Managed,
    mut tags: Tags,
) -> AutoScalingGroupSpec {
    let template = format!("{}-{}", cluster.name, instances.name);
    let template = |output: &str| Resolvable::reference("launch-template", &template, output);
    let network = facts.networks.get(&managed.network).into_iter();
    let settings = instances.capacity_provider.as_ref().map(|(_, settings)| settings);
    if settings.is_some() {
        tags.insert(MANAGED_TAG.to_owned(), "".into());
    }
    let is_mixed = managed.instance_types.len() > 1 || managed.spot.is_some();
    AutoScalingGroupSpec {
        name: managed.physical_name.clone(),
        cluster: Resolvable::reference("cluster", &cluster.name, "id"),
        launch_template: LaunchTemplate { id: template("id"), version: template("version") },
        instance_types: if is_mixed { managed.instance_types.clone() } else { vec![] },
        spot: managed.spot.as_ref().map_or_else(no_spot, spot),
        min: managed.min,
        max: managed.max,
        subnets: network.flat_map(|it| &it.subnets).map(|subnet| subnet.id.clone()).collect(),
        new_instances_protected_from_scale_in: settings
            .is_some_and(model::CapacityProviderSettings::protects_instances),
        capacity_rebalance: managed.spot.is_some(),
        default_instance_warmup: Some(managed.warmup),
        health_check_type: "EC2".to_owned(),
        health_check_grace_period: 0,
        instances: None,
        outdated_instances: None,
        outdated_versions: None,
        tags,
    }
}

fn spot(spot: &model::Spot) -> Spot {
    Spot {
        on_demand_base: spot.on_demand_base,
        on_demand_percentage: spot.on_demand_percentage,
        allocation: spelled(&spot.allocation),
        max_price: spot.max_price.as_ref().map(|price| price.0.clone()).unwrap_or_default(),
    }
}

/// A word as manifests and AWS spell it.
fn spelled(word: &impl Serialize) -> String {
    Value::of(word).to_string()
}

fn outputs(name: &str, arn: String) -> Outputs {
    Outputs::from([("arn".to_owned(), arn), ("name".to_owned(), name.to_owned())])
}
