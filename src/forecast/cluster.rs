//! The instances of a cluster: what they have, and what runs on them.

use std::collections::{BTreeMap, BTreeSet};

/// A registered instance whose agent is connected and which takes new tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// `i-…`
    pub id: String,
    /// Of one that belongs to no capacity provider, none.
    pub capacity_provider: Option<String>,
    /// Those of ECS among them, such as `ecs.availability-zone`.
    pub attributes: BTreeMap<String, String>,
    pub agent_version: Option<String>,
    pub total: Capacity,
    pub remaining: Capacity,
    /// Host ports that are taken, by tasks and by the instance itself.
    pub used_ports: BTreeSet<Port>,
    pub tasks: Vec<RunningTask>,
}

/// What an instance has, or has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    pub gpus: u32,
    /// Network interfaces for tasks in the mode `awsvpc`; none when nobody knows, and then they are
    /// no limit.
    pub interfaces: Option<u32>,
}

/// What one task takes of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    pub gpus: u32,
    /// 1 in the network mode `awsvpc`.
    pub interfaces: u32,
    /// Fixed host ports; those that Docker picks are never short.
    pub ports: BTreeSet<Port>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    pub number: u16,
    pub protocol: Protocol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A task that runs or starts; one that was told to stop is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningTask {
    /// The task group: `service:NAME` for tasks of a service.
    pub group: String,
    /// What it gives back when it stops.
    pub needs: Needs,
}

/// Ports that ECS keeps on each instance: SSH, Docker and its agent.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html>
const RESERVED: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];

impl Instance {
    /// One of the same sort on which nothing runs.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let reserved = |number| Port { number, protocol: Protocol::Tcp };
        Self {
            remaining: self.total,
            used_ports: RESERVED.into_iter().map(reserved).collect(),
            tasks: vec![],
            ..self.clone()
        }
    }

    /// Puts tasks of a group on it.
    pub(super) fn host_more(&mut self, group: &str, needs: &Needs, count: u32) {
        let task = RunningTask { group: group.to_owned(), needs: needs.clone() };
        self.tasks.extend((0..count).map(|_| task.clone()));
        self.remaining = self.remaining.without(needs, count);
        if count > 0 {
            self.used_ports.extend(&needs.ports);
        }
    }

    pub fn instance_type(&self) -> Option<&str> {
        self.attributes.get("ecs.instance-type").map(String::as_str)
    }

    pub fn availability_zone(&self) -> Option<&str> {
        self.attributes.get("ecs.availability-zone").map(String::as_str)
    }

    pub(super) fn tasks_of_others(&self, group: &str) -> impl Iterator<Item = &RunningTask> {
        self.tasks.iter().filter(move |task| task.group != group)
    }

    pub(super) fn tasks_of(&self, group: &str) -> u32 {
        let own = self.tasks.iter().filter(|task| task.group == group).count();
        u32::try_from(own).unwrap_or(u32::MAX)
    }
}

impl Needs {
    /// What each task of a group has for sure: of several revisions, what the smallest one has. None
    /// when no task of it runs.
    pub fn common(instances: &[Instance], group: &str) -> Option<Self> {
        let tasks = instances.iter().flat_map(|instance| &instance.tasks);
        let needs = tasks.filter(|task| task.group == group).map(|task| task.needs.clone());
        needs.reduce(|one, other| Self {
            cpu: one.cpu.min(other.cpu),
            memory: one.memory.min(other.memory),
            gpus: one.gpus.min(other.gpus),
            interfaces: one.interfaces.min(other.interfaces),
            ports: &one.ports & &other.ports,
        })
    }
}

impl Capacity {
    /// With what `count` tasks give back.
    pub(super) fn with(self, needs: &Needs, count: u32) -> Self {
        let add = |free: u32, need: u32| free.saturating_add(need.saturating_mul(count));
        self.change(needs, add)
    }

    /// Without what `count` tasks take.
    pub(super) fn without(self, needs: &Needs, count: u32) -> Self {
        let subtract = |free: u32, need: u32| free.saturating_sub(need.saturating_mul(count));
        self.change(needs, subtract)
    }

    fn change(self, needs: &Needs, change: impl Fn(u32, u32) -> u32) -> Self {
        Self {
            cpu: change(self.cpu, needs.cpu),
            memory: change(self.memory, needs.memory),
            gpus: change(self.gpus, needs.gpus),
            interfaces: self.interfaces.map(|free| change(free, needs.interfaces)),
        }
    }
}
