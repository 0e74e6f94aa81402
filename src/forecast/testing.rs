//! Instances for tests.

use super::*;

pub(super) fn instance(id: &str, cpu: u32, memory: u32) -> Instance {
    let total = Capacity { cpu, memory, gpus: 0, interfaces: None };
    let attributes = [("ecs.instance-type", "m7g.large"), ("ecs.availability-zone", "eu-west-1a")];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Instance {
        id: id.to_owned(),
        capacity_provider: None,
        attributes: attributes.into(),
        agent_version: None,
        total,
        remaining: total,
        used_ports: [].into(),
        tasks: vec![],
    }
}

pub(super) fn tcp(number: u16) -> Port {
    Port { number, protocol: Protocol::Tcp }
}

impl Instance {
    pub(super) fn run(&mut self, group: &str, count: u32) {
        let task = RunningTask { group: group.to_owned(), needs: Needs::default() };
        self.tasks.extend((0..count).map(|_| task.clone()));
    }

    /// Places tasks with what they take.
    pub(super) fn host(mut self, group: &str, needs: &Needs, count: u32) -> Self {
        self.run(group, count);
        self.remaining = self.remaining.without(needs, count);
        self.used_ports.extend(&needs.ports);
        self
    }
}
