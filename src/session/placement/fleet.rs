//! The instances that the services of a cluster can use: those that are registered, or where there
//! are none yet those that the manifests ask for.

use super::movement::{Movement, Way};
use super::rollout::{ZONE, rollout};
use crate::facts::{Facts, Subnet};
use crate::forecast::{
    Capacity, Instance, PlacementConstraint, Rollout, Supply, forecast, place, sentences, size,
    task_interfaces,
};
use crate::model::instances::{Platform, is_arm};
use crate::model::resolved::cluster::{CapacityProvider, Cluster};
use crate::model::resolved::instances::{Group, Instances, Managed};
use crate::model::resolved::service::{Capacity as ServiceCapacity, Service};
use crate::model::stack::Resource;

/// What ECS sets on each instance and the manifests say. Others may set more.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html>
const ATTRIBUTES: [&str; 6] = [
    "ecs.instance-type",
    ZONE,
    "ecs.subnet-id",
    "ecs.vpc-id",
    "ecs.os-type",
    "ecs.cpu-architecture",
];

pub(super) struct Fleet<'a> {
    cluster: &'a Cluster,
    facts: &'a Facts,
    instances: Vec<Instance>,
    is_planned: bool,
}

/// Where the tasks of a service can run.
struct Reach<'a> {
    /// Groups of instances in the manifests.
    groups: Vec<&'a Instances>,
    /// Names of the capacity providers that the tasks come from; none when any instance will do.
    providers: Option<Vec<String>>,
}

impl Reach<'_> {
    fn includes(&self, instance: &Instance) -> bool {
        self.providers.as_ref().is_none_or(|names| {
            instance.capacity_provider.as_ref().is_some_and(|name| names.contains(name))
        })
    }
}

impl<'a> Fleet<'a> {
    /// Where no instance is registered, each group begins with its least number of them.
    pub(super) fn of(cluster: &'a Cluster, registered: Vec<Instance>, facts: &'a Facts) -> Self {
        let is_planned = registered.is_empty();
        let planned = |group: &Instances| planned(group, facts);
        let instances = if is_planned {
            cluster.instances.iter().flat_map(planned).collect()
        } else {
            registered
        };
        Self { cluster, facts, instances, is_planned }
    }

    /// What becomes of a service's tasks, in sentences.
    pub(super) fn forecast(&self, service: &Resource<Service>, movement: &Movement) -> Vec<String> {
        if movement.count == Some(0) {
            return vec![];
        }
        let reach = self.reach(&service.value);
        let usable: Vec<Instance> =
            self.instances.iter().filter(|it| reach.includes(it)).cloned().collect();
        let Some(supply) = self.supply(&reach, &usable) else {
            return vec![unknown(&reach)];
        };
        let rollout = self.rollout(service, &usable, *movement);
        let forecast = forecast(&usable, &rollout, &supply);
        let mut texts = sentences(&forecast, &rollout, &supply);
        if forecast.is_alarming(&supply) {
            texts[0].insert_str(0, "warning: the deployment ");
        }
        if self.is_planned && !usable.is_empty() {
            texts[0].push_str(" (as planned: none is registered yet)");
        }
        texts
    }

    /// Leaves the instances as they are once the tasks of a new service run, for the services after
    /// it: with more instances, where managed scaling adds them.
    pub(super) fn settle(&mut self, service: &Resource<Service>, movement: &Movement) {
        match movement.way {
            Way::Add => {}
            // Their places are taken as before.
            Way::Replace | Way::Recreate => return,
        }
        let reach = self.reach(&service.value);
        let (mut usable, others): (Vec<_>, Vec<_>) =
            self.instances.drain(..).partition(|it| reach.includes(it));
        let rollout = self.rollout(service, &usable, *movement);
        if let Some(supply) = self.supply(&reach, &usable) {
            let added = forecast(&usable, &rollout, &supply).added_by_scaling(&supply).unwrap_or(0);
            let number = |index| format!("{}-{index}", supply.template.id);
            usable.extend(
                (0..added).map(|index| Instance { id: number(index), ..supply.template.clone() }),
            );
        }
        place(&mut usable, &rollout);
        self.instances = usable.into_iter().chain(others).collect();
    }

    fn reach(&self, service: &Service) -> Reach<'a> {
        let ServiceCapacity::Strategy(items) = &service.capacity else {
            return Reach { groups: self.cluster.instances.iter().collect(), providers: None };
        };
        let providers = items.iter().map(|item| self.cluster.provider_name(&item.provider));
        let is_used = |group: &&Instances| {
            let own = CapacityProvider::Instances(group.name.clone());
            items.iter().any(|item| item.provider == own)
        };
        let groups = self.cluster.instances.iter().filter(is_used).collect();
        Reach { groups, providers: Some(providers.collect()) }
    }

    /// None when nothing is known of the instances there will be.
    fn supply(&self, reach: &Reach<'_>, usable: &[Instance]) -> Option<Supply> {
        let of_group = |group: &&Instances| template(group, self.facts);
        let template = match usable.first() {
            Some(instance) => instance.emptied(),
            None => match reach.groups.iter().find_map(of_group) {
                Some(template) => template,
                None if reach.groups.is_empty() && reach.providers.is_none() => nothing(),
                None => return None,
            },
        };
        Some(Supply { template, managed: managed(reach, usable) })
    }

    fn rollout(
        &self,
        service: &Resource<Service>,
        usable: &[Instance],
        movement: Movement,
    ) -> Rollout {
        let mut rollout = rollout(service, usable, movement);
        rollout.constraints.retain(|constraint| !self.is_planned || is_decided(constraint));
        rollout
    }
}

/// Whether planned instances have all attributes that a constraint asks for; the user data of an
/// instance may set others.
fn is_decided(constraint: &PlacementConstraint) -> bool {
    match constraint {
        PlacementConstraint::DistinctInstance => true,
        PlacementConstraint::MemberOf(expression) => {
            expression.attributes().iter().all(|name| ATTRIBUTES.contains(name))
        }
    }
}

/// How many instances managed scaling adds at most. It counts the tasks of capacity providers only.
fn managed(reach: &Reach<'_>, usable: &[Instance]) -> Option<u32> {
    let Some(providers) = &reach.providers else { return Some(0) };
    let limits = providers.iter().map(|name| {
        let is_its = |group: &&&Instances| provider(group) == Some(name);
        // One that is not of the manifests scales as others say.
        let group = reach.groups.iter().find(is_its)?;
        let (_, settings) = group.capacity_provider.as_ref()?;
        if !settings.managed_scaling {
            return Some(0);
        }
        match &group.group {
            Group::Existing(_) => None,
            Group::Managed(managed) => {
                let its = usable.iter().filter(|it| it.capacity_provider.as_ref() == Some(name));
                Some(managed.max.saturating_sub(u32::try_from(its.count()).ok()?))
            }
        }
    });
    limits.sum()
}

fn provider(group: &Instances) -> Option<&String> {
    group.capacity_provider.as_ref().map(|(name, _)| name)
}

fn unknown(reach: &Reach<'_>) -> String {
    let whose = match reach.groups.first().map(|group| &group.group) {
        Some(Group::Managed(managed)) => format!("the hardware of {}", managed.instance_types[0]),
        Some(Group::Existing(name)) => format!("the instances of the Auto Scaling group {name}"),
        None => "the instances of its capacity provider".to_owned(),
    };
    format!(
        "whether the tasks find a place is not known: no instance is registered yet, and ecsctl does not know {whose}"
    )
}

/// The instances that a group begins with.
fn planned(group: &Instances, facts: &Facts) -> Vec<Instance> {
    let (Some(template), Group::Managed(managed)) = (template(group, facts), &group.group) else {
        return vec![];
    };
    let instance = |index: u32| {
        let mut instance = template.clone();
        instance.id = format!("{}-{index}", group.name);
        if let Some(subnet) = subnet(managed, facts, index) {
            live_in(&mut instance, subnet);
        }
        instance
    };
    (0..managed.min).map(instance).collect()
}

/// An instance of a group as ECS would register it: of the preferred type.
fn template(group: &Instances, facts: &Facts) -> Option<Instance> {
    let Group::Managed(managed) = &group.group else { return None };
    let instance_type = managed.instance_types.first()?;
    let hardware = size(instance_type)?;
    let total = Capacity {
        cpu: hardware.vcpus * 1024,
        memory: registered_memory(hardware.memory),
        gpus: 0,
        // Trunks are an opt-in of the account.
        interfaces: task_interfaces(instance_type, false),
    };
    let os_type = match managed.image.platform() {
        Platform::Linux | Platform::Bottlerocket => "linux",
        Platform::Windows => "windows",
    };
    let processor = if is_arm(instance_type) { "arm64" } else { "x86_64" };
    let attributes = [
        ("ecs.instance-type", instance_type.as_str()),
        ("ecs.os-type", os_type),
        ("ecs.cpu-architecture", processor),
    ];
    let mut instance = Instance {
        id: group.name.clone(),
        capacity_provider: provider(group).cloned(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        total,
        ..nothing()
    };
    if let Some(network) = facts.networks.get(&managed.network) {
        instance.attributes.insert("ecs.vpc-id".to_owned(), network.vpc.clone());
    }
    if let Some(subnet) = subnet(managed, facts, 0) {
        live_in(&mut instance, subnet);
    }
    Some(instance.emptied())
}

/// What ECS registers of the memory that an instance type has: the kernel and the agent keep some. AWS
/// names no number; 7.5% is what Karpenter takes off unless it is told otherwise.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html>
fn registered_memory(hardware: u32) -> u32 {
    hardware - hardware * 75 / 1000
}

/// Auto Scaling keeps the zones of a group even.
fn subnet<'a>(managed: &Managed, facts: &'a Facts, index: u32) -> Option<&'a Subnet> {
    let subnets = &facts.networks.get(&managed.network)?.subnets;
    subnets.get(index as usize % subnets.len().max(1))
}

fn live_in(instance: &mut Instance, subnet: &Subnet) {
    instance.attributes.insert(ZONE.to_owned(), subnet.availability_zone.clone());
    instance.attributes.insert("ecs.subnet-id".to_owned(), subnet.id.clone());
}

/// An instance that has nothing.
pub(super) fn nothing() -> Instance {
    Instance {
        id: String::new(),
        capacity_provider: None,
        attributes: [].into(),
        agent_version: None,
        total: Capacity::default(),
        remaining: Capacity::default(),
        used_ports: [].into(),
        tasks: vec![],
    }
}
